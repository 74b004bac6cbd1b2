"""Rational arithmetic for claims: roots bounded from outside, points on the sphere, a precise log.

Nothing here comes from the implementation under test.
"""

from __future__ import annotations

import decimal
from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from math import isqrt
from typing import Any

import numpy as np

from proofs_checks.framework.target import MissingName, Target

DIGITS = 60
PRECISE_ERROR = Fraction(1, 10**50)
_SCALE = 2**80


def root_above(square: Any) -> Any:
    """Return a rational at least the root of a nonnegative rational, at most 2**-80 too large.

    Of a float it returns the float64 root.
    """
    if isinstance(square, float):
        return float(np.sqrt(square))
    exact = Fraction(square) * _SCALE**2
    floor = isqrt(exact.numerator // exact.denominator)
    return Fraction(floor + (floor * floor < exact), _SCALE)


def norm_above(vector: Iterable[Any]) -> Any:
    """Return an upper bound of the Euclidean norm, as tight as `root_above`."""
    return root_above(sum(entry * entry for entry in vector))


def sphere_point(parameters: Sequence[Fraction]) -> tuple[Fraction, ...]:
    """Return a rational point of the unit sphere by stereographic projection from the north pole.

    ``p -> (2 p, |p|^2 - 1) / (|p|^2 + 1)``: every rational point but the pole is reached.
    """
    square = sum((p * p for p in parameters), Fraction(0))
    return (*(2 * p / (square + 1) for p in parameters), (square - 1) / (square + 1))


def toward_zero(number: Fraction) -> float:
    """Return the float64 nearest to ``number`` among those no larger in magnitude.

    Rounding every entry of a row this way never takes it out of the unit ball.
    """
    nearest = float(number)
    return float(np.nextafter(nearest, 0.0)) if abs(Fraction(nearest)) > abs(number) else nearest


def precise_logistic(target: Target) -> Any:
    """Return the target's logistic loss with values of fractions accurate to 1e-50.

    It decides what float64 left undecided: predictions stay exact, and only the transcendental
    function is approximated, far below any rounding allowance.
    """
    if not target.provides("Logistic"):
        raise MissingName("Logistic")

    class PreciseLogistic(target.Logistic):  # type: ignore[name-defined]
        rational = True

        def value(self, y: np.ndarray, f: np.ndarray) -> np.ndarray:
            return np.asarray(np.frompyfunc(_logistic, 2, 1)(y, f))

        def derivative(self, y: np.ndarray, f: np.ndarray) -> np.ndarray:
            return np.asarray(np.frompyfunc(_logistic_slope, 2, 1)(y, f))

    return PreciseLogistic()


def fractions(values: np.ndarray) -> np.ndarray:
    """Return the numbers of an array as the fractions they are, floats included."""
    return np.asarray(np.frompyfunc(Fraction, 1, 1)(np.asarray(values, dtype=object)))


def _logistic(y: Fraction, f: Fraction) -> Fraction:
    y, f = Fraction(y), Fraction(f)  # floats too: an implementation may know no fractions
    return max(f, Fraction(0)) - y * f + _with_decimals(lambda decay: (1 + decay).ln(), f)


def _logistic_slope(y: Fraction, f: Fraction) -> Fraction:
    upper = _with_decimals(lambda decay: 1 / (1 + decay), f)  # sigmoid(|f|)
    return (upper if f >= 0 else 1 - upper) - y


def _with_decimals(function: Callable[[decimal.Decimal], decimal.Decimal], f: Fraction) -> Fraction:
    """Return ``function(exp(-|f|))`` to `DIGITS` digits."""
    with decimal.localcontext() as context:
        context.prec = DIGITS
        size = decimal.Decimal(abs(f).numerator) / decimal.Decimal(abs(f).denominator)
        return Fraction(function((-size).exp()))
