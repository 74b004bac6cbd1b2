"""Small whole numbers for controls: counterexamples among them are soon found and shrunk."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hypothesis import strategies as st

from proofs_checks.framework.cases import (
    OneNetwork,
    ProblemCase,
    Rational,
    Row,
    TwoNetworks,
    Weights,
)
from proofs_checks.strategies.general import Draw, loss_constants, pick


@st.composite
def small_problems(
    draw: Draw,
    losses: Sequence[str] = ("Absolute",),
    inputs: int = 1,
    samples: int = 2,
    kappas: Sequence[Rational] = (1,),
    targets: Sequence[Rational] = (0, 1, -1, 9),
) -> ProblemCase:
    """Draw ``samples`` samples with entries 1, -1, 0 or 2, in the unit-ball domain."""
    entries = pick(1, -1, 0, 2)
    X = tuple(tuple(draw(entries) for _ in range(inputs)) for _ in range(samples))
    loss = draw(pick(*losses))
    allowed = {"Hinge": (1, -1), "Logistic": (0, 1)}.get(loss, targets)
    y = tuple(draw(pick(*allowed)) for _ in X)
    return ProblemCase(X, y, loss, draw(loss_constants(loss)), draw(pick(*kappas)))


@st.composite
def small_networks(
    draw: Draw, inputs: int, width: int, coefficients: Sequence[Rational] = (1, -1, 0, 9)
) -> Weights:
    """Draw a network whose rows are plus or minus a unit vector of an axis."""
    rows = tuple(_axis(inputs, k, sign) for k in range(inputs) for sign in (1, -1))
    W = tuple(draw(pick(*rows)) for _ in range(width))
    return Weights(W, tuple(draw(pick(*coefficients)) for _ in W))


@st.composite
def small_case(draw: Draw, width: int = 2, **options: Any) -> OneNetwork:
    """Draw a small problem (options as for `small_problems`) and one network."""
    problem = draw(small_problems(**options))
    return OneNetwork(problem, draw(small_networks(len(problem.X[0]), width)))


@st.composite
def small_pair(draw: Draw, width: int = 2, **options: Any) -> TwoNetworks:
    """Draw a small problem (options as for `small_problems`) and two networks of one width."""
    problem = draw(small_problems(**options))
    networks = small_networks(len(problem.X[0]), width)
    return TwoNetworks(problem, draw(networks), draw(networks))


@st.composite
def swaps(
    draw: Draw, losses: Sequence[str] = ("Absolute",), kappas: Sequence[Rational] = (1,)
) -> TwoNetworks:
    """Draw two neurons that fit one target at the samples 1 and -1, and the two swapped."""
    height = draw(pick(1, 9))
    loss = draw(pick(*losses))
    problem = ProblemCase(((1,), (-1,)), (height, height), loss, None, draw(pick(*kappas)))
    a = Weights(((1,), (-1,)), (height, height))
    return TwoNetworks(problem, a, a.permuted((1, 0)))


def _axis(inputs: int, axis: int, sign: int) -> Row:
    return tuple(sign * (k == axis) for k in range(inputs))
