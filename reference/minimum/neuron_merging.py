"""The same minimum with fewer neurons: add up neighbours, refit, drop what carries nothing."""

from __future__ import annotations

import numpy as np

from reference.compression.refitting import refit
from reference.model.exact_arithmetic import Array
from reference.model.network import Network, relu
from reference.model.problem import Problem

FREE_BIAS = 2.0**20  # bias of the neuron that stands for a constant, while one searches
ANGLES = (1e-6, 1e-5, 1e-4, 1e-3, 1e-2)  # radians within which neurons are tried as one


def network_of(problem: Problem, U: Array, signs: Array, constant: float = 0.0) -> Network:
    """Return the network with ``theta w = s u`` and weight parts on the sphere, rounded inward.

    Rows ``u`` (C, n) whose weight part is zero are left out; without any row, the network of one
    zero neuron. With free biases (claim D5) a constant is a neuron of weight part 0 and a large
    bias, which costs next to nothing, and the constant neuron comes last.
    """
    domain, n = problem.domain, problem.inputs
    used = weight_norms(problem, U) > 0
    U, signs = U[used], signs[used]
    if domain.bounded_rows:
        return (
            Network(*domain.normalise(U, signs))
            if len(U)
            else Network(np.zeros((1, n)), np.zeros(1))
        )
    axis = np.eye(n)[-1:]
    W, theta = domain.normalise(np.concatenate([U, axis]), np.append(signs, 0.0))
    W = np.concatenate([W[:-1], FREE_BIAS * axis, axis])
    return Network(W, np.concatenate([theta[:-1], [constant / FREE_BIAS, 0.0]]))


def zero_network(problem: Problem) -> Network:
    """Return a network of the domain that predicts 0."""
    return network_of(problem, np.zeros((0, problem.inputs)), np.zeros(0))


def neurons_of(problem: Problem, network: Network) -> tuple[Array, Array, float]:
    """Return ``u = |theta| w`` (K, n) and the signs (K,) of active neurons, and the constant."""
    theta = network.theta[network.active]
    U, signs = np.abs(theta)[:, None] * network.W[network.active], np.sign(theta)
    if problem.domain.bounded_rows:
        return U, signs, 0.0
    flat = weight_norms(problem, U) == 0
    return U[~flat], signs[~flat], float(signs[flat] @ relu(U[flat, -1]))


def weight_norms(problem: Problem, U: Array) -> Array:
    """Return the norm (K,) that the domain bounds, of the weight part of each row (K, n)."""
    return np.linalg.norm(U if problem.domain.bounded_rows else U[:, :-1], axis=1)


def merge_parallel(problem: Problem, network: Network) -> Network:
    """Merge and refit (claim K0); of what is no higher, return the network of fewest neurons."""
    best, value = network, problem.value(network)
    for angle in ANGLES:
        fitted = refit(problem, merge_within_angle(problem, network, angle)).network
        fitted = network_of(problem, *neurons_of(problem, fitted))
        if len(fitted.active) <= best.width and problem.value(fitted) <= value:
            best = fitted
    return best


def merge_within_angle(problem: Problem, network: Network, angle: float) -> Network:
    """Add up neurons of one sign whose rows lie within ``angle`` radians of the largest of them.

    By the triangle inequality the penalty does not grow; the predictor changes only if a sample
    separates the rows, so the caller compares objectives. Neurons below ``1e-12`` of the total
    mass are dropped. Rows are compared at weight parts of norm 1, free biases included.
    """
    U, signs, constant = neurons_of(problem, network)
    length = weight_norms(problem, U)
    left = length > 1e-12 * length.sum()
    rows = U / np.where(length > 0, length, 1)[:, None]
    sums, kept_signs = [], []
    for k in np.argsort(-length, kind="stable"):
        if left[k]:
            group = left & (np.linalg.norm(rows - rows[k], axis=1) <= angle) & (signs == signs[k])
            sums.append(U[group].sum(axis=0))
            kept_signs.append(signs[k])
            left &= ~group
    rows = np.array(sums).reshape(-1, network.inputs)
    return network_of(problem, rows, np.array(kept_signs), constant)
