"""One file per claim of the theory; each holds a `proofs_checks.framework.claim.Claim` called ``CLAIM``."""
