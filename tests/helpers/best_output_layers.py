"""Best output layers against an independent convex solver: Clarabel, through CVXPY.

``python tests/helpers/best_output_layers.py 500`` tries 500 problems of each loss with more neurons
than samples and 500 with fewer, and prints how far the two values differ at most, relatively, and
the largest duality gap the solver reports of itself.
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Iterator

import cvxpy
import numpy as np

from reference import Absolute, HalfSquared, Hinge, Huber, Logistic, Pinball, Problem, Squared
from reference.training.output_layer import solve_output_layer

LOSSES = (
    Logistic(),
    Huber(1.0),
    Huber(0.25),
    HalfSquared(),
    Squared(),
    Absolute(),
    Hinge(),
    Pinball(0.3),
)
PRECISION = {"tol_gap_abs": 1e-14, "tol_gap_rel": 1e-14, "tol_feas": 1e-12}


def cases(loss, count, wide, seed=0) -> Iterator[tuple[Problem, np.ndarray]]:
    """Yield problems and features (N, s): whole numbers, copies, tiny and zero columns too."""
    generator = np.random.default_rng([seed, wide])
    for _ in range(count):
        samples = int(generator.integers(1, 13) if wide else generator.integers(5, 60))
        more = generator.integers(samples + 1, 4 * samples + 6)
        columns = int(more if wide else generator.integers(1, samples + 1))
        H = np.maximum(generator.normal(size=(samples, columns)), 0)
        kind = generator.integers(4)
        if kind == 0:
            H = generator.integers(0, 6, (samples, columns)).astype(float)
        if kind == 1 and columns > 1:
            half = columns - columns // 2
            H[:, half:] = H[:, : columns - half] * generator.choice([1.0, 2.0], columns - half)
        if kind == 2:
            H *= 10.0 ** generator.uniform(-4, 2, columns)
            H[:, generator.random(columns) < 0.1] = 0
        if loss.labels:
            y = generator.choice(loss.labels, samples).astype(float)
        else:
            y = generator.normal(size=samples) * generator.choice([0.1, 1, 10])
        yield Problem(np.ones((samples, 1)), y, loss, 10.0 ** generator.uniform(-6, 0)), H


def independent_value(problem: Problem, H: np.ndarray) -> float:
    """Return the objective at Clarabel's coefficients: an upper bound of the minimum."""
    c = cvxpy.Variable(H.shape[1])
    f, y, loss = H @ c, problem.y, problem.loss
    losses = {
        "Logistic": lambda: cvxpy.logistic(f) - cvxpy.multiply(y, f),
        "Huber": lambda: cvxpy.huber(f - y, loss.delta) / 2,
        "HalfSquared": lambda: cvxpy.square(f - y) / 2,
        "Squared": lambda: cvxpy.square(f - y),
        "Absolute": lambda: cvxpy.abs(f - y),
        "Hinge": lambda: cvxpy.pos(1 - cvxpy.multiply(y, f)),
        "Pinball": lambda: cvxpy.maximum(loss.tau * (y - f), (1 - loss.tau) * (f - y)),
    }
    risk = cvxpy.sum(losses[type(loss).__name__]()) / problem.samples
    program = cvxpy.Problem(cvxpy.Minimize(risk + problem.kappa * cvxpy.norm1(c)))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            program.solve(solver="CLARABEL", max_iter=500, **PRECISION)
        except cvxpy.error.SolverError:
            return np.inf
    if c.value is None:
        return np.inf
    return min(
        float(problem.objective(c.value * keep, H @ (c.value * keep)))
        for keep in (1, np.abs(c.value) > 1e-9 * np.abs(c.value).max(initial=0))
    )


def deviations(loss, count, wide, seed=0) -> tuple[float, float, float]:
    """Return how much higher than Clarabel's a value is, how much lower, and the largest gap."""
    above, below, gap = [0.0], [0.0], [0.0]
    for problem, H in cases(loss, count, wide, seed):
        best, other = solve_output_layer(problem, H), independent_value(problem, H)
        if np.isfinite(other):
            above.append((best.value - other) / best.value)
            below.append((other - best.value) / best.value)
        gap.append(best.gap / best.value)
    return max(above), max(below), max(gap)


if __name__ == "__main__":
    number = int(sys.argv[1]) if len(sys.argv) > 1 else 500
    print("loss, neurons: highest above Clarabel, highest below it, largest own gap (relative)")
    for tried in LOSSES:
        for many in (True, False):
            found = deviations(tried, number, many)
            neurons = "more than samples" if many else "fewer"
            print(tried, neurons, *(f"{number:.1e}" for number in found), flush=True)
