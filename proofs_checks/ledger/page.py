"""The ledger as one self-contained page: what was claimed, what was tried, what was found."""

from __future__ import annotations

from html import escape
from typing import Any

from proofs_checks.framework.claim import CHAPTERS

# Each verdict has a sign, a class of the style sheet and a meaning. The colours are Okabe-Ito's,
# told apart by every common colour vision, lighter on a dark page; the sign repeats what they say.
VERDICTS = {
    "holds": ("&#10003;", "good", "no counterexample found, every control refuted"),
    "refuted as printed": ("&#10003;", "good", "corrected form holds, the printed one fails"),
    "reported": ("&#9675;", "noted", "recorded, nothing asserted"),
    "undecided": ("?", "open", "rounding, or a control not refuted, leaves it open"),
    "refuted": ("&#10007;", "bad", "a counterexample was found"),
    "skipped": ("&#8211;", "quiet", "the implementation lacks a name it needs"),
}

STYLE = """
:root { color-scheme: light dark; --text: #1a1a1a; --back: #fff; --soft: #444; --line: #ccc;
        --raised: #f3f3f3; --good: #00664b; --noted: #0a4f87; --open: #8a4b00; --bad: #9b2d00;
        --quiet: #555 }
@media (prefers-color-scheme: dark) { :root { --text: #e8e8e8; --back: #161616; --soft: #bbb;
        --line: #444; --raised: #262626; --good: #4cc9a0; --noted: #8ec5f4; --open: #eeb04a;
        --bad: #ff9a6b; --quiet: #aaa } }
.good { color: var(--good) } .noted { color: var(--noted) } .open { color: var(--open) }
.bad { color: var(--bad) } .quiet { color: var(--quiet) }
body { font: 16px/1.5 system-ui, sans-serif; color: var(--text); background: var(--back);
       margin: 0 auto; max-width: 72rem; padding: 1.5rem 1rem 4rem; }
h1 { font-size: 1.6rem; margin-bottom: .25rem } h2 { font-size: 1.15rem; margin: 2rem 0 .5rem }
table { border-collapse: collapse; width: 100% }
caption { text-align: left; color: var(--soft); padding: .25rem 0 }
th, td { text-align: left; vertical-align: top; padding: .4rem .6rem;
         border-bottom: 1px solid var(--line) }
th { background: var(--raised) } td.number { text-align: right; font-variant-numeric: tabular-nums }
.verdict { font-weight: 600; white-space: nowrap }
code { font: .82rem/1.4 ui-monospace, monospace; white-space: pre-wrap; overflow-wrap: anywhere }
summary { cursor: pointer } .source { color: var(--soft); font-size: .88rem }
dt { font-weight: 600; display: inline } dd { display: inline; margin: 0 1.2rem 0 .3rem }
@media print { details > summary { list-style: none } body { max-width: none; font-size: 10pt }
  tr { break-inside: avoid }
  :root { color-scheme: light; --text: #000; --back: #fff; --soft: #333; --line: #ccc;
          --raised: #f3f3f3; --good: #00664b; --noted: #0a4f87; --open: #8a4b00; --bad: #9b2d00;
          --quiet: #555 } }
@media screen and (max-width: 44rem) { thead { display: none } tr, td { display: block }
  td { border: 0; padding: .15rem 0 } tr { border-bottom: 1px solid var(--line); padding: .6rem 0 }
  td.number { text-align: left } td[data-label]:not(:empty)::before {
  content: attr(data-label) ": "; color: var(--soft); font-weight: 400 } }
"""


def page(record: dict[str, Any]) -> str:
    """Return the HTML page of a ledger record (the content of ``ledger.json``)."""
    claims = record["claims"]
    counts = {verdict: sum(c["verdict"] == verdict for c in claims) for verdict in VERDICTS}
    said = ", ".join(f"{count} {verdict}" for verdict, count in counts.items() if count)
    controls = [control for claim in claims for control in claim["controls"]]
    found = sum(control["refuted"] for control in controls)
    chapters = "".join(
        _chapter(letter, title, [c for c in claims if c["id"].startswith(letter)])
        for letter, title in CHAPTERS.items()
    )
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Claim ledger of {escape(record["target"])}</title><style>{STYLE}</style></head><body>
<h1>Claim ledger</h1>
{_unfinished(record)}
<p>Implementation <strong>{escape(record["target"])}</strong>, seed {record["seed"]}.
{len(claims)} claims: {escape(said)}. Controls refuted: {found} of {len(controls)}.</p>
<p>A <em>ratio</em> is the worst case's measured value over its bound: at most 1 where the claim
holds, 1 where the bound is attained. A <em>control</em> is the claim without one hypothesis; its
counterexample shows that the check can fail. <em>Exact</em> claims compute with fractions and
allow no tolerance at all.</p>
<dl>{_legend()}</dl>
{chapters}</body></html>
"""


def _unfinished(record: dict[str, Any]) -> str:
    if record.get("complete", True):
        return ""
    return "<p><strong>Unfinished: the run was interrupted; claims are missing.</strong></p>"


def _legend() -> str:
    return "".join(
        f'<dt class="{colour}">{sign} {verdict}</dt><dd>{meaning}</dd>'
        for verdict, (sign, colour, meaning) in VERDICTS.items()
    )


def _chapter(letter: str, title: str, claims: list[dict[str, Any]]) -> str:
    if not claims:
        return ""
    head = "".join(
        f'<th scope="col">{name}</th>'
        for name in ("Claim", "Verdict", "Ratio", "Cases", "Exact", "Found", "Seconds")
    )
    rows = "".join(map(_row, claims))
    return (
        f"<h2>{letter}. {escape(title)}</h2><table><thead><tr>{head}</tr></thead>"
        f"<tbody>{rows}</tbody></table>"
    )


def _row(claim: dict[str, Any]) -> str:
    sign, colour, _ = VERDICTS[claim["verdict"]]
    ratio = claim["worst_ratio"]
    shown = "" if ratio is None else ratio if isinstance(ratio, str) else f"{ratio:.4g}"
    controls = "".join(_control(control) for control in claim["controls"])
    return f"""<tr id="{escape(claim["id"])}">
<td><strong>{escape(claim["id"])}</strong> {escape(claim["title"])}
<div class="source">{escape(claim["direction"])}; {escape(claim["source"])}</div></td>
<td class="verdict {colour}">{sign} {escape(claim["verdict"])}</td>
<td class="number" data-label="Ratio">{shown}</td>
<td class="number" data-label="Cases">{claim["examples"]}</td>
<td data-label="Arithmetic">{"exact" if claim["exact"] else "float64"}</td>
<td><details><summary>worst case</summary><code>{escape(claim["worst_case"])}</code></details>
{controls}</td><td class="number" data-label="Seconds">{claim["seconds"]:.1f}</td></tr>
"""


def _control(control: dict[str, Any]) -> str:
    said = "without" if control["refuted"] else "NOT refuted without"
    return (
        f"<details><summary>{said}: {escape(control['dropped'])}</summary>"
        f"<code>{escape(control['case'])}</code></details>"
    )
