"""C4. For a loss with a Hölder derivative the moving level thickens at a faster rate.

As C3, for a loss whose derivative is (alpha, H)-Hölder; it need not be Lipschitz itself::

    max F <= lam + max{ H / (1 + alpha) (a D / sqrt(m - l))^(1 + alpha), (e - lam)_+ },
    a = (lam - Rlow) / kappa

(alpha = 1 for every loss shipped, so the rate is ``1 / (m - l)``).

**Direction:** tight for this path: the squared losses on two equal rows of opposite coefficients.

**Source:** [B26r]; docs/theory/06-connectivity.md, C4.

**Controls:** the squared loss with H = 1, its half; the absolute loss, whose derivative jumps.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from hypothesis import strategies as st

from proofs_checks.framework.claim import Claim, Control
from proofs_checks.framework.measurement import Measurement, at_most
from proofs_checks.framework.target import Target
from proofs_checks.ground_truth.constants import feature_scale
from proofs_checks.strategies.general import either
from proofs_checks.strategies.sampled_path import (
    Case,
    good_outcome,
    moving_cases,
    sampled_path,
    sharp_ends,
)

HOLDER = {"HalfSquared": 1, "Squared": 2, "Huber": 1, "Logistic": Fraction(1, 4)}


def rise(target: Target, case: Case, H: Any) -> Measurement:
    """Compare the rise of the sampled path with the rate for a Hölder constant."""
    problem, level, value, top, rounding = sampled_path(target, case, good_outcome)
    number = type(problem.kappa)
    mass = level / problem.kappa
    spread = (feature_scale(problem.X) * mass) ** 2 / number(case.idle)
    bound = max(number(H) / 2 * spread, value - level)
    return at_most(top - level, bound, rounding, "rise of the path")


def measure(target: Target, case: Case) -> Measurement:
    """Walk the path through the best outcomes and the reference."""
    return rise(target, case, HOLDER[case.ends.problem.loss])


def halved_constant(target: Target, case: Case) -> Measurement:
    """Take 1 for the Hölder constant of the squared loss."""
    return rise(target, case, 1)


def _sharp() -> st.SearchStrategy[Case]:
    return either(sharp_ends("HalfSquared", Fraction(1)), sharp_ends("Squared", Fraction(1)))


CLAIM = Claim(
    id="C4",
    title="For a loss with a Hölder derivative the moving level thickens at a faster rate",
    source="[B26r]; theory C4",
    direction="tight",
    cases=either(_sharp(), moving_cases(tuple(HOLDER))),
    measure=measure,
    controls=(
        Control("H of the squared loss is 2", sharp_ends("Squared", Fraction(1)), halved_constant),
        Control(
            "the derivative does not jump", sharp_ends("Absolute", Fraction(1, 4)), halved_constant
        ),
    ),
    module=__name__,
)
