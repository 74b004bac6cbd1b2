"""Making room: from one end, by steps that keep below a level, to a network with idle neurons.

Almost every step here has radius zero (claims P1, P2): an output segment, or idle rows that move.
There the largest node value is the exact maximum of ``F`` (claim P5), so a step is legal as soon as
the node it ends at is below the level. One idle neuron is enough to move every active row
arbitrarily far: a row goes by way of its copy on the idle one. Where no neuron is idle, a certified
descent (claim K0') lowers ``F`` until one can be dropped.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from reference.compression.backward_elimination import eliminate
from reference.compression.certified_descent import descend
from reference.connection.explicit_path import (
    active_count,
    active_subnetwork,
    assign_slots,
    replace_output_layer,
)
from reference.connection.moves import idle_slots, move_idle
from reference.model.exact_arithmetic import Array
from reference.model.network import Network
from reference.model.problem import Problem
from reference.training.lbfgs import refine
from reference.training.output_layer import output_layer

PROGRESS = 1e-3  # a descent that gains less than this share of F is not worth its segments


@dataclass(frozen=True, eq=False)
class PartialPath:
    """Nodes of a path from one end of a connection.

    Attributes
    ----------
    problem : Problem
    nodes : tuple of Network
    """

    problem: Problem
    nodes: tuple[Network, ...]

    @property
    def end(self) -> Network:
        """Last node."""
        return self.nodes[-1]

    @cached_property
    def value(self) -> float:
        """Objective of the last node."""
        return float(self.problem.value(self.end))

    @cached_property
    def size(self) -> int:
        """Number of active neurons that move, at the end."""
        return active_count(self.end, self.problem.domain.frozen)

    @property
    def idle(self) -> int:
        """Number of idle neurons at the end."""
        return self.end.width - self.problem.domain.frozen - self.size

    def then(self, nodes: Sequence[Network]) -> PartialPath:
        """Return the trail continued past more nodes."""
        return PartialPath(self.problem, (*self.nodes, *nodes))


def eliminated(partial: PartialPath, size: int, limit: float) -> PartialPath:
    """Refit and drop neurons until ``size`` are active or none can go below the limit."""
    return partial.then([eliminate(partial.problem, partial.end, size, limit)])


def free_neurons(partial: PartialPath, size: int, limit: float, rounds: int = 8) -> PartialPath:
    """Continue a trail until at most ``size`` neurons are active, or no step helps.

    In each round a network of few refined neurons takes the place of all active ones at once, if
    it fits beside them below the limit; else the active rows descend, and neurons are dropped.

    Parameters
    ----------
    trail : Trail
    size : int
    limit : float
        No node added lies above it, unless the trail's end does already.
    rounds : int, optional
        At most so many.
    """
    partial = eliminated(partial, size, limit)
    for _ in range(rounds):
        if partial.size <= size or not partial.idle:
            break
        before = partial.size, partial.value
        found = replaced(partial, min(size, partial.idle), limit)
        if found is not None:
            return found
        partial = eliminated(descended(partial, limit), size, limit)
        if partial.size == before[0] and partial.value > before[1] * (1 - PROGRESS):
            break
    return partial


def descend_then_free(partial: PartialPath, size: int, limit: float) -> PartialPath:
    """Descend along a certified path in all rows at once, then make room from there."""
    if partial.size <= size:
        return partial
    path = descend(partial.problem, partial.end, max(limit, partial.value)).path
    return free_neurons(partial.then(path.nodes[1:]), size, limit)


def replaced(partial: PartialPath, size: int, limit: float) -> PartialPath | None:
    """Go to a refined network of ``size`` neurons beside the active ones; None if above limit."""
    problem, frozen = partial.problem, partial.problem.domain.frozen
    few = refine(problem, active_subnetwork(eliminate(problem, partial.end, size), frozen))
    if not problem.value(few) <= limit:
        return None
    return partial.then(
        replace_output_layer(partial.end, few, assign_slots(partial.end, few, frozen), frozen)
    )


def descended(
    partial: PartialPath, limit: float, moving: Sequence[int] | None = None
) -> PartialPath:
    """Bring rows to where their joint descent ends, as many at once as fit on idle rows.

    All active rows move, or the active neurons ``moving``. Where moving a batch to its place in
    the joint minimum would pass the limit, the batch descends on its own instead, which does not
    raise ``F``.
    """
    problem, origin = partial.problem, partial.end
    goal = dict(_refined_rows(problem, origin, moving))
    while partial.idle and (waiting := [i for i in goal if _stands(partial.end, origin, i)]):
        batch = waiting[: partial.idle]
        moved = _moved(problem, partial.end, {i: goal.pop(i) for i in batch})
        if problem.value(moved[-1]) > limit:
            moved = _moved(problem, partial.end, dict(_refined_rows(problem, partial.end, batch)))
        if problem.value(moved[-1]) <= max(limit, partial.value):
            partial = partial.then(moved)
    return partial


def _stands(network: Network, origin: Network, i: int) -> bool:
    """Whether neuron ``i`` is still in use where it was."""
    return bool(network.theta[i] != 0 and (network.W[i] == origin.W[i]).all())


def _refined_rows(
    problem: Problem, network: Network, batch: Sequence[int] | None
) -> Iterator[tuple[int, Array]]:
    """Refine the active part, all movable rows or a batch; yield each such neuron's new row."""
    frozen = problem.domain.frozen
    neurons = network.active[network.active < network.width - frozen].tolist()
    batch = neurons if batch is None else batch
    refined = refine(problem, active_subnetwork(network, frozen), [neurons.index(i) for i in batch])
    for i in batch:
        yield i, refined.W[neurons.index(i)]


def _moved(problem: Problem, network: Network, rows: dict[int, Array]) -> list[Network]:
    """Move active rows by way of idle ones; return the two nodes after ``network``, refitted."""
    frozen = problem.domain.frozen
    slots = dict(zip(rows, idle_slots(network, frozen).tolist(), strict=False))
    placed = move_idle(network, {slots[i]: row for i, row in rows.items()}, frozen)
    start = network.theta.copy()
    for old, new in slots.items():
        start[new], start[old] = start[old], 0.0
    used = np.union1d(np.flatnonzero(start), np.arange(network.width - frozen, network.width))
    theta = np.zeros_like(start)
    theta[used] = output_layer(problem, placed.features(problem.X)[:, used], start[used])
    return [placed, Network(placed.W, theta)]
