"""Every outcome of K4's self-sampling with its probability, enumerated."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import product
from typing import Any

import numpy as np


def outcomes(network: Any, size: int, weights: Any = None) -> Iterator[tuple[Any, np.ndarray]]:
    """Enumerate ordered draws: probability and coefficients of each.

    Parameters
    ----------
    weights : (m,), optional
        Probability of each neuron; by default its share of the mass.
    """
    mass = np.abs(network.theta).sum()
    weights = np.abs(network.theta) / mass if weights is None else weights
    for drawn in product(np.flatnonzero(weights).tolist(), repeat=size):
        theta = 0 * network.theta
        for i in drawn:
            theta[i] += (mass / size) * (1 if network.theta[i] > 0 else -1)
        yield math.prod(weights[i] for i in drawn), theta
