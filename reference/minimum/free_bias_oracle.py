"""The largest correlation when the bias of a neuron is free (claim D5).

For a vector ``v`` whose sum is exactly 0 the correlation ``mean_j v_j relu(<w, x_j> + b)`` is
piecewise linear in ``b``, 0 for small ``b``, and constant once every sample is active. So it is
extreme at a breakpoint ``b = -<w, x_k>``, and ::

    M(v) = max_k max over ||w|| <= 1 of |mean_j v_j relu(<w, x_j - x_k>)|

is the oracle without bias on samples shifted by each sample in turn: two running sums for one
data input, one half circle per sample for two (``O(N^2 log N)``), second moments beyond.

Differences of samples are rounded to a relative ``eps``, which can misjudge no more than the
switches of a sweep already may; `circle_oracle.allowance` with the largest shifted size covers it.
"""

from __future__ import annotations

import math

import numpy as np

from reference.minimum.circle_oracle import allowance, arc_maxima, sweep_half_circles
from reference.minimum.moment_oracle import moment_bound
from reference.minimum.peaks import Peaks, mean_bound
from reference.model.exact_arithmetic import Array

CHUNK = 2**17  # samples times circles held at once


def free_bias_peaks(X: Array, v: Array) -> Peaks:
    """Bound ``|mean_j v_j relu(<w, x_j> + b)|`` over ``||w|| <= 1`` and all ``b``.

    Parameters
    ----------
    X : (N, n)
        Samples with a column of ones last.
    v : (N,)
        Their sum must be exactly 0.

    Returns
    -------
    Peaks
        Its rows are ``(w, b)``, each with its kink at a sample.

    Raises
    ------
    ValueError
        If the last column of ``X`` is not 1 or the sum of ``v`` is not 0.
    """
    X, v = X.astype(np.float64), v.astype(np.float64)
    check_constant_column(X)
    if math.fsum(v) != 0:
        raise ValueError(
            f"v: found sum {math.fsum(v)}, allowed is exactly 0: with free biases any other makes "
            "the correlation infinite"
        )
    samples, seen = len(X), v != 0
    points, v = X[seen, :-1], v[seen]
    kind, exact = {1: ("rays", True), 2: ("circles", True)}.get(X.shape[1] - 1, ("moments", False))
    if points.size == 0 or (points == points[0]).all():
        return Peaks(0.0, np.eye(1, X.shape[1]), True, f"shifted {kind}")
    unit, weights, spread, exponent = _unit_spread(points, v)
    value, rows, where = {"rays": _rays, "circles": _circles, "moments": _moments}[kind](
        unit, weights
    )
    size = float((np.abs(weights) * _distances(unit)).sum())
    bound = mean_bound(value + allowance(len(unit), size), spread + exponent, samples)
    biases = -(rows * points[where]).sum(axis=1)
    return Peaks(bound, np.column_stack([rows, biases]), exact, f"shifted {kind}")


def check_constant_column(X: Array) -> None:
    """Raise ValueError unless the last column is 1: what a free bias multiplies."""
    wrong = np.flatnonzero(X[:, -1] != 1)
    if len(wrong):
        raise ValueError(
            f"X: found {X[wrong[0], -1]} in the last column of row {wrong[0]}, allowed is 1: the "
            "normalized-weights domain has free biases, which multiply that column"
        )


def _unit_spread(points: Array, v: Array) -> tuple[Array, Array, int, int]:
    """Scale the points to a spread, and the weights to a size, between 1/2 and 1."""
    top = int(np.frexp(np.abs(points).max())[1])
    unit = np.ldexp(points, -top)
    spread = int(np.frexp((unit.max(axis=0) - unit.min(axis=0)).max())[1])
    exponent = int(np.frexp(np.abs(v).max())[1])
    return np.ldexp(unit, -spread), np.ldexp(v, -exponent), top + spread, exponent


def _distances(points: Array) -> Array:
    """Return for each point (N, d) a length no other point is farther away than."""
    return np.linalg.norm(
        np.maximum(points - points.min(axis=0), points.max(axis=0) - points), axis=1
    )


def _rays(points: Array, weights: Array) -> tuple[float, Array, Array]:
    """One data input: weights 1 and -1, kinks at each sample, by running sums of differences."""
    order = np.argsort(points[:, 0], kind="stable")
    steps, sorted_weights = np.diff(points[order, 0]), weights[order]
    values = []
    for turn in (slice(None, None, -1), slice(None)):
        slopes = np.cumsum(sorted_weights[turn])[:-1]
        sums = np.concatenate([[0.0], np.cumsum(slopes * steps[turn])])
        values.append(np.abs(sums[turn]))
    found = np.concatenate(values)
    best = np.argsort(-found, kind="stable")
    signs = np.repeat([1.0, -1.0], len(points))[best, None]
    return float(found.max()), signs, np.tile(order, 2)[best]


def _circles(points: Array, weights: Array) -> tuple[float, Array, Array]:
    """Two data inputs: the best of each sample's circle, the best circle first."""
    anchors = np.unique(points, axis=0, return_index=True)[1]
    step = max(1, CHUNK // len(points))
    values, rows = [], []
    for first in range(0, len(anchors), step):
        chosen = anchors[first : first + step]
        shifted = points - points[chosen, None]
        sweep = sweep_half_circles(shifted, np.broadcast_to(weights, shifted.shape[:2]))
        value, place = arc_maxima(sweep)
        values.append(value)
        rows.append(place)
    found = np.concatenate(values)
    best = np.argsort(-found, kind="stable")
    return float(found.max()), np.concatenate(rows)[best], anchors[best]


def _moments(points: Array, weights: Array) -> tuple[float, Array, Array]:
    """More data inputs: the moment bound about each sample, and directions that look good."""
    anchors = np.unique(points, axis=0, return_index=True)[1]
    bounds, values, rows = [], [], []
    for k in anchors:
        shifted = points - points[k]
        bounds.append(moment_bound(shifted, weights))
        row = weights @ shifted
        for _ in range(5):
            row = row / max(float(np.linalg.norm(row)), 1e-300)
            height = shifted @ row
            value = float(weights @ (height * (height > 0)))
            row = np.sign(value) * (weights * (height > 0)) @ shifted
        values.append(abs(value))
        rows.append(row / max(float(np.linalg.norm(row)), 1e-300))
    best = np.argsort(-np.array(values), kind="stable")
    return float(np.max(bounds)), np.array(rows)[best], anchors[best]
