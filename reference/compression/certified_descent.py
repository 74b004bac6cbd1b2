"""Descent as a path (claim K0'): where no neuron is idle, rows move while they are in use.

Any trajectory is a legal path if ``F`` stays below the level on every segment, which the chord
certificate decides. So the iterates of a descent are followed by the longest steps that can be
certified.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from reference.certificate.path_maximum import certify
from reference.compression.refitting import refit
from reference.compression.result import Compression, displacement
from reference.model.network import Network
from reference.model.path import Path
from reference.model.problem import Problem
from reference.training.lbfgs import descent

ALLOWANCE = 1e-11  # how far a step that starts at the level may rise above it
EVALUATIONS = 400  # of the objective, spent to certify one step
STRETCH = 1.3  # the largest factor by which a row grows in one step


@dataclass(frozen=True, eq=False)
class Descent(Compression):
    """A compression that moves rows, with the path it took.

    Attributes
    ----------
    path : Path
        From the input to ``network``; certified at most ``max(level, F(input))`` plus 1e-11.
    """

    path: Path


def descend(
    problem: Problem, network: Network, level: float | None = None, steps: int = 200
) -> Descent:
    """Descend in both layers along a path certified not to rise above a level (claim K0').

    Parameters
    ----------
    problem : Problem
        In float64.
    network : Network
    level : float, optional
        Default: the value of ``network``.
    steps : int, optional
        Iterations of the descent that is followed.

    Returns
    -------
    Descent
        Its increase is at most 0; at worst it stays at the best output layer.

    Raises
    ------
    ValueError
        If the problem is exact or the network lies above the level.
    """
    if problem.is_exact or network.is_exact:
        raise ValueError("problem: found exact arithmetic, allowed is float64")
    value = float(problem.value(network))
    if level is not None and value > level:
        raise ValueError(f"level: found {level}, allowed is at least {value}, the network's value")
    nodes = [network, refit(problem, network).network]
    waypoints = descent(problem, nodes[-1], steps=steps)
    waypoints = [*_growth(nodes[-1], waypoints[0]), *waypoints]
    limit = max(value if level is None else level, value) + ALLOWANCE
    nodes += _followed(problem, nodes[-1], waypoints, limit)
    nodes.append(refit(problem, nodes[-1]).network)
    path = Path(nodes).simplified()
    increase = problem.value(path.end) - value
    radius = displacement(network, path.end)
    return Descent(path.end, "descend", "K0'", increase, 0.0, radius, path)


def _followed(
    problem: Problem, start: Network, waypoints: list[Network], limit: float
) -> list[Network]:
    """Go from waypoint to waypoint by the longest certified steps, until none is certified."""
    nodes, place = [start], -1
    while place < len(waypoints) - 1:
        ahead = len(waypoints) - 1 - place
        while ahead and not _certified(problem, nodes[-1], waypoints[place + ahead], limit):
            ahead //= 2
        if not ahead:
            break
        place += ahead
        nodes.append(waypoints[place])
    return nodes[1:]


def _certified(problem: Problem, a: Network, b: Network, limit: float) -> bool:
    if problem.value(b) > limit:
        return False
    certificate = certify(problem, Path([a, b]), max_evaluations=EVALUATIONS, level=limit)
    return bool(certificate.upper <= limit)


def _growth(network: Network, grown: Network) -> list[Network]:
    """Return networks on the way to ``grown``, whose rows are longer, products kept (claim M3)."""
    lengths = np.abs(network.W).max(axis=1)
    factors = np.where(lengths > 0, np.abs(grown.W).max(axis=1) / np.maximum(lengths, 1e-300), 1)
    steps = int(np.ceil(np.log(factors.max(initial=1)) / np.log(STRETCH)))
    shares = [factors ** (k / steps) for k in range(1, steps)]
    return [Network(network.W * share[:, None], network.theta / share) for share in shares]
