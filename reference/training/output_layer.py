"""The Lasso solver: ``min_c mean_j L(y_j, (H c)_j) + kappa ||c||_1`` at fixed features ``H``.

Where the loss is smooth, a primal-dual interior point method finds the neighbourhood of the
minimum however alike the columns of ``H`` are, and Newton steps inside one orthant finish it with
exact zeros. Where the loss is piecewise linear, the problem is a linear program.
"""

from __future__ import annotations

import numpy as np

from reference.model.exact_arithmetic import Array
from reference.model.problem import Problem


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
    if not H.shape[1]:
        return start
    if not problem.loss.smooth:
        found = _linear_program(problem, H, start)
    else:
        near = _interior_point(problem, H, start) if problem.kappa > 0 else start
        found = _projected_newton(problem, H, near)
    return min(found, start, key=lambda c: problem.objective(c, H @ c))


def _interior_point(problem: Problem, H: Array, start: Array, steps: int = 60) -> Array:
    """Minimise the Lasso by a primal-dual interior point method; small coefficients become 0.

    With ``c = p - q``, ``p, q >= 0`` and ``g`` the slope of the risk, the minimum is where
    ``u = kappa + g >= 0``, ``v = kappa - g >= 0``, ``p u = 0`` and ``q v = 0``. A step aims at
    ``p u = q v = mu`` by Newton's equations and keeps all four positive. It ends at rest, or where
    rounding stops it: how close it came only decides how much is left to do.
    """
    s, size = len(start), np.abs(start).mean() + 1e-3
    pq = np.concatenate([np.maximum(start, 0), np.maximum(-start, 0)]) + size
    dual, curvature = _dual(problem, H, pq)
    uv = np.full(2 * s, np.abs(dual).max())
    for _ in range(steps):
        gap = pq @ uv
        if gap < 1e-10 and np.abs(dual - uv).max() < 1e-7:
            break
        mu = 0.1 * gap / len(pq)
        step_pq, step_uv = _newton_direction(H, curvature, pq, uv, dual, mu)
        residual = _norm(dual - uv, pq * uv - mu)
        length = min(_reach(pq, step_pq), _reach(uv, step_uv))
        while length > 1e-6:
            moved, prices = pq + length * step_pq, uv + length * step_uv
            dual, curvature = _dual(problem, H, moved)
            left = _norm(dual - prices, moved * prices - mu)
            if left <= max((1 - 0.01 * length) * residual, 1e-7):
                break
            length /= 2
        else:
            break
        pq, uv = moved, prices
    c = pq[:s] - pq[s:]
    return np.where(np.abs(c) > np.minimum(uv[:s], uv[s:]), c, 0.0)


def _norm(*parts: Array) -> float:
    return float(np.linalg.norm(np.concatenate(parts)))


def _dual(problem: Problem, H: Array, pq: Array) -> tuple[Array, Array]:
    """Return ``(kappa + g, kappa - g)`` (2 s,) at ``c = p - q`` and the curvature (N,)."""
    s = H.shape[1]
    gradient, curvature = _slopes(problem, H, H @ (pq[:s] - pq[s:]))
    return problem.kappa + np.concatenate([gradient, -gradient]), curvature


def _newton_direction(
    H: Array, curvature: Array, pq: Array, uv: Array, dual: Array, mu: float
) -> tuple[Array, Array]:
    """Solve ``(E^-1 + Q) dc = E^-1 h``, ``E = p / u + q / v``, and return steps of pq and uv.

    ``Q = H^T diag(curvature) H``; with ``S = sqrt(E)`` the system is ``I + S Q S``, never singular;
    a few ulps of its trace keep it so where rounding would lose the ``I``.
    """
    s, pull, ratio = H.shape[1], (mu - pq * dual) / uv, pq / uv
    S = np.sqrt(ratio[:s] + ratio[s:])
    HS = H * S
    system = HS.T @ (curvature[:, None] * HS)
    system[np.diag_indices_from(system)] += 1 + 4 * np.finfo(np.float64).eps * np.trace(system)
    dc = S * np.linalg.solve(system, (pull[:s] - pull[s:]) / S)
    Qdc = H.T @ (curvature * (H @ dc))
    change = np.concatenate([Qdc, -Qdc])
    return pull - ratio * change, change + dual - uv


