"""The best output layer by an active set: slow, and exact where interior points lose digits.

Coefficients that carry a sign are *active*; on them the objective is smooth. A step goes against
the slope: first in directions that change no curved term, which only save price or lead to the
curved part of the loss, then by Newton's equation on the others; it ends where a coefficient
becomes 0. With nothing left to gain on the active ones, the neuron whose slope exceeds its price
most becomes active (for squares: Osborne, Presnell and Turlach, 2000).
"""

from __future__ import annotations

import numpy as np

from reference.model.exact_arithmetic import Array
from reference.model.problem import Problem

ROUNDING = 8 * 2.0**-53  # slopes this small, relative to the terms they come from, are 0
RANK = 1e-10  # singular values this small, relative to the largest, are 0
BISECTIONS = 60


def active_set(problem: Problem, H: Array, prices: Array, c: Array, steps: int) -> Array:
    """Minimise ``mean_j L(y_j, (H c)_j) + prices . |c|`` from ``c``.

    Parameters
    ----------
    problem : Problem
        Gives targets and the loss, which must be smooth.
    H : (N, s)
        Features, columns of comparable size.
    prices : (s,)
        Positive.
    c : (s,)
    steps : int
        Most steps taken; each costs a singular value decomposition of the active columns.
    """
    sign, size = np.sign(c), np.abs(H)
    for _ in range(steps):
        f = H @ c
        slopes = problem.loss.derivative(problem.y, f) / problem.samples
        curvature = problem.loss.curvature(problem.y, f) / problem.samples
        gradient = H.T @ slopes
        terms = np.abs(slopes) + curvature * (size @ np.abs(c) + np.abs(problem.y))
        noise = ROUNDING * (size.T @ terms + prices)
        active = np.flatnonzero(sign)
        rest = (gradient + prices * sign)[active]
        if (np.abs(rest) <= noise[active]).all():
            excess = np.where(sign == 0, np.abs(gradient) - prices - noise, 0.0)
            entering = int(excess.argmax())
            if excess[entering] <= 0:
                break
            sign[entering] = -np.sign(gradient[entering])
            continue
        step = np.zeros_like(c)
        step[active], newton = _direction(H[:, active], curvature, rest, noise[active])
        ahead = step * sign < 0
        reach = float((-c[ahead] / step[ahead]).min(initial=np.inf))
        time = _minimiser(problem, H, prices * sign, c, step, min(reach, 1.0) if newton else reach)
        met = ahead & (np.abs(c + time * step) <= 4e-16 * np.abs(c))
        c = np.where(met, 0.0, c + time * step)
        sign = np.where(met, 0.0, sign)
    return c


def _direction(H: Array, curvature: Array, rest: Array, noise: Array) -> tuple[Array, bool]:
    """Return a direction of descent on the active coefficients and whether it is Newton's."""
    _, values, V = np.linalg.svd(np.sqrt(curvature)[:, None] * H, full_matrices=False)
    kept = values > RANK * values.max(initial=0)
    inside = V[kept] @ rest
    flat = rest - V[kept].T @ inside
    if np.linalg.norm(flat) > np.linalg.norm(noise) + 1e-9 * np.linalg.norm(rest):
        return -flat, False
    return -V[kept].T @ (inside / values[kept] ** 2), True


def _minimiser(
    problem: Problem, H: Array, prices: Array, c: Array, step: Array, reach: float
) -> float:
    """Return where in [0, reach] the convex objective is least along a step, by its slope."""
    f, change, price = H @ c, H @ step, prices @ step

    def rises(time: float) -> bool:
        slopes = problem.loss.derivative(problem.y, f + time * change)
        return bool(slopes @ change / len(f) + price > 0)

    high = reach
    if not np.isfinite(high):
        high = 1.0
        while not rises(high) and high < 1e30:
            high *= 2
    if not rises(high):
        return high
    low = 0.0
    for _ in range(BISECTIONS):
        middle = (low + high) / 2
        low, high = (low, middle) if rises(middle) else (middle, high)
    return low
