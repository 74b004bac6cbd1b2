"""K6. As many neurons as the features have rank carry all predictions on the data.

For every network there are coefficients on the same rows with the *same* predictions on the N
samples, no larger l1 norm, and at most ``rank(relu(X W^T)) <= N`` active neurons. So the objective
does not rise, whatever the loss.

**Direction:** exact (equality of predictions). For a float64 implementation: to 1e-9 of their size.

**Source:** Carathéodory's theorem, a vertex of a linear program; docs/theory/05-compression.md, K6.

**Controls:** one neuron fewer; predictions away from the data.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

from proofs_checks.framework.cases import RATIONAL, OneNetwork
from proofs_checks.framework.claim import Claim, Control
from proofs_checks.framework.measurement import Measurement, at_most, check_true, equal, worst
from proofs_checks.framework.target import Target
from proofs_checks.strategies.general import one_network
from proofs_checks.strategies.small import small_case

FLOAT_AGREEMENT = 1e-9


def rank(matrix: np.ndarray) -> int:
    """Return the rank of a matrix of fractions, by elimination."""
    for k in range(matrix.shape[1]):
        rows = np.flatnonzero(matrix[:, k])
        if len(rows):
            pivot = matrix[rows[0]]
            rest = np.delete(matrix, rows[0], axis=0)
            return 1 + rank(rest - np.outer(rest[:, k] / pivot[k], pivot))
    return 0


def measure(target: Target, case: OneNetwork) -> Measurement:
    """Compare predictions, mass and support before and after."""
    problem, network = case.build(target)
    sparse = target.caratheodory(problem, network).network
    before, mass = network.predict(problem.X), np.abs(network.theta).sum()
    reach = 0
    features = network.features(problem.X)
    if case.problem.number(target) is not Fraction:
        reach = FLOAT_AGREEMENT * (1 + np.abs(features).max()) * (1 + mass)
    difference = np.abs(sparse.predict(problem.X) - before).max()
    parts = [
        check_true((sparse.W == network.W).all(), "rows unchanged"),
        equal(difference, 0, reach, "largest change of a prediction on the data"),
        at_most(np.abs(sparse.theta).sum(), mass, reach, "mass"),
        at_most((sparse.theta != 0).sum(), len(problem.X), 0, "active neurons, against N"),
    ]
    if case.problem.number(target) is Fraction:
        most = rank(features[:, network.theta != 0])
        parts.append(at_most((sparse.theta != 0).sum(), most, 0, "active neurons, against rank"))
    return worst(*parts)


def one_fewer(target: Target, case: OneNetwork) -> Measurement:
    """Ask for fewer neurons than the rank."""
    problem, network = case.build(target)
    sparse = target.caratheodory(problem, network).network
    most = max(_rank(problem, network) - 1, 0)
    return at_most((sparse.theta != 0).sum(), most, 0, "active neurons, against rank - 1")


def elsewhere(target: Target, case: OneNetwork) -> Measurement:
    """Compare predictions at the negatives of the samples."""
    problem, network = case.build(target)
    sparse = target.caratheodory(problem, network).network
    change = np.abs(sparse.predict(-problem.X) - network.predict(-problem.X)).max()
    return equal(change, 0, 0, "largest change of a prediction off the data")


def _rank(problem: Any, network: Any) -> int:
    return rank(network.features(problem.X)[:, network.theta != 0])


CLAIM = Claim(
    id="K6",
    title="As many neurons as the features have rank carry all predictions on the data",
    source="Carathéodory's theorem; theory K6",
    direction="exact",
    cases=one_network(losses=RATIONAL, width_at_most=6),
    measure=measure,
    controls=(
        Control("rank(features) neurons, not one fewer", small_case(), one_fewer),
        Control("predictions on the data only", small_case(samples=1), elsewhere),
    ),
    module=__name__,
    examples=150,
)
