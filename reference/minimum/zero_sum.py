"""Dual vectors whose sum is exactly 0, as claim D5 needs them.

Entries are multiples of one power of two, the *grid*, so large that every partial sum of such
multiples is a float64 number: sums are exact, and what is left over is taken from a few entries.
"""

from __future__ import annotations

import numpy as np

from reference.model.exact_arithmetic import Array

BISECTIONS = 100


def balanced(v: Array, low: Array, high: Array) -> Array:
    """Shift ``v`` (N,) and clip it to intervals around 0 until its sum is about 0.

    The sum of ``clip(v - t)`` falls with ``t``, from at least 0 at ``t = min v`` to at most 0 at
    ``t = max v``.
    """
    left, right = float(v.min()), float(v.max())
    for _ in range(BISECTIONS):
        middle = left + (right - left) / 2
        if np.clip(v - middle, low, high).sum() > 0:
            left = middle
        else:
            right = middle
    return np.clip(v - right, low, high)


def zero_sum(v: Array) -> tuple[Array, float]:
    """Round ``v`` (N,) towards 0 to multiples of the grid, with a sum of exactly 0.

    No entry changes its sign or grows, so an interval around 0 keeps it. If the sum of ``v`` is 0,
    entries move by at most ``2 N`` grids in total.

    Returns
    -------
    v : (N,)
    grid : float
        A power of two, at most ``N max |v| 2**-50``; 0 if ``v`` is 0.
    """
    size = float(np.abs(v).max())
    if size == 0:
        return 0 * v, 0.0
    power = int(np.frexp(size)[1]) + int(np.frexp(len(v))[1]) - 52
    steps = np.trunc(np.ldexp(v, -power))
    excess = float(steps.sum())
    order = np.argsort(-np.sign(excess) * steps, kind="stable")
    for k in order:
        if excess == 0:
            break
        taken = np.sign(excess) * min(abs(excess), abs(steps[k]))
        steps[k] -= taken
        excess -= taken
    return np.ldexp(steps, power), float(np.ldexp(1.0, power))
