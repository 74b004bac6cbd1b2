"""Newton steps inside one orthant of the output layer: what finishes a minimum with exact zeros."""

from __future__ import annotations

import numpy as np

from reference.model.exact_arithmetic import Array
from reference.model.problem import Problem

STEPS = 30
ACCURACY = 1e-16  # steps end when one promises less than this share of the objective


def orthant_newton(problem: Problem, H: Array, prices: Array, c: Array) -> Array:
    """Take Newton steps, one orthant of ``c`` at a time, until one promises next to nothing.

    A coefficient is free when it is not 0 or its slope exceeds its price. A step solves the
    Newton equation on the free ones and stops at the faces of the orthant, so zeros are exact.

    Parameters
    ----------
    problem : Problem
        Gives targets and the loss, which must be smooth.
    H : (N, s)
    prices : (s,)
        At least 0.
    c : (s,)
        Where to start.

    Returns
    -------
    (s,) array
        Never worse than ``c``.
    """
    f = H @ c
    value, damping = _objective(problem, prices, c, f), 1e-12
    for _ in range(STEPS):
        gradient = H.T @ (problem.loss.derivative(problem.y, f) / problem.samples)
        leaving = -np.sign(gradient) * (np.abs(gradient) > prices)
        orthant = np.where(c != 0, np.sign(c), leaving)
        free = np.flatnonzero(orthant)
        slope = gradient[free] + prices[free] * orthant[free]
        step = np.zeros_like(c)
        step[free] = _newton_step(problem, H[:, free], f, slope, damping)
        promised = -slope @ step[free]
        if not promised > ACCURACY * value:
            break
        found = _line_search(problem, H, prices, c, step, orthant, value, promised)
        if found is None:
            damping *= 100
        else:
            c, f, value = found
            damping = max(damping / 10, 1e-12)
    return c


def _newton_step(problem: Problem, H: Array, f: Array, slope: Array, damping: float) -> Array:
    """Solve the damped Newton equation; NaN where it cannot be factored, so that steps end."""
    from scipy.linalg import cho_factor, cho_solve

    curvature = problem.loss.curvature(problem.y, f) / problem.samples
    B = np.sqrt(curvature)[:, None] * H
    hessian = B.T @ B
    hessian[np.diag_indices_from(hessian)] += damping * (1 + np.trace(hessian))
    try:
        factor = cho_factor(hessian, lower=True, overwrite_a=True, check_finite=False)
    except np.linalg.LinAlgError:
        return np.full_like(slope, np.nan)
    return -cho_solve(factor, slope, check_finite=False)


def _line_search(
    problem: Problem,
    H: Array,
    prices: Array,
    c: Array,
    step: Array,
    orthant: Array,
    value: float,
    promised: float,
) -> tuple[Array, Array, float] | None:
    """Halve a step, cut at the orthant's faces, until ``F`` falls by a share of the promise."""
    for halving in range(12):
        moved = c + 0.5**halving * step
        moved[moved * orthant < 0] = 0
        f = H @ moved
        reached = _objective(problem, prices, moved, f)
        if reached <= value - 1e-4 * 0.5**halving * promised:
            return moved, f, reached
    return None


def _objective(problem: Problem, prices: Array, c: Array, f: Array) -> float:
    return float(problem.loss.value(problem.y, f).mean() + prices @ np.abs(c))
