"""What a claim is tried on, as plain numbers that print as Python and build on any target.

All numbers are ``int`` or ``Fraction``. A case is built in exact arithmetic where the target and
the loss allow it, else in float64, every hidden weight rounded toward zero so that a row of the
unit ball stays in it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np

from proofs_checks.framework import rounding
from proofs_checks.framework.exact import PRECISE_ERROR, precise_logistic, toward_zero
from proofs_checks.framework.target import Target

Rational = int | Fraction
Row = tuple[Rational, ...]
Rows = tuple[Row, ...]

ANY_LOSS = ("any",)  # where the loss plays no part: the first that the target has
LIPSCHITZ = ("Absolute", "Huber", "Pinball", "Hinge", "Logistic")
RATIONAL = ("Absolute", "Huber", "Pinball", "Hinge", "HalfSquared", "Squared")
ALL_LOSSES = ("Absolute", "Huber", "Pinball", "Hinge", "HalfSquared", "Squared", "Logistic")


@dataclass(frozen=True)
class Weights:
    """Parameters of a network: ``W`` by rows, and ``theta``."""

    W: Rows
    theta: Row

    @property
    def width(self) -> int:
        """Number of neurons."""
        return len(self.theta)

    def permuted(self, order: tuple[int, ...]) -> Weights:
        """Return the neurons in another order."""
        return Weights(tuple(self.W[i] for i in order), tuple(self.theta[i] for i in order))

    def stored(self) -> Weights:
        """Return the exact values of the float64 numbers `build` makes of these."""
        W, theta = array(self.W, float, inward=True), array(self.theta, float)
        return Weights(
            tuple(tuple(map(Fraction, row)) for row in W.tolist()),
            tuple(map(Fraction, theta.tolist())),
        )

    def build(self, target: Target, number: type = float) -> Any:
        """Return the target's network in the arithmetic of ``number``."""
        return target.Network(array(self.W, number, inward=True), array(self.theta, number))


@dataclass(frozen=True)
class ProblemCase:
    """Data, loss, penalty and domain; the numbers of a `Problem` without its behaviour.

    Attributes
    ----------
    X, y : samples by rows, targets
    loss : str
        A name of `ALL_LOSSES`.
    constant : Fraction or None
        ``delta`` of Huber, ``tau`` of pinball.
    kappa : int or Fraction
    domain : {"UnitBall", "NormalizedWeights"}
    """

    X: Rows
    y: Row
    loss: str
    constant: Rational | None
    kappa: Rational
    domain: str = "UnitBall"

    @property
    def lipschitz(self) -> Rational | None:
        """``L`` from the definition of the loss, not from the target."""
        if self.constant is not None:
            return (
                max(self.constant, 1 - self.constant) if self.loss == "Pinball" else self.constant
            )
        return None if "Squared" in self.loss else 1

    def number(self, target: Target) -> type:
        """Return the arithmetic this case is built in."""
        return target.arithmetic(rational=self.loss in (*RATIONAL, *ANY_LOSS))

    def build_loss(self, target: Target) -> Any:
        """Return the target's loss."""
        if self.loss == "Logistic" and self.number(target) is Fraction:
            return precise_logistic(target)
        if self.loss in ANY_LOSS:
            plain = [name for name in ALL_LOSSES if target.provides(name)] or ["Absolute"]
            constants: dict[str, Rational] = {"Huber": 1, "Pinball": Fraction(1, 2)}
            return replace(self, loss=plain[0], constant=constants.get(plain[0])).build_loss(target)
        kind = getattr(target, self.loss)
        return kind() if self.constant is None else kind(self.number(target)(self.constant))

    def build(self, target: Target) -> Any:
        """Return the target's problem."""
        number = self.number(target)
        return target.Problem(
            array(self.X, number),
            array(self.y, number),
            loss=self.build_loss(target),
            kappa=number(self.kappa),
            domain=getattr(target, self.domain)(),
        )

    def network(self, target: Target, weights: Weights) -> Any:
        """Return the target's network in the same arithmetic as the problem."""
        return weights.build(target, self.number(target))

    def stored(self) -> ProblemCase:
        """Return the exact values of the float64 numbers `build` makes of these."""
        X = tuple(tuple(Fraction(float(x)) for x in row) for row in self.X)
        y = tuple(Fraction(float(target)) for target in self.y)
        constant = None if self.constant is None else Fraction(float(self.constant))
        return replace(self, X=X, y=y, constant=constant, kappa=Fraction(float(self.kappa)))

    def with_loss(self, loss: str, constant: Rational | None = None) -> ProblemCase:
        """Return the same data with another loss."""
        return replace(self, loss=loss, constant=constant)

    def rounding(self, target: Target, *networks: Any) -> Any:
        """Bound the rounding error of ``F`` at any of these networks; 0 in exact arithmetic."""
        if self.number(target) is Fraction:
            return PRECISE_ERROR if self.loss == "Logistic" else 0
        X, y = array(self.X, float), array(self.y, float)
        slope = None if self.lipschitz is None else float(self.lipschitz)
        return max(
            rounding.of_objective(X, y, net.W, net.theta, float(self.kappa), slope)
            for net in networks
        )


@dataclass(frozen=True)
class OneNetwork:
    """A problem and one network; what most claims are tried on."""

    problem: ProblemCase
    network: Weights

    def build(self, target: Target) -> tuple[Any, Any]:
        """Return the target's problem and network."""
        return self.problem.build(target), self.problem.network(target, self.network)


@dataclass(frozen=True)
class TwoNetworks:
    """A problem and two networks of one width, ends of a segment or a path."""

    problem: ProblemCase
    a: Weights
    b: Weights

    def build(self, target: Target) -> tuple[Any, Any, Any]:
        """Return the target's problem and networks."""
        problem = self.problem
        return (
            problem.build(target),
            problem.network(target, self.a),
            problem.network(target, self.b),
        )


def array(values: Any, number: type, inward: bool = False) -> np.ndarray:
    """Return nested tuples of rationals as an array of ``Fraction`` or float64.

    Parameters
    ----------
    inward : bool
        Round each entry toward zero rather than to nearest (float64 only).
    """
    exact = np.array(values, dtype=object)
    convert = number if number is Fraction or not inward else lambda q: toward_zero(Fraction(q))
    result = np.empty(exact.shape, dtype=object if number is Fraction else np.float64)
    for index, entry in np.ndenumerate(exact):
        result[index] = convert(entry)
    return result
