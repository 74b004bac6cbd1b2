"""Walk along a path of the implementation under test and look how high it gets."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

from proofs_checks.framework.cases import ProblemCase
from proofs_checks.framework.target import Target

TIMES = (Fraction(1, 4), Fraction(1, 2), Fraction(3, 4))


def max_along_path(target: Target, case: ProblemCase, path: Any) -> tuple[Any, Any]:
    """Return the largest ``F`` at the nodes and three times between them, and its rounding."""
    problem, number = case.build(target), case.number(target)
    met = list(path.nodes)
    for k in range(len(path.segments)):
        met += [path.at(k, number(t)) for t in TIMES]
    return max(problem.value(network) for network in met), case.rounding(target, *met)


def with_idle(target: Target, network: Any, idle: Any) -> Any:
    """Return the network with some coefficients set to 0."""
    theta = network.theta.copy()
    theta[idle] = 0 * theta[idle]
    return target.Network(network.W, theta)


def smallest(network: Any, count: int) -> np.ndarray:
    """Return the neurons with the ``count`` smallest coefficients."""
    return np.argsort(np.abs(network.theta), kind="stable")[:count]
