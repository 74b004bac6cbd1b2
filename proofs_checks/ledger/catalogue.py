"""The table of claims of ``docs/claims.md``, made from the claims themselves.

``python -m proofs_checks.ledger.catalogue docs/claims.md`` renews it; a test keeps it current.
"""

from __future__ import annotations

import sys
from pathlib import Path

from proofs_checks.claims.registry import all_claims
from proofs_checks.framework.claim import CHAPTERS, Claim

HEADER = """# Claims

Every claim of the theory, the file that checks it, and the hypotheses whose loss the check detects.
*Direction*: an **upper** or **lower** bound; **tight**: a bound that is attained; **exact**: an
equality. *Arithmetic*: **exact** claims run on fractions with zero tolerance for every loss but
the logistic one. A control is the claim without one hypothesis; it must be refuted.

Run them with `relupath verify`. To renew this page:
`python -m proofs_checks.ledger.catalogue docs/claims.md`.
"""


def catalogue() -> str:
    """Return the page."""
    claims = all_claims()
    chapters = [
        f"## {letter}. {title}\n\n" + _table([c for c in claims if c.chapter == letter])
        for letter, title in CHAPTERS.items()
        if any(claim.chapter == letter for claim in claims)
    ]
    return "\n".join([HEADER, *chapters])


def _table(claims: list[Claim]) -> str:
    head = (
        "| id | claim | direction | arithmetic | controls | source |\n|---|---|---|---|---|---|\n"
    )
    return head + "".join(map(_row, claims))


def _row(claim: Claim) -> str:
    file = claim.module.replace(".", "/") + ".py"
    controls = "; ".join(control.dropped for control in claim.controls)
    arithmetic = "exact" if claim.exact else "float64"
    cells = (
        claim.id,
        f"[{claim.title}](../{file})",
        claim.direction,
        arithmetic,
        controls,
        claim.source,
    )
    return "| " + " | ".join(cell.replace("|", r"\|") for cell in cells) + " |\n"


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(catalogue(), encoding="utf-8")
