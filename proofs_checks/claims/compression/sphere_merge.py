"""K3. On the sphere the merging rate has one dimension less.

For an L-Lipschitz loss, rows on the unit sphere of R^n (or zero), n >= 2, and any ``l < m`` some
merge frees at least l neurons::

    F_merged - F <= c_n L D ||theta||_1 ((l + 1) / m)^(1 / (n - 1)),
    c_n = 4 sqrt(n (n - 1)) (2 n)^(1 / (n - 1))

Rows of the ball come to the sphere first, at no rise (M3).

**Direction:** upper. The constant is not sharp.

**Source:** [B26r]; the constant: docs/theory/05-compression.md, K3.

**Control:** rows of norm 100, off the unit sphere: then no merge stays within the bound.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import permutations as orders
from typing import Any

import numpy as np
from hypothesis import strategies as st

from proofs_checks.framework.cases import LIPSCHITZ, OneNetwork, Weights
from proofs_checks.framework.claim import Claim, Control
from proofs_checks.framework.exact import root_above
from proofs_checks.framework.measurement import Measurement, at_most, check_true, worst
from proofs_checks.framework.rounding import UNIT
from proofs_checks.framework.target import Target
from proofs_checks.ground_truth.constants import feature_scale, root_of
from proofs_checks.strategies.general import (
    Draw,
    coefficients,
    pick,
    problems,
    sphere_rows,
    whole,
)
from proofs_checks.strategies.small import small_case


@dataclass(frozen=True)
class Case:
    """A network and how many neurons to free."""

    base: OneNetwork
    freed: int


@st.composite
def cases(draw: Draw) -> Case:
    """Draw rational rows of the sphere, some equal, opposite or zero, and ``l < m``."""
    n = draw(pick(2, 3))
    problem = draw(problems(LIPSCHITZ, domains=("UnitBall",), inputs=n))
    rows = [draw(sphere_rows(n))]
    for _ in range(draw(whole(0, 5))):
        kind = draw(pick("new", "same", "opposite", "zero"))
        new = draw(sphere_rows(n)) if kind == "new" else rows[-1]
        factor = {"new": 1, "same": 1, "opposite": -1, "zero": 0}[kind]
        rows.append(tuple(factor * w for w in new))
    network = Weights(tuple(rows), tuple(draw(coefficients()) for _ in rows))
    return Case(OneNetwork(problem, network), len(rows) - 1 - draw(whole(0, len(rows) - 1)))


def rate(problem: Any, slope: Any, mass: Any, width: int, freed: int) -> Any:
    """Return ``c_n L D ||theta||_1 ((l + 1) / m)^(1 / (n - 1))``, rounded up."""
    n = problem.X.shape[1]
    constant = 4 * root_above(n * (n - 1)) * root_of(Fraction(2 * n), n - 1)
    share = root_of(Fraction(freed + 1, width), n - 1)
    number = type(problem.kappa)
    return number(constant * share) * number(slope) * feature_scale(problem.X) * mass


def measure(target: Target, case: Case) -> Measurement:
    """Compare the rise of the target's merge with the rate."""
    problem, network = case.base.build(target)
    merged = target.merge_sphere(problem, network, case.freed).network
    carried = (np.asarray(case.base.network.W) != 0).any(axis=1)
    same = merged.W[carried] == network.W[carried]
    mass = np.abs(network.theta).sum()
    rounding = 2 * case.base.problem.rounding(target, network, merged)
    inward = 0 * rounding
    if case.base.problem.number(target) is float:
        # Rows that must stay inside the ball end short of the sphere by some ulps, and
        # coefficients make up for it.
        # Where all features vanish the rate is 0 and attained, so rounding is part of the bound.
        inward = rounding + 8 * (problem.inputs + 4) * UNIT * float(problem.kappa) * mass
    parts = [
        check_true((merged.theta == 0).sum() >= case.freed, "neurons are freed"),
        at_most(
            problem.value(merged) - problem.value(network),
            rate(problem, case.base.problem.lipschitz, mass, len(network.theta), case.freed)
            + inward,
            rounding,
            "rise by merging on the sphere",
        ),
    ]
    if case.base.problem.number(target) is Fraction:
        parts.append(check_true(same.all(), "rows on the sphere unchanged"))
    return worst(*parts)


def off_the_sphere(target: Target, case: OneNetwork) -> Measurement:
    """Scale rows by 100 and take the better merge of two neurons onto one of them."""
    problem, inside = case.build(target)
    network = target.Network(100 * inside.W, inside.theta)
    rises = []
    for kept, left in orders(range(2)):
        theta = network.theta.copy()
        theta[kept], theta[left] = network.theta.sum(), 0 * theta[left]
        merged = target.Network(network.W, theta)
        rises.append(problem.value(merged) - problem.value(network))
    bound = rate(problem, case.problem.lipschitz, np.abs(network.theta).sum(), 2, 1)
    return at_most(min(rises), bound, 0, "least rise of all merges")


CLAIM = Claim(
    id="K3",
    title="On the sphere the merging rate has one dimension less",
    source="[B26r]; theory K3",
    direction="upper",
    cases=cases(),
    measure=measure,
    controls=(
        Control("rows on the unit sphere", small_case(inputs=2, targets=(0, 100)), off_the_sphere),
    ),
    module=__name__,
)
