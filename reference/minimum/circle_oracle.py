"""Exact maximum of ``|sum_j a_j relu(<w, p_j>)|`` over unit vectors ``w`` of the plane (claim D2).

Sample ``j`` switches on or off where ``w`` is perpendicular to ``p_j``: two opposite points of the
circle. Between neighbouring switches the active samples stay the same and the function is
``<w, s>`` with ``s = sum of a_j p_j over them``, so on an arc its largest absolute value is ``|s|``
where ``s`` or ``-s`` points into the arc, else it sits at an end. Sorting the ``N`` switches of a
half circle and running sums give every ``s``; on the opposite arc the other samples are active.

A tie or a rounded angle can only misjudge a sample whose ``<w, p_j>`` is itself of the size of the
rounding, so ties need no resolution: `allowance` covers the error they make.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from reference.model.exact_arithmetic import Array

EPSILON = np.finfo(np.float64).eps
SWITCH_ERROR = 32 * EPSILON  # a sample is misjudged only where |<w, p_j>| <= this times |x_j|


@dataclass(frozen=True, eq=False)
class Sweep:
    """The arcs of ``B`` half circles, ``K = N + 1`` each, and the sums active on them.

    Attributes
    ----------
    begin, end : (B, K, 2)
        Unit vectors where an arc begins and ends; angles ascend from 0 to pi.
    sums : (B, K, d)
        ``sum a_j p_j`` over the samples active on the arc.
    total : (B, d)
        The same over all samples; on the opposite arc ``total - sums`` is active.
    """

    begin: Array
    end: Array
    sums: Array
    total: Array


def sweep_half_circles(points: Array, weights: Array) -> Sweep:
    """Sort the switches of every half circle and run the sums along it.

    Parameters
    ----------
    points : (B, N, d)
        Samples as each circle sees them; the first two coordinates are those of its plane.
    weights : (B, N)
        The factors ``a_j``; 0 takes a sample out.
    """
    x, y = points[..., 0], points[..., 1]
    active_at_zero = (x > 0) | ((x == 0) & (y > 0))
    sign = np.where(active_at_zero, 1.0, -1.0)
    # Active at angle 0+: switched off at direction (-y, x); otherwise switched on at (y, -x).
    # Adding 0 turns -0 into 0, which arctan2 would place at -pi.
    angle = np.arctan2(sign * x + 0.0, -sign * y)
    order = np.argsort(angle, axis=1)
    terms = weights[..., None] * points
    jumps = np.take_along_axis(-sign[..., None] * terms, order[..., None], axis=1)
    start = (terms * active_at_zero[..., None]).sum(axis=1, keepdims=True)
    sums = np.concatenate([start, start + np.cumsum(jumps, axis=1)], axis=1)
    angle = np.take_along_axis(angle, order, axis=1)
    edge = np.ones((len(angle), 1))
    cosine = np.concatenate([edge, np.cos(angle), -edge], axis=1)
    sine = np.concatenate([0 * edge, np.sin(angle), 0 * edge], axis=1)
    ray = np.stack([cosine, sine], axis=-1)
    return Sweep(ray[:, :-1], ray[:, 1:], sums, terms.sum(axis=1))


def crosses(sweep: Sweep, vectors: Array) -> tuple[Array, Array]:
    """Return ``begin x r`` and ``r x end`` (B, K), of one sign when ``r`` or ``-r`` is inside."""
    x, y = vectors[..., 0], vectors[..., 1]
    begin, end = sweep.begin, sweep.end
    return begin[..., 0] * y - begin[..., 1] * x, x * end[..., 1] - y * end[..., 0]


def arc_maxima(sweep: Sweep) -> tuple[Array, Array]:
    """Return, for each circle, the largest absolute value on it (B,) and where it is (B, 2)."""
    rows = np.arange(len(sweep.sums))
    found = []
    for vectors in (sweep.sums, sweep.total[:, None] - sweep.sums):
        after, before = crosses(sweep, vectors)
        inside = after * before >= 0
        plane, end = vectors[..., :2], sweep.end
        at_end = np.abs((plane * end).sum(axis=-1))
        value = np.where(inside, np.hypot(plane[..., 0], plane[..., 1]), at_end)
        best = value.argmax(axis=1)
        chosen = plane[rows, best]
        peak = chosen / np.where(value[rows, best] > 0, value[rows, best], 1)[:, None]
        forward = np.where(after[rows, best] + before[rows, best] < 0, -1.0, 1.0)[:, None]
        place = np.where(inside[rows, best][:, None], forward * peak, end[rows, best])
        found.append((value[rows, best], place))
    (value, place), (opposite, mirror) = found
    higher = opposite > value
    return np.where(higher, opposite, value), np.where(higher[:, None], -mirror, place)


def allowance(samples: int, size: float) -> float:
    """Return what rounding can hide of a maximum found by a sweep.

    ``size`` is ``sum_j |a_j| |x_j|``, which also bounds every sum. Running sums of ``2 samples``
    terms err by ``samples * eps * size``, so does an evaluation by dot products; misjudged
    switches, rotated coordinates and rounded rays add the rest. It also pays for weights that are
    each off by a relative ``2 eps``, as a scaled dual vector is.
    """
    return float((2 * samples + 68) * EPSILON * size + SWITCH_ERROR * size)


def circle_peaks(points: Array, weights: Array) -> tuple[float, Array]:
    """Maximise over the circle for one set of planar samples.

    Parameters
    ----------
    points : (N, 2), weights : (N,)

    Returns
    -------
    value : float
        The maximum, up to `allowance`.
    peak : (1, 2)
        A unit vector that attains it.
    """
    value, place = arc_maxima(sweep_half_circles(points[None], weights[None]))
    return float(value[0]), place
