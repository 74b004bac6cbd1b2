"""The feature scale ``D = sqrt(lambda_max(mean_j x_j x_j^T))`` of a data set.

``D`` turns a distance between hidden rows into a distance between features (claim M5). In exact
arithmetic, where the root is irrational, a rational upper bound takes its place, proved by
showing that ``D^2 I - Sigma`` is positive semidefinite.
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from reference.validation import Array, Scalar


def feature_scale(X: Array) -> Scalar:
    """Return ``D`` for samples ``X`` (N, n): float64, or a rational upper bound for fractions."""
    second_moment = X.T @ X / len(X)
    if X.dtype != object:
        return float(np.sqrt(np.linalg.eigvalsh(second_moment)[-1].clip(min=0)))
    scale, growth = Fraction(feature_scale(X.astype(np.float64))), Fraction(1, 2**40)
    while not is_positive_semidefinite(scale**2 * np.eye(X.shape[1], dtype=int) - second_moment):
        scale, growth = scale + growth, 2 * growth
    return scale


def is_positive_semidefinite(matrix: Array) -> bool:
    """Decide positive semidefiniteness of a symmetric matrix of fractions by elimination."""
    remaining = matrix.copy()
    for k in range(len(remaining)):
        pivot, column = remaining[k, k], remaining[k + 1 :, k]
        if pivot < 0 or (pivot == 0 and (column != 0).any()):
            return False
        if pivot > 0:
            remaining[k + 1 :, k + 1 :] -= np.multiply.outer(column, column) / pivot
    return True
