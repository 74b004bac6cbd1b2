"""How strongly one neuron can correlate with a vector on the samples: the oracle of claim D2.

``M(v) = max over ||w|| <= 1 of |mean_j v_j relu(<w, x_j>)|`` decides whether ``v`` is dual feasible
(claim D1), so it must be bounded from above with proof; a local search only ever bounds it from
below. Up to three inputs it is computed exactly; beyond, it is bounded by second moments. With free
biases (claim D5) the rows have no bound in their last entry; see `free_bias_oracle`.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from reference.minimum.circle_oracle import allowance, circle_peaks
from reference.minimum.free_bias_oracle import free_bias_peaks
from reference.minimum.moment_oracle import ascend, moment_bound
from reference.minimum.peaks import Peaks, mean_bound
from reference.minimum.sphere_oracle import evaluate, sphere_peaks
from reference.minimum.unit_scale import unit_samples
from reference.model.exact_arithmetic import Array, Scalar, mean, to_exact
from reference.model.network import relu
from reference.model.problem import Problem
from reference.model.validation import real_array


class Correlation(NamedTuple):
    """An upper bound of the largest correlation, and the best neuron known.

    Attributes
    ----------
    bound : float or Fraction
        At least ``M(v)`` in exact arithmetic.
    atom : (n,)
        A unit row; its correlation is ``bound`` up to the rounding allowance if ``exact``.
    exact : bool
        Whether all cells were searched; if not, ``bound`` may be far above what ``atom`` attains.
    """

    bound: Scalar
    atom: Array
    exact: bool


def max_correlation(problem: Problem, v: Array) -> Correlation:
    """Bound ``max over ||w|| <= 1 of |mean_j v_j relu(<w, x_j>)|`` from above (claim D2).

    Parameters
    ----------
    problem : Problem
        Only its samples and its domain count.
    v : (N,) array-like
        One factor per sample.

    Returns
    -------
    Correlation
        Exact in rational arithmetic for one input; exact up to the stated rounding allowance for
        two inputs, in ``O(N log N)``, and for three, in ``O(N^2 log N)``; a moment bound beyond.
        With free biases, over all rows whose weight part lies in the ball: exact up to rounding for
        one and two data inputs.

    Raises
    ------
    ValueError
        If the shape is wrong, or biases are free and the sum of ``v`` is not exactly 0: a bias
        without limit then makes the maximum infinite.
    """
    bound, atoms, exact, _ = correlation_peaks(problem, v)
    return Correlation(bound, atoms[0], exact)


def correlation_peaks(problem: Problem, v: Array) -> Peaks:
    """Bound the correlation of ``v`` (N,) from above, with many rows that come close to it."""
    v = real_array(v, "v", (problem.samples,))
    if not problem.domain.bounded_rows:
        return free_bias_peaks(problem.X, v)
    if problem.inputs == 1:
        return _two_rays(problem.X, v)
    X, v = problem.X.astype(np.float64), v.astype(np.float64)
    seen = (X != 0).any(axis=1) & (v != 0)
    if not seen.any():
        return Peaks(0.0, np.eye(problem.inputs)[:1], True, "moments")
    X, weights, exponent = unit_samples(X[seen], v[seen])
    value, atoms, exact, kind = _sphere_maximum(X, weights)
    order = np.argsort(-evaluate(X, weights, atoms), kind="stable")
    return Peaks(mean_bound(value, exponent, problem.samples), atoms[order], exact, kind)


def _sphere_maximum(X: Array, weights: Array) -> Peaks:
    """Maximise over the unit sphere for samples of unit scale; two inputs or more."""
    size = float((np.abs(weights) * np.linalg.norm(X, axis=1)).sum())
    slack = allowance(len(X), size)
    if X.shape[1] == 2:
        value, atoms = circle_peaks(X, weights)
        return Peaks(value + slack, atoms, True, "circle")
    if X.shape[1] == 3:
        value, atoms = sphere_peaks(X, weights)
        return Peaks(value + slack, atoms, True, "sphere")
    return Peaks(moment_bound(X, weights) + slack, ascend(X, weights), False, "moments")


def _two_rays(X: Array, v: Array) -> Peaks:
    """One input: the ball has two directions, compared in the arithmetic of the data."""
    rows = np.array([[1.0], [-1.0]])
    if X.dtype == object or v.dtype == object:
        X, v = to_exact(X), to_exact(v)
        sides = [abs(mean(v * relu(sign * X[:, 0]))) for sign in (1, -1)]
        return Peaks(max(sides), rows if sides[0] >= sides[1] else rows[::-1], True, "rays")
    samples, seen = len(X), (X[:, 0] != 0) & (v != 0)
    if not seen.any():
        return Peaks(0.0, rows, True, "rays")
    X, v, exponent = unit_samples(X[seen], v[seen])
    sides = [abs(float(v @ relu(sign * X[:, 0]))) for sign in (1, -1)]
    value = max(sides) + allowance(len(X), float(np.abs(v * X[:, 0]).sum()))
    rows = rows if sides[0] >= sides[1] else rows[::-1]
    return Peaks(mean_bound(value, exponent, samples), rows, True, "rays")
