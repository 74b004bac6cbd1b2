"""Where hidden weights may lie: the theorem's unit ball and the experiments' normalised weights.

Membership is decided exactly: a float64 row is inside when the sum of the exact squares of its
stored entries is at most 1. Projection and normalisation round inward, so what they return is
inside in that exact sense (theory, section 3, *Rigour*).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from reference.model.exact_arithmetic import Array, to_exact

EPSILON = np.finfo(np.float64).eps


@dataclass(frozen=True)
class Domain:
    """What all domains share: a part of ``W`` whose rows lie in the closed unit ball.

    Attributes
    ----------
    frozen : int
        How many trailing rows never move.
    bounded_rows : bool
        Whether whole rows lie in the unit ball, as the theorems ask, biases included.
    name : str
        What files and the command call this domain.
    """

    frozen: ClassVar[int] = 0
    bounded_rows: ClassVar[bool] = False
    name: ClassVar[str] = ""

    def weight_part(self, W: Array) -> Array:
        """Return the view of ``W`` (..., m, n) whose rows must lie in the unit ball."""
        raise NotImplementedError(f"{type(self).__name__} defines no weight part")

    def rows_inside(self, W: Array) -> Array:
        """Decide exactly which rows of ``W`` (m, n) lie in the domain; booleans (m,)."""
        part = self.weight_part(W)
        inside = np.ones(len(W), dtype=bool)
        inside[: len(part)] = _norm_at_most_one(part)
        return inside

    def contains(self, W: Array) -> bool:
        """Whether every row of ``W`` (m, n) lies in the domain, decided exactly."""
        return bool(self.rows_inside(W).all())

    def check(self, W: Array, name: str = "W") -> None:
        """Raise ValueError, naming the first offending row, unless ``W`` lies in the domain."""
        inside = self.rows_inside(W)
        if not inside.all():
            row = int(np.flatnonzero(~inside)[0])
            raise ValueError(
                f"{name}: found norm {_norm_in_words(self.weight_part(W)[row])} in row {row}, "
                f"allowed is at most 1 ({self.name} domain); its project() moves rows inside"
            )

    def project(self, W: Array) -> Array:
        """Return ``W`` with every row outside moved radially to the sphere, rounded inward."""
        outside = ~self.rows_inside(W)
        projected = W.copy()
        part = self.weight_part(projected)
        outside = outside[: len(part)]
        if outside.any():
            part[outside] *= _inward_scale(part[outside])
        return projected

    def retract(self, W: Array, theta: Array) -> tuple[Array, Array]:
        """Return new arrays after a free step in ``W`` (..., m, n), moved back into the domain.

        Rows outside the ball, or within rounding of its sphere, are scaled inward; ``theta``
        stays. Any precision; in float64 the rows returned are inside in the exact sense.
        """
        return W * np.minimum(_inward_scale(W), 1), theta.copy()

    def normalise(self, W: Array, theta: Array) -> tuple[Array, Array]:
        """Give every weight part norm 1 and keep each product ``theta_i w_i`` (claim M3).

        The whole row is divided by the norm of its weight part and its coefficient multiplied
        by it. A row whose weight part is zero, or so short that its square underflows, stays.
        For rows inside the ball this *sphericalisation* does not raise the penalty; in the other
        direction it does.

        Parameters
        ----------
        W : (..., m, n), theta : (..., m)

        Returns
        -------
        W, theta : new arrays; rows have norm 1 up to rounding inward.
        """
        W, theta = W.copy(), theta.copy()
        part = self.weight_part(W)
        movable = W[..., : part.shape[-2], :]
        scale = _inward_scale(part)
        movable *= scale
        theta[..., : part.shape[-2]] /= scale[..., 0]
        return W, theta


@dataclass(frozen=True)
class UnitBall(Domain):
    """The domain of the theorems: every row of ``W`` has Euclidean norm at most 1."""

    bounded_rows: ClassVar[bool] = True
    name: ClassVar[str] = "unit-ball"

    def weight_part(self, W: Array) -> Array:
        """Return ``W`` itself: each whole row lies in the ball."""
        return W


@dataclass(frozen=True)
class NormalizedWeights(Domain):
    """The domain of [B26]'s experiments: biases free, a constant neuron as last row.

    Inputs carry the homogeneous coordinate as last column. The weight part (all columns but the
    last) of every row but the last lies in the closed unit ball; the last column, the bias, is
    free; the last row is frozen at ``(0, ..., 0, 1)``, so its coefficient is the output bias.
    The set is convex: straight segments stay inside.
    """

    frozen: ClassVar[int] = 1
    name: ClassVar[str] = "normalized-weights"

    def weight_part(self, W: Array) -> Array:
        """Return ``W`` without its last row and its last column."""
        return W[..., :-1, :-1]

    def rows_inside(self, W: Array) -> Array:
        """Decide exactly which rows lie in the domain; the last must be the constant neuron."""
        inside = super().rows_inside(W)
        inside[-1] = bool((W[-1] == self.constant_row(W.shape[1])).all())
        return inside

    def check(self, W: Array, name: str = "W") -> None:
        """Raise ValueError unless ``W`` lies in the domain and ends with the constant neuron."""
        if not (W[-1] == self.constant_row(W.shape[1])).all():
            raise ValueError(
                f"{name}: found {W[-1].tolist()} as last row, allowed is the constant neuron "
                f"(0, ..., 0, 1) ({self.name} domain)"
            )
        super().check(W, name)

    def retract(self, W: Array, theta: Array) -> tuple[Array, Array]:
        """Return new arrays with every weight part of norm 1 and the same predictor.

        This is what [B26]'s published code does after each step.
        """
        return self.normalise(W, theta)

    @staticmethod
    def constant_row(inputs: int) -> Array:
        """Return ``(0, ..., 0, 1)``, the row of the constant neuron."""
        row = np.zeros(inputs)
        row[-1] = 1
        return row


DOMAINS: dict[str, type[Domain]] = {kind.name: kind for kind in (UnitBall, NormalizedWeights)}


def _norm_at_most_one(rows: Array) -> Array:
    """Decide ``|row|^2 <= 1`` exactly; only rows within rounding of the sphere need fractions.

    The computed sum of n squares is the true one up to a factor within ``1 +- n eps``.
    """
    squares = (rows * rows).sum(axis=1)
    inside = squares <= 1
    if rows.dtype == object:
        return inside
    for row in np.flatnonzero(np.abs(squares - 1) <= rows.shape[1] * EPSILON):
        exact = to_exact(rows[row])
        inside[row] = (exact * exact).sum() <= 1
    return inside


def _inward_scale(rows: Array) -> Array:
    """Return factors (..., 1) that bring rows to norm 1, smaller by more than all rounding.

    The computed norm is off by at most ``(n/2 + 1) u`` and three more roundings follow, u = eps/2;
    the margin ``(n + 4) eps`` covers both. Squares that underflow add at most ``n eps/4`` while
    their sum is a normal number; rows shorter than that have no such factor and take 1.
    """
    if rows.dtype == object:
        raise TypeError("W: found fractions, allowed are floats: a norm may be irrational")
    squares = (rows * rows).sum(axis=-1, keepdims=True)
    limits = np.finfo(rows.dtype)
    margin = (rows.shape[-1] + 4) * limits.eps
    return (1 - margin) / np.where(squares >= limits.tiny, np.sqrt(squares), 1 - margin)


def _norm_in_words(row: Array) -> str:
    """Return the norm of a row outside the ball; where it prints as 1, what it has above 1."""
    norm = float(np.linalg.norm(row.astype(np.float64)))
    if norm > 1 + 1e-12:
        return repr(norm)
    exact = to_exact(row)
    return f"1 + {float(((exact * exact).sum() - 1) / 2):.1e}"
