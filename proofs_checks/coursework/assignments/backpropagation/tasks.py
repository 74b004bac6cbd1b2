"""Assignment 1: how it is marked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np

import reference
from proofs_checks.claims.model import gradient as m1
from proofs_checks.claims.model import losses as m2
from proofs_checks.claims.registry import find_claims
from proofs_checks.coursework.assignment import (
    Assignment,
    Function,
    Mark,
    Mistake,
    Task,
)
from proofs_checks.coursework.definitions import defined
from proofs_checks.coursework.grading import result_checks
from proofs_checks.framework.cases import OneNetwork
from proofs_checks.framework.claim import Claim
from proofs_checks.framework.exact import fractions
from proofs_checks.framework.measurement import Measurement, at_most, worst
from proofs_checks.framework.rounding import of_predictions
from proofs_checks.framework.target import Target
from proofs_checks.ground_truth.directional_derivative import Direction
from proofs_checks.strategies.general import either, one_network
from proofs_checks.strategies.nondegenerate import nondegenerate_network

M1, M2, M3, M4, M6 = find_claims(["M1", "M2", "M3", "M4", "M6"])


def with_predict(predict: Function) -> Mapping[str, Any]:
    """Return a network that predicts by the student's function."""

    class Network(reference.Network):
        def predict(self, X: np.ndarray) -> Any:
            return predict(X, self.W, self.theta)

    return {"Network": Network}


def with_loss(**methods: Function) -> Mapping[str, Any]:
    """Return a logistic loss with one method the student's."""

    class Logistic(reference.Logistic):
        pass

    for name, method in methods.items():
        setattr(Logistic, name, lambda _, y, f, method=method: method(*np.broadcast_arrays(y, f)))
    return {"Logistic": Logistic}


def with_gradient(gradient: Function) -> Mapping[str, Any]:
    """Return a problem whose gradient is the student's."""

    class Problem(reference.Problem):
        def gradient(self, network: reference.Network) -> Any:
            slope = self.loss.derivative(self.y, network.predict(self.X))
            return gradient(self.X, network.W, network.theta, slope, self.kappa)

    return {"Problem": Problem}


def formula(target: Target, case: OneNetwork) -> Measurement:
    """Compare every prediction with the sum in exact arithmetic."""
    problem, network = case.build(target)
    X, W, theta = (fractions(array) for array in (problem.X, network.W, network.theta))
    U = X @ W.T
    exact = (U * (U > 0)) @ theta
    found = fractions(np.asarray(network.predict(problem.X)))
    noise = of_predictions(problem.X, network.W, network.theta)
    errors = zip(abs(found - exact), noise, strict=True)
    return worst(*(at_most(error, 0, Fraction(each), "formula") for error, each in errors))


def only(layer: str, case: Direction) -> Direction:
    """Return the direction with the other layer still."""
    if layer == "output":
        return replace(case, V=tuple(tuple(0 * v for v in row) for row in case.V))
    return replace(case, eta=tuple(0 * e for e in case.eta))


def along(layer: str) -> Claim:
    """Return M1 along directions in one layer."""
    return replace(
        M1,
        id=f"M1 {layer} layer",
        title=f"The gradient is the derivative along directions in the {layer} layer",
        cases=m1.cases().map(lambda case: only(layer, case)),
    )


def draw_network(generator: np.random.Generator) -> tuple[np.ndarray, ...]:
    """Draw samples, rows and coefficients in general position."""
    shapes = ((5, 3), (4, 3), (4,))
    X, W, theta = (generator.standard_normal(shape) for shape in shapes)
    return X, W, theta


def draw_labels(generator: np.random.Generator) -> tuple[np.ndarray, ...]:
    """Draw labels and predictions."""
    return generator.integers(0, 2, 6).astype(float), 3 * generator.standard_normal(6)


def draw_gradient(generator: np.random.Generator) -> tuple[Any, ...]:
    """Draw arguments of the gradient."""
    return (*draw_network(generator), generator.standard_normal(5), 0.5)


def pair(value: Any, X: np.ndarray, W: np.ndarray, *_: Any) -> tuple[np.ndarray, np.ndarray]:
    """Return ``dW`` and ``dtheta``."""
    dW, dtheta = result_checks.parts(value, ("dW", "dtheta"))
    return result_checks.array(dW, W.shape, "dW"), result_checks.array(
        dtheta, W.shape[:1], "dtheta"
    )


def backward(
    X: np.ndarray,
    W: np.ndarray,
    theta: np.ndarray,
    slope: np.ndarray,
    penalty: np.ndarray | float,
    mask: bool = True,
    outer: bool = True,
) -> tuple[np.ndarray, np.ndarray]:
    """Return the gradient with parts that can be left out."""
    U = X @ W.T
    active = (U > 0) * slope[:, None] if mask else np.ones_like(U) * slope[:, None]
    dW = active.T @ X
    return (theta[:, None] * dW if outer else dW), np.maximum(U, 0).T @ slope + penalty


