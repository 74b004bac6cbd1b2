"""C6. With one input the barrier between any two networks is known exactly.

Let n = 1, rows in [-1, 1], and ``e_plus``, ``e_minus`` the least objectives of a single ray. A
neuron counts as + or - by the sign of its row, and as both where row or coefficient is 0. With ``h
= max(F(A), F(B))`` the barrier above the higher end is ::

    0                              for m >= 3: every nonempty sublevel is connected
    (min(e_plus, e_minus) - h)_+   for m = 2 from (+, -) to (-, +); 0 for all other patterns
    (F(0) - h)_+                   for m = 1 between opposite signs, else 0

For unit rows a path is built whose rise is *equal* to this, in exact arithmetic. No certified path
may report less: not `connect`, not a sampled string, not the straight segment. `connect` comes
within 1e-9 of it for unit rows and for m >= 3 (shorter rows without an idle neuron would first have
to grow along a curve).

**Direction:** exact.

**Source:** docs/theory/06-connectivity.md, C6; it sharpens [B26r], which asks for m >= 4.

**Controls:** connectivity claimed from m = 2; the better ray replaced by the worse; a barrier read
off the nodes of a path.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
from hypothesis import strategies as st

from proofs_checks.framework.cases import TwoNetworks, Weights
from proofs_checks.framework.claim import Claim, Control
from proofs_checks.framework.measurement import (
    Measurement,
    at_least,
    at_most,
    equal,
    worst,
)
from proofs_checks.framework.target import Target
from proofs_checks.ground_truth.one_dimension import barrier, ray_minima
from proofs_checks.strategies.along_path import max_along_path
from proofs_checks.strategies.general import Draw, either, pick
from proofs_checks.strategies.one_input import any_ends, near_best_ends
from proofs_checks.strategies.small import swaps

ATTAINED = 1e-9


def measure(target: Target, case: TwoNetworks) -> Measurement:
    """Compare the exact barrier with a path built for it and with certified paths."""
    exact = barrier(case.problem, case.a, case.b)
    parts = []
    unit = all(abs(row[0]) == 1 for end in (case.a, case.b) for row in end.W)
    if unit:
        parts.append(equal(explicit_rise(target, case), exact, 0, "rise of the explicit path"))
    floating = replace(target, exact=False, precise=False)
    problem, a, b = case.build(floating)
    higher = Fraction(max(problem.value(a), problem.value(b)))
    found = floating.connect(problem, a, b)
    string = floating.sample_string(problem, a, b, depth=1, epochs=2)
    straight = floating.certify(problem, floating.Path([a, b]), tol=1e-3)
    for gap, label in (
        (found.gap, "connect"),
        (string.gap, "sampled string"),
        (float(Fraction(straight.upper) - higher), "straight segment"),
    ):
        parts.append(at_least(Fraction(gap), exact, 0, f"{label} against the exact barrier"))
    if unit or len(a.theta) > 2:
        reach = exact + Fraction(ATTAINED) * (1 + higher)
        parts.append(at_most(Fraction(found.gap), reach, 0, "connect attains the barrier"))
    return worst(*parts)


def explicit_rise(target: Target, case: TwoNetworks) -> Any:
    """Return how far the explicit path rises above the higher end."""
    problem, a, b = case.build(target)
    top, _ = max_along_path(target, case.problem, target.Path(explicit_path(target, case)))
    return top - max(problem.value(a), problem.value(b))


def explicit_path(target: Target, case: TwoNetworks) -> list[Any]:
    """Return the nodes of the path in the proof, for unit rows."""
    problem, a, b = case.build(target)
    if len(a.theta) == 1:
        zeros = [target.Network(end.W, 0 * end.theta) for end in (a, b)]
        stops = [] if (a.W == b.W).all() else zeros
        return [a, *stops, b]
    gathered = [target.two_rays(problem, end).network for end in (a, b)]
    full = [end for end in gathered if end.theta.all()]
    if len(full) < 2 or (full[0].W == full[1].W).all():
        rows = full[0].W if full else _alternating(a.W)
        sides = [_with_rows(target, end, rows) for end in gathered]
        return [a, *sides[0], *sides[1][::-1], b]
    rays = ray_minima(case.problem)
    sign, best = (1, rays.p) if rays.plus <= rays.minus else (-1, rays.q)
    stops = [_alone(target, end, sign, best) for end in (a, b)]
    both = target.Network(0 * a.W + sign, stops[0].theta)
    return [a, stops[0], both, target.Network(both.W, stops[1].theta), stops[1], b]


def _alternating(W: np.ndarray) -> np.ndarray:
    """Return rows +1, -1, +1, ..."""
    rows = 0 * W + 1
    rows[1::2] = -rows[1::2]
    return rows


def _with_rows(target: Target, gathered: Any, rows: np.ndarray) -> list[Any]:
    """Bring at most one neuron of each sign to these rows, through an idle one."""
    if (rows == gathered.W).all():
        return [gathered]
    places = {
        int(i): int(np.flatnonzero(rows[:, 0] == gathered.W[i, 0])[0])
        for i in np.flatnonzero(gathered.theta)
    }
    nodes = target.relabel(gathered, places)
    idle = np.flatnonzero(nodes[-1].theta == 0)
    return [*nodes, target.move_idle(nodes[-1], {int(i): rows[i] for i in idle})]


def _alone(target: Target, end: Any, sign: int, coefficient: Fraction) -> Any:
    """Return the network with one coefficient, on its row of the given sign."""
    theta = 0 * end.theta
    theta[np.flatnonzero(end.W[:, 0] == sign)[0]] = coefficient
    return target.Network(end.W, theta)


def from_width_two(_: Target, case: TwoNetworks) -> Measurement:
    """Claim connectivity at m = 2."""
    return at_most(barrier(case.problem, case.a, case.b), 0, 0, "exact barrier at m = 2")


def worse_ray(target: Target, case: TwoNetworks) -> Measurement:
    """Claim that the path has to pass the worse ray."""
    rays, problem = ray_minima(case.problem), case.problem.build(target)
    _, a, b = case.build(target)
    higher = max(problem.value(a), problem.value(b))
    claimed = max(max(rays.plus, rays.minus) - higher, Fraction(0))
    return at_least(explicit_rise(target, case), claimed, 0, "rise of the explicit path")


def nodes_only(target: Target, case: TwoNetworks) -> Measurement:
    """Take for the barrier what the two nodes of the straight path show."""
    return at_least(0, barrier(case.problem, case.a, case.b), 0, "rise at the nodes")


@st.composite
def uneven_swaps(draw: Draw) -> TwoNetworks:
    """Draw swaps where one ray is worth more than the other."""
    case = draw(swaps(kappas=(Fraction(1, 4),)))
    y = (1, draw(pick(3, 2)))
    a = Weights(case.a.W, y)
    return TwoNetworks(replace(case.problem, y=y), a, a.permuted((1, 0)))


CLAIM = Claim(
    id="C6",
    title="With one input the barrier between any two networks is known exactly",
    source="theory C6; sharpens [B26r], m >= 4",
    direction="exact",
    cases=either(near_best_ends(), near_best_ends(), any_ends()),
    measure=measure,
    controls=(
        Control("m >= 3", swaps(kappas=(Fraction(1, 4),)), from_width_two),
        Control("the better ray", uneven_swaps(), worse_ray),
        Control("a certificate between the nodes", swaps(kappas=(Fraction(1, 4),)), nodes_only),
    ),
    module=__name__,
    examples=45,
)
