"""The chord certificate: an upper bound of the objective between the grid times of a segment.

On a cell ``[s, e]`` of a straight segment let ``mu`` in [0, 1] be the place in the cell, ``c_j``
the chord of the prediction ``f_j``, and capital ``D`` increments over the cell. A pair (j, i)
contributes ``theta relu(u)`` to ``f_j``; the ReLU is convex along the cell, so it lies below its
own chord by some ``d`` with ``0 <= d <= mu (1 - mu) |D u|``, and ``d = 0`` without a kink. Hence::

    f_j - c_j = -mu (1 - mu) sum_i D theta_i D relu(u_ji) - sum over kinks of theta_i(mu) d_ji
              in  mu (1 - mu) [low_j, high_j]

which keeps every sign. ``L(y_j, .)`` is convex, with slopes in ``[p_j, P_j]`` on the range of
``f_j`` and ``c_j``; the penalty is convex too. So::

    F(mu) <= (1 - mu) F(s) + mu F(e) + mu (1 - mu) curve
    curve = mean_j max(p low, p high, P low, P high)_j

a parabola whose maximum is known, and is the larger end wherever ``curve <= |F(e) - F(s)|``.
The local slopes serve losses without a global Lipschitz constant too. In a cell of length h,
``curve`` is of order ``h**2`` plus the kinks in it (theory, section 3; the factor 1/4 there
bounds ``mu (1 - mu)``).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from reference.certificate.rounding import objective_error, prediction_error
from reference.certificate.segment import (
    Kinks,
    binned,
    blend,
    blocks,
    end_products,
    find_kinks,
    grid_places,
    running,
)
from reference.model.exact_arithmetic import Array, Scalar
from reference.model.network import Network
from reference.model.problem import Problem


@dataclass(frozen=True, eq=False)
class CellBounds:
    """Bounds of the objective on the T - 1 cells between T grid times of a segment.

    Attributes
    ----------
    times : (T,)
        Ascending times; cell ``k`` runs from ``times[k]`` to ``times[k + 1]``.
    values : (T,)
        Computed objective at each time.
    upper, lower : (T - 1,)
        At least, and at most, the true maximum over each cell.
    excess : (T - 1,)
        How far the parabola rises above the larger end: what a finer grid would reduce.
    evaluations : int
        How many evaluations of the objective these bounds took.
    """

    times: Array
    values: Array
    upper: Array
    lower: Array
    excess: Array
    evaluations: int

    def replaced(self, first: int, last: int, finer: CellBounds) -> CellBounds:
        """Return these cells with ``first`` to ``last`` (inclusive) replaced by finer ones."""

        def splice(old: Array, new: Array, stop: int) -> Array:
            return np.concatenate([old[:first], new, old[stop:]])

        return CellBounds(
            splice(self.times, finer.times, last + 2),
            splice(self.values, finer.values, last + 2),
            splice(self.upper, finer.upper, last + 1),
            splice(self.lower, finer.lower, last + 1),
            splice(self.excess, finer.excess, last + 1),
            self.evaluations + finer.evaluations,
        )


def cell_bounds(problem: Problem, a: Network, b: Network, times: Array) -> CellBounds:
    """Bound the objective on each cell between grid times of the segment from ``a`` to ``b``.

    Parameters
    ----------
    problem : Problem
    a, b : Network
        Ends of the segment, of one shape.
    times : (T,) array
        Strictly ascending, in [0, 1], at least two; they need not start at 0 or end at 1.

    Notes
    -----
    Time ``O(N (n m + m + T))``; memory bounded by blocks of samples as in `segment_table`.
    """
    theta = blend(times, a.theta, b.theta)
    error = prediction_error(problem, a, b)
    sums: list[Scalar] = [0, 0, 0, 0]
    for block in blocks(problem.samples, a.width, len(times)):
        terms = _block_sums(problem, a, b, times, theta, block, error[block])
        sums = list(map(np.add, sums, terms))
    risk, curve, reach, slack = (total / problem.samples for total in sums)
    values = risk + problem.kappa * np.abs(theta).sum(axis=1)
    top = np.maximum(values[:-1], values[1:])
    peak = parabola_peak(values[:-1], values[1:], curve)
    rounding = 4 * slack + objective_error(problem, a, b, top + reach)
    return CellBounds(times, values, peak + rounding, top - rounding, peak - top, len(times))


def parabola_peak(start: Array, end: Array, curve: Array) -> Array:
    """Return the maximum over [0, 1] of ``(1 - mu) start + mu end + mu (1 - mu) curve``."""
    tilt = end - start
    inside = curve > np.abs(tilt)
    safe = np.where(inside, curve, np.abs(tilt) + 1)  # never 0, and no product overflows
    peak = (start + end) / 2 + (safe + tilt * (tilt / safe)) / 4
    return np.where(inside, peak, np.maximum(start, end))


def deviations(
    U_a: Array, U_b: Array, a: Network, b: Network, times: Array, theta: Array
) -> tuple[Array, Array, Array]:
    """Return predictions (T, N) and, per cell, ``low`` and ``high`` of ``f_j - c_j`` (T - 1, N)."""
    kinks = find_kinks(U_a, U_b)
    place = grid_places(kinks, times, len(U_a))
    start, changes = end_products(U_a, U_b, a.theta, b.theta, kinks)
    aa, ab, ba, bb = running(start, changes, place, len(times))
    f = blend(times, blend(times, aa, ab), blend(times, ba, bb))
    tilt = blend(times, ab - aa, bb - ba)
    bend = np.diff(times)[:, None] * np.diff(tilt, axis=0)
    below, above = _kink_reach(kinks, place, times, theta, len(U_a))
    return f, -bend - below, above - bend


def _kink_reach(
    kinks: Kinks, place: Array, times: Array, theta: Array, samples: int
) -> tuple[Array, Array]:
    """Sum ``|D u| max(theta, 0)`` and ``|D u| max(-theta, 0)`` over the kinks of each cell."""
    shape = (len(times) - 1, samples)
    inside = np.flatnonzero((place >= samples) & (place < len(times) * samples))
    where, unit = place[inside] - samples, kinks.unit[inside]
    cell = where // samples
    length = np.diff(times)[cell] * np.abs(kinks.end - kinks.start)[inside]
    positive, negative = theta * (theta > 0), -theta * (theta < 0)
    below, above = (
        binned(where, length * np.maximum(part[:-1], part[1:])[cell, unit], shape)
        for part in (positive, negative)
    )
    return below, above


def _block_sums(
    problem: Problem,
    a: Network,
    b: Network,
    times: Array,
    theta: Array,
    block: slice,
    error: Array,
) -> tuple[Array, Array, Array, Array]:
    """Sum over a block of samples: losses (T,); curve, reach and slope times error (T - 1,)."""
    X, y, loss = problem.X[block], problem.y[block], problem.loss
    f, low, high = deviations(X @ a.W.T, X @ b.W.T, a, b, times, theta)
    reach = np.maximum(np.abs(low), np.abs(high))
    margin = reach / 4 + 4 * error
    slope_low = loss.one_sided(y, np.minimum(f[:-1], f[1:]) - margin)[1]
    slope_high = loss.one_sided(y, np.maximum(f[:-1], f[1:]) + margin)[0]
    steepest = np.maximum(np.abs(slope_low), np.abs(slope_high))
    curve = np.maximum(
        np.maximum(slope_low * low, slope_low * high),
        np.maximum(slope_high * low, slope_high * high),
    )
    return (
        loss.value(y, f).sum(axis=1),
        curve.sum(axis=1),
        (steepest * reach).sum(axis=1),
        (steepest * error).sum(axis=1),
    )
