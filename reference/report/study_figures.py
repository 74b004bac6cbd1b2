"""Which pictures a section of the report gets, drawn from its records into ``figures/``.

The paths of one pair also get an explorer each, in ``explorers/``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path as FilePath

import numpy as np

from reference.certificate.path_maximum import certify
from reference.model.exact_arithmetic import Array
from reference.model.path import Path
from reference.report.explorer import write_explorer
from reference.report.figures import (
    gap_against_width,
    gap_distribution,
    length_against_level,
    objective_along_paths,
)
from reference.report.findings import DISCUSSED
from reference.report.section import ESTIMATORS, PATHS, Section
from reference.study.design import Design
from reference.study.record import Record

SHOWN_WIDTHS = 3
EXPLORED = ("explicit", "string")


def draw(
    folder: FilePath, design: Design, section: Section, records: Sequence[Record]
) -> list[tuple[FilePath, str]]:
    """Draw a section's figures; return each SVG with its caption."""
    (folder / "figures").mkdir(exist_ok=True)
    stem = folder / "figures" / _file_name(section)
    rows = _rows(section, records)
    found = []
    panels = {
        PATHS[finder]: _intervals(section, finder)
        for finder in PATHS
        if any(estimator == finder for _, estimator in section.gaps)
    }
    _, svg = gap_against_width(panels, f"{stem}-gap-by-width")
    found.append(
        (
            svg,
            "How far the objective rises above the level, at most: certified gap of every pair, by "
            "width and kind of path. 0 is no rise at all; below 1e-9 the scale is linear.",
        )
    )
    found += _along(folder, design, section, rows, stem)
    shares = {
        f"width {width}": {
            ESTIMATORS[estimator]: one.upper
            for (at, estimator), one in section.gaps.items()
            if at == width and estimator in DISCUSSED
        }
        for width in _shown(section.widths)
    }
    if any(shares.values()):
        _, svg = gap_distribution(shares, f"{stem}-distribution")
        found.append((svg, "Share of pairs whose gap above the level is at most so much."))
    strings = {f"width {width}": _lengths(rows, width) for width in _shown(section.widths)}
    if any(len(columns[0]) for columns in strings.values()):
        _, svg = length_against_level(strings, f"{stem}-length")
        found.append((svg, "Length and beads of the strings against the level."))
    return found


def explore(
    folder: FilePath, design: Design, section: Section, records: Sequence[Record]
) -> list[tuple[str, str]]:
    """Write an explorer of the explicit path and one of the string of a pair, if they were kept.

    Returns
    -------
    list of (str, str)
        Address relative to the folder, and what to call it.
    """
    (folder / "explorers").mkdir(exist_ok=True)
    problem = design.choice(section.problem).problem(design.seed)
    shown = _shown(section.widths)
    width = shown[(len(shown) - 1) // 2]
    pair = _kept_pair(folder, _rows(section, records), width)
    found = []
    for finder in EXPLORED:
        if finder in pair:
            row, address = pair[finder], f"explorers/{_file_name(section)}-{finder}.html"
            path = Path.load(_file(folder, row))
            certificate = certify(problem, path, design.tolerance, level=row.level)
            text = f"{PATHS[finder].capitalize()} between networks {row.first} and {row.second}"
            title = f"{text} of width {width}"
            write_explorer(problem, path, certificate, folder / address, row.level, title)
            found.append((address, title))
    return found


def _along(
    folder: FilePath,
    design: Design,
    section: Section,
    rows: Sequence[Record],
    stem: FilePath,
) -> list[tuple[FilePath, str]]:
    """Draw the objective along the kept paths of the first pair of a few widths."""
    problem = design.choice(section.problem).problem(design.seed)
    found = []
    for width in _shown(section.widths):
        pair = _kept_pair(folder, rows, width)
        if pair:
            paths = {
                PATHS[name]: Path.load(_file(folder, pair[name])) for name in PATHS if name in pair
            }
            file = f"{stem}-along-{width}"
            level = next(iter(pair.values())).level
            _, svg = objective_along_paths(problem, paths, level, file)
            caption = f"Objective along the paths of one pair of width {width}, with its level."
            found.append((svg, caption))
    return found


def _kept_pair(folder: FilePath, rows: Sequence[Record], width: int) -> dict[str, Record]:
    """Return the rows, by finder, of the first pair of a width whose paths are on file."""
    kept = [r for r in rows if r.width == width and r.path and _file(folder, r).exists()]
    return {r.finder: r for r in kept if (r.first, r.second) == (kept[0].first, kept[0].second)}


def _file(folder: FilePath, row: Record) -> FilePath:
    return folder / str(row.path)


def _file_name(section: Section) -> str:
    return re.sub(r"[^a-z0-9]+", "-", f"{section.problem}-{section.rule}".lower())


def _rows(section: Section, records: Sequence[Record]) -> list[Record]:
    return [r for r in records if (r.problem, r.rule) == (section.problem, section.rule)]


def _lengths(rows: Sequence[Record], width: int) -> tuple[Array, Array, Array]:
    part = [r for r in rows if (r.width, r.finder) == (width, "string")]
    return (
        np.array([r.level for r in part]),
        np.array([r.normalized_length for r in part]),
        np.array([r.beads for r in part]),
    )


def _intervals(section: Section, finder: str) -> tuple[Array, Array, Array]:
    parts = [one for (_, estimator), one in section.gaps.items() if estimator == finder]
    return (
        np.concatenate([np.full(len(one.upper), one.width) for one in parts]),
        np.concatenate([one.lower for one in parts]),
        np.concatenate([one.upper for one in parts]),
    )


def _shown(widths: Sequence[int]) -> list[int]:
    """Return the narrowest, the widest and one between."""
    places = np.linspace(0, len(widths) - 1, min(SHOWN_WIDTHS, len(widths)))
    return [widths[round(place)] for place in places]
