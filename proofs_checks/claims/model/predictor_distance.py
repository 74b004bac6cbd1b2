"""M6. Two networks with rows in the ball predict as differently as their parameters allow.

For rows in the unit ball::

    mean_j |Phi(x_j; W, theta) - Phi(x_j; W', theta')|
        <= D (||theta - theta'||_1 + ||theta'||_1 max_i ||w_i - w'_i||)

**Direction:** tight: equality for one sample, one neuron along it.

**Source:** docs/theory/02-calculus.md, M6.

**Controls:** rows outside the ball (doubled); D replaced by D/2.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis.strategies import SearchStrategy

from proofs_checks.framework.cases import ANY_LOSS, TwoNetworks
from proofs_checks.framework.claim import Claim, Control
from proofs_checks.framework.exact import norm_above
from proofs_checks.framework.measurement import Measurement, at_most, worst
from proofs_checks.framework.rounding import UNIT, of_predictions
from proofs_checks.framework.target import Target
from proofs_checks.ground_truth.constants import feature_scale, stated_scale
from proofs_checks.strategies.general import SMALL_DATA, either, two_networks


def sides(target: Target, case: TwoNetworks, factor: int = 1) -> tuple[Any, Any, Any]:
    """Return both sides and the rounding allowance, the rows multiplied by ``factor``."""
    problem, a, b = case.build(target)
    if factor != 1:
        a, b = (target.Network(factor * net.W, net.theta) for net in (a, b))
    exact = problem.X.dtype == object
    gap = abs(a.predict(problem.X) - b.predict(problem.X))
    rows = a.W - b.W
    radius = max(norm_above(row) for row in rows) if exact else np.linalg.norm(rows, axis=1).max()
    mass = abs(b.theta).sum()
    bound = feature_scale(problem.X) * (abs(a.theta - b.theta).sum() + mass * radius)
    if exact:
        return gap.sum() / len(gap), bound, 0
    noise = sum(of_predictions(problem.X, net.W, net.theta).mean() for net in (a, b))
    trace = float((problem.X**2).sum() / len(problem.X))
    ulps = (a.W.shape[1] ** 2 + a.W.shape[0] + len(problem.X) + 8) * UNIT
    size = np.sqrt(trace) * float(abs(a.theta).sum() + 3 * mass)
    return gap.mean(), bound, noise + ulps * size


def measure(target: Target, case: TwoNetworks) -> Measurement:
    """Compare the mean difference of predictions with the distance of the parameters."""
    problem = case.problem.build(target)
    difference = at_most(*sides(target, case), "mean difference of predictions")
    return worst(difference, stated_scale(problem))


def outside(target: Target, case: TwoNetworks) -> Measurement:
    """Double every row."""
    return at_most(*sides(target, case, factor=2), "rows outside the ball")


def halved_scale(target: Target, case: TwoNetworks) -> Measurement:
    """Replace D by D/2."""
    measured, bound, rounding = sides(target, case)
    return at_most(measured, bound / 2, rounding, "D/2")


def cases(**options: Any) -> SearchStrategy[TwoNetworks]:
    """Draw two networks of one width; the loss plays no part."""
    return two_networks(losses=ANY_LOSS, domains=("UnitBall",), **options)


CASES = either(cases(), cases(width_at_most=1, samples_at_most=1, inputs_at_most=1))
CLAIM = Claim(
    id="M6",
    title="Two networks with rows in the ball predict as differently as their parameters allow",
    source="theory M6",
    direction="tight",
    cases=CASES,
    measure=measure,
    controls=(
        Control("rows in the ball (doubled)", two_networks(**SMALL_DATA), outside),
        Control("D is the feature scale (D/2)", two_networks(**SMALL_DATA), halved_scale),
    ),
    module=__name__,
)
