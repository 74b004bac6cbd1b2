"""Pointwise convex losses ``L(y, f)`` of a prediction ``f``, with every constant the theory uses.

A loss knows its value, one derivative and both one-sided ones, its Lipschitz constant in ``f``
(or None), the Hölder pair of its derivative (or None), and its convex conjugate in ``f``,
``L*(y, v) = sup_f v f - L(y, f)``, which is finite exactly on ``dual_interval(y)``.

All methods act entry by entry on arrays of one shape, (N,) or broadcast. Every loss is
nonnegative and convex in ``f``. At a kink ``derivative`` is 0. Claim M2 checks all of this.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import ClassVar

import numpy as np

from reference.model.exact_arithmetic import Array, Scalar


@dataclass(frozen=True)
class Loss:
    """What each loss answers; subclasses document only their own formula.

    Attributes
    ----------
    labels : tuple of int or None
        The allowed targets; None when every real is allowed.
    rational : bool
        Whether values of rational arguments are rational (exact arithmetic possible).
    """

    labels: ClassVar[tuple[int, ...] | None] = None
    rational: ClassVar[bool] = True

    @property
    def lipschitz(self) -> Scalar | None:
        """Least ``L`` with ``|L(y, f) - L(y, g)| <= L |f - g|`` for all allowed ``y``, or None."""
        raise NotImplementedError(f"{type(self).__name__}.lipschitz")

    @property
    def holder(self) -> tuple[Scalar, Scalar] | None:
        """Pair ``(alpha, H)`` with ``|L'(y, f) - L'(y, g)| <= H |f - g|**alpha``, or None."""
        raise NotImplementedError(f"{type(self).__name__}.holder")

    @property
    def smooth(self) -> bool:
        """Whether the derivative is Hölder continuous; otherwise the loss is piecewise linear."""
        return self.holder is not None

    @property
    def name(self) -> str:
        """The class name in lower case with hyphens, as the command line spells it."""
        letters = "".join(f"-{c.lower()}" if c.isupper() else c for c in type(self).__name__)
        return letters.lstrip("-")

    def cast(self, number: type) -> Loss:
        """Return the same loss with its constants as ``float`` or as ``Fraction``."""
        constants = {item.name: number(getattr(self, item.name)) for item in fields(self)}
        return replace(self, **constants)

    def value(self, y: Array, f: Array) -> Array:
        """Return ``L(y, f)``."""
        raise NotImplementedError(f"{type(self).__name__}.value")

    def derivative(self, y: Array, f: Array) -> Array:
        """Return ``dL/df``; 0 at a kink."""
        raise NotImplementedError(f"{type(self).__name__}.derivative")

    def one_sided(self, y: Array, f: Array) -> tuple[Array, Array]:
        """Return the left and the right derivative; equal wherever the loss is smooth."""
        slope = self.derivative(y, f)
        return slope, slope

    def curvature(self, y: Array, f: Array) -> Array:
        """Return the second derivative in ``f``, that of one side where it jumps.

        For losses with a Hölder pair only; Newton steps use it.
        """
        raise NotImplementedError(f"{type(self).__name__}.curvature")

    def conjugate(self, y: Array, v: Array) -> Array:
        """Return ``L*(y, v)``, ``inf`` outside `dual_interval`."""
        raise NotImplementedError(f"{type(self).__name__}.conjugate")

    def dual_interval(self, y: Array) -> tuple[Array, Array]:
        """Return the ends of the interval of ``v`` on which the conjugate is finite."""
        raise NotImplementedError(f"{type(self).__name__}.dual_interval")

    def slope_bound(self, y: Array, low: Array, high: Array) -> Array:
        """Return the least Lipschitz constant of ``L(y, .)`` on ``[low, high]``, entry by entry.

        The derivative is monotone, so its extremes over the interval are the right one at
        ``low`` and the left one at ``high``: this is how a loss without a global constant is
        still certified on a bounded range.
        """
        return np.maximum(np.abs(self.one_sided(y, low)[1]), np.abs(self.one_sided(y, high)[0]))

    def check_targets(self, y: Array) -> None:
        """Raise ValueError, naming the first offender, unless every target is allowed."""
        if self.labels is None:
            return
        foreign = ~np.isin(y.astype(np.float64), self.labels)
        if foreign.any():
            where = int(np.flatnonzero(foreign)[0])
            allowed = " and ".join(str(label) for label in self.labels)
            raise ValueError(
                f"y: found {y[where]} at index {where}, allowed for the {self.name} loss "
                f"are the labels {allowed}"
            )
