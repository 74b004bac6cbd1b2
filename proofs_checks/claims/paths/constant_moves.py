"""P2. Idle rows move, identical rows share, a buffer permutes: all at constant objective.

(i)   A row with coefficient exactly 0 moves anywhere in the domain: F is constant.
(ii)  Between identical rows a coefficient passes, ``(a, 0) -> ((1-t) a, t a)``: F is constant.
(iii) Sphericalisation through an idle neuron does not raise F at any time.

With (i) and (ii) any permutation of neurons is carried out through one idle neuron.

**Direction:** exact (F constant at every time), upper for (iii).

**Source:** docs/theory/04-paths.md, P2; [FB17], proof of Theorem 2.4.

**Controls:** the moving row carries a coefficient; the rows that share are not identical.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from hypothesis import strategies as st

from proofs_checks.framework.cases import ProblemCase, Rational, Row, Weights
from proofs_checks.framework.claim import Claim, Control
from proofs_checks.framework.measurement import Measurement, at_most, check_true, equal, worst
from proofs_checks.framework.target import Target
from proofs_checks.strategies.general import (
    SMALL,
    Draw,
    hidden_rows,
    networks,
    permutations,
    pick,
    problems,
    times,
)


@dataclass(frozen=True)
class Case:
    """A network whose first neuron is idle, a new row, an order of its movable neurons, a time."""

    problem: ProblemCase
    network: Weights
    row: Row
    order: tuple[int, ...]
    t: Rational

    @property
    def movable(self) -> int:
        """Number of neurons that are not frozen."""
        return self.network.width - (self.problem.domain == "NormalizedWeights")


@st.composite
def cases(draw: Draw, **options: Any) -> Case:
    """Draw any problem and a network with at least two movable neurons, the first of them idle."""
    problem = draw(problems(**options))
    frozen = problem.domain == "NormalizedWeights"
    network = draw(networks(problem, width=draw(pick(2, 3)) + frozen))
    idle = Weights(network.W, (Fraction(0), *network.theta[1:]))
    row = draw(hidden_rows(problem, network.W))
    order = draw(permutations(network.width - frozen))
    return Case(problem, idle, row, order, draw(times()))


def measure(target: Target, case: Case) -> Measurement:
    """Check the three moves and the permutation they make."""
    return worst(
        *idle_row(target, case),
        *identical_rows(target, case),
        *grow(target, case),
        *permute(target, case),
    )


def values_along(target: Target, case: Case, nodes: Sequence[Any]) -> tuple[list[Any], Any]:
    """Return F at every node and at time t of every segment, and a rounding allowance."""
    problem = case.problem.build(target)
    path = target.Path(nodes)
    t = case.problem.number(target)(case.t)
    points = [*nodes, *(path.at(k, t) for k in range(len(nodes) - 1))]
    return [problem.value(point) for point in points], 2 * case.problem.rounding(target, *points)


def constant(target: Target, case: Case, nodes: Sequence[Any], label: str) -> list[Measurement]:
    """Return measurements that F is the same at every node and time."""
    values, rounding = values_along(target, case, nodes)
    return [equal(value, values[0], rounding, label) for value in values[1:]]


def idle_row(target: Target, case: Case) -> list[Measurement]:
    """Move the idle row onto the new one."""
    network = case.problem.network(target, case.network)
    arrived = Weights((case.row, *case.network.W[1:]), case.network.theta)
    new = case.problem.network(target, arrived)
    frozen = case.network.width - case.movable
    moved = target.move_idle(network, {0: new.W[0]}, frozen)
    return [
        check_true((moved.W[0] == new.W[0]).all(), "the idle row arrives"),
        check_true((moved.W[1:] == network.W[1:]).all(), "other rows stay"),
        *constant(target, case, [network, moved], "idle row moves"),
    ]


def identical_rows(target: Target, case: Case) -> list[Measurement]:
    """Give the idle neuron the second one's row, then its coefficient."""
    twin = Weights((case.network.W[1], *case.network.W[1:]), case.network.theta)
    network = case.problem.network(target, twin)
    shared = target.transfer(network, {1: 0})
    return [
        equal(shared.theta[0], network.theta[1], 0, "coefficient handed on"),
        equal(shared.theta[1], 0, 0, "coefficient given up"),
        *constant(target, case, [network, shared], "identical rows share"),
    ]


def grow(target: Target, case: Case) -> list[Measurement]:
    """Sphericalise: F never above its start, in domain, same slots active."""
    problem = case.problem.build(target)
    nodes = target.sphericalise(case.problem.network(target, case.network), problem.domain)
    values, rounding = values_along(target, case, nodes)
    inside = all(problem.domain.contains(node.W) for node in nodes)
    return [
        check_true(inside, "sphericalised nodes lie in the domain"),
        check_true(
            ((nodes[0].theta != 0) == (nodes[-1].theta != 0)).all(), "each neuron keeps its slot"
        ),
        *(at_most(value, values[0], 4 * rounding, "sphericalisation") for value in values[1:]),
    ]


def permute(target: Target, case: Case) -> list[Measurement]:
    """Relabel every active neuron by the order, through the idle one."""
    network = case.problem.network(target, case.network)
    places = {i: case.order[i] for i in range(case.movable) if network.theta[i] != 0}
    nodes = target.relabel(network, places, case.network.width - case.movable)
    arrived = all(
        (nodes[-1].W[new] == network.W[old]).all() and nodes[-1].theta[new] == network.theta[old]
        for old, new in places.items()
    )
    return [
        check_true(arrived, "every neuron arrives at its new place"),
        *constant(target, case, nodes, "permutation through a buffer"),
    ]


def loaded_row(target: Target, case: Case) -> Measurement:
    """Move a row that carries coefficient 1."""
    theta = (Fraction(1), *case.network.theta[1:])
    ends = [
        case.problem.network(target, Weights((row, *case.network.W[1:]), theta))
        for row in (case.network.W[0], case.row)
    ]
    return worst(check_true(True, ""), *constant(target, case, ends, "loaded row moves"))


def different_rows(target: Target, case: Case) -> Measurement:
    """Pass the coefficient between rows that differ."""
    theta = case.network.theta
    ends = [
        case.problem.network(target, Weights(case.network.W, coefficients))
        for coefficients in (theta, (theta[1], Fraction(0), *theta[2:]))
    ]
    return worst(check_true(True, ""), *constant(target, case, ends, "different rows share"))


CLAIM = Claim(
    id="P2",
    title="Idle rows move, identical rows share, a buffer permutes: all at constant objective",
    source="theory P2; [FB17] Theorem 2.4, proof",
    direction="exact",
    cases=cases(),
    measure=measure,
    controls=(
        Control("the moving row is idle", cases(**SMALL), loaded_row),
        Control("the rows are identical", cases(**SMALL), different_rows),
    ),
    module=__name__,
)
