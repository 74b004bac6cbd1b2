"""The certified maximum of the objective along a path: branch and bound with the chord certificate.

Segments are of three kinds. On a *still* segment the objective is constant (claim P2): the
coefficients stay and only rows with coefficient 0 move. On a *convex* one every row that moves
has coefficient 0 at both ends, so predictions are linear and the objective convex (claims P1 and
P2): its maximum is the larger end. On every other, a *chord* segment, module `chord` bounds the
objective on each cell of a grid, and the cells whose bound could still be the path's maximum are
divided until none is left.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from heapq import heapify, heappop, heappush

import numpy as np

from reference.chord import Cells, cell_bounds
from reference.network import Network
from reference.path import Path
from reference.problem import Problem
from reference.rounding import node_bounds
from reference.validation import Array, Scalar, to_exact

FIRST_CELLS = 16  # a chord segment starts with this many equal cells
PARTS = 4  # a cell worth dividing is divided into this many
SHORTEST = 2.0**-40  # cells this short are not divided


@dataclass(frozen=True)
class SegmentBound:
    """What is certified of one segment: its kind, and ``lower <= max F <= upper`` on it."""

    kind: str
    upper: Scalar
    lower: Scalar


@dataclass(frozen=True, eq=False)
class Certificate:
    """Rigorous bounds of the objective along a path, in exact arithmetic at its stored nodes.

    Attributes
    ----------
    upper, lower : scalar
        ``upper >= max F >= lower`` over the whole continuous path.
    argmax : (int, scalar)
        Segment and time of the largest value met; segment 0 for a path of one node.
    evaluations : int
        How many times the objective was evaluated, nodes included.
    segments : tuple of SegmentBound
    node_upper, node_lower : (K,)
        Bounds of the objective at each node.
    """

    upper: Scalar
    lower: Scalar
    argmax: tuple[int, Scalar]
    evaluations: int
    segments: tuple[SegmentBound, ...]
    node_upper: Array
    node_lower: Array

    def verdict(self, level: Scalar) -> str:
        """Say whether the path stays at most at a level: "below", "above" or "undecided"."""
        if self.upper <= level:
            return "below"
        return "above" if self.lower > level else "undecided"

    @property
    def gap(self) -> Scalar:
        """Certified rise above the higher end, ``max(F(start), F(end))``; at least the true one."""
        return self.rise()

    def rise(self, level: Scalar | None = None) -> Scalar:
        """Return a bound of ``max(0, max F - level)``.

        The two end nodes are at most the level by definition, so no rounding of theirs counts:
        where the first and last segments are still or convex and everything between them is
        certified below the level, the rise is exactly 0.

        Parameters
        ----------
        level : scalar, optional
            Default: the higher end, ``max(F(start), F(end))`` itself, not its computed value.

        Raises
        ------
        ValueError
            If an end is certainly above the level.
        """
        higher_end = max(self.node_lower[0], self.node_lower[-1])
        if level is None:
            level = higher_end
        if higher_end > level:
            raise ValueError(f"level: found {level}, allowed is at least {higher_end}, an end's")
        within = [bound.upper for bound in self.segments if bound.kind == "chord"]
        return max([upper - level for upper in (*within, *self.node_upper[1:-1])] + [0 * level])


def certify(
    problem: Problem,
    path: Path,
    tol: Scalar = 1e-9,
    max_evaluations: int = 200_000,
    level: Scalar | None = None,
) -> Certificate:
    """Bound the maximum of the objective over the whole continuous path.

    Parameters
    ----------
    problem : Problem
    path : Path
    tol : scalar, optional
        Stop once ``upper - lower <= tol``. Rounding bounds (about 1e-12 for trained networks)
        are a floor: what rounding alone prevents is not attempted.
    max_evaluations : int, optional
        Evaluations of the objective allowed beyond one per node and three per chord segment.
    level : scalar, optional
        Stop also where everything is certified at most at this level, however far below.

    Returns
    -------
    Certificate
        The evaluations may run out first; then ``upper - lower > tol``, still rigorous.

    Raises
    ------
    ValueError
        If the path does not fit the data or ``tol`` is negative.

    Notes
    -----
    Membership of the nodes in the domain is not part of this bound; `Problem.check` decides it.
    Memory is bounded by blocks of samples (module `segment`) plus a few numbers for each
    evaluation.
    """
    problem.check_shape(path.start)
    if not tol >= 0:
        raise ValueError(f"tol: found {tol}, allowed is at least 0")
    bounds = [node_bounds(problem, node) for node in path.nodes]
    kinds = [segment_kind(a, b) for a, b in path.segments]
    upper, lower = (np.array(side) for side in zip(*bounds, strict=True))
    goal = Goal(tol, level, max_evaluations - len(bounds))
    found = _search(problem, path, kinds, lower.max(), goal)
    segments = tuple(
        _segment_bound(kind, upper[k : k + 2], lower[k : k + 2], found.get(k))
        for k, kind in enumerate(kinds)
    )
    return Certificate(
        upper=max([bound.upper for bound in segments], default=upper[0]),
        lower=max([bound.lower for bound in segments], default=lower[0]),
        argmax=_argmax(lower, found),
        evaluations=len(bounds) + sum(cells.evaluations for cells in found.values()),
        segments=segments,
        node_upper=upper,
        node_lower=lower,
    )


def segment_kind(a: Network, b: Network) -> str:
    """Return "still", "convex" or "chord", decided on the stored entries without rounding."""
    moving = (a.W != b.W).any(axis=1)
    if (moving & ((a.theta != 0) | (b.theta != 0))).any():
        return "chord"
    return "convex" if (a.theta != b.theta).any() else "still"


@dataclass(frozen=True)
class Goal:
    """When the search may stop: accuracy, level to stay below, evaluations allowed."""

    tol: Scalar
    level: Scalar | None
    evaluations: int

    def threshold(self, attained: Scalar) -> Scalar:
        """Return the bound below which a cell cannot matter, given an attained value."""
        enough = attained + self.tol
        return enough if self.level is None else max(enough, self.level)


def _search(
    problem: Problem, path: Path, kinds: list[str], attained: Scalar, goal: Goal
) -> dict[int, Cells]:
    """Divide the cells that may hold the maximum, largest bound first; cells of each chord."""
    chords = [k for k, kind in enumerate(kinds) if kind == "chord"]
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


def _worth_dividing(cells: Cells, threshold: Scalar) -> Array:
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


def _segment_bound(kind: str, upper: Array, lower: Array, cells: Cells | None) -> SegmentBound:
    """Bound one segment from its two nodes (kinds still and convex) or from its cells."""
    if cells is not None:
        return SegmentBound(kind, cells.upper.max(), cells.lower.max())
    return SegmentBound(kind, upper.min() if kind == "still" else upper.max(), lower.max())


def _argmax(node_lower: Array, found: dict[int, Cells]) -> tuple[int, Scalar]:
    """Return segment and time of the largest attained value; the nodes count as times 0 and 1."""
    node = int(np.argmax(node_lower))
    best, place = node_lower[node], (max(node - 1, 0), min(node, 1))
    for k, cells in found.items():
        cell = int(np.argmax(cells.lower))
        if cells.lower[cell] > best:
            right = cells.values[cell + 1] > cells.values[cell]
            best, place = cells.lower[cell], (k, cells.times[cell + right])
    return place
