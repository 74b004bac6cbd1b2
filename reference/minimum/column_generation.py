"""Column generation: which neurons the global minimum needs, found round by round (claim D3).

A round asks the oracle of claim D2 for the rows that violate the dual constraint most, adds the
cells around them, and solves the restricted convex program of `activation_cell_program` for all
neurons jointly, written ``u = |theta| w`` with fixed signs.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import numpy as np

from reference.minimum.activation_cell_program import (
    ActivationCells,
    cells_of,
    inequalities,
    solve_cells,
    violations,
)
from reference.minimum.dual_bound import DualPoint, dual_point
from reference.minimum.neuron_merging import merge_parallel, network_of, neurons_of
from reference.minimum.sliding import Round, violating_rows
from reference.model.exact_arithmetic import Array
from reference.model.network import Network
from reference.model.problem import Problem

REMEMBERED = 40  # cells kept even where the network has no row: a kink may need both signs
SPLIT = 2  # nearest cell boundaries a new row is placed on both sides of
NEIGHBOURS = 24  # boundaries nearest to a row, compared in pairs
PARALLEL = 1e-7  # sine of the angle below which two samples share their boundary
AROUND = 16  # directions tried around a row where many boundaries meet


def cell_rounds(problem: Problem, network: Network, point: DualPoint) -> Iterator[Round]:
    """Yield rounds of the restricted program on the cells around the network and the violators.

    The barrier weight of each round aims at a tenth of the gap known so far, and at least halves.
    Between rounds the network is consolidated and only the cells around its rows are kept, which
    keeps the program small and well conditioned.
    """
    value, bound, start = float(problem.value(network)), point.bound, np.inf
    cells, U = _renewed(problem, network, point, None, np.zeros((0, problem.inputs)), 1e-2)
    while len(cells):
        gap = max(value - bound, 1e-14 * abs(value))
        end = min(0.1 * gap / inequalities(cells, problem), 0.5 * start)
        U, v = solve_cells(problem, cells, U, min(max(start, 10 * end), 1e3 * end), end)
        network, point = (
            merge_parallel(problem, network_of(problem, U, cells.signs)),
            dual_point(problem, v),
        )
        yield Round("cells", network, point)
        value, bound = min(value, float(problem.value(network))), max(bound, point.bound)
        cells, U = _renewed(problem, network, point, cells, U, 10 * end / problem.kappa)
        start = end


def _renewed(
    problem: Problem,
    network: Network,
    point: DualPoint,
    cells: ActivationCells | None,
    U: Array,
    size: float,
) -> tuple[ActivationCells, Array]:
    """Return the next cells: those around the rows of ``network`` and around the violators.

    A small program forgets no cell. Cells known already keep their place ``u`` and their
    inequalities, with violated ones added and ``u`` moved back inside where there were any; new
    cells start at ``size``.
    """
    rows, signs, _ = neurons_of(problem, network)
    rows = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    wanted = cells_around(problem, rows, signs).joined(
        cells_around(problem, *violating_rows(problem, point, 1e-5))
    )
    if cells is None:
        return wanted, size * wanted.inner
    broken = violations(problem, cells, U)
    length = np.linalg.norm(U, axis=1, keepdims=True)
    U = np.where(np.any(broken, axis=1, keepdims=True), length * cells.inner, U)
    cells = ActivationCells(cells.signs, cells.inner, cells.active, cells.imposed | broken)
    kept = cells.among(wanted) if len(cells) > REMEMBERED else np.ones(len(cells), dtype=bool)
    known = cells.subset(kept)
    joined = known.joined(wanted)
    return joined, np.concatenate([U[kept], size * joined.inner[len(known) :]])


def cells_around(problem: Problem, rows: Array, signs: Array) -> ActivationCells:
    """Return the cells on every side of the `SPLIT` nearest boundaries of each row (K, n)."""
    directions = _directions(problem)
    inner, owner = [], []
    for k, row in enumerate(rows):
        sides = _sides(directions, row)
        inner.append(sides)
        owner.append(np.full(len(sides), k))
    if not inner:
        return cells_of(directions, signs, rows)
    return cells_of(directions, signs[np.concatenate(owner)], np.concatenate(inner))


def _sides(directions: Array, row: Array) -> Array:
    """Return unit rows near ``row`` on each combination of sides of its nearest boundaries.

    With the ``k`` nearest boundaries split, ``k`` up to `SPLIT`, the rows move so little that
    they stay off the next one; so a row on an edge or a vertex of the cells meets all of them.
    Where many boundaries meet, so that none is next, rows are tried all around.
    """
    seen = directions[(directions != 0).any(axis=1)]
    seen = _distinct_lines(seen[np.argsort(np.abs(seen @ row), kind="stable")])
    heights = seen @ row
    found = []
    for split in range(min(SPLIT, len(row) - 1, len(seen)) + 1):
        near, rest = np.arange(split), np.arange(split, len(seen))
        margin = float(np.abs(heights[rest]).min(initial=0.1)) / 4
        if margin > 1e-8:
            corners = np.array(list(product((-1.0, 1.0), repeat=split))).reshape(2**split, split)
            pull = np.linalg.pinv(seen[near]) if split else np.zeros((len(row), 0))
            reach = margin / max(1.0, float(np.abs(pull).sum()))
            found.append(row + (reach * corners - heights[near]) @ pull.T)
    moved = np.concatenate(found) if found else row + 1e-4 * _all_around(row)
    moved = moved / np.linalg.norm(moved, axis=1, keepdims=True)
    return moved[np.abs(moved @ seen.T).min(axis=1, initial=1.0) > 1e-10]


def _distinct_lines(directions: Array) -> Array:
    """Keep one of the unit vectors (N, n) on each line through 0: they share their boundary."""
    kept: list[int] = []
    for k, direction in enumerate(directions[:NEIGHBOURS]):
        sine = np.linalg.norm(
            directions[kept] - (directions[kept] @ direction)[:, None] * direction, axis=1
        )
        if not (sine < PARALLEL).any():
            kept.append(k)
    near = directions[kept]
    rest = directions[NEIGHBOURS:]
    if len(rest) and len(near):
        cosine = np.abs(rest @ near.T).max(axis=1)
        rest = rest[cosine < 1 - PARALLEL**2 / 2]
    return np.concatenate([near, rest])


def _all_around(row: Array) -> Array:
    """Return unit vectors (K, n) in `AROUND` directions perpendicular to a row of up to three."""
    normal = row / np.linalg.norm(row)
    tangents = np.linalg.svd(normal[None])[2][1:]
    angles = 2 * np.pi * (np.arange(AROUND) + 0.618) / AROUND
    circle = np.stack([np.cos(angles), np.sin(angles)], axis=1)[:, : len(tangents)]
    return circle @ tangents[:2]


def _directions(problem: Problem) -> Array:
    """Return the samples scaled to norm 1 (N, n); zero samples stay."""
    length = np.linalg.norm(problem.X, axis=1, keepdims=True)
    return problem.X / np.where(length > 0, length, 1)
