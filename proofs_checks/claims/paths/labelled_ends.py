"""P6. The path joins A to B as labelled arrays, inside the domain.

The first node of the path equals A and the last equals B entry by entry; a permuted copy of B is
the same function and another point. Every node has its rows in the domain, decided in exact
arithmetic; the domain is convex, so the whole path is inside.

**Direction:** exact.

**Source:** docs/theory/04-paths.md, P6.

**Controls:** B replaced by a permuted copy; rows outside the ball.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np

from proofs_checks.framework.cases import Weights
from proofs_checks.framework.claim import Claim, Control
from proofs_checks.framework.measurement import Measurement, check_true, worst
from proofs_checks.framework.target import Target
from proofs_checks.strategies.witnesses import (
    Witnesses,
    handovers,
    inside,
    labelled,
    same_arrays,
    witnesses,
)


def measure(target: Target, case: Witnesses) -> Measurement:
    """Check ends and nodes, and that the target's own decision of membership agrees."""
    problem, a, b = case.build(target)[:3]
    path = case.path(target)[1]
    return worst(
        *labelled(case.problem.domain, path, a, b),
        check_true(problem.domain.contains(a.W), "contains, an end"),
        *membership(case.problem.domain, problem.domain, a.W),
    )


def membership(name: str, domain: Any, W: np.ndarray) -> list[Measurement]:
    """Compare the target's decision with the exact one, far outside and one ulp from the border."""
    ulp = type(W[0, 0])(Fraction(1, 2**52))
    axis, longer, turned = W.copy(), W.copy(), W.copy()
    axis[0] = 0 * W[0]
    axis[0, 0] = 1 + 0 * W[0, 0]
    longer[0] = axis[0] * (1 + ulp)
    turned[-1, -1] = W[-1, -1] + ulp + abs(W[-1, -1]) * ulp
    rows = {
        "rows doubled": 2 * W,
        "a unit row": axis,
        "a row one ulp too long": longer,
        "the last entry one ulp larger": turned,
    }
    return [
        check_true(bool(domain.contains(other)) == inside(name, other), f"contains, {said}")
        for said, other in rows.items()
    ]


def permuted_end(target: Target, case: Witnesses) -> Measurement:
    """Walk to B with its neurons in reverse order and ask whether B is reached."""
    turned = case.b.permuted(tuple(reversed(range(case.b.width))))
    pair = (case.compressed[0], case.compressed[1].permuted(tuple(reversed(range(turned.width)))))
    path = replace(case, b=turned, compressed=pair).path(target)[1]
    end = case.problem.network(target, case.b)
    return check_true(same_arrays(path.nodes[-1], end), "the path ends at B, array for array")


def outside(target: Target, case: Witnesses) -> Measurement:
    """Double the rows of a node and ask whether it is in the domain."""
    problem = case.problem.build(target)
    far = Weights(tuple(tuple(2 * w for w in row) for row in case.a.W), case.a.theta)
    node = case.problem.network(target, far)
    return check_true(problem.domain.contains(node.W), "a node with doubled rows is in the domain")


CLAIM = Claim(
    id="P6",
    title="The path joins A to B as labelled arrays, inside the domain",
    source="theory P6",
    direction="exact",
    cases=witnesses(moved=False),
    measure=measure,
    controls=(
        Control("B itself, not a permuted copy", handovers(), permuted_end),
        Control("rows in the ball (doubled)", handovers(), outside),
    ),
    module=__name__,
    examples=80,
)
