"""What a compression returns: a network with more idle neurons, and what that cost.

A *compression* frees neurons (their coefficient becomes exactly 0) without raising the objective
much. Each kind lives in its own module and returns a `Compression`, whose measured increase can
be held against its proven bound:

==================  =====  ==================================================
`refitting`         K0     best output layer at fixed rows: never higher
`merging`           K1-K3  rows close to each other become one
`sampling`          K4     neurons drawn by their mass
`pruning`           K5     the smallest coefficients dropped
`elimination`       K6-K8  same predictions on the data, no larger l1 norm
`descent`           K0'    a training trajectory certified below a level
==================  =====  ==================================================
"""

from __future__ import annotations

from dataclasses import dataclass

from reference.model.exact_arithmetic import Scalar
from reference.model.feature_scale import row_norms
from reference.model.network import Network
from reference.model.problem import Problem


@dataclass(frozen=True, eq=False)
class Compression:
    """A network of unchanged width, and the price of reaching it.

    Attributes
    ----------
    network : Network
        The compressed network; its `Network.active` neurons carry all of the predictor.
    method, claim : str
        What was done, and the claim that bounds it.
    increase : scalar
        Measured ``F(network) - F(input)``; negative when the objective fell.
    bound : scalar
        The proven upper bound of `increase`.
    radius : scalar
        ``max_i ||what_i - w_i||``, how far a row moved. Where it is 0 the straight segment from
        the input is an output segment, on which ``F`` never exceeds its larger end (claim P1).
        In exact arithmetic an irrational norm is replaced by a rational number above it.
    """

    network: Network
    method: str
    claim: str
    increase: Scalar
    bound: Scalar
    radius: Scalar


def measured(
    problem: Problem, before: Network, after: Network, method: str, claim: str, bound: Scalar
) -> Compression:
    """Return the `Compression` from ``before`` to ``after`` with its increase and radius."""
    increase = problem.value(after) - problem.value(before)
    return Compression(after, method, claim, increase, bound, displacement(before, after))


def displacement(a: Network, b: Network) -> Scalar:
    """Return ``max_i ||a_i - b_i||`` over the rows; exact input: a rational at or above it."""
    return row_norms(a.W - b.W).max()
