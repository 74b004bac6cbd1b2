"""Self-sampling: a network of few neurons drawn from its own (claim K4, [B26r], after Maurey).

With ``a = ||theta||_1`` draw ``q`` neurons, neuron ``i`` with probability ``|theta_i| / a``, and
give each the coefficient ``(a / q) sign(theta_i)`` times how often it was drawn. The mean over all
draws is the network itself, the mass stays ``a``, and the mean-square error of the predictions is
at most ``(a D)^2 / q``: a rate free of the dimension.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import combinations_with_replacement
from math import factorial, prod

import numpy as np

from reference.certificate.rounding import scale_above
from reference.compression.result import Compression, measured
from reference.model.domain import UnitBall
from reference.model.exact_arithmetic import Array, Scalar
from reference.model.feature_scale import root
from reference.model.network import Network
from reference.model.problem import Problem


def sample(
    problem: Problem,
    network: Network,
    size: int,
    seed: int | np.random.Generator = 0,
    draws: int = 1,
) -> Compression:
    """Keep at most ``size`` neurons, drawn by mass; the best of ``draws`` independent draws.

    Parameters
    ----------
    problem : Problem
        Its loss must have a Lipschitz constant or a Hölder pair.
    network : Network
        Rows in the unit ball.
    size : int
        ``q``, at least 1.
    seed : int or numpy.random.Generator
    draws : int
        At least 1.

    Returns
    -------
    Compression
        Its bound is the one of `sampling_bound`, which holds on average over draws, hence for
        some draw, and not for every single one.

    Raises
    ------
    ValueError
        If ``size`` or ``draws`` is below 1, a row lies outside the unit ball, or the loss has
        neither constant.
    """
    for name, value in (("size", size), ("draws", draws)):
        if value < 1:
            raise ValueError(f"{name}: found {value}, allowed is at least 1")
    bound = sampling_bound(problem, network, size)
    generator = np.random.default_rng(seed)
    mass = np.abs(network.theta).astype(np.float64)
    if not mass.any():
        return measured(problem, network, network, "sample", "K4", bound)
    counts = generator.multinomial(size, mass / mass.sum(), size=draws)
    candidates = [realisation(network, count) for count in counts]
    best = min(candidates, key=problem.value)
    return measured(problem, network, best, "sample", "K4", bound)


def sampling_bound(problem: Problem, network: Network, size: int) -> Scalar:
    """Return the bound of the mean increase at ``q = size`` (claim K4).

    The lesser of ``L a D / sqrt(q)`` for a Lipschitz loss and
    ``H / (1 + alpha) (a D / sqrt(q))^(1 + alpha)`` for an ``(alpha, H)``-Hölder derivative.

    Raises
    ------
    ValueError
        If a row lies outside the unit ball or the loss has neither constant.
    """
    problem.check_shape(network)
    UnitBall().check(network.W)
    mass = np.abs(network.theta).sum()
    bounds = []
    if problem.L is not None:
        bounds.append(problem.L * drawing_error(problem, mass, size))
    if problem.loss.holder is not None:
        bounds.append(smooth_drawing_rise(problem, mass, size))
    if not bounds:
        problem.lipschitz_constant("K4")
    return min(bounds)


def drawing_error(problem: Problem, mass: Scalar, size: int) -> Scalar:
    """Return ``a D / sqrt(q)``: the root-mean-square error of ``q`` draws, at most."""
    spread = mass * scale_above(problem)
    return root(spread**2 / size) if problem.is_exact else spread / np.sqrt(size)


def smooth_drawing_rise(problem: Problem, mass: Scalar, size: int) -> Scalar:
    """Return ``H / (1 + alpha) (a D / sqrt(q))^(1 + alpha)`` for an (alpha, H)-Hölder loss."""
    alpha, H = problem.loss.holder or (1, 0)
    if problem.is_exact:
        variance = (mass * scale_above(problem)) ** 2 / size
        return H * variance ** (Fraction(1 + alpha) / 2) / (1 + alpha)
    return H * drawing_error(problem, mass, size) ** (1 + alpha) / (1 + alpha)


def realisation(network: Network, counts: Array) -> Network:
    """Return the network that drew neuron ``i`` ``counts[i]`` times; counts (m,) sum to ``q``."""
    signs = np.sign(network.theta).astype(int)
    total, size = np.abs(network.theta).sum(), int(counts.sum())
    return Network(network.W, signs * counts * (total / size))


def outcomes(network: Network, size: int) -> Iterator[tuple[Scalar, Network]]:
    """Enumerate every outcome of a draw with its probability: ``m`` multichoose ``size`` of them.

    A network that carries no mass has the one outcome of staying as it is.
    """
    active = network.active
    if not len(active):
        yield 1, network
        return
    weights = np.abs(network.theta) / np.abs(network.theta).sum()
    for chosen in combinations_with_replacement(active.tolist(), size):
        counts = np.bincount(chosen, minlength=network.width)
        orders = factorial(size) // prod(factorial(int(count)) for count in counts)
        yield orders * prod(weights[i] for i in chosen), realisation(network, counts)
