"""Moves that keep the predictor (claim P2).

Three moves of single neurons keep every prediction while ``F`` stays or falls:

(i)   an *idle* row, one whose coefficient is exactly 0, moves anywhere in the domain;
(ii)  of two identical rows, one hands its coefficient to the other;
(iii) a row grows while its coefficient shrinks, product kept, by way of an idle row: the longer
      copy is placed there (i), takes over the predictor on a straight output segment, and hands
      it back after the first row has grown (i, ii).

Together (i) and (ii) permute neurons through one idle neuron, the buffer. Every function returns
nodes of a path, the given network first; on each segment either ``W`` is fixed or only idle rows
move. Frozen rows, the last ``frozen`` ones, never move.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from reference.model.domain import EPSILON, Domain
from reference.model.exact_arithmetic import Array
from reference.model.feature_scale import root
from reference.model.network import Network


def idle_slots(network: Network, frozen: int = 0) -> Array:
    """Return the indices of movable neurons whose coefficient is exactly 0, ascending."""
    return np.flatnonzero(network.theta[: network.width - frozen] == 0)


def move_idle(network: Network, rows: Mapping[int, Array], frozen: int = 0) -> Network:
    """Return the network with idle rows replaced: slot -> new row (move i).

    Raises
    ------
    ValueError
        If a slot is not an idle, movable neuron.
    """
    foreign = sorted(set(rows) - set(idle_slots(network, frozen).tolist()))
    if foreign:
        raise ValueError(
            f"rows: found slot {foreign[0]}, allowed are the idle neurons "
            f"{idle_slots(network, frozen).tolist()}"
        )
    W = network.W.copy()
    for slot, row in rows.items():
        W[slot] = row
    return Network(W, network.theta)


def transfer(network: Network, targets: Mapping[int, int]) -> Network:
    """Return the network after neurons handed their coefficient on: source -> target (move ii).

    Raises
    ------
    ValueError
        If a source and its target have different rows, or the target is not idle.
    """
    theta = network.theta.copy()
    for source, target in targets.items():
        if (network.W[source] != network.W[target]).any() or network.theta[target] != 0:
            raise ValueError(
                f"targets: found neurons {source} and {target}, allowed are an idle target and "
                "identical rows"
            )
        theta[target], theta[source] = network.theta[source], 0 * network.theta[source]
    return Network(network.W, theta)


def copy_to_idle(network: Network, targets: Mapping[int, int], frozen: int = 0) -> list[Network]:
    """Copy neurons to idle slots, all at once: source -> target; return the two nodes after.

    Raises
    ------
    ValueError
        If a target is not an idle, movable neuron, or occurs twice.
    """
    if len(set(targets.values())) < len(targets):
        raise ValueError(f"targets: found {dict(targets)}, allowed are distinct targets")
    copied = move_idle(network, {t: network.W[s] for s, t in targets.items()}, frozen)
    return [copied, transfer(copied, targets)]


def relabel(network: Network, targets: Mapping[int, int], frozen: int = 0) -> list[Network]:
    """Bring active neurons to new places: old slot -> new slot, others stay (moves i and ii).

    In every round all neurons whose place is idle go there at once, and idle slots nobody wants
    take in neurons that stand on someone's place; so a cycle passes through a buffer.

    Parameters
    ----------
    network : Network
    targets : mapping of int to int
        For active, movable neurons; with those not named it must be one to one.
    frozen : int
        How many trailing neurons never move.

    Returns
    -------
    list of Network
        The nodes; the first is ``network``, the last has every coefficient in its new place.

    Raises
    ------
    ValueError
        If a slot is idle, frozen or out of range, two neurons want one slot, or neurons must
        move in a cycle and no slot is idle.
    """
    wanted = _wanted_places(network, targets, frozen)
    nodes = [network]
    while any(slot != place for slot, place in wanted.items()):
        hops = _round(wanted, set(range(network.width - frozen)))
        nodes += copy_to_idle(nodes[-1], hops)
        wanted = {hops.get(slot, slot): place for slot, place in wanted.items()}
    return nodes


def sphericalise(network: Network, domain: Domain) -> list[Network]:
    """Bring the weight part of every active row to norm 1, through idle neurons (move iii).

    ``F`` does not rise. Rows whose weight part is 0 or already of norm 1 (up to rounding inward)
    stay; each row keeps its slot. As many rows grow at once as there are idle neurons.

    Raises
    ------
    ValueError
        If a row has to grow and no neuron is idle.
    """
    unit = _on_sphere(network, domain)
    growing = [i for i in network.active.tolist() if (unit.W[i] != network.W[i]).any()]
    buffers = idle_slots(network, domain.frozen).tolist()
    if growing and not buffers:
        raise ValueError("network: found no idle neuron, allowed is at least one (the buffer)")
    nodes = [network]
    while growing:
        batch = dict(zip(growing, buffers, strict=False))
        growing = growing[len(batch) :]
        nodes += _grow(nodes[-1], batch, unit)
    return nodes


def _grow(network: Network, batch: Mapping[int, int], unit: Network) -> list[Network]:
    """Grow the rows ``batch`` maps to their buffers; return the four nodes after ``network``."""
    placed = move_idle(network, {buffer: unit.W[i] for i, buffer in batch.items()})
    theta = placed.theta.copy()
    for i, buffer in batch.items():
        theta[buffer], theta[i] = unit.theta[i], 0 * theta[i]
    carried = Network(placed.W, theta)
    back = {buffer: i for i, buffer in batch.items()}
    return [placed, carried, *copy_to_idle(carried, back)]


def _on_sphere(network: Network, domain: Domain) -> Network:
    """Return the network with every weight part that can grow at norm 1, product kept."""
    rows = domain.weight_part(network.W)
    squares = (rows * rows).sum(axis=1)
    growing = np.flatnonzero((squares > 0) & (squares < 1 - 64 * rows.shape[1] * EPSILON))
    W, theta = network.W.copy(), network.theta.copy()
    if network.is_exact:
        for i in growing:
            norm = root(squares[i])
            W[i], theta[i] = W[i] / norm, theta[i] * norm
    else:
        unit_W, unit_theta = domain.normalise(W, theta)
        W[growing], theta[growing] = unit_W[growing], unit_theta[growing]
    return Network(W, theta)


def _wanted_places(network: Network, targets: Mapping[int, int], frozen: int) -> dict[int, int]:
    movable = network.width - frozen
    active = [slot for slot in network.active.tolist() if slot < movable]
    foreign = sorted(set(targets) - set(active))
    if foreign:
        raise ValueError(f"targets: found neuron {foreign[0]}, allowed are the active {active}")
    wanted = {slot: int(targets.get(slot, slot)) for slot in active}
    places = list(wanted.values())
    if len(set(places)) < len(places) or not all(0 <= place < movable for place in places):
        raise ValueError(
            f"targets: found places {places}, allowed are distinct slots 0 .. {movable - 1}"
        )
    return wanted


def _round(wanted: Mapping[int, int], slots: set[int]) -> dict[int, int]:
    """Choose the hops of one round, source -> idle target."""
    idle = slots - set(wanted)
    away = {slot: place for slot, place in wanted.items() if slot != place}
    hops = {slot: place for slot, place in away.items() if place in idle}
    spare = sorted(idle - set(hops.values()))
    blocking = [slot for slot in away if slot not in hops and slot in away.values()]
    hops |= dict(zip(blocking, spare, strict=False))
    if not hops:
        raise ValueError("network: found no idle neuron, allowed is at least one (the buffer)")
    return hops
