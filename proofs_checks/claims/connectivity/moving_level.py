"""C3. At a moving level the thickening falls as one over the root of the idle width.

Let a network of width l < m have value e. Any two networks A, B of width m with ``F <= lam`` are
joined by an explicit path: draw ``m - l`` neurons of each end by mass (some outcome is good enough,
K4), meet at the reference. For an L-Lipschitz loss, rows in the unit ball and ``kappa > 0``::

    max F <= lam + max{ L D / sqrt(m - l) (lam - Rlow) / kappa, (e - lam)_+ }

**Direction:** tight for this path: two equal rows of opposite coefficients, one drawn.

**Source:** [B26r]; docs/theory/06-connectivity.md, C3.

**Controls:** every outcome in place of some; the reference's value left out.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from hypothesis import strategies as st

from proofs_checks.framework.cases import LIPSCHITZ, TwoNetworks
from proofs_checks.framework.claim import Claim, Control
from proofs_checks.framework.exact import root_above
from proofs_checks.framework.measurement import Measurement, at_most
from proofs_checks.framework.target import Target
from proofs_checks.ground_truth.constants import feature_scale
from proofs_checks.strategies.general import Draw, either
from proofs_checks.strategies.sampled_path import (
    Case,
    good_outcome,
    moving_cases,
    sampled_path,
    sharp_ends,
)
from proofs_checks.strategies.small import small_networks, small_pair


def rate(problem: Any, slope: Any, idle: int, level: Any) -> Any:
    """Return ``L D / sqrt(m - l) (lam - Rlow) / kappa``."""
    number = type(problem.kappa)
    mass = level / problem.kappa
    return number(slope) * root_above((feature_scale(problem.X) * mass) ** 2 / number(idle))


def measure(target: Target, case: Case) -> Measurement:
    """Walk the path through the best outcomes and the reference."""
    problem, level, value, top, rounding = sampled_path(target, case, good_outcome)
    bound = rate(problem, case.ends.problem.lipschitz, case.idle, level)
    return at_most(top - level, max(bound, value - level), rounding, "rise of the path")


def every_outcome(target: Target, case: Case) -> Measurement:
    """Take the worst outcomes instead."""
    problem, level, value, top, _ = sampled_path(target, case, max)
    bound = rate(problem, case.ends.problem.lipschitz, case.idle, level)
    return at_most(top - level, max(bound, value - level), 0, "rise of the path")


def without_reference(target: Target, case: Case) -> Measurement:
    """Leave the value of the reference out of the bound."""
    problem, level, _, top, _ = sampled_path(target, case, good_outcome)
    bound = rate(problem, case.ends.problem.lipschitz, case.idle, level)
    return at_most(top - level, bound, 0, "rise of the path")


@st.composite
def small(draw: Draw, width: int) -> Case:
    """Draw two small networks and a reference of width 1."""
    ends: TwoNetworks = draw(small_pair(width=width))
    return Case(ends, draw(small_networks(1, 1, coefficients=(0, 9))))


CLAIM = Claim(
    id="C3",
    title="At a moving level the thickening falls as one over the root of the idle width",
    source="[B26r]; theory C3",
    direction="tight",
    cases=either(sharp_ends("Absolute", Fraction(1)), moving_cases(LIPSCHITZ)),
    measure=measure,
    controls=(
        Control("some outcome, not every one", small(4), every_outcome),
        Control("the reference's value counts", small(2), without_reference),
    ),
    module=__name__,
)
