"""P7. Two ends that are sparse enough together need no reference: the barrier is exactly 0.

If A and B have ``s_A + s_B <= m`` active neurons (perhaps after a refit that did not raise F), move
the active rows of B onto idle rows of A, pass from A's coefficients to B's on one output segment,
and relabel. Every segment is of kind P1 or P2, so over the whole path ::

    max F = max{F(A), F(B)}

**Direction:** exact.

**Source:** docs/theory/04-paths.md, P7.

**Control:** ``s_A + s_B > m``: where all neurons may be active, rows and coefficients have to move
together, and the segment rises above its ends.
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
from proofs_checks.strategies.general import (
    SMALL,
    Draw,
    networks,
    pick,
    problems,
    two_networks,
)
from proofs_checks.strategies.witnesses import harmless, labelled, max_along_path


@dataclass(frozen=True)
class Case:
    """Two ends whose active movable neurons fit into the width side by side."""

    problem: ProblemCase
    a: Weights
    b: Weights

    def build(self, target: Target) -> tuple[Any, Any, Any]:
        """Return the target's problem and ends."""
        return TwoNetworks(self.problem, self.a, self.b).build(target)


@st.composite
def cases(draw: Draw) -> Case:
    """Draw ends of width at most 4; neuron by neuron at most one of them carries a coefficient.

    Then B may be reversed, so that active slots of the two may coincide.
    """
    problem = draw(problems())
    frozen = problem.domain == "NormalizedWeights"
    a = draw(networks(problem, width=draw(pick(1, 2, 3, 4)) + frozen))
    b = draw(networks(problem, width=a.width))
    owner = [draw(pick("a", "b", "neither")) for _ in range(a.width - frozen)]
    kept = [
        Weights(
            net.W,
            tuple(
                c if i >= len(owner) or owner[i] == name else Fraction(0)
                for i, c in enumerate(net.theta)
            ),
        )
        for name, net in (("a", a), ("b", b))
    ]
    order = (
        tuple(reversed(range(len(owner)))) if draw(pick(False, True)) else tuple(range(len(owner)))
    )
    return Case(problem, kept[0], kept[1].permuted((*order, *range(len(owner), a.width))))


def splice(target: Target, a: Any, b: Any, frozen: int) -> list[Any]:
    """Return the nodes from a to b: place B's rows, switch the output layer, relabel, tidy up."""
    movable = len(a.theta) - frozen
    idle = [i for i in range(movable) if a.theta[i] == 0]
    homes = [i for i in range(movable) if b.theta[i] != 0]
    detours = [i for i in idle if i not in homes]
    slots = {home: home if home in idle else detours.pop() for home in homes}
    placed = target.move_idle(a, {slots[home]: b.W[home] for home in homes}, frozen)
    theta = 0 * a.theta
    theta[movable:] = b.theta[movable:]
    for home in homes:
        theta[slots[home]] = b.theta[home]
    switched = target.Network(placed.W, theta)
    relabelled = target.relabel(switched, {slots[home]: home for home in homes}, frozen)
    rest = {i: b.W[i] for i in range(movable) if i not in homes}
    return [a, placed, *relabelled, target.move_idle(relabelled[-1], rest, frozen)]


def measure(target: Target, case: Case) -> Measurement:
    """Walk the splice and compare its maximum with the ends."""
    problem, a, b = case.build(target)
    frozen = int(case.problem.domain == "NormalizedWeights")
    path = target.Path(splice(target, a, b, frozen))
    level = max(problem.value(a), problem.value(b))
    rounding = 4 * case.problem.rounding(target, *path.nodes)
    return worst(
        *connected(target, case),
        *labelled(case.problem.domain, path, a, b),
        check_true(all(harmless(*ends) for ends in path.segments), "only idle rows move"),
        equal(max_along_path(problem, path), level, rounding, "maximum over the path"),
    )


def connected(target: Target, case: Case) -> list[Measurement]:
    """Ask `connect` for its own path, in float64: it may rise by its own rounding bounds alone."""
    plain = Target(target.module, target.name)
    problem, a, b = case.build(plain)
    link = plain.connect(problem, a, b)
    certificate = link.certificate
    rounding = 2 * float(np.max(certificate.node_upper - certificate.node_lower))
    return [
        *labelled(case.problem.domain, link.path, a, b),
        at_least(link.gap, 0, 0, "gap of connect"),
        at_most(link.gap, rounding, 0, "gap of connect"),
    ]


def no_room(target: Target, case: TwoNetworks) -> Measurement:
    """Let all neurons of both ends be active, so that rows and coefficients move together."""
    problem, a, b = case.build(target)
    level = max(problem.value(a), problem.value(b))
    return equal(max_along_path(problem, target.Path([a, b])), level, 0, "no idle rows")


CLAIM = Claim(
    id="P7",
    title="Two ends that are sparse enough together need no reference: the barrier is exactly 0",
    source="theory P7",
    direction="exact",
    cases=cases(),
    measure=measure,
    controls=(Control("s_A + s_B <= m", two_networks(width_at_most=2, **SMALL), no_room),),
    module=__name__,
)
