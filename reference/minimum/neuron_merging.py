"""The same minimum with fewer neurons: add up neighbours, refit, drop what carries nothing."""

from __future__ import annotations

import numpy as np

from reference.compression.refitting import refit
from reference.model.domain import UnitBall
from reference.model.exact_arithmetic import Array
from reference.model.network import Network
from reference.model.problem import Problem

ANGLES = (1e-6, 1e-5, 1e-4, 1e-3, 1e-2)  # radians within which neurons are tried as one


def network_of(U: Array, signs: Array) -> Network:
    """Return the network with ``theta w = s u`` and rows on the sphere, rounded inward.

    Rows ``u`` that are zero are left out; without any row, the network of one zero neuron.
    """
    length = np.linalg.norm(U, axis=1)
    U, signs = U[length > 0], signs[length > 0]
    if len(U) == 0:
        return Network(np.zeros((1, U.shape[1])), np.zeros(1))
    W, theta = UnitBall().normalise(U, signs)
    return Network(W, theta)


def neurons_of(network: Network) -> tuple[Array, Array]:
    """Return ``u = |theta| w`` (K, n) and the signs (K,) of the active neurons."""
    theta = network.theta[network.active]
    return np.abs(theta)[:, None] * network.W[network.active], np.sign(theta)


def merge_parallel(problem: Problem, network: Network) -> Network:
    """Merge and refit (claim K0); of what is no higher, return the network of fewest neurons."""
    best, value = network, problem.value(network)
    for angle in ANGLES:
        fitted = refit(problem, merge_within_angle(network, angle)).network
        active = fitted.active
        if 0 < len(active) <= best.width and problem.value(fitted) <= value:
            best = Network(fitted.W[active], fitted.theta[active])
    return best


def merge_within_angle(network: Network, angle: float) -> Network:
    """Add up neurons of one sign whose rows lie within ``angle`` radians of the largest of them.

    By the triangle inequality the penalty does not grow; the predictor changes only if a sample
    separates the rows, so the caller compares objectives. Neurons below ``1e-12`` of the total
    mass are dropped.
    """
    U, signs = neurons_of(network)
    length = np.linalg.norm(U, axis=1)
    left = length > 1e-12 * length.sum()
    rows = U / np.where(length > 0, length, 1)[:, None]
    sums, kept_signs = [], []
    for k in np.argsort(-length, kind="stable"):
        if left[k]:
            group = left & (np.linalg.norm(rows - rows[k], axis=1) <= angle) & (signs == signs[k])
            sums.append(U[group].sum(axis=0))
            kept_signs.append(signs[k])
            left &= ~group
    return network_of(np.array(sums).reshape(-1, network.inputs), np.array(kept_signs))
