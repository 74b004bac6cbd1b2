"""A path between two networks whose rise above a level is certified, and mostly exactly 0.

The segments used are convex (claims P1, P2) wherever possible, so what has to be found are nodes
at or below the level (claim P5). `connect` makes room at both ends until their active neurons fit
side by side (claim P7), or meet in a mixture of both; where that cannot be done at the level, the
level rises by the least that lets one of them drop a neuron. The path found is then certified,
rounding included.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from reference.certificate.path_maximum import Certificate, certify
from reference.certificate.rounding import node_bounds
from reference.compression.backward_elimination import without
from reference.connection.explicit_path import chain_networks, unshared_neurons
from reference.connection.freeing_neurons import (
    PartialPath,
    descend_then_free,
    eliminated,
    free_neurons,
)
from reference.connection.least_level import least_level
from reference.connection.neuron_exchange import exchange_neurons
from reference.connection.string_sampling import sample_string
from reference.model.network import Network
from reference.model.path import Path
from reference.model.problem import Problem
from reference.training.parallel import one_blas_thread

ATTAINED = 1e-12  # a cost this close to a level counts as that level, relatively


@dataclass(frozen=True, eq=False)
class Connection:
    """A path between two networks and what is certified of it.

    Attributes
    ----------
    path : Path
        Starts and ends at the given arrays, bit for bit; every node lies in the domain.
    level : float
        What the path should not rise above.
    gap : float
        Certified rise above the level; 0 where the whole path stays below it. The level is the
        higher end itself, or a number given: the gap then counts an end computed above it, and
        ``certificate.ends_below(level)`` says whether both ends are proven to lie at most at it.
    certificate : Certificate
    method : str
        How the ends met: "still" (they are one), "splice", "straight", "morph", "backward morph",
        "raised", "string" or "direct string".
    """

    path: Path
    level: float
    gap: float
    certificate: Certificate
    method: str

    def __repr__(self) -> str:
        """State the certified gap above the level and how the path was found."""
        return (
            f"Connection(gap = {self.gap}, level = {self.level}, {self.method}, "
            f"{len(self.path)} nodes)"
        )


def connect(
    problem: Problem,
    a: Network,
    b: Network,
    level: float | None = None,
    unavoidable: float = -np.inf,
) -> Connection:
    """Connect two networks by a path that rises above a level by as little as can be found.

    Parameters
    ----------
    problem : Problem
        In float64. Any loss, either domain, any ``kappa``.
    a, b : Network
        Ends of one width, in the domain.
    level : float, optional
        Default: the larger of the two values.
    unavoidable : float, optional
        A level known to be one that no path stays below, such as ``separation_bound``'s: the
        search ends at a path that attains it.

    Raises
    ------
    ValueError
        If the problem is exact, an end does not fit or lies outside the domain, the widths
        differ, or an end lies above the level.
    """
    if problem.is_exact or a.is_exact or b.is_exact:
        raise ValueError("problem: found exact arithmetic, allowed is float64 (see theorem_path)")
    problem.check(a, "a")
    problem.check(b, "b")
    if a.width != b.width:
        raise ValueError(
            f"b: found width {b.width}, allowed is a's, {a.width}; "
            "widen(network, width, domain) adds idle neurons"
        )
    bounds = [node_bounds(problem, end) for end in (a, b)]
    higher = max(problem.value(a), problem.value(b))
    if level is not None and max(lower for _, lower in bounds) > level:
        raise ValueError(f"level: found {level}, allowed is at least {higher}, an end's value")
    margin = 4 * max(upper - lower for upper, lower in bounds)
    limit = float((higher if level is None else level) - margin)
    with one_blas_thread():
        path, method = _portfolio(problem, a, b, limit, unavoidable)
        certificate = certify(problem, path, level=limit)
    gap = float(certificate.rise(level))
    return Connection(path, float(higher if level is None else level), gap, certificate, method)


def _portfolio(
    problem: Problem, a: Network, b: Network, limit: float, unavoidable: float
) -> tuple[Path, str]:
    """Return the path of the first method that keeps the limit, else the one that costs least.

    A method that attains a level which no path stays below is the last one tried.
    """
    if a.identical(b):
        return Path([a, b]), "still"
    first, second = meet(PartialPath(problem, (a,)), PartialPath(problem, (b,)), limit)
    if fits(first, second):
        return _joined(first, second), "splice"
    methods = {
        "straight": straight,
        "morph": morph,
        "backward morph": backward_morph,
        "raised": raised,
        "string": beaded,
        "direct string": beaded_directly,
    }
    unavoidable = max(unavoidable, least_level(problem, a, b))
    enough = max(limit, unavoidable * (1 + ATTAINED))
    costs: dict[str, tuple[float, Path]] = {}
    for name, method in methods.items():
        costs[name] = method(first, second, limit)
        if costs[name][0] <= enough:
            break
    best = min(costs, key=lambda name: costs[name][0])
    return costs[best][1], best


def fits(first: PartialPath, second: PartialPath) -> bool:
    """Whether the active neurons of both ends fit side by side, rows of both counted once.

    A row of both may stand in different places; one idle neuron is needed to relabel it.
    """
    own = unshared_neurons(first.end, second.end, first.problem.domain.frozen)
    return first.size == 0 or (second.idle > 0 and len(own) <= second.idle)


def meet(first: PartialPath, second: PartialPath, limit: float) -> tuple[PartialPath, PartialPath]:
    """Make room at both ends below the limit until they fit, or nothing helps."""
    movable = first.size + first.idle
    for step in (eliminated, free_neurons, descend_then_free):
        for size in (movable, movable // 2):
            if not fits(first, second):
                first = step(first, max(size, second.idle), limit)
            if not fits(first, second):
                second = step(second, max(size, first.idle), limit)
    return first, second


def straight(first: PartialPath, second: PartialPath, limit: float) -> tuple[float, Path]:
    """Go straight, from end to end or between where both have come; the certified maximum, path."""
    ends = Path([first.nodes[0], second.nodes[0]])
    inner = Path([*first.nodes, *second.nodes[::-1]])
    found = [
        (float(certify(first.problem, middle, level=limit).upper), path)
        for middle, path in ((ends, ends), (Path([first.end, second.end]), inner))
    ]
    return min(found, key=lambda option: option[0])


def morph(first: PartialPath, second: PartialPath, limit: float) -> tuple[float, Path]:
    """Turn one end into the other, neuron by neuron; return the largest node and the path."""
    second = free_one(second)
    path = _joined(exchange_neurons(free_one(first), second.end), second)
    return _peak(first.problem, path), path


def backward_morph(first: PartialPath, second: PartialPath, limit: float) -> tuple[float, Path]:
    """Do the same from the other side."""
    peak, path = morph(second, first, limit)
    return peak, path.reversed()


def raised(first: PartialPath, second: PartialPath, limit: float) -> tuple[float, Path]:
    """Raise the limit by the least that lets one of the ends drop a neuron, until they fit."""
    while not fits(first, second):
        one, two = (partial.then([cheapest_drop(partial)]) for partial in (first, second))
        costs = [
            new.value if new.size < old.size else np.inf
            for new, old in ((one, first), (two, second))
        ]
        first, second = (one, second) if costs[0] <= costs[1] else (first, two)
        limit = max(limit, min(costs))
        first, second = meet(first, second, limit)
    path = _joined(first, second)
    return _peak(first.problem, path), path


def beaded(first: PartialPath, second: PartialPath, limit: float) -> tuple[float, Path]:
    """Grow a string of beads between where the ends have come; return its certified maximum."""
    level = max(limit, first.value, second.value) + 1e-9
    string = sample_string(first.problem, first.end, second.end, level).path
    path = Path([*first.nodes[:-1], *string.nodes, *second.nodes[-2::-1]])
    return float(certify(first.problem, string, level=limit).upper), path


def beaded_directly(first: PartialPath, second: PartialPath, limit: float) -> tuple[float, Path]:
    """Grow a string of beads between the given ends themselves."""
    start, end = (PartialPath(partial.problem, partial.nodes[:1]) for partial in (first, second))
    return beaded(start, end, limit)


def free_one(partial: PartialPath) -> PartialPath:
    """Continue a trail until a neuron is idle."""
    return partial if partial.idle else partial.then([cheapest_drop(partial)])


def cheapest_drop(partial: PartialPath) -> Network:
    """Return the best refitted network with one active neuron less; the same one if none is."""
    problem, end = partial.problem, partial.end
    neurons = end.active[end.active < end.width - problem.domain.frozen]
    H, idle = end.features(problem.X), np.flatnonzero(end.theta == 0)
    candidates = [
        Network(end.W, without(problem, H, end.theta, np.append(idle, i))) for i in neurons
    ]
    return min(candidates, key=problem.value, default=end)


def _joined(first: PartialPath, second: PartialPath) -> Path:
    middle = chain_networks(first.end, [], second.end, first.problem.domain.frozen)
    return Path([*first.nodes, *middle, *second.nodes[::-1]]).simplified()


def _peak(problem: Problem, path: Path) -> float:
    return max(float(problem.value(node)) for node in path.nodes[1:-1])
