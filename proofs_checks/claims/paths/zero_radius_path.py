"""P5. With compressions on the ends' own rows, the largest node is the path's exact maximum.

At ``r = 0`` the bridge term vanishes, whatever the loss. On every segment of ``theorem_path``
either W is fixed or only idle rows move, so F is convex along it and ::

    max over the whole path of F  =  largest node value
                                  <=  max{F(A), F(B), F(reference), F(comp_A), F(comp_B)}

**Direction:** exact (the maximum over a continuum is a maximum over nodes), upper.

**Source:** docs/theory/04-paths.md, P5.

**Control:** compressions on rows that moved: then a segment rises above its ends.
"""

from __future__ import annotations

from typing import Any

from proofs_checks.framework.claim import Claim, Control
from proofs_checks.framework.measurement import Measurement, at_most, check_true, worst
from proofs_checks.framework.rounding import OUTWARD
from proofs_checks.framework.target import Target
from proofs_checks.strategies.witnesses import (
    Witnesses,
    handovers,
    harmless,
    max_along_path,
    witnesses,
)


def measure(target: Target, case: Witnesses) -> Measurement:
    """Check the kind of every segment, the interior of each, and the largest node."""
    problem, a, b, reference, pair = case.build(target)
    path = case.path(target)[1]
    largest = max(problem.value(node) for node in path.nodes)
    level = max(problem.value(net) for net in (a, b, reference, *pair))
    rounding = 4 * case.problem.rounding(target, a, b, reference, *pair, *path.nodes)
    bound = target.theorem_bound(problem, a, b, reference=reference, compressed=pair)
    return worst(
        check_true(all(harmless(*ends) for ends in path.segments), "only idle rows move"),
        at_most(
            max_along_path(problem, path), largest, rounding, "interior against the largest node"
        ),
        at_most(largest, level, rounding, "largest node against the witnesses"),
        at_most(bound, level + OUTWARD * rounding, 0, "theorem_bound at r = 0"),
    )


def rows_moved(target: Target, case: Witnesses) -> Measurement:
    """Compare the interior with the nodes where the compressions' rows moved."""
    problem, path = case.path(target)
    largest: Any = max(problem.value(node) for node in path.nodes)
    return at_most(max_along_path(problem, path), largest, 0, "interior against the largest node")


CLAIM = Claim(
    id="P5",
    title="With compressions on the ends' own rows, the largest node is the path's exact maximum",
    source="theory P5",
    direction="exact",
    cases=witnesses(moved=False),
    measure=measure,
    controls=(Control("r = 0", handovers(), rows_moved),),
    module=__name__,
    examples=80,
)
