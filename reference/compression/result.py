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

from reference.certificate.rounding import above, node_bounds
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
        The proven upper bound of the exact increase, at the stored networks: the claim's formula
        rounded up, and in float64 what rounding the new coefficients may cost.
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

    def __repr__(self) -> str:
        """State what was done, how many neurons are left and what it cost."""
        return (
            f"Compression({self.method}, {self.claim}, {len(self.network.active)} of "
            f"{self.network.width} neurons active, increase = {self.increase}, "
            f"bound = {self.bound}, radius = {self.radius})"
        )


def measured(
    problem: Problem, before: Network, after: Network, method: str, claim: str, bound: Scalar | None
) -> Compression:
    """Return the `Compression` from ``before`` to ``after`` with its increase and radius.

    ``bound`` is the formula of the claim. None stands for an equality of predictors, which float64
    keeps up to an error that depends on the data: there the bound is the enclosed increase.
    """
    increase = problem.value(after) - problem.value(before)
    if problem.is_exact or after.identical(before):
        bound = 0 * increase if bound is None else bound
        return Compression(after, method, claim, increase, bound, displacement(before, after))
    (high, _), (upper, lower) = (node_bounds(problem, network) for network in (after, before))
    # Each coefficient is the claim's own but for roundings that move predictions and penalty by no
    # more than those of an evaluation, which the width of a node's enclosure bounds.
    proven = (
        max(high - lower, 0.0) if bound is None else above(problem, bound) + 4 * (upper - lower)
    )
    return Compression(after, method, claim, increase, proven, displacement(before, after))


def displacement(a: Network, b: Network) -> Scalar:
    """Return ``max_i ||a_i - b_i||`` over the rows; exact input: a rational at or above it."""
    return row_norms(a.W - b.W).max()
