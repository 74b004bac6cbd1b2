"""M4. Permuting neurons, or adding one with coefficient 0, changes nothing.

For every permutation p and every row w::

    Phi(W[p], theta[p]) = Phi(W, theta) = Phi([W; w], [theta; 0]),    F likewise

**Direction:** exact.

**Source:** docs/theory/02-calculus.md, M4.

**Control:** the rows are permuted and the coefficients are not.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from hypothesis import strategies as st

from proofs_checks.framework.cases import ProblemCase, Row, Weights
from proofs_checks.framework.claim import Claim, Control
from proofs_checks.framework.measurement import Measurement, equal, worst
from proofs_checks.framework.rounding import of_predictions
from proofs_checks.framework.target import Target
from proofs_checks.strategies.general import (
    SMALL,
    Draw,
    networks,
    permutations,
    problems,
    sphere_rows,
)


@dataclass(frozen=True)
class Case:
    """A network, an order of its neurons, and a row to add."""

    problem: ProblemCase
    network: Weights
    order: tuple[int, ...]
    row: Row


@st.composite
def cases(draw: Draw, **options: Any) -> Case:
    """Draw any network of the unit ball."""
    problem = draw(problems(**{"domains": ("UnitBall",), **options}))
    network = draw(networks(problem))
    order = draw(permutations(network.width))
    return Case(problem, network, order, draw(sphere_rows(len(problem.X[0]))))


def compare(target: Target, case: Case, *others: Weights) -> Measurement:
    """Compare predictions and objective of the network with those of others."""
    problem = case.problem.build(target)
    networks = [case.problem.network(target, weights) for weights in (case.network, *others)]
    first, parts = networks[0], []
    for other in networks[1:]:
        for j, (f, g) in enumerate(
            zip(first.predict(problem.X), other.predict(problem.X), strict=True)
        ):
            parts.append(equal(g, f, of_rounding(problem, first)[j], f"prediction of sample {j}"))
        rounding = 2 * case.problem.rounding(target, first)
        parts.append(equal(problem.value(other), problem.value(first), rounding, "objective"))
    return worst(*parts)


def of_rounding(problem: Any, network: Any) -> Any:
    """Bound the difference of two float64 predictions that sum in different orders."""
    if problem.X.dtype == object:
        return 0 * problem.y
    return 2 * of_predictions(
        problem.X, np.vstack([network.W, network.W[:1]]), np.append(network.theta, 0.0)
    )


def measure(target: Target, case: Case) -> Measurement:
    """Permute neurons; add an idle one."""
    longer = Weights((*case.network.W, case.row), (*case.network.theta, Fraction(0)))
    return compare(target, case, case.network.permuted(case.order), longer)


def rows_only(target: Target, case: Case) -> Measurement:
    """Permute the rows and leave the coefficients."""
    permuted = case.network.permuted(case.order)
    return compare(target, case, Weights(permuted.W, case.network.theta))


CLAIM = Claim(
    id="M4",
    title="Permuting neurons, or adding one with coefficient 0, changes nothing",
    source="theory M4",
    direction="exact",
    cases=cases(),
    measure=measure,
    controls=(
        Control(
            "coefficients are permuted along",
            cases(**{**SMALL, "losses": ("Absolute", "Logistic")}),
            rows_only,
        ),
    ),
    module=__name__,
)
