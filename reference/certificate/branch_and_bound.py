"""Best-first branch and bound: where on a path to look closer for the maximum.

Each segment starts with a few equal cells and their bounds (module `chord`). A cell matters only
while its bound exceeds both the level to stay below and the best value attained anywhere on the
path by more than the tolerance; so one high segment settles most of the others. The segment with
the largest bound has its mattering cells cut into parts, all of them in one table, until no cell
matters or the evaluations are spent.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from heapq import heapify, heappop, heappush

import numpy as np

from reference.certificate.cell_bounds import CellBounds, cell_bounds
from reference.model.exact_arithmetic import Array, Scalar, to_exact
from reference.model.path import Path
from reference.model.problem import Problem

FIRST_CELLS = 4  # a chord segment starts with this many equal cells
PARTS = 4  # a cell worth dividing is divided into this many
SHORTEST = 2.0**-40  # cells this short are not divided


@dataclass(frozen=True)
class StoppingRule:
    """When the search may stop: accuracy, level to stay below, evaluations allowed."""

    tol: Scalar
    level: Scalar | None
    evaluations: int

    def threshold(self, attained: Scalar) -> Scalar:
        """Return the bound below which a cell cannot matter, given an attained value."""
        enough = attained + self.tol
        return enough if self.level is None else max(enough, self.level)


def subdivide(
    problem: Problem, path: Path, chords: list[int], attained: Scalar, goal: StoppingRule
) -> dict[int, CellBounds]:
    """Bound the given segments, dividing what may hold the maximum, largest bound first.

    Parameters
    ----------
    problem : Problem
    path : Path
    chords : list of int
        Which segments to bound cell by cell.
    attained : scalar
        A value the objective is known to reach on the path.
    goal : Goal

    Returns
    -------
    dict of int to CellBounds
        The cells of each such segment.
    """
    if not chords:
        return {}
    grid = _first_grid(goal.evaluations // len(chords), problem.is_exact)
    found = {k: cell_bounds(problem, *path.segments[k], grid) for k in chords}
    attained = max(attained, *(cells.lower.max() for cells in found.values()))
    left = goal.evaluations - len(grid) * len(chords)
    queue = [(-cells.upper.max(), k) for k, cells in found.items()]
    heapify(queue)
    while queue:
        k = heappop(queue)[1]
        chosen = _worth_dividing(found[k], goal.threshold(attained))[: max(1, left // (2 * PARTS))]
        if len(chosen) == 0:
            continue
        first, last = chosen.min(), chosen.max()
        times = _divided(found[k].times, chosen)[first : last + 2 + (PARTS - 1) * len(chosen)]
        left -= len(times)
        if left < 0:
            break
        finer = cell_bounds(problem, *path.segments[k], times)
        found[k] = found[k].replaced(first, last, finer)
        attained = max(attained, finer.lower.max())
        heappush(queue, (-found[k].upper.max(), k))
    return found


def _first_grid(points: int, exact: bool) -> Array:
    """Return equally spaced times from 0 to 1: as many as allowed, at least 2."""
    cells = max(1, min(FIRST_CELLS, points - 1))
    steps = np.arange(cells + 1)
    return to_exact(steps) / Fraction(cells) if exact else steps / cells


def _worth_dividing(cells: CellBounds, threshold: Scalar) -> Array:
    """Return the cells above the threshold that a finer grid can lower, largest bound first."""
    rounding = (cells.upper - cells.excess - cells.lower) / 2
    length = np.diff(cells.times)
    open_cells = (cells.upper > threshold) & (cells.excess > rounding) & (length > SHORTEST)
    chosen = np.flatnonzero(open_cells)
    return chosen[np.argsort(-cells.upper[chosen], kind="stable")]


def _divided(times: Array, chosen: Array) -> Array:
    """Return the times with each chosen cell cut into ``PARTS`` of equal length."""
    chosen = np.sort(chosen)
    start, length = times[chosen], (times[chosen + 1] - times[chosen]) / PARTS
    inner = [start + part * length for part in range(1, PARTS)]
    return np.insert(times, np.repeat(chosen + 1, PARTS - 1), np.stack(inner, axis=1).ravel())
