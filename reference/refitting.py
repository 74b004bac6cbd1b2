"""The best output layer at fixed rows: a Lasso (claim K0).

At fixed ``W`` the objective ``F(theta) = mean_j L(y_j, (H theta)_j) + kappa ||theta||_1`` with
features ``H = relu(X W^T)`` is convex. Any ``theta'`` that does not raise ``F`` is reached by one
output segment (claim P1), so only the result matters, not how it was found: projected Newton
steps where the loss is smooth, a linear program where it is piecewise linear.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from reference.compression import Compression, measured
from reference.network import Network
from reference.problem import Problem
from reference.validation import Array, to_exact


def refit(problem: Problem, network: Network, support: Sequence[int] | None = None) -> Compression:
    """Minimise ``F`` over the output layer; the result is never worse than the input.

    Parameters
    ----------
    problem : Problem
    network : Network
    support : sequence of int, optional
        Neurons that may carry a coefficient; all, unless given. Where the network has
        coefficients outside it, the input counts with those set to 0, and `increase`
        may be positive.

    Returns
    -------
    Compression
        Bound 0 without ``support``, and with one that holds every active neuron; otherwise the
        increase itself, as nothing is proven.

    Raises
    ------
    ValueError
        If ``support`` names a neuron that does not exist.
    """
    problem.check_shape(network)
    chosen = np.arange(network.width) if support is None else _indices(support, network.width)
    kept = 0 * network.theta
    kept[chosen] = network.theta[chosen]
    found = kept.copy()
    floating = rounded(problem)
    features = network.rounded().features(floating.X)[:, chosen]
    solution = output_layer(floating, features, kept[chosen].astype(np.float64))
    found[chosen] = to_exact(solution) if network.is_exact else solution
    candidates = [Network(network.W, theta) for theta in (found, kept, 0 * kept)]
    after = min(candidates, key=problem.value)
    covers = not len(np.setdiff1d(network.active, chosen))
    zero = 0 * problem.kappa
    bound = zero if covers else problem.value(after) - problem.value(network)
    return measured(problem, network, after, "refit", "K0", bound)


def output_layer(
    problem: Problem, H: Array, start: Array, target: float = -np.inf
) -> Array:
    """Return coefficients ``c`` (s,) minimising ``mean_j L(y_j, (H c)_j) + kappa ||c||_1``.

    Parameters
    ----------
    problem : Problem
        In float64; gives targets, loss and ``kappa``.
    H : (N, s)
        Features.
    start : (s,)
        Where the smooth solver starts.
    target : float, optional
        The smooth solver stops at its first iterate with ``F`` at most this.
    """
    if not H.shape[1]:
        return start
    if problem.loss.holder is None:
        return _linear_program(problem, H, start)
    return _projected_newton(problem, H, start, target)


def rounded(problem: Problem) -> Problem:
    """Return the problem in float64; itself if it is not exact."""
    if not problem.is_exact:
        return problem
    X, y = problem.X.astype(np.float64), problem.y.astype(np.float64)
    return Problem(X, y, problem.loss, float(problem.kappa), problem.domain)


def _projected_newton(
    problem: Problem, H: Array, c: Array, target: float, steps: int = 100, tol: float = 1e-12
) -> Array:
    """Minimise the Lasso of a smooth loss by Newton steps, one orthant of ``c`` at a time.

    A coefficient is free when it is not 0 or its slope exceeds ``kappa``. A step solves the Newton
    equation on the free ones and stops at the faces of the orthant, so zeros are exact. It ends
    when the Newton model promises less than ``tol`` or ``F`` is at most ``target``.
    """
    f = H @ c
    value, damping = problem.objective(c, f), 1e-10
    for _ in range(steps):
        gradient = H.T @ (problem.loss.derivative(problem.y, f) / problem.samples)
        leaving = -np.sign(gradient) * (np.abs(gradient) > problem.kappa)
        orthant = np.where(c != 0, np.sign(c), leaving)
        free = np.flatnonzero(orthant)
        slope = gradient[free] + problem.kappa * orthant[free]
        curvature = problem.loss.curvature(problem.y, f) / problem.samples
        hessian = H[:, free].T @ (curvature[:, None] * H[:, free])
        hessian[np.diag_indices_from(hessian)] += damping * (1 + np.trace(hessian))
        step = np.zeros_like(c)
        step[free] = -np.linalg.solve(hessian, slope)
        promised = -slope @ step[free]
        if promised < tol or value <= target:
            break
        found = _line_search(problem, H, c, step, orthant, value, promised)
        if found is None:
            damping *= 100
            if damping > 1:
                break
            continue
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


def _indices(support: Sequence[int], width: int) -> Array:
    chosen = np.unique(np.asarray(support, dtype=int))
    if len(chosen) and not 0 <= chosen[0] <= chosen[-1] < width:
        raise ValueError(f"support: found {list(support)}, allowed are neurons 0 .. {width - 1}")
    return chosen
