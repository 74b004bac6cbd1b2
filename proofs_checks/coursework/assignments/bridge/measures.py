"""Assignment 2: the student's functions as the library calls them, and what is measured of them."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import numpy as np
from hypothesis import strategies as st

import reference
from proofs_checks.claims.model import feature_distance as m5
from proofs_checks.claims.model import predictor_distance as m6
from proofs_checks.coursework.assignment import Function
from proofs_checks.coursework.definitions import ULPS, close, same
from proofs_checks.framework.cases import OneNetwork, ProblemCase, TwoNetworks, Weights
from proofs_checks.framework.measurement import Measurement, at_least, at_most, worst
from proofs_checks.framework.target import Target
from proofs_checks.strategies.general import Draw, either, whole
from proofs_checks.strategies.nondegenerate import nondegenerate_network, nondegenerate_pairs


def with_scale(scale: Function) -> Mapping[str, Any]:
    """Return a problem whose feature scale is the student's."""

    class Problem(reference.Problem):
        @property
        def D(self) -> Any:
            return scale(self.X)

    return {"Problem": Problem}


def with_bridge(bridge: Function) -> Mapping[str, Any]:
    """Return a path whose segments are the student's."""

    class Path(reference.Path):
        def at(self, segment: int, t: Any) -> reference.Network:
            a, b = self.segments[segment]
            return reference.Network(*bridge(a.W, a.theta, b.W, b.theta, float(t)))

    return {"Path": Path}


def with_bridge_bound(bound: Function) -> Mapping[str, Any]:
    """Return the student's bound as the library calls it."""

    def bridge_bound(problem: Any, radius: Any, level: Any) -> Any:
        given = (
            problem.lipschitz_constant("P3"),
            problem.D,
            problem.kappa,
            radius,
            level,
            problem.lower,
        )
        return bound(*map(float, given))

    return {"bridge_bound": bridge_bound}


@st.composite
def two_inputs(draw: Draw) -> m5.Case:
    """Draw data of two inputs, none zero."""
    case = draw(nondegenerate_network())
    return m5.Case(case.problem, case.network, 1)


DATA = either(m5.cases(), two_inputs())


def features_move(target: Target, case: m5.Case) -> Measurement:
    """Compare the movement of features with the student's scale times that of the rows."""
    return m5.movement(target, case, case.problem.build(target).D)


def scale_is_sharp(target: Target, case: m5.Case) -> Measurement:
    """Compare the scale with the norm of the data as an operator."""
    X = case.problem.build(target).X
    norm = float(np.linalg.norm(X, 2) / np.sqrt(len(X)))
    found, rounding = target.module.function(X), ULPS * (1 + norm)
    return worst(
        at_most(found, norm, rounding, "D is attained"),
        at_least(found, norm, rounding, "mean movement"),
    )


@st.composite
def one_moves(draw: Draw) -> TwoNetworks:
    """Draw the extremal example of M6: the neuron in use moves, another stays."""
    r, mass = Fraction(1, draw(whole(1, 4))), Fraction(draw(whole(1, 4)))
    problem = ProblemCase(((1,),), (0,), "Absolute", None, 1)
    a, b = (Weights(((row,), (1,)), (mass, 0)) for row in (1, 1 - r))
    return TwoNetworks(problem, a, b)


def distance(target: Target, case: TwoNetworks) -> tuple[Any, Any, Any, Any]:
    """Return the distance, the theorem's bound, the student's, and a rounding allowance."""
    measured, bound, rounding = m6.sides(target, case)
    problem, a, b = case.build(target)
    found = target.module.function(problem.D, a.W, a.theta, b.W, b.theta)
    return measured, bound, found, rounding


TWO_NETWORKS = either(m6.CASES, one_moves(), nondegenerate_pairs())


def distance_holds(target: Target, case: TwoNetworks) -> Measurement:
    """Compare the distance with the student's bound."""
    measured, _, found, rounding = distance(target, case)
    return at_most(measured, found, rounding, "distance of the predictions against your bound")


def distance_is_sharp(target: Target, case: TwoNetworks) -> Measurement:
    """Compare the student's bound with the theorem's, and with what one neuron attains."""
    measured, bound, found, rounding = distance(target, case)
    parts = [at_most(found, bound, rounding, "your bound against that of M6")]
    if case.a.width == 1:
        parts.append(at_least(found, measured, rounding, "distance of the predictions"))
    return worst(*parts)


def ends_and_middle(target: Target, case: TwoNetworks) -> Measurement:
    """Check the ends bit for bit and the time 1/4."""
    _, a, b = case.build(target)
    ends = (a.W, a.theta, b.W, b.theta)
    point = target.module.function
    quarter = point(*ends, 0.25)
    return worst(
        *(same(point(*ends, 0.0)[k], ends[k], "the segment starts at a") for k in (0, 1)),
        *(same(point(*ends, 1.0)[k], ends[k + 2], "the segment ends at b") for k in (0, 1)),
        *(
            close(x, 0.75 * p + 0.25 * q, "the point at t = 1/4")
            for k in (0, 1)
            for x, p, q in zip(
                quarter[k].ravel(), ends[k].ravel(), ends[k + 2].ravel(), strict=True
            )
        ),
    )


def mass_holds(target: Target, case: OneNetwork) -> Measurement:
    """Compare the mass with the student's bound."""
    problem, network = case.build(target)
    found = target.module.function(problem.value(network), float(problem.lower), problem.kappa)
    rounding = 2 * case.problem.rounding(target, network) / problem.kappa
    return at_most(np.abs(network.theta).sum(), found, rounding, "mass against your bound")


@st.composite
def numbers(draw: Draw, count: int) -> tuple[float, ...]:
    """Draw positive numbers, 1 first."""
    return tuple(float(draw(whole(1, 7))) for _ in range(count))


def mass_is_sharp(target: Target, case: tuple[float, ...]) -> Measurement:
    """Give a network whose risk is the lower bound: its mass is attained."""
    mass, kappa, lower = case
    found = target.module.function(lower + kappa * mass, lower, kappa)
    return close(found, mass, "a network whose risk equals the lower bound")


def bridge_is_sharp(target: Target, case: tuple[float, ...]) -> Measurement:
    """Compare with the rise of the extremal example, scaled; and with another lower bound."""
    L, D, kappa, radius, rise, lower = case
    found = target.module.function(L, D, kappa, radius, lower + rise, lower)
    attained = L * D * radius * rise / kappa / 2
    return worst(
        at_most(found, attained, ULPS * attained, "your bound against an attained rise"),
        at_least(found, attained, ULPS * attained, "bridge_bound"),
    )


def draw_pair(generator: np.random.Generator) -> tuple[np.ndarray, ...]:
    """Draw two networks."""
    shapes = ((4, 3), (4,), (4, 3), (4,))
    return tuple(generator.standard_normal(shape) / 3 for shape in shapes)


def draw_numbers(count: int, lower: int) -> Any:
    """Return a drawer of numbers between 1 and 2, but of the one at place ``lower`` below 1.

    It stands for the lower bound of a risk, which no level lies below.
    """

    def draw(generator: np.random.Generator) -> tuple[float, ...]:
        numbers = 1 + generator.random(count)
        numbers[lower] -= 1
        return tuple(numbers.tolist())

    return draw
