"""Constants of the theorems, bounded from above without asking the implementation under test.

``D^2`` is the largest eigenvalue of ``Sigma = mean_j x_j x_j^T``. A rational ``d >= D`` is proved
by showing that ``d^2 I - Sigma`` is positive semidefinite.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

from proofs_checks.framework.exact import root_above
from proofs_checks.framework.rounding import UNIT


def feature_scale(X: np.ndarray) -> Any:
    """Return ``d >= D``: rational and within 1e-9 of ``D`` for fractions, else float64.

    Parameters
    ----------
    X : (N, n) array of Fraction or float64
    """
    second_moment = X.T @ X / len(X)
    rounded = second_moment.astype(np.float64)
    largest = float(np.linalg.eigvalsh(rounded)[-1].clip(min=0))
    if X.dtype != object:
        errors = 8 * (len(X) + X.shape[1] ** 2) * UNIT * float(np.trace(rounded))
        return float(np.sqrt(largest + errors))
    if X.shape[1] == 1:
        return root_above(second_moment[0, 0])
    scale = root_above(Fraction(largest))
    growth = Fraction(1, 2**40) * (scale or 1)
    while not _is_positive_semidefinite(scale**2 * np.eye(X.shape[1], dtype=int) - second_moment):
        scale, growth = scale + growth, 2 * growth
    return scale


def root_of(number: Fraction, degree: int) -> Fraction:
    """Return a rational at or just above the ``degree``-th root of a positive number."""
    guess = Fraction(float(number) ** (1 / degree))
    growth = guess / 2**50
    while guess**degree < number:
        guess += growth
    return guess


def _is_positive_semidefinite(matrix: np.ndarray) -> bool:
    """Decide it by eliminating one diagonal entry after another."""
    if not len(matrix):
        return True
    pivot, column = matrix[0, 0], matrix[1:, 0]
    if pivot > 0:
        return _is_positive_semidefinite(matrix[1:, 1:] - np.outer(column, column) / pivot)
    return pivot == 0 and not column.any() and _is_positive_semidefinite(matrix[1:, 1:])