def _reach(values: Array, step: Array) -> float:
    """Return the longest step length, at most 1, that keeps every value positive."""
    falling = step < 0
    return min(1.0, 0.99 * float(np.min(-values[falling] / step[falling], initial=np.inf)))


def _projected_newton(
    problem: Problem, H: Array, c: Array, steps: int = 30, tol: float = 1e-12
) -> Array:
    """Take Newton steps, one orthant of ``c`` at a time, until one promises less than ``tol``.

    A coefficient is free when it is not 0 or its slope exceeds ``kappa``. A step solves the Newton
    equation on the free ones and stops at the faces of the orthant, so zeros are exact.
    """
    f = H @ c
    value, damping = problem.objective(c, f), 1e-10
    for _ in range(steps):
        gradient, curvature = _slopes(problem, H, f)
        leaving = -np.sign(gradient) * (np.abs(gradient) > problem.kappa)
        orthant = np.where(c != 0, np.sign(c), leaving)
        free = np.flatnonzero(orthant)
        slope = gradient[free] + problem.kappa * orthant[free]
        hessian = H[:, free].T @ (curvature[:, None] * H[:, free])
        hessian[np.diag_indices_from(hessian)] += damping * (1 + np.trace(hessian))
        step = np.zeros_like(c)
        step[free] = -np.linalg.solve(hessian, slope)
        promised = -slope @ step[free]
        if promised < tol:
            break
        found = _line_search(problem, H, c, step, orthant, value, promised)
        if found is None:
            damping *= 100
        else:
            c, f, value = found
            damping = max(damping / 10, 1e-10)
    return c


def _line_search(
    problem: Problem, H: Array, c: Array, step: Array, orthant: Array, value: float, promised: float
) -> tuple[Array, Array, float] | None:
    """Halve a step, cut at the orthant's faces, until ``F`` falls by a share of the promise."""
    for halving in range(12):
        moved = c + 0.5**halving * step
        moved[moved * orthant < 0] = 0
        f = H @ moved
        reached = problem.objective(moved, f)
        if reached <= value - 1e-4 * 0.5**halving * promised:
            return moved, f, reached
    return None


def _slopes(problem: Problem, H: Array, f: Array) -> tuple[Array, Array]:
    """Return the slope (s,) of the risk in the coefficients and the curvature (N,) of its terms."""
    slope = problem.loss.derivative(problem.y, f) / problem.samples
    return H.T @ slope, problem.loss.curvature(problem.y, f) / problem.samples


def _linear_program(problem: Problem, H: Array, start: Array) -> Array:
    """Minimise the Lasso of a piecewise linear loss: ``c = p - q`` and one bound ``t_j`` a sample.

    Both losses without a smooth derivative are the larger of two lines in the prediction,
    ``L(y_j, f) = max_k s_jk f + b_jk``; their slopes are the ends of the dual interval.
    """
    from scipy.optimize import linprog
    from scipy.sparse import csr_matrix, eye_array, hstack, vstack

    N, s = H.shape
    low, high = problem.loss.dual_interval(problem.y)
    conjugates = [problem.loss.conjugate(problem.y, v) for v in (low, high)]
    blocks = [csr_matrix(slope[:, None] * np.hstack([H, -H])) for slope in (low, high)]
    A = vstack([hstack([block, -eye_array(N)]) for block in blocks])
    cost = np.concatenate([np.full(2 * s, problem.kappa), np.full(N, 1 / N)])
    bounds = [(0, None)] * (2 * s) + [(None, None)] * N
    solution = linprog(cost, A_ub=A, b_ub=np.concatenate(conjugates), bounds=bounds)
    return solution.x[:s] - solution.x[s : 2 * s] if solution.success else start
