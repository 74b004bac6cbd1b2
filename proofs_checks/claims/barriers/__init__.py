"""Chapter R: the landscape reduced to hidden rows; barriers and valleys by covering.

One file a claim: `proofs_checks.claims.registry` finds each module with a ``CLAIM``.
"""
