"""A primal-dual interior point method for the output layer of a smooth loss.

With ``c = p - q``, ``p, q >= 0`` and ``g`` the slope of the risk, a minimum is where
``u = price + g >= 0``, ``v = price - g >= 0``, ``p u = 0`` and ``q v = 0``. A step aims at
``p u = q v = mu`` by Newton's equations and keeps all four positive.

Huber's loss has no curvature far from its target, which lets Newton's equations stall where
neurons outnumber samples. But it is the least of a square and a price ::

    huber(f - y) = min over r of (f + r - y)^2 / 2 + delta |r|

so its problem is that of half the squared loss with one more coefficient per sample, a *shift*
``r_j`` of price ``delta / N``. Shifts are eliminated from every Newton system: they only lower the
weights of their samples.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from reference.model.exact_arithmetic import Array
from reference.model.losses import HalfSquared, Huber, Loss
from reference.model.problem import Problem

STEPS = 60
REDUCTION = 0.99  # of the way to the boundary a step may go
SHORTEST = 1e-4  # steps shorter than this end the search
NOISE = 1e-15  # of the slopes, relative: what rounding may add to what is left of them
ACCURACY = 1e-7  # of the complementarity left, relative to the objective: Newton steps do the rest


@dataclass(frozen=True, eq=False)
class Lasso:
    """``mean_j L(y_j, f_j) + prices . |c|`` with ``f = H c``, plus one shift a sample or none."""

    loss: Loss
    y: Array
    H: Array
    prices: Array
    shifted: bool
    stable: bool

    def predict(self, c: Array) -> Array:
        """Return ``H c`` plus the shifts (N,) of coefficients (k,)."""
        columns = self.H.shape[1]
        f = self.H @ c[:columns]
        return f + c[columns:] if self.shifted else f

    def pull(self, slope: Array) -> Array:
        """Return the slope in every coefficient (k,) from that in every prediction (N,)."""
        pulled = self.H.T @ slope
        return np.concatenate([pulled, slope]) if self.shifted else pulled

    def dual(self, pq: Array) -> tuple[Array, Array, float]:
        """Return ``(price + g, price - g)`` (2 k,), curvatures (N,) and the value at ``p - q``."""
        k = len(self.prices)
        f = self.predict(pq[:k] - pq[k:])
        g = self.pull(self.loss.derivative(self.y, f) / len(f))
        value = self.loss.value(self.y, f).mean() + self.prices @ (pq[:k] + pq[k:])
        curvature = self.loss.curvature(self.y, f) / len(f)
        return np.concatenate([self.prices + g, self.prices - g]), curvature, float(value)


def interior_point(
    problem: Problem, H: Array, prices: Array, start: Array, stable: bool = False
) -> Array:
    """Minimise ``mean_j L(y_j, (H c)_j) + prices . |c|``; small coefficients become exactly 0.

    Parameters
    ----------
    problem : Problem
        Gives targets and the loss, which must be smooth.
    H : (N, s)
        Features, columns of comparable size.
    prices : (s,)
        Positive.
    start : (s,)
    stable : bool
        Factor the system of all neurons even where there are fewer samples: slower, and
        accurate where prices are tiny against the slopes.

    Returns
    -------
    (s,) array
        Close to the minimum: how close, rounding decides.
    """
    s, N = H.shape[1], problem.samples
    loss, shifted = problem.loss, isinstance(problem.loss, Huber)
    if isinstance(loss, Huber):
        residual = H @ start - problem.y
        start = np.concatenate([start, loss.derivative(problem.y, H @ start) - residual])
        prices = np.concatenate([prices, np.full(N, float(loss.delta) / N)])
        loss = HalfSquared()
    c, uv = _follow(Lasso(loss, problem.y, H, prices, shifted, stable), start)
    k = len(prices)
    return np.where(np.abs(c) > np.minimum(uv[:k], uv[k:]), c, 0.0)[:s]


def _follow(lasso: Lasso, start: Array) -> tuple[Array, Array]:
    """Follow the central path from ``start``; return coefficients (k,) and prices left (2 k,).

    The first direction of a step aims at the minimum itself; how far it could go says what
    ``mu`` the second aims at, corrected by the products of the first (Mehrotra).
    """
    k, size = len(start), np.abs(start).mean() + 1e-3
    pq = np.concatenate([np.maximum(start, 0), np.maximum(-start, 0)]) + size
    dual, curvature, value = lasso.dual(pq)
    uv = np.full(2 * k, np.abs(dual).max())
    for _ in range(STEPS):
        gap = pq @ uv
        if gap <= ACCURACY * value and np.abs(dual - uv).max() <= 1e-3 * lasso.prices.min():
            break
        try:
            newton = Newton(lasso, curvature, pq, uv, dual)
        except np.linalg.LinAlgError:
            break
        step_pq, step_uv = newton.direction(np.zeros(2 * k))
        reached = (pq + _reach(pq, step_pq) * step_pq) @ (uv + _reach(uv, step_uv) * step_uv)
        mu = (reached / gap) ** 3 * gap / len(pq)
        step_pq, step_uv = newton.direction(mu - step_pq * step_uv)
        length = min(_reach(pq, step_pq), _reach(uv, step_uv))
        left = np.linalg.norm(dual - uv)
        while length > SHORTEST:
            moved, prices = pq + length * step_pq, uv + length * step_uv
            dual, curvature, value = lasso.dual(moved)
            allowed = max(1 - 0.01 * length, 0.0) * left + NOISE * np.linalg.norm(dual)
            if np.linalg.norm(dual - prices) <= allowed:
                break
            length /= 2
        else:
            break
        pq, uv = moved, prices
    return pq[:k] - pq[k:], uv


def _reach(values: Array, step: Array) -> float:
    """Return the longest step length, at most 1, that keeps every value positive."""
    falling = step < 0
    return min(1.0, REDUCTION * float(np.min(-values[falling] / step[falling], initial=np.inf)))


class Newton:
    """Newton's equations ``(E^-1 + Q) dc = E^-1 h``, ``E = p / u + q / v``, factored once.

    ``Q = A^T diag(curvature) A`` with ``A`` the features and the shifts. Without its shifts the
    system is ``I + B^T B``, ``B = sqrt(weights) H S``, ``S = sqrt(E)``: never singular. Where
    neurons outnumber samples the smaller ``I + B B^T`` is factored instead (Woodbury).
    """

    def __init__(self, lasso: Lasso, curvature: Array, pq: Array, uv: Array, dual: Array) -> None:
        from scipy.linalg import cho_factor

        self.small = lasso.stable or lasso.H.shape[1] <= lasso.H.shape[0]
        self.lasso, self.curvature, self.pq, self.uv, self.dual = lasso, curvature, pq, uv, dual
        k, (samples, s) = len(lasso.prices), lasso.H.shape
        self.ratio = pq / uv
        self.E = self.ratio[:k] + self.ratio[k:]
        self.S = np.sqrt(self.E[:s])
        self.relief = 1 + curvature * self.E[s:] if lasso.shifted else np.ones(samples)
        self.weights = curvature / self.relief
        self.B = np.sqrt(self.weights)[:, None] * lasso.H * self.S
        system = self.B.T @ self.B if self.small else self.B @ self.B.T
        system[np.diag_indices_from(system)] += 1 + 4 * np.finfo(float).eps * np.trace(system)
        self.factor = cho_factor(system, lower=True, overwrite_a=True, check_finite=False)

    def solve(self, d: Array) -> Array:
        """Return ``(I + B^T B)^-1 d``."""
        from scipy.linalg import cho_solve

        if self.small:
            return cho_solve(self.factor, d, check_finite=False)
        return d - self.B.T @ cho_solve(self.factor, self.B @ d, check_finite=False)

    def direction(self, mu: Array) -> tuple[Array, Array]:
        """Return the steps of ``pq`` and ``uv`` towards products ``mu`` (2 k,)."""
        lasso, k, s = self.lasso, len(self.lasso.prices), self.lasso.H.shape[1]
        pull = (mu - self.pq * self.dual) / self.uv
        h = pull[:k] - pull[k:]
        right = h[:s] / self.S
        if lasso.shifted:
            right = right - self.S * (lasso.H.T @ (self.weights * h[s:]))
        dc = self.S * self.solve(right)
        if lasso.shifted:
            shifts = (h[s:] - self.curvature * self.E[s:] * (lasso.H @ dc)) / self.relief
            dc = np.concatenate([dc, shifts])
        Qdc = lasso.pull(self.curvature * lasso.predict(dc))
        change = np.concatenate([Qdc, -Qdc])
        return pull - self.ratio * change, change + self.dual - self.uv
