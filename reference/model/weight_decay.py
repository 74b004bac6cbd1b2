"""The l1 penalty on the output layer is weight decay seen from its balanced points (claim C10).

Let rows be free and ``F_wd = R + kappa / 2 sum_i (theta_i^2 + ||w_i||^2)``. Growing a row and
shrinking its coefficient by one factor keeps the predictor, and the penalty is least where the two
are balanced; there it is the l1 penalty of unit rows. So a network with unit rows has a twin under
weight decay with the same objective, and a path has a twin path.
"""

from __future__ import annotations

import numpy as np

from reference.model.exact_arithmetic import Array, Scalar
from reference.model.feature_scale import root, row_norms
from reference.model.network import Network
from reference.model.problem import Problem


def decayed_value(problem: Problem, network: Network) -> Scalar:
    """Return ``F_wd = R + kappa / 2 sum_i (theta_i^2 + ||w_i||^2)``."""
    squares = (network.theta**2).sum() + (network.W**2).sum()
    return problem.risk(network) + problem.kappa * squares / 2


def lift(network: Network) -> Network:
    """Return the twin under weight decay, ``(a, u) -> (sign(a) sqrt|a|, sqrt|a| u)`` (claim C10).

    Continuous, and of the same predictor. ``F_wd`` of the twin is ``F`` of the network less
    ``kappa / 2 sum_i |a_i| (1 - ||u_i||^2)``: equal for unit rows, less for shorter ones.
    """
    size = _roots(np.abs(network.theta))
    return Network(network.W * size[:, None], np.sign(network.theta) * size)


def balance(network: Network) -> Network:
    """Return the network with ``|theta_i| = ||w_i||`` and the same predictor, where `flow` ends."""
    norms, sizes = row_norms(network.W), np.abs(network.theta)
    carried = (norms > 0) & (sizes > 0)
    # g^2 = |theta| / ||w||; two roots in float64, where the quotient may overflow
    lengths = np.where(carried, norms, 1)
    if network.is_exact:
        growth = _roots(np.where(carried, sizes / lengths, 0 * sizes))
    else:
        growth = np.where(carried, np.sqrt(sizes) / np.sqrt(lengths), 0.0)
    shrink = np.where(carried, growth, 1)
    theta = np.where(carried, network.theta / shrink, 0 * network.theta)
    return Network(network.W * growth[:, None], theta)


def flow(network: Network, time: float) -> Network:
    """Follow ``theta' = theta (||w||^2 - theta^2)``, ``w' = w (theta^2 - ||w||^2)`` (claim C10).

    The product ``c = |theta| ||w||`` stays and ``(||w|| - |theta|) / (||w|| + |theta|)`` decays
    like ``exp(-4 c t)``, which gives the flow in closed form: a row grows by ``g``, its coefficient
    by ``1 / g``. Where ``c = 0`` the other part, of square ``s``, fades by ``1 / sqrt(1 + 2 s t)``.

    Parameters
    ----------
    network : Network
        In float64; rows of any length.
    time : float
        At least 0.

    Raises
    ------
    ValueError
        If ``time`` is negative.
    """
    if time < 0:
        raise ValueError(f"time: found {time}, allowed is at least 0")
    norms, sizes = row_norms(network.W), np.abs(network.theta)
    carried = (norms > 0) & (sizes > 0)
    w, a = np.where(carried, norms, 1), np.where(carried, sizes, 1)
    left, gone = np.exp(-4 * w * a * time), -np.expm1(-4 * w * a * time)
    # g^2 w / a, every term positive; w / a at time 0 and 1 in the end
    rest = (w * (1 + left) + a * gone) / (w * gone + a * (1 + left))
    fade = 1 / np.hypot(1, np.sqrt(2 * time) * np.hypot(norms, sizes))
    growth = np.where(carried, np.sqrt(a) / np.sqrt(w) * np.sqrt(rest), fade)
    return Network(network.W * growth[:, None], network.theta * np.where(carried, 1 / growth, fade))


def _roots(values: Array) -> Array:
    """Return square roots; of fractions that are no squares, rationals just above."""
    if values.dtype != object:
        return np.sqrt(values)
    return np.array([root(value) for value in values], dtype=object)
