"""Certified infimum over rank-one rows, or over one neuron, in the plane (claim C8).

A network of two inputs whose rows all lie on one line through 0 has, after sphericalisation, the
rows ``u`` and ``-u``. Their features never overlap, so for fixed ``u`` two one-coefficient problems
remain, and over ``u`` there is one angle to search. Branch and bound does it: in the middle of an
arc the slopes of the best coefficients form a dual vector; scaled until feasible for every ``u`` of
the arc, it bounds all of them from below, for any loss (claim D1 restricted to these rows).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from reference.barriers.one_coefficient import ray_minima
from reference.minimum.circle_oracle import EPSILON, allowance
from reference.model.exact_arithmetic import Array
from reference.model.network import relu
from reference.model.problem import Problem

BATCH = 2**19  # samples times arcs held at once


class Infimum(NamedTuple):
    """A bracket ``lower <= infimum <= upper`` and a direction where ``upper`` is attained."""

    lower: float
    upper: float
    direction: Array


def planar_infimum(
    problem: Problem, sides: tuple[int, ...] = (1, -1), tol: float = 1e-4, arcs: int = 200_000
) -> Infimum:
    """Minimise ``F`` over networks of any width whose rows lie on the rays ``side * u``.

    Parameters
    ----------
    problem : Problem
        Two inputs, float64, rows in the unit ball, ``kappa > 0``.
    sides : (1, -1) or (1,)
        A line through 0, or a single ray.
    tol : float, optional
        Bracket to stop at, in units of ``F(0)``.
    arcs : int, optional
        Most arcs to bound; the bracket is valid, if wide, when they run out.
    """
    turn = np.pi if len(sides) == 2 else 2 * np.pi
    count = 64
    middle, half = (np.arange(count) + 0.5) * (turn / count), turn / count / 2
    upper, direction, closed, used = np.inf, np.array([1.0, 0.0]), np.inf, 0
    while len(middle):
        lower, values = _bounds(problem, middle, half * (1 + 1e-9) + 1e-14, sides)
        used += len(middle)
        best = int(values.argmin())
        if values[best] < upper:
            upper = float(values[best])
            direction = np.array([np.cos(middle[best]), np.sin(middle[best])])
        open_arcs = lower < upper - tol * float(problem.zero_value)
        closed = min(closed, float(lower[~open_arcs].min(initial=np.inf)))
        if used + 2 * open_arcs.sum() > arcs:
            closed = min(closed, float(lower.min()))
            break
        middle = np.concatenate([middle[open_arcs] - half / 2, middle[open_arcs] + half / 2])
        half = half / 2
    return Infimum(min(closed, upper), upper, direction)


def _bounds(
    problem: Problem, middle: Array, half: float, sides: tuple[int, ...]
) -> tuple[Array, Array]:
    """Return for each arc a lower bound over all its directions, and the value in its middle."""
    step = max(1, BATCH // problem.samples)
    chunks = [middle[first : first + step] for first in range(0, len(middle), step)]
    parts = [_chunk_bounds(problem, chunk, half, sides) for chunk in chunks]
    return np.concatenate([part[0] for part in parts]), np.concatenate([part[1] for part in parts])


def _chunk_bounds(
    problem: Problem, middle: Array, half: float, sides: tuple[int, ...]
) -> tuple[Array, Array]:
    rays = np.stack([np.cos(middle), np.sin(middle)], axis=1)
    U = rays @ problem.X.T
    value, V = np.full(len(middle), float(problem.zero_value)), np.zeros(U.shape)
    for place, side in enumerate(sides):
        H = relu(side * U)
        values, _, slopes = ray_minima(problem, H)
        value = value + values - float(problem.zero_value)
        V = np.where((H > 0) | (place == 0), slopes, V)
    low, high = problem.loss.dual_interval(problem.y)
    V = np.clip(V, low, high)
    correlation = _arc_correlation(problem, rays, U, V, half, sides)
    scale = np.minimum(1.0, problem.kappa / np.maximum(correlation, 1e-300) * (1 - 4 * EPSILON))
    return conjugate_bounds(problem, V * scale[:, None]), value


def _arc_correlation(
    problem: Problem, rays: Array, U: Array, V: Array, half: float, sides: tuple[int, ...]
) -> Array:
    """Bound ``|mean_j v_j relu(<side w, x_j>)|`` over all ``w`` within ``half`` of each ray, (B,).

    Samples that keep their side over the arc sum to one vector ``s``, and ``<w, s>`` is largest
    where ``w`` is nearest to ``s`` or ``-s``; one that changes sides is at most
    ``|x_j| sin(2 half)`` and counts where its sign raises the bound.
    """
    length = np.linalg.norm(problem.X, axis=1)
    weights = V / problem.samples
    changing = np.abs(U) <= length * np.sin(half) + 8 * EPSILON * length
    loose = np.where(changing, weights, 0.0) * (length * (np.sin(2 * half) + 16 * EPSILON))
    across = np.stack([-rays[:, 1], rays[:, 0]], axis=1)
    worst = np.zeros(len(rays))
    for side in sides:
        total = np.where(~changing & (side * U > 0), weights, 0.0) @ problem.X
        along, beside = np.abs((total * rays).sum(axis=1)), np.abs((total * across).sum(axis=1))
        reached = np.arctan2(beside, along) <= half
        edge = along * np.cos(half) + beside * np.sin(half)
        worst = np.maximum(worst, np.where(reached, np.hypot(along, beside), edge))
    swing = np.maximum(relu(loose).sum(axis=1), relu(-loose).sum(axis=1))
    size = float((np.abs(weights) * length).sum(axis=1).max())
    return worst + swing + allowance(problem.samples, size)


def conjugate_bounds(problem: Problem, V: Array) -> Array:
    """Return ``-mean_j L*(y_j, v_j)`` for each row of ``V``, rounded down.

    The rounding of one conjugate is that of `duality.conjugate_bound`; summation adds ``N eps``
    times the mean size.
    """
    values = problem.loss.conjugate(problem.y, V)
    slack = EPSILON * (128 + 16 * (np.abs(V * problem.y) + V * V))
    slack = slack + problem.samples * EPSILON * np.abs(values)
    return -(values + slack).mean(axis=1)
