"""Assignment 5: the chord bound it asks for, and functions that make known mistakes."""

from __future__ import annotations

from typing import Any

import numpy as np

from proofs_checks.coursework.assignments.strings.solution import highest, trained
from reference import Path

AT_A_KINK = 1e-9


def chord_bound(problem: Any, a: Any, b: Any, cells: int, kinks: bool = True) -> float:
    """Return the bound of the text, evaluated as it is written there."""
    times, X = np.linspace(0, 1, cells + 1), problem.X
    path = Path([a, b])
    values = [problem.value(path.at(0, float(t))) for t in times]
    U_a, du = X @ a.W.T, X @ (b.W - a.W).T / cells
    dtheta = np.abs(b.theta - a.theta) / cells
    signed = (b.theta - a.theta) / cells
    best = -np.inf
    for k in range(cells):
        start, end = U_a + k * du, U_a + (k + 1) * du
        # A kink at the end of a cell counts in both cells: rounding decides in which it is.
        nearest = np.minimum(np.abs(start), np.abs(end))
        kinked = ((start > 0) != (end > 0)) | ((du != 0) & (nearest <= AT_A_KINK * np.abs(du)))
        size = np.maximum(*(np.abs(path.at(0, float(t)).theta) for t in times[k : k + 2]))
        bend = np.abs(((start > 0) & ~kinked) * du @ signed)
        rise = np.abs(np.maximum(end, 0) - np.maximum(start, 0))
        if kinks:
            bend = bend + (kinked * (np.abs(du) * size + rise * dtheta)).sum(axis=1)
        best = max(best, max(values[k : k + 2]) + problem.L * bend.mean() / 4)
    return float(best)


def without_kinks(problem: Any, a: Any, b: Any, cells: int) -> float:
    """Leave out the pairs that change sign."""
    return chord_bound(problem, a, b, cells, kinks=False)


def grid(problem: Any, a: Any, b: Any, cells: int) -> float:
    """Take the largest value on the grid."""
    return highest(problem, a, b, cells + 1)[0]


def one_half(
    problem: Any, a: Any, b: Any, level: float, depth: int, points: int, epochs: int
) -> list[Any]:
    """Look again at the left half alone."""
    top, t = highest(problem, a, b, points)
    if depth == 0 or top <= level:
        return [a, b]
    start = Path([a, b]).at(0, t if 0 < t < 1 else 0.5)
    bead = trained(problem, start, level, epochs)
    return [*one_half(problem, a, bead, level, depth - 1, points, epochs), b]


def never(*arguments: Any) -> list[Any]:
    """Return the two ends."""
    return list(arguments[1:3])


def dual_formula(problem: Any, f: np.ndarray, M: float) -> float:
    """Return the bound of weak duality."""
    v = problem.loss.derivative(problem.y, f)
    return float(-problem.loss.conjugate(problem.y, v * _factor(problem, M)).mean())


def unscaled(problem: Any, f: np.ndarray, M: float) -> float:
    """Leave the dual vector as it is."""
    v = problem.loss.derivative(problem.y, f)
    return float(-problem.loss.conjugate(problem.y, v).mean())


def wrong_sign(problem: Any, f: np.ndarray, M: float) -> float:
    """Return the mean of the conjugate."""
    return -dual_formula(problem, f, M)


def summed(problem: Any, f: np.ndarray, M: float) -> float:
    """Return the sum over samples."""
    return problem.samples * dual_formula(problem, f, M)


def _factor(problem: Any, M: float) -> float:
    return min(1.0, problem.kappa / M) if M > 0 else 1.0
