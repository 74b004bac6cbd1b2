"""One-hidden-layer ReLU networks: the forward pass and, beside it, the backward pass.

Shapes, used throughout the package: ``N`` samples, ``n`` inputs (the homogeneous coordinate
counts), ``m`` hidden neurons.

=========  ========  ====================================================
``X``      (N, n)    samples, one per row
``W``      (m, n)    hidden weights, one neuron ``w_i`` per row
``theta``  (m,)      output coefficients
``U``      (N, m)    pre-activations ``u_ji = <w_i, x_j>``
``f``      (N,)      predictions ``Phi(x_j; W, theta) = sum_i theta_i max(0, u_ji)``
=========  ========  ====================================================

Every kernel runs on float64 arrays and, unchanged, on object arrays of ``Fraction``.
Convention at a kink: ``relu'(0) = 0``.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any

import numpy as np

from reference.model.conversion import convert_arrays, convert_sklearn
from reference.model.domain import Domain
from reference.model.exact_arithmetic import Array, to_exact
from reference.model.npz import naming, read_npz
from reference.model.validation import check_magnitudes, real_array

# What reading a damaged archive raises, found by damaging archives at random.


def relu(U: Array) -> Array:
    """Return ``max(0, u)`` entry by entry; an array of the shape and type of ``U``."""
    return U * (U > 0)


def relu_derivative(U: Array) -> Array:
    """Return ``relu'(u)``: 1 where ``u > 0``, else 0; at the kink ``u = 0`` it is 0."""
    return U > 0


def forward(X: Array, W: Array, theta: Array) -> tuple[Array, Array]:
    """Return pre-activations ``U = X W^T`` (N, m) and predictions ``f = relu(U) theta`` (N,)."""
    U = X @ W.T
    return U, relu(U) @ theta


def backward(X: Array, U: Array, theta: Array, slope: Array) -> tuple[Array, Array]:
    """Pull a slope on the predictions back to the parameters (claim M1).

    With ``f_j = sum_i theta_i relu(u_ji)`` and ``u_ji = <w_i, x_j>`` the chain rule reads::

        d/dtheta_i = sum_j slope_j relu(u_ji)
        d/dw_i     = sum_j slope_j theta_i relu'(u_ji) x_j

    Parameters
    ----------
    X : (N, n), U : (N, m), theta : (m,)
        What `forward` was given and returned.
    slope : (N,)
        Derivative of a scalar with respect to each prediction.

    Returns
    -------
    dW : (m, n), dtheta : (m,)
    """
    dtheta = relu(U).T @ slope
    dW = theta[:, None] * ((relu_derivative(U) * slope[:, None]).T @ X)
    return dW, dtheta


@dataclass(frozen=True, eq=False)
class Network:
    """Parameters of a one-hidden-layer ReLU network, copied and read-only.

    Parameters
    ----------
    W : (m, n) array-like
        Hidden weights, one neuron per row.
    theta : (m,) array-like
        Output coefficients.

    Raises
    ------
    TypeError, ValueError
        If an entry is not a finite real or the shapes do not fit.

    Notes
    -----
    If either array holds objects, both become exact (``Fraction``). Float64 entries have magnitudes
    up to 2**500, about 3.3e150.
    """

    W: Array
    theta: Array

    def __post_init__(self) -> None:
        W = real_array(self.W, "W", (None, None))
        theta = real_array(self.theta, "theta", (W.shape[0],))
        check_magnitudes(W, "W")
        check_magnitudes(theta, "theta")
        if W.dtype != theta.dtype:
            W, theta = to_exact(W), to_exact(theta)
        object.__setattr__(self, "W", _read_only_copy(W))
        object.__setattr__(self, "theta", _read_only_copy(theta))

    def __repr__(self) -> str:
        """Say how large the network is; its numbers are `W` and `theta`."""
        exact = ", exact" * self.is_exact
        return f"Network(width {self.width}, inputs {self.inputs}{exact})"

    @property
    def width(self) -> int:
        """Number of hidden neurons ``m``."""
        return self.W.shape[0]

    @property
    def inputs(self) -> int:
        """Number of inputs ``n``."""
        return self.W.shape[1]

    @property
    def is_exact(self) -> bool:
        """Whether the parameters are rational numbers rather than float64."""
        return self.W.dtype == object

    @property
    def active(self) -> Array:
        """Indices of the neurons whose coefficient is not exactly zero, ascending."""
        return np.flatnonzero(self.theta != 0)

    def features(self, X: Array) -> Array:
        """Return the hidden features ``relu(X W^T)``, shape (N, m)."""
        return relu(X @ self.W.T)

    def predict(self, X: Array) -> Array:
        """Return ``Phi(x_j; W, theta)`` for each row of ``X``, shape (N,)."""
        return forward(X, self.W, self.theta)[1]

    def identical(self, other: Network) -> bool:
        """Whether both hold equal labelled arrays (claim P6), not merely the same function."""
        return (
            self.W.shape == other.W.shape
            and bool((self.W == other.W).all())
            and bool((self.theta == other.theta).all())
        )

    def exact(self) -> Network:
        """Return the same network in rational arithmetic."""
        return self if self.is_exact else Network(to_exact(self.W), to_exact(self.theta))

    def rounded(self) -> Network:
        """Return the float64 network nearest to this one, entry by entry."""
        return Network(self.W.astype(np.float64), self.theta.astype(np.float64))

    def save(self, file: str | os.PathLike[str]) -> None:
        """Write ``W`` and ``theta`` (float64) to an NPZ file of exactly this name, unpickled."""
        rounded = self.rounded()
        with open(file, "wb") as stream:
            np.savez(stream, W=rounded.W, theta=rounded.theta)

    @classmethod
    def load(cls, file: str | os.PathLike[str]) -> Network:
        """Read a network written by `save`.

        Raises
        ------
        ValueError
            If the file is no readable NPZ, holds a pickled object, or lacks ``W`` or ``theta``.
        OSError
            If the file cannot be opened.
        """
        arrays = read_npz(file, ("W", "theta"))
        with naming(file):
            return cls(arrays["W"], arrays["theta"])

    @classmethod
    def from_sklearn(
        cls, estimator: Any, domain: Domain | None = None, output: int | None = None
    ) -> Network:
        """Return a fitted scikit-learn network; see `conversion.convert_sklearn`.

        ``output=k`` takes the k-th of several scores, such as that of class k of three.
        """
        return cls(*convert_sklearn(estimator, domain, output))

    @classmethod
    def from_arrays(
        cls,
        hidden: object,
        hidden_bias: object = None,
        output: object = None,
        output_bias: object = None,
        layout: str = "torch",
        domain: Domain | None = None,
    ) -> Network:
        """Return a network of PyTorch or Keras weights.

        ``from_arrays(model.state_dict())`` reads a PyTorch model of two linear layers, with or
        without biases; ``from_arrays(*model.get_weights(), layout="keras")`` a Keras one; without
        biases write ``from_arrays(W1, None, W2, None)``. See `conversion.convert_arrays`.
        """
        return cls(*convert_arrays(hidden, hidden_bias, output, output_bias, layout, domain))


def _read_only_copy(array: Array) -> Array:
    copy = np.array(array)
    copy.setflags(write=False)
    return copy
