"""K8. With one input two active neurons carry the whole predictor.

For n = 1 every neuron is a nonnegative multiple of ``relu(x)`` or ``relu(-x)``. Gathering each kind
on one of its rows gives the *same* function everywhere, no larger l1 norm and at most two active
neurons.

**Direction:** exact.

**Source:** [B26r]; docs/theory/05-compression.md, K8.

**Controls:** one active neuron; two inputs (three neurons of a plane may need three).
"""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations
from typing import Any

import numpy as np

from proofs_checks.claims.compression.caratheodory import rank
from proofs_checks.framework.cases import RATIONAL, OneNetwork
from proofs_checks.framework.claim import Claim, Control
from proofs_checks.framework.measurement import Measurement, at_most, check_true, equal, worst
from proofs_checks.framework.rounding import gamma
from proofs_checks.framework.target import Target
from proofs_checks.strategies.general import one_network
from proofs_checks.strategies.small import small_case


def measure(target: Target, case: OneNetwork) -> Measurement:
    """Compare the function at 1 and -1, which determine it, and on the data; mass; support."""
    problem, network = case.build(target)
    sparse = target.two_rays(problem, network).network
    probes = np.concatenate([problem.X, problem.X[:1] * 0 + 1, problem.X[:1] * 0 - 1])
    mass = np.abs(network.theta).sum()
    exact = case.problem.number(target) is Fraction
    unit = 0 if exact else 4 * gamma(len(network.theta) + 4)
    change = np.abs(sparse.predict(probes) - network.predict(probes)).max()
    return worst(
        check_true((sparse.W == network.W).all(), "rows unchanged"),
        equal(change, 0, unit * mass * np.abs(probes).max(), "largest change of a prediction"),
        at_most(np.abs(sparse.theta).sum(), mass, unit * mass, "mass"),
        at_most((sparse.theta != 0).sum(), 2, 0, "active neurons"),
    )


def one_ray(target: Target, case: OneNetwork) -> Measurement:
    """Ask for one active neuron."""
    problem, network = case.build(target)
    sparse = target.two_rays(problem, network).network
    return at_most((sparse.theta != 0).sum(), 1, 0, "active neurons")


def two_inputs(target: Target, case: OneNetwork) -> Measurement:
    """Ask whether some two of three neurons of a plane carry the predictor at eight points.

    Points and neurons are those of the axes; the neurons left keep their rows.
    """
    _, network = case.build(target)
    probes = _compass(network.theta)
    f = network.predict(probes)[:, None]
    features = network.features(probes)
    pairs = [features[:, list(pair)] for pair in combinations(range(len(network.theta)), 2)]
    enough = any(rank(np.hstack([pair, f])) == rank(pair) for pair in pairs)
    return check_true(enough, "two of three neurons carry the predictor")


def _compass(like: np.ndarray) -> Any:
    points = [[i, k] for i in (-1, 0, 1) for k in (-1, 0, 1)]
    exact = [[Fraction(x) for x in point] for point in points]
    return np.array(exact, dtype=like.dtype)


CLAIM = Claim(
    id="K8",
    title="With one input two active neurons carry the whole predictor",
    source="[B26r]; theory K8",
    direction="exact",
    cases=one_network(losses=RATIONAL, inputs=1, domains=("UnitBall",), width_at_most=6),
    measure=measure,
    controls=(
        Control("two neurons, not one", small_case(), one_ray),
        Control("one input", small_case(inputs=2, width=3), two_inputs),
    ),
    module=__name__,
)
