"""M2. Every loss has the constants, slopes and conjugate it states.

For all allowed targets y, predictions f, g and dual variables v of ``dual_interval(y)``::

    L(y, g) >= L(y, f) + s (g - f)        for s the left, the right and the stated derivative
    |L(y, f) - L(y, g)| <= L |f - g|      and <= slope_bound(y, f, g) |f - g| on [f, g]
    |L'(y, f) - L'(y, g)| <= H |f - g|**alpha
    L(y, f) + L*(y, v) >= v f             with equality at v = L'(y, f)

The first line is convexity (supporting lines everywhere) and makes the derivative monotone. All
losses are nonnegative.

**Direction:** tight. The Lipschitz constant is attained far from the target (approached by the
logistic loss), the Fenchel-Young inequality at the derivative.

**Source:** docs/theory/02-calculus.md, M2 (table).

**Controls:** the squared loss claimed 1-Lipschitz; the Hölder constant halved.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from hypothesis import strategies as st

from proofs_checks.framework.cases import ALL_LOSSES, ProblemCase, Rational, array
from proofs_checks.framework.claim import Claim, Control
from proofs_checks.framework.measurement import (
    Measurement,
    at_least,
    at_most,
    check_true,
    equal,
    worst,
)
from proofs_checks.framework.rounding import UNIT
from proofs_checks.framework.target import Target
from proofs_checks.strategies.general import (
    Draw,
    coefficients,
    loss_constants,
    pick,
    targets,
    times,
)

FAR = 64  # where the slope of every Lipschitz loss is L, the logistic one up to exp(-64)


@dataclass(frozen=True)
class Case:
    """A loss, a target, two predictions, and a time that picks a point of the dual interval."""

    problem: ProblemCase
    f: Rational
    g: Rational
    t: Rational


@st.composite
def cases(draw: Draw, losses: tuple[str, ...] = ALL_LOSSES) -> Case:
    """Draw any loss at any two predictions, tiny and huge ones included."""
    loss = draw(pick(*losses))
    y = draw(targets(loss))
    problem = ProblemCase(((1,),), (y,), loss, draw(loss_constants(loss)), 0)
    return Case(problem, draw(coefficients()), draw(coefficients()), draw(times()))


def points(target: Target, case: Case) -> tuple[Any, np.ndarray, np.ndarray, np.ndarray]:
    """Return the target's loss, and ``y``, ``f``, ``g`` as arrays of one entry."""
    number = case.problem.number(target)
    y, f, g = (array((value,), number) for value in (case.problem.y[0], case.f, case.g))
    return case.problem.build_loss(target), y, f, g


def measure(target: Target, case: Case) -> Measurement:
    """Check every line of the statement."""
    return worst(
        *supporting_lines(target, case),
        *constants(target, case),
        *conjugate(target, case),
        *attained(target, case),
    )


def allowance(case: Case, target: Target, *terms: Any) -> Any:
    """Return a few ulps of every term; 0 in exact arithmetic."""
    if case.problem.number(target) is Fraction:
        return 0
    return 16 * UNIT * (1 + sum(float(np.abs(term[0])) for term in terms))


def supporting_lines(target: Target, case: Case) -> Iterator[Measurement]:
    """Check convexity: each slope at f supports the graph, slopes are ordered, values >= 0."""
    loss, y, f, g = points(target, case)
    low, high = loss.value(y, f)[0], loss.value(y, g)[0]
    left, right = loss.one_sided(y, f)
    yield at_least(low, 0, 0, "value")
    for name, slope in (("left", left), ("right", right), ("stated", loss.derivative(y, f))):
        rise = slope * (g - f)
        rounding = allowance(case, target, y, f, g, slope * f, slope * g, [low], [high])
        yield at_least(high, low + rise[0], rounding, f"supporting line, {name} derivative")
    yield at_most(left[0], right[0], 0, "left and right derivative")


