"""Assignment 2, model solution: calls of the library."""

import numpy as np


def feature_scale(X: np.ndarray) -> float:
    """Return ``D``, the root of the largest eigenvalue of ``mean_j x_j x_j^T``.

    Parameters
    ----------
    X : (N, n) samples
    """
    from reference.model.feature_scale import feature_scale as library

    return float(library(X))


def predictor_distance_bound(
    D: float, W_a: np.ndarray, theta_a: np.ndarray, W_b: np.ndarray, theta_b: np.ndarray
) -> float:
    """Bound ``mean_j |f_a(x_j) - f_b(x_j)|`` for two networks with rows in the unit ball.

    The bound is that of M6: ``D`` times the sum of the change of the coefficients, and of the mass
    of ``theta_b`` times the largest distance of a row of ``W_a`` from that of ``W_b``.

    Parameters
    ----------
    D : float, the feature scale
    W_a, W_b : (m, n), theta_a, theta_b : (m,)
    """
    from reference.model.feature_scale import row_norms

    radius = row_norms(W_a - W_b).max()
    return float(D * (np.abs(theta_a - theta_b).sum() + np.abs(theta_b).sum() * radius))


def bridge(
    W_a: np.ndarray, theta_a: np.ndarray, W_b: np.ndarray, theta_b: np.ndarray, t: float
) -> tuple[np.ndarray, np.ndarray]:
    """Return the point at time t of the straight segment from a (t = 0) to b (t = 1).

    At t = 0 and t = 1 it returns the ends themselves, bit for bit.

    Parameters
    ----------
    W_a, W_b : (m, n), theta_a, theta_b : (m,)
    t : float in [0, 1]

    Returns
    -------
    W : (m, n), theta : (m,)
    """
    from reference import Network
    from reference.model.path import interpolate

    point = interpolate(Network(W_a, theta_a), Network(W_b, theta_b), t)
    return point.W, point.theta


def output_mass_bound(value: float, lower: float, kappa: float) -> float:
    """Return the best bound of ``||theta||_1`` that the objective alone gives.

    Parameters
    ----------
    value : float, the objective ``F = R + kappa ||theta||_1`` of a network
    lower : float, a number with ``R >= lower``
    kappa : float, positive
    """
    return (value - lower) / kappa


def bridge_bound(
    L: float, D: float, kappa: float, radius: float, level: float, lower: float
) -> float:
    """Return how far the objective may rise above ``level`` on a straight segment.

    Both ends have ``F <= level``, and each row of one lies within ``radius`` of that of the other.

    Parameters
    ----------
    L : float, Lipschitz constant of the loss
    D : float, feature scale
    kappa : float, positive
    radius, level : float
    lower : float, a lower bound of the risk
    """
    return L * D * radius * (level - lower) / (2 * kappa)
