"""What the string claims S1 to S4 are tried on: two networks and the options of a short search."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Any

import numpy as np
from hypothesis import strategies as st

from proofs_checks.framework.cases import ALL_LOSSES, TwoNetworks
from proofs_checks.framework.exact import fractions
from proofs_checks.framework.target import Target
from proofs_checks.strategies.general import Draw, pick, two_networks

KAPPAS = (Fraction(1, 10), Fraction(1, 1000), 1)
TIMES = (Fraction(1, 4), Fraction(1, 2), Fraction(2, 3))


@dataclass(frozen=True)
class StringCase:
    """Two networks, and how deep, how long and how finely to search between them."""

    ends: TwoNetworks
    depth: int
    epochs: int
    points: int
    midpoint: str

    def sample(self, target: Target, deeper: int = 0) -> tuple[Any, Any, Any, Any]:
        """Return the target's problem, ends and string, in float64 (training is)."""
        plain = Target(target.module, target.name)
        problem, a, b = self.ends.build(plain)
        string = plain.sample_string(
            problem,
            a,
            b,
            depth=self.depth + deeper,
            epochs=self.epochs,
            points=self.points,
            midpoint=self.midpoint,
        )
        return problem, a, b, string


@st.composite
def string_cases(draw: Draw, depths: tuple[int, ...] = (1, 2, 0), **options: Any) -> StringCase:
    """Draw small problems with ends in any position, and short searches."""
    ends = draw(two_networks(**{"losses": ALL_LOSSES, "kappas": KAPPAS, **options}))
    depth, epochs, points = draw(pick(*depths)), draw(pick(1, 5)), draw(pick(5, 9, 16))
    return StringCase(ends, depth, epochs, points, draw(pick("argmax", "half")))


class ExactValues:
    """The objective in exact arithmetic at the float64 numbers a search worked with."""

    def __init__(self, target: Target, ends: TwoNetworks) -> None:
        self._target = target.in_exact_arithmetic(precise=True)
        self._problem = ends.problem.stored().build(self._target)

    def at(self, a: Any, b: Any, t: Fraction) -> Fraction:
        """Return F at time t of the straight segment from ``a`` to ``b``."""
        W = (1 - t) * fractions(a.W) + t * fractions(b.W)
        theta = (1 - t) * fractions(a.theta) + t * fractions(b.theta)
        return Fraction(self._problem.value(self._target.Network(W, theta)))

    def max_along_path(self, path: Any) -> Fraction:
        """Return the largest F at the nodes and at a few times of every segment."""
        nodes = path.nodes
        met = [self.at(node, node, Fraction(0)) for node in nodes]
        met += [self.at(a, b, t) for a, b in pairwise(nodes) for t in TIMES]
        return max(met)


def rounding_along(case: StringCase, target: Target, path: Any) -> float:
    """Bound the rounding of F anywhere on a path, in whatever form a segment is evaluated.

    The largest entries of all nodes bound every product on the way. As a quadratic in t a
    prediction has coefficients up to four times that, added up in any order.
    """
    plain = Target(target.module, target.name)
    W = np.max([np.abs(node.W) for node in path.nodes], axis=0)
    theta = np.max([np.abs(node.theta) for node in path.nodes], axis=0)
    return 16 * float(case.ends.problem.rounding(plain, plain.Network(W, theta)))


def segment_maxima(problem: Any, path: Any, points: int) -> list[float]:
    """Return the largest F of each segment on an even grid of times, ends included."""
    times = [float(t) for t in np.linspace(0, 1, points)]
    return [
        max(float(problem.value(path.at(segment, t))) for t in times)
        for segment in range(len(path.nodes) - 1)
    ]
