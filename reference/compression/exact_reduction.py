"""Compressions that keep every prediction: at most ``N`` neurons on the data, two on a line.

At fixed rows the coefficients that give the same predictions on the data form an affine space.
Walking in it along a null vector of the active features, in the direction that does not raise the
l1 norm, one coefficient after another reaches zero until the active features are independent
(claim K6; the sparse point is a vertex of a linear program).
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from reference.compression.result import Compression, measured
from reference.model.exact_arithmetic import Array
from reference.model.network import Network
from reference.model.problem import Problem


def caratheodory(problem: Problem, network: Network) -> Compression:
    """Keep the predictions on the data with at most ``rank(features) <= N`` neurons (claim K6).

    The l1 norm does not grow, so neither does ``F``. Exact in rational arithmetic; in float64 the
    rank is the numerical one and predictions agree up to rounding.
    """
    problem.check_shape(network)
    theta = network.theta.copy()
    active = network.active
    null = _null_space(network.features(problem.X)[:, active])
    while null.shape[1]:
        vector = null[:, 0]
        if (np.sign(theta[active]) * vector).sum() > 0:
            vector = -vector
        theta[active], reached = _walk(theta[active], vector)
        null = _without_row(null, reached)
        active = np.delete(active, reached)
    after = Network(network.W, theta)
    return measured(problem, network, after, "caratheodory", "K6", None)


def two_rays(problem: Problem, network: Network) -> Compression:
    """Keep the whole predictor with at most two neurons when there is one input (claim K8).

    A neuron of one input is ``theta_i |w_i|`` times the ray of its sign. Each ray goes to its
    longest row, which does not raise the l1 norm. Rows stay where they are.

    Raises
    ------
    ValueError
        If the network has more than one input.
    """
    problem.check_shape(network)
    if network.inputs != 1:
        raise ValueError(f"network: found {network.inputs} inputs, allowed is 1 (K8)")
    w, theta = network.W[:, 0], 0 * network.theta
    for ray in (w > 0, w < 0):
        if ray.any():
            longest = np.abs(w * ray).argmax()
            theta[longest] = (network.theta * w)[ray].sum() / w[longest]
    after = Network(network.W, theta)
    return measured(problem, network, after, "two_rays", "K8", None)


def _walk(theta: Array, vector: Array) -> tuple[Array, int]:
    """Move ``theta`` along ``vector`` until a first entry is 0; return it and that entry's index.

    Some entry shrinks, since ``sum sign(theta_i) vector_i <= 0`` and the vector is not 0.
    """
    shrinking = np.flatnonzero(theta * vector < 0)
    times = -theta[shrinking] / vector[shrinking]
    first = int(times.argmin())
    reached = int(shrinking[first])
    theta = theta + times[first] * vector
    theta[reached] = 0 * theta[reached]
    return theta, reached


def _null_space(matrix: Array) -> Array:
    """Return a basis (s, k) of the null space of ``matrix`` (N, s) as columns."""
    if matrix.dtype == object:
        return _exact_null_space(matrix)
    _, values, vectors = np.linalg.svd(matrix)
    tolerance = values.max(initial=0) * max(matrix.shape) * np.finfo(np.float64).eps
    return vectors[int((values > tolerance).sum()) :].T


def _exact_null_space(matrix: Array) -> Array:
    """Row-reduce a matrix of fractions; every free column gives one basis vector."""
    reduced = matrix.copy()
    pivots: list[int] = []
    for column in range(matrix.shape[1]):
        candidates = np.flatnonzero(reduced[len(pivots) :, column] != 0)
        if not len(candidates):
            continue
        row = len(pivots)
        found = row + int(candidates[0])
        reduced[[row, found]] = reduced[[found, row]]
        reduced[row] = reduced[row] / reduced[row, column]
        others = np.arange(len(reduced)) != row
        reduced[others] -= np.multiply.outer(reduced[others, column], reduced[row])
        pivots.append(column)
    free = [column for column in range(matrix.shape[1]) if column not in pivots]
    basis = np.full((matrix.shape[1], len(free)), Fraction(0))
    for k, column in enumerate(free):
        basis[column, k] = Fraction(1)
        basis[pivots, k] = -reduced[: len(pivots), column]
    return basis


def _without_row(null: Array, row: int) -> Array:
    """Return a basis of the null vectors that vanish at ``row``, without that entry."""
    pivot = int(np.abs(null[row]).argmax())
    eliminated = null - np.multiply.outer(null[:, pivot], null[row] / null[row, pivot])
    return np.delete(np.delete(eliminated, pivot, axis=1), row, axis=0)
