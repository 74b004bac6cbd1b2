"""The best output layer of a piecewise linear loss: a linear program and its dual.

A loss without a smooth derivative is the larger of two lines in the prediction,
``L(y_j, f) = max_k s_jk f + b_jk``; their slopes are the ends of the dual interval. The best bound
is the dual program, with one slope ``v_j`` a sample; the multipliers of its inequalities are the
coefficients.
"""

from __future__ import annotations

import numpy as np

from reference.model.exact_arithmetic import Array
from reference.model.problem import Problem

OPTIONS = {"primal_feasibility_tolerance": 1e-10, "dual_feasibility_tolerance": 1e-10}
NEARLY = 1e-7  # predictions this close to a kink are taken to lie on it


def dual_program(problem: Problem, H: Array, prices: Array) -> tuple[Array, Array]:
    """Return the slopes (N,) of the best bound and coefficients (s,) that attain it.

    The conjugate is linear on the dual interval, so the bound is the value of a linear program.

    Parameters
    ----------
    problem : Problem
    H : (N, s)
    prices : (s,)
        At least 0: how steep each coefficient's slope may be.
    """
    from scipy.optimize import linprog

    N, s = H.shape
    low, high = problem.loss.dual_interval(problem.y)
    at_low, at_high = (problem.loss.conjugate(problem.y, v) for v in (low, high))
    found = linprog(
        (at_high - at_low) / (high - low),
        A_ub=np.vstack([H.T, -H.T]),
        b_ub=N * np.concatenate([prices, prices]),
        bounds=list(zip(low, high, strict=True)),
        options=OPTIONS,
    )
    if not found.success:
        return 0 * problem.y, np.zeros(s)
    multipliers = found.ineqlin.marginals
    return np.clip(found.x, low, high), multipliers[s:] - multipliers[:s]


def linear_program(problem: Problem, H: Array, prices: Array, start: Array) -> Array:
    """Minimise ``mean_j L(y_j, (H c)_j) + prices . |c|``: ``c = p - q``, one bound a sample.

    The whole is multiplied by N, so that the solver's absolute tolerances are small against its
    costs.

    Parameters
    ----------
    problem : Problem
    H : (N, s)
    prices : (s,)
        At least 0.
    start : (s,)
        Returned where the solver gives up.
    """
    from scipy.optimize import linprog
    from scipy.sparse import csr_matrix, eye_array, hstack, vstack

    N, s = H.shape
    low, high = problem.loss.dual_interval(problem.y)
    conjugates = [problem.loss.conjugate(problem.y, v) for v in (low, high)]
    blocks = [csr_matrix(slope[:, None] * np.hstack([H, -H])) for slope in (low, high)]
    A = vstack([hstack([block, -eye_array(N)]) for block in blocks])
    cost = np.concatenate([N * prices, N * prices, np.ones(N)])
    bounds = [(0, None)] * (2 * s) + [(None, None)] * N
    solution = linprog(
        cost, A_ub=A, b_ub=np.concatenate(conjugates), bounds=bounds, options=OPTIONS
    )
    return solution.x[:s] - solution.x[s : 2 * s] if solution.success else start


def on_kinks(problem: Problem, H: Array, c: Array) -> Array:
    """Return ``c`` moved so that predictions next to the kink of their loss lie on it.

    A best output layer can be found at a vertex: as many predictions on kinks as coefficients
    that are not 0. A solver gets there to its tolerance, least squares to rounding.
    """
    low, high = problem.loss.dual_interval(problem.y)
    at_low, at_high = (problem.loss.conjugate(problem.y, v) for v in (low, high))
    kink = (at_high - at_low) / (high - low)
    active = np.flatnonzero(np.abs(c) > NEARLY * np.abs(c).max(initial=0))
    missing = kink - H @ c
    near = np.abs(missing) <= NEARLY * (1 + np.abs(kink))
    moved = np.zeros_like(c)
    change = np.linalg.lstsq(H[near][:, active], missing[near], rcond=None)[0]
    moved[active] = c[active] + change
    return moved
