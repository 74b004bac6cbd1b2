"""A path of networks along a curve of row tuples, which shows how high a barrier is at most (R1).

The rows move along the curve in small steps; after each the output layer is the best one.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from reference.barriers.reduced_landscape import best_layers
from reference.certificate.segment import segment_table
from reference.model.exact_arithmetic import Array
from reference.model.network import Network
from reference.model.path import Path
from reference.model.problem import Problem

TIMES = np.linspace(0, 1, 5)
GROWTH = 0.005  # logarithm of the most a row grows in one step


def unit_rows(network: Network) -> Array:
    """Return rows (m, n) of norm 1; ``e_1`` where a row or its coefficient is 0."""
    W = network.W.copy()
    idle = (network.theta == 0) | (W == 0).all(axis=1)
    W[idle] = np.eye(1, W.shape[1])[0]
    W = W / np.abs(W).max(axis=1, keepdims=True)
    return np.asarray(W / np.linalg.norm(W, axis=1, keepdims=True))


def onto_sphere(problem: Problem, network: Network) -> list[Network]:
    """Return nodes from a network to one whose rows are its `unit_rows`; the objective falls.

    Coefficients of rows that are 0 fade, rows without a coefficient move, the others grow while
    their coefficients shrink, by equal factors.
    """
    idle = (network.theta == 0) | (network.W == 0).all(axis=1)
    theta = np.where(idle, 0.0, network.theta)
    goal = problem.domain.project(unit_rows(network))
    W = np.where(idle[:, None], goal, network.W)
    nodes = [network, Network(network.W, theta), Network(W, theta)]
    size = np.where(idle, 1.0, np.linalg.norm(W, axis=1))
    size = np.maximum(size, 1e-150)
    steps = int(min(np.ceil(-np.log(size).min() / GROWTH), 2000)) + 1
    for t in np.arange(1, steps + 1) / steps:
        factor = size ** (1 - t)
        rows = goal if t == 1 else problem.domain.project(goal * factor[:, None])
        nodes.append(Network(rows, theta * size / factor))
    return nodes


def row_nodes(problem: Problem, curve: Array) -> list[Network]:
    """Return networks along a curve of row tuples (K, m, n), each with its best output layer.

    Between two of them rows and output layer move together, or the rows first, or the output layer
    first, whichever is lowest.
    """
    layers = best_layers(problem, curve)
    rows = [problem.domain.project(W) for W in curve]
    found = [Network(W, theta) for W, theta in zip(rows, layers.theta, strict=True)]
    nodes = found[:1]
    for a, b in pairwise(found):
        ways = ([a, b], [a, Network(b.W, a.theta), b], [a, Network(a.W, b.theta), b])
        nodes += min(ways, key=lambda way: _height(problem, way))[1:]
    return nodes


def joined_path(problem: Problem, a: Network, b: Network, curve: Array) -> Path:
    """Return the path from ``a`` to ``b`` along a curve between their unit rows."""
    there, back = (onto_sphere(problem, end) for end in (a, b))
    return Path([*there, *row_nodes(problem, curve), *back[::-1]]).simplified()


def refined(points: Array, pieces: int) -> Array:
    """Return a curve of unit rows through points (K, m, n), each piece divided evenly."""
    shares = np.arange(pieces)[:, None, None] / pieces
    between = points[:-1, None] * (1 - shares) + points[1:, None] * shares
    between = between.reshape(-1, *points.shape[1:])
    between = between / np.maximum(np.linalg.norm(between, axis=2, keepdims=True), 1e-300)
    return np.concatenate([points[:1], between[1:], points[-1:]])


def _height(problem: Problem, way: list[Network]) -> float:
    tables = [segment_table(problem, p, q, TIMES) for p, q in pairwise(way)]
    return max(float(np.max(table)) for table in tables)
