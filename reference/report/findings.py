"""What a section's tables say, in sentences computed from them."""

from __future__ import annotations

import numpy as np

from reference.model.exact_arithmetic import Array
from reference.report.aggregate import SMALLEST_TREND
from reference.report.html import number
from reference.report.section import (
    ESTIMATORS,
    PATHS,
    RELEASED,
    Gaps,
    Section,
    vanishing_width,
)

SIGNIFICANCE_LEVEL = 0.05  # p-values below count as evidence
DISCUSSED = ("released", "string", "released-late", "late-string", "explicit")


def findings(section: Section) -> list[str]:
    """Return the plain-language findings of one problem and level rule."""
    parts = (_explicit, _released, _maximum, _vanishing, _trend)
    return [sentence for part in parts for sentence in part(section)]


def _explicit(section: Section) -> list[str]:
    """Say where the explicit path costs nothing, and what it costs elsewhere."""
    found = {w: one for (w, name), one in section.summaries.items() if name == "explicit"}
    free = [width for width, one in found.items() if one.zero_share == 1]
    said = []
    if free:
        pairs = sum(found[width].count for width in free)
        lowest = min(found[width].zero_interval[0] for width in free)
        said.append(
            f"The explicit path has a certified gap of exactly 0 on every pair at {_widths(free)} "
            f"({pairs} pairs; were they independent, the share would be at least "
            f"{100 * lowest:.1f} % at each width, with 95 % confidence)."
        )
    for width, one in found.items():
        if width not in free:
            zeros = round(one.zero_share * one.count)
            said.append(
                f"At width {width} the explicit path has a certified gap of exactly 0 on {zeros} "
                f"of {one.count} pairs; the largest of the others is {number(one.maximum)}."
            )
    return said


def _released(section: Section) -> list[str]:
    """Say how the released estimator compares with the strings it describes."""
    said = []
    for estimator, finder in RELEASED.items():
        pairs = [
            (section.gaps[width, estimator].upper, section.gaps[width, finder])
            for width in section.widths
            if (width, estimator) in section.gaps
        ]
        if pairs:
            said.append(_understated(pairs, PATHS[finder]))
    for width in (section.widths[0], section.widths[-1])[: len(section.widths)]:
        medians = [
            f"{number(section.summaries[width, name].median)} ({ESTIMATORS[name]})"
            for name in DISCUSSED
            if (width, name) in section.summaries
        ]
        if len(medians) > 1:
            said.append(f"Median gaps at width {width}: {', '.join(medians)}.")
    return said


def _understated(pairs: list[tuple[Array, Gaps]], finder: str) -> str:
    """Say on how many pairs a string rises above its released estimate, and by how much."""
    higher = sum(int((string.lower > said).sum()) for said, string in pairs)
    excess = max(float((string.lower - said).max()) for said, string in pairs)
    text = (
        f"On {higher} of {sum(len(said) for said, _ in pairs)} pairs the {finder} certainly rises "
        "above what the released estimator says of it"
    )
    return f"{text}, by up to {number(excess)}." if higher else f"{text}."


def _widths(widths: list[int]) -> str:
    return ("width " if len(widths) == 1 else "widths ") + ", ".join(map(str, widths))


def _maximum(section: Section) -> list[str]:
    """Say whether "the largest gap falls with width" survives, for each estimator."""
    said = []
    for test in section.tests:
        if test.estimator not in DISCUSSED:
            continue
        found = test.comparison
        both = [section.summaries[width, test.estimator] for width in (test.narrow, test.wide)]
        if all(summary.maximum == 0 for summary in both):
            verdict = "says nothing: every gap is 0 at both widths"
        elif found.maximum_block_p < SIGNIFICANCE_LEVEL:
            verdict = "survives"
        else:
            verdict = "does not survive"
        said.append(
            f'{_title(test.estimator)}: "the largest gap is larger at width {test.narrow} '
            f'than at width {test.wide}" {verdict} (whole blocks permuted: p = '
            f"{found.maximum_block_p:.2g}, at least {1 / (found.draws + 1):.1e} with "
            f"{found.draws} permutations)."
        )
    return said


def _vanishing(section: Section) -> list[str]:
    if not any(estimator == "explicit" for _, estimator in section.gaps):
        return []
    width = vanishing_width(section, "explicit")
    if len(section.widths) == 1:
        return []  # what holds "from a width on" needs a wider one
    if width is None:
        return ["At the widest width some pairs keep a certified gap above 0."]
    return [f"From width {width} on, every pair measured has a certified gap of exactly 0."]


def _trend(section: Section) -> list[str]:
    if not section.trends:
        count = len(section.widths)
        measured = "One width was" if count == 1 else f"{count} widths were"
        return [f"{measured} measured; a trend over widths needs at least {SMALLEST_TREND}."]
    said = []
    for estimator, found in section.trends.items():
        if estimator not in DISCUSSED:
            continue
        if np.isnan(found.tau):
            said.append(f"{_title(estimator)}: all gaps are equal, there is no trend.")
            continue
        slope = (
            "no power law is fitted, since at some width half the gaps or more are exactly 0"
            if found.slope is None
            else f"median gap about width to the power {found.slope:.2f}"
        )
        said.append(
            f"{_title(estimator)}: rank correlation of gap and width {found.block_tau:+.2f} "
            f"over {found.widths} widths (block medians, p = {found.block_p:.1g}); {slope}."
        )
    return said


def _title(estimator: str) -> str:
    text = ESTIMATORS[estimator]
    return text[0].upper() + text[1:]
