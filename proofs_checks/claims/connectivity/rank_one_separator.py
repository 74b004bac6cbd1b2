"""C8. Two neurons of a plane cannot be swapped without passing rank one, and that has a price.

Let n = m = 2 and let det W_A and det W_B have opposite signs. Every path meets a W of rank at most
one, both rows on one line, so with ``h = max(F(A), F(B))``::

    max F along any path  >=  max(h, inf over rank W <= 1 of F)

`separation_bound` certifies a number no larger than this: it is compared with rank-one networks of
refitted output layers from above, and with the certified maximum of every path found. At m = 3 the
swap goes through the idle neuron and costs nothing.

**Direction:** lower.

**Source:** [FB17], section 2.3.1, with a number; docs/theory/06-connectivity.md, C8.

**Controls:** determinants of one sign (an end and itself); the same bound at m = 3.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
from hypothesis import strategies as st

from proofs_checks.framework.cases import ProblemCase, TwoNetworks, Weights
from proofs_checks.framework.claim import Claim, Control
from proofs_checks.framework.measurement import Measurement, at_least, at_most, worst
from proofs_checks.framework.rounding import OUTWARD
from proofs_checks.framework.target import Target
from proofs_checks.strategies.general import Draw, pick, sphere_rows

CORNERS = ((1, 1), (1, -1), (-1, 1), (-1, -1))
DIRECTIONS = 24


@st.composite
def turned_swaps(draw: Draw) -> TwoNetworks:
    """Draw the sum of two ridges at the corners of a square, and its neurons swapped.

    No network whose rows lie on one line fits the four values well.
    """
    loss = draw(pick("Absolute", "Huber", "Pinball"))
    constant = {"Absolute": None, "Huber": Fraction(1), "Pinball": Fraction(1, 2)}[loss]
    height, kappa = draw(pick(1, 2)), draw(pick(Fraction(1, 8), Fraction(1, 64)))
    a = Weights(((1, 0), (0, 1)), (height, height))
    if draw(pick(False, True)):
        first = draw(sphere_rows(2))
        a = Weights((first, (-first[1], first[0])), a.theta)
    y = tuple(
        height
        * sum(max(sum(Fraction(w) * x for w, x in zip(row, corner, strict=True)), 0) for row in a.W)
        for corner in CORNERS
    )
    problem = ProblemCase(CORNERS, y, loss, constant, kappa)
    return TwoNetworks(problem, a, a.permuted((1, 0)))


def floating(target: Target) -> Target:
    """Return the target in float64."""
    return replace(target, exact=False, precise=False)


def separation(target: Target, case: TwoNetworks) -> Any:
    """Return the target's lower bound for a case."""
    problem, a, b = case.build(target)
    return target.separation_bound(problem, a, b).value


def on_one_line(target: Target, problem: Any) -> tuple[Any, Any]:
    """Return the best network met whose rows are opposite, and its value."""
    found = []
    for k in range(DIRECTIONS):
        angle = np.pi * k / DIRECTIONS
        u = (1 - 2.0**-50) * np.array([np.cos(angle), np.sin(angle)])
        network = target.Network(np.array([u, -u]), np.zeros(2))
        found.append(target.refit(problem, network).network)
    best = min(found, key=problem.value)
    return best, problem.value(best)


def measure(target: Target, case: TwoNetworks) -> Measurement:
    """Compare the bound with rank-one networks, with the ends and with certified paths."""
    target = floating(target)
    problem, a, b = case.build(target)
    bound = separation(target, case)
    best, value = on_one_line(target, problem)
    higher = max(problem.value(a), problem.value(b))
    rounding = case.problem.rounding(target, a, b, best)
    found = target.connect(problem, a, b)
    straight = target.certify(problem, target.Path([a, b]), tol=1e-6)
    return worst(
        at_least(bound + OUTWARD * rounding, higher, 0, "bound against the ends"),
        at_most(bound, max(value, higher), rounding, "bound against networks of rank one"),
        at_most(bound, found.certificate.upper, rounding, "bound against connect"),
        at_most(bound, straight.upper, rounding, "bound against the straight segment"),
    )


def one_sign(target: Target, case: TwoNetworks) -> Measurement:
    """Ask the constant path from A to A to rise as high as the swap must."""
    target = floating(target)
    problem, a, _ = case.build(target)
    return at_most(separation(target, case), problem.value(a), 0, "bound against a constant path")


def three_neurons(target: Target, case: TwoNetworks) -> Measurement:
    """Ask a swap with an idle third neuron to rise as high."""
    target = floating(target)
    problem = case.problem.build(target)
    wider = [Weights((*end.W, (1, 0)), (*end.theta, 0)) for end in (case.a, case.b)]
    a, b = (case.problem.network(target, end) for end in wider)
    upper = target.connect(problem, a, b).certificate.upper
    return at_most(separation(target, case), upper, 0, "bound for m = 2 against connect at m = 3")


CLAIM = Claim(
    id="C8",
    title="Two neurons of a plane cannot be swapped without passing rank one",
    source="[FB17] section 2.3.1, with a number; theory C8",
    direction="lower",
    cases=turned_swaps(),
    measure=measure,
    controls=(
        Control("determinants of opposite signs", turned_swaps(), one_sign),
        Control("two neurons, not three", turned_swaps(), three_neurons),
    ),
    module=__name__,
    exact=False,
    examples=12,
)
