"""K1. Merging a cluster of neurons onto one row costs what the rows have to travel.

Replace the coefficients of a set Q of neurons by their signed sum on one neuron i0 of Q. For an
L-Lipschitz loss::

    F_merged - F <= L D sum_{i in Q, i != i0} |theta_i| ||w_i - w_i0||
    ||theta_merged||_1 <= ||theta||_1

**Direction:** tight, attained by one sample on which all rows of Q are active, beyond the target.

**Source:** docs/theory/05-compression.md, K1.

**Controls:** the unsigned sum of the coefficients; the squared loss, which has no L (1 is put in
its place).
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from hypothesis import strategies as st

from proofs_checks.framework import rounding
from proofs_checks.framework.cases import LIPSCHITZ, OneNetwork, ProblemCase, Weights
from proofs_checks.framework.claim import Claim, Control
from proofs_checks.framework.exact import norm_above
from proofs_checks.framework.measurement import Measurement, at_most, check_true, worst
from proofs_checks.framework.target import Target
from proofs_checks.ground_truth.constants import feature_scale
from proofs_checks.strategies.general import Draw, either, one_network, pick, whole
from proofs_checks.strategies.small import small_case


@dataclass(frozen=True)
class Case:
    """A network and the group each of its neurons belongs to."""

    base: OneNetwork
    group_of: tuple[int, ...]

    @property
    def groups(self) -> list[list[int]]:
        """The groups as lists of neurons."""
        return [
            [i for i, name in enumerate(self.group_of) if name == group]
            for group in sorted(set(self.group_of))
        ]


@st.composite
def cases(draw: Draw, **options: Any) -> Case:
    """Draw a network with up to four neurons and any partition of them."""
    base = draw(one_network(**options))
    return Case(base, tuple(draw(whole(0, 2)) for _ in base.network.theta))


@st.composite
def sharp(draw: Draw) -> Case:
    """Draw the extremal example: rows 1 and 1 - r on one sample, a target on the far side."""
    r, y = Fraction(1, draw(whole(1, 4))), draw(pick(-9, 9))
    problem = ProblemCase(((1,),), (y,), "Absolute", None, Fraction(1, 2))
    network = Weights(((1,), (1 - r,)), (Fraction(1), Fraction(1)))
    return Case(OneNetwork(problem, network), (0, 0))


def merged_pairs(**options: Any) -> st.SearchStrategy[Case]:
    """Small networks of two neurons, to be merged."""
    return small_case(**options).map(lambda base: Case(base, (0, 0)))


def measure(target: Target, case: Case) -> Measurement:
    """Compare the rise with the transport bound, the new coefficients with the signed sums."""
    problem, network = case.base.build(target)
    merged = target.merge(problem, network, case.groups).network
    exact = case.base.problem.number(target) is not float
    unit = 0 if exact else rounding.gamma(len(network.theta))
    parts = [check_true((merged.W == network.W).all(), "rows unchanged")]
    for group in case.groups:
        size = unit * np.abs(network.theta[group]).sum()
        wrong = abs(merged.theta[group].sum() - network.theta[group].sum())
        parts.append(at_most(wrong, 0, size, "signed sum of a cluster"))
        parts.append(check_true((merged.theta[group] != 0).sum() <= 1, "one neuron is left"))
    total = np.abs(network.theta).sum()
    smaller = np.abs(merged.theta).sum() <= total + unit * total
    parts.append(check_true(smaller, "mass does not grow"))
    return worst(*parts, _rise(target, case, network, merged, case.base.problem.lipschitz))


def _rise(target: Target, case: Case, network: Any, merged: Any, slope: Any) -> Measurement:
    """Compare the rise with ``L D`` times the transport onto the neurons that are left."""
    problem = case.base.problem.build(target)
    transport = 0
    for group in case.groups:
        left = [i for i in group if merged.theta[i] != 0] or group
        costs = [
            sum(abs(network.theta[i]) * norm_above(network.W[i] - network.W[k]) for i in group)
            for k in left
        ]
        transport = transport + min(costs)
    rise = problem.value(merged) - problem.value(network)
    allowance = 2 * case.base.problem.rounding(target, network, merged)
    bound = type(problem.kappa)(slope) * feature_scale(problem.X) * transport
    return at_most(rise, bound, allowance, "rise by merging")


def unsigned(target: Target, case: Case) -> Measurement:
    """Merge each group onto its first neuron, adding magnitudes."""
    _, network = case.base.build(target)
    theta = network.theta.copy()
    for group in case.groups:
        theta[group] = 0 * theta[group]
        theta[group[0]] = np.abs(network.theta[group]).sum()
    merged = target.Network(network.W, theta)
    return _rise(target, case, network, merged, case.base.problem.lipschitz)


def without_lipschitz(target: Target, case: Case) -> Measurement:
    """Merge each group onto its first neuron under the squared loss, with 1 in place of L."""
    _, network = case.base.build(target)
    theta = network.theta.copy()
    for group in case.groups:
        theta[group] = 0 * theta[group]
        theta[group[0]] = network.theta[group].sum()
    return _rise(target, case, network, target.Network(network.W, theta), 1)


CLAIM = Claim(
    id="K1",
    title="Merging a cluster of neurons onto one row costs what the rows have to travel",
    source="theory K1",
    direction="tight",
    cases=either(sharp(), cases(losses=LIPSCHITZ)),
    measure=measure,
    controls=(
        Control("the sum keeps signs", merged_pairs(losses=("Absolute",)), unsigned),
        Control("the loss is Lipschitz", merged_pairs(losses=("Squared",)), without_lipschitz),
    ),
    module=__name__,
    examples=150,
)
