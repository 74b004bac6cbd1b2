"""From records to a section: gaps by estimator, their statistics, what strings and paths cost."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from reference.report.comparison import compare
from reference.report.section import (
    ESTIMATORS,
    RELEASED,
    DefinitionRow,
    Gaps,
    Section,
    StringRow,
    WidthTest,
)
from reference.report.summary import clip_to_tolerance, summarise
from reference.report.trend import Trend, trend
from reference.study.design import STRINGS, Design
from reference.study.record import Record

SMALLEST_TREND = 8  # widths below which no trend is reported (claim E4)


def sections(records: Iterable[Record], design: Design) -> list[Section]:
    """Return one section for each problem and level rule, in the order of the records.

    The design names the problems and how pairs were drawn, and gives seed and number of
    permutations to the statistics.
    """
    parts: dict[tuple[str, str], list[Record]] = {}
    for record in records:
        parts.setdefault((record.problem, record.rule), []).append(record)
    return [_section(part, design) for part in parts.values()]


def collect(records: Sequence[Record]) -> dict[tuple[int, str], Gaps]:
    """Return the gaps of one problem and rule by width and estimator."""
    rows: dict[tuple[int, str], list[Record]] = {}
    for record in records:
        rows.setdefault((record.width, record.finder), []).append(record)
    found: dict[tuple[int, str], Gaps] = {}
    for width in sorted({record.width for record in records}):
        finders = {finder: part for (at, finder), part in rows.items() if at == width}
        for estimator in ESTIMATORS:
            triples = _bounds(estimator, finders)
            if triples:
                lower, upper, blocks = (np.array(column) for column in zip(*triples, strict=True))
                first = records[0]
                found[width, estimator] = Gaps(
                    first.problem, first.rule, width, estimator, lower, upper, blocks
                )
    return found


def _bounds(estimator: str, finders: Mapping[str, list[Record]]) -> list[tuple[float, float, int]]:
    """Return lower, upper and block of each pair; for "best", of pairs that all finders did."""
    if estimator in RELEASED:
        return [
            (record.released, record.released, record.block)
            for record in finders.get(RELEASED[estimator], [])
            if record.released is not None
        ]
    if estimator != "best":
        return [(r.level_lower, r.level_upper, r.block) for r in finders.get(estimator, [])]
    by_pair: dict[tuple[int, int], list[Record]] = {}
    for record in (record for part in finders.values() for record in part):
        by_pair.setdefault((record.first, record.second), []).append(record)
    lowest = [
        min(part, key=lambda record: record.level_upper)
        for part in by_pair.values()
        if len(part) == len(finders) > 1
    ]
    return [(r.level_lower, r.level_upper, r.block) for r in lowest]


def _section(records: Sequence[Record], design: Design) -> Section:
    generator, draws = np.random.default_rng(design.seed), design.draws
    gaps = collect(records)
    widths = tuple(sorted({width for width, _ in gaps}))
    estimators = [name for name in ESTIMATORS if any(name == found for _, found in gaps)]
    return Section(
        choice=design.choice(records[0].problem),
        pairing=design.pairing,
        rule=records[0].rule,
        widths=widths,
        highest_levels={
            width: max(record.level for record in records if record.width == width)
            for width in widths
        },
        gaps=gaps,
        summaries={
            place: summarise(one.upper, one.blocks, generator, draws) for place, one in gaps.items()
        },
        tests=_tests(gaps, widths, estimators, generator, draws),
        trends=_trends(gaps, widths, estimators),
        strings=_strings(records, widths),
        definitions=_definitions(records, widths),
    )


def _tests(
    gaps: Mapping[tuple[int, str], Gaps],
    widths: Sequence[int],
    estimators: Sequence[str],
    generator: np.random.Generator,
    draws: int,
) -> list[WidthTest]:
    """Compare the narrowest with the widest width."""
    found = []
    if len(widths) > 1:
        for estimator in estimators:
            narrow, wide = gaps.get((widths[0], estimator)), gaps.get((widths[-1], estimator))
            if narrow is not None and wide is not None:
                values = (clip_to_tolerance(narrow.upper), clip_to_tolerance(wide.upper))
                blocks = (narrow.blocks, wide.blocks)
                comparison = compare(values, blocks, generator, draws)
                found.append(WidthTest(estimator, widths[0], widths[-1], comparison))
    return found


def _trends(
    gaps: Mapping[tuple[int, str], Gaps], widths: Sequence[int], estimators: Sequence[str]
) -> dict[str, Trend]:
    if len(widths) < SMALLEST_TREND:
        return {}
    found = {}
    for estimator in estimators:
        parts = [gaps[width, estimator] for width in widths if (width, estimator) in gaps]
        at = np.concatenate([np.full(len(part.upper), part.width) for part in parts])
        values = clip_to_tolerance(np.concatenate([part.upper for part in parts]))
        found[estimator] = trend(at, values, np.concatenate([part.blocks for part in parts]))
    return found


def _strings(records: Sequence[Record], widths: Sequence[int]) -> list[StringRow]:
    found = []
    for width in widths:
        for finder in STRINGS:
            part = [r for r in records if (r.width, r.finder) == (width, finder)]
            if part:
                found.append(
                    StringRow(
                        width,
                        finder,
                        len(part),
                        float(np.mean([bool(r.unresolved) for r in part])),
                        float(np.median([r.beads for r in part])),
                        float(np.median([r.normalized_length for r in part])),
                        float(np.median([r.depth or 0 for r in part])),
                        float(np.median([r.trained or 0 for r in part])),
                    )
                )
    return found


def _definitions(records: Sequence[Record], widths: Sequence[int]) -> list[DefinitionRow]:
    found = []
    for width in widths:
        for finder in dict.fromkeys(record.finder for record in records):
            part = [r for r in records if (r.width, r.finder) == (width, finder)]
            if part:
                level, end, chord = (
                    (float(np.median(column)), float(np.max(column)))
                    for column in zip(
                        *((r.level_upper, r.end_upper, r.chord_upper) for r in part), strict=True
                    )
                )
                found.append(DefinitionRow(width, finder, level, end, chord))
    return found
