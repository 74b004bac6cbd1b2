"""Lower bounds of the reduced landscape over whole cells of row tuples (claim R2).

Directions are the points of the surface of the cube ``[-1, 1]^n``, a cell of directions a box on
one face with dyadic corners: boxes divide exactly, and two meet if and only if their intervals do.
Seen from 0 a box is a convex piece of the sphere, so it lies in the cap around its middle that
reaches its corners. On a cap the samples that keep their sign sum to one linear function, whose
maximum is a closed form; one that changes sign is bounded by itself.
"""

from __future__ import annotations

from itertools import product

import numpy as np

from reference.barriers.planar_separator import conjugate_bounds
from reference.barriers.reduced_landscape import best_layers
from reference.minimum.circle_oracle import EPSILON, allowance
from reference.model.exact_arithmetic import Array
from reference.model.network import relu
from reference.model.problem import Problem

PIECES = {1: 8, 2: 4, 3: 2, 4: 2}  # each box is divided this often per axis to bound correlations


def middles(low: Array, high: Array) -> Array:
    """Return the unit rows (..., n) in the middle of boxes with corners ``low``, ``high``."""
    return _unit((low + high) / 2)


def corners(low: Array, high: Array) -> Array:
    """Return the unit rows (..., 2^(n-1), n) at the corners of boxes (..., n) on a face."""
    n = low.shape[-1]
    order = _free_axes(low, high)[..., None, :]
    picks = np.array(list(product((0, 1), repeat=n - 1)))
    chosen = np.zeros((*low.shape[:-1], len(picks), n))
    np.put_along_axis(chosen, np.broadcast_to(order, (*low.shape[:-1], *picks.shape)), picks, -1)
    return _unit(np.where(chosen == 1, high[..., None, :], low[..., None, :]))


def cell_bounds(problem: Problem, low: Array, high: Array) -> tuple[Array, Array]:
    """Bound ``V`` from below on products of boxes, and evaluate it in their middle.

    The dual vector of a cell comes from the best output layer on the middles and the corners of
    all its boxes, so it is nearly feasible on the boxes; scaling makes it feasible.

    Parameters
    ----------
    problem : Problem
    low, high : (B, m, n)
        Corners of each row's box.

    Returns
    -------
    lower : (B,)
        No network whose rows point into the boxes has a smaller objective.
    values : (B,)
        ``V`` in the middle, as far as solved.
    """
    cells, m, n = low.shape
    middle = middles(low, high)
    spread = np.concatenate([middle[:, :, None], corners(low, high)], axis=2).reshape(cells, -1, n)
    V = best_layers(problem, spread).slopes
    boxes = (low.reshape(-1, n), high.reshape(-1, n))
    step = max(1, 2**14 // problem.samples + 1)
    owner = np.repeat(np.arange(cells), m)
    parts = [
        correlation_bound(
            problem, boxes[0][k : k + step], boxes[1][k : k + step], V[owner[k : k + step]]
        )
        for k in range(0, len(owner), step)
    ]
    correlation = np.concatenate(parts).reshape(cells, m).max(axis=1)
    scale = problem.kappa / np.maximum(correlation, problem.kappa) * (1 - 4 * EPSILON)
    scale = np.where(np.isfinite(correlation), scale, 0.0)
    return conjugate_bounds(problem, V * scale[:, None]), best_layers(problem, middle).values


def correlation_bound(problem: Problem, low: Array, high: Array, V: Array) -> Array:
    """Bound ``|mean_j v_j relu(<w, x_j>)|`` over all unit ``w`` in each box (P, n); V is (P, N)."""
    pieces = PIECES[low.shape[1] - 1]
    low, high, V = low[:, None], high[:, None], V[:, None, :]
    for free in range(low.shape[2] - 1):
        low, high = _cut(low, high, free, pieces)
    middle = middles(low, high)
    chord = np.linalg.norm(corners(low, high) - middle[:, :, None], axis=3).max(axis=2)
    radius = 2 * np.arcsin(np.minimum(chord / 2, 1.0)) * (1 + 1e-9) + 1e-14
    return np.asarray(_cap_correlation(problem, middle, radius[:, :, None], V).max(axis=1))


def _cap_correlation(problem: Problem, middle: Array, radius: Array, V: Array) -> Array:
    """Bound the correlation over the cap of ``radius`` (P, K, 1) around each middle (P, K, n)."""
    X, length = problem.X, np.linalg.norm(problem.X, axis=1)
    U, weights = middle @ X.T, V / problem.samples
    sine, cosine = np.sin(radius), np.cos(radius)
    changing = np.abs(U) <= length * (sine + 32 * EPSILON)
    beside = np.sqrt(np.maximum(length**2 - U * U, 0.0))
    reach = np.where(radius <= np.pi / 4, np.minimum(U * cosine + beside * sine, length), length)
    swing = np.where(changing, weights * (relu(reach) + 32 * EPSILON * length), 0.0)
    total = np.where(~changing & (U > 0), weights, 0.0) @ X
    along = (total * middle).sum(axis=2)
    across = np.linalg.norm(total - along[:, :, None] * middle, axis=2)
    worst = np.zeros(along.shape)
    for side in (1, -1):
        turned = np.arctan2(across, side * along) <= radius[:, :, 0]
        edge = side * along * cosine[:, :, 0] + across * sine[:, :, 0]
        peak = np.where(turned, np.hypot(along, across), edge)
        worst = np.maximum(worst, peak + relu(side * swing).sum(axis=2))
    size = (np.abs(weights) * length).sum(axis=2)
    return worst + 4 * allowance(problem.samples, float(size.max(initial=0.0)))


def _cut(low: Array, high: Array, free: int, pieces: int) -> tuple[Array, Array]:
    """Divide boxes (P, K, n) evenly along their axis of number ``free`` that is not the face's."""
    axis = np.repeat(_free_axes(low, high)[:, :, None, free : free + 1], pieces, axis=2)
    shares = np.arange(pieces + 1)[:, None] / pieces
    new = []
    for side in (0, 1):
        many = np.repeat((high if side else low)[:, :, None], pieces, axis=2)
        start = np.take_along_axis(np.repeat(low[:, :, None], pieces, axis=2), axis, -1)
        width = np.take_along_axis(np.repeat((high - low)[:, :, None], pieces, axis=2), axis, -1)
        np.put_along_axis(many, axis, start + width * shares[side : pieces + side], -1)
        new.append(many.reshape(len(low), -1, low.shape[2]))
    return new[0], new[1]


def _free_axes(low: Array, high: Array) -> Array:
    """Return the n - 1 axes (..., n - 1) along which boxes on a face of the cube extend."""
    face = ((low == high) & (np.abs(low) == 1)).argmax(axis=-1)
    places = np.arange(low.shape[-1] - 1)
    return np.asarray(places + (places >= face[..., None]))


def _unit(points: Array) -> Array:
    return np.asarray(points / np.linalg.norm(points, axis=-1, keepdims=True))
