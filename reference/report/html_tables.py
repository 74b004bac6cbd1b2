"""The tables of a report in HTML, each beside what the papers print."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape

from reference.report import published
from reference.report.html import interval, number, table
from reference.report.section import ESTIMATORS, PATHS, Section
from reference.report.theory_bounds import theory_bounds
from reference.study.design import Design
from reference.study.record import PoolRecord, Record


def gap_table(section: Section, pools: Iterable[PoolRecord]) -> str:
    """Return the gaps above the level by width and estimator, published rows first."""
    means = {pool.width: pool.mean for pool in pools if pool.problem == section.problem}
    rows = [
        {
            "width": width,
            "gap above the level": ESTIMATORS[estimator],
            "pairs": one.count,
            "median": number(one.median),
            "largest": number(one.maximum),
            "exactly 0, %": f"{100 * one.zero_share:.1f}",
            "mean": number(one.mean),
            "95 %, naive": interval(one.mean_interval),
            "95 %, by block": interval(one.mean_block_interval),
            "at most 1e-9, %": f"{100 * one.resolved_share:.1f}",
            "certificate width": number(section.gaps[width, estimator].uncertainty),
            "mean F of pool": f"{means[width]:.4f}" if width in means else "",
        }
        for (width, estimator), one in section.summaries.items()
    ]
    revised = published.is_of_revised_study(section.choice, section.pairing)
    note = published.REVISED.get((section.choice.loss, section.rule)) if revised else None
    text = f"Published: {note}. " if note else ""
    text += (
        "Means, medians and tests count a gap of at most 1e-9 as 0: rounding may keep it from 0."
    )
    return (
        table("Gaps above the level", rows, _published_gaps(section))
        + f'<p class="note">{escape(text)}</p>'
    )


def _published_gaps(section: Section) -> list[dict[str, object]]:
    return [
        {
            "width": width,
            "gap above the level": "published (released estimator)",
            "pairs": 200,
            "mean": number(printed.mean),
            "median": number(printed.median),
            "largest": number(printed.maximum),
            "mean F of pool": f"{printed.pool:.4f}",
        }
        for width, printed in _printed(section)
    ]


def _printed(section: Section) -> list[tuple[int, published.PublishedGaps]]:
    """Return the published rows of a section by width; none unless it is of the paper's problem."""
    if not published.is_of_paper(section.choice, section.pairing, section.rule):
        return []
    return [
        (width, printed)
        for (source, width), printed in published.GAPS.items()
        if source == section.choice.source and width in section.widths
    ]


def comparison_table(section: Section) -> str:
    """Return the tests of the narrowest against the widest width, naive and by block."""
    rows = [
        {
            "gap": ESTIMATORS[test.estimator],
            "widths": f"{test.narrow} and {test.wide}",
            "Cliff's delta": f"{test.comparison.delta:+.2f}",
            "Mann-Whitney p, naive": number(test.comparison.rank_p),
            "rank p, by block": number(test.comparison.rank_block_p),
            "maximum p, naive": number(test.comparison.maximum_p),
            "its closed form": number(test.comparison.maximum_closed_p),
            "maximum p, by block": number(test.comparison.maximum_block_p),
            "permutations": test.comparison.draws,
        }
        for test in section.tests
    ]
    printed = [
        {
            "gap": "published (released estimator)",
            "widths": "20 and 200",
            "Mann-Whitney p, naive": f"{number(published.RANK_P_ONE_SIDED[source])} (one-sided)",
            "maximum p, naive": number(published.MAXIMUM_P),
            "permutations": published.MAXIMUM_DRAWS,
        }
        for source in {section.choice.source for _ in _printed(section)}
    ]
    note = (
        '<p class="note">Naive: pairs taken as independent. By block: pairs that share networks '
        "are permuted together. Mann-Whitney is two-sided here, the maximum one-sided. A "
        "permutation p-value is never below 1 / (permutations + 1); the closed form is the share "
        "of all splits, which the naive test of the maximum estimates.</p>"
    )
    return table("Narrow against wide", rows, printed) + note if rows else ""


def string_table(section: Section) -> str:
    """Return how the strings grew."""
    rows = [
        {
            "width": row.width,
            "strings": PATHS[row.finder],
            "pairs": row.pairs,
            "depth limit hit, %": f"{100 * row.unresolved:.1f}",
            "beads": f"{row.beads:g}",
            "length / distance": f"{row.normalized_length:.3f}",
            "depth": f"{row.depth:g}",
            "beads trained": f"{row.trained:g}",
        }
        for row in section.strings
    ]
    printed = [
        {
            "width": width,
            "strings": "published (released estimator)",
            "pairs": 200,
            "depth limit hit, %": f"{100 * gaps.reached:g}",
        }
        for width, gaps in _printed(section)
    ]
    return table("Dynamic String Sampling: medians over pairs", rows, printed)


def definition_table(section: Section) -> str:
    """Return the three definitions of a barrier side by side."""
    rows = [
        {
            "width": row.width,
            "path": PATHS[row.finder],
            "above level: median": number(row.level[0]),
            "largest": number(row.level[1]),
            "above higher end: median": number(row.end[0]),
            "largest ": number(row.end[1]),
            "above chord: median": number(row.chord[0]),
            "largest  ": number(row.chord[1]),
        }
        for row in section.definitions
    ]
    return table("Three definitions of a barrier: certified upper bounds", rows)


def theory_bound_table(design: Design, section: Section, pools: Iterable[PoolRecord]) -> str:
    """Return what the theorems bound beside what the paths cost; nothing off the unit ball."""
    problem = design.choice(section.problem).problem(design.seed)
    rows = [
        {
            "width": row.width,
            "level": f"{row.level:.4f}",
            "C2, fixed level": _known(row.fixed),
            "C3, moving level": _known(row.moving),
            "C4, smooth loss": _known(row.smooth),
            "theorem's path, largest": _known(row.theorem),
            "explicit path, largest": _known(row.explicit),
        }
        for row in theory_bounds(problem, section, pools)
    ]
    return table("Theory bounds beside what was found: rise above the level", rows)


def _known(value: float | None) -> str:
    return "" if value is None else number(value)


def cost_table(
    design: Design,
    rows: Iterable[Record],
    costs: Mapping[str, float],
    pools: Iterable[PoolRecord],
) -> str:
    """Return the seconds spent by problem, width and work."""
    spent: dict[tuple[str, int, str], list[float]] = {}
    for pool in pools:
        spent[pool.problem, pool.width, "training the pool"] = [pool.seconds]
    for row in rows:
        spent.setdefault((row.problem, row.width, PATHS[row.finder]), []).append(costs[row.key])
    body = [
        {
            "problem": problem,
            "width": width,
            "work": work,
            "count": len(part),
            "seconds each": number(sum(part) / len(part)),
            "seconds": f"{sum(part):.1f}",
        }
        for (problem, width, work), part in sorted(spent.items())
    ]
    printed = [
        {"problem": choice.label, "width": width, "work": "published strings", "count": 200}
        | {"seconds each": number(seconds / 200), "seconds": f"{seconds:.1f}"}
        for choice in design.problems
        for (source, width), seconds in published.SECONDS.items()
        if published.is_of_paper(choice, design.pairing, "pairwise")
        and source == choice.source
        and any((problem, at) == (choice.label, width) for problem, at, _ in spent)
    ]
    return table("Seconds, as one process would take", body, printed)
