"""The ledger: try all claims, keep the verdicts, show them on a page."""
