"""A bound of the largest correlation for any number of inputs, and a search for good rows."""

from __future__ import annotations

import numpy as np

from reference.minimum.peaks import EPSILON
from reference.minimum.sphere_oracle import evaluate
from reference.model.exact_arithmetic import Array
from reference.model.network import relu


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


def _largest_eigenvalue(matrix: Array) -> float:
    """Return ``lambda_max`` of a positive semidefinite matrix, rounded up.

    Forming the matrix and its eigenvalues err by a small multiple of ``eps`` times the trace.
    """
    slack = 64 * len(matrix) * EPSILON * float(np.trace(matrix))
    return float(np.linalg.eigvalsh(matrix)[-1].clip(min=0)) + slack
