"""D4. Any network's distance from the global minimum is bracketed.

With the best value found and the dual bound of `global_minimum`, for every network of every width::

    F - value <= F - e_inf <= F - dual bound

This is the energy gap between local and global minima of [B26], abstract (ii), for the network at
hand. It does not vanish with the width: with all neurons dead and theta = 0 it is ``F(0) - e_inf``
at every width, and that network is a local minimum.

**Direction:** upper and lower. Tried for one input, where ``e_inf`` is known exactly.

**Source:** [B26], abstract (ii); docs/theory/08-minimum.md, D4.

**Controls:** the best single ray in place of the dual bound; a gap that vanishes at width 8.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np
from hypothesis import strategies as st

from proofs_checks.framework.cases import ProblemCase, Weights
from proofs_checks.framework.claim import Claim, Control
from proofs_checks.framework.measurement import Measurement, at_least, at_most, worst
from proofs_checks.framework.target import Target
from proofs_checks.ground_truth.one_dimension import ray_minima, value
from proofs_checks.strategies.general import Draw, pick, whole
from proofs_checks.strategies.one_input import any_network, near_best, two_sided


@dataclass(frozen=True)
class Case:
    """A problem of one input and a network."""

    problem: ProblemCase
    network: Weights


@st.composite
def cases(draw: Draw) -> Case:
    """Draw a network close to the best of its signs, or any."""
    problem, width = draw(two_sided()), draw(whole(1, 3))
    return Case(problem, draw(draw(pick(near_best(problem, width), any_network(width)))))


def measure(target: Target, case: Case) -> Measurement:
    """Compare the bracket with the exact energy gap."""
    floating = replace(target, exact=False, precise=False)
    problem = case.problem.build(floating)
    found = floating.global_minimum(problem)
    rounding = Fraction(case.problem.rounding(floating, found.network))
    height = value(case.problem, case.network)
    gap = height - ray_minima(case.problem).both
    low = height - Fraction(float(found.value))
    high = height - Fraction(float(found.dual_bound))
    return worst(
        at_least(gap, low, rounding, "energy gap, lower end"),
        at_most(gap, high, 0, "energy gap, upper end"),
    )


def best_ray(_: Target, case: Case) -> Measurement:
    """Take the best single ray for the bound from below."""
    rays, height = ray_minima(case.problem), value(case.problem, case.network)
    return at_most(height - rays.both, height - rays.one, 0, "energy gap, upper end")


def vanishing(target: Target, problem: ProblemCase) -> Measurement:
    """At width 8 find a local minimum well above the global one: all neurons dead.

    All samples are positive and all rows -1, so every network within distance 1/2 predicts 0.
    """
    built = problem.build(target)
    number = type(built.kappa)
    W = np.array([[number(-1)]] * 8, dtype=built.X.dtype)
    network = target.Network(W, W[:, 0] * 0)
    nearby = [target.Network(W + number(Fraction(1, 2)), W[:, 0] * number(s)) for s in (1, -1)]
    local = all(built.value(other) >= built.value(network) for other in nearby)
    gap = Fraction(built.value(network)) - ray_minima(problem).both
    return at_most(gap if local else Fraction(0), 0, 0, "energy gap of a local minimum, width 8")


@st.composite
def positive_samples(draw: Draw) -> ProblemCase:
    """Draw a problem all of whose samples are positive."""
    y = (draw(pick(1, 9)), draw(pick(1, 9)))
    return ProblemCase(((1,), (2,)), y, "Absolute", None, Fraction(1, 2))


CLAIM = Claim(
    id="D4",
    title="Any network's distance from the global minimum is bracketed",
    source="[B26] abstract (ii); theory D4",
    direction="upper",
    cases=cases(),
    measure=measure,
    controls=(
        Control("a dual bound below", cases(), best_ray),
        Control("the width does not make it vanish", positive_samples(), vanishing),
    ),
    module=__name__,
    exact=False,
    examples=20,
)
