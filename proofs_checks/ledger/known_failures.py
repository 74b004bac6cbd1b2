"""Known failures: an implementer's list of claims that do not hold yet, each with its reason.

The file has one line for each, ``P3: bridge not implemented``; ``#`` starts a comment. An entry
that no longer fails, or names no claim, is stale and refused: the list can only shrink honestly.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from proofs_checks.claims.registry import all_claims
from proofs_checks.framework.verdict import ClaimResult


def read_known_failures(file: str | os.PathLike[str]) -> dict[str, str]:
    """Return claim id -> reason.

    Raises
    ------
    ValueError
        If a line has no reason, names no claim, or repeats one.
    OSError
        If the file cannot be read.
    """
    known: dict[str, str] = {}
    claims = [claim.id for claim in all_claims()]
    for number, line in enumerate(Path(file).read_text(encoding="utf-8").splitlines(), start=1):
        entry = line.partition("#")[0].strip()
        if not entry:
            continue
        claim, _, reason = (part.strip() for part in entry.partition(":"))
        place = f"{os.fspath(file)}, line {number}"
        if claim not in claims:
            raise ValueError(f"{place}: found claim {claim!r}, allowed are {', '.join(claims)}")
        if not reason:
            raise ValueError(f"{place}: found no reason for {claim}, allowed is 'claim: reason'")
        if claim in known:
            raise ValueError(f"{place}: found {claim} twice, allowed is one line for each claim")
        known[claim] = reason
    return known


def stale_entries(known: Mapping[str, str], results: Sequence[ClaimResult]) -> list[str]:
    """Return the known failures that were tried and did not fail."""
    return [result.id for result in results if result.id in known and result.passed]
