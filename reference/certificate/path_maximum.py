"""The certified maximum of the objective along a path: branch and bound with the chord certificate.

Segments are of three kinds, see `SegmentKind`. On a constant or convex one the ends say all. On a
general one module `cell_bounds` bounds the objective on each cell of a grid, and the cells whose
bound could still be the path's maximum are divided until none is left.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from reference.certificate.branch_and_bound import StoppingRule, subdivide
from reference.certificate.cell_bounds import CellBounds
from reference.certificate.rounding import node_bounds
from reference.model.exact_arithmetic import Array, Scalar
from reference.model.network import Network
from reference.model.path import Path
from reference.model.problem import Problem


class SegmentKind(StrEnum):
    """What a segment moves, and so what is known of the objective along it.

    ``CONSTANT``: the coefficients stay and only rows with coefficient 0 move; the objective stays
    (claim P2). ``CONVEX``: every row that moves has coefficient 0 at both ends, so predictions are
    linear and the objective convex (claims P1, P2); its maximum is the larger end. ``GENERAL``:
    anything else; the objective is bounded cell by cell.
    """

    CONSTANT = "constant"
    CONVEX = "convex"
    GENERAL = "general"


@dataclass(frozen=True)
class SegmentBound:
    """What is certified of one segment: its kind, and ``lower <= max F <= upper`` on it."""

    kind: SegmentKind
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

    def __repr__(self) -> str:
        """State the bounds of the maximum and the work behind them."""
        count = f"{len(self.segments)} segment" + "s" * (len(self.segments) != 1)
        return (
            f"Certificate({self.lower} <= max F <= {self.upper}, {count}, "
            f"{self.evaluations} evaluations)"
        )

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

        Measured from the higher end itself, the default, no rounding of the ends counts: where the
        first and last segments are constant or convex and everything between them is certified
        below, the rise is exactly 0. The same holds of a level given as a number that is at least
        the *computed* objective of both ends: the premise is then that they lie at most at it,
        and `ends_below` says whether that is proven. An end computed above the level counts.

        Parameters
        ----------
        level : scalar, optional
            Default: the higher end, ``max(F(start), F(end))`` itself, not its computed value.

        Raises
        ------
        ValueError
            If an end is certainly above the level.
        """
        ends = [(self.node_lower[k], self.node_upper[k]) for k in (0, -1)]
        higher_end = max(lower for lower, _ in ends)
        counted = [bound.upper for bound in self.segments if bound.kind is SegmentKind.GENERAL]
        counted += self.node_upper[1:-1].tolist()
        if level is None:
            level = higher_end
        elif not higher_end <= level:
            raise ValueError(f"level: found {level}, allowed is at least {higher_end}, an end's")
        else:
            at_most = level + abs(level) * (2.0**-50 if isinstance(level, float) else 0)
            counted += [upper for lower, upper in ends if not (lower + upper) / 2 <= at_most]
        return max([0 * level, *(upper - level for upper in counted)])

    def ends_below(self, level: Scalar) -> bool:
        """Whether both ends are proven to lie at most at a level."""
        return bool(self.node_upper[0] <= level and self.node_upper[-1] <= level)


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
        Evaluations of the objective allowed; one per node and two per chord segment are made
        in any case.
    level : scalar, optional
        Stop also where everything is certified at most at this level, however far below.

    Returns
    -------
    Certificate
        The evaluations may run out first; then ``upper - lower > tol``, still rigorous.

    Raises
    ------
    TypeError
        If ``path`` is not a `Path`.
    ValueError
        If the path does not fit the data or is not in the problem's arithmetic, ``tol`` is negative
        or not a number, the level is not finite, or values are so large that they overflow.

    Notes
    -----
    Membership of the nodes in the domain is not part of this bound; `Problem.check` decides it.
    Memory is bounded by blocks of samples (module `segment`) plus a few numbers for each
    evaluation.
    """
    if not isinstance(path, Path):
        raise TypeError(f"path: found {type(path).__name__}, allowed is a Path")
    problem.check_shape(path.start)
    if not tol >= 0:
        raise ValueError(f"tol: found {tol}, allowed is at least 0")
    if level is not None and not math.isfinite(level):
        raise ValueError(f"level: found {level}, allowed are finite reals")
    bounds = [node_bounds(problem, node) for node in path.nodes]
    kinds = [segment_kind(a, b) for a, b in path.segments]
    upper, lower = (np.array(side) for side in zip(*bounds, strict=True))
    goal = StoppingRule(tol, level, max_evaluations - len(bounds))
    general = [k for k, kind in enumerate(kinds) if kind is SegmentKind.GENERAL]
    found = subdivide(problem, path, general, lower.max(), goal)
    segments = tuple(
        _segment_bound(kind, upper[k : k + 2], lower[k : k + 2], found.get(k))
        for k, kind in enumerate(kinds)
    )
    return Certificate(
        upper=max([bound.upper for bound in segments] + upper.tolist()),
        lower=max([bound.lower for bound in segments] + lower.tolist()),
        argmax=_argmax(lower, found),
        evaluations=len(bounds) + sum(cells.evaluations for cells in found.values()),
        segments=segments,
        node_upper=upper,
        node_lower=lower,
    )


def segment_kind(a: Network, b: Network) -> SegmentKind:
    """Return the kind of a segment, decided on the stored entries without rounding."""
    moving = (a.W != b.W).any(axis=1)
    if (moving & ((a.theta != 0) | (b.theta != 0))).any():
        return SegmentKind.GENERAL
    return SegmentKind.CONVEX if (a.theta != b.theta).any() else SegmentKind.CONSTANT


def _segment_bound(
    kind: SegmentKind, upper: Array, lower: Array, cells: CellBounds | None
) -> SegmentBound:
    """Bound one segment from its two nodes, or from its cells where it is a general one."""
    if cells is not None:
        return SegmentBound(kind, max(cells.upper.tolist()), max(cells.lower.tolist()))
    both_bound_one_value = kind is SegmentKind.CONSTANT
    return SegmentBound(
        kind, (min if both_bound_one_value else max)(upper.tolist()), max(lower.tolist())
    )


def _argmax(node_lower: Array, found: dict[int, CellBounds]) -> tuple[int, Scalar]:
    """Return segment and time of the largest attained value; the nodes count as times 0 and 1."""
    node = int(np.argmax(node_lower))
    best, place = node_lower[node], (max(node - 1, 0), min(node, 1))
    for k, cells in found.items():
        cell = int(np.argmax(cells.lower))
        if cells.lower[cell] > best:
            right = cells.values[cell + 1] > cells.values[cell]
            best, place = cells.lower[cell], (k, cells.times.tolist()[cell + right])
    return place
