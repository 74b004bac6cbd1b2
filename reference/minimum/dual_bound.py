"""Weak duality: certified lower bounds of the objective over every width (claim D1).

For every ``v`` with ``|mean_j v_j relu(<w, x_j>)| <= kappa`` whenever ``||w|| <= 1``, Fenchel-Young
sample by sample gives ``-mean_j L*(y_j, v_j) <= F(any network of any width)``.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from reference.minimum.circle_oracle import EPSILON
from reference.minimum.correlation import correlation_peaks
from reference.minimum.zero_sum import balanced, zero_sum
from reference.model.exact_arithmetic import Array
from reference.model.problem import Problem

UNDERFLOW = 2.0**-1060  # more than the products of one conjugate can lose


class DualPoint(NamedTuple):
    """A feasible dual vector and what it proves.

    Attributes
    ----------
    bound : float
        No network of any width has a smaller objective, in exact arithmetic.
    v : (N,)
        The slopes before scaling.
    correlation : float
        The oracle's upper bound of ``M(v)``.
    atoms : (K, n)
        Unit rows of large correlation, best first.
    exact : bool
        Whether the oracle was exact.
    kind : str
        The oracle that proved the bound.
    """

    bound: float
    v: Array
    correlation: float
    atoms: Array
    exact: bool
    kind: str


def dual_point(problem: Problem, v: Array) -> DualPoint:
    """Scale ``v`` (N,), any slopes of the loss, until it is feasible, and evaluate the bound.

    Entries that are not finite count as 0. ``v`` is clipped to the interval where the conjugate is
    finite; that interval contains 0, so multiplying by ``min(1, kappa / M)`` stays inside (claim
    D1).

    Raises
    ------
    ValueError
        If ``kappa`` is 0.
    """
    kappa = problem.penalty_weight("D1")
    low, high = problem.loss.dual_interval(problem.y)
    v = np.where(np.isfinite(v), v, 0.0)
    if not problem.domain.bounded_rows:
        return _zero_sum_point(problem, balanced(v, low, high))
    v = np.clip(v, low, high)
    peaks = correlation_peaks(problem, v)
    # The allowance in the bound pays for the rounding of each product v_j * scale.
    ratio = kappa / peaks.bound if peaks.bound > kappa else 1.0
    bound = conjugate_bound(problem, v * (ratio * (1 - 4 * EPSILON)))
    return DualPoint(bound, v, float(peaks.bound), peaks.rows, peaks.exact, peaks.kind)


def _zero_sum_point(problem: Problem, v: Array) -> DualPoint:
    """Return the dual point of slopes ``v`` (N,) inside the dual interval, biases free (claim D5).

    Scaling by ``c`` and rounding to the grid again changes entries by at most three grids each on
    average, which changes the correlation by at most that times the largest distance of samples.
    """
    v, grid = zero_sum(v)
    peaks = correlation_peaks(problem, v)
    points = problem.X[:, :-1]
    distance = float(np.linalg.norm(points.max(axis=0) - points.min(axis=0)))
    room = problem.kappa - 4 * grid * distance
    scaled = v
    if not peaks.bound <= problem.kappa:
        scaled = zero_sum(v * max(0.0, room / peaks.bound * (1 - 4 * EPSILON)))[0]
    bound = conjugate_bound(problem, scaled)
    return DualPoint(bound, v, float(peaks.bound), peaks.rows, peaks.exact, peaks.kind)


def conjugate_bound(problem: Problem, v: Array) -> float:
    """Return ``-mean_j L*(y_j, v_j)`` rounded down, for ``v`` inside the dual interval.

    A conjugate of ``v y`` and ``v**2`` errs by at most ``16 eps (|v y| + v**2)``. The entropy of
    the logistic loss acts on ``v + y`` in [0, 1], whose logarithm is at most 38 in size unless its
    factor is below ``2**-53``: it adds at most ``128 eps``.
    """
    values = problem.loss.conjugate(problem.y, v)
    entropy = 0.0 if problem.loss.rational else 128.0
    slack = EPSILON * (entropy + 16 * (np.abs(v * problem.y) + v * v)) + UNDERFLOW
    if not np.isfinite(values).all():
        return -np.inf
    total = math.fsum(values) + math.fsum(slack)
    return -total / len(v) - 4 * EPSILON * abs(total) / len(v)
