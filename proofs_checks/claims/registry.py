"""Every claim, found in the folders of the chapters, in the order of the theory page."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Sequence

from proofs_checks import claims
from proofs_checks.framework.claim import Claim


def all_claims() -> tuple[Claim, ...]:
    """Return every claim of `proofs_checks.claims`, in the order of the theory page."""
    names = [
        item.name
        for item in pkgutil.walk_packages(claims.__path__, f"{claims.__name__}.")
        if not item.ispkg and item.name != __name__
    ]
    found = (importlib.import_module(name).CLAIM for name in names)
    return tuple(sorted(found, key=lambda claim: claim.order))


def find_claims(ids: Sequence[str] | None = None) -> tuple[Claim, ...]:
    """Return the claims with these ids, or all of them.

    Raises
    ------
    ValueError
        If there is no claim of that id.
    """
    everything = all_claims()
    known = {claim.id: claim for claim in everything}
    for name in ids or ():
        if name not in known:
            raise ValueError(f"claim: found {name!r}, allowed are {', '.join(known)}")
    return tuple(claim for claim in everything if not ids or claim.id in ids)
