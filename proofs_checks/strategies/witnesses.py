"""Ends of a path with the witnesses of claims P4 to P7, and what every path has to satisfy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from hypothesis import strategies as st

from proofs_checks.framework.cases import ProblemCase, Rational, Weights
from proofs_checks.framework.measurement import Measurement, check_true
from proofs_checks.framework.target import Target
from proofs_checks.strategies.general import (
    Draw,
    coefficients,
    networks,
    pick,
    problems,
    whole,
)
from proofs_checks.strategies.sharp_bridge import sharp

TIMES = (Fraction(1, 4), Fraction(1, 2), Fraction(3, 4))


@dataclass(frozen=True)
class Witnesses:
    """A problem, two ends, a reference with ``l`` active neurons, and a compression of each end."""

    problem: ProblemCase
    a: Weights
    b: Weights
    reference: Weights
    compressed: tuple[Weights, Weights]

    def build(self, target: Target) -> tuple[Any, Any, Any, Any, tuple[Any, Any]]:
        """Return the target's problem, ends, reference and compressions."""
        problem = self.problem.build(target)
        nets = [
            self.problem.network(target, weights)
            for weights in (self.a, self.b, self.reference, *self.compressed)
        ]
        return problem, nets[0], nets[1], nets[2], (nets[3], nets[4])

    def path(self, target: Target) -> tuple[Any, Any]:
        """Return the target's problem and its `theorem_path` between the ends."""
        problem, a, b, reference, compressed = self.build(target)
        return problem, target.theorem_path(
            problem, a, b, reference=reference, compressed=compressed
        )


@st.composite
def witnesses(draw: Draw, moved: bool, equal_ends: bool = True, **options: Any) -> Witnesses:
    """Draw every kind of witness: ``l`` from 0 to m, ends equal, permuted or unrelated.

    Parameters
    ----------
    moved : bool
        Whether the rows of the compressions may differ from those of the ends.
    """
    problem = draw(problems(**options))
    frozen = problem.domain == "NormalizedWeights"
    movable = draw(whole(1, 3))
    a = draw(networks(problem, width=movable + frozen))
    kind = draw(pick("any", "same", "reversed")) if equal_ends else "any"
    if kind == "any":
        b = draw(networks(problem, width=movable + frozen))
    else:
        order = tuple(range(movable))[:: 1 if kind == "same" else -1]
        b = a.permuted((*order, *range(movable, movable + frozen)))
    active = draw(whole(0, movable))
    reference = draw(networks(problem, width=max(active, 1) + frozen))
    if active == 0:
        reference = Weights(reference.W, (Fraction(0), *reference.theta[1:]))
    pair = [draw(compressions(end, movable, movable - active, moved)) for end in (a, b)]
    return Witnesses(problem, a, b, reference, (pair[0], pair[1]))


@st.composite
def handovers(draw: Draw) -> Witnesses:
    """Draw the extremal bridge of claim P3 as the way from an end to its compression."""
    bridge = draw(sharp())
    nothing = Weights(((0,),), (0,))
    return Witnesses(bridge.problem, bridge.a, bridge.a, nothing, (bridge.b, bridge.b))


@st.composite
def compressions(draw: Draw, end: Weights, movable: int, budget: int, moved: bool) -> Weights:
    """Draw a network with at most ``budget`` active neurons on rows of ``end``, or near them."""
    W, theta = [], []
    for i, row in enumerate(end.W):
        share = draw(pick(0, Fraction(1, 8), Fraction(1, 2))) if moved and i < movable else 0
        W.append(tuple((1 - share) * w for w in row))
        free = i >= movable or (budget > 0 and draw(pick(False, True)))
        budget -= free and i < movable
        theta.append(draw(pick(end.theta[i], draw(coefficients()))) if free else Fraction(0))
    return Weights(tuple(W), tuple(theta))


def max_along_path(problem: Any, path: Any, times: Sequence[Rational] = TIMES) -> Any:
    """Return the largest F met at the nodes and at a few times of every segment."""
    number = Fraction if path.nodes[0].W.dtype == object else float
    met = [problem.value(node) for node in path.nodes]
    for k in range(len(path.nodes) - 1):
        met += [problem.value(path.at(k, number(t))) for t in times]
    return max(met)


def same_arrays(network: Any, other: Any) -> bool:
    """Whether two networks are equal as labelled arrays, decided entry by entry."""
    return (
        network.W.shape == other.W.shape
        and bool((network.W == other.W).all())
        and bool((network.theta == other.theta).all())
    )


def labelled(domain: str, path: Any, a: Any, b: Any) -> list[Measurement]:
    """Check claim P6: labelled ends and every node in the domain."""
    return [
        check_true(same_arrays(path.nodes[0], a), "the path starts at A, array for array"),
        check_true(same_arrays(path.nodes[-1], b), "the path ends at B, array for array"),
        check_true(all(inside(domain, node.W) for node in path.nodes), "nodes in the domain"),
    ]


def inside(domain: str, W: Any) -> bool:
    """Decide membership exactly, without asking the target: norms, frozen row."""
    rows = [[Fraction(w) for w in row] for row in W]
    if domain == "NormalizedWeights":
        constant = [Fraction(0)] * (len(rows[0]) - 1) + [Fraction(1)]
        if rows.pop() != constant:
            return False
        rows = [row[:-1] for row in rows]
    return all(sum(w * w for w in row) <= 1 for row in rows)


def harmless(a: Any, b: Any) -> bool:
    """Whether a segment moves no row that carries a coefficient at either end (P1 and P2)."""
    moving = (a.W != b.W).any(axis=1)
    return not bool((moving & ((a.theta != 0) | (b.theta != 0))).any())
