"""Assignment 3: Compressions.

Fill in the functions; each is marked on its own (25 points):

    relupath grade submission.py --assignment 3
"""

import numpy as np


def prune(theta: np.ndarray, count: int) -> np.ndarray:
    """Return the coefficients with the ``count`` smallest, in magnitude, set to 0.

    Parameters
    ----------
    theta : (m,)
    count : int, 0 to m
    """
    raise NotImplementedError


def merge(W: np.ndarray, theta: np.ndarray, groups: list[list[int]]) -> np.ndarray:
    """Return the coefficients after each group of neurons was merged onto one of its members.

    The member kept gets the signed sum of the group, the others 0. Keep the one for which the
    transport ``sum_i |theta_i| ||w_i - w_kept||`` is least.

    Parameters
    ----------
    W : (m, n), theta : (m,)
    groups : lists of neurons; every neuron is in exactly one
    """
    raise NotImplementedError


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
    raise NotImplementedError


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
    raise NotImplementedError
