"""Which networks are joined, and at which level: functions of the design and the pools alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from reference.model.exact_arithmetic import Array
from reference.study.design import Design


@dataclass(frozen=True)
class Pair:
    """Two networks of a pool to be joined.

    Attributes
    ----------
    first, second : int
        Indices in the pool of their width; two networks stand in ascending order.
    block : int
        Pairs of different blocks share no network: the unit of honest statistics.
    """

    first: int
    second: int
    block: int


def levels(design: Design, rule: str, values: Mapping[int, Array]) -> dict[int, float | None]:
    """Return the level of each width, None where it is the pair's own.

    Parameters
    ----------
    design : Design
    rule : str
        One of `design.levels`.
    values : mapping from width to objectives (design.count,)
        Groups follow each other.
    """
    if rule == "pairwise":
        return dict.fromkeys(values)
    moving: dict[int, float | None] = {
        width: float(np.sort(_grouped(design, pool))[:, design.members_below - 1].max())
        for width, pool in values.items()
    }
    if rule == "moving":
        return moving
    return dict.fromkeys(values, max(level for level in moving.values() if level is not None))


def draw_pairs(design: Design, width: int, level: float | None, values: Array) -> list[Pair]:
    """Draw the pairs of one width among the networks at or below the level.

    Parameters
    ----------
    design : Design
    width : int
        Enters the random stream.
    level : float or None
        None: any two networks may be drawn.
    values : (design.count,)
    """
    found: list[tuple[int, int, int]] = []
    for replicate, group in enumerate(_grouped(design, values)):
        sequence = np.random.SeedSequence(design.seed, spawn_key=(width, replicate))
        generator = np.random.default_rng(sequence)
        members = np.arange(design.networks) if level is None else np.flatnonzero(group <= level)
        draw = _disjoint if design.pairing == "disjoint" else _random
        pairs = draw(members + replicate * design.networks, design.pairs, generator)
        found.extend((i, j, replicate) for i, j in pairs)
    blocks = [block for _, _, block in found]
    if design.pairing == "random":
        blocks = _components([(i, j) for i, j, _ in found], design.count)
    return [Pair(i, j, block) for (i, j, _), block in zip(found, blocks, strict=True)]


def _grouped(design: Design, values: Array) -> Array:
    return values.reshape(design.replicates, design.networks)


def _disjoint(members: Array, count: int, generator: np.random.Generator) -> list[tuple[int, int]]:
    drawn = np.sort(generator.permutation(members)[: 2 * count].reshape(count, 2))
    return [(int(i), int(j)) for i, j in drawn]


def _random(members: Array, count: int, generator: np.random.Generator) -> list[tuple[int, int]]:
    """Draw different pairs of different networks, uniformly, in the order they came."""
    drawn: dict[tuple[int, int], None] = {}
    while len(drawn) < count:
        i, j = sorted(generator.choice(members, 2, replace=False).tolist())
        drawn[i, j] = None
    return list(drawn)


def _components(pairs: list[tuple[int, int]], count: int) -> list[int]:
    """Return, for each pair, the connected component of the graph whose edges are the pairs."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    first, second = np.array(pairs).T
    graph = coo_array((np.ones(len(pairs)), (first, second)), shape=(count, count))
    labels = connected_components(graph, directed=False)[1]
    return [int(label) for label in labels[first]]
