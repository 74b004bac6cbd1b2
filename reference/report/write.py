"""One self-contained HTML page per run: findings, tables beside the published ones, figures.

The page needs no network and no other file; its links to explorers lead into the run's folder. It
is rebuilt from that folder alone, finished or not.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass, fields
from html import escape
from pathlib import Path as FilePath

from reference.report.aggregate import sections
from reference.report.findings import findings
from reference.report.html import figure, links, page
from reference.report.html_tables import (
    comparison_table,
    cost_table,
    definition_table,
    gap_table,
    string_table,
    theory_bound_table,
)
from reference.report.study_figures import draw, explore
from reference.study.database import Records
from reference.study.design import Design
from reference.study.record import Record

PAGE = "index.html"
TABLE = "records.csv"


@dataclass(frozen=True)
class Report:
    """The page written, and its findings as lines of text."""

    page: FilePath
    lines: tuple[str, ...]


def write_report(folder: FilePath, expected: Design | None = None) -> Report:
    """Write a run's figures, explorers, CSV and page.

    Parameters
    ----------
    folder : path
        The run's folder.
    expected : Design, optional
        The study the caller ran; by default whatever the folder holds.

    Raises
    ------
    ValueError, OSError
        If the folder holds no readable run, or another study than the one expected.
    """
    with Records(folder) as records:
        design, code, planned = records.study()
        rows, costs, pools = records.read(), records.costs(), records.pools()
    if expected is not None and design != expected:
        raise ValueError(
            f"{folder}: found another study that has been run here since, allowed is the one that "
            "this command ran; its records are kept, and the same command goes on"
        )
    write_csv(rows, folder / TABLE)
    parts, lines = [_head(design, code, len(rows), planned)], []
    for section in sections(rows, design):
        said = findings(section)
        lines += [section.title, *(f"  {sentence}" for sentence in said)]
        listed = "".join(f"<li>{escape(sentence)}</li>" for sentence in said)
        parts.append(f"<h2>{escape(section.title)}</h2><h3>Findings</h3><ul>{listed}</ul>")
        parts.append(gap_table(section, pools))
        parts.extend(figure(svg, caption) for svg, caption in draw(folder, design, section, rows))
        parts.append(explorer_list(explore(folder, design, section, rows)))
        parts += [comparison_table(section), string_table(section), definition_table(section)]
        parts.append(theory_bound_table(design, section, pools))
    parts.append(f"<h2>Cost</h2>{cost_table(design, rows, costs, pools)}")
    parts.append(
        "<h2>Settings</h2><p>With the same code, NumPy, BLAS library and kind of processor, these "
        "settings give every number again, bit for bit; elsewhere the last digits of the networks "
        f"may differ. Computed with: {escape('; '.join(_environments(rows)))}.</p>"
        f"<pre>{escape(design.to_json())}</pre>"
    )
    file = folder / PAGE
    file.write_text(page(f"Energy gaps: {design.name} study", parts), encoding="utf-8")
    return Report(file, tuple(lines))


def write_csv(records: Iterable[Record], file: FilePath) -> None:
    """Write records as CSV, one row per path; equal records give equal files."""
    with open(file, "w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow([item.name for item in fields(Record)])
        writer.writerows(astuple(record) for record in records)


def explorer_list(explorers: Sequence[tuple[str, str]]) -> str:
    """Return links to pages with a slider along a path; nothing for none."""
    if not explorers:
        return ""
    return f"<h3>Walk along a path</h3>{links(explorers)}"


def _environments(rows: Iterable[Record]) -> list[str]:
    """Return what the records were computed with; several on mixed machines."""
    return sorted({row.environment for row in rows}) or ["nothing yet"]


def _head(design: Design, code: str, done: int, planned: int) -> str:
    state = (
        f"<p><strong>Unfinished: {done} of {planned} paths measured so far. The same command "
        "goes on.</strong></p>"
    )
    return (state if done < planned else "") + (
        "<p>How far must the objective <em>F</em> (mean loss plus penalty) rise on a path "
        "between two trained networks? Every <em>certified</em> number here bounds the maximum "
        "of <em>F</em> over a whole continuous path from above, in exact arithmetic at the "
        "path's stored nodes. A certified gap of 0 says that the two networks lie in one "
        "component of the sublevel set.</p>"
        f'<p class="note">{done} paths, seed {design.seed}, relupath {escape(code)}.</p>'
    )