def constants(target: Target, case: Case) -> Iterator[Measurement]:
    """Check Lipschitz and Hölder constants, global and on the interval between f and g."""
    loss, y, f, g = points(target, case)
    rise, step = abs(loss.value(y, g) - loss.value(y, f))[0], abs(g - f)[0]
    rounding = allowance(case, target, y, f, g, loss.value(y, f), loss.value(y, g))
    local = loss.slope_bound(y, np.minimum(f, g), np.maximum(f, g))[0]
    yield at_most(rise, local * step, rounding, "slope on the interval")
    yield check_true(
        (loss.lipschitz is None) == (case.problem.lipschitz is None), "which losses are Lipschitz"
    )
    if case.problem.lipschitz is not None:
        yield equal(loss.lipschitz, case.problem.lipschitz, 0, "Lipschitz constant")
        yield at_most(rise, loss.lipschitz * step, rounding, "Lipschitz constant")
    if loss.holder is not None:
        alpha, constant = loss.holder
        bend = abs(loss.derivative(y, g) - loss.derivative(y, f))[0]
        ulps = allowance(case, target, y, f, g)
        yield at_most(bend, constant * step**alpha, ulps, "Hölder constant of the derivative")


def conjugate(target: Target, case: Case) -> Iterator[Measurement]:
    """Check Fenchel-Young at a point of the dual interval, with equality at the derivative."""
    loss, y, f, _ = points(target, case)
    if case.problem.loss == "Logistic" and case.problem.number(target) is Fraction:
        return
    low, high = loss.dual_interval(y)
    t = case.problem.number(target)(case.t)
    width = [end if abs(end) < np.inf else np.sign(end) * FAR for end in (low[0], high[0])]
    slope, value = loss.derivative(y, f), loss.value(y, f)
    v = np.array([(1 - t) * width[0] + t * width[1]], dtype=f.dtype)
    for dual, attained_here in ((v, False), (slope, True)):
        sides = value + loss.conjugate(y, dual), dual * f
        rounding = allowance(case, target, y, f, value, sides[1], dual * y)
        yield at_least(sides[0][0], sides[1][0], rounding, "Fenchel-Young")
        if attained_here:
            yield equal(sides[0][0], sides[1][0], rounding, "Fenchel-Young at the derivative")
    outside = loss.conjugate(y, np.array([high[0] + 1], dtype=f.dtype))
    yield check_true(high[0] == np.inf or outside[0] == np.inf, "conjugate outside its interval")


def attained(target: Target, case: Case) -> Iterator[Measurement]:
    """Compare the Lipschitz constant with the slope far from the target."""
    loss, y, f, _ = points(target, case)
    if case.problem.lipschitz is None:
        return
    far = FAR * (1 + 0 * f)
    slope = max(abs(loss.derivative(y, y + side * far))[0] for side in (1, -1))
    shortfall = Fraction(1, 2**80) if case.problem.loss == "Logistic" else 0
    yield at_least(slope, loss.lipschitz - shortfall, 0, "slope far from the target")


def squared_lipschitz(target: Target, case: Case) -> Measurement:
    """Claim the squared loss 1-Lipschitz."""
    loss, y, f, g = points(target, case)
    rise = abs(loss.value(y, g) - loss.value(y, f))[0]
    return at_most(rise, abs(g - f)[0], 0, "squared loss, L = 1")


def halved_holder(target: Target, case: Case) -> Measurement:
    """Claim half the Hölder constant."""
    loss, y, f, g = points(target, case)
    bend = abs(loss.derivative(y, g) - loss.derivative(y, f))[0]
    return at_most(bend, loss.holder[1] * abs(g - f)[0] / 2, 0, "half the Hölder constant")


CLAIM = Claim(
    id="M2",
    title="Every loss has the constants, slopes and conjugate it states",
    source="theory M2",
    direction="tight",
    cases=cases(),
    measure=measure,
    controls=(
        Control(
            "a Lipschitz loss (squared claimed 1-Lipschitz)", cases(("Squared",)), squared_lipschitz
        ),
        Control("the stated Hölder constant (halved)", cases(("Huber", "Squared")), halved_holder),
    ),
    module=__name__,
    examples=200,
)
