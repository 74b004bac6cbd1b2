"""The restricted convex program over cells of constant activation [PE20] (claim D3).

Within one *cell*, a set of rows that activate the same samples, a neuron is a linear map: with
``u_c = |theta| w`` and ``s_c`` the sign of ``theta``, over finitely many cells ::

    minimise   mean_j L(y_j, sum_c s_c 1[j in c] <u_c, x_j>) + kappa sum_c ||u_c||
    subject to sigma_cj <u_c, x_j> >= 0,   sigma_cj = +1 for j in c, else -1

is convex, its points are networks, and its slopes feed the dual bound. Optimal rows sit on the
boundary of their cell, where descent on the network stalls; an interior-point method does not.
Only the inequalities nearest to each cell's inner row are imposed at first; those found violated
are added before the next solve. Nothing here needs to be rigorous: the value is that of a network
and the bound that of claim D1, both evaluated outside.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from reference.minimum.barrier_functions import smoothed_loss, smoothed_norm
from reference.minimum.central_path import follow_central_path
from reference.model.exact_arithmetic import Array
from reference.model.losses import Loss
from reference.model.problem import Problem

NEAREST = 8  # inequalities imposed on a new cell


@dataclass(frozen=True, eq=False)
class ActivationCells:
    """Cells of constant activation, with a sign each.

    Attributes
    ----------
    signs : (C,)
        +1 or -1, the sign of the coefficient.
    inner : (C, n)
        Unit rows strictly inside their cell.
    active : (C, N) bool
        The samples each cell activates.
    imposed : (C, N) bool
        The samples whose inequality the program imposes.
    """

    signs: Array
    inner: Array
    active: Array
    imposed: Array

    def __len__(self) -> int:
        return len(self.signs)

    def subset(self, chosen: Array) -> ActivationCells:
        """Return the chosen cells, by index or by mask."""
        return ActivationCells(
            self.signs[chosen], self.inner[chosen], self.active[chosen], self.imposed[chosen]
        )

    def joined(self, other: ActivationCells) -> ActivationCells:
        """Return these cells and those of ``other`` that are not among them."""
        known = set(self._keys())
        fresh = []
        for c, key in enumerate(other._keys()):
            if key not in known:
                known.add(key)
                fresh.append(c)
        pairs = zip(self._arrays(), other.subset(np.array(fresh, dtype=int))._arrays(), strict=True)
        return ActivationCells(*(np.concatenate(pair) for pair in pairs))

    def among(self, other: ActivationCells) -> Array:
        """Return which of these cells (C,) are cells of ``other`` with the same sign."""
        theirs = set(other._keys())
        return np.array([key in theirs for key in self._keys()], dtype=bool)

    def _keys(self) -> list[tuple[float, bytes]]:
        pairs = zip(self.signs, self.active, strict=True)
        return [(float(sign), active.tobytes()) for sign, active in pairs]

    def _arrays(self) -> Sequence[Array]:
        return self.signs, self.inner, self.active, self.imposed


def cells_of(directions: Array, signs: Array, inner: Array) -> ActivationCells:
    """Return the cell of each row of ``inner`` (C, n) with its nearest inequalities imposed.

    ``directions`` (N, n) are the samples scaled to norm 1; zero samples impose nothing.
    """
    U = inner @ directions.T
    gap = np.where((directions != 0).any(axis=1), np.abs(U), np.inf)
    reach = np.partition(gap, min(NEAREST, gap.shape[1]) - 1, axis=1)[:, NEAREST - 1 : NEAREST]
    limit = reach if reach.size else np.full((len(inner), 1), np.inf)
    return ActivationCells(signs, inner, U > 0, (gap <= limit) & np.isfinite(gap))


@dataclass(frozen=True, eq=False)
class _Program:
    """The arrays of one restricted program: ``f = columns u`` and ``rows u_owner >= 0``."""

    problem: Problem
    columns: Array
    owner: Array
    rows: Array

    def slack(self, U: Array) -> Array:
        return (self.rows * U[self.owner]).sum(axis=1)

    def value(self, U: Array, mu: float) -> float:
        slack = self.slack(U)
        if slack.size and slack.min() <= 0:
            return np.inf
        loss = smoothed_loss(*self._loss_at(U), mu * self.problem.samples)[0]
        norm = smoothed_norm(U, self.problem.kappa, mu)[0]
        return float(loss.mean() + norm - mu * np.log(slack).sum())

    def derivatives(self, U: Array, mu: float) -> tuple[Array, Array]:
        (cells, n), samples = U.shape, self.problem.samples
        _, slope, curvature = smoothed_loss(*self._loss_at(U), mu * samples)
        _, gradient, blocks = smoothed_norm(U, self.problem.kappa, mu)
        gradient = gradient + (self.columns.T @ slope / samples).reshape(U.shape)
        scaled = self.rows / self.slack(U)[:, None]
        np.add.at(gradient, self.owner, -mu * scaled)
        np.add.at(blocks, self.owner, mu * scaled[:, :, None] * scaled[:, None, :])
        weighted = self.columns * np.sqrt(curvature / samples)[:, None]
        hessian = (weighted.T @ weighted).reshape(cells, n, cells, n)
        hessian[np.arange(cells), :, np.arange(cells), :] += blocks
        return gradient.ravel(), hessian.reshape(cells * n, cells * n)

    def slopes(self, U: Array, mu: float) -> Array:
        return smoothed_loss(*self._loss_at(U), mu * self.problem.samples)[1]

    def _loss_at(self, U: Array) -> tuple[Loss, Array, Array]:
        return self.problem.loss, self.problem.y, self.columns @ U.ravel()


def solve_cells(
    problem: Problem, cells: ActivationCells, U: Array, start: float, end: float
) -> tuple[Array, Array]:
    """Follow the central path of the restricted program from barrier weight ``start`` to ``end``.

    Parameters
    ----------
    U : (C, n)
        A strictly feasible start.
    start, end : float, positive
        At ``end`` the program's own gap is ``end`` times its number of inequalities, cones of
        the norms counted twice.

    Returns
    -------
    U : (C, n)
        Nearly optimal and strictly feasible for the imposed inequalities.
    v : (N,)
        The slopes of the loss there: nearly dual feasible on these cells.
    """
    program = _assemble(problem, cells)
    U = follow_central_path(program, U, start, end)
    return U, program.slopes(U, end)


def violations(problem: Problem, cells: ActivationCells, U: Array) -> Array:
    """Return where (C, N) a row ``u_c`` leaves its cell by more than rounding."""
    V = U @ problem.X.T
    size = np.linalg.norm(U, axis=1)[:, None] * np.linalg.norm(problem.X, axis=1)
    return (np.where(cells.active, -V, V) > 1e-12 * size) & ~cells.imposed


def inequalities(cells: ActivationCells, problem: Problem) -> int:
    """Return how many barrier terms the program has: its gap over the barrier weight."""
    kinks = 2 * problem.samples if not problem.loss.smooth else 0
    return int(cells.imposed.sum()) + 2 * len(cells) + kinks


def _assemble(problem: Problem, cells: ActivationCells) -> _Program:
    samples, n = problem.X.shape
    gated = (cells.active * cells.signs[:, None]).T[:, :, None] * problem.X[:, None, :]
    owner, sample = np.nonzero(cells.imposed)
    rows = problem.X[sample] / np.linalg.norm(problem.X[sample], axis=1, keepdims=True)
    rows = rows * np.where(cells.active[owner, sample], 1.0, -1.0)[:, None]
    return _Program(problem, gated.reshape(samples, len(cells) * n), owner, rows)
