"""P4. Any witnesses give an explicit path, as low as they are plus two bridges.

For every ``l <= m`` and every choice of witnesses (a reference with at most l active neurons; for
each end a compression of width m with at most ``m - l`` active neurons and rows within r of the
end's) the path ``theorem_path`` runs from A to B and satisfies ::

    max F <= Lam + (1/2) (L D / kappa) r (Lam - Rlow)
    Lam = max{F(A), F(B), F(reference), F(compression of A), F(compression of B)}

Minimising over witnesses gives the printed theorem, whose minima cannot be computed.

**Direction:** tight: the bridge of P3 that attains its bound, as the way to a compression.

**Source:** [FB17], Theorem 2.4, and [B26]; docs/theory/04-paths.md, P4.

**Controls:** the straight segment in place of the path; the bridge term left out.
"""

from __future__ import annotations

from typing import Any

from proofs_checks.framework.cases import LIPSCHITZ
from proofs_checks.framework.claim import Claim, Control
from proofs_checks.framework.exact import norm_above
from proofs_checks.framework.measurement import Measurement, at_most, worst
from proofs_checks.framework.rounding import UNIT
from proofs_checks.framework.target import Target
from proofs_checks.ground_truth.constants import feature_scale, is_sharp, stated_constants
from proofs_checks.strategies.general import SMALL, either
from proofs_checks.strategies.witnesses import (
    Witnesses,
    handovers,
    labelled,
    max_along_path,
    witnesses,
)


def level_of(problem: Any, *networks: Any) -> Any:
    """Return the largest objective of the witnesses."""
    return max(problem.value(network) for network in networks)


def measure(target: Target, case: Witnesses) -> Measurement:
    """Compare the rise above the witnesses with the bridge term, and with `theorem_bound`."""
    problem, a, b, reference, pair = case.build(target)
    path = case.path(target)[1]
    level = level_of(problem, a, b, reference, *pair)
    radius = max(
        norm_above(row) for c, end in zip(pair, (a, b), strict=True) for row in c.W - end.W
    )
    slope = type(problem.kappa)(case.problem.lipschitz)
    bound = slope * feature_scale(problem.X) * radius * level / problem.kappa / 2
    rounding = 6 * case.problem.rounding(target, a, b, reference, *pair, *path.nodes)
    if problem.X.dtype != object:
        rounding += (a.W.shape[1] ** 2 + len(problem.y) + 16) * UNIT * bound
    top = max_along_path(problem, path)
    claimed = target.theorem_bound(problem, a, b, reference=reference, compressed=pair)
    stated = worst(*stated_constants(case.problem, problem))
    if stated.verdict == "refuted":
        return stated
    return worst(
        *labelled(case.problem.domain, path, a, b),
        at_most(top - level, bound, rounding, "rise above the witnesses"),
        at_most(top, claimed, rounding, "theorem_bound"),
        is_sharp(claimed, level + bound, level, rounding, "theorem_bound"),
    )


def straight(target: Target, case: Witnesses) -> Measurement:
    """Join the ends directly and compare with the witnesses at r = 0."""
    problem, a, b, reference, pair = case.build(target)
    top = max_along_path(problem, target.Path([a, b]))
    return at_most(top, level_of(problem, a, b, reference, *pair), 0, "straight segment")


def without_bridge(target: Target, case: Witnesses) -> Measurement:
    """Leave the bridge term out although rows moved."""
    problem, a, b, reference, pair = case.build(target)
    top = max_along_path(problem, case.path(target)[1])
    return at_most(top, level_of(problem, a, b, reference, *pair), 0, "no bridge term")


CLAIM = Claim(
    id="P4",
    title="Any witnesses give an explicit path, as low as they are plus two bridges",
    source="[FB17] Theorem 2.4; [B26] main theorem; theory P4",
    direction="tight",
    cases=either(witnesses(moved=True, losses=LIPSCHITZ), handovers()),
    measure=measure,
    controls=(
        Control("the path of the theorem (straight)", witnesses(moved=False, **SMALL), straight),
        Control("the bridge term", handovers(), without_bridge),
    ),
    module=__name__,
    examples=80,
)
