"""A certified bound of the largest correlation for any number of inputs (claim D6).

``sum_j a_j relu(<w, x_j>)`` is bounded on the unit ball by a quadratic function of ``w``, sample by
sample, with ``u = <w, x_j>``::

    a > 0:   a relu(u) = a (u + |u|) / 2 <= a u / 2 + d u**2 + a**2 / (16 d)     for every d > 0
    a < 0:   a relu(u) <= a u (b + <e, w>)       where |e| <= min(b, 1 - b)

The second holds because ``b + <e, w>`` lies in [0, 1] on the ball. What remains is the maximum of
``<c, w> + w' Q w``; it is at most ``mu + tau`` if the matrix ``[[mu I - Q, -c/2], [-c'/2, tau]]``
is positive semidefinite. Any matrix ``C`` proves that up to the norm of the residual of ``C C'``,
so whoever finds the numbers ``d``, ``b``, ``e``, ``mu`` need not be trusted.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from reference.minimum.peaks import EPSILON
from reference.model.exact_arithmetic import Array

UNDERFLOW = 2.0**-1000  # more than all products that underflow can lose
SMALLEST = 2.0**-900  # a smaller room for a tilt counts as none


@dataclass(frozen=True, eq=False)
class Multipliers:
    """The numbers that select one quadratic bound; every choice is valid.

    Attributes
    ----------
    curvature : (N,)
        ``d > 0``; used where ``a > 0``.
    offset : (N,)
        ``b`` in [0, 1]; used where ``a < 0``.
    tilt : (N, n)
        ``e``; longer ones are shortened to ``min(b, 1 - b)``.
    radius : float
        ``mu >= 0``, the price of leaving the ball.
    """

    curvature: Array
    offset: Array
    tilt: Array
    radius: float


def relaxed_bound(X: Array, a: Array, multipliers: Multipliers) -> float:
    """Bound ``max over ||w|| <= 1 of sum_j a_j relu(<w, x_j>)`` from above (claim D6).

    Parameters
    ----------
    X : (N, n)
        Samples, float64.
    a : (N,)
        Weights, float64.
    multipliers : Multipliers
        Any numbers; bad ones give a large bound, or infinity.

    Returns
    -------
    float
        At least the maximum, in exact arithmetic.

    Examples
    --------
    >>> import numpy as np
    >>> loose = Multipliers(np.array([0.25]), np.array([0.5]), np.array([[0.0]]), 0.5)
    >>> bool(1.0 <= relaxed_bound(np.array([[1.0]]), np.array([1.0]), loose) < 1.5)
    True
    """
    with np.errstate(all="ignore"):
        linear, quadratic, constant, slack = quadratic_bound(X, a, multipliers)
        price = _ball_maximum(linear, quadratic, float(multipliers.radius))
        total = (constant + slack + price) * (1 + 8 * EPSILON) + UNDERFLOW
    return float(total) if total >= 0 else np.inf


def quadratic_bound(
    X: Array, a: Array, multipliers: Multipliers
) -> tuple[Array, Array, float, float]:
    """Return ``c`` (n,), ``Q`` (n, n), the constant, and what rounding can hide of all three.

    A sum of ``N`` products, in any order, errs by ``(N + 3) eps`` times the sum of their sizes.
    """
    a_plus, a_minus = np.maximum(a, 0), np.minimum(a, 0)
    offset = np.clip(multipliers.offset, 0, 1)
    tilt = _shortened(multipliers.tilt, np.minimum(offset, 1 - offset))
    curvature = np.where(a_plus > 0, multipliers.curvature, 0.0)
    if not (curvature >= 0).all():
        return np.zeros(X.shape[1]), np.zeros((X.shape[1],) * 2), np.inf, 0.0
    constants = a_plus**2 / np.where(a_plus > 0, 16 * curvature, 1.0)
    slopes = a_plus / 2 + a_minus * offset
    mixed = X.T @ (a_minus[:, None] * tilt)
    quadratic = (X.T * curvature) @ X + (mixed + mixed.T) / 2
    length, reach = np.linalg.norm(X, axis=1), np.linalg.norm(tilt, axis=1)
    sizes = length * (np.abs(slopes) + curvature * length - a_minus * reach)
    slack = 2 * (len(X) + X.shape[1] + 16) * EPSILON * float(sizes.sum())
    constant = math.fsum(constants) * (1 + 8 * EPSILON) if np.isfinite(constants).all() else np.inf
    return slopes @ X, quadratic, constant, slack


def _shortened(tilt: Array, room: Array) -> Array:
    """Shorten each row of ``tilt`` (N, n) until its exact length is at most ``room`` (N,)."""
    length = np.linalg.norm(tilt, axis=1) * (1 + (tilt.shape[1] + 4) * EPSILON)
    room = np.where(room > SMALLEST, room * (1 - 8 * EPSILON), 0.0)
    fits = np.isfinite(length) & (length > SMALLEST) & (room > 0)
    factor = np.where(fits, np.minimum(1.0, room / np.where(fits, length, 1.0)), 0.0)
    return np.where(fits[:, None], tilt, 0.0) * (factor * (1 - 8 * EPSILON))[:, None]


def _ball_maximum(linear: Array, quadratic: Array, radius: float) -> float:
    """Bound ``<c, w> + w' Q w`` on the unit ball, proved by one factorisation.

    If ``T = C C' + R`` with ``T`` the matrix of the module's text, then for ``||w|| <= 1`` the
    function is at most ``mu + tau + 2 ||R||``. Forming ``T`` and the residual rounds by at most
    ``(n + 8) eps (||T|| + ||C||**2)``, norms being Frobenius norms.
    """
    n = len(linear)
    system = radius * np.eye(n) - quadratic
    if not (radius >= 0 and np.isfinite(system).all() and np.isfinite(linear).all()):
        return np.inf
    try:
        least = float(linear @ np.linalg.solve(system, linear)) / 4
    except np.linalg.LinAlgError:
        return np.inf
    for excess in (1e-13, 1e-11, 1e-9, 1e-6, 1e-3):
        tau = least + excess * (radius + abs(least))
        T = np.block([[system, -linear[:, None] / 2], [-linear[None] / 2, np.array([[tau]])]])
        try:
            C = np.linalg.cholesky(T)
        except np.linalg.LinAlgError:
            continue
        size = float(np.linalg.norm(T)) + float(np.linalg.norm(C)) ** 2
        residual = float(np.linalg.norm(T - C @ C.T)) + 2 * (n + 8) * EPSILON * size
        return radius + tau + 2 * residual
    return np.inf
