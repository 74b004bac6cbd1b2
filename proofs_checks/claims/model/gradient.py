"""M1. The hand-derived gradient is the derivative, and kinks obey a closed form.

Along a direction ``(V, eta)``, with ``rho'(u; s)`` the one-sided derivative of the ReLU (``s`` if
``u > 0``, ``max(0, s)`` if ``u = 0``, else 0), the one-sided derivative of ``F`` is everywhere ::

    f'_j = sum_i eta_i relu(u_ji) + theta_i rho'(u_ji; <v_i, x_j>)
    F'   = mean_j L'(y_j, f_j; f'_j) + kappa sum_i |theta_i|'(eta_i)

where ``L'(y, f; s)`` is ``s`` times the right or the left derivative, as ``s`` points. Where no
kink is met, ``F' = <gradient, (V, eta)>``. At kinks the gradient is what the chain rule gives with
``relu'(0) = sign(0) = 0`` and the loss derivative 0.

Both sides are rational for every loss but the logistic one. Up to the first kink ``F`` is a
polynomial in the step ``h`` of degree at most 4, so five of its values give ``F'`` *exactly*. In
float64, and for the logistic loss, the Taylor remainder at ``h, h/10, ..., h/10^6`` is compared
with ``h^2 / 2`` times an explicit bound of ``F''``.

**Direction:** exact (equality).

**Source:** docs/theory/02-calculus.md, M1.

**Controls:** one entry of the gradient wrong by 0.1 %; the gradient at a kink; the claim that
back-propagation returns a Clarke subgradient (with one neuron at ``w = 0``, samples of both signs
can make ``F`` linear there with a slope that back-propagation misses).
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
from hypothesis import strategies as st

from proofs_checks.framework.cases import (
    ALL_LOSSES,
    RATIONAL,
    ProblemCase,
    Weights,
    array,
)
from proofs_checks.framework.claim import Claim, Control
from proofs_checks.framework.exact import fractions
from proofs_checks.framework.measurement import Measurement, at_most, check_true, equal, worst
from proofs_checks.framework.rounding import UNIT
from proofs_checks.framework.target import Target
from proofs_checks.ground_truth.directional_derivative import (
    Direction,
    Line,
    first_kink,
    five_point_derivative,
    residuals,
    restrict,
    second_derivative,
    smooth,
)
from proofs_checks.strategies.general import (
    Draw,
    loss_constants,
    networks,
    pick,
    problems,
    rationals,
)


@st.composite
def cases(draw: Draw, **options: Any) -> Direction:
    """Draw any network of any problem, moved in any direction (it may leave the domain)."""
    problem = draw(problems(**options))
    network = draw(networks(problem, width_at_most=3))
    moved = [[draw(rationals()) for _ in (*row, 0)] for row in network.W]
    return Direction(
        problem, network, tuple(tuple(row[:-1]) for row in moved), tuple(row[-1] for row in moved)
    )


@st.composite
def kinks_in_one_weight(draw: Draw) -> Direction:
    """Draw a single neuron at ``w = 0`` between the samples 1 and -1."""
    loss, y = draw(pick(*RATIONAL)), (draw(pick(1, -1)), draw(pick(1, -1)))
    problem = ProblemCase(((1,), (-1,)), y, loss, draw(loss_constants(loss)), 0)
    network = Weights(((0,),), (draw(pick(1, 2, -1)),))
    return Direction(problem, network, ((draw(pick(1, -1)),),), (0,))


def measure(target: Target, case: Direction) -> Measurement:
    """Compare the closed form and, off kinks, the gradient with the derivative along the line."""
    problem, network = case.build(target)
    line = restrict(network, case)
    parts = []
    if case.problem.number(target) is Fraction:
        slope = five_point_derivative(target, problem, network, case, line)
        if case.problem.loss != "Logistic":
            given = along(problem, network, case)
            if smooth(case.problem, line):
                parts.append(equal(given, slope, 0, "gradient"))
            parts.append(equal(given, convention(problem, line), 0, "convention at kinks"))
            parts.append(equal(closed_form(problem, line), slope, 0, "one-sided derivative"))
    if not parts and smooth(case.problem, line):
        parts += taylor_remainders(target, case, line, along(problem, network, case))
    elif (
        not parts
        and case.problem.loss != "Logistic"
        and kinks_are_met(problem, network, case, line)
    ):
        given, noise = along(problem, network, case), 64 * UNIT * size_of_gradient(problem, network)
        parts.append(equal(given, float(convention(problem, line)), noise, "convention at kinks"))
    return worst(*parts) if parts else check_true(True, "kink of an inexact loss")


def kinks_are_met(problem: Any, network: Any, case: Direction, line: Line) -> bool:
    """Whether float64 sees each ReLU on the side it is on, and no sample at a kink of the loss."""
    seen = np.sign(problem.X @ network.W.T) == np.sign(line.u0).astype(float)
    return bool(seen.all()) and all((abs(q) > 1e-9).all() for q in residuals(case.problem, line))


def closed_form(problem: Any, line: Line) -> Fraction:
    """Return the closed form of the one-sided derivative, with the target's loss derivatives."""
    left, right = problem.loss.one_sided(problem.y, line.f0)
    loss = np.where(line.f1 > 0, fractions(right), fractions(left)) * line.f1
    sign = np.where(line.theta0 > 0, 1, np.where(line.theta0 < 0, -1, np.sign(line.theta1)))
    return loss.sum() / len(loss) + problem.kappa * (sign * line.theta1).sum()


