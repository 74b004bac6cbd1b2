"""Dropping the neurons of smallest mass (claim K5)."""

from __future__ import annotations

import numpy as np

from reference.certificate.rounding import scale_above
from reference.compression.result import Compression, measured
from reference.model.domain import UnitBall
from reference.model.network import Network
from reference.model.problem import Problem


def prune(problem: Problem, network: Network, count: int) -> Compression:
    """Set the ``count`` smallest ``|theta_i|`` of the movable neurons to 0 (claim K5).

    The predictions move by at most ``D`` times the mass dropped, the penalty falls by ``kappa``
    times it, and the ``count`` smallest of ``m`` coefficients hold at most the share ``count / m``
    of all mass. Hence ``F`` rises by at most ``(L D - kappa)_+ (count / m) ||theta||_1``.

    Raises
    ------
    ValueError
        If ``count`` is not in ``0 .. m`` (movable neurons), a row lies outside the unit ball, or
        the loss has no ``L``.
    """
    problem.check_shape(network)
    slope = problem.lipschitz_constant("K5") * scale_above(problem) - problem.kappa
    movable = network.width - problem.domain.frozen
    if not 0 <= count <= movable:
        raise ValueError(f"count: found {count}, allowed is 0 .. {movable}")
    UnitBall().check(network.W)
    mass = np.abs(network.theta[:movable])
    theta = network.theta.copy()
    dropped = np.argsort(mass, kind="stable")[:count]
    theta[dropped] = 0 * theta[dropped]
    bound = max(slope, 0) * mass.sum() * count / movable
    return measured(problem, network, Network(network.W, theta), "prune", "K5", bound)
