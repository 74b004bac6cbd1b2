"""A covering of all row tuples by cells, divided where wanted, and the lowest chains through it.

A cell is a product of boxes on the surface of the cube, one for each row. Every path of row tuples
visits a chain of cells of which consecutive ones meet, so no path is lower than the lowest chain
(claim R3). Cells that differ by an order of rows have equal bounds, which are computed once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from heapq import heappop, heappush
from itertools import product

import numpy as np

from reference.barriers.cell_bounds import cell_bounds
from reference.model.exact_arithmetic import Array
from reference.model.problem import Problem


class Covering:
    """Closed cells that cover ``(S^{n-1})^m``, with bounds and neighbours.

    Attributes
    ----------
    low, high : list of (m, n)
        Corners of the boxes of each cell, dyadic.
    lower, values : list of float
        Lower bound over the cell, and the reduced landscape in its middle.
    meets : list of set of int
        The cells that share a point with each; empty for a cell that was divided.
    alive : list of bool
        Whether a cell belongs to the covering; False once divided.
    """

    def __init__(self, problem: Problem, width: int) -> None:
        self.problem = problem
        self.low: list[Array] = []
        self.high: list[Array] = []
        self.lower: list[float] = []
        self.values: list[float] = []
        self.meets: list[set[int]] = []
        self.alive: list[bool] = []
        self._known: dict[bytes, tuple[float, float]] = {}
        low, high = _faces(problem.inputs)
        picks = np.array(list(product(range(len(low)), repeat=width)))
        self._add(low[picks], high[picks], np.full(len(picks), -np.inf))
        everyone = np.arange(len(picks))
        for cell in range(len(picks)):
            self.meets[cell] = set(self._touching(cell, everyone).tolist()) - {cell}

    def __len__(self) -> int:
        """How many cells were bounded so far, divided ones included."""
        return len(self.low)

    def holding(self, rows: Array) -> list[int]:
        """Return the cells that hold a tuple of unit rows (m, n), or do within rounding."""
        point = rows / np.abs(rows).max(axis=1, keepdims=True)
        cells = np.flatnonzero(self.alive)
        low, high = (np.stack([box[k] for k in cells]) for box in (self.low, self.high))
        inside = (low - 1e-12 <= point) & (point <= high + 1e-12)
        return [int(cell) for cell in cells[inside.all(axis=(1, 2))]]

    def divide(self, cells: Iterable[int]) -> None:
        """Halve cells along their longest axis and bound the halves."""
        chosen = [cell for cell in cells if self.alive[cell]]
        first = len(self)
        halves = [_halves(self.low[cell], self.high[cell]) for cell in chosen]
        low, high = (np.concatenate([half[side] for half in halves]) for side in (0, 1))
        self._add(low, high, np.repeat([self.lower[cell] for cell in chosen], 2))
        for place, cell in enumerate(chosen):
            self._replace(cell, first + 2 * place)

    def _replace(self, cell: int, first: int) -> None:
        """Take a divided cell out of the covering and join its two halves to their neighbours."""
        around = np.array([*self.meets[cell]], dtype=int)
        for other in around:
            self.meets[other].discard(cell)
        self.meets[cell], self.alive[cell] = set(), False
        for half in (first, first + 1):
            for other in self._touching(half, around).tolist():
                self.meets[half].add(other)
                self.meets[other].add(half)
        self.meets[first].add(first + 1)
        self.meets[first + 1].add(first)

    def _touching(self, cell: int, others: Array) -> Array:
        if not len(others):
            return others
        low, high = (np.stack([box[k] for k in others]) for box in (self.low, self.high))
        meet = (low <= self.high[cell]) & (self.low[cell] <= high)
        return np.asarray(others[meet.all(axis=(1, 2))])

    def _add(self, low: Array, high: Array, at_least: Array) -> None:
        """Append cells whose bounds are at least those of the cells they come from."""
        keys = [_key(*pair) for pair in zip(low, high, strict=True)]
        fresh = {key: k for k, key in reversed(list(enumerate(keys))) if key not in self._known}
        if fresh:
            picks = np.array([*fresh.values()])
            lower, values = cell_bounds(self.problem, low[picks], high[picks])
            lower = np.where(np.isnan(lower), -np.inf, lower)
            pairs = zip(lower.tolist(), values.tolist(), strict=True)
            self._known.update(zip(fresh, pairs, strict=True))
        for k, key in enumerate(keys):
            bound, value = self._known[key]
            self.low.append(low[k])
            self.high.append(high[k])
            self.lower.append(max(bound, float(at_least[k])))
            self.values.append(value)
            self.meets.append(set())
            self.alive.append(True)


def lowest_chain(
    covering: Covering,
    start: Iterable[int],
    goal: Iterable[int],
    height: Callable[[int], float],
    below: float = np.inf,
    blocked: frozenset[int] | set[int] = frozenset(),
) -> tuple[float, list[int]]:
    """Return the chain of meeting cells from ``start`` to ``goal`` whose largest height is least.

    Among equally high chains one of few cells. Cells whose lower bound exceeds ``below`` and those
    that are ``blocked`` are left out; ``(inf, [])`` if no chain is left.
    """
    ends, before = set(goal), {}
    heap: list[tuple[float, int, int, int]] = []
    for cell in sorted(set(start) - set(blocked)):
        if covering.lower[cell] <= below:
            heappush(heap, (height(cell), 0, cell, -1))
    while heap:
        level, steps, cell, origin = heappop(heap)
        if cell in before:
            continue
        before[cell] = origin
        if cell in ends:
            chain = [cell]
            while before[chain[-1]] >= 0:
                chain.append(before[chain[-1]])
            return level, chain[::-1]
        for other in covering.meets[cell]:
            if other not in before and other not in blocked and covering.lower[other] <= below:
                heappush(heap, (max(level, height(other)), steps + 1, other, cell))
    return np.inf, []


def _faces(inputs: int) -> tuple[Array, Array]:
    """Return the faces of the cube as boxes (2 n, n)."""
    low, high = -np.ones((2 * inputs, inputs)), np.ones((2 * inputs, inputs))
    for axis in range(inputs):
        high[2 * axis, axis], low[2 * axis + 1, axis] = -1.0, 1.0
    return low, high


def _halves(low: Array, high: Array) -> tuple[Array, Array]:
    """Return both halves (2, m, n) of a cell along its longest axis, the first of equals."""
    place = np.unravel_index((high - low).argmax(), low.shape)
    lows, highs = np.stack([low, low]), np.stack([high, high])
    lows[(1, *place)] = highs[(0, *place)] = (low[place] + high[place]) / 2
    return lows, highs


def _key(low: Array, high: Array) -> bytes:
    """Name a cell up to the order of its rows."""
    boxes = np.concatenate([low, high], axis=1) + 0.0
    return boxes[np.lexsort(boxes.T[::-1])].tobytes()
