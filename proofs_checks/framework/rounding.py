"""A-priori bounds of float64 rounding, so that a claim is never refuted by it nor excused by more.

With unit roundoff ``u = 2**-53`` and ``gamma_k = k u / (1 - k u)``, any order of summing a dot
product of length k errs by at most ``gamma_k`` times the dot product of magnitudes (Higham,
*Accuracy and Stability of Numerical Algorithms*, section 3.1). Every bound below composes that
statement with the slope of the loss.
"""

from __future__ import annotations

import numpy as np

OUTWARD = 64  # a bound may be rounded outward by a coarser analysis than the one here
UNIT = 2.0**-53
LOSS_ROUNDINGS = 8  # no loss shipped rounds more often between prediction and value


def gamma(k: int) -> float:
    """Return ``gamma_k``."""
    return k * UNIT / (1 - k * UNIT)


def of_predictions(X: np.ndarray, W: np.ndarray, theta: np.ndarray) -> np.ndarray:
    """Bound the rounding error of ``sum_i theta_i relu(<w_i, x_j>)``, shape (N,).

    The ReLU is 1-Lipschitz, so the n products of a pre-activation and the m of the output layer
    add: ``gamma_{n+m+1} sum_i |theta_i| sum_k |w_ik x_jk|``.
    """
    return gamma(sum(W.shape) + 1) * (np.abs(X) @ np.abs(W).T @ np.abs(theta))


def of_objective(
    X: np.ndarray,
    y: np.ndarray,
    W: np.ndarray,
    theta: np.ndarray,
    kappa: float,
    slope: float | None,
) -> float:
    """Bound the rounding error of ``F`` at float64 arrays.

    Parameters
    ----------
    slope : float or None
        Lipschitz constant of the loss; None for the squared losses, whose slope is at most
        ``2 |f - y|``.
    """
    error = of_predictions(X, W, theta)
    size = np.abs(np.maximum(X @ W.T, 0) @ theta) + np.abs(y) + error
    steep = 2 * size if slope is None else np.full(len(y), slope)
    own = LOSS_ROUNDINGS * UNIT * (np.maximum(steep, 1) * size + 1)
    mean = np.mean(steep * error + own + gamma(len(y) + 1) * np.maximum(steep, 1) * (size + 1))
    return float(mean + gamma(len(theta) + 1) * kappa * np.abs(theta).sum())