def convention(problem: Any, line: Line) -> Fraction:
    """Return what back-propagation gives with every derivative at a kink taken as 0."""
    left, right = map(fractions, problem.loss.one_sided(problem.y, line.f0))
    slope = np.where(left == right, left, 0)
    on = 1 * (line.u0 > 0)
    pulled = (on * line.u1) @ line.theta0 + (on * line.u0) @ line.theta1
    penalty = (np.sign(line.theta0) * line.theta1).sum()
    return Fraction((slope * pulled).sum() / len(slope) + problem.kappa * penalty)


def along(problem: Any, network: Any, case: Direction) -> Any:
    """Return the inner product of the target's gradient with the direction."""
    number = Fraction if network.W.dtype == object else float
    dW, dtheta = problem.gradient(network)
    return (dW * array(case.V, number)).sum() + (dtheta * array(case.eta, number)).sum()


def taylor_remainders(target: Target, case: Direction, line: Line, slope: Any) -> list[Measurement]:
    """Compare the remainder with ``h^2 sup|F''| / 2`` over six decades of the step."""
    problem, network = case.build(target)
    number = case.problem.number(target)
    V, eta = array(case.V, number), array(case.eta, number)
    base, parts = problem.value(network), []
    for decade in range(7):
        h = min(first_kink(case.problem, line), Fraction(1)) / 10**decade
        moved = target.Network(network.W + number(h) * V, network.theta + number(h) * eta)
        remainder = abs(problem.value(moved) - base - number(h) * slope)
        size = abs(slope) + np.abs(V).sum() + np.abs(eta).sum()
        noise = case.problem.rounding(target, network, moved) * 2 + 8 * UNIT * number(h) * size
        # A move of h V is itself rounded: relative error u in each entry, times the slope there.
        noise += 4 * UNIT * size_of_gradient(problem, network)
        curvature = h * h * second_derivative(case.problem, line, h) / 2
        parts.append(at_most(remainder, number(curvature), noise, f"Taylor remainder 1e-{decade}"))
    return parts


def size_of_gradient(problem: Any, network: Any) -> Any:
    """Return ``sum |dF/dp| (|p| + 1)``: what a relative rounding of every parameter moves."""
    dW, dtheta = problem.gradient(network)
    W, theta = np.abs(network.W) + 1, np.abs(network.theta) + 1
    return (np.abs(dW) * W).sum() + (np.abs(dtheta) * theta).sum()


def wrong_entry(target: Target, case: Direction) -> Measurement:
    """Multiply the largest entry of the gradient by 1.001 and ask for the derivative along it."""
    problem, network = case.build(target)
    line = restrict(network, case)
    if not smooth(case.problem, line):
        return check_true(True, "not off kinks")
    number = case.problem.number(target)
    dtheta = problem.gradient(network)[1]
    worst_entry = int(np.argmax(np.abs(dtheta)))
    error = dtheta[worst_entry] / 1000 * array(case.eta, number)[worst_entry]
    if number is float:
        wrong = along(problem, network, case) + error
        return worst(*taylor_remainders(target, case, line, wrong))
    slope = five_point_derivative(target, problem, network, case, line)
    return equal(along(problem, network, case) + error, slope, 0, "gradient wrong by 0.1 %")


def at_kinks(target: Target, case: Direction) -> Measurement:
    """Ask the gradient for the derivative wherever the point is, kinks included."""
    problem, network = case.build(target)
    line = restrict(network, case)
    if case.problem.number(target) is float:
        return worst(*taylor_remainders(target, case, line, along(problem, network, case)))
    slope = five_point_derivative(target, problem, network, case, line)
    return equal(along(problem, network, case), slope, 0, "gradient at a kink")


def clarke(target: Target, case: Direction) -> Measurement:
    """Where ``F`` is differentiable in the one weight, ask back-propagation for its derivative."""
    problem, network = case.build(target)
    back = Direction(case.problem, case.network, ((-case.V[0][0],),), case.eta)
    derivative = one_step_slope if case.problem.number(target) is float else five_point_derivative
    slopes = [
        derivative(target, problem, network, way, restrict(network, way)) for way in (case, back)
    ]
    if slopes[0] != -slopes[1]:
        return check_true(True, "not differentiable")
    return equal(along(problem, network, case), slopes[0], 0, "back-propagation")


def one_step_slope(target: Target, problem: Any, network: Any, case: Direction, line: Line) -> Any:
    """Return the difference quotient of one short step, exact where all numbers are binary."""
    step = 2.0**-8
    V, eta = array(case.V, float), array(case.eta, float)
    moved = target.Network(network.W + step * V, network.theta + step * eta)
    return (problem.value(moved) - problem.value(network)) / step


CLAIM = Claim(
    id="M1",
    title="The hand-derived gradient is the derivative, and kinks obey a closed form",
    source="theory M1",
    direction="exact",
    cases=cases(losses=(*ALL_LOSSES, "Logistic")),
    measure=measure,
    controls=(
        Control("a correct gradient (0.1 % in one entry)", cases(losses=RATIONAL), wrong_entry),
        Control("the point is off the kinks", cases(losses=RATIONAL), at_kinks),
        Control("back-propagation is a Clarke subgradient", kinks_in_one_weight(), clarke),
    ),
    module=__name__,
)
