"""Chapter E: what published experiments measured, tried on the statistics they used.

One file a claim: `proofs_checks.claims.registry` finds each module with a ``CLAIM``.
"""
