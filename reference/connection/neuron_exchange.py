"""Morphing one network into another, a few neurons at a time, when both do not fit side by side.

Two networks share a path as soon as what one has and the other has not fits on the other's idle
rows. So neurons of the goal are placed one by one, each in exchange for one that is not the
goal's, and those left adapt to the newcomers. All steps have radius zero (claim P5): what the path
costs is its largest node value, and that is what the exchanges are chosen by.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from reference.compression.backward_elimination import drop_costs, without
from reference.connection.explicit_path import active_count, unshared_neurons
from reference.connection.freeing_neurons import PartialPath, descended
from reference.connection.moves import idle_slots, move_idle
from reference.model.exact_arithmetic import Array
from reference.model.network import Network
from reference.model.problem import Problem

CANDIDATES = 4  # newcomers and leavers tried for each exchange


def exchange_neurons(partial: PartialPath, goal: Network) -> PartialPath:
    """Continue a trail until ``goal`` fits beside its end, rows of the goal counted once.

    Parameters
    ----------
    trail : Trail
    goal : Network
        Of the same width.
    """
    problem, frozen = partial.problem, partial.problem.domain.frozen
    room = goal.width - frozen - active_count(goal, frozen)
    while len(own := unshared_neurons(partial.end, goal, frozen)) > room:
        options = list(_exchanges(problem, partial.end, goal, own))
        nodes = min(options, key=lambda nodes: float(problem.value(nodes[-1])))
        partial = partial.then(nodes)
        own = unshared_neurons(partial.end, goal, frozen)
        if len(own) > room and partial.idle:
            partial = descended(partial, partial.value, own)
    return partial


def _exchanges(
    problem: Problem, network: Network, goal: Network, own: list[int]
) -> Iterator[list[Network]]:
    """Yield the nodes of exchanges of one own neuron for one of the goal, or for none."""
    frozen = problem.domain.frozen
    H = network.features(problem.X)
    active = network.active
    costs = np.full(network.width, np.inf)
    costs[active] = drop_costs(problem, H[:, active], network.theta[active])
    leavers = sorted(own, key=lambda i: float(costs[i]))[:CANDIDATES]
    slots = idle_slots(network, frozen)
    for placed, slot in _placements(problem, network, goal, slots):
        H = placed.features(problem.X)
        unused = np.setdiff1d(np.flatnonzero(placed.theta == 0), [slot])
        for i in leavers:
            theta = without(problem, H, placed.theta, np.append(unused, i))
            yield [placed, Network(placed.W, theta)]


def _placements(
    problem: Problem, network: Network, goal: Network, slots: Array
) -> Iterator[tuple[Network, int]]:
    """Yield the network with a row of the goal placed on an idle slot, most useful rows first."""
    frozen = problem.domain.frozen
    missing = unshared_neurons(goal, network, frozen) if len(slots) else []
    slope = problem.loss.derivative(problem.y, network.predict(problem.X))
    pull = np.abs(goal.features(problem.X).T @ slope)
    for i in sorted(missing, key=lambda i: -float(pull[i]))[:CANDIDATES]:
        yield move_idle(network, {int(slots[0]): goal.W[i]}, frozen), int(slots[0])
    if not missing:
        yield network, -1
