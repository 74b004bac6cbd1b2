"""K5. Dropping the smallest coefficients costs at most their share of the mass.

Set the l smallest ``|theta_i|`` of m to 0. For an L-Lipschitz loss and rows in the unit ball::

    F_pruned - F <= (L D - kappa)_+ (l / m) ||theta||_1

**Direction:** tight, attained by one sample, equal rows and equal coefficients short of the target.

**Source:** docs/theory/05-compression.md, K5.

**Controls:** dropping the largest; the share ``(l - 1) / m``; rows outside the ball; the squared
loss with 1 in place of L.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from hypothesis import strategies as st

from proofs_checks.framework.cases import LIPSCHITZ, OneNetwork, ProblemCase, Weights
from proofs_checks.framework.claim import Claim, Control
from proofs_checks.framework.measurement import Measurement, at_most, check_true, worst
from proofs_checks.framework.target import Target
from proofs_checks.ground_truth.constants import feature_scale
from proofs_checks.strategies.general import Draw, either, one_network, whole
from proofs_checks.strategies.small import small_case


@dataclass(frozen=True)
class Case:
    """A network and how many neurons to drop."""

    base: OneNetwork
    count: int


@st.composite
def cases(draw: Draw) -> Case:
    """Draw a network in the unit ball and ``0 <= l <= m``."""
    base = draw(one_network(losses=LIPSCHITZ, domains=("UnitBall",), width_at_most=5))
    return Case(base, draw(whole(0, base.network.width)))


@st.composite
def sharp(draw: Draw) -> Case:
    """Draw the extremal example: equal neurons, one sample, a target out of reach."""
    width = draw(whole(1, 5))
    problem = ProblemCase(((1,),), (9,), "Absolute", None, Fraction(1, 2))
    network = Weights(((1,),) * width, (Fraction(1),) * width)
    return Case(OneNetwork(problem, network), draw(whole(1, width)))


def rate(problem: Any, slope: Any, mass: Any, share: Fraction) -> Any:
    """Return ``(L D - kappa)_+ (l / m) ||theta||_1``."""
    number = type(problem.kappa)
    excess = number(slope) * feature_scale(problem.X) - problem.kappa
    return max(excess, number(0)) * number(share) * mass


def without(network: Any, dropped: Any) -> np.ndarray:
    """Return the coefficients with some set to 0."""
    theta = network.theta.copy()
    theta[dropped] = 0 * theta[dropped]
    return theta


def measure(target: Target, case: Case) -> Measurement:
    """Compare the rise with the share, and check which neurons were dropped."""
    problem, network = case.base.build(target)
    pruned = target.prune(problem, network, case.count).network
    kept, sizes = pruned.theta == network.theta, np.abs(network.theta)
    smallest = (
        max([*sizes[~kept], 0]) <= np.sort(sizes)[case.count - 1] if case.count else kept.all()
    )
    rounding = 2 * case.base.problem.rounding(target, network, pruned)
    share = Fraction(case.count, len(network.theta))
    bound = rate(problem, case.base.problem.lipschitz, np.abs(network.theta).sum(), share)
    return worst(
        check_true((pruned.W == network.W).all(), "rows unchanged"),
        check_true((kept | (pruned.theta == 0)).all(), "coefficients kept or dropped"),
        check_true((pruned.theta == 0).sum() >= case.count, "l neurons are idle"),
        check_true(smallest, "only the smallest go"),
        at_most(problem.value(pruned) - problem.value(network), bound, rounding, "rise by pruning"),
    )


def largest(target: Target, case: OneNetwork) -> Measurement:
    """Drop the larger of two coefficients."""
    return _drop_one(target, case, case.problem.lipschitz, Fraction(1, 2), which=-1)


def smaller_share(target: Target, case: OneNetwork) -> Measurement:
    """Drop one of two and ask for a rise of 0."""
    return _drop_one(target, case, case.problem.lipschitz, Fraction(0))


def outside_the_ball(target: Target, case: OneNetwork) -> Measurement:
    """Drop the smaller of two coefficients of rows scaled by 100."""
    return _drop_one(target, case, case.problem.lipschitz, Fraction(1, 2), scale=100)


def without_lipschitz(target: Target, case: OneNetwork) -> Measurement:
    """Drop the smaller of two coefficients under the squared loss."""
    return _drop_one(target, case, 1, Fraction(1, 2))


def _drop_one(
    target: Target, case: OneNetwork, slope: Any, share: Fraction, which: int = 0, scale: int = 1
) -> Measurement:
    problem, inside = case.build(target)
    network = target.Network(scale * inside.W, inside.theta)
    dropped = np.argsort(np.abs(network.theta), kind="stable")[which]
    pruned = target.Network(network.W, without(network, [dropped]))
    bound = rate(problem, slope, np.abs(network.theta).sum(), share)
    return at_most(problem.value(pruned) - problem.value(network), bound, 0, "rise by pruning")


def _small(**options: Any) -> st.SearchStrategy[OneNetwork]:
    return small_case(kappas=(Fraction(1, 2),), **options)


CLAIM = Claim(
    id="K5",
    title="Dropping the smallest coefficients costs at most their share of the mass",
    source="theory K5",
    direction="tight",
    cases=either(sharp(), cases()),
    measure=measure,
    controls=(
        Control("the smallest are dropped", _small(), largest),
        Control("share l / m, not (l - 1) / m", _small(), smaller_share),
        Control("rows in the unit ball", _small(), outside_the_ball),
        Control("the loss is Lipschitz", _small(losses=("Squared",)), without_lipschitz),
    ),
    module=__name__,
    examples=150,
)
