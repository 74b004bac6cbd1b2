"""S4. Both halves of a divided segment are repaired, and what is reported is what was done.

Every segment above the level is divided until the limit of depth. So one more level of depth puts
one bead into every unresolved segment, and touches nothing else::

    beads(d + 1) = beads(d) + unresolved(d),    nodes(d) is a subsequence of nodes(d + 1)
    unresolved(d) = number of segments above the level on the grid

Reported are also ``beads`` (nodes between the ends), ``depth <= d``, ``trained`` and
``normalized_length`` (length over the distance of the ends).

**Direction:** exact.

**Source:** [FB17], Algorithm 1, which as printed returns after repairing one half; theory S4.

**Control:** only the left half of a divided segment is looked at again.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np

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
from proofs_checks.strategies.string_cases import (
    StringCase,
    rounding_along,
    segment_maxima,
    string_cases,
)
from proofs_checks.strategies.witnesses import same_arrays


def measure(target: Target, case: StringCase) -> Measurement:
    """Compare the string with the one of one more level of depth."""
    problem, a, b, string = case.sample(target)
    deeper = case.sample(target, deeper=1)[3]
    nodes = string.path.nodes
    rounding = rounding_along(case, target, string.path)
    rises = [top - string.level for top in segment_maxima(problem, string.path, case.points)]
    surely, maybe = (sum(rise > edge for rise in rises) for edge in (rounding, -rounding))
    return worst(
        equal(deeper.beads, string.beads + string.unresolved, 0, "beads one level deeper"),
        check_true(subsequence(nodes, deeper.path.nodes), "beads stay where they are"),
        at_least(string.unresolved, surely, 0, "unresolved segments"),
        at_most(string.unresolved, maybe, 0, "unresolved segments"),
        equal(string.beads, len(nodes) - 2, 0, "beads"),
        equal(string.trained, string.beads, 0, "trained beads"),
        at_most(string.depth, case.depth, 0, "depth"),
        at_least(2**string.depth, len(nodes) - 1, 0, "segments of that depth"),
        *length(string, a, b),
    )


def length(string: Any, a: Any, b: Any) -> list[Measurement]:
    """Compare the reported length with the nodes'."""
    nodes = string.path.nodes
    steps = [distance(one, two) for one, two in pairwise(nodes)]
    straight = distance(a, b)
    if straight == 0:
        return []
    expected = sum(steps) / straight
    ulps = 1e-15 * (len(nodes) + a.W.size + a.theta.size) * expected
    return [equal(string.normalized_length, expected, ulps, "normalised length")]


def distance(a: Any, b: Any) -> float:
    """Return the Euclidean distance in parameter space."""
    return float(np.hypot(np.linalg.norm(a.W - b.W), np.linalg.norm(a.theta - b.theta)))


def subsequence(nodes: Any, longer: Any) -> bool:
    """Whether the nodes occur in the longer sequence, in order, array for array."""
    rest = iter(longer)
    return all(any(same_arrays(node, other) for other in rest) for node in nodes)


def one_half(target: Target, case: StringCase) -> Measurement:
    """Divide again only the left of two unresolved halves, as printed."""
    problem, _, _, string = case.sample(target)
    rises = [top - string.level for top in segment_maxima(problem, string.path, case.points)]
    repaired = sum(rise > 0 for rise in rises[:1])
    return equal(repaired, string.unresolved, 0, "segments looked at again")


CLAIM = Claim(
    id="S4",
    title="Both halves of a divided segment are repaired, and what is reported is what was done",
    source="[FB17] Algorithm 1; theory S4",
    direction="exact",
    cases=string_cases(),
    measure=measure,
    controls=(
        Control(
            "both halves are looked at again",
            string_cases(
                (1,), losses=("Absolute",), samples_at_most=2, inputs=1, domains=("UnitBall",)
            ),
            one_half,
        ),
    ),
    module=__name__,
    exact=False,
)
