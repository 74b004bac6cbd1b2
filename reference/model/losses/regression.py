"""Losses of the residual ``r = f - y`` alone, from the absolute value to the square."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from reference.model.exact_arithmetic import Array, Scalar
from reference.model.losses.base import Loss


@dataclass(frozen=True)
class ResidualLoss(Loss):
    """A loss of the residual ``r = f - y`` alone: ``L*(y, v) = v y + L*(0, v)``."""

    def residual_conjugate(self, v: Array) -> Array:
        """Return the conjugate of the loss as a function of the residual, at ``v`` inside."""
        raise NotImplementedError(f"{type(self).__name__}.residual_conjugate")

    def conjugate(self, y: Array, v: Array) -> Array:
        """Return ``v y`` plus the conjugate in the residual."""
        inside = np.clip(v, *self.dual_interval(y))
        return np.where(inside == v, inside * y + self.residual_conjugate(inside), np.inf)


@dataclass(frozen=True)
class Pinball(ResidualLoss):
    """``tau (y - f)`` where ``f < y`` and ``(1 - tau)(f - y)`` where ``f > y``; 0 < tau < 1."""

    tau: Scalar = 0.5

    def __post_init__(self) -> None:
        if not 0 < self.tau < 1:
            raise ValueError(f"tau: found {self.tau}, allowed is the open interval (0, 1)")

    @property
    def holder(self) -> None:
        """None: the derivative jumps."""
        return None

    @property
    def lipschitz(self) -> Scalar:
        """``max(tau, 1 - tau)``."""
        return max(self.tau, 1 - self.tau)

    def value(self, y: Array, f: Array) -> Array:
        """Return the tilted absolute residual."""
        r = f - y
        return np.maximum(-self.tau * r, (1 - self.tau) * r)

    def derivative(self, y: Array, f: Array) -> Array:
        """Return ``-tau`` below the target, ``1 - tau`` above, 0 at it."""
        return (1 - self.tau) * (f > y) - self.tau * (f < y)

    def one_sided(self, y: Array, f: Array) -> tuple[Array, Array]:
        """Return left and right derivative; they differ at ``f = y``."""
        left = (1 - self.tau) * (f > y) - self.tau * (f <= y)
        right = (1 - self.tau) * (f >= y) - self.tau * (f < y)
        return left, right

    def residual_conjugate(self, v: Array) -> Array:
        """Return 0."""
        return 0 * v

    def dual_interval(self, y: Array) -> tuple[Array, Array]:
        """Return ``[-tau, 1 - tau]``."""
        return 0 * y - self.tau, 0 * y + (1 - self.tau)


@dataclass(frozen=True)
class Absolute(ResidualLoss):
    """``|f - y|``."""

    @property
    def lipschitz(self) -> Scalar:
        """1."""
        return 1

    @property
    def holder(self) -> None:
        """None: the derivative jumps."""
        return None

    def value(self, y: Array, f: Array) -> Array:
        """Return ``|f - y|``."""
        return np.abs(f - y)

    def derivative(self, y: Array, f: Array) -> Array:
        """Return the sign of the residual, 0 at 0."""
        return 1 * (f > y) - 1 * (f < y)

    def one_sided(self, y: Array, f: Array) -> tuple[Array, Array]:
        """Return left and right derivative; they differ at ``f = y``."""
        return 1 * (f > y) - 1 * (f <= y), 1 * (f >= y) - 1 * (f < y)

    def residual_conjugate(self, v: Array) -> Array:
        """Return 0."""
        return 0 * v

    def dual_interval(self, y: Array) -> tuple[Array, Array]:
        """Return ``[-1, 1]``."""
        return 0 * y - 1, 0 * y + 1


@dataclass(frozen=True)
class Huber(ResidualLoss):
    """``r**2 / 2`` for ``|r| <= delta``, else ``delta (|r| - delta / 2)``."""

    delta: Scalar = 1.0

    def __post_init__(self) -> None:
        if not 0 < self.delta < np.inf:
            raise ValueError(f"delta: found {self.delta}, allowed is the open interval (0, inf)")

    @property
    def holder(self) -> tuple[Scalar, Scalar]:
        """``(1, 1)``."""
        return (1, 1)

    @property
    def lipschitz(self) -> Scalar:
        """``delta``."""
        return self.delta

    def value(self, y: Array, f: Array) -> Array:
        """Return ``c |r| - c**2 / 2`` with ``c = min(|r|, delta)``: both branches at once."""
        size = np.abs(f - y)
        capped = np.minimum(size, self.delta)
        return capped * size - capped * capped / 2

    def derivative(self, y: Array, f: Array) -> Array:
        """Return the residual clipped to ``[-delta, delta]``."""
        return np.minimum(np.maximum(f - y, -self.delta), self.delta)

    def curvature(self, y: Array, f: Array) -> Array:
        """Return 1 within ``delta`` of the target, else 0."""
        return 1 * (np.abs(f - y) <= self.delta)

    def residual_conjugate(self, v: Array) -> Array:
        """Return ``v**2 / 2``."""
        return v * v / 2

    def dual_interval(self, y: Array) -> tuple[Array, Array]:
        """Return ``[-delta, delta]``."""
        return 0 * y - self.delta, 0 * y + self.delta


@dataclass(frozen=True)
class HalfSquared(ResidualLoss):
    """``(f - y)**2 / 2``."""

    @property
    def lipschitz(self) -> None:
        """None: slopes grow without bound."""
        return None

    @property
    def holder(self) -> tuple[Scalar, Scalar]:
        """``(1, 1)``."""
        return (1, 1)

    def value(self, y: Array, f: Array) -> Array:
        """Return half the squared residual."""
        return (f - y) * (f - y) / 2

    def derivative(self, y: Array, f: Array) -> Array:
        """Return the residual ``f - y``."""
        return f - y

    def curvature(self, y: Array, f: Array) -> Array:
        """Return 1."""
        return 0 * f + 1

    def residual_conjugate(self, v: Array) -> Array:
        """Return ``v**2 / 2``."""
        return v * v / 2

    def dual_interval(self, y: Array) -> tuple[Array, Array]:
        """Return the whole line."""
        return np.full(np.shape(y), -np.inf), np.full(np.shape(y), np.inf)


@dataclass(frozen=True)
class Squared(ResidualLoss):
    """``(f - y)**2``, no factor one half."""

    @property
    def lipschitz(self) -> None:
        """None: slopes grow without bound."""
        return None

    @property
    def holder(self) -> tuple[Scalar, Scalar]:
        """``(1, 2)``."""
        return (1, 2)

    def value(self, y: Array, f: Array) -> Array:
        """Return the squared residual."""
        return (f - y) * (f - y)

    def derivative(self, y: Array, f: Array) -> Array:
        """Return ``2 (f - y)``."""
        return 2 * (f - y)

    def curvature(self, y: Array, f: Array) -> Array:
        """Return 2."""
        return 0 * f + 2

    def residual_conjugate(self, v: Array) -> Array:
        """Return ``v**2 / 4``."""
        return v * v / 4

    def dual_interval(self, y: Array) -> tuple[Array, Array]:
        """Return the whole line."""
        return np.full(np.shape(y), -np.inf), np.full(np.shape(y), np.inf)
