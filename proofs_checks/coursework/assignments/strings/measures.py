"""Assignment 5: the student's functions as the library calls them, and what is measured of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from operator import mul
from types import SimpleNamespace
from typing import Any

import numpy as np
from hypothesis import strategies as st

import reference
from proofs_checks.coursework.assignment import Function
from proofs_checks.coursework.assignments.strings import mistakes
from proofs_checks.coursework.definitions import ULPS, close
from proofs_checks.framework.cases import ALL_LOSSES, LIPSCHITZ, OneNetwork, TwoNetworks
from proofs_checks.framework.measurement import Measurement, at_least, at_most, worst
from proofs_checks.framework.target import Target
from proofs_checks.strategies.general import (
    Draw,
    either,
    one_network,
    pick,
    two_networks,
    whole,
)
from proofs_checks.strategies.nondegenerate import nondegenerate_network, nondegenerate_pairs
from proofs_checks.strategies.string_cases import (
    StringCase,
    segment_maxima,
    string_cases,
)
from proofs_checks.strategies.witnesses import labelled

BALL = ("UnitBall",)
ROUNDED = 1e-9  # relative: a bound may cover its own rounding


@st.composite
def nondegenerate_strings(draw: Draw) -> StringCase:
    """Draw short searches between a network that fits the data and a permuted copy of it."""
    case = draw(nondegenerate_network(("Absolute",)))
    net = case.network
    outputs = [
        sum(c * max(sum(map(mul, row, x)), 0) for row, c in zip(net.W, net.theta, strict=True))
        for x in case.problem.X
    ]
    ends = TwoNetworks(replace(case.problem, y=tuple(outputs)), net, net.permuted((1, 2, 0)))
    return StringCase(ends, draw(pick(1, 2)), 1, draw(pick(9, 5)), "argmax")


STRINGS = either(string_cases(domains=BALL), nondegenerate_strings())
NETWORKS = either(one_network(domains=BALL), nondegenerate_network(ALL_LOSSES))


def with_string(beads: Function) -> Mapping[str, Any]:
    """Return the student's search, with what it found measured here."""

    def sample_string(
        problem: Any, a: Any, b: Any, depth: int, epochs: int, points: int, **_: Any
    ) -> Any:
        level = float(max(problem.value(a), problem.value(b)))
        path = reference.Path(beads(problem, a, b, level, depth, points, epochs))
        maxima, inner = segment_maxima(problem, path, points), len(path.nodes) - 2
        return SimpleNamespace(
            path=path,
            level=level,
            beads=inner,
            trained=inner,
            depth=max(0, inner.bit_length()),
            unresolved=sum(top > level for top in maxima),
            normalized_length=path.normalized_length(),
        )

    return {"sample_string": sample_string}


def joins_the_ends(target: Target, case: StringCase) -> Measurement:
    """Check that the string joins the given arrays inside the domain."""
    _, a, b, string = case.sample(target)
    return worst(*labelled(case.ends.problem.domain, string.path, a, b))


@st.composite
def maxima(draw: Draw) -> tuple[list[float], float]:
    """Draw segment maxima and a level, some above, some below."""
    values = [draw(whole(0, 9)) / 8 for _ in range(draw(whole(1, 5)))]
    return values, draw(whole(0, 9)) / 8


def largest_rise(target: Target, case: tuple[list[float], float]) -> Measurement:
    """Compare with the largest rise, or 0."""
    values, level = case
    expected = max([0.0, *(top - level for top in values)])
    return close(target.module.function(values, level), expected, "rise of the string")


def bound_of(target: Target, case: tuple[TwoNetworks, int]) -> tuple[Any, Any, Any, Any, float]:
    """Return the problem, the ends, the student's bound and a rounding allowance."""
    ends, cells = case
    problem, a, b = ends.build(target)
    found = target.module.function(problem, a, b, cells)
    size = 1 + np.abs(a.theta).sum() + np.abs(b.theta).sum()
    rounding = 16 * ends.problem.rounding(target, a, b) + ULPS * size * np.abs(problem.X).max()
    return problem, a, b, found, rounding


def bound_holds(target: Target, case: tuple[TwoNetworks, int]) -> Measurement:
    """Compare with the largest value that a certified search attains."""
    problem, a, b, found, rounding = bound_of(target, case)
    attained = reference.certify(problem, reference.Path([a, b]), tol=1e-6, max_evaluations=500)
    return at_least(found, attained.lower, rounding, "your bound against a value attained")


def bound_is_narrow(target: Target, case: tuple[TwoNetworks, int]) -> Measurement:
    """Compare with the chord bound of the text; a number that is no bound is not narrow."""
    problem, a, b, found, rounding = bound_of(target, case)
    allowed = mistakes.chord_bound(problem, a, b, case[1])
    rounding += ROUNDED * (1 + abs(allowed))
    return worst(
        at_most(found, allowed, rounding, "your bound against the chord bound"),
        bound_holds(target, case),
    )


@st.composite
def segments(draw: Draw) -> tuple[TwoNetworks, int]:
    """Draw two networks and a number of cells."""
    pairs = either(two_networks(losses=LIPSCHITZ, domains=BALL), nondegenerate_pairs())
    return draw(pairs), draw(pick(1, 4, 16))


def dual(target: Target, case: OneNetwork) -> tuple[Any, Any, Any, float]:
    """Return the problem, the network, the dual vector and a rigorous M."""
    problem, network = case.build(target)
    f = network.predict(problem.X)
    v = problem.loss.derivative(problem.y, f)
    return problem, network, f, float((np.abs(v) * np.linalg.norm(problem.X, axis=1)).mean())


def dual_holds(target: Target, case: OneNetwork) -> Measurement:
    """Compare the bound with the objective of the network itself and of the zero network."""
    problem, network, f, M = dual(target, case)
    found = target.module.function(problem, f, M)
    least = min(problem.value(network), problem.zero_value)
    size = 1 + least + np.abs(f).max() + np.abs(problem.y).max()
    return at_most(found, least, ULPS * size, "your bound against a network")


def dual_is_sharp(target: Target, case: OneNetwork) -> Measurement:
    """Compare the bound with the formula."""
    problem, _, f, M = dual(target, case)
    expected = mistakes.dual_formula(problem, f, M)
    size = 1 + abs(expected) + np.abs(problem.y).max()
    return at_least(target.module.function(problem, f, M), expected, ULPS * size, "formula")
