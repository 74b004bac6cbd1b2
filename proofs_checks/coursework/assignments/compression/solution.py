"""Assignment 3, model solution: calls of the library."""

import numpy as np


def prune(theta: np.ndarray, count: int) -> np.ndarray:
    """Return the coefficients with the ``count`` smallest, in magnitude, set to 0.

    Parameters
    ----------
    theta : (m,)
    count : int, 0 to m
    """
    pruned = theta.copy()
    pruned[np.argsort(np.abs(theta), kind="stable")[:count]] = 0
    return pruned


def merge(W: np.ndarray, theta: np.ndarray, groups: list[list[int]]) -> np.ndarray:
    """Return the coefficients after each group of neurons was merged onto one of its members.

    The member kept gets the signed sum of the group, the others 0. Keep the one for which the
    transport ``sum_i |theta_i| ||w_i - w_kept||`` is least.

    Parameters
    ----------
    W : (m, n), theta : (m,)
    groups : lists of neurons; every neuron is in exactly one
    """
    from reference import Absolute, Network, Problem
    from reference import merge as library

    problem = Problem(np.zeros((1, W.shape[1])), np.zeros(1), Absolute(), 1)
    return library(problem, Network(W, theta), groups).network.theta


def sample(theta: np.ndarray, size: int, seed: int) -> np.ndarray:
    """Return the coefficients of a network drawn from its own neurons (K4).

    Draw ``size`` neurons independently, neuron i with probability ``|theta_i| / ||theta||_1``, and
    give each the coefficient ``(||theta||_1 / size) sign(theta_i)`` times the number of its draws.

    Parameters
    ----------
    theta : (m,), not all 0
    size : int, at least 1
    seed : int, for ``np.random.default_rng``; the same seed gives the same draw
    """
    from reference import Network
    from reference.compression.sampling import realisation

    mass = np.abs(theta)
    counts = np.random.default_rng(seed).multinomial(size, mass / mass.sum())
    return realisation(Network(np.zeros((len(theta), 1)), theta), counts).theta


def caratheodory(Z: np.ndarray, theta: np.ndarray) -> np.ndarray:
    """Return coefficients with the same predictions on N samples and at most N of them active.

    ``Z @ theta`` stays, up to rounding, and ``sum_i |theta_i|`` does not grow. A neuron is idle
    when its coefficient is exactly 0.

    Parameters
    ----------
    Z : (N, m)
        Features, ``max(0, <w_i, x_j>)``.
    theta : (m,)
    """
    from reference import Absolute, Network, Problem
    from reference import caratheodory as library

    # With inputs max(0, .) already, the identity as data makes the features of W = Z^T be Z.
    N = len(Z)
    problem = Problem(np.eye(N), np.zeros(N), Absolute(), 1)
    return library(problem, Network(Z.T, theta)).network.theta
