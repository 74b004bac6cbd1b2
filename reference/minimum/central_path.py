"""Newton's method along the central path of a convex program with a logarithmic barrier.

A program has variables ``z`` of any shape, a barrier objective with weight ``mu``, and *slacks*,
linear in ``z``, that must stay positive. As ``mu`` falls, the minimum of the barrier objective
approaches that of the program, from the inside.
"""

from __future__ import annotations

from typing import Protocol

import numpy as np

from reference.model.exact_arithmetic import Array

REDUCTION = 0.2  # of the barrier weight from one centring to the next
NOISE = 1e-14  # relative rounding of the barrier objective, beyond which steps are trusted
SHIFT = 1e-13  # of the Newton system, relative to its diagonal


class BarrierProgram(Protocol):
    """What the path needs to know of a program."""

    def slack(self, z: Array) -> Array:
        """Return what must stay positive, linear in ``z``."""

    def value(self, z: Array, mu: float) -> float:
        """Return the barrier objective, infinite outside."""

    def derivatives(self, z: Array, mu: float) -> tuple[Array, Array]:
        """Return its gradient (k,) and Hessian (k, k)."""


def follow_central_path(program: BarrierProgram, z: Array, start: float, end: float) -> Array:
    """Centre at barrier weights falling from ``start`` to ``end``; return the last centre."""
    mu = start
    while mu > end:
        z = _centre(program, z, mu, 0.1 * mu)
        mu *= REDUCTION
    return _centre(program, z, end, 1e-6 * end, polish=True)


def _centre(
    program: BarrierProgram, z: Array, mu: float, tolerance: float, polish: bool = False
) -> Array:
    """Minimise the barrier objective by damped Newton steps until the decrement is small.

    With ``polish`` steps go on while each still divides the decrement by four: slopes that jump
    by a barrier's curvature need it, since they are what the dual bound is made of.
    """
    value, previous = program.value(z, mu), np.inf
    for _ in range(60):
        gradient, hessian = program.derivatives(z, mu)
        step = _newton_step(gradient, hessian)
        decrement = -float(gradient @ step)
        if not decrement > tolerance and not (polish and 0 < decrement < previous / 4):
            return z
        previous = decrement
        direction = step.reshape(z.shape)
        slack, change = program.slack(z), program.slack(direction)
        shrinking = change < 0
        reach = (slack[shrinking] / -change[shrinking]).min(initial=np.inf)
        length = min(1.0, 0.95 * float(reach))
        for _ in range(30):
            candidate = program.value(z + length * direction, mu)
            if candidate <= value - 0.1 * length * decrement + NOISE * abs(value):
                break
            length /= 2
        else:
            return z  # rounding hides any further decrease
        z, value = z + length * direction, candidate
    return z


def _newton_step(gradient: Array, hessian: Array) -> Array:
    """Solve the Newton system scaled to a unit diagonal, which tames the barrier's range.

    ActivationCells that share an edge make it nearly singular, hence the slight shift.
    """
    scale = 1 / np.sqrt(np.diag(hessian))
    system = hessian * scale[:, None] * scale + SHIFT * np.eye(len(scale))
    return -scale * np.linalg.solve(system, scale * gradient)
