"""K2. Among many rows of the ball some are close enough to merge cheaply.

For an L-Lipschitz loss, rows in the unit ball of R^n and any ``l < m`` some merge frees at least l
neurons and moves no row::

    F_merged - F <= 4 sqrt(n) L D ||theta||_1 ((l + 1) / m)^(1 / n)

**Direction:** upper. The constant is not sharp.

**Source:** [FB17], Corollary 2.5, with a constant; docs/theory/05-compression.md, K2.

**Control:** rows outside the ball (of norm 100): then no merge stays within the bound.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations
from typing import Any

import numpy as np
from hypothesis import strategies as st

from proofs_checks.framework.cases import LIPSCHITZ, OneNetwork, ProblemCase, Weights
from proofs_checks.framework.claim import Claim, Control
from proofs_checks.framework.exact import root_above
from proofs_checks.framework.measurement import Measurement, at_most, check_true, worst
from proofs_checks.framework.target import Target
from proofs_checks.ground_truth.constants import feature_scale, root_of
from proofs_checks.strategies.general import Draw, one_network, pick, whole


@dataclass(frozen=True)
class Case:
    """A network and how many neurons to free."""

    base: OneNetwork
    freed: int


@st.composite
def cases(draw: Draw, **options: Any) -> Case:
    """Draw a network in the unit ball and ``l < m``."""
    base = draw(one_network(domains=("UnitBall",), width_at_most=6, **options))
    return Case(base, base.network.width - 1 - draw(whole(0, base.network.width - 1)))


@st.composite
def opposite_rays(draw: Draw) -> Case:
    """Draw two neurons that fit one sample each: where rows are long, no merge is cheap."""
    height, theta = draw(pick(9, 90, 100)), draw(pick(1, Fraction(1, 10)))
    problem = ProblemCase(((1,), (-1,)), (height, height), "Absolute", None, 1)
    return Case(OneNetwork(problem, Weights(((1,), (-1,)), (theta, theta))), 1)


def rate(problem: Any, slope: Any, mass: Any, width: int, freed: int) -> Any:
    """Return ``4 sqrt(n) L D ||theta||_1 ((l + 1) / m)^(1 / n)``, rounded up."""
    n = problem.X.shape[1]
    share = root_of(Fraction(freed + 1, width), n)
    return 4 * root_above(n) * slope * feature_scale(problem.X) * mass * share


def measure(target: Target, case: Case) -> Measurement:
    """Compare the rise of the target's merge with the rate."""
    problem, network = case.base.build(target)
    merged = target.merge_cube(problem, network, case.freed).network
    mass = np.abs(network.theta).sum()
    slope = type(problem.kappa)(case.base.problem.lipschitz)
    bound = rate(problem, slope, mass, len(network.theta), case.freed)
    rise = problem.value(merged) - problem.value(network)
    return worst(
        check_true((merged.W == network.W).all(), "rows unchanged"),
        check_true((merged.theta == 0).sum() >= case.freed, "neurons are freed"),
        at_most(rise, _like(rise, bound), _allowance(target, case, network, merged), "rise"),
    )


def outside_the_ball(target: Target, case: Case) -> Measurement:
    """Scale rows by 100 and take the best of all merges of ``l + 1`` neurons onto one of them."""
    problem, inside = case.base.build(target)
    network = target.Network(100 * inside.W, inside.theta)
    rises = [
        problem.value(merged) - problem.value(network)
        for merged in _merges(target, network, case.freed + 1)
    ]
    mass = np.abs(network.theta).sum()
    bound = rate(problem, case.base.problem.lipschitz, mass, len(network.theta), case.freed)
    return at_most(min(rises), _like(rises[0], bound), 0, "least rise of all merges")


def _merges(target: Target, network: Any, size: int) -> Iterator[Any]:
    for cluster in combinations(range(len(network.theta)), size):
        for kept in cluster:
            theta = network.theta.copy()
            theta[list(cluster)] = 0 * theta[list(cluster)]
            theta[kept] = network.theta[list(cluster)].sum()
            yield target.Network(network.W, theta)


def _like(value: Any, bound: Any) -> Any:
    return bound if isinstance(value, Fraction) else float(bound)


def _allowance(target: Target, case: Case, *networks: Any) -> Any:
    return 2 * case.base.problem.rounding(target, *networks)


CLAIM = Claim(
    id="K2",
    title="Among many rows of the ball some are close enough to merge cheaply",
    source="[FB17] Corollary 2.5; theory K2",
    direction="upper",
    cases=cases(losses=LIPSCHITZ),
    measure=measure,
    controls=(Control("rows in the unit ball", opposite_rays(), outside_the_ball),),
    module=__name__,
)
