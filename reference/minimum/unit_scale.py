"""Problems and correlations are brought to unit scale by powers of two, which rounds nothing.

Squares of very small or very large data underflow or overflow, and with them norms, oracles and
bounds. ``relu`` and most losses are homogeneous, so the scale can be taken out of the data::

    relu(<w, 2**p x>) = 2**p relu(<w, x>)
    L(2**q y, 2**q f) = 2**h L(y, f)      h = q (absolute, pinball), 2 q (squares, Huber) or 0
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from reference.model.exact_arithmetic import Array
from reference.model.losses import Absolute, HalfSquared, Huber, Loss, Pinball, Squared
from reference.model.network import Network
from reference.model.problem import Problem

SMALLEST = 2.0**-1022  # normal float64 numbers begin here


@dataclass(frozen=True, eq=False)
class UnitProblem:
    """A problem of unit scale and the powers of two that lead back to the original.

    Attributes
    ----------
    problem : Problem
        Largest input and, where the loss permits it, largest target between 1/2 and 1.
    inputs, outputs, height : int
        The original data are ``2**inputs`` and ``2**outputs`` times, the objective ``2**height``
        times those of ``problem``.
    """

    problem: Problem
    inputs: int
    outputs: int
    height: int

    def network(self, network: Network) -> Network:
        """Return the network of the original problem with the scaled predictions.

        With free biases, neurons without weight part predict a constant. All of it is put on one
        of them with so large a bias that its coefficient costs next to nothing (claim D5).
        """
        W, theta = network.W.copy(), np.ldexp(network.theta, self.outputs - self.inputs)
        if self.problem.domain.bounded_rows:
            return Network(W, theta)
        flat = ~W[:, :-1].any(axis=1)
        constant = np.ldexp(float((network.theta * W[:, -1])[flat].sum()), self.outputs)
        W[:, -1] = np.ldexp(W[:, -1], self.inputs)
        bias = self._free_bias()
        W[flat], theta[flat] = 0.0, 0.0
        W[-2, -1] = bias
        theta[-2] = constant / bias
        W[-1, -1] = 1.0
        return Network(W, theta)

    def _free_bias(self) -> float:
        """Return a power of two that leaves of a constant's penalty less than is rounded."""
        price = int(np.frexp(self.problem.kappa)[1])
        return float(np.ldexp(1.0, min(60 + max(0, self.inputs) + max(0, price), 490)))

    def objective(self, value: float, up: bool) -> float:
        """Return ``2**height value``, rounded up or down where it leaves the normal numbers."""
        return scaled(value, self.height, up)


def unit_problem(problem: Problem) -> UnitProblem:
    """Return the problem at unit scale.

    Parameters
    ----------
    problem : Problem
        In float64.

    Returns
    -------
    UnitProblem

    Raises
    ------
    ValueError
        If numbers of one problem differ so much in size that scaling one rounds another.
    """
    bounded = problem.domain.bounded_rows
    part = problem.X if bounded else problem.X[:, :-1]
    inputs, outputs = _power(part), _power(problem.y)
    loss, degree = _homogeneous(problem.loss, outputs)
    outputs = outputs if degree else 0
    height = degree * outputs
    X = np.array(problem.X)
    X[:, : part.shape[1]] = _exactly(part, -inputs, "X")
    y = _exactly(problem.y, -outputs, "y")
    weight = np.asarray(problem.kappa, dtype=np.float64)
    kappa = float(_exactly(weight, outputs - inputs - height, "kappa, for data of this size"))
    return UnitProblem(Problem(X, y, loss, kappa, problem.domain), inputs, outputs, height)


def unit_samples(X: Array, weights: Array) -> tuple[Array, Array, int]:
    """Move the scale of samples (N, n), none of them 0, into their weights (N,).

    Returns
    -------
    X, weights, exponent
        ``sum_j a_j relu(<w, x_j>)`` is ``2**exponent`` times that of the arrays returned, whose
        largest entries are between 1/2 and 1, up to errors of ``2**-1074``.
    """
    power = np.frexp(np.abs(X).max(axis=1))[1]
    fraction, exponent = np.frexp(weights)
    total = exponent + power
    top = int(total[weights != 0].max())
    return np.ldexp(X, -power[:, None]), np.ldexp(fraction, total - top), top


def scaled(value: float, exponent: int, up: bool) -> float:
    """Return ``2**exponent value``, rounded up (or down) where that is not a float64 number."""
    if not math.isfinite(value) or value == 0:
        return value
    try:
        result = math.ldexp(value, exponent)
    except OverflowError:
        largest = np.finfo(np.float64).max
        return math.copysign(np.inf if up == (value > 0) else largest, value)
    if abs(result) < SMALLEST:
        result = math.nextafter(result, math.inf if up else -math.inf)
    return result


def _power(values: Array) -> int:
    """Return the exponent of the largest entry; 0 if all are 0."""
    return int(np.frexp(np.abs(values).max(initial=0.0))[1])


def _homogeneous(loss: Loss, power: int) -> tuple[Loss, int]:
    """Return the loss of targets divided by ``2**power``, and the degree of its homogeneity."""
    if isinstance(loss, Huber):
        return Huber(
            float(_exactly(np.asarray(loss.delta), -power, "delta, for y of this size"))
        ), 2
    if isinstance(loss, HalfSquared | Squared):
        return loss, 2
    return loss, int(isinstance(loss, Absolute | Pinball))


def _exactly(values: Array, power: int, name: str) -> Array:
    """Return ``2**power values``, or raise ValueError where that rounds."""
    with np.errstate(over="ignore"):
        moved = np.ldexp(values, power)
        back = np.ldexp(moved, -power)
    if not np.array_equal(back, values):
        sizes = np.abs(values)[np.asarray(values) != 0]
        raise ValueError(
            f"{name}: found a size of {sizes.min():.3g}, allowed are data, targets and kappa whose "
            "sizes lie within 300 decades of each other; rescale the inputs or the targets"
        )
    return moved
