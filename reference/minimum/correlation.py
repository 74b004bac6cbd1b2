"""How strongly one neuron can correlate with a vector on the samples: the oracle of claim D2.

``M(v) = max over ||w|| <= 1 of |mean_j v_j relu(<w, x_j>)|`` decides whether ``v`` is dual feasible
(claim D1), so it must be bounded from above with proof; a local search only ever bounds it from
below. Up to three inputs it is computed exactly; beyond, it is bounded by second moments.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from reference.minimum.circle_oracle import EPSILON, allowance, circle_peaks
from reference.minimum.sphere_oracle import evaluate, sphere_peaks
from reference.minimum.unit_scale import scaled, unit_samples
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
        Only its samples count. Its domain must be the unit ball.
    v : (N,) array-like
        One factor per sample.

    Returns
    -------
    Correlation
        Exact in rational arithmetic for one input; exact up to the stated rounding allowance for
        two inputs, in ``O(N log N)``, and for three, in ``O(N^2 log N)``; a moment bound beyond.

    Raises
    ------
    ValueError
        If the shape is wrong, or the domain leaves biases free: a bias without limit makes the
        maximum infinite unless ``mean v`` vanishes exactly.
    """
    bound, atoms, exact, _ = correlation_peaks(problem, v)
    return Correlation(bound, atoms[0], exact)


class Peaks(NamedTuple):
    """An upper bound of the largest correlation and many good rows.

    Attributes
    ----------
    bound : float or Fraction
    rows : (K, n)
        The best first.
    exact : bool
    kind : str
        The oracle that proved the bound: "rays", "circle", "sphere" or "moments".
    """

    bound: Scalar
    rows: Array
    exact: bool
    kind: str


def correlation_peaks(problem: Problem, v: Array) -> Peaks:
    """Bound the correlation of ``v`` (N,) from above, with many rows that come close to it."""
    v = real_array(v, "v", (problem.samples,))
    if not problem.domain.bounded_rows:
        raise ValueError(
            f"domain: found {problem.domain.name}, allowed is unit-ball: a free bias makes the "
            "correlation unbounded unless mean v vanishes exactly"
        )
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


def mean_bound(value: float, exponent: int, samples: int) -> float:
    """Return ``2**exponent value / samples`` rounded up; NaN counts as infinite."""
    if not value < np.inf:
        return np.inf
    return scaled(value / samples * (1 + 4 * EPSILON), exponent, up=True)


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


def moment_bound(X: Array, weights: Array) -> float:
    """Bound the maximum for any number of inputs by second moments of the samples.

    With ``P = sum_j max(a_j, 0) x_j x_j^T`` and ``relu(u) = (u + |u|) / 2``, Cauchy-Schwarz gives
    two bounds of ``sum_j a_j relu(<w, x_j>)`` for ``||w|| <= 1``::

        sqrt(sum_j max(a_j, 0) * lambda_max(P))
        |sum_j a_j x_j| / 2 + sqrt(sum_j max(a_j, 0) * lambda_max(P)) / 2

    and ``D rms(v)`` is a third. The least counts, for ``a`` and ``-a`` alike.
    """
    drift = float(np.linalg.norm(weights @ X))
    sides = []
    for part in (relu(weights), relu(-weights)):
        spread = np.sqrt(part.sum() * _largest_eigenvalue((X.T * part) @ X))
        sides.append(min(spread, (drift + spread) / 2))
    plain = np.sqrt((weights**2).sum() * _largest_eigenvalue(X.T @ X))
    return float(min(max(sides), plain))


def ascend(X: Array, weights: Array, rounds: int = 50) -> Array:
    """Return unit rows (K, n) of large correlation found by local search from the samples.

    ``w <- s / ||s||`` with ``s`` the sum of ``a_j x_j`` over the samples active at ``w`` (or its
    opposite): the peak of the cell of ``w``. These rows feed column generation and prove nothing.
    """
    starts = X / np.linalg.norm(X, axis=1, keepdims=True)
    starts = np.concatenate([starts[:: max(1, len(X) // 200)], np.eye(X.shape[1])])
    starts = np.concatenate([starts, -starts])
    best, value = starts.copy(), evaluate(X, weights, starts)
    rows = starts
    for _ in range(rounds):
        slope = ((rows @ X.T > 0) * weights) @ X
        slope *= np.where((slope * rows).sum(axis=1) < 0, -1.0, 1.0)[:, None]
        rows = rows + slope / np.maximum(np.linalg.norm(slope, axis=1), 1e-300)[:, None]
        rows = rows / np.maximum(np.linalg.norm(rows, axis=1), 1e-300)[:, None]
        now = evaluate(X, weights, rows)
        best[now > value] = rows[now > value]
        value = np.maximum(value, now)
    return best


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


def _largest_eigenvalue(matrix: Array) -> float:
    """Return ``lambda_max`` of a positive semidefinite matrix, rounded up.

    Forming the matrix and its eigenvalues err by a small multiple of ``eps`` times the trace.
    """
    slack = 64 * len(matrix) * EPSILON * float(np.trace(matrix))
    return float(np.linalg.eigvalsh(matrix)[-1].clip(min=0)) + slack
