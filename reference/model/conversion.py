"""Weights trained elsewhere: scikit-learn's, or arrays laid out as PyTorch and Keras keep them.

Their biases become the homogeneous coordinate, the last column of ``W``; the output bias becomes
the coefficient of a constant neuron ``(0, ..., 0, 1)``, the last row. Inputs therefore need a
last column of ones (`reference.model.datasets.with_ones`).

Hidden rows have any norm there, so every row is divided by a norm and its coefficient multiplied
by it: the function stays (claim M3). In `NormalizedWeights`, the default, the norm is that of
the weights without bias; in `UnitBall` it is that of the whole row. The penalty
``kappa ||theta||_1`` of the result is that of the coefficients after this normalisation.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from reference.model.domain import Domain, NormalizedWeights
from reference.model.exact_arithmetic import Array
from reference.model.validation import real_array

LAYOUTS = ("torch", "keras")


def convert_sklearn(estimator: Any, domain: Domain | None = None) -> tuple[Array, Array]:
    """Return the layers of a fitted scikit-learn ``MLPClassifier`` or ``MLPRegressor``.

    Parameters
    ----------
    estimator : MLPClassifier or MLPRegressor
        Fitted, with one hidden layer of ReLUs and one output (a classifier: two classes).
    domain : Domain, optional
        Where the rows shall lie: `NormalizedWeights` unless said otherwise.

    Returns
    -------
    W : (m + 1, d + 1), theta : (m + 1,)
        Of a network whose predictions are the regressor's, or the classifier's scores before the
        sigmoid, which is what the logistic loss takes (label 1 is the second of ``classes_``).

    Raises
    ------
    TypeError
        If the estimator is not a fitted one of these.
    ValueError
        If it has other layers, activations or outputs.
    """
    if not all(hasattr(estimator, name) for name in ("coefs_", "intercepts_", "activation")):
        raise TypeError(
            f"estimator: found {estimator!r}, allowed is a fitted MLPClassifier or MLPRegressor"
        )
    layers = len(estimator.coefs_) - 1
    if layers != 1:
        raise ValueError(f"estimator: found {layers} hidden layers, allowed is 1")
    if estimator.activation != "relu":
        raise ValueError(f"estimator: found activation {estimator.activation!r}, allowed is 'relu'")
    hidden, output = estimator.coefs_
    return convert_arrays(
        hidden, estimator.intercepts_[0], output, estimator.intercepts_[1], "keras", domain
    )


def convert_arrays(
    hidden: object,
    hidden_bias: object,
    output: object,
    output_bias: object,
    layout: str = "torch",
    domain: Domain | None = None,
) -> tuple[Array, Array]:
    """Return the layers of a network with these weights and biases.

    Parameters
    ----------
    hidden : (m, d) array-like
        Hidden weights; in the Keras layout (d, m).
    hidden_bias : (m,) array-like or None
        None stands for zeros.
    output : (1, m) array-like
        Output weights; in the Keras layout (m, 1).
    output_bias : (1,) array-like or None
        None stands for zero.
    layout : {"torch", "keras"}
    domain : Domain, optional
        Where the rows shall lie: `NormalizedWeights` unless said otherwise.

    Returns
    -------
    W : (m + 1, d + 1), theta : (m + 1,)
        The constant neuron last.

    Raises
    ------
    TypeError, ValueError
        If the layout is unknown, shapes do not fit, or an entry is not a finite real.
    """
    if layout not in LAYOUTS:
        raise ValueError(f"layout: found {layout!r}, allowed are {', '.join(LAYOUTS)}")
    weights = real_array(hidden, "hidden", (None, None))
    weights = weights.T if layout == "keras" else weights
    width = len(weights)
    shape = (width, 1) if layout == "keras" else (1, width)
    coefficients = real_array(output, "output", shape).ravel()
    biases = _or_zeros(hidden_bias, "hidden_bias", width)
    constant = _or_zeros(output_bias, "output_bias", 1)
    domain = NormalizedWeights() if domain is None else domain
    W = np.vstack(
        [
            np.column_stack([weights, biases]),
            NormalizedWeights.constant_row(weights.shape[1] + 1),
        ]
    )
    return domain.normalise(W, np.concatenate([coefficients, constant]))


def _or_zeros(value: object, name: str, length: int) -> Array:
    return np.zeros(length) if value is None else real_array(value, name, (length,))
