"""The reduced landscape ``V(W) = min_theta F(W, theta)`` at thousands of row tuples at once.

A best output layer has as many coefficients as there are rows, so Newton's method costs little and
runs for all tuples side by side. Kinks of the penalty and of the loss are rounded off, less and
less. Nothing rests on how exact the solutions are: any slopes make a bound (claim R2), any output
layer a node of a path.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from reference.model.exact_arithmetic import Array
from reference.model.network import relu
from reference.model.problem import Problem

WIDTHS = 10.0 ** -np.arange(1, 8)  # of the rounded kinks, in units of F(0)
STEPS = 30  # most Newton steps at each width
ACCURACY = 1e-9  # of a solution, in units of F(0), where steps end
BATCH = 2**20  # numbers held at once


class Layers(NamedTuple):
    """Output layers of many row tuples.

    Attributes
    ----------
    theta : (B, k)
    values : (B,)
        The objective there, an upper bound of the minimum up to rounding.
    slopes : (B, N)
        Slopes of the loss inside its dual interval, nearly dual feasible for these rows.
    """

    theta: Array
    values: Array
    slopes: Array


def best_layers(problem: Problem, rows: Array) -> Layers:
    """Minimise the objective over the output layer for each tuple of rows.

    Parameters
    ----------
    problem : Problem
        In float64, ``kappa > 0``.
    rows : (B, k, n)

    Examples
    --------
    One sample, one neuron: the residual at the minimum is ``kappa``.

    >>> from reference import Huber
    >>> problem = Problem([[1.0]], [4.0], Huber(), 1e-3)
    >>> best_layers(problem, np.array([[[1.0]]])).theta.round(6).tolist()
    [[3.999]]
    """
    size = max(1, BATCH // (problem.samples * rows.shape[1]))
    parts = [_solve(problem, rows[first : first + size]) for first in range(0, len(rows), size)]
    return Layers(*(np.concatenate(arrays) for arrays in zip(*parts, strict=True)))


def _solve(problem: Problem, rows: Array) -> Layers:
    H = relu(rows @ problem.X.T).transpose(0, 2, 1)
    unit = float(problem.zero_value) or 1.0
    theta, damping = np.zeros(rows.shape[:2]), np.ones(len(rows))
    with np.errstate(all="ignore"):
        for width in WIDTHS * unit:
            live = np.arange(len(rows))
            for _ in range(STEPS):
                found = _step(problem, H[live], theta[live], damping[live], width)
                theta[live], damping[live], gain = found
                live = live[~(gain <= ACCURACY * unit)]
                if not len(live):
                    break
        f = _predict(H, theta)
        slopes = _rounded_loss(problem, f, WIDTHS[-1] * unit)[1]
        values = problem.loss.value(problem.y, f).mean(axis=1)
        values = values + problem.kappa * np.abs(theta).sum(axis=1)
    low, high = problem.loss.dual_interval(problem.y)
    slopes = np.clip(np.where(np.isfinite(slopes), slopes, 0.0), low, high)
    solved = values < float(problem.zero_value)
    theta = np.where(solved[:, None], theta, 0.0)
    return Layers(theta, np.where(solved, values, float(problem.zero_value)), slopes)


def _step(
    problem: Problem, H: Array, theta: Array, damping: Array, width: float
) -> tuple[Array, Array, Array]:
    """Take a damped Newton step where it descends; damping 1 is a quadratic upper bound.

    The last array returned is what the quadratic model promised to gain.
    """
    kappa = problem.kappa
    value, slope, curvature, majorant = _rounded_loss(problem, _predict(H, theta), width)
    size = np.sqrt(theta**2 + (width / kappa) ** 2)
    gradient = (slope[:, None, :] @ H)[:, 0] / problem.samples + kappa * theta / size
    weight = (curvature + damping[:, None] * majorant) / problem.samples
    hessian = H.transpose(0, 2, 1) @ (weight[:, :, None] * H)
    diagonal = kappa * ((width / kappa / size) ** 2 + damping[:, None]) / size
    places = np.arange(theta.shape[1])
    hessian[:, places, places] += diagonal * (1 + 1e-12)
    try:
        step = np.linalg.solve(hessian, gradient[:, :, None])[:, :, 0]
    except np.linalg.LinAlgError:
        step = gradient / hessian[:, places, places] / len(places)
    moved = theta - step
    after = _rounded_loss(problem, _predict(H, moved), width)[0]
    after = after + kappa * np.sqrt(moved**2 + (width / kappa) ** 2).sum(axis=1)
    better = after <= value + kappa * size.sum(axis=1)
    damping = np.where(better, np.maximum(damping / 10, 1e-9), np.minimum(damping * 30, 1.0))
    return np.where(better[:, None], moved, theta), damping, (gradient * step).sum(axis=1)


def _predict(H: Array, theta: Array) -> Array:
    return np.asarray((H @ theta[:, :, None])[:, :, 0])


def _rounded_loss(problem: Problem, f: Array, width: float) -> tuple[Array, Array, Array, Array]:
    """Return mean loss (B,), slopes, curvatures and those of a quadratic bound, (B, N) each.

    Losses with kinks have one, at ``f = y``, between two lines whose slopes are the ends of the
    dual interval: there ``|z|`` becomes ``sqrt(z^2 + width^2)``.
    """
    loss, y = problem.loss, problem.y
    if loss.holder is not None:
        bound = float(loss.holder[1]) + 0 * f
        return loss.value(y, f).mean(axis=1), loss.derivative(y, f), loss.curvature(y, f), bound
    low, high = loss.dual_interval(y)
    middle, half, z = (high + low) / 2, (high - low) / 2, f - y
    root = np.sqrt(z**2 + width**2)
    value = (middle * z + half * root).mean(axis=1)
    return value, middle + half * z / root, half * (width / root) ** 2 / root, half / root
