"""What a section's tables say, in sentences computed from them."""

from __future__ import annotations

import numpy as np

from reference.study.html import number
from reference.study.statistics import Summary
from reference.study.tables import ESTIMATORS, SMALLEST_TREND, Section, vanishing_width

ENOUGH = 0.05  # p-values below count as evidence
JUDGED = ("released", "string", "explicit")


def findings(section: Section) -> list[str]:
    """Return the plain-language findings of one problem and level rule."""
    said = []
    for width in section.widths:
        said += _explicit(section, width) + _released(section, width)
    return said + _maximum(section) + _vanishing(section) + _trend(section)


def _explicit(section: Section, width: int) -> list[str]:
    summary = section.summaries.get((width, "explicit"))
    if summary is None:
        return []
    zeros = round(summary.zero_share * summary.count)
    text = (
        f"Width {width}: the explicit path has a certified gap of exactly 0 on {zeros} of "
        f"{summary.count} pairs ({_percent(summary)} as if pairs were independent)"
    )
    if zeros < summary.count:
        text += f"; the largest of the others is {number(summary.maximum)}"
    return [text + "."]


def _percent(summary: Summary) -> str:
    low, high = summary.zero_interval
    return f"95 % interval of the share: {100 * low:.0f} to {100 * high:.0f} %"


def _released(section: Section, width: int) -> list[str]:
    released = section.gaps.get((width, "released"))
    if released is None:
        return []
    string = section.gaps[width, "string"]
    higher = int((string.lower > released.upper).sum())
    text = (
        f"Width {width}: on {higher} of {len(string.upper)} pairs the published string certainly "
        f"rises above what the released estimator says of it; medians are "
        f"{number(float(np.median(released.upper)))} (released) and "
        f"{number(float(np.median(string.upper)))} (certified)"
    )
    explicit = section.gaps.get((width, "explicit"))
    if explicit is not None:
        best = number(float(np.median(explicit.upper)))
        text += f", against {best} along the explicit path"
    return [text + "."]


def _maximum(section: Section) -> list[str]:
    """Say whether "the largest gap falls with width" survives, for each estimator."""
    said = []
    for test in section.tests:
        if test.estimator not in JUDGED:
            continue
        found = test.comparison
        both = [section.summaries[width, test.estimator] for width in (test.narrow, test.wide)]
        if all(summary.maximum == 0 for summary in both):
            verdict = "says nothing: every gap is 0 at both widths"
        elif found.maximum_block_p < ENOUGH:
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
    if width is None:
        return ["At the widest width some pairs keep a certified gap above 0."]
    return [f"From width {width} on, every pair measured has a certified gap of exactly 0."]


def _trend(section: Section) -> list[str]:
    if not section.trends:
        return [
            f"{len(section.widths)} widths show no trend; {SMALLEST_TREND} are the least for one."
        ]
    said = []
    for estimator, found in section.trends.items():
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
