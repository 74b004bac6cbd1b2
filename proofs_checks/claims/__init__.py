"""One file a claim of the theory, one folder a chapter; each file holds a `Claim` called ``CLAIM``.

The order of the claims is that of their ids; `proofs_checks.claims.registry.all_claims` finds them.
"""
