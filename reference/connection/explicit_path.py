"""The explicit path of the theorem: from one network to another by way of a reference.

Two facts carry everything (claims P1, P2): ``F`` is convex along a segment that changes only the
output layer, and a row with coefficient 0 moves for free. So if the active neurons of two networks
fit side by side into the width, one output segment leads from one to the other, and the larger
of the two values is the exact maximum of ``F`` on the way. `chain_networks` strings such steps
together.
`theorem_path` is claim P4, given its witnesses; with compressions at fixed rows it is claim P5,
and the largest node value is the exact maximum over the whole path.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence

import numpy as np

from reference.certificate.rounding import above, node_bounds, scale_above
from reference.compression.result import displacement
from reference.connection.moves import idle_slots, move_idle, relabel
from reference.model.exact_arithmetic import Scalar
from reference.model.network import Network
from reference.model.path import Path
from reference.model.problem import Problem


def bridge_bound(problem: Problem, radius: Scalar, level: Scalar) -> Scalar:
    """Return ``(1/2) (L D / kappa) r (level - Rlow)``: how far a bridge may rise (claim P3).

    If two networks have ``F <= level`` and rows that differ by at most ``r`` each, the straight
    segment between them stays below ``level`` plus this. The factor 1/2 is sharp: at time t the
    rows are ``t r`` and ``(1 - t) r`` away from their ends, and ``2 t (1 - t) <= 1/2``.

    Raises
    ------
    ValueError
        If the loss has no ``L``, ``kappa`` is 0 or ``radius`` is negative.
    """
    slope = problem.lipschitz_constant("P3") * scale_above(problem)
    if radius < 0:
        raise ValueError(f"radius: found {radius}, allowed is at least 0")
    rise = slope * radius * (level - problem.lower) / (2 * problem.penalty_weight("P3"))
    return above(problem, rise)


def theorem_path(
    problem: Problem,
    a: Network,
    b: Network,
    reference: Network,
    compressed: tuple[Network, Network],
) -> Path:
    """Return the path of claim P4 from ``a`` to ``b``, labelled arrays bit for bit (claim P6).

    It runs a -> compression of a -> reference -> compression of b -> b. The first and the last
    step are straight bridges; every other segment has an end as its exact maximum. Neurons are
    brought to their places through idle ones.

    Parameters
    ----------
    problem : Problem
    a, b : Network
        Ends, of one width ``m``.
    reference : Network
        A network with ``l`` active neurons, of any width.
    compressed : pair of Network
        For each end a network of width ``m`` with at most ``m - l`` active neurons. If ``l = m``
        they are zero networks. (Frozen neurons count nowhere.)

    Raises
    ------
    ValueError
        If a network does not fit the data, lies outside the domain, has another width than the
        ends or another arithmetic, or a compression has too many active neurons.
    """
    ca, cb = compressed
    named = {"a": a, "b": b, "reference": reference, "compressed[0]": ca, "compressed[1]": cb}
    for name, network in named.items():
        problem.check(network, name)
        if name != "reference" and network.width != a.width:
            raise ValueError(f"{name}: found width {network.width}, allowed is a's, {a.width}")
    frozen = problem.domain.frozen
    movable, needed = a.width - frozen, active_count(reference, frozen)
    for name in ("compressed[0]", "compressed[1]"):
        found = active_count(named[name], frozen)
        if found + needed > movable:
            raise ValueError(
                f"{name}: found {found} active neurons, allowed are at most m - l = "
                f"{movable} - {needed} = {movable - needed}"
            )
    return Path([a, *chain_networks(ca, [reference], cb, frozen), b]).simplified()


def theorem_bound(
    problem: Problem,
    a: Network,
    b: Network,
    reference: Network,
    compressed: tuple[Network, Network],
) -> Scalar:
    """Return the bound of claim P4 on ``F`` along `theorem_path` with the same witnesses.

    It is the largest of the five values, or of an end and its compression plus their bridge
    term; at radius 0 the bridge term vanishes whatever the loss (claim P5).
    """
    bounds = [node_bounds(problem, reference)[0]]
    for end, witness in zip((a, b), compressed, strict=True):
        level = max(node_bounds(problem, network)[0] for network in (end, witness))
        moved = (end.W != witness.W).any()
        radius = displacement(end, witness)
        bounds.append(level + bridge_bound(problem, radius, level) if moved else level)
    return max(bounds)


def active_count(network: Network, frozen: int = 0) -> int:
    """Return how many neurons that can move carry a coefficient."""
    return int((network.theta[: network.width - frozen] != 0).sum())


def unshared_neurons(network: Network, other: Network, frozen: int = 0) -> list[int]:
    """Return the active neurons that move and whose row no active neuron of ``other`` has.

    A row held by more neurons here than there is foreign in the surplus ones.
    """
    standing = other.active[other.active < other.width - frozen]
    known = Counter(tuple(row) for row in other.W[standing].tolist())
    found = []
    for i in network.active[network.active < network.width - frozen].tolist():
        row = tuple(network.W[i].tolist())
        if known[row] == 0:
            found.append(i)
        known[row] -= known[row] > 0
    return found


def active_subnetwork(network: Network, frozen: int = 0) -> Network:
    """Return the network without its idle movable neurons (one is kept if nothing else is left)."""
    movable = network.width - frozen
    kept = np.concatenate(
        [network.active[network.active < movable], np.arange(movable, network.width)]
    )
    kept = kept if len(kept) else np.arange(1)
    return Network(network.W[kept], network.theta[kept])


def chain_networks(
    start: Network, stops: Sequence[Network], end: Network, frozen: int = 0
) -> list[Network]:
    """Return nodes from ``start`` past every stop to ``end``, neighbours side by side in ``m``.

    Each stop's active neurons are placed on idle rows of the network before it, then one output
    segment leads there; a neuron whose row is there already needs no place. The neurons of
    ``end`` come last and are relabelled to their own slots. On every segment ``W`` is fixed or
    only idle rows move.

    Parameters
    ----------
    start, end : Network
        Of one width ``m``.
    stops : sequence of Network
        Of any widths. Two consecutive networks of ``start, *stops, end`` have together at most
        ``m`` different rows of active neurons that move.
    frozen : int
        How many trailing neurons never move.

    Raises
    ------
    ValueError
        If two neighbours do not fit.
    """
    homes = set(end.active.tolist())
    nodes = [start]
    for stop in stops:
        nodes += replace_output_layer(
            nodes[-1], stop, assign_slots(nodes[-1], stop, frozen, avoided=homes), frozen
        )
    slots = assign_slots(nodes[-1], end, frozen, at_home=True)
    nodes += replace_output_layer(nodes[-1], end, slots, frozen)
    nodes += relabel(nodes[-1], {slot: home for home, slot in slots.items()}, frozen)
    return [*nodes, end]


def assign_slots(
    network: Network,
    target: Network,
    frozen: int,
    at_home: bool = False,
    avoided: Collection[int] = (),
) -> dict[int, int]:
    """Choose a slot of ``network`` for each active neuron of ``target`` that moves.

    An active slot that holds the same row, else the neuron's own slot if it is idle and
    ``at_home``, else another idle one, ``avoided`` slots last.

    Raises
    ------
    ValueError
        If there are too few idle slots.
    """
    movable = target.width - frozen
    neurons = target.active[target.active < movable].tolist()
    idle = idle_slots(network, frozen).tolist()
    standing = [slot for slot in network.active.tolist() if slot < network.width - frozen]
    chosen: dict[int, int] = {}
    for i in neurons:
        same = [slot for slot in standing if (network.W[slot] == target.W[i]).all()]
        if same:
            chosen[i] = same[0]
            standing.remove(same[0])
    chosen |= {i: i for i in neurons if at_home and i not in chosen and i in idle}
    spare = sorted(set(idle) - set(chosen.values()), key=lambda slot: (slot in avoided, slot))
    waiting = [i for i in neurons if i not in chosen]
    if len(waiting) > len(spare):
        raise ValueError(
            f"target: found {len(waiting)} active neurons to place, allowed are {len(spare)}, the "
            "idle neurons of the network before it"
        )
    return chosen | dict(zip(waiting, spare, strict=False))


def replace_output_layer(
    network: Network, target: Network, slots: Mapping[int, int], frozen: int
) -> list[Network]:
    """Place active neurons of ``target`` (neuron -> slot) and go there on an output segment.

    Returns the two nodes after ``network``: rows placed; coefficients switched.
    """
    moving = {
        slot: target.W[i] for i, slot in slots.items() if (network.W[slot] != target.W[i]).any()
    }
    placed = move_idle(network, moving, frozen)
    theta = 0 * network.theta
    for i, slot in slots.items():
        theta[slot] = target.theta[i]
    for k in range(1, frozen + 1):
        theta[-k] = target.theta[-k]
    return [placed, Network(placed.W, theta)]