MISSING_MEAN = "your gradient is N times too large: F is a mean over samples, divide by N"
ASSIGNMENT = Assignment(
    number=1,
    folder="backpropagation",
    title="Forward and backward, by hand",
    tasks=(
        Task(
            name="predict",
            overlay=with_predict,
            draw=draw_network,
            returns=lambda value, X, W, theta: result_checks.array(value, (len(X),), "f"),
            hint="X @ W.T holds all pre-activations, one row for each sample.",
            labels={"formula": "your predictions differ from sum_i theta_i max(0, <w_i, x_j>)"},
            marks=(
                Mark(
                    defined(
                        "Predictions equal the formula",
                        formula,
                        either(one_network(), nondegenerate_network()),
                        "forward",
                    ),
                    3,
                ),
                Mark(M3, 1),
                Mark(M4, 1),
                Mark(M6, 1),
            ),
            mistakes=(
                Mistake("the ReLU is missing", lambda X, W, theta: X @ W.T @ theta),
                Mistake(
                    "you take the absolute value; the ReLU is max(0, u)",
                    lambda X, W, theta: np.abs(X @ W.T) @ theta,
                ),
                Mistake(
                    "you divide by the number of neurons; the formula is a sum, not a mean",
                    lambda X, W, theta: np.maximum(X @ W.T, 0) @ theta / len(theta),
                ),
                Mistake(
                    "the ReLU acts on the output; it belongs between the layers",
                    lambda X, W, theta: np.maximum(X @ W.T @ theta, 0),
                ),
            ),
        ),
        Task(
            name="logistic_value",
            overlay=lambda function: with_loss(value=function),
            draw=draw_labels,
            returns=lambda value, y, f: result_checks.array(value, np.shape(f), "loss"),
            hint="log(1 + exp(f)) = max(f, 0) + log(1 + exp(-|f|)); np.logaddexp knows it.",
            labels={"": "the values are not those of a convex loss with this derivative"},
            marks=(Mark(replace(M2, cases=m2.cases(("Logistic",))), 3),),
            mistakes=(
                Mistake(
                    "the labels are 0 and 1, your formula log(1 + exp(-y f)) is for -1 and +1",
                    lambda y, f: np.logaddexp(0, -y * f),
                ),
                Mistake(
                    "the sign of the label's term is wrong: it is - y f",
                    lambda y, f: np.logaddexp(0, f) + y * f,
                ),
            ),
        ),
        Task(
            name="logistic_derivative",
            overlay=lambda function: with_loss(derivative=function),
            draw=draw_labels,
            returns=lambda value, y, f: result_checks.array(value, np.shape(f), "derivative"),
            hint="exp(f) / (1 + exp(f)) is 1 / (1 + exp(-f)); take the smaller exponent.",
            labels={"": "the derivative does not fit the loss log(1 + exp(f)) - y f"},
            marks=(Mark(replace(M2, cases=m2.cases(("Logistic",))), 3),),
            mistakes=(
                Mistake(
                    "the sign is wrong: it is probability minus label",
                    lambda y, f: y - 1 / (1 + np.exp(-f)),
                ),
                Mistake("the label is missing", lambda y, f: 1 / (1 + np.exp(-f))),
            ),
        ),
        Task(
            name="gradient",
            overlay=with_gradient,
            draw=draw_gradient,
            returns=pair,
            hint="dF/df_j is slope_j / N. Push it through theta and through relu' to get dF/du_ji.",
            labels={"Taylor": "F(p + hV) - F(p) - h <gradient, V> does not shrink like h^2"},
            marks=(Mark(along("output"), 3, 25), Mark(along("hidden"), 3, 25), Mark(M1, 2, 25)),
            mistakes=(
                Mistake(
                    "the penalty is missing: add kappa sign(theta) to dtheta",
                    lambda X, W, theta, slope, kappa: backward(X, W, theta, slope / len(X), 0),
                ),
                Mistake(
                    MISSING_MEAN,
                    lambda X, W, theta, slope, kappa: backward(
                        X, W, theta, slope, kappa * np.sign(theta)
                    ),
                ),
                Mistake(
                    "relu' is missing in dW: an inactive neuron gets no gradient from that sample",
                    lambda X, W, theta, slope, kappa: backward(
                        X, W, theta, slope / len(X), kappa * np.sign(theta), mask=False
                    ),
                ),
                Mistake(
                    "theta is missing in dW: the chain goes through the output coefficient",
                    lambda X, W, theta, slope, kappa: backward(
                        X, W, theta, slope / len(X), kappa * np.sign(theta), outer=False
                    ),
                ),
            ),
        ),
    ),
)
