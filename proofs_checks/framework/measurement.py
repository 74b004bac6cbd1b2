"""What a claim measures on one case: two numbers, a direction, and how far rounding may reach.

A numerical comparison has three outcomes. With a rounding allowance ``rho >= 0`` that covers the
error of both numbers, ``measured <= bound`` *holds* when it is seen to hold, is *refuted* when it
fails by more than ``rho``, and is *undecided* in between. In exact arithmetic ``rho = 0`` and the
third outcome cannot occur. An equality of floats can only mean agreement within ``rho``.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Number = Any  # a float or a Fraction

DIRECTIONS = ("at most", "at least", "equal")


@dataclass(frozen=True)
class Measurement:
    """One comparison of a measured number with the bound the theory gives.

    Attributes
    ----------
    measured, bound : float or Fraction
        The two sides; NaN on either side refutes.
    direction : {"at most", "at least", "equal"}
        What the theory says ``measured`` is, compared with ``bound``.
    rounding : float or Fraction
        Allowance for the rounding of both sides; 0 in exact arithmetic.
    label : str
        Which quantity this is, for the reader of a ledger.
    """

    measured: Number
    bound: Number
    direction: str = "at most"
    rounding: Number = 0
    label: str = ""

    def __post_init__(self) -> None:
        if self.direction not in DIRECTIONS:
            raise ValueError(f"direction: found {self.direction!r}, allowed are {DIRECTIONS}")

    @property
    def slack(self) -> Number:
        """How much room is left; negative where the comparison fails as computed.

        For an equality: what is left of the rounding allowance.
        """
        if self.direction == "equal":
            return self.rounding - abs(self.measured - self.bound)
        room = self.bound - self.measured
        return room if self.direction == "at most" else -room

    @property
    def verdict(self) -> str:
        """``"holds"``, ``"refuted"`` or ``"undecided"``."""
        if self.slack >= 0:
            return "holds"
        within = self.direction != "equal" and self.slack >= -self.rounding
        return "undecided" if within else "refuted"

    @property
    def ratio(self) -> float | None:
        """The smaller side over the larger one, 1 where they are equal; above 1: a violation.

        None where the larger side is zero or the quotient means nothing, as for an equality.
        """
        if self.direction == "equal":
            return None
        small, large = self.measured, self.bound
        if self.direction == "at least":
            small, large = large, small
        return _quotient(small, large)

    def __str__(self) -> str:
        sides = f"{_short(self.measured)} {self.direction} {_short(self.bound)}"
        allowance = f" (rounding {_short(self.rounding)})" if self.rounding else ""
        return f"{self.label}: {sides}{allowance}" if self.label else sides + allowance


def at_most(measured: Number, bound: Number, rounding: Number = 0, label: str = "") -> Measurement:
    """Return a measurement of what the theory says is ``measured <= bound``."""
    return Measurement(measured, bound, "at most", rounding, label)


def at_least(measured: Number, bound: Number, rounding: Number = 0, label: str = "") -> Measurement:
    """Return a measurement of what the theory says is ``measured >= bound``."""
    return Measurement(measured, bound, "at least", rounding, label)


def equal(measured: Number, bound: Number, rounding: Number = 0, label: str = "") -> Measurement:
    """Return a measurement of what the theory says is ``measured = bound``."""
    return Measurement(measured, bound, "equal", rounding, label)


def check_true(true: object, label: str) -> Measurement:
    """Return a measurement of a yes-or-no statement: its failures, at most 0."""
    return Measurement(0 if true else 1, 0, "at most", 0, label)


def refuses(call: Callable[[], object], label: str) -> Measurement:
    """Return whether a call ends in the ValueError that its documentation promises."""
    try:
        call()
    except ValueError:
        return check_true(True, label)
    return check_true(False, label)


def worst(*measurements: Measurement) -> Measurement:
    """Return the measurement nearest to refutation: by verdict, then by ratio, then the first.

    A claim with several parts measures all of them and reports this one.
    """
    order = {"refuted": 2, "undecided": 1, "holds": 0}
    return max(measurements, key=lambda one: (order[one.verdict], _comparable(one.ratio)))


def _comparable(ratio: float | None) -> float:
    return -math.inf if ratio is None or math.isnan(ratio) else ratio


def _quotient(small: Number, large: Number) -> float | None:
    try:
        if large > 0:
            return float(small / large)
        return math.inf if small > large else None
    except (OverflowError, ValueError):
        return None


def _short(number: Number) -> str:
    try:
        return f"{float(number):.6g}"
    except (OverflowError, ValueError, TypeError):
        return str(number)
