"""The objective along a straight segment, at every time of a grid, from two matrix products.

On the segment from network ``a`` to network ``b`` both layers are linear in the time t. With
``l(t) = (1 - t, t)``, neuron ``i`` and sample ``j`` have::

    theta_i(t) = l(t) . (theta_a, theta_b)_i        u_ji(t) = l(t) . (u_a, u_b)_ji

    f_j(t) = sum over active i of u_ji(t) theta_i(t) = l(t)^T B_j l(t)

where ``B_j = sum over active i of (u_a, u_b)_ji^T (theta_a, theta_b)_i`` is a 2 x 2 matrix. It
changes only where a pair (j, i) crosses its *kink*, the time ``u_a / (u_a - u_b)`` of the sign
change: there the pair's own product is added or removed. So the matrices of the pairs active at
t = 0 (two matrix products), the changes binned by grid cell, and one cumulative sum give every
prediction at every grid time in ``O(N (n m + m + T))`` instead of ``O(N n m T)``.

The weights ``(1 - t)**2, t (1 - t), t**2`` are nonnegative, so nothing cancels but the sums
themselves: the result differs from the forward pass at each time by no more than rounding does
(module `rounding`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

import numpy as np

from reference.model.exact_arithmetic import Array
from reference.model.network import Network
from reference.model.problem import Problem
from reference.model.validation import real_array

BLOCK = 2**15  # numbers in the largest temporary array: samples come in blocks that fit a cache


@dataclass(frozen=True, eq=False)
class Kinks:
    """The pairs (sample, neuron) that change sign on a segment, in no particular order.

    Attributes
    ----------
    sample, unit : (K,) int
        Which sample and which neuron.
    time : (K,)
        When, in [0, 1]: the zero of the pre-activation.
    start, end : (K,)
        Pre-activations at both ends; exactly one of them is positive.
    """

    sample: Array
    unit: Array
    time: Array
    start: Array
    end: Array

    @property
    def switch(self) -> Array:
        """+1 where the pair turns on, -1 where it turns off."""
        return 2 * (self.end > 0) - 1


def find_kinks(U_a: Array, U_b: Array) -> Kinks:
    """Return the pairs active at exactly one end of a segment; ``U_a``, ``U_b`` are (N, m)."""
    changed = np.flatnonzero((U_a > 0) != (U_b > 0))
    sample = changed // U_a.shape[1]
    unit = changed - sample * U_a.shape[1]
    start, end = U_a.ravel()[changed], U_b.ravel()[changed]
    return Kinks(sample, unit, start / (start - end), start, end)


def end_products(
    U_a: Array, U_b: Array, theta_a: Array, theta_b: Array, kinks: Kinks
) -> tuple[list[Array], list[Array]]:
    """Return the entries aa, ab, ba, bb of ``B_j`` at t = 0 and of the change at each kink.

    The first letter says which end of ``u``, the second which end of ``theta``. Shapes: four
    times (N,) and four times (K,).
    """
    active, switch = U_a > 0, kinks.switch
    coefficients = np.stack([theta_a, theta_b], axis=1)
    start = [column for U in (U_a, U_b) for column in ((U * active) @ coefficients).T]
    switched = [switch * theta[kinks.unit] for theta in (theta_a, theta_b)]
    changes = [u * theta for u in (kinks.start, kinks.end) for theta in switched]
    return start, changes


def running(starts: list[Array], changes: list[Array], place: Array, points: int) -> list[Array]:
    """Return, for each pair of a start (N,) and changes (K,), its value at each grid time (T, N).

    One pass over the grid times serves all pairs: their rows lie side by side, so a step is one
    addition along memory.
    """
    samples = len(starts[0])
    steps = np.concatenate(
        [binned(place, change, (points + 1, samples)) for change in changes], axis=1
    )
    steps[0] += np.concatenate(starts)
    for previous, step in pairwise(steps[:-1]):
        step += previous
    return np.split(steps[:-1], len(starts), axis=1)


def grid_places(kinks: Kinks, times: Array, samples: int) -> Array:
    """Return flat places (grid index, sample) of the first grid time at or after each kink.

    On an even grid the index is a product; only kinks it misses are searched for.
    """
    index = np.ceil(kinks.time * (len(times) - 1)).astype(np.intp)
    missed = (times[index] < kinks.time) | ((index > 0) & (times[index - 1] >= kinks.time))
    index[missed] = np.searchsorted(times, kinks.time[missed])
    return index * samples + kinks.sample


def binned(place: Array, weights: Array, shape: tuple[int, int]) -> Array:
    """Return the sum of the weights that share a place, as an array of the given shape."""
    size = shape[0] * shape[1]
    if weights.dtype != object:
        counted = np.bincount(place, weights=weights, minlength=size)
        return counted.astype(np.float64, copy=False).reshape(shape)  # int where no kink is
    sums = np.full(size, Fraction(0))
    np.add.at(sums, place, weights)
    return sums.reshape(shape)


def blend(times: Array, first: Array, second: Array) -> Array:
    """Return ``(1 - t) first + t second`` for each time, along a new or the leading axis."""
    column = times[:, None]
    return (1 - column) * first + column * second


def blocks(samples: int, width: int, points: int) -> Iterator[slice]:
    """Yield slices of samples so that no array of (block, width) or (points, block) is large."""
    size = max(1, BLOCK // max(width, points))
    return (slice(start, start + size) for start in range(0, samples, size))


def segment_table(problem: Problem, a: Network, b: Network, times: Array) -> Array:
    """Return the objective at each time of the straight segment from ``a`` to ``b``.

    Parameters
    ----------
    problem : Problem
    a, b : Network
        Ends of the segment, of one shape.
    times : (T,) array-like
        Ascending, in [0, 1]; fractions where the problem is exact.

    Returns
    -------
    (T,) array
        ``F`` at ``(1 - t) a + t b``, equal to evaluating each network up to rounding.

    Raises
    ------
    ValueError
        If the ends differ in shape or do not fit the data, or times leave [0, 1] or descend.

    Notes
    -----
    Source: theory, section 3, *Segment table*. Memory is bounded by ``BLOCK`` numbers per
    temporary array, whatever N.
    """
    problem.check_shape(a)
    if a.W.shape != b.W.shape:
        raise ValueError(f"b: found shape {b.W.shape}, allowed is that of a, {a.W.shape}")
    times = checked_times(times)
    return _table(problem, a.W, a.theta, b.W, b.theta, times)


def segment_tables(
    problem: Problem, W_a: Array, theta_a: Array, W_b: Array, theta_b: Array, times: Array
) -> Array:
    """Return `segment_table` for a stack of segments, shape (S, T).

    Parameters
    ----------
    problem : Problem
    W_a, W_b : (S, m, n)
    theta_a, theta_b : (S, m)
        Ends of the segments.
    times : (T,) array-like
        Ascending, in [0, 1], the same for all segments.

    Raises
    ------
    ValueError
        If times leave [0, 1] or descend.
    """
    times = checked_times(times)
    ends = zip(W_a, theta_a, W_b, theta_b, strict=True)
    return np.stack([_table(problem, *end, times) for end in ends])


def checked_times(times: object) -> Array:
    """Return grid times as an array, or raise ValueError unless they ascend within [0, 1]."""
    grid = real_array(times, "times", (None,))
    if grid[0] < 0 or grid[-1] > 1 or (grid[1:] < grid[:-1]).any():
        raise ValueError(
            f"times: found {grid[0]} to {grid[-1]}, allowed are ascending times within [0, 1]"
        )
    return grid


def _table(
    problem: Problem, W_a: Array, theta_a: Array, W_b: Array, theta_b: Array, times: Array
) -> Array:
    total = 0 * times
    for block in blocks(problem.samples, len(W_a), len(times)):
        X, y = problem.X[block], problem.y[block]
        f = segment_predictions(X @ W_a.T, X @ W_b.T, theta_a, theta_b, times)
        total = total + problem.loss.value(y, f).sum(axis=1)
    penalty = np.abs(blend(times, theta_a, theta_b)).sum(axis=1)
    return total / problem.samples + problem.kappa * penalty


def segment_predictions(
    U_a: Array, U_b: Array, theta_a: Array, theta_b: Array, times: Array
) -> Array:
    """Return ``f_j(t) = l^T B_j l``, shape (T, N), from the pre-activations (N, m) of both ends."""
    kinks = find_kinks(U_a, U_b)
    place = grid_places(kinks, times, len(U_a))
    start, changes = end_products(U_a, U_b, theta_a, theta_b, kinks)
    aa, ab, ba, bb = start
    change_aa, change_ab, change_ba, change_bb = changes
    first, mixed, last = running(
        [aa, ab + ba, bb], [change_aa, change_ab + change_ba, change_bb], place, len(times)
    )
    later, earlier = times[:, None], (1 - times)[:, None]
    return first * (earlier * earlier) + mixed * (earlier * later) + last * (later * later)
