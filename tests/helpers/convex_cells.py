"""The convex program over all activation cells of tiny data, by Clarabel through CVXPY."""

from __future__ import annotations

import warnings

import cvxpy
import numpy as np

from reference import Problem


def cell_program_value(problem: Problem) -> float:
    """Return the minimum over networks of any width, two inputs: one vector per cell and sign."""
    angles = np.linspace(0, 2 * np.pi, 20_000)
    U = np.stack([np.cos(angles), np.sin(angles)], axis=1) @ problem.X.T
    cells = np.unique(U > 0, axis=0)
    f, mass, constraints = 0, 0, []
    for active in cells:
        for sign in (1, -1):
            u = cvxpy.Variable(2)
            f = f + sign * (problem.X * active[:, None]) @ u
            mass = mass + cvxpy.norm(u)
            constraints.append(cvxpy.multiply(np.where(active, 1.0, -1.0), problem.X @ u) >= 0)
    name, y = type(problem.loss).__name__, problem.y
    losses = {
        "Logistic": lambda: cvxpy.logistic(f) - cvxpy.multiply(y, f),
        "Huber": lambda: cvxpy.huber(f - y, problem.loss.delta) / 2,
        "HalfSquared": lambda: cvxpy.square(f - y) / 2,
    }
    objective = cvxpy.sum(losses[name]()) / problem.samples + problem.kappa * mass
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        program = cvxpy.Problem(cvxpy.Minimize(objective), constraints)
        return float(program.solve(solver="CLARABEL", tol_gap_rel=1e-11, tol_gap_abs=1e-12))
