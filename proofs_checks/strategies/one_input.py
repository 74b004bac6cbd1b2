"""Problems and networks of one input between which the exact barrier is often positive.

Every number is a dyadic rational that float64 holds exactly, so that exact ground truth and
certificates in float64 speak of the same problem.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from hypothesis import strategies as st

from proofs_checks.framework.cases import RATIONAL, ProblemCase, TwoNetworks, Weights
from proofs_checks.ground_truth.one_dimension import ray_minima
from proofs_checks.strategies.general import Draw, either, loss_constants, pick, whole

HALVES = (1, -1, 0, 2, Fraction(1, 2), Fraction(-3, 2), 4)


@st.composite
def any_problem(draw: Draw) -> ProblemCase:
    """Draw at most three samples anywhere, under every rational loss."""
    X = tuple((draw(pick(*HALVES)),) for _ in range(draw(whole(1, 3))))
    return draw(_with_targets(X, RATIONAL, HALVES))


@st.composite
def two_sided(draw: Draw, losses: Sequence[str] = RATIONAL) -> ProblemCase:
    """Draw samples on both sides of 0 with targets worth fitting."""
    sizes = [draw(pick(1, 2, Fraction(1, 2))) for _ in range(2)]
    return draw(_with_targets(((sizes[0],), (-sizes[1],)), losses, (1, 2, -1, -3, 4)))


@st.composite
def any_network(draw: Draw, width: int) -> Weights:
    """Draw rows of every sign and length, coefficients of every sign."""
    rows = draw(pick((1, -1), (1, -1, Fraction(1, 2), 0)))
    W = tuple((draw(pick(*rows)),) for _ in range(width))
    return Weights(W, tuple(draw(pick(*HALVES)) for _ in W))


@st.composite
def near_best(draw: Draw, problem: ProblemCase, width: int) -> Weights:
    """Draw rows of alternating or any signs with the best coefficient of their ray, or a part."""
    rays = ray_minima(problem)
    W, theta = [], []
    first, alternating = draw(pick(1, -1)), draw(pick(True, True, True, False))
    for k in range(width):
        sign = first * (-1) ** k if alternating else draw(pick(1, -1))
        length = draw(pick(1, 1, Fraction(1, 2)))
        part = draw(pick(Fraction(1), Fraction(1), Fraction(3, 4), Fraction(5, 4)))
        W.append((sign * length,))
        theta.append(Fraction(float((rays.p if sign > 0 else rays.q) * part / length)))
    return Weights(tuple(W), tuple(theta))


@st.composite
def near_best_ends(draw: Draw) -> TwoNetworks:
    """Draw ends of width 2, 1 or 3 close to the best of their pattern of signs."""
    problem, width = draw(two_sided()), draw(pick(2, 2, 1, 3))
    network = near_best(problem, width)
    a = draw(network)
    swapped = st.just(a.permuted(tuple(reversed(range(width)))))
    return TwoNetworks(problem, a, draw(either(swapped, swapped, network)))


@st.composite
def any_ends(draw: Draw) -> TwoNetworks:
    """Draw ends of width 1, 2 or 3."""
    problem, width = draw(any_problem()), draw(whole(1, 3))
    return TwoNetworks(problem, draw(any_network(width)), draw(any_network(width)))


@st.composite
def _with_targets(
    draw: Draw,
    X: tuple[tuple[int | Fraction], ...],
    losses: Sequence[str],
    allowed: Sequence[int | Fraction],
) -> ProblemCase:
    loss = draw(pick(*losses))
    y = tuple(draw(pick(*((1, -1) if loss == "Hinge" else allowed))) for _ in X)
    kappa = draw(pick(Fraction(1, 4), Fraction(1, 16), Fraction(1, 64)))
    return ProblemCase(X, y, loss, draw(loss_constants(loss)), kappa)
