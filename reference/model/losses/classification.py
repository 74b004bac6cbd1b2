"""Losses of a label and a real-valued score: logistic (labels 0, 1) and hinge (labels -1, +1)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from reference.model.exact_arithmetic import Array, Scalar
from reference.model.losses.base import Loss


@dataclass(frozen=True)
class Logistic(Loss):
    """``log(1 + exp(f)) - y f`` for labels 0 and 1; the slope 1 is approached."""

    labels: ClassVar[tuple[int, ...]] = (0, 1)
    rational: ClassVar[bool] = False

    @property
    def lipschitz(self) -> Scalar:
        """1."""
        return 1

    @property
    def holder(self) -> tuple[Scalar, Scalar]:
        """``(1, 0.25)``."""
        return (1, 0.25)

    def value(self, y: Array, f: Array) -> Array:
        """Return the loss without overflow: ``max(f, 0) - y f + log1p(exp(-|f|))``."""
        return np.maximum(f, 0) - y * f + np.log1p(np.exp(-np.abs(f)))

    def derivative(self, y: Array, f: Array) -> Array:
        """Return ``sigmoid(f) - y``, accurate in both tails."""
        decay = np.exp(-np.abs(f))
        return np.where(f >= 0, (1 - y) - y * decay, (1 - y) * decay - y) / (1 + decay)

    def curvature(self, y: Array, f: Array) -> Array:
        """Return ``p (1 - p)`` with ``p = sigmoid(f)``."""
        decay = np.exp(-np.abs(f))
        return decay / (1 + decay) ** 2

    def conjugate(self, y: Array, v: Array) -> Array:
        """Return ``p log p + (1 - p) log(1 - p)`` with ``p = v + y`` in [0, 1]."""
        inside = np.clip(v, *self.dual_interval(y))
        p, q = inside + y, (1 - y) - inside
        entropy = p * np.log(np.where(p > 0, p, 1)) + q * np.log(np.where(q > 0, q, 1))
        return np.where(inside == v, entropy, np.inf)

    def dual_interval(self, y: Array) -> tuple[Array, Array]:
        """Return ``[-y, 1 - y]``."""
        return -y, 1 - y


@dataclass(frozen=True)
class Hinge(Loss):
    """``max(0, 1 - y f)`` for labels -1 and +1."""

    labels: ClassVar[tuple[int, ...]] = (-1, 1)

    @property
    def lipschitz(self) -> Scalar:
        """1."""
        return 1

    @property
    def holder(self) -> None:
        """None: the derivative jumps."""
        return None

    def value(self, y: Array, f: Array) -> Array:
        """Return ``max(0, 1 - y f)``."""
        margin = 1 - y * f
        return margin * (margin > 0)

    def derivative(self, y: Array, f: Array) -> Array:
        """Return ``-y`` where ``y f < 1``, else 0."""
        return -y * (y * f < 1)

    def one_sided(self, y: Array, f: Array) -> tuple[Array, Array]:
        """Return left and right derivative; at ``y f = 1`` they are the ends of `dual_interval`."""
        kink, slope = y * f == 1, self.derivative(y, f)
        low, high = self.dual_interval(y)
        return np.where(kink, low, slope), np.where(kink, high, slope)

    def conjugate(self, y: Array, v: Array) -> Array:
        """Return ``v y = -|v|`` on ``v y in [-1, 0]`` (``y`` is its own inverse)."""
        inside = np.clip(v, *self.dual_interval(y))
        return np.where(inside == v, -np.abs(inside), np.inf)

    def dual_interval(self, y: Array) -> tuple[Array, Array]:
        """Return ``[-1, 0]`` for ``y = 1`` and ``[0, 1]`` for ``y = -1``."""
        return (-1 - y) / 2, (1 - y) / 2
