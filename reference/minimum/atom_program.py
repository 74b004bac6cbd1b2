"""The best network whose rows are among given ones, and its slopes (claims D3, D5).

With rows ``w_c`` and signs ``s_c`` fixed, the objective is convex in the sizes ``a_c >= 0`` of the
coefficients and, where biases are free, in a constant ``b`` that costs nothing::

    minimise   mean_j L(y_j, b + sum_c s_c a_c relu(<w_c, x_j>)) + kappa sum_c a_c

A barrier keeps the sizes positive. Its solutions are what column generation wants: their slopes
violate the dual constraint evenly, so the oracle finds many rows that are missing at once.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from reference.minimum.barrier_functions import smoothed_loss
from reference.minimum.central_path import follow_central_path
from reference.model.exact_arithmetic import Array
from reference.model.problem import Problem


@dataclass(frozen=True, eq=False)
class _Program:
    """Predictions are ``columns z``; the first ``atoms`` variables are sizes."""

    problem: Problem
    columns: Array
    atoms: int

    def slack(self, z: Array) -> Array:
        return z[: self.atoms]

    def value(self, z: Array, mu: float) -> float:
        sizes = self.slack(z)
        if sizes.size and sizes.min() <= 0:
            return np.inf
        loss = self._loss(z, mu)[0]
        return float(loss.mean() + self.problem.kappa * sizes.sum() - mu * np.log(sizes).sum())

    def derivatives(self, z: Array, mu: float) -> tuple[Array, Array]:
        _, slope, curvature = self._loss(z, mu)
        sizes, samples, k = self.slack(z), self.problem.samples, self.atoms
        gradient = self.columns.T @ slope / samples
        gradient[:k] += self.problem.kappa - mu / sizes
        weighted = self.columns * np.sqrt(curvature / samples)[:, None]
        hessian = weighted.T @ weighted
        hessian[np.arange(k), np.arange(k)] += mu / sizes / sizes
        # Where no sample has curvature nothing would hold the constant: a step of it is at most 1.
        hessian[k:, k:] += np.abs(gradient[k:])
        return gradient, hessian

    def slopes(self, z: Array, mu: float) -> Array:
        return self._loss(z, mu)[1]

    def _loss(self, z: Array, mu: float) -> tuple[Array, Array, Array]:
        f, problem = self.columns @ z, self.problem
        return smoothed_loss(problem.loss, problem.y, f, mu * problem.samples)


def solve_atoms(
    problem: Problem, features: Array, sizes: Array, constant: float, start: float, end: float
) -> tuple[Array, float, Array]:
    """Follow the central path from barrier weight ``start`` to ``end``.

    Parameters
    ----------
    features : (N, C)
        ``s_c relu(<w_c, x_j>)``.
    sizes : (C,)
        Where to start; positive.
    constant : float
        Where the constant starts; it stays 0 unless biases are free.
    start, end : float, positive
        At ``end`` the program's own gap is ``end`` times `inequalities`.

    Returns
    -------
    sizes : (C,), constant : float
    v : (N,)
        The slopes of the loss, feasible on these rows.
    """
    free = not problem.domain.bounded_rows
    columns = np.column_stack([features, np.ones((len(features), int(free)))])
    program = _Program(problem, columns, len(sizes))
    z = follow_central_path(program, np.append(sizes, [constant] * free), start, end)
    return z[: len(sizes)], float(z[len(sizes) :].sum()), program.slopes(z, end)


def inequalities(problem: Problem, atoms: int) -> int:
    """Return how many barrier terms the program has: its gap over the barrier weight."""
    return max(1, atoms) + (0 if problem.loss.smooth else 2 * problem.samples)
