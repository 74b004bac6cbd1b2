"""D1. Every feasible dual vector bounds the objective of all widths from below.

Let ``|mean_j v_j relu(<w, x_j>)| <= kappa`` for all ``||w|| <= 1``. Then for every network of every
width::

    -mean_j L*(y_j, v_j) <= F(W, theta)

Any slopes of the loss become feasible when scaled by ``min(1, kappa / M)``, M the largest
correlation. Tried for one input, where M is the larger of two sums and the minimum over all widths
is known exactly (C6's ground truth); at the slopes of the minimiser the bound is *equal* to it
wherever the loss is smooth.

**Direction:** tight.

**Source:** Fenchel-Young, [PE20]; docs/theory/08-minimum.md, D1.

**Control:** the optimal dual vector scaled up by 5/4.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from hypothesis import strategies as st

from proofs_checks.framework.cases import ProblemCase, Weights
from proofs_checks.framework.claim import Claim, Control
from proofs_checks.framework.measurement import Measurement, at_most, equal, worst
from proofs_checks.framework.target import Target
from proofs_checks.ground_truth.one_dimension import ray_minima
from proofs_checks.strategies.general import Draw, either, pick, whole
from proofs_checks.strategies.one_input import (
    any_network,
    any_problem,
    near_best,
    two_sided,
)

SMOOTH = ("HalfSquared", "Squared", "Huber")


@dataclass(frozen=True)
class Case:
    """A problem of one input, two networks, and a number that says which slopes to take."""

    problem: ProblemCase
    network: Weights
    other: Weights


@st.composite
def cases(draw: Draw) -> Case:
    """Draw two networks: the slopes of the one bound the value of the other."""
    problem, width = draw(either(two_sided(), any_problem())), draw(whole(1, 3))
    network = draw(pick(near_best(problem, width), any_network(width)))
    return Case(problem, draw(network), draw(network))


def largest_correlation(X: np.ndarray, v: np.ndarray) -> Any:
    """Return ``max |mean_j v_j relu(w x_j)|`` over w in [-1, 1]: attained at 1 or -1."""
    return max(abs((v * (s * X > 0) * X).sum()) for s in (1, -1)) / len(X)


def dual_value(problem: Any, v: np.ndarray) -> Any:
    """Return ``-mean_j L*(y_j, v_j)``, the conjugate taken from the target."""
    return -problem.loss.conjugate(problem.y, v).sum() / len(v)


def scaled_slopes(problem: Any, f: np.ndarray) -> np.ndarray:
    """Return the loss's slopes at predictions, scaled until feasible."""
    v = problem.loss.derivative(problem.y, f)
    v = np.array([Fraction(entry) for entry in v]) if problem.X.dtype == object else v
    M = largest_correlation(problem.X[:, 0], v)
    return v if problem.kappa >= M else v * (problem.kappa / M)


def optimal_slopes(problem: Any, case: ProblemCase) -> np.ndarray:
    """Return the slopes at the exact minimiser."""
    rays, x = ray_minima(case), problem.X[:, 0]
    number = type(problem.kappa)
    f = number(rays.p) * (x > 0) * x - number(rays.q) * (x < 0) * x
    return np.asarray(problem.loss.derivative(problem.y, f))


def measure(target: Target, case: Case) -> Measurement:
    """Compare the bound with another network, with the exact minimum, and at the optimum."""
    problem = case.problem.build(target)
    network = case.problem.network(target, case.network)
    other = case.problem.network(target, case.other)
    number = type(problem.kappa)
    bound = dual_value(problem, scaled_slopes(problem, network.predict(problem.X)))
    least = number(ray_minima(case.problem).both)
    rounding = 2 * case.problem.rounding(target, network, other)
    parts = [
        at_most(bound, problem.value(other), rounding, "dual bound against a network"),
        at_most(bound, least, rounding, "dual bound against the minimum of all widths"),
    ]
    if case.problem.loss in SMOOTH:
        best = dual_value(problem, optimal_slopes(problem, case.problem))
        parts.append(equal(best, least, rounding, "dual bound at the minimiser"))
    return worst(*parts)


def scaled_up(target: Target, case: ProblemCase) -> Measurement:
    """Multiply the optimal dual vector by 5/4."""
    problem = case.build(target)
    v = optimal_slopes(problem, case) * type(problem.kappa)(Fraction(5, 4))
    least = type(problem.kappa)(ray_minima(case).both)
    return at_most(dual_value(problem, v), least, 0, "dual value of an infeasible vector")


CLAIM = Claim(
    id="D1",
    title="Every feasible dual vector bounds the objective of all widths from below",
    source="Fenchel-Young, [PE20]; theory D1",
    direction="tight",
    cases=cases(),
    measure=measure,
    controls=(
        Control("the dual vector is feasible", two_sided(losses=("HalfSquared",)), scaled_up),
    ),
    module=__name__,
)
