"""The objective at 200 times of a segment, and its certified maximum, against the plain ways."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from benchmarks.timing import Row, compare
from reference.certificate.path_maximum import certify
from reference.certificate.segment import segment_table
from reference.model.datasets import published_problem
from reference.model.network import Network, forward
from reference.model.path import Path
from reference.model.problem import Problem
from reference.training.pools import train_pool

TIMES = np.linspace(0, 1, 200)
TOLERANCE = 1e-6


def rows() -> Iterator[Row]:
    for name in ("moons", "breast-cancer"):
        problem = published_problem(name)
        for width, goal in ((20, 1), (200, 15 if name == "moons" else None)):
            a, b = train_pool(problem, width, 2, epochs=50)
            yield compare(
                f"200 times of a segment, {name}, width {width}",
                lambda ends=(problem, a, b): segment_table(*ends, TIMES),
                "200 forward passes",
                forward_passes(problem, a, b),
                goal,
                runs=9,
            )
    problem = published_problem("breast-cancer")
    for width in (20, 200):
        yield _certificate_row(problem, *train_pool(problem, width, 2, epochs=50), width)


def forward_passes(problem: Problem, a: Network, b: Network) -> Callable[[], list[float]]:
    """Return the objective at each time of the segment, one forward pass at a time."""

    def table() -> list[float]:
        values = []
        for t in TIMES:
            theta = (1 - t) * a.theta + t * b.theta
            f = forward(problem.X, (1 - t) * a.W + t * b.W, theta)[1]
            values.append(problem.objective(theta, f))
        return values

    return table


def mesh_points(problem: Problem, a: Network, b: Network) -> float:
    """Return how many times of a uniform mesh certify a segment to the tolerance.

    Between neighbours ``h`` apart the objective exceeds them by at most ``K h / 2``; by claim M6,
    with rows of any length::

        K = L D (|dtheta|_1 max_i |w_i| + |theta|_1 max_i |dw_i|) + kappa |dtheta|_1
    """
    row = max(np.linalg.norm(net.W, axis=1).max() for net in (a, b))
    mass = max(np.abs(net.theta).sum() for net in (a, b))
    theta_move = np.abs(a.theta - b.theta).sum()
    row_move = np.linalg.norm(a.W - b.W, axis=1).max()
    slope = problem.lipschitz_constant("M6") * problem.D * (theta_move * row + mass * row_move)
    return (slope + problem.kappa * theta_move) / (2 * TOLERANCE)


def _certificate_row(problem: Problem, a: Network, b: Network, width: int) -> Row:
    path = Path((a, b))
    certificate = certify(problem, path, TOLERANCE)
    if certificate.upper - certificate.lower > TOLERANCE:
        raise RuntimeError(f"certificate: found width {certificate.upper - certificate.lower}")
    points = mesh_points(problem, a, b)
    return compare(
        f"certify to 1e-6, breast-cancer, width {width}",
        lambda: certify(problem, path, TOLERANCE),
        f"uniform Lipschitz mesh, {points:.1e} times",
        forward_passes(problem, a, b),
        scale=points / len(TIMES),
        runs=7,
    )
