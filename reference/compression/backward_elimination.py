"""Backward elimination: the fewest neurons at fixed rows below a level (claim K0, step by step).

Dropping neurons and refitting the rest changes the output layer alone, so wherever it ends below
the level, one output segment leads there (claim P1).
"""

from __future__ import annotations

import numpy as np

from reference.model.exact_arithmetic import Array
from reference.model.network import Network
from reference.model.problem import Problem
from reference.training.output_layer import output_layer

ALTERNATIVES = 4  # single neurons tried, cheapest first, before elimination gives up


def eliminate(problem: Problem, network: Network, size: int, limit: float = np.inf) -> Network:
    """Refit and drop movable neurons until ``size`` carry a coefficient or ``limit`` forbids.

    Parameters
    ----------
    problem : Problem
        In float64.
    network : Network
    size : int
        How many movable neurons may stay active.
    limit : float, optional
        No drop may leave ``F`` above it.

    Returns
    -------
    Network
        With the rows of ``network`` and a refitted output layer; `Network.active` tells how far
        elimination came.
    """
    movable = network.width - problem.domain.frozen
    kept = np.union1d(network.active, np.arange(movable, network.width))
    H = network.features(problem.X)[:, kept]
    c: Array | None = output_layer(problem, H, network.theta[kept])
    theta = np.zeros(network.width)
    while c is not None:
        theta[:] = 0
        theta[kept] = c
        stays = (c != 0) | (kept >= movable)
        H, c, kept = H[:, stays], c[stays], kept[stays]
        surplus = int((kept < movable).sum()) - size
        c = _drop(problem, H, c, kept < movable, surplus, limit) if surplus > 0 else None
    return Network(network.W, theta)


def _drop(
    problem: Problem, H: Array, c: Array, droppable: Array, surplus: int, limit: float
) -> Array | None:
    """Drop as many of the cheapest neurons at once as the limit lets pass; None if not even one."""
    order = np.argsort(np.where(droppable, drop_costs(problem, H, c), np.inf))
    count = min(surplus, max(1, int(droppable.sum()) // 4))
    groups = []
    while count:
        groups.append(order[:count])
        count //= 2
    groups += [order[[k]] for k in range(1, min(ALTERNATIVES, int(droppable.sum())))]
    for group in groups:
        refitted = without(problem, H, c, group)
        if problem.objective(refitted, H @ refitted) <= limit:
            return refitted
    return None


def without(problem: Problem, H: Array, c: Array, dropped: Array) -> Array:
    """Return the refitted coefficients (s,) with those ``dropped`` exactly 0."""
    stays = np.setdiff1d(np.arange(len(c)), dropped)
    refitted = np.zeros_like(c)
    refitted[stays] = output_layer(problem, H[:, stays], c[stays])
    return refitted


def drop_costs(problem: Problem, H: Array, c: Array) -> Array:
    """Estimate what dropping each neuron and refitting the rest adds to ``F``, shape (s,).

    By the second-order model at a minimum, ``c_i^2 / (2 [Q^-1]_ii)`` with ``Q`` the Hessian of
    the risk; where the loss has none, by the mass of the neuron's contribution.
    """
    if not problem.loss.smooth:
        return np.abs(c) * H.mean(axis=0)
    curvature = problem.loss.curvature(problem.y, H @ c) / problem.samples
    hessian = H.T @ (curvature[:, None] * H)
    hessian[np.diag_indices_from(hessian)] += 1e-9 * np.trace(hessian) + 1e-300
    return c * c / (2 * np.diag(np.linalg.inv(hessian)))
