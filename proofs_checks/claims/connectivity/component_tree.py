"""C9. Exact barriers are the merge tree of components.

Let ``lambda_ij`` be the lowest level at which networks i and j lie in one component. Then
``lambda_ik <= max(lambda_ij, lambda_jk)``: known levels are a tree, the H0 persistence of the
sublevels seen from these networks. Of levels bracketed by certificates the merge tree brackets, at
every level, the number of components that hold one of the networks.

Tried where every level is known exactly: one input (C6).

**Direction:** exact.

**Source:** single linkage and the elder rule; docs/theory/06-connectivity.md, C9.

**Control:** levels read off the ends of paths, without what lies between.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from hypothesis import strategies as st

from proofs_checks.framework.cases import ProblemCase, TwoNetworks, Weights
from proofs_checks.framework.claim import Claim, Control
from proofs_checks.framework.measurement import (
    Measurement,
    at_least,
    at_most,
    check_true,
    equal,
    worst,
)
from proofs_checks.framework.target import Target
from proofs_checks.ground_truth.one_dimension import barrier, value
from proofs_checks.strategies.general import Draw, pick, whole
from proofs_checks.strategies.one_input import any_network, near_best, two_sided
from proofs_checks.strategies.small import swaps


@dataclass(frozen=True)
class Case:
    """Networks of one width and one input; how loose the bounds of their levels are."""

    problem: ProblemCase
    networks: tuple[Weights, ...]
    slack: Fraction

    def values(self) -> list[Fraction]:
        """Return F of every network."""
        return [value(self.problem, network) for network in self.networks]

    def levels(self) -> np.ndarray:
        """Return the exact level at which each pair joins."""
        values, pairs = self.values(), len(self.networks)
        levels = np.empty((pairs, pairs), dtype=object)
        for i, j in np.ndindex(pairs, pairs):
            rise = barrier(self.problem, self.networks[i], self.networks[j]) if i != j else 0
            levels[i, j] = max(values[i], values[j]) + rise
        return levels


@st.composite
def cases(draw: Draw) -> Case:
    """Draw three or four networks of width 2, 1 or 3, close to the best of their signs or not."""
    problem, width = draw(two_sided()), draw(pick(2, 1, 3))
    network = draw(pick(near_best(problem, width), any_network(width)))
    drawn = tuple(draw(network) for _ in range(draw(whole(3, 4))))
    return Case(problem, drawn, draw(pick(Fraction(0), Fraction(1, 8), Fraction(3))))


def components(levels: np.ndarray, values: list[Fraction], level: Any) -> int:
    """Count the components at a level by walking from network to network."""
    left, count = [i for i, v in enumerate(values) if v <= level], 0
    while left:
        reached = [left.pop()]
        count += 1
        for i in reached:
            near = [j for j in left if levels[i, j] <= level]
            reached += near
            left = [j for j in left if j not in near]
    return count


def measure(target: Target, case: Case) -> Measurement:
    """Compare the tree of exact levels, and of bracketed ones, with the count at every level."""
    values, levels = case.values(), case.levels()
    tree = target.merge_tree(np.array(values, dtype=object), levels, levels)
    loose = target.merge_tree(
        np.array(values, dtype=object), levels + case.slack, levels - case.slack
    )
    parts = [check_true((tree.upper == levels).all(), "known levels are a tree")]
    for level in sorted({*values, *levels.ravel()}):
        exact = components(levels, values, level)
        alive = sum(
            bar.birth <= level and (bar.death is None or bar.death > level) for bar in tree.bars
        )
        least, most = loose.count(level)
        parts += [
            equal(alive, exact, 0, "bars alive"),
            *(equal(end, exact, 0, "components") for end in tree.count(level)),
            at_most(least, exact, 0, "components, least"),
            at_least(most, exact, 0, "components, most"),
        ]
    return worst(*parts)


def ends_only(target: Target, case: TwoNetworks) -> Measurement:
    """Take the higher end for the level at which two networks join."""
    both = Case(case.problem, (case.a, case.b), Fraction(0))
    values = np.array(both.values(), dtype=object)
    tree = target.merge_tree(values, np.maximum(values[:, None], values[None, :]))
    exact = components(both.levels(), both.values(), max(values))
    return at_least(tree.count(max(values))[1], exact, 0, "components, most")


CLAIM = Claim(
    id="C9",
    title="Exact barriers are the merge tree of components",
    source="single linkage and the elder rule; theory C9",
    direction="exact",
    cases=cases(),
    measure=measure,
    controls=(
        Control("levels along paths, not at ends", swaps(kappas=(Fraction(1, 4),)), ends_only),
    ),
    module=__name__,
    examples=60,
)
