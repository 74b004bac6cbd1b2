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

from reference.certificate import Certificate, certify
from reference.explicit_path import core, thread
from reference.lasso import output_layer
from reference.network import Network
from reference.path import Path
from reference.problem import Problem
from reference.room import Trail, make_room, thinned
from reference.rounding import node_bounds
from reference.thinning import drop_costs, thin, without
from reference.validation import Array


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
        Certified rise above the level; 0 where the whole path stays below it.
    certificate : Certificate
    method : str
        How the ends met: "splice", "mixture", "raised" or "straight".
    """

    path: Path
    level: float
    gap: float
    certificate: Certificate
    method: str


def connect(problem: Problem, a: Network, b: Network, level: float | None = None) -> Connection:
    """Connect two networks by a path that rises above a level by as little as can be found.

    Parameters
    ----------
    problem : Problem
        In float64. Any loss, either domain, any ``kappa``.
    a, b : Network
        Ends of one width, in the domain.
    level : float, optional
        Default: the larger of the two values.

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
        raise ValueError(f"b: found width {b.width}, allowed is a's, {a.width}")
    bounds = [node_bounds(problem, end) for end in (a, b)]
    higher = max(problem.value(a), problem.value(b))
    if level is not None and max(lower for _, lower in bounds) > level:
        raise ValueError(f"level: found {level}, allowed is at least {higher}, an end's value")
    margin = 4 * max(upper - lower for upper, lower in bounds)
    limit = float((higher if level is None else level) - margin)
    path, method = _portfolio(problem, a, b, limit)
    certificate = certify(problem, path)
    gap = float(certificate.rise(level))
    return Connection(path, float(higher if level is None else level), gap, certificate, method)


def _portfolio(problem: Problem, a: Network, b: Network, limit: float) -> tuple[Path, str]:
    if a.identical(b):
        return Path([a, b]), "straight"
    first, second = Trail.begin(problem, a), Trail.begin(problem, b)
    method = "splice"
    while True:
        first, second = meet(first, second, limit)
        if fits(first, second):
            return _joined(first, [], second), method
        stop = mixture(first, second, limit)
        if stop is not None:
            return _joined(first, [stop], second), "mixture" if method == "splice" else method
        first, second, limit = raised(first, second, limit)
        method = "raised"


def fits(first: Trail, second: Trail) -> bool:
    """Whether the active neurons of both ends fit side by side."""
    return first.size <= second.idle


def meet(first: Trail, second: Trail, limit: float) -> tuple[Trail, Trail]:
    """Make room at both ends below the limit until they fit, or nothing helps."""
    movable = first.size + first.idle
    for step in (thinned, make_room):
        for size in (movable, movable // 2):
            if not fits(first, second):
                first = step(first, max(size, second.idle), limit)
            if not fits(first, second):
                second = step(second, max(size, first.idle), limit)
    return first, second


def mixture(first: Trail, second: Trail, limit: float) -> Network | None:
    """Find a network of rows of both ends, below the limit, that fits beside either; or None.

    It holds at most as many rows of one end as are idle at the other.
    """
    problem, frozen = first.problem, first.problem.domain.frozen
    one, two = core(first.end, frozen), core(second.end, frozen)
    k, j = one.width - frozen, two.width - frozen
    W = np.concatenate([one.W[:k], two.W])
    c = np.concatenate([one.theta[:k] / 2, two.theta / 2])
    c[len(c) - frozen :] += one.theta[k:] / 2
    H = Network(W, c).features(problem.X)
    c = output_layer(problem, H, c)
    groups = (np.arange(k), second.idle), (np.arange(k, k + j), first.idle)
    for group, allowed in groups:
        c = _capped(problem, H, c, group, allowed)
    return Network(W, c) if problem.objective(c, H @ c) <= limit else None


def raised(first: Trail, second: Trail, limit: float) -> tuple[Trail, Trail, float]:
    """Let the end that can do so at the lower value drop one neuron; raise the limit to there."""
    dropped = [
        trail.then([thin(trail.problem, trail.end, trail.size - 1)]) if trail.size else trail
        for trail in (first, second)
    ]
    costs = [
        trail.value if trail.size < before.size else np.inf
        for trail, before in zip(dropped, (first, second), strict=True)
    ]
    if costs[0] <= costs[1]:
        return dropped[0], second, max(limit, costs[0])
    return first, dropped[1], max(limit, costs[1])


def _capped(problem: Problem, H: Array, c: Array, group: Array, allowed: int) -> Array:
    """Drop the cheapest of a group of neurons until ``allowed`` are left."""
    while len(alive := group[c[group] != 0]) > allowed:
        active = np.flatnonzero(c)
        costs = np.full(len(c), np.inf)
        costs[active] = drop_costs(problem, H[:, active], c[active])
        count = max(1, (len(alive) - allowed) // 2)
        idle = np.flatnonzero(c == 0)
        c = without(problem, H, c, np.union1d(idle, alive[np.argsort(costs[alive])[:count]]))
    return c


def _joined(first: Trail, stops: list[Network], second: Trail) -> Path:
    frozen = first.problem.domain.frozen
    middle = thread(first.end, stops, second.end, frozen)
    return Path([*first.nodes, *middle, *second.nodes[::-1]]).simplified()
