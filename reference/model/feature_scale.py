"""The feature scale ``D = sqrt(lambda_max(mean_j x_j x_j^T))`` of a data set.

``D`` turns a distance between hidden rows into a distance between features (claim M5). In exact
arithmetic, where the root is irrational, a rational upper bound takes its place, proved by
showing that ``D^2 I - Sigma`` is positive semidefinite.
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from reference.model.exact_arithmetic import Array, Scalar


def feature_scale(X: Array) -> Scalar:
    """Return ``D`` for samples ``X`` (N, n): float64, or a rational upper bound for fractions."""
    second_moment = X.T @ X / len(X)
    if X.dtype != object:
        return float(np.sqrt(np.linalg.eigvalsh(second_moment)[-1]))
    scale, growth = Fraction(feature_scale(X.astype(np.float64))), Fraction(1, 2**40)
    while not is_positive_semidefinite(scale**2 * np.eye(X.shape[1], dtype=int) - second_moment):
        scale, growth = scale + growth, 2 * growth
    return scale


def row_norms(rows: Array) -> Array:
    """Return the Euclidean norm of each row (m, n), shape (m,); of fractions, see `root`."""
    if rows.dtype == object:
        return np.array([root(square) for square in (rows * rows).sum(axis=1)], dtype=object)
    # Powers of two, so exact: no square underflows, however short the row.
    exponents = np.frexp(np.abs(rows).max(axis=1))[1]
    scaled = np.ldexp(rows, -exponents[:, None])
    return np.ldexp(np.sqrt((scaled * scaled).sum(axis=1)), exponents)


def root(value: Scalar, degree: int = 2) -> Scalar:
    """Return the ``degree``-th root; of a fraction, the root itself or a rational just above."""
    if not isinstance(value, Fraction):
        return float(value ** (1 / degree))
    # (p / q)^(1/d) = (p q^(d-1))^(1/d) / q; 40 more bits bring the integer root close.
    scaled = value.numerator * value.denominator ** (degree - 1) << (40 * degree)
    low, high = 0, 1 << (scaled.bit_length() // degree + 1)
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if middle**degree >= scaled else (middle + 1, high)
    return Fraction(low, value.denominator << 40)


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
