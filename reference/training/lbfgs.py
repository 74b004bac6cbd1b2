"""Local descent of small networks in both layers: where to, never how to get there.

``kappa |theta| ||w||`` is the least of ``kappa (theta^2 + ||w||^2) / 2`` over all ways to share
a product (claims M3, C10), so with rows left free the penalised problem is smooth except at kinks
of the ReLUs. L-BFGS minimises it; the rows are then normalised and the output layer refitted. What
is found serves as a target: module `explicit_path` gets there by steps that keep below a level.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from reference.model.exact_arithmetic import Array
from reference.model.network import Network, backward, forward
from reference.model.problem import Problem
from reference.training.output_layer import output_layer

ROUNDING = 1e-4  # |c| is smoothed to sqrt(c^2 + ROUNDING^2) - ROUNDING where the row is fixed


def refine(
    problem: Problem, network: Network, moving: Sequence[int] | None = None, steps: int = 200
) -> Network:
    """Descend in the output layer and the rows of ``moving``; the result is never worse.

    Parameters
    ----------
    problem : Problem
        In float64.
    network : Network
        Best without idle neurons: those that move may stay idle for long.
    moving : sequence of int, optional
        Neurons whose rows move; all that can, unless given.
    steps : int, optional
        Iterations allowed.
    """
    refitted = _refitted(problem, network)
    last = descent(problem, refitted, moving, steps)[-1]
    return min(refitted, _refitted(problem, last), key=problem.value)


def descent(
    problem: Problem, network: Network, moving: Sequence[int] | None = None, steps: int = 200
) -> list[Network]:
    """Return the iterates of the descent, moving rows of norm 1; parameters as in `refine`.

    The first is ``network`` with its moving rows brought to the sphere (claim M3), or just
    ``network`` if nothing can move.
    """
    from scipy.optimize import minimize

    columns = problem.domain.weight_part(network.W).shape[1]
    movable = np.arange(network.width - problem.domain.frozen)
    rows = movable if moving is None else np.asarray(moving, dtype=int)
    rows = rows[network.W[rows, :columns].any(axis=1)]
    if not len(rows):
        return [network]
    lifted = _Lifted(problem, network.W, rows, columns)
    iterates = [lifted.balanced(network.theta)]
    minimize(
        lifted.objective,
        iterates[0],
        jac=True,
        method="L-BFGS-B",
        callback=lambda x: iterates.append(x.copy()),
        options={"maxiter": steps, "maxcor": 20, "ftol": 1e-13, "gtol": 1e-9},
    )
    return [lifted.network(x) for x in iterates if np.isfinite(x).all()]


@dataclass(frozen=True, eq=False)
class _Lifted:
    """The smooth objective in ``(rows that move, theta)`` as one vector.

    Attributes
    ----------
    problem : Problem
    W : (m, n)
        Rows that do not move are read from here.
    rows : (k,)
        Which rows move.
    columns : int
        How many leading columns of a row its norm counts.
    """

    problem: Problem
    W: Array
    rows: Array
    columns: int

    def split(self, x: Array) -> tuple[Array, Array]:
        """Return ``W`` (m, n) and ``theta`` (m,)."""
        W = self.W.copy()
        W[self.rows] = x[: len(self.rows) * W.shape[1]].reshape(len(self.rows), -1)
        return W, x[len(self.rows) * W.shape[1] :].copy()

    def network(self, x: Array) -> Network:
        """Return the network in the domain: moving rows at norm 1, products kept."""
        W, theta = self.split(x)
        normal_W, normal_theta = self.problem.domain.normalise(W, theta)
        W[self.rows], theta[self.rows] = normal_W[self.rows], normal_theta[self.rows]
        return Network(W, theta)

    def balanced(self, theta: Array) -> Array:
        """Return the vector of the same predictor with ``|theta_i| = ||w_i||`` for moving rows."""
        moving = self.W[self.rows]
        norms = np.sqrt((moving[:, : self.columns] ** 2).sum(axis=1))
        scale = np.sqrt(np.abs(theta[self.rows]) / norms) + 1e-3
        shared = theta.copy()
        shared[self.rows] /= scale
        return np.concatenate([(moving * scale[:, None]).ravel(), shared])

    def objective(self, x: Array) -> tuple[float, Array]:
        """Return the value and the gradient at a vector."""
        problem, rows = self.problem, self.rows
        W, theta = self.split(x)
        U, f = forward(problem.X, W, theta)
        slope = problem.loss.derivative(problem.y, f) / problem.samples
        dW, dtheta = backward(problem.X, U, theta, slope)
        weights = W[rows, : self.columns]
        smooth = np.sqrt(theta**2 + ROUNDING**2)
        penalty, dpenalty = smooth - ROUNDING, theta / smooth
        penalty[rows] = ((weights**2).sum(axis=1) + theta[rows] ** 2) / 2
        dpenalty[rows] = theta[rows]
        moved = dW[rows]
        moved[:, : self.columns] += problem.kappa * weights
        value = problem.loss.value(problem.y, f).mean() + problem.kappa * penalty.sum()
        return value, np.concatenate([moved.ravel(), dtheta + problem.kappa * dpenalty])


def _refitted(problem: Problem, network: Network) -> Network:
    theta = output_layer(problem, network.features(problem.X), network.theta)
    return Network(network.W, theta)
