"""What the theorems promise for the networks a study trained, by width (claims C2, C3, C4).

The rates hold for rows in the unit ball. Each needs a network of some width ``l`` below ``m`` of
known value; the lowest of the study's pools serve, and the best choice of ``l`` is taken.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from reference.connection.rates import (
    fixed_level_rate,
    moving_level_rate,
    smooth_level_rate,
)
from reference.model.problem import Problem
from reference.report.section import Section
from reference.study.record import PoolRecord


@dataclass(frozen=True)
class TheoryBound:
    """Bounds of how far a path must rise above a level at one width; None where none holds.

    Attributes
    ----------
    width : int
    level : float
        The largest level of the width's pairs.
    fixed, moving, smooth : float or None
        By C2, C3 and C4.
    theorem, explicit : float or None
        The largest certified gap of the theorem's paths and of the explicit ones.
    """

    width: int
    level: float
    fixed: float | None
    moving: float | None
    smooth: float | None
    theorem: float | None
    explicit: float | None


def theory_bounds(
    problem: Problem, section: Section, pools: Iterable[PoolRecord]
) -> list[TheoryBound]:
    """Return what is promised and what is found at each width; empty off the unit ball."""
    if not problem.domain.bounded_rows or problem.kappa == 0:
        return []
    lowest = {pool.width: pool.lowest for pool in pools if pool.problem == section.problem}
    return [_bounds_at(problem, section, width, lowest) for width in section.widths]


def _bounds_at(
    problem: Problem, section: Section, width: int, lowest: dict[int, float]
) -> TheoryBound:
    level = section.highest_levels[width]
    fixed, moving, smooth = [], [], []
    for reference, value in lowest.items():
        if problem.L is not None and value <= level and reference <= width:
            fixed.append(fixed_level_rate(problem, level, width, reference))
        if reference < width:
            drawn = (problem, level, width, reference, value)
            if problem.L is not None:
                moving.append(moving_level_rate(*drawn))
            if problem.loss.smooth:
                smooth.append(smooth_level_rate(*drawn))
    return TheoryBound(
        width,
        level,
        *(_least(rates) for rates in (fixed, moving, smooth)),
        *(_largest(section, width, finder) for finder in ("theorem", "explicit")),
    )


def _least(rates: Sequence[float]) -> float | None:
    return min(rates, default=None)


def _largest(section: Section, width: int, finder: str) -> float | None:
    gaps = section.gaps.get((width, finder))
    return None if gaps is None else float(gaps.upper.max())
