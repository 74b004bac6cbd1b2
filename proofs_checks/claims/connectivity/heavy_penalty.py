"""C1. Under a heavy penalty the zero network is best and every sublevel is connected.

For an L-Lipschitz loss, rows in the unit ball and ``kappa >= L D``, at every width::

    F(W, theta) >= F(0),
    max F along  A -> (W_A, 0) -> (W_B, 0) -> B  =  max(F(A), F(B))

so the barrier between any two networks is 0.

**Direction:** tight. ``F(W, theta) = F(0)`` at ``kappa = L D`` for one sample and a target out of
reach.

**Source:** [B26r]; docs/theory/06-connectivity.md, C1.

**Controls:** ``kappa = L D / 4``, where networks below F(0) exist, and where at width 1 the exact
barrier between opposite rows is positive.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

from hypothesis import strategies as st

from proofs_checks.framework.cases import (
    LIPSCHITZ,
    ProblemCase,
    TwoNetworks,
    Weights,
    array,
)
from proofs_checks.framework.claim import Claim, Control
from proofs_checks.framework.measurement import Measurement, at_least, at_most, worst
from proofs_checks.framework.target import Target
from proofs_checks.ground_truth.constants import feature_scale
from proofs_checks.ground_truth.one_dimension import barrier
from proofs_checks.strategies.along_path import max_along_path
from proofs_checks.strategies.general import Draw, either, pick, two_networks, whole
from proofs_checks.strategies.small import small_pair


def with_penalty(case: TwoNetworks, factor: Fraction) -> TwoNetworks:
    """Set ``kappa`` to a multiple of ``L D``."""
    scale = feature_scale(array(case.problem.X, Fraction))
    kappa = factor * Fraction(case.problem.lipschitz or 1) * scale
    return replace(case, problem=replace(case.problem, kappa=kappa))


@st.composite
def cases(draw: Draw) -> TwoNetworks:
    """Draw two networks and a penalty at or above the threshold."""
    case = draw(two_networks(losses=LIPSCHITZ, domains=("UnitBall",)))
    return with_penalty(case, draw(pick(Fraction(1), Fraction(2), Fraction(10**6))))


@st.composite
def sharp(draw: Draw) -> TwoNetworks:
    """Draw the extremal example: no network short of the target changes F at ``kappa = L D``."""
    width = draw(whole(1, 3))
    problem = ProblemCase(((1,),), (9,), "Absolute", None, 1)
    a = Weights(((1,),) * width, tuple(draw(pick(1, 2)) for _ in range(width)))
    return TwoNetworks(problem, a, Weights(((-1,),) * width, a.theta))


def measure(target: Target, case: TwoNetworks) -> Measurement:
    """Compare both values with F(0), and the path through zero with the higher end."""
    problem, a, b = case.build(target)
    zeros = [target.Network(end.W, 0 * end.theta) for end in (a, b)]
    top, rounding = max_along_path(target, case.problem, target.Path([a, *zeros, b]))
    higher = max(problem.value(a), problem.value(b))
    return worst(
        at_least(problem.value(a), problem.zero_value, 2 * rounding, "F against F(0)"),
        at_least(problem.value(b), problem.zero_value, 2 * rounding, "F against F(0)"),
        at_most(top - higher, 0, 2 * rounding, "rise of the path through zero"),
    )


def below_zero_value(target: Target, case: TwoNetworks) -> Measurement:
    """Compare F with F(0) at a quarter of the threshold."""
    case = with_penalty(case, Fraction(1, 4))
    problem, a, _ = case.build(target)
    return at_least(problem.value(a), problem.zero_value, 0, "F against F(0)")


def separated(_: Target, case: TwoNetworks) -> Measurement:
    """Ask at a quarter of the threshold for a barrier of 0 at width 1."""
    case = with_penalty(case, Fraction(1, 4))
    return at_most(barrier(case.problem, case.a, case.b), 0, 0, "exact barrier")


def _small(width: int) -> Any:
    return small_pair(width=width, losses=("Absolute",))


CLAIM = Claim(
    id="C1",
    title="Under a heavy penalty the zero network is best and every sublevel is connected",
    source="[B26r]; theory C1",
    direction="tight",
    cases=either(sharp(), cases()),
    measure=measure,
    controls=(
        Control("kappa >= L D, for the minimum", _small(1), below_zero_value),
        Control("kappa >= L D, for the connection", _small(1), separated),
    ),
    module=__name__,
)
