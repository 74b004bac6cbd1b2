"""The barrier between two networks, bracketed from both sides (claims R1 to R3, R5).

The least level of a path between two networks is that of a path of row tuples in the reduced
landscape. A covering by cells bounds it from below, a path along a chain of cells from above. Only
cells that keep the bracket open are divided.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import permutations
from time import monotonic

import numpy as np

from reference.barriers.covering import Covering, lowest_chain
from reference.barriers.reduced_landscape import best_layers
from reference.barriers.row_path import joined_path, refined, unit_rows
from reference.barriers.separation import separation_bound
from reference.certificate.path_maximum import Certificate, certify
from reference.certificate.rounding import node_bounds
from reference.connection.portfolio import connect
from reference.model.exact_arithmetic import Array
from reference.model.network import Network
from reference.model.path import Path
from reference.model.problem import Problem

DIMENSIONS = 4  # most angles m (n - 1) of a row tuple
DIVIDED = 32  # cells divided in one round
PIECES = (4, 8)  # points of the curve from one cell to the next: searched, returned


@dataclass(frozen=True, eq=False)
class Barrier:
    """A bracket of the least level a path between two networks must reach.

    Attributes
    ----------
    lower, upper : float
        Every path reaches ``lower``; ``path`` stays at most at ``upper``. Both are levels of the
        objective, true in exact arithmetic at the stored networks.
    higher_end : float
        The larger objective of the two ends, rounded down.
    path : Path
        From ``a`` to ``b``, bit for bit; to a relabelled ``b`` if labels do not count.
    certificate : Certificate
        Of ``path``.
    argument : str
        Why no path stays below ``lower``.
    cells : int
        Cells bounded; 0 where no covering was needed.
    history : tuple of (int, float, float)
        Cells, ``lower`` and ``upper`` after each round.
    closed : bool
        Whether the bracket is as narrow as asked; if not, a budget ran out.
    """

    lower: float
    upper: float
    higher_end: float
    path: Path
    certificate: Certificate
    argument: str
    cells: int
    history: tuple[tuple[int, float, float], ...]
    closed: bool

    @property
    def rise(self) -> tuple[float, float]:
        """Bracket of the barrier above the higher end."""
        least = max(0.0, self.lower - self.certificate.node_upper[[0, -1]].max())
        return float(least), float(max(0.0, self.upper - self.higher_end))


def barrier(
    problem: Problem,
    a: Network,
    b: Network,
    tol: float = 1e-4,
    seconds: float = 60.0,
    cells: int = 20_000,
    labelled: bool = True,
) -> Barrier:
    """Bracket the least level of a path from ``a`` to ``b``, with a proof of both sides.

    Parameters
    ----------
    problem : Problem
        In float64, rows in the unit ball, ``kappa > 0``; any loss.
    a, b : Network
        Of equal width ``m``; ``m (n - 1)`` is at most 4 (any width for one input).
    tol : float, optional
        Width of the bracket to stop at, in units of ``F(0)``.
    seconds : float, optional
        Time after which no new round starts; the bracket is valid, if wide.
    cells : int, optional
        Most cells to bound; the result depends on the machine only where ``seconds`` run out.
    labelled : bool, optional
        Whether neurons keep their places. If not, the path may end at any relabelled ``b``, so
        a permutation costs nothing (claim R5).

    Raises
    ------
    ValueError
        If a network does not fit, or the problem is outside what is bounded.

    Notes
    -----
    Source: theory, section 5, claims R1 to R3 and R5; one input: C6.

    Examples
    --------
    Two neurons that are both needed change places only by giving one up.

    >>> from reference import Huber
    >>> problem = Problem([[1.0, 0.0], [0.0, 1.0]], [1.0, -1.0], Huber(0.25), 0.1)
    >>> a = Network([[1.0, 0.0], [0.0, 1.0]], [0.8, -0.8])
    >>> found = barrier(problem, a, Network(a.W[::-1], a.theta[::-1]), tol=1e-2)
    >>> found.rise[0] > 0.01 and found.closed
    True
    """
    _check(problem, a, b)
    goals = [b]
    if not labelled:
        goals = [Network(b.W[list(p)], b.theta[list(p)]) for p in permutations(range(b.width))]
    if problem.inputs == 1:
        return min((_one_input(problem, a, goal, tol) for goal in goals), key=_brackets)
    return _search(problem, a, goals, tol * float(problem.zero_value), monotonic() + seconds, cells)


def _brackets(found: Barrier) -> tuple[float, float]:
    return found.lower, found.upper


def _one_input(problem: Problem, a: Network, b: Network, tol: float) -> Barrier:
    """One input: claim C6 below, the best path found above."""
    bound = separation_bound(problem, a, b)
    found = connect(problem, a, b)
    lower, upper = float(bound.value), float(found.certificate.upper)
    ends = max(float(node_bounds(problem, end)[1]) for end in (a, b))
    closed = upper - lower <= tol * float(problem.zero_value)
    history = ((0, lower, upper),)
    return Barrier(
        lower, upper, ends, found.path, found.certificate, bound.argument, 0, history, closed
    )


def _search(
    problem: Problem, a: Network, goals: list[Network], width: float, until: float, cells: int
) -> Barrier:
    """Divide cells until the bracket is at most ``width`` or a budget is spent."""
    ends = max(float(node_bounds(problem, end)[1]) for end in (a, goals[0]))
    covering, best = Covering(problem, a.width), _Best(problem, a, goals)
    lower, history = ends, []
    argument = "every path contains its ends"
    while True:
        start = covering.holding(unit_rows(a))
        goal = {cell for end in goals for cell in covering.holding(unit_rows(end))}
        level, _ = lowest_chain(covering, start, goal, lambda cell: covering.lower[cell])
        if level > lower:
            lower, argument = level, "R3: every chain of cells that joins the ends is this high"
        _, chain = lowest_chain(
            covering, start, goal, lambda cell: covering.values[cell], max(level, lower)
        )
        _, low = lowest_chain(covering, start, goal, lambda cell: covering.values[cell])
        best.try_chain(covering, low, lower, width)
        history.append((len(covering), lower, best.upper))
        spent = monotonic() > until or len(covering) + 2 * DIVIDED > cells
        if best.upper - lower <= width or spent:
            break
        covering.divide(_worth_dividing(covering, start, goal, chain, lower, best.upper, width))
    upper = best.upper
    rounds, closed, used = tuple(history), upper - lower <= width, len(covering)
    certificate, path = best.certificate, best.path
    return Barrier(lower, upper, ends, path, certificate, argument, used, rounds, closed)


def _worth_dividing(
    covering: Covering,
    start: list[int],
    goal: set[int],
    chain: list[int],
    lower: float,
    upper: float,
    width: float,
) -> list[int]:
    """Return the cells of low chains, one chain after the other, that are not seen to be low."""
    chosen: set[int] = set()
    while chain and len(chosen) < DIVIDED:
        high = [cell for cell in chain if covering.values[cell] > lower + width / 2]
        if not high:
            sizes = [float((covering.high[k] - covering.low[k]).max()) for k in chain]
            high = [cell for cell, size in zip(chain, sizes, strict=True) if size == max(sizes)]
        chosen.update(high)
        _, chain = lowest_chain(
            covering, start, goal, lambda cell: covering.lower[cell], upper - width, chosen
        )
    return sorted(chosen)


class _Best:
    """The lowest path met, certified."""

    def __init__(self, problem: Problem, a: Network, goals: list[Network]) -> None:
        self.problem, self.a, self.goals = problem, a, goals
        straight = np.stack([unit_rows(a), unit_rows(goals[0])])
        self.path, self.certificate = self._certified(straight, goals[0])
        self.upper = float(self.certificate.upper)

    def try_chain(self, covering: Covering, chain: list[int], lower: float, width: float) -> None:
        """Follow a chain of cells; certify the path if it looks lower by what matters."""
        last = chain[-1]
        ends = [end for end in self.goals if last in covering.holding(unit_rows(end))]
        centres = [(covering.low[cell] + covering.high[cell]) / 2 for cell in chain]
        middles = [point / np.linalg.norm(point, axis=1, keepdims=True) for point in centres]
        points = np.stack([unit_rows(self.a), *middles, unit_rows(ends[0])])
        seen = float(best_layers(self.problem, refined(points, PIECES[0])).values.max())
        if seen < self.upper - max(width / 4, (self.upper - lower) / 8):
            path, certificate = self._certified(points, ends[0])
            if float(certificate.upper) < self.upper:
                self.path, self.certificate = path, certificate
                self.upper = float(certificate.upper)

    def _certified(self, points: Array, end: Network) -> tuple[Path, Certificate]:
        path = joined_path(self.problem, self.a, end, refined(points, PIECES[1]))
        tol = 1e-6 * float(self.problem.zero_value)
        return path, certify(self.problem, path, tol, max_evaluations=4 * len(path.nodes) + 2000)


def _check(problem: Problem, a: Network, b: Network) -> None:
    problem.check(a, "a")
    problem.check(b, "b")
    if a.width != b.width:
        raise ValueError(f"b: found width {b.width}, allowed is that of a, {a.width}")
    if problem.is_exact or not problem.domain.bounded_rows:
        raise ValueError("problem: allowed is float64 data with rows in the unit-ball domain")
    problem.penalty_weight("R1")
    if problem.inputs > 1 and a.width * (problem.inputs - 1) > DIMENSIONS:
        raise ValueError(
            f"a: found width {a.width} with {problem.inputs} inputs, allowed are widths up to 4 "
            "for two inputs, 2 for three, 1 for four or five; separation_bound takes any size"
        )
