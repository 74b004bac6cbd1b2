"""One self-contained HTML page per run: the answer, findings, figures, and tables on demand.

The page needs no network and no other file; its links to explorers lead into the run's folder. It
is rebuilt from that folder alone, finished or not.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass, fields
from html import escape
from pathlib import Path as FilePath

from reference.model.version import __version__
from reference.report.aggregate import sections
from reference.report.answer import answer
from reference.report.findings import findings
from reference.report.glossary import glossary
from reference.report.html import details, figure, links, page
from reference.report.html_tables import (
    comparison_table,
    cost_table,
    definition_table,
    gap_table,
    string_table,
    theory_bound_table,
)
from reference.report.section import Section
from reference.report.study_figures import draw, explore
from reference.study.database import Records
from reference.study.design import Design
from reference.study.record import PoolRecord, Record

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
    found = sections(rows, design)
    drawn = [draw(folder, design, section, rows) for section in found]
    parts = [_head(design, len(rows), planned)]
    if found:
        sentences = "".join(f"<li>{escape(sentence)}</li>" for sentence in answer(found[0]))
        lead = figure(*drawn[0].pop(0))
        parts.append(f'<div class="figures">{lead}<ul class="answer">{sentences}</ul></div>')
    parts.append(glossary(design))
    lines = []
    for section, figures in zip(found, drawn, strict=True):
        said = findings(section)
        lines += [section.title, *(f"  {sentence}" for sentence in said)]
        parts += _section(section, said, figures, pools)
        parts.append(explorer_list(explore(folder, design, section, rows)))
        parts.append(details("Theory bounds", theory_bound_table(design, section, pools)))
    parts.append(f"<h2>Cost and settings</h2>{_closing(design, code, rows)}")
    parts.append(details("Seconds", cost_table(design, rows, costs, pools)))
    parts.append(details("Settings", f"<pre>{escape(design.to_json())}</pre>"))
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


def _section(
    section: Section,
    said: Sequence[str],
    figures: Iterable[tuple[FilePath, str]],
    pools: Sequence[PoolRecord],
) -> list[str]:
    """Return a section's findings, main table and figures, and its other tables on demand."""
    listed = "".join(f"<li>{escape(sentence)}</li>" for sentence in said)
    shown = "".join(figure(svg, caption) for svg, caption in figures)
    return [
        f"<h2>{escape(section.title)}</h2><h3>Findings</h3><ul>{listed}</ul>",
        gap_table(section, pools),
        f'<div class="figures">{shown}</div>' if shown else "",
        details("Narrow against wide: tests", comparison_table(section)),
        details("How the strings grew", string_table(section)),
        details("Three definitions of a barrier", definition_table(section)),
    ]


def _head(design: Design, done: int, planned: int) -> str:
    """Return the question, and whether the run is unfinished."""
    state = (
        f"<p><strong>Unfinished: {done} of {planned} paths measured so far. The same command "
        "goes on.</strong></p>"
    )
    return (state if done < planned else "") + (
        "<p>How far must the objective <em>F</em> (mean loss plus penalty) rise on a path "
        "between two trained networks? Every <em>certified</em> number here bounds the maximum "
        "of <em>F</em> over a whole continuous path from above, in exact arithmetic at the "
        "path's stored nodes.</p>"
        f'<p class="note">{done} paths, seed {design.seed}.</p>'
    )


def _closing(design: Design, code: str, rows: Iterable[Record]) -> str:
    """Return what computed the numbers, how far they are reproducible, and how to cite them."""
    environments = sorted({row.environment for row in rows}) or ["nothing yet"]
    return (
        f"<p>Measured by relupath {escape(code)}: the version, then a digest of its source files, "
        "so that numbers of different code are told apart. With the same code, NumPy, BLAS "
        "library and kind of processor, the settings give every number again, bit for bit; "
        f"elsewhere the networks' last digits may differ. Computed with: "
        f"{escape('; '.join(environments))}.</p>"
        f"<p>To cite: relupath {escape(__version__)}, reference implementation of "
        f"arXiv:2602.17596, study {escape(design.name)}, seed {design.seed}. The file CITATION.cff "
        "of the sources holds the full entry.</p>"
    )
