"""The few pieces of HTML a report is made of: a page, a table, an inlined figure."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from pathlib import Path as FilePath

STYLE = """
:root { color-scheme: light dark; --text: #1a1a1a; --back: #fff; --soft: #444; --line: #ccc;
        --strong: #767676; --raised: #f0f0f0; --link: #0a4f87; }
@media (prefers-color-scheme: dark) { :root { --text: #e8e8e8; --back: #161616; --soft: #bbb;
        --line: #444; --strong: #999; --raised: #262626; --link: #8ec5f4; } }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 76rem; margin: 2rem auto; padding: 0 1rem;
       color: var(--text); background: var(--back); overflow-wrap: break-word; }
a { color: var(--link); }
h1, h2, h3 { line-height: 1.2; }
h2 { margin-top: 3rem; border-bottom: 1px solid var(--strong); }
table { border-collapse: collapse; margin: 1rem 0; font-size: 0.8rem; }
caption { text-align: left; font-weight: 600; padding: 0.3rem 0; }
th, td { padding: 0.15rem 0.5rem; text-align: right; border-bottom: 1px solid var(--line); }
td { white-space: nowrap; } tr.next td { border-top: 1.5px solid var(--strong); }
p, li { max-width: 48rem; }
th.text, td.text { text-align: left; }
thead th { border-bottom: 2px solid var(--text); vertical-align: bottom; }
tr.published td { font-style: italic; background: var(--raised); }
.figures { display: grid; gap: 1rem;
           grid-template-columns: repeat(auto-fit, minmax(min(100%, 26rem), 1fr)); }
figure { margin: 1.5rem 0; break-inside: avoid; }
img { max-width: 100%; height: auto; background: #fff; border-radius: 4px; }
figcaption, .note { font-size: 0.9rem; color: var(--soft); max-width: 48rem; }
details { margin: 0.8rem 0; } summary { cursor: pointer; font-weight: 600; padding: 0.2rem 0; }
.answer { padding-left: 1.2rem; } .answer li { margin: 0.6rem 0; font-size: 1.05rem; }
.words { columns: 2 26rem; column-gap: 2rem; } dt { font-weight: 600; margin-top: 0.4rem; }
dd { margin: 0 0 0 1rem; break-before: avoid; }
.scroll { overflow-x: auto; } pre { white-space: pre-wrap; overflow-wrap: anywhere; }
@page { size: A4 landscape; margin: 14mm; }
@media print { :root { color-scheme: light; --text: #000; --back: #fff; --soft: #333; --line: #ccc;
               --strong: #767676; --raised: #f0f0f0; --link: #000; }
               body { max-width: none; margin: 0; font-size: 10pt; }
               table { font-size: 7.5pt; } tr { break-inside: avoid; }
               td { white-space: normal; } .scroll { overflow: visible; }
               h2, h3, caption, summary { break-after: avoid; }
               details::details-content { content-visibility: visible; height: auto; }
               .figures { grid-template-columns: 1fr 1fr; } figure img { max-height: 105mm; } }
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

    A column that is empty in every row is left out.

    Published rows come first, set apart; a cell they lack stays empty. A line marks where the
    first column changes.
    """
    if not rows:
        return ""
    every = [*published, *rows]
    heads = [head for head in rows[0] if any(str(row.get(head, "")) for row in every)]
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


def details(summary: str, content: str) -> str:
    """Return content that opens on demand, and in print; nothing for no content."""
    if not content:
        return ""
    return f"<details><summary>{escape(summary)}</summary>{content}</details>"


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
