"""A level that no path stays below, where it is cheap to know: the search for paths ends there.

Package `barriers` proves such levels for more cases; this is what a search can afford, and nothing
certified rests on it.
"""

from __future__ import annotations

import numpy as np

from reference.model.exact_arithmetic import Array
from reference.model.network import Network, relu
from reference.model.problem import Problem
from reference.training.output_layer import solve_output_layer


def least_level(problem: Problem, a: Network, b: Network) -> float:
    """Return the barrier level of one input (claim C6), computed and not certified; else -inf.

    Where every row has to turn round, a path meets the zero network if there is one neuron, and
    networks of a single ray if there are two of opposite sign.

    Parameters
    ----------
    problem : Problem
        In float64.
    a, b : Network
        Of one width.
    """
    if problem.inputs != 1 or not problem.domain.bounded_rows or a.width > 2:
        return -np.inf
    start, end = _signs(a), _signs(b)
    if not (start * end < 0).all():
        return -np.inf
    if a.width == 1:
        return float(problem.zero_value)
    if start[0] * start[1] > 0:
        return -np.inf
    rays = (relu(problem.X), relu(-problem.X))
    return min(solve_output_layer(problem, H).value for H in rays)


def _signs(network: Network) -> Array:
    """Return the sign of each row; 0 where the row or its coefficient is 0."""
    return np.sign(network.W[:, 0]) * (network.theta != 0)
