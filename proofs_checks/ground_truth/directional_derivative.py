"""The objective along a line through a network, exactly: its kinks and its one-sided derivative.

Everything here is independent of the implementation under test, which is asked for nothing but
values of ``F``.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from proofs_checks.framework.cases import ProblemCase, Row, Weights, array
from proofs_checks.framework.exact import fractions
from proofs_checks.framework.target import Target

Exact = Any  # an object array of fractions; NumPy types its arithmetic as floating

CURVATURE = {"Logistic": Fraction(1, 4), "Huber": 1, "HalfSquared": 1, "Squared": 2}
# F'(0) from F(h), ..., F(4h) minus F(0), exact for polynomials of degree 4, times 12 h.
FIVE_POINTS = (48, -36, 16, -3)


@dataclass(frozen=True)
class Direction:
    """A problem, a network, and a direction in both layers; what claim M1 is tried on."""

    problem: ProblemCase
    network: Weights
    V: tuple[Row, ...]
    eta: Row

    def build(self, target: Target) -> tuple[Any, Any]:
        """Return the target's problem and network."""
        return self.problem.build(target), self.problem.network(target, self.network)


@dataclass(frozen=True, eq=False)
class Line:
    """The restriction of everything to ``t -> network + t direction``, in fractions.

    ``u(t) = u0 + t u1`` (N, m), ``theta(t) = theta0 + t theta1`` (m,), and up to the first kink
    ``f(t) = f0 + t f1 + t^2 f2`` (N,).
    """

    u0: Exact
    u1: Exact
    theta0: Exact
    theta1: Exact
    f0: Exact
    f1: Exact
    f2: Exact


def restrict(network: Any, case: Direction) -> Line:
    """Return what moves along the line, exactly, from the numbers actually stored."""
    number = Fraction if network.W.dtype == object else float
    X = fractions(array(case.problem.X, number))
    W, theta0 = fractions(network.W), fractions(network.theta)
    V, theta1 = fractions(array(case.V, number)), fractions(array(case.eta, number))
    u0, u1 = X @ W.T, X @ V.T
    on = 1 * ((u0 > 0) | ((u0 == 0) & (u1 > 0)))
    f0, f1 = (on * u0) @ theta0, (on * u1) @ theta0 + (on * u0) @ theta1
    return Line(u0, u1, theta0, theta1, f0, f1, (on * u1) @ theta1)


def kink_levels(problem: ProblemCase) -> tuple[Any, ...]:
    """Return offsets c such that the loss of sample j has a kink (or joint) at ``f = y_j + c``."""
    if problem.loss == "Huber":
        assert problem.constant is not None
        return (problem.constant, -problem.constant)
    return (0,) if problem.loss in ("Absolute", "Pinball") else ()


def residuals(problem: ProblemCase, line: Line) -> list[np.ndarray]:
    """Return, for every kind of kink of the loss, the quantity that vanishes there."""
    y = fractions(array(problem.y, Fraction))
    if problem.loss == "Hinge":
        return [line.f0 - y]  # 1 - y f = 0 exactly where f = y, as y is +-1
    return [line.f0 - y - c for c in kink_levels(problem)]


def smooth(problem: ProblemCase, line: Line) -> bool:
    """Whether the starting point is off every kink (of ReLU, penalty and loss)."""
    quantities = [line.u0, *residuals(problem, line)]
    if problem.kappa:
        quantities.append(line.theta0)
    if problem.loss == "Huber":  # its joints are C1: no kink
        quantities = [q for q in quantities if q.shape != line.f0.shape or q is line.theta0]
    return all(bool((quantity != 0).all()) for quantity in quantities)


def first_kink(problem: ProblemCase, line: Line) -> Fraction:
    """Return a step before which nothing changes sign: Cauchy's bound on every root."""
    polynomials = [(line.u0, line.u1, 0 * line.u0), (line.theta0, line.theta1, 0 * line.theta0)]
    polynomials += [(zero, line.f1, line.f2) for zero in residuals(problem, line)]
    step = Fraction(1)
    for triple in polynomials:
        for c0, c1, c2 in zip(*(part.ravel() for part in triple), strict=True):
            low, rest = (c0, (c1, c2)) if c0 != 0 else (c1, (c2,))
            if low != 0:
                step = min(step, abs(low) / (abs(low) + max(abs(c) for c in rest)))
    return step / 2


def five_point_derivative(
    target: Target, problem: Any, network: Any, case: Direction, line: Line
) -> Fraction:
    """Return the one-sided derivative of ``F`` from five exact values before the first kink."""
    h = first_kink(case.problem, line) / 4
    V, eta = fractions(array(case.V, Fraction)), fractions(array(case.eta, Fraction))
    values = [
        problem.value(target.Network(network.W + k * h * V, network.theta + k * h * eta))
        for k in range(5)
    ]
    rises = [value - values[0] for value in values[1:]]
    return Fraction(sum(c * rise for c, rise in zip(FIVE_POINTS, rises, strict=True)) / (12 * h))


def second_derivative(problem: ProblemCase, line: Line, h: Fraction) -> Fraction:
    """Bound ``|F''|`` on ``[0, h]``: ``L'' f'^2 + |L'| |f''|``, ``f`` quadratic before the kink."""
    speed = abs(line.f1) + abs(line.f2) * (2 * h)
    y: Exact = fractions(array(problem.y, Fraction))
    reach = abs(line.f0 - y) + speed * h
    steep = 2 * reach if problem.lipschitz is None else 0 * reach + problem.lipschitz
    total = speed * speed * CURVATURE.get(problem.loss, 0) + steep * 2 * abs(line.f2)
    return Fraction(total.sum() / len(total))
