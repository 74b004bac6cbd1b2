"""The best output layer at fixed features, ``min_c mean_j L(y_j, (H c)_j) + kappa ||c||_1``.

The problem is convex, so how close a solution came is not a matter of trust: any ``v`` with
``|H^T v|_i <= N kappa`` proves that nothing lies below ``-mean_j L*(y_j, v_j)`` (Fenchel), and
the slopes of the loss at a good solution, shrunk until they are allowed, prove that it is good.

Where the loss is smooth, an interior point method finds the neighbourhood of the minimum however
alike the features are, and Newton steps inside one orthant finish it with exact zeros. Where the
loss is piecewise linear, the problem is a linear program.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from reference.model.exact_arithmetic import Array
from reference.model.problem import Problem
from reference.training.active_set import active_set
from reference.training.interior_point import interior_point
from reference.training.orthant_newton import orthant_newton
from reference.training.piecewise_linear import dual_program, linear_program, on_kinks

ACCURACY = 1e-11  # a solution proved this close to the minimum, relatively, is not improved


@dataclass(frozen=True, eq=False)
class OutputLayer:
    """A solved output layer and how close it is to the best.

    Attributes
    ----------
    coefficients : (s,) array
    value : float
        The objective there.
    bound : float
        No coefficients reach below it, up to rounding.
    """

    coefficients: Array
    value: float
    bound: float

    @property
    def gap(self) -> float:
        """How far the value can be above the minimum: ``value - bound``, at least 0."""
        return max(0.0, self.value - self.bound)


def output_layer(problem: Problem, H: Array, start: Array) -> Array:
    """Return the coefficients ``c`` (s,) that minimise the objective.

    Parameters
    ----------
    problem : Problem
        In float64; gives targets, loss and ``kappa``.
    H : (N, s)
        Features.
    start : (s,)
        Coefficients to start from; what is returned is never worse.
    """
    return _solve(problem, H, start).coefficients


def solve_output_layer(problem: Problem, H: Array, start: Array | None = None) -> OutputLayer:
    """Minimise the objective over the output layer and say how close the result is.

    Parameters
    ----------
    problem : Problem
        In float64; gives targets, loss and ``kappa``.
    H : (N, s)
        Features.
    start : (s,), optional
        Coefficients to start from, 0 unless given; what is returned is never worse.

    Examples
    --------
    One sample, three neurons, by hand: only the largest feature is worth its price, and the
    residual is ``kappa / 5``.

    >>> from reference import Huber
    >>> problem = Problem([[1.0]], [4.0], Huber(), 1e-3)
    >>> best = solve_output_layer(problem, np.array([[2.0, 5.0, 3.0]]))
    >>> best.coefficients.round(6).tolist()
    [0.0, 0.79996, 0.0]
    >>> best.gap < 1e-15
    True
    """
    return _solve(problem, H, np.zeros(H.shape[1]) if start is None else start)


def _solve(problem: Problem, H: Array, start: Array) -> OutputLayer:
    """Try one method after the other until a solution is proved to be good."""
    size = np.abs(H).max(axis=0, initial=0)
    used = np.flatnonzero(size)
    scale = 2.0 ** np.ceil(np.log2(size[used]))
    best = min((start, 0 * start), key=lambda c: problem.objective(c, H @ c))
    value, bound = float(problem.objective(best, H @ best)), -np.inf
    for found in _minimise(problem, H[:, used] / scale, problem.kappa / scale, start[used] * scale):
        c = np.zeros_like(start)
        c[used] = found / scale
        reached = float(problem.objective(c, H @ c))
        if reached <= value:
            best, value = c, reached
        bound = max(bound, dual_bound(problem, H, c))
        if value - bound <= ACCURACY * value:
            break
    return OutputLayer(best, value, bound)


def dual_bound(problem: Problem, H: Array, c: Array) -> float:
    """Return a number that no output layer reaches below, from the slopes of the loss at ``c``.

    Parameters
    ----------
    problem : Problem
    H : (N, s)
    c : (s,)
        The closer to a minimum, the closer the bound to its value. At kinks of a loss the slopes
        are those that a linear program finds best.
    """
    f = H @ c
    bound = -float(problem.loss.conjugate(problem.y, 0.0 * f).mean())  # no slopes are allowed ones
    if not problem.loss.smooth:
        prices = np.full(H.shape[1], problem.kappa)
        return max(bound, _shrunk(problem, H, dual_program(problem, H, prices)[0]))
    slopes = problem.loss.derivative(problem.y, f)
    value = problem.objective(c, f)
    if problem.kappa > 0:
        bound = max(bound, _shrunk(problem, H, slopes))
    if value - bound > ACCURACY * value:
        active = np.flatnonzero(c) if problem.kappa > 0 else np.arange(H.shape[1])
        missing = H[:, active].T @ slopes + problem.samples * problem.kappa * np.sign(c[active])
        weight = np.sqrt(problem.loss.curvature(problem.y, f))  # slopes at their ends stay there
        columns = weight[:, None] * H[:, active]
        slopes = slopes - weight * np.linalg.lstsq(columns.T, missing, rcond=None)[0]
        bound = max(bound, _shrunk(problem, H, slopes))
    return bound


def _shrunk(problem: Problem, H: Array, slopes: Array) -> float:
    """Return the bound of slopes (N,), made smaller until no neuron's slope exceeds kappa."""
    steepest = np.abs(H.T @ slopes).max(initial=0) / problem.samples
    share = problem.kappa / steepest if steepest > problem.kappa > 0 else 1.0
    return float(-problem.loss.conjugate(problem.y, share * slopes).mean())


def _minimise(problem: Problem, H: Array, prices: Array, start: Array) -> Iterator[Array]:
    """Yield solutions, the cheapest method first; the caller stops when one is proved good."""
    if not H.shape[1]:
        yield start
    elif not problem.loss.smooth:
        yield on_kinks(problem, H, dual_program(problem, H, prices)[1])
        found = linear_program(problem, H, prices, start)
        yield found
        yield on_kinks(problem, H, found)
    elif problem.kappa == 0:
        yield orthant_newton(problem, H, prices, start)
    else:
        yield from _minimise_smooth(problem, H, prices, start)


def _minimise_smooth(problem: Problem, H: Array, prices: Array, start: Array) -> Iterator[Array]:
    found = orthant_newton(problem, H, prices, interior_point(problem, H, prices, start))
    yield found
    if H.shape[1] > H.shape[0]:
        near = interior_point(problem, H, prices, start, stable=True)
        found = orthant_newton(problem, H, prices, near)
        yield found
    yield active_set(problem, H, prices, found, steps=10 * sum(H.shape) + 50)
