"""The ledger as one self-contained page: what was claimed, what was tried, what was found."""

from __future__ import annotations

from html import escape
from typing import Any

from proofs_checks.framework.claim import CHAPTERS

# Okabe-Ito colours, told apart by every common colour vision; a sign repeats what they say.
VERDICTS = {
    "holds": ("&#10003;", "#00664b", "no counterexample found, every control refuted"),
    "refuted as printed": ("&#10003;", "#00664b", "corrected form holds, the printed one fails"),
    "reported": ("&#9675;", "#0a4f87", "recorded, nothing asserted"),
    "undecided": ("?", "#8a4b00", "rounding, or a control not refuted, leaves it open"),
    "refuted": ("&#10007;", "#9b2d00", "a counterexample was found"),
    "skipped": ("&#8211;", "#555555", "the implementation lacks a name it needs"),
}

STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; color: #1a1a1a; background: #fff; margin: 0 auto;
       max-width: 72rem; padding: 1.5rem 1rem 4rem; }
h1 { font-size: 1.6rem; margin-bottom: .25rem } h2 { font-size: 1.15rem; margin: 2rem 0 .5rem }
table { border-collapse: collapse; width: 100% }
caption { text-align: left; color: #444; padding: .25rem 0 }
th, td { text-align: left; vertical-align: top; padding: .4rem .6rem;
         border-bottom: 1px solid #ccc }
th { background: #f3f3f3 } td.number { text-align: right; font-variant-numeric: tabular-nums }
.verdict { font-weight: 600; white-space: nowrap }
code { font: .82rem/1.4 ui-monospace, monospace; white-space: pre-wrap; overflow-wrap: anywhere }
summary { cursor: pointer } .source { color: #444; font-size: .88rem }
dt { font-weight: 600; display: inline } dd { display: inline; margin: 0 1.2rem 0 .3rem }
@media print { details > summary { list-style: none } body { max-width: none; font-size: 10pt }
  tr { break-inside: avoid } }
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
<p>Implementation <strong>{escape(record["target"])}</strong>, seed {record["seed"]}.
{len(claims)} claims: {escape(said)}. Controls refuted: {found} of {len(controls)}.</p>
<p>A <em>ratio</em> is the worst case's measured value over its bound: at most 1 where the claim
holds, 1 where the bound is attained. A <em>control</em> is the claim without one hypothesis; its
counterexample shows that the check can fail. <em>Exact</em> claims compute with fractions and
allow no tolerance at all.</p>
<dl>{_legend()}</dl>
{chapters}</body></html>
"""


def _legend() -> str:
    return "".join(
        f'<dt style="color:{colour}">{sign} {verdict}</dt><dd>{meaning}</dd>'
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
<td class="verdict" style="color:{colour}">{sign} {escape(claim["verdict"])}</td>
<td class="number">{shown}</td><td class="number">{claim["examples"]}</td>
<td>{"exact" if claim["exact"] else "float64"}</td>
<td><details><summary>worst case</summary><code>{escape(claim["worst_case"])}</code></details>
{controls}</td><td class="number">{claim["seconds"]:.1f}</td></tr>
"""


def _control(control: dict[str, Any]) -> str:
    said = "without" if control["refuted"] else "NOT refuted without"
    return (
        f"<details><summary>{said}: {escape(control['dropped'])}</summary>"
        f"<code>{escape(control['case'])}</code></details>"
    )
