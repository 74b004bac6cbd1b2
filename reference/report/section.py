"""All that is said of one problem and level rule, as data, and what its parts are called.

An *estimator* is what is said of a pair: a finder's certified gap, the released estimator of the
strings, or the best of all finders.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from reference.model.exact_arithmetic import Array
from reference.report.comparison import Comparison
from reference.report.summary import Summary
from reference.report.trend import Trend
from reference.study.design import ProblemChoice

ESTIMATORS = {
    "released": "strings, released estimator",
    "string": "same strings, certified",
    "released-late": "late strings, released estimator",
    "late-string": "late strings, certified",
    "margin-string": "strings with margin, certified",
    "output-layer-string": "strings, output layer first, certified",
    "explicit": "explicit path, certified",
    "theorem": "theorem's path, certified",
    "straight": "straight line, certified",
    "best": "best of all paths, certified",
}
PATHS = {
    "straight": "straight line",
    "explicit": "explicit path",
    "string": "string",
    "late-string": "late string",
    "margin-string": "string with margin",
    "output-layer-string": "string, output layer first",
    "theorem": "theorem's path",
}
RELEASED = {"released": "string", "released-late": "late-string"}  # of which strings
LEVEL_TITLES = {
    "pairwise": "level = higher end of each pair",
    "moving": "one level for each width",
    "fixed": "one level for all widths",
}


@dataclass(frozen=True, eq=False)
class Gaps:
    """Gaps above the level of all pairs of one problem, level rule, width and estimator.

    Attributes
    ----------
    lower, upper : (k,)
        Certified bounds for each pair; equal for the released estimator, which bounds nothing.
    blocks : (k,)
        Pairs of different blocks share no network.
    """

    problem: str
    rule: str
    width: int
    estimator: str
    lower: Array
    upper: Array
    blocks: Array

    @property
    def uncertainty(self) -> float:
        """The largest distance of a pair's bounds."""
        return float((self.upper - self.lower).max())


@dataclass(frozen=True)
class WidthTest:
    """Two widths compared for one estimator."""

    estimator: str
    narrow: int
    wide: int
    comparison: Comparison


@dataclass(frozen=True)
class StringRow:
    """How Dynamic String Sampling worked at one width: shares and medians over pairs."""

    width: int
    finder: str
    pairs: int
    unresolved: float
    beads: float
    normalized_length: float
    depth: float
    trained: float


@dataclass(frozen=True)
class DefinitionRow:
    """The three barriers of one finder's paths at one width: median and largest upper bound."""

    width: int
    finder: str
    level: tuple[float, float]
    end: tuple[float, float]
    chord: tuple[float, float]


@dataclass(frozen=True, eq=False)
class Section:
    """All tables of one problem and level rule.

    Attributes
    ----------
    choice : ProblemChoice
        The problem, as the design names it.
    pairing, rule : str
        How pairs were drawn, and from what their gaps are measured.
    """

    choice: ProblemChoice
    pairing: str
    rule: str
    widths: tuple[int, ...]
    highest_levels: Mapping[int, float]
    gaps: Mapping[tuple[int, str], Gaps]
    summaries: Mapping[tuple[int, str], Summary]
    tests: Sequence[WidthTest]
    trends: Mapping[str, Trend]
    strings: Sequence[StringRow]
    definitions: Sequence[DefinitionRow]

    @property
    def problem(self) -> str:
        """What records call the problem."""
        return self.choice.label

    @property
    def title(self) -> str:
        """Problem and level rule in words."""
        return f"{self.problem}: {LEVEL_TITLES[self.rule]}"


def vanishing_width(section: Section, estimator: str) -> int | None:
    """Return the least width from which on, up to the widest, every gap is exactly 0."""
    vanished = None
    for width in reversed(section.widths):
        one = section.gaps.get((width, estimator))
        if one is None or one.upper.any():
            break
        vanished = width
    return vanished
