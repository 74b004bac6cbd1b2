"""Constants of the theorems from their definitions, and what an implementation says they are.

``D^2`` is the largest eigenvalue of ``Sigma = mean_j x_j x_j^T``. A rational ``d >= D`` is proved
by showing that ``d^2 I - Sigma`` is positive semidefinite.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

from proofs_checks.framework.cases import ProblemCase
from proofs_checks.framework.exact import root_above
from proofs_checks.framework.measurement import (
    Measurement,
    check_true,
    equal,
)
from proofs_checks.framework.rounding import UNIT

SCALE_AGREEMENT = Fraction(1, 10**8)
ROOM = Fraction(1, 2**39)  # for a root rounded up to an even grid


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


def stated_constants(case: ProblemCase, problem: Any) -> list[Measurement]:
    """Compare ``D``, ``L`` and ``Rlow`` of the target's problem with their definitions.

    ``Rlow`` is 0 for every loss of the contract, and a loss without ``L`` says None.
    """
    stated = [stated_scale(problem), equal(problem.lower, 0, 0, "Rlow, Problem.lower")]
    if case.lipschitz is None:
        missing = check_true(problem.L is None, "L, Problem.L, is None without a constant")
        return [*stated, missing]
    number = type(problem.kappa)
    return [*stated, equal(number(problem.L), number(case.lipschitz), 0, "L, Problem.L")]


def stated_scale(problem: Any) -> Measurement:
    """Compare ``D`` of the target's problem with the scale of its samples, from both sides."""
    scale, stated = Fraction(feature_scale(problem.X)), Fraction(problem.D)
    reach = SCALE_AGREEMENT * scale + ROOM
    return equal(stated, scale, reach, "D, Problem.D")


def is_sharp(claimed: Any, bound: Any, level: Any, rounding: Any, name: str) -> Measurement:
    """Ask whether a stated bound is no larger than the sharp formula gives.

    Room for roots rounded up; in float64 also for the a-priori rounding of the values in it, which
    an implementation may bound more coarsely than the suite does.
    """
    if rounding:
        limit = bound + (level + bound) / 100 + 100 * rounding
    else:
        limit = bound + (level + bound) / 10**8 + ROOM * (1 + level)
    said = f"{name} is not sharp: {float(claimed):.6g} where its formula gives {float(bound):.6g}"
    return check_true(claimed <= limit, said)


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
