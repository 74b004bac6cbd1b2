"""Assignment 1: Forward and backward, by hand.

Fill in the functions; each is marked on its own (20 points):

    relupath grade submission.py --assignment 1
"""

import numpy as np


def predict(X: np.ndarray, W: np.ndarray, theta: np.ndarray) -> np.ndarray:
    """Return the predictions of a network with one hidden ReLU layer.

    Parameters
    ----------
    X : (N, n) samples, W : (m, n) hidden weights, theta : (m,) output coefficients

    Returns
    -------
    f : (N,), ``f_j = sum_i theta_i max(0, <w_i, x_j>)``
    """
    raise NotImplementedError


def logistic_value(y: np.ndarray, f: np.ndarray) -> np.ndarray:
    """Return the logistic loss ``log(1 + exp(f)) - y f``, entry by entry, for labels 0 and 1.

    It must be right for every prediction, also for f = 1000 and f = -1000.

    Parameters
    ----------
    y, f : (N,) labels and predictions
    """
    raise NotImplementedError


def logistic_derivative(y: np.ndarray, f: np.ndarray) -> np.ndarray:
    """Return the derivative of the logistic loss in f, entry by entry, for labels 0 and 1.

    Parameters
    ----------
    y, f : (N,) labels and predictions
    """
    raise NotImplementedError


def gradient(
    X: np.ndarray, W: np.ndarray, theta: np.ndarray, slope: np.ndarray, kappa: float
) -> tuple[np.ndarray, np.ndarray]:
    """Return the gradient of ``F = mean_j L(y_j, f_j) + kappa sum_i |theta_i|``.

    Conventions: relu'(0) = 0 and sign(0) = 0.

    Parameters
    ----------
    X : (N, n), W : (m, n), theta : (m,)
    slope : (N,)
        The derivatives of the loss, ``L'(y_j, f_j)``.
    kappa : float

    Returns
    -------
    dW : (m, n), dtheta : (m,)
    """
    raise NotImplementedError
