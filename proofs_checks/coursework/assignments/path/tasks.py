"""Assignment 4: how it is marked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

import reference
from proofs_checks.claims.paths import constant_moves as p2
from proofs_checks.claims.paths import splice as p7
from proofs_checks.claims.registry import find_claims
from proofs_checks.coursework.assignment import (
    Assignment,
    Function,
    Mark,
    Mistake,
    Task,
    library_alone,
)
from proofs_checks.coursework.assignments.path import mistakes
from proofs_checks.coursework.grading import result_checks
from proofs_checks.framework.measurement import Measurement, check_true, equal, worst
from proofs_checks.framework.target import Target
from proofs_checks.strategies.witnesses import harmless, labelled, max_along_path, witnesses

P2, P4, P5, P6, P7 = find_claims(["P2", "P4", "P5", "P6", "P7"])
BALL = ("UnitBall",)
MOVES = p2.cases(domains=BALL)


def pair(network: Any) -> result_checks.Node:
    """Return a network as a node."""
    return network.W, network.theta


def networks(nodes: list[result_checks.Node]) -> list[reference.Network]:
    """Return nodes as networks."""
    return [reference.Network(*node) for node in nodes]


def with_relabel(relabel: Function) -> Mapping[str, Any]:
    """Return the student's relabelling as the library calls it."""
    return {
        "relabel": lambda network, places, frozen=0: networks(relabel(pair(network), dict(places)))
    }


def with_theorem_path(theorem_path: Function) -> Mapping[str, Any]:
    """Return the student's path as the library calls it."""

    def call(problem: Any, a: Any, b: Any, reference: Any, compressed: Any) -> Any:
        return path(theorem_path(*map(pair, (a, b, reference, *compressed))))

    return {"theorem_path": call}


def path(nodes: list[result_checks.Node]) -> reference.Path:
    """Return nodes as a path."""
    return reference.Path(networks(nodes))


def hand_over_moves(target: Target, case: p2.Case) -> Measurement:
    """Move the second neuron to the idle place of the first; F is constant."""
    network = case.problem.network(target, case.network)
    nodes = networks(target.module.function(pair(network), 1, 0))
    copied, moved = nodes[0], nodes[-1]
    return worst(
        check_true((copied.W[0] == network.W[1]).all(), "the row is copied to the idle place"),
        check_true(
            (copied.theta == network.theta).all(), "coefficients wait until rows are identical"
        ),
        check_true(moved.theta[0] == network.theta[1], "the coefficient arrives"),
        check_true(moved.theta[1] == 0, "the source is idle afterwards"),
        *p2.constant(target, case, [network, *nodes], "F on the way"),
    )


def permute(target: Target, case: p2.Case) -> Measurement:
    """Relabel by the drawn order; the path starts where it should and F is constant."""
    network = case.problem.network(target, case.network)
    active = [i for i in range(case.movable) if network.theta[i] != 0]
    nodes = target.relabel(network, {i: case.order[i] for i in active}, 0)
    first = check_true(network.identical(nodes[0]), "the first node is the network itself")
    return worst(first, *p2.permute(target, case))


def spliced(target: Target, case: p7.Case) -> tuple[Any, Any, Any, Any]:
    """Return the problem, the ends and the student's path."""
    problem, a, b = case.build(target)
    return problem, a, b, path(target.module.function(pair(a), pair(b)))


def splice_is_labelled(target: Target, case: p7.Case) -> Measurement:
    """Check ends and domain of the splice."""
    _, a, b, found = spliced(target, case)
    return worst(*labelled(case.problem.domain, found, a, b))


def splice_stays_low(target: Target, case: p7.Case) -> Measurement:
    """Compare the maximum over the splice with its ends."""
    problem, a, b, found = spliced(target, case)
    level = max(problem.value(a), problem.value(b))
    rounding = 4 * case.problem.rounding(target, *found.nodes)
    return worst(
        equal(max_along_path(problem, found), level, rounding, "maximum over the path"),
        check_true(all(harmless(*ends) for ends in found.segments), "only idle rows move"),
    )


def draw_node(generator: np.random.Generator, active: list[int], m: int = 4) -> result_checks.Node:
    """Draw a network of width m with these neurons active."""
    W, theta = generator.standard_normal((m, 2)) / 4, np.zeros(m)
    theta[active] = generator.standard_normal(len(active))
    return W, theta


def draw_theorem(generator: np.random.Generator) -> tuple[result_checks.Node, ...]:
    """Draw ends, a reference with two active neurons, and compressions that keep two."""
    a, b = (draw_node(generator, [0, 1, 2, 3]) for _ in range(2))
    kept = np.array([1, 1, 0, 0])
    return a, b, draw_node(generator, [0, 1], 2), (a[0], a[1] * kept), (b[0], b[1] * kept)


