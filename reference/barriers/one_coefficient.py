"""The best single coefficient on a fixed feature: ``min_a mean_j L(y_j, a h_j) + kappa |a|``.

The value of networks whose active rows all lie on one ray, ``e_plus`` and ``e_minus`` of claim C6
for one input. Exact for the rational losses; by bisection otherwise, with the slopes that prove it.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import numpy as np

from reference.model.exact_arithmetic import Array, Scalar, mean
from reference.model.losses import Huber
from reference.model.problem import Problem

HALVINGS = 50


def exact_ray_minimum(problem: Problem, h: Array) -> Scalar:
    """Return the minimum over ``a`` as a ``Fraction``.

    The derivative in ``a`` is increasing and linear between the breakpoints, where a residual
    reaches a kink of the loss or of its derivative, so the root is found by one interpolation.

    Parameters
    ----------
    problem : Problem
        Exact, with ``kappa > 0``.
    h : (N,)
        Fractions, at least 0.
    """
    loss = problem.loss
    offsets = (-loss.delta, loss.delta) if isinstance(loss, Huber) else (Fraction(0),)
    seen = h > 0
    points = {
        (y + offset) / x
        for y, x in zip(problem.y[seen], h[seen], strict=True)
        for offset in offsets
    }
    inner = sorted({*points, Fraction(0)})
    grid = [inner[0] - 1, *inner, inner[-1] + 1]
    # Beyond the last breakpoint the derivative is one linear function, so it may be extrapolated.
    for low, high in pairwise(grid):
        rise, end = _derivative(problem, h, low)[1], _derivative(problem, h, high)[0]
        first, last = low == grid[0], high == grid[-1]
        if (rise <= 0 or first) and (end >= 0 or last):
            root = low if rise == end else low + (high - low) * rise / (rise - end)
            return _value(problem, h, root)
    # No interval holds a root: the minimum is the breakpoint where the derivative jumps over 0.
    return min(_value(problem, h, point) for point in inner)


def ray_minima(problem: Problem, H: Array) -> tuple[Array, Array, Array]:
    """Minimise for many features at once, in float64.

    Parameters
    ----------
    problem : Problem
        With ``kappa > 0``, which bounds ``|a|`` by ``F(0) / kappa``.
    H : (B, N)
        Features, at least 0.

    Returns
    -------
    values : (B,)
        Attained objectives.
    a : (B,)
        Coefficients.
    V : (B, N)
        Slopes of the loss, in its dual interval, with ``mean_j v_j h_j = -kappa sign(a)`` up to
        rounding where ``a`` is not 0: what claim D1 needs to bound the minimum from below.
    """
    kappa, loss, y = problem.kappa, problem.loss, problem.y
    at_zero = loss.derivative(y, 0 * y) + 0 * H
    pull = -(at_zero * H).mean(axis=1)
    sign = np.where(np.abs(pull) > kappa, np.sign(pull), 0.0)
    low, high = np.zeros(len(H)), np.full(len(H), float(problem.zero_value) / kappa)
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        slope = loss.derivative(y, (sign * middle)[:, None] * H)
        rising = sign * (slope * H).mean(axis=1) + kappa >= 0
        low, high = np.where(rising, low, middle), np.where(rising, middle, high)
    V = _stationary(problem, H, sign, low, high)
    V = np.where((sign == 0)[:, None], at_zero, V)
    a = sign * high
    values = loss.value(y, a[:, None] * H).mean(axis=1) + kappa * np.abs(a)
    return np.minimum(values, float(problem.zero_value)), a, V


def _stationary(problem: Problem, H: Array, sign: Array, low: Array, high: Array) -> Array:
    """Mix the slopes at both ends of the bracket so that the derivative in ``a`` vanishes."""
    before = problem.loss.derivative(problem.y, (sign * low)[:, None] * H)
    after = problem.loss.derivative(problem.y, (sign * high)[:, None] * H)
    falling = -(sign * (before * H).mean(axis=1) + problem.kappa)
    rising = sign * (after * H).mean(axis=1) + problem.kappa
    total = falling + rising
    share = np.clip(falling / np.where(total > 0, total, 1), 0, 1)[:, None]
    return (1 - share) * before + share * after


def _value(problem: Problem, h: Array, a: Scalar) -> Scalar:
    return mean(problem.loss.value(problem.y, a * h)) + problem.kappa * abs(a)


def _derivative(problem: Problem, h: Array, a: Scalar) -> tuple[Scalar, Scalar]:
    """Return the left and the right derivative in ``a``; ``h`` is at least 0."""
    left, right = problem.loss.one_sided(problem.y, a * h)
    pull_left = problem.kappa * (1 if a > 0 else -1)
    pull_right = problem.kappa * (1 if a >= 0 else -1)
    return mean(left * h) + pull_left, mean(right * h) + pull_right
