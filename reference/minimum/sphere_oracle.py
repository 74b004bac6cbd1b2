"""Exact maximum of ``|sum_j a_j relu(<w, x_j>)|`` over the unit sphere of three inputs (claim D2).

The great circles ``<w, x_j> = 0`` cut the sphere into ``O(N^2)`` cells, and on a cell the function
is ``<w, s>`` with one ``s``. Its largest absolute value is therefore on a great circle, which is
the planar problem of `circle_oracle` in the plane of that circle, or in a cell that contains its
own ``s`` or ``-s``. The sweep of circle ``i`` also yields the sums of the cells on its two sides; a
cell need only be met once, from the circle nearest to its peak, and there the foot of the peak lies
on the arc they share. All circles together cost ``O(N^2 log N)``; they are swept in chunks.

Why ties are harmless
---------------------
Let a cell contain its peak ``w`` at angular distance ``d`` from the nearest circle ``i``. The foot
of ``w`` on that circle already has value ``|s| cos d``, so the circles miss at most
``|s| d^2 / 2``. A sample at angle ``alpha`` from the line of ``x_i`` is misjudged at the foot only
if ``d (1 - cos alpha) <= delta`` with ``delta = SWITCH_ERROR``, since its own circle is no nearer;
and if ``alpha < d`` it lies on the same side of ``w`` as ``x_i``, or its opposite does. So samples
with ``alpha <= NEAR`` are not swept but put on their side of the circle, no other is misjudged once
``d >= 2.1 delta / alpha^2``, and what is missed below the larger of the two distances is added.
"""

from __future__ import annotations

import numpy as np

from reference.minimum.circle_oracle import (
    EPSILON,
    SWITCH_ERROR,
    Sweep,
    allowance,
    arc_maxima,
    crosses,
    sweep_half_circles,
)
from reference.model.exact_arithmetic import Array

NEAR = (2.1 * SWITCH_ERROR) ** (1 / 3)
CHUNK = 2**18  # samples times circles held at once: some tens of megabytes


def sphere_peaks(X: Array, weights: Array) -> tuple[float, Array]:
    """Maximise over the sphere; samples ``X`` (N, 3) nonzero, ``weights`` (N,).

    Returns
    -------
    value : float
        At least the maximum up to `circle_oracle.allowance`.
    peaks : (K, 3)
        Unit vectors: the best of every great circle and every peak inside a cell that beats them.
    """
    size = float((np.abs(weights) * np.linalg.norm(X, axis=1)).sum())
    tolerance = allowance(len(X), size)
    step = max(1, CHUNK // len(X))
    best, missed, peaks = 0.0, 0.0, []
    for first in range(0, len(X), step):
        frames = _frames(X[first : first + step])
        points = np.einsum("nd,bdk->bnk", X, frames)
        near, distance = _near_parallel(points)
        sweep = sweep_half_circles(points, np.where(near, 0.0, weights))
        value, place = arc_maxima(sweep)
        # A near-parallel sample left out of the sweep adds at most |a_j| |p_j| on the circle.
        left_out = np.abs(weights) * np.hypot(points[..., 0], points[..., 1])
        value += np.where(near, left_out, 0.0).sum(axis=1)
        best, missed = max(best, float(value.max())), max(missed, float(distance.max()))
        peaks.append(np.einsum("bdk,bk->bd", frames[..., :2], place))
        held = _terms_by_side(points, near, weights)
        peaks.append(_cell_peaks(sweep, held, frames, best, tolerance))
    found = np.concatenate(peaks)
    attained, upper = evaluate(X, weights, found), best * (1 + missed**2)
    return max(upper, float(attained.max())), found


def evaluate(X: Array, weights: Array, atoms: Array) -> Array:
    """Return ``|sum_j a_j relu(<w, x_j>)|`` for each row ``w`` of ``atoms`` (K, n); shape (K,)."""
    step = max(1, 4 * CHUNK // len(X))
    parts = [atoms[first : first + step] @ X.T for first in range(0, len(atoms), step)]
    return np.abs(np.concatenate([(part * (part > 0)) @ weights for part in parts]))


def _frames(normals: Array) -> Array:
    """Return orthonormal frames (B, 3, 3) whose last column points along each normal."""
    last = normals / np.linalg.norm(normals, axis=1, keepdims=True)
    axis = np.eye(3)[np.abs(last).argmin(axis=1)]
    first = np.cross(last, axis)
    first /= np.linalg.norm(first, axis=1, keepdims=True)
    return np.stack([first, np.cross(last, first), last], axis=2)


def _near_parallel(points: Array) -> tuple[Array, Array]:
    """Return which samples lie near a circle's normal (B, N), and the distance ``d`` (B,) to trust.

    Beyond ``d`` from the circle no cell is misjudged (see the module's argument).
    """
    length = np.linalg.norm(points, axis=2)
    ratio = np.hypot(points[..., 0], points[..., 1]) / length
    near = ratio <= NEAR
    parallel = np.where(near, ratio, 0.0).max(axis=1)
    closest = np.where(near, 1.0, ratio).min(axis=1)
    return near, 1.1 * np.maximum(parallel, 2.1 * SWITCH_ERROR / closest**2) + 8 * EPSILON


def _terms_by_side(points: Array, near: Array, weights: Array) -> Array:
    """Return what the unswept samples add on the side of the normal and opposite it, (2, B, 3)."""
    terms = np.where(near, weights, 0.0)[..., None] * points
    ahead = points[..., 2] > 0
    return np.stack([(terms * side[..., None]).sum(axis=1) for side in (ahead, ~ahead)])


def _cell_peaks(sweep: Sweep, held: Array, frames: Array, best: float, tolerance: float) -> Array:
    """Return directions (K, 3) of cell sums longer than ``best`` whose foot is on their arc."""
    total = (sweep.total + held.sum(axis=0))[:, None]
    found = []
    for side, extra in zip((1.0, -1.0), held, strict=True):
        cell = sweep.sums + extra[:, None]
        for vectors, mirror in ((cell, 1.0), (total - cell, -1.0)):
            after, before = crosses(sweep, vectors)
            height = side * vectors[..., 2]
            lowest = np.minimum(np.minimum(after, before), height)
            highest = np.maximum(np.maximum(after, before), height)
            length = np.linalg.norm(vectors, axis=2)
            for sign, kept in ((mirror, lowest >= -tolerance), (-mirror, highest <= tolerance)):
                circle, arc = np.nonzero(kept & (length > best))
                local = sign * vectors[circle, arc] / length[circle, arc][:, None]
                found.append(np.einsum("bdk,bk->bd", frames[circle], local))
    return np.concatenate(found)
