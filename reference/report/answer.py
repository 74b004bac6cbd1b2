"""The answer of a study in three sentences, computed from one section of its report."""

from __future__ import annotations

import numpy as np

from reference.model.exact_arithmetic import Array
from reference.report.html import number
from reference.report.section import PATHS, Section


def answer(section: Section) -> list[str]:
    """Return three sentences: what was measured, what the best paths cost, what plain ones cost.

    The best path of a pair is the one whose certified gap is smallest.
    """
    best = np.concatenate([_best(section, width) for width in section.widths])
    zeros, pairs = int((best == 0).sum()), len(best)
    widths = ", ".join(map(str, section.widths))
    measured = (
        f"{pairs} {'pair was' if pairs == 1 else 'pairs were'} joined by paths at "
        f"{'width' if len(section.widths) == 1 else 'widths'} {widths} "
        f"({section.problem}); the question is whether the objective must rise above the level "
        "between the two networks of a pair."
    )
    if zeros == pairs:
        found = (
            "For every pair measured it need not: a path was found on which it is proven never to "
            "exceed the level."
        )
    else:
        found = (
            f"For {zeros} of {pairs} pairs it need not: a path was found on which it is proven "
            f"never to exceed the level; for the others the best path rises by at most "
            f"{number(float(best.max()))}."
        )
    return [measured, found, _plain(section)]


def _best(section: Section, width: int) -> Array:
    """Return each pair's smallest certified gap at one width, or one finder's if pairs differ."""
    gaps = {name: one.upper for (at, name), one in section.gaps.items() if at == width}
    if "best" in gaps:
        return gaps["best"]
    certified = [gaps[name] for name in ("explicit", *PATHS) if name in gaps]
    return certified[0]


def _plain(section: Section) -> str:
    """Say what the straight lines cost, or else the most expensive finder's paths."""
    largest = {
        name: max(one.upper.max() for (_, at), one in section.gaps.items() if at == name)
        for name in PATHS
        if any(at == name for _, at in section.gaps)
    }
    name = "straight" if "straight" in largest else max(largest, key=lambda key: largest[key])
    values = np.concatenate([one.upper for (_, at), one in section.gaps.items() if at == name])
    return (
        f"Along the {PATHS[name]} the rise is at most {number(float(np.median(values)))} for the "
        f"median pair and at most {number(float(values.max()))} for every pair."
    )