ON_THE_WAY = {
    "the path starts": "the first node is not a, bit for bit",
    "the path ends": "the last node is not b, bit for bit: same labels, same idle rows",
    "nodes in the domain": "a row leaves the unit ball",
    "only idle rows": "on some segment a row moves that carries a coefficient at one of its ends",
    "maximum": "F rises above its larger end: do rows and coefficients move on one segment?",
    "interior": "between two nodes F is larger than at every node",
    "largest node": "a node is higher than all five witnesses",
    "rise above": "F rises by more than the bridge term",
    "theorem_bound": "F rises above the bound of the theorem",
}
ASSIGNMENT = Assignment(
    number=4,
    folder="path",
    title="The explicit path",
    tasks=(
        Task(
            name="hand_over",
            overlay=library_alone,
            draw=lambda generator: (draw_node(generator, [1, 2, 3]), 1, 0),
            returns=lambda value, node, *_: result_checks.nodes(value, node[0].shape),
            hint="Two new nodes: in the first only W differs, in the second only theta.",
            labels={
                "F on": "F changes on the way",
                "coefficients": "the coefficient passes while the rows still differ",
                "the source": "the neuron is there twice: its old coefficient must become 0",
            },
            marks=(
                Mark(
                    replace(
                        P2,
                        measure=hand_over_moves,
                        cases=MOVES,
                        title="A neuron moves to an idle place at constant objective",
                    ),
                    4,
                ),
            ),
            mistakes=(
                Mistake("the row is not copied to the idle place", mistakes.without_row),
                Mistake("the old coefficient is not removed", mistakes.twice),
                Mistake("row and coefficient move on one segment", mistakes.at_once),
            ),
        ),
        Task(
            name="relabel",
            overlay=with_relabel,
            draw=lambda generator: (draw_node(generator, [0, 1, 2]), {0: 1, 1: 0, 2: 2}),
            returns=lambda value, node, places: result_checks.nodes(value, node[0].shape),
            hint="While someone is misplaced: if a wanted place is idle, hand over; else park one.",
            labels={
                "every neuron": "a neuron does not arrive at its place",
                "permutation": "F changes on the way: use hand_over for every single move",
            },
            marks=(
                Mark(
                    replace(
                        P2,
                        measure=permute,
                        cases=MOVES,
                        title="Any permutation through a buffer at constant objective",
                    ),
                    8,
                ),
            ),
            mistakes=(
                Mistake("all neurons jump at once; each has to pass an idle one", mistakes.jump),
                Mistake("nothing moves", lambda node, places: [node]),
            ),
        ),
        Task(
            name="splice",
            overlay=library_alone,
            draw=lambda generator: (draw_node(generator, [0, 1]), draw_node(generator, [1, 3])),
            returns=lambda value, a, b: result_checks.nodes(value, a[0].shape),
            hint="Places for the neurons of b: their own where that is idle in a, else another.",
            labels=ON_THE_WAY,
            marks=(
                Mark(replace(P6, measure=splice_is_labelled, cases=p7.cases()), 2),
                Mark(replace(P7, measure=splice_stays_low, cases=p7.cases()), 6),
            ),
            mistakes=(
                Mistake("that is the straight segment; it may rise", lambda a, b: [a, b]),
                Mistake(
                    "rows that still carry coefficients of a are moved", mistakes.rows_then_theta
                ),
                Mistake(
                    "the path passes the zero network, which may be higher than both ends",
                    mistakes.through_zero,
                ),
            ),
        ),
        Task(
            name="theorem_path",
            overlay=with_theorem_path,
            draw=draw_theorem,
            returns=lambda value, a, *_: result_checks.nodes(value, a[0].shape),
            hint="Splice the compression of a to the reference, then that to the compression of b.",
            labels=ON_THE_WAY,
            marks=(
                Mark(replace(P6, cases=witnesses(moved=False, domains=BALL)), 2),
                Mark(replace(P5, cases=witnesses(moved=False, domains=BALL)), 5),
                Mark(
                    replace(
                        P4,
                        cases=witnesses(
                            moved=True, losses=("Absolute", "Huber", "Logistic"), domains=BALL
                        ),
                    ),
                    3,
                ),
            ),
            mistakes=(
                Mistake(
                    "that is the straight segment; it may rise",
                    lambda a, b, reference, ca, cb: [a, b],
                ),
                Mistake(
                    "the reference is not visited: the compressions need not fit side by side",
                    lambda a, b, reference, ca, cb: [a, ca, cb, b],
                ),
            ),
        ),
    ),
)
