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

import warnings
from collections.abc import Mapping
from typing import Any

import numpy as np

from reference.model.domain import Domain, NormalizedWeights
from reference.model.exact_arithmetic import Array
from reference.model.validation import real_array

LAYOUTS = ("torch", "keras")
LINEAR_SCORES = ("identity", "logistic", "softmax")


def convert_sklearn(
    estimator: Any, domain: Domain | None = None, output: int | None = None
) -> tuple[Array, Array]:
    """Return the layers of a fitted scikit-learn ``MLPClassifier`` or ``MLPRegressor``.

    Parameters
    ----------
    estimator : MLPClassifier or MLPRegressor
        Fitted, with one hidden layer of ReLUs. Of a pipeline the last step is taken, with a
        warning: the network's inputs are what the earlier steps return.
    domain : Domain, optional
        Where the rows shall lie: `NormalizedWeights` unless said otherwise.
    output : int, optional
        Which of several outputs to take, such as a class out of three. Not needed for one.

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
        If it has other layers or activations, or several outputs and none is chosen.
    """
    if hasattr(estimator, "steps"):
        warnings.warn(
            "estimator: of the pipeline the last step is taken; give the network the inputs that "
            "the earlier steps return",
            stacklevel=3,
        )
        estimator = estimator.steps[-1][1]
    if not all(hasattr(estimator, name) for name in ("coefs_", "intercepts_", "activation")):
        raise TypeError(
            f"estimator: found {estimator!r}, allowed is a fitted MLPClassifier or MLPRegressor"
        )
    layers = len(estimator.coefs_) - 1
    if layers != 1:
        raise ValueError(f"estimator: found {layers} hidden layers, allowed is 1")
    if estimator.activation != "relu":
        raise ValueError(f"estimator: found activation {estimator.activation!r}, allowed is 'relu'")
    activation = getattr(estimator, "out_activation_", "identity")
    if activation not in LINEAR_SCORES:
        raise ValueError(
            f"estimator: found output activation {activation!r}, allowed are "
            f"{', '.join(LINEAR_SCORES)}: the network's prediction is the score before them"
        )
    hidden, scores = estimator.coefs_
    column = _chosen_output(scores.shape[1], output)
    return convert_arrays(
        hidden,
        estimator.intercepts_[0],
        scores[:, [column]],
        estimator.intercepts_[1][[column]],
        "keras",
        domain,
    )


def _chosen_output(count: int, output: int | None) -> int:
    """Return the index of the output to take."""
    if output is None and count > 1:
        raise ValueError(
            f"estimator: found {count} outputs, allowed is one; output=k takes the k-th score, or "
            "train one class against the rest"
        )
    if output is not None and not 0 <= output < count:
        raise ValueError(f"output: found {output}, allowed are 0 .. {count - 1}")
    return output or 0


def convert_arrays(
    hidden: object,
    hidden_bias: object = None,
    output: object = None,
    output_bias: object = None,
    layout: str = "torch",
    domain: Domain | None = None,
) -> tuple[Array, Array]:
    """Return the layers of a network with these weights and biases.

    Parameters
    ----------
    hidden : (m, d) array-like, or mapping
        Hidden weights; in the Keras layout (d, m). A mapping, such as a PyTorch ``state_dict``,
        holds all arrays by itself: two matrices in order, each followed by its bias if any.
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
    if isinstance(hidden, Mapping):
        hidden, hidden_bias, output, output_bias = _arrays_of(hidden)
    if output is None:
        raise TypeError("output: found None, allowed are the output weights")
    weights = real_array(hidden, "hidden", (None, None))
    weights = weights.T if layout == "keras" else weights
    width = len(weights)
    shape = (width, 1) if layout == "keras" else (1, width)
    try:
        coefficients = real_array(output, "output", shape).ravel()
    except ValueError as error:
        hint = "; Keras keeps matrices transposed: layout='keras'" if layout == "torch" else ""
        raise ValueError(f"{error}{hint}") from None
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


def _arrays_of(mapping: Mapping[Any, Any]) -> tuple[object, object, object, object]:
    """Return hidden weights, hidden bias, output weights and output bias of a mapping, in order."""
    layers: list[list[object]] = []
    for name, array in mapping.items():
        dimensions = len(np.shape(array))
        if dimensions == 2:
            layers.append([array, None])
        elif dimensions == 1 and layers and layers[-1][1] is None:
            layers[-1][1] = array
        else:
            raise ValueError(
                f"hidden: found {name!r} of shape {np.shape(array)}, allowed are two matrices in "
                "order, each followed by its bias if it has one"
            )
    if len(layers) != 2:
        raise ValueError(f"hidden: found {len(layers)} layers in the mapping, allowed are 2")
    (hidden, hidden_bias), (output, output_bias) = layers
    return hidden, hidden_bias, output, output_bias
