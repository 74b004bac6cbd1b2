"""The dual vector that is best for the relaxation of claim D6, with the multipliers that prove it.

Maximises ``-mean L*(v)`` subject to ``relaxed bound of v <= kappa`` and ``relaxed bound of -v <=
kappa``, over ``v`` and the multipliers of both sides at once, with logarithmic barriers whose
weight ``nu`` falls from round to round; L-BFGS does the work. Each round ends with certified
numbers, so nothing here needs to be exact. The tilts are ``e_j = t_j M x_j / (2 |M x_j|)`` with one
matrix ``M`` per side: at the optimum ``M`` is the second moment of the rows the relaxation thinks
of, and ``M x_j`` the tilt that serves sample ``j`` best.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from reference.minimum.dual_bound import DualPoint, conjugate_bound
from reference.minimum.peaks import EPSILON, mean_bound
from reference.minimum.relaxation import Multipliers, relaxed_bound
from reference.minimum.sliding import Round
from reference.model.exact_arithmetic import Array
from reference.model.problem import Problem

START, END = 1e-2, 3e-6  # barrier weight, relative to the objective
REDUCTION = 1 / 3  # of the barrier weight from round to round
ITERATIONS = 1000  # of L-BFGS in a round
TINY = 1e-300


class RelaxedPoint(NamedTuple):
    """A dual point proved by the relaxation and the multipliers of ``v`` and of ``-v``."""

    point: DualPoint
    sides: tuple[Multipliers, Multipliers]


def relaxed_rounds(problem: Problem, last: Round) -> Iterator[Round]:
    """Yield rounds that keep the network of ``last`` and improve what is known from below."""
    value = float(problem.value(last.network))
    for found in relaxed_points(problem, last.point, value):
        yield Round("relax", last.network, found.point)


def relaxed_points(problem: Problem, point: DualPoint, value: float) -> Iterator[RelaxedPoint]:
    """Yield better and better dual points, starting at the slopes of ``point``.

    Parameters
    ----------
    problem : Problem
        Float64, rows in the unit ball, at unit scale.
    point : DualPoint
        Its ``v`` fixes the sign of every entry.
    value : float
        The best objective known; the scale of the barrier.
    """
    from scipy.optimize import minimize

    if not value > 0:
        return
    program = _program(problem, point.v)
    flat, nu = program.start(point.v), START * value
    bounds = program.bounds()
    options = {"maxiter": ITERATIONS, "maxfun": 2 * ITERATIONS, "maxcor": 30, "ftol": 1e-15}
    while nu >= END * value:
        result = minimize(
            program.objective, flat, (nu,), "L-BFGS-B", jac=True, bounds=bounds, options=options
        )
        flat = result.x
        yield _certified(program, flat, point.atoms)
        nu *= REDUCTION


@dataclass(frozen=True, eq=False)
class _Program:
    """The barrier program; ``signs`` (N,) are those of ``v``, ``caps`` (N,) the largest sizes."""

    problem: Problem
    signs: Array
    caps: Array

    def blocks(self, flat: Array) -> tuple[Array, list[dict[str, Array]]]:
        """Split the variables: the sizes of ``v``, and per side ``s, t, r, mu, M``."""
        N, n = self.problem.X.shape
        sides = flat[N:].reshape(2, 3 * N + 1 + n * n)
        cuts = [N, 2 * N, 3 * N, 3 * N + 1]
        names = ("log_s", "t", "r", "log_mu", "M")
        return flat[:N], [dict(zip(names, np.split(side, cuts), strict=True)) for side in sides]

    def bounds(self) -> list[tuple[float, float]]:
        """Return the box of every variable."""
        N, n = self.problem.X.shape
        side = [(-40.0, 40.0)] * N + [(0.0, 1.0)] * (2 * N) + [(-80.0, 80.0)]
        return [(-30.0, 30.0)] * N + 2 * (side + [(-np.inf, np.inf)] * (n * n))

    def start(self, v: Array) -> Array:
        """Return variables strictly inside, with ``v`` scaled down until both sides allow it."""
        N, n = self.problem.X.shape
        size = np.abs(v)
        size = np.clip(size, 1e-6 * max(size.max(), TINY), None)
        length = np.maximum(np.linalg.norm(self.problem.X, axis=1), TINY)
        half, eye = np.full(N, 0.5), np.eye(n).ravel()
        flat = [np.zeros(N)]
        worst, radii = 0.0, []
        for side in (1, -1):
            a = side * self.signs * size / N
            form = _side_form(self.problem.X, a, 0.3 * length, half, half, np.eye(n))
            spread = float(np.linalg.norm(form.Q, 2) + np.linalg.norm(form.c))
            radii.append(2 * spread)
            worst = max(worst, form.constant + 4 * spread)
        shrink = 0.5 * self.problem.kappa / worst
        for radius in radii:
            flat += [np.log(0.3 * length), half, half, np.log([radius * shrink]), eye]
        flat[0] = self.inverse(size * min(shrink, 1.0))
        return np.concatenate(flat)

    def sizes(self, z: Array) -> tuple[Array, Array]:
        """Return ``|v|`` and its derivative: a sigmoid up to the cap, or an exponential."""
        bounded = np.isfinite(self.caps)
        sigmoid, power = 1 / (1 + np.exp(-z)), np.exp(z)
        caps = np.where(bounded, self.caps, 1.0)
        size = np.where(bounded, caps * sigmoid, power)
        return size, np.where(bounded, caps * sigmoid * (1 - sigmoid), power)

    def inverse(self, size: Array) -> Array:
        """Return ``z`` of given sizes."""
        bounded = np.isfinite(self.caps)
        share = np.clip(size / np.where(bounded, self.caps, 1.0), 1e-12, None)
        inside = np.minimum(share, 1 - 1e-6)
        return np.where(bounded, np.log(inside / (1 - inside)), np.log(share))

    def conjugate(self, z: Array, size: Array) -> tuple[Array, Array]:
        """Return the conjugate and its derivative by ``|v|``.

        On either side of 0 it is ``b |v| + c v**2``, which two values determine, or the entropy.
        """
        loss, y = self.problem.loss, self.problem.y
        whole = loss.conjugate(y, self.signs * size)
        if not loss.rational:
            return whole, z
        square = 2 * whole - 4 * loss.conjugate(y, self.signs * size / 2)
        return whole, (whole + square) / size

    def objective(self, flat: Array, nu: float) -> tuple[float, Array]:
        """Return the barrier objective over ``nu`` and its gradient; a large value outside."""
        X, kappa = self.problem.X, self.problem.kappa
        z, sides = self.blocks(flat)
        size, slope = self.sizes(z)
        whole, pull = self.conjugate(z, size)
        value, by_size, gradient = whole.mean() / nu, pull / len(X) / nu, []
        for side, sign in zip(sides, (1, -1), strict=True):
            a = sign * self.signs * size / len(X)
            s, mu = np.exp(side["log_s"]), float(np.exp(side["log_mu"][0]))
            M = side["M"].reshape(X.shape[1], X.shape[1])
            form = _side_form(X, a, s, side["t"], side["r"], M)
            try:
                C = np.linalg.cholesky(mu * np.eye(len(M)) - form.Q)
            except np.linalg.LinAlgError:
                return 1e12, np.zeros_like(flat)
            root = np.linalg.inv(C)
            inverse = root.T @ root
            row = inverse @ form.c / 2
            room = kappa - form.constant - mu - form.c @ row / 2
            if not room > 0:
                return 1e12, np.zeros_like(flat)
            value -= 2 * np.log(np.diag(C)).sum() + np.log(room)
            moment = np.outer(row, row) / room + inverse
            by_a, parts = form.gradient(X, a, row / room, moment, 1 / room)
            by_size = by_size + sign * self.signs * by_a / len(X)
            by_mu = mu * ((1 - row @ row) / room - np.trace(inverse))
            gradient += [parts[0], parts[1], parts[2], [by_mu], parts[3]]
        return float(value), np.concatenate([by_size * slope, *gradient])


@dataclass(frozen=True, eq=False)
class _Form:
    """The quadratic bound of one side and what its gradient needs."""

    constant: float
    c: Array
    Q: Array
    s: Array
    t: Array
    r: Array
    tilt: Array
    length: Array

    def gradient(
        self, X: Array, a: Array, row: Array, moment: Array, weight: float
    ) -> tuple[Array, list[Array]]:
        """Return the derivatives by ``a`` and by ``log s``, ``t``, ``r`` and ``M``.

        Those of the barrier by ``constant``, ``c`` and ``Q`` are ``weight``, ``row``, ``moment``.
        """
        plus, s, t = a > 0, self.s, self.t
        u, image = X @ row, X @ moment
        square, tilted = (image * X).sum(axis=1), (image * self.tilt).sum(axis=1)
        free = self.r * (1 - t)
        by_a = np.where(
            plus,
            weight * s / 4 + u / 2 + square / (4 * s),
            u * (t / 2 + free) + tilted * t / 2,
        )
        by_s = np.where(plus, a * (weight * s - square / s) / 4, 0.0)
        by_t = np.where(plus, 0.0, a * (u / 2 + tilted / 2 - u * self.r))
        by_r = np.where(plus, 0.0, a * u * (1 - t))
        turn = np.where(plus, 0.0, a * t / (2 * self.length))
        by_M = ((image - tilted[:, None] * self.tilt) * turn[:, None]).T @ X
        return by_a, [by_s, by_t, by_r, by_M.ravel()]


def _side_form(X: Array, a: Array, s: Array, t: Array, r: Array, M: Array) -> _Form:
    """Return the quadratic bound of ``sum_j a_j relu(<w, x_j>)`` for these variables."""
    p, q = np.maximum(a, 0), np.minimum(a, 0)
    tilt = X @ M.T
    length = np.maximum(np.linalg.norm(tilt, axis=1), TINY)
    tilt = tilt / length[:, None]
    mixed = (X.T * (q * t / 2)) @ tilt
    Q = (X.T * (p / (4 * s))) @ X + (mixed + mixed.T) / 2
    c = (p / 2 + q * (t / 2 + r * (1 - t))) @ X
    return _Form(float(p @ s) / 4, c, Q, s, t, r, tilt, length)


def _program(problem: Problem, v: Array) -> _Program:
    low, high = problem.loss.dual_interval(problem.y)
    signs = np.where(v != 0, np.sign(v), np.where(high > 0, 1.0, -1.0))
    caps = np.where(signs > 0, high, -np.asarray(low)) + np.zeros(len(v))
    return _Program(problem, signs, caps)


def _certified(program: _Program, flat: Array, atoms: Array) -> RelaxedPoint:
    """Return the dual point these variables prove, in exact arithmetic (claims D1 and D6)."""
    problem, (z, sides) = program.problem, program.blocks(flat)
    low, high = problem.loss.dual_interval(problem.y)
    v = np.clip(program.signs * program.sizes(z)[0], low, high)
    found, proven = [], 0.0
    for side, sign in zip(sides, (1, -1), strict=True):
        s, mu = np.exp(side["log_s"]), float(np.exp(side["log_mu"][0]))
        M = side["M"].reshape(problem.inputs, problem.inputs)
        form = _side_form(problem.X, sign * v, s, side["t"], side["r"], M)
        offset = form.t / 2 + form.r * (1 - form.t)
        tilt = form.tilt * (form.t / 2)[:, None]
        curvature = np.maximum(sign * v, 0) / (4 * s)
        found.append(Multipliers(curvature, offset, tilt, mu * problem.samples))
        proven = max(proven, relaxed_bound(problem.X, sign * v, found[-1]))
    correlation = mean_bound(proven, 0, problem.samples)
    ratio = problem.kappa / correlation if correlation > problem.kappa else 1.0
    bound = conjugate_bound(problem, v * (ratio * (1 - 4 * EPSILON)))
    point = DualPoint(bound, v, correlation, atoms, False, "relaxation")
    return RelaxedPoint(point, (found[0], found[1]))
