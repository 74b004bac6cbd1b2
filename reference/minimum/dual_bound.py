"""Weak duality: certified lower bounds of the objective over every width (claim D1).

For every ``v`` with ``|mean_j v_j relu(<w, x_j>)| <= kappa`` whenever ``||w|| <= 1``, Fenchel-Young
sample by sample gives ``-mean_j L*(y_j, v_j) <= F(any network of any width)``.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from reference.minimum.circle_oracle import EPSILON
from reference.minimum.correlation import correlation_peaks
from reference.model.exact_arithmetic import Array
from reference.model.problem import Problem


class DualPoint(NamedTuple):
    """A feasible dual vector and what it proves.

    Attributes
    ----------
    bound : float
        No network of any width has a smaller objective, in exact arithmetic.
    v : (N,)
        The slopes before scaling.
    correlation : float
        The oracle's upper bound of ``M(v)``.
    atoms : (K, n)
        Unit rows of large correlation, best first.
    exact : bool
        Whether the oracle was exact.
    """

    bound: float
    v: Array
    correlation: float
    atoms: Array
    exact: bool


def dual_point(problem: Problem, v: Array) -> DualPoint:
    """Scale ``v`` (N,), any slopes of the loss, until it is feasible, and evaluate the bound.

    ``v`` is clipped to the interval where the conjugate is finite; that interval contains 0, so
    multiplying by ``min(1, kappa / M)`` stays inside (claim D1).

    Raises
    ------
    ValueError
        If ``kappa`` is 0.
    """
    kappa = problem.penalty_weight("D1")
    low, high = problem.loss.dual_interval(problem.y)
    v = np.clip(v, low, high)
    correlation, atoms, exact = correlation_peaks(problem, v)
    # The product v_j * scale rounds once more; one part in 2**50 of scale pays for it.
    scale = 1.0 if correlation <= kappa else kappa / correlation * (1 - 4 * EPSILON)
    bound = conjugate_bound(problem, v * scale)
    return DualPoint(bound, v, float(correlation), atoms, exact)


def conjugate_bound(problem: Problem, v: Array) -> float:
    """Return ``-mean_j L*(y_j, v_j)`` rounded down, for ``v`` inside the dual interval.

    Each conjugate is a few operations on ``v``, ``y`` and, for the entropy of the logistic loss,
    on ``v + y`` in [0, 1], whose logarithm is at most 38 in size unless its factor is below
    ``2**-53``: the error of one value is at most ``128 eps + 16 eps (|v y| + v^2)``.
    """
    values = problem.loss.conjugate(problem.y, v)
    slack = EPSILON * (128 + 16 * (np.abs(v * problem.y) + v * v))
    total = math.fsum(values) + math.fsum(slack)
    return -total / len(v) - 4 * EPSILON * abs(total) / len(v)
