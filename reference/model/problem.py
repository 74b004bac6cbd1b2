"""The optimisation problem of [B26]: empirical risk plus an l1 penalty on the output layer."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, fields
from fractions import Fraction
from functools import cached_property

import numpy as np

from reference.model.domain import Domain, UnitBall
from reference.model.exact_arithmetic import Array, Scalar, mean, to_exact
from reference.model.feature_scale import feature_scale
from reference.model.losses import Loss
from reference.model.network import Network, backward, forward
from reference.model.validation import SMALLEST, check_magnitudes, real_array


@dataclass(frozen=True, eq=False)
class Problem:
    """``F(W, theta) = mean_j L(y_j, Phi(x_j; W, theta)) + kappa ||theta||_1`` over a domain.

    Parameters
    ----------
    X : (N, n) array-like
        Samples; a bias is a column of ones, put last.
    y : (N,) array-like
        Targets, from the labels the loss allows.
    loss : Loss
    kappa : real, at least 0
        Weight of the penalty.
    domain : Domain, optional
        Where the rows of ``W`` may lie: the unit ball of the theorems, unless said otherwise.

    Raises
    ------
    TypeError, ValueError
        If data are empty, not finite or of the wrong shape, a target is not allowed, or
        ``kappa`` is negative.

    Notes
    -----
    Numbers are 0 or have magnitudes from 2**-500 (about 3.1e-151) to 2**500 (about 3.3e150), so
    that no product of two of them overflows or vanishes; exact ones may have any size. Object
    arrays make the problem exact: data, ``kappa`` and every value are fractions.
    """

    X: Array
    y: Array
    loss: Loss
    kappa: Scalar
    domain: Domain = field(default_factory=UnitBall)

    def __post_init__(self) -> None:
        X = real_array(self.X, "X", (None, None))
        y = real_array(self.y, "y", (len(X),))
        if not isinstance(self.loss, Loss):
            raise TypeError(f"loss: found {self.loss!r}, allowed is a Loss such as Logistic()")
        if not isinstance(self.domain, Domain):
            raise TypeError(
                f"domain: found {self.domain!r}, allowed is UnitBall() or NormalizedWeights()"
            )
        kappa = real_array(self.kappa, "kappa", ()).item()
        if kappa < 0:
            raise ValueError(f"kappa: found {kappa}, allowed is at least 0")
        check_magnitudes(X, "X", SMALLEST)
        check_magnitudes(y, "y", SMALLEST)
        check_magnitudes(np.asarray(kappa), "kappa", SMALLEST)
        self.loss.check_targets(y)
        if X.dtype == object or y.dtype == object:
            if not self.loss.rational:
                raise TypeError(f"loss: found {self.loss.name}, which has no exact arithmetic")
            X, y = to_exact(X), to_exact(y)
        number = Fraction if X.dtype == object else float
        loss, kappa = self.loss.cast(number), number(kappa)
        for name, value in (("X", X), ("y", y), ("loss", loss), ("kappa", kappa)):
            object.__setattr__(self, name, value)

    def __repr__(self) -> str:
        """State the size of the data, the loss, the penalty's weight and the domain."""
        constants = "".join(f" {getattr(self.loss, item.name)}" for item in fields(self.loss))
        exact = ", exact" * self.is_exact
        return (
            f"Problem(N = {self.samples}, n = {self.inputs}, {self.loss.name}{constants}, "
            f"kappa = {self.kappa}, {self.domain.name}{exact})"
        )

    @property
    def samples(self) -> int:
        """Number of samples ``N``."""
        return self.X.shape[0]

    @property
    def inputs(self) -> int:
        """Number of inputs ``n``, homogeneous coordinate included."""
        return self.X.shape[1]

    @property
    def is_exact(self) -> bool:
        """Whether data and values are rational numbers rather than float64."""
        return self.X.dtype == object

    @property
    def L(self) -> Scalar | None:
        """Lipschitz constant of the loss in the prediction, or None."""
        return self.loss.lipschitz

    @cached_property
    def D(self) -> Scalar:
        """Feature scale ``sqrt(lambda_max(mean_j x_j x_j^T))``; exact data: a rational above it."""
        return feature_scale(self.X)

    @property
    def lower(self) -> int:
        """A lower bound of the risk, ``Rlow``: 0 for every loss shipped."""
        return 0

    @cached_property
    def zero_value(self) -> Scalar:
        """The objective of the network that predicts 0, ``F(0) = mean_j L(y_j, 0)``."""
        return mean(self.loss.value(self.y, 0 * self.y))

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 of data, loss, ``kappa`` and domain, in hexadecimal: what a record refers to."""
        digest = hashlib.sha256()
        for array in (self.X, self.y):
            digest.update(repr(array.shape).encode())
            digest.update(repr(array.tolist()).encode() if self.is_exact else array.tobytes())
        digest.update(f"{self.loss!r} {self.kappa!r} {self.domain.name}".encode())
        return digest.hexdigest()

    def objective(self, theta: Array, f: Array) -> Scalar:
        """Return ``F`` of output coefficients (m,) whose network predicts ``f`` (N,)."""
        return mean(self.loss.value(self.y, f)) + self.kappa * np.abs(theta).sum()

    def risk(self, network: Network) -> Scalar:
        """Return ``R = mean_j L(y_j, f_j)``."""
        self.check_shape(network)
        return mean(self.loss.value(self.y, network.predict(self.X)))

    def value(self, network: Network) -> Scalar:
        """Return the objective ``F = R + kappa ||theta||_1``."""
        self.check_shape(network)
        return self.objective(network.theta, network.predict(self.X))

    def gradient(self, network: Network) -> tuple[Array, Array]:
        """Return hand-derived ``dF/dW`` (m, n) and ``dF/dtheta`` (m,) (claim M1).

        Conventions at kinks: ``relu'(0) = 0``, ``sign(0) = 0``, loss derivative 0. There the
        result need not be a Clarke subgradient of ``F``.
        """
        return self._gradient(network, *self._forward(network))

    def value_and_gradient(self, network: Network) -> tuple[Scalar, tuple[Array, Array]]:
        """Return the objective and its gradient from one forward pass.

        Parameters
        ----------
        network : Network

        Returns
        -------
        value : scalar
            As `value` returns it.
        gradient : (m, n) array, (m,) array
            As `gradient` returns it, ``dF/dW`` and ``dF/dtheta``.

        Examples
        --------
        >>> from reference import HalfSquared
        >>> problem = Problem([[1.0], [2.0]], [1.0, 0.0], HalfSquared(), 0.5)
        >>> value, (dW, dtheta) = problem.value_and_gradient(Network([[1.0]], [1.0]))
        >>> float(value), dW.tolist(), dtheta.tolist()
        (1.5, [[2.0]], [2.5])
        """
        U, f = self._forward(network)
        return self.objective(network.theta, f), self._gradient(network, U, f)

    def _forward(self, network: Network) -> tuple[Array, Array]:
        self.check_shape(network)
        return forward(self.X, network.W, network.theta)

    def _gradient(self, network: Network, U: Array, f: Array) -> tuple[Array, Array]:
        slope = self.loss.derivative(self.y, f)
        slope = (to_exact(slope) if self.is_exact else slope) / self.samples
        dW, dtheta = backward(self.X, U, network.theta, slope)
        return dW, dtheta + self.kappa * np.sign(network.theta)

    def check_shape(self, network: Network, name: str = "W") -> None:
        """Raise ValueError unless the network takes as many inputs as the data have.

        It must be in the problem's arithmetic too: a fraction times a float is a rounded float.
        """
        if not isinstance(network, Network):
            raise TypeError(f"{name}: found {type(network).__name__}, allowed is a Network")
        if network.is_exact != self.is_exact:
            found, allowed = ("exact", "float64") if network.is_exact else ("float64", "exact")
            raise ValueError(
                f"{name}: found {found} numbers, allowed are {allowed} ones as in the problem; "
                "convert with exact() or rounded()"
            )
        if network.inputs != self.inputs:
            raise ValueError(
                f"{name}: found {network.inputs} columns, allowed are {self.inputs}, as X has"
            )

    def check(self, network: Network, name: str = "network") -> None:
        """Raise ValueError unless the network fits the data and lies in the domain (exactly)."""
        self.check_shape(network, f"{name}.W")
        self.domain.check(network.W, f"{name}.W")

    def lipschitz_constant(self, claim: str) -> Scalar:
        """Return ``L``, or raise ValueError saying that ``claim`` needs a Lipschitz loss."""
        if self.L is None:
            raise ValueError(
                f"loss: found {self.loss.name}, which has no Lipschitz constant; "
                f"{claim} holds for Lipschitz losses only"
            )
        return self.L

    def penalty_weight(self, claim: str) -> Scalar:
        """Return ``kappa``, or raise ValueError saying that ``claim`` needs it positive."""
        if self.kappa <= 0:
            raise ValueError(
                f"kappa: found {self.kappa}, allowed is positive ({claim} divides by it)"
            )
        return self.kappa

    def exact(self) -> Problem:
        """Return the same problem in rational arithmetic.

        Raises
        ------
        TypeError
            If the loss has no exact arithmetic (logistic).
        """
        return Problem(to_exact(self.X), to_exact(self.y), self.loss, self.kappa, self.domain)
