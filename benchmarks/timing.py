"""Compare two pieces of work by interleaved runs, so that a busy machine slows both alike."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from time import perf_counter


@dataclass(frozen=True)
class Row:
    """One comparison.

    Attributes
    ----------
    work, against : str
        What is measured, and what it is measured against.
    seconds, against_seconds : float
        Median time of each.
    ratio : float
        Median over the runs of the time against over the time measured: above 1, ours is faster.
    goal : float or None
        The least ratio aimed at.
    """

    work: str
    against: str
    seconds: float
    against_seconds: float
    ratio: float
    goal: float | None = None


def compare(
    work: str,
    measured: Callable[[], object],
    against: str,
    baseline: Callable[[], object],
    goal: float | None = None,
    scale: float = 1.0,
    runs: int = 15,
) -> Row:
    """Time two callables in turn.

    Parameters
    ----------
    scale : float
        How many times the baseline would have to run to do the work; for a baseline too slow
        to be run in full.
    runs : int
        Of each; every run lasts at least 20 ms.
    """
    loops = [_loops(function) for function in (measured, baseline)]
    times = [
        (_seconds(measured, loops[0]), scale * _seconds(baseline, loops[1])) for _ in range(runs)
    ]
    return Row(
        work=work,
        against=against,
        seconds=median(ours for ours, _ in times),
        against_seconds=median(theirs for _, theirs in times),
        ratio=median(theirs / ours for ours, theirs in times),
        goal=goal,
    )


def table(rows: list[Row]) -> str:
    """Return rows as text, times in milliseconds."""
    lines = [f"{'work':<44} {'ms':>10}   {'against':<44} {'ms':>10} {'ratio':>9} {'goal':>6}"]
    for row in rows:
        goal = "" if row.goal is None else f"{row.goal:g}"
        lines.append(
            f"{row.work:<44} {1e3 * row.seconds:>10.4g}   {row.against:<44} "
            f"{1e3 * row.against_seconds:>10.4g} {row.ratio:>9.3g} {goal:>6}"
        )
    return "\n".join(lines)


def _loops(function: Callable[[], object]) -> int:
    warm_up = _seconds(function, 1)
    return 1 if warm_up > 1 else max(1, int(0.02 / _seconds(function, 1)))


def _seconds(function: Callable[[], object], loops: int) -> float:
    start = perf_counter()
    for _ in range(loops):
        function()
    return (perf_counter() - start) / loops
