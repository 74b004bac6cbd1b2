"""Neurons found one round at a time and moved freely: a good start of column generation (claim D3).

A round asks the oracle of claim D2 or D5 for the rows that violate the dual constraint most, adds
them, and lets all neurons, written ``u = |theta| w`` with fixed signs, *slide* [DDP20].
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from reference.minimum.barrier_functions import smoothed_loss
from reference.minimum.dual_bound import DualPoint, dual_point
from reference.minimum.neuron_merging import (
    merge_parallel,
    network_of,
    neurons_of,
    weight_norms,
    zero_network,
)
from reference.model.exact_arithmetic import Array
from reference.model.network import Network, relu
from reference.model.problem import Problem

ADDED = 20  # rows of the oracle added in a round
DESCENT_ROUNDS = 8  # rounds of sliding at most


class Round(NamedTuple):
    """One round: its kind, the network it reached and a dual point."""

    kind: str
    network: Network
    point: DualPoint


def sliding_rounds(problem: Problem) -> Iterator[Round]:
    """Yield rounds from no neuron on, until sliding gains less than a thousandth.

    The first round is the zero network itself, which is optimal when ``kappa >= L D`` (claim C1);
    with free biases it is the best constant.
    """
    network, value = _start(problem), np.inf
    for turn in range(DESCENT_ROUNDS):
        point = dual_point(problem, problem.loss.derivative(problem.y, network.predict(problem.X)))
        yield Round("slide", network, point)
        before, value = value, float(problem.value(network))
        rows, new_signs = violating_rows(problem, point, 1e-3)
        if len(rows) == 0 or value > (1 - 1e-3) * before or turn == DESCENT_ROUNDS - 1:
            return
        U, signs, constant = neurons_of(problem, network)
        U, signs = np.concatenate([U, 1e-2 * rows]), np.concatenate([signs, new_signs])
        U, constant = slide(problem, U, signs, 1e-3 * value, constant)
        network = merge_parallel(problem, network_of(problem, U, signs, constant))


def _start(problem: Problem) -> Network:
    """Return the zero network, or with free biases a network that predicts the best constant."""
    if problem.domain.bounded_rows:
        return zero_network(problem)
    none = np.zeros((0, problem.inputs))
    _, constant = slide(problem, none, none[:, 0], 1e-3 * float(problem.zero_value), 0.0)
    return merge_parallel(problem, network_of(problem, none, none[:, 0], constant))


def slide(
    problem: Problem, U: Array, signs: Array, nu: float, constant: float = 0.0
) -> tuple[Array, float]:
    """Descend in all ``u_c`` (C, n) at fixed signs by L-BFGS-B, kinks smoothed with ``nu``.

    With free biases the norm is that of the weight part, and a constant descends too.
    """
    from scipy.optimize import minimize

    free = not problem.domain.bounded_rows
    bounded = np.ones(problem.inputs)
    bounded[problem.inputs - free :] = 0

    def objective(flat: Array) -> tuple[float, Array]:
        rows, shift = flat[:-1].reshape(U.shape), flat[-1]
        V = problem.X @ rows.T
        value, slope, _ = smoothed_loss(problem.loss, problem.y, relu(V) @ signs + shift, nu)
        length = weight_norms(problem, rows)
        pulled = signs[:, None] * (((V > 0) * slope[:, None]).T @ problem.X) / problem.samples
        pulled += problem.kappa * bounded * rows / np.where(length > 0, length, 1)[:, None]
        total = float(value.mean() + problem.kappa * length.sum())
        return total, np.append(pulled, slope.mean() * free)

    options = {"maxiter": 300, "maxcor": 30}
    start = np.append(U, constant)
    result = minimize(objective, start, jac=True, method="L-BFGS-B", options=options)
    return result.x[:-1].reshape(U.shape), float(result.x[-1])


def violating_rows(
    problem: Problem, point: DualPoint, spacing: float, most: int = ADDED
) -> tuple[Array, Array]:
    """Return rows that violate the dual constraint, and the signs their coefficients need.

    Of the oracle's rows, the best first, each is kept unless one of its sign is nearer than
    ``sqrt(2 spacing)``, for unit rows a cosine above ``1 - spacing``; at most ``most``.
    """
    correlation = relu(point.atoms @ problem.X.T) @ point.v / problem.samples
    signs = -np.sign(correlation)
    kept: list[int] = []
    for k in np.flatnonzero(np.abs(correlation) > problem.kappa):
        apart = ((point.atoms[kept] - point.atoms[k]) ** 2).sum(axis=1)
        if not ((apart < 2 * spacing) & (signs[kept] == signs[k])).any():
            kept.append(int(k))
        if len(kept) == most:
            break
    return point.atoms[kept], signs[kept]
