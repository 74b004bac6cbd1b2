"""Assignment 1, model solution: calls of the library."""

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
    from reference.model.network import forward

    return forward(X, W, theta)[1]


def logistic_value(y: np.ndarray, f: np.ndarray) -> np.ndarray:
    """Return the logistic loss ``log(1 + exp(f)) - y f``, entry by entry, for labels 0 and 1.

    It must be right for every prediction, also for f = 1000 and f = -1000.

    Parameters
    ----------
    y, f : (N,) labels and predictions
    """
    from reference import Logistic

    return Logistic().value(y, f)


def logistic_derivative(y: np.ndarray, f: np.ndarray) -> np.ndarray:
    """Return the derivative of the logistic loss in f, entry by entry, for labels 0 and 1.

    Parameters
    ----------
    y, f : (N,) labels and predictions
    """
    from reference import Logistic

    return Logistic().derivative(y, f)


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
    from reference.model.network import backward

    dW, dtheta = backward(X, X @ W.T, theta, slope / len(X))
    return dW, dtheta + kappa * np.sign(theta)
