"""One file per claim of the theory; each holds a `proofs_checks.claim.Claim` called ``CLAIM``."""
