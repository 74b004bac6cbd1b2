"""The few pieces of HTML a report is made of: a page, a table, an inlined figure."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from pathlib import Path as FilePath

STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 76rem; margin: 2rem auto; padding: 0 1rem;
       color: #1a1a1a; background: #fff; }
h1, h2, h3 { line-height: 1.2; } h2 { margin-top: 3rem; border-bottom: 1px solid #999; }
table { border-collapse: collapse; margin: 1rem 0; font-size: 0.8rem; }
caption { text-align: left; font-weight: 600; padding: 0.3rem 0; }
th, td { padding: 0.15rem 0.5rem; text-align: right; border-bottom: 1px solid #ddd; }
td { white-space: nowrap; } tr.next td { border-top: 1.5px solid #888; }
p, li { max-width: 64rem; }
th.text, td.text { text-align: left; }
thead th { border-bottom: 2px solid #333; vertical-align: bottom; }
tr.published td { font-style: italic; background: #f0f0f0; }
figure { margin: 1.5rem 0; break-inside: avoid; } img { max-width: 100%; height: auto; }
figcaption, .note { font-size: 0.9rem; color: #444; }
.scroll { overflow-x: auto; } pre { white-space: pre-wrap; overflow-wrap: anywhere; }
@page { size: A4 landscape; margin: 14mm; }
@media print { body { max-width: none; margin: 0; font-size: 10pt; } h2 ~ h2 { break-before: page; }
               table { font-size: 8pt; } tr { break-inside: avoid; } .scroll { overflow: visible; }
               figure img { max-height: 80mm; } }
"""


def page(title: str, parts: Iterable[str]) -> str:
    """Return a whole page that needs no other file."""
    body = "\n".join(parts)
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{STYLE}</style></head>\n"
        f"<body><h1>{escape(title)}</h1>\n{body}\n</body></html>\n"
    )


def table(
    caption: str,
    rows: Sequence[Mapping[str, object]],
    published: Sequence[Mapping[str, object]] = (),
) -> str:
    """Return a table whose columns are the keys of the first row; nothing for no rows.

    Published rows come first, set apart; a cell they lack stays empty. A line marks where the
    first column changes.
    """
    if not rows:
        return ""
    heads = list(rows[0])
    body = [_line(row, heads, ' class="published"') for row in published]
    for k, row in enumerate(rows):
        starts_group = k == 0 or row[heads[0]] != rows[k - 1][heads[0]]
        body.append(_line(row, heads, ' class="next"' if starts_group else ""))
    titles = "".join(f'<th scope="col"{_kind(rows[0][head])}>{escape(head)}</th>' for head in heads)
    return (
        f'<div class="scroll"><table><caption>{escape(caption)}</caption>'
        f"<thead><tr>{titles}</tr></thead>\n<tbody>{''.join(body)}</tbody></table></div>"
    )


def figure(svg: FilePath, caption: str) -> str:
    """Return an SVG file inlined, with its caption."""
    data = base64.b64encode(svg.read_bytes()).decode()
    return (
        f'<figure><img alt="{escape(caption)}" src="data:image/svg+xml;base64,{data}">'
        f"<figcaption>{escape(caption)}</figcaption></figure>"
    )


def links(files: Sequence[tuple[str, str]]) -> str:
    """Return a list of links to files beside the page, given as (address, text); none: nothing."""
    items = [f'<li><a href="{escape(file)}">{escape(text)}</a></li>' for file, text in files]
    return f"<ul>{''.join(items)}</ul>" if items else ""


def number(value: float) -> str:
    """Write a number with two digits; 0 only if it is exactly 0, nothing for NaN."""
    if value != value:
        return ""
    return "0" if value == 0 else f"{value:.2g}"


def interval(bounds: tuple[float, float]) -> str:
    """Write an interval; nothing where it is not a number."""
    return "" if bounds[0] != bounds[0] else f"{number(bounds[0])} to {number(bounds[1])}"


def _line(row: Mapping[str, object], heads: Sequence[str], kind: str) -> str:
    cells = "".join(
        f"<td{_kind(row.get(head, 0))}>{escape(str(row.get(head, '')))}</td>" for head in heads
    )
    return f"<tr{kind}>{cells}</tr>\n"


def _kind(value: object) -> str:
    """Return the attribute that sets words left, numbers right."""
    return ' class="text"' if str(value)[:1].isalpha() else ""
