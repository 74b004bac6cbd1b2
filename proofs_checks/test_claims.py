"""The claims as tests: one for each, on the implementation named by option or environment."""

from __future__ import annotations

import pytest

from proofs_checks.claims.registry import all_claims
from proofs_checks.framework.claim import Claim
from proofs_checks.framework.search import check
from proofs_checks.framework.target import Target
from proofs_checks.framework.verdict import Verdict


@pytest.mark.parametrize("claim", all_claims(), ids=lambda claim: claim.id)
def test_claim(
    claim: Claim,
    implementation: Target,
    known_failures: dict[str, str],
    request: pytest.FixtureRequest,
) -> None:
    """No case refutes the claim, and every control is refuted."""
    options = request.config.option
    result = check(
        claim, implementation, options.relupath_claim_examples, options.relupath_claim_seed
    )
    if claim.id in known_failures:
        if result.passed:
            pytest.fail(f"stale known failure: {claim.id} passes; remove it from the list")
        pytest.xfail(known_failures[claim.id])
    if result.verdict == Verdict.SKIPPED:
        pytest.skip(result.worst_case)
    if not result.passed:
        pytest.fail(
            f"{claim.id} {result.verdict}: {claim.title}\n{claim.source}\n{result.worst_case}",
            pytrace=False,
        )
