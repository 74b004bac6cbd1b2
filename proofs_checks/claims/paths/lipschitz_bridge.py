"""P3. A bridge to nearby rows rises by at most a constant times their distance.

Let ``A = (W, theta)`` and ``A^ = (W^, theta^)`` have ``F <= Lam`` and ``||w_i - w^_i|| <= r`` for
every i, the loss L-Lipschitz, ``R >= Rlow`` and ``kappa > 0``. On the straight segment between ::

    F <= Lam + (1/2) (L D / kappa) r (Lam - Rlow)

This makes the constant ``C1`` of [FB17] explicit, with no higher-order term (``r <= alpha`` for
unit rows at angle alpha). The factor 1/2 improves on the estimate through M6. Rows need not lie in
the ball: neither M5 nor M7 asks for it.

**Direction:** tight. Equality in the middle of a segment that hands ``theta`` from one neuron to
another while both rows move by r.

**Source:** [FB17], Theorem 2.4 (``C1``); docs/theory/04-paths.md, P3.

**Controls:** the squared loss with L = 1; ``kappa = 0``; D replaced by D/2; the mean row distance
instead of the largest.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
from hypothesis import strategies as st

from proofs_checks.framework.cases import LIPSCHITZ, TwoNetworks, Weights
from proofs_checks.framework.claim import Claim, Control
from proofs_checks.framework.exact import norm_above
from proofs_checks.framework.measurement import Measurement, at_least, at_most, refuses, worst
from proofs_checks.framework.rounding import UNIT
from proofs_checks.framework.target import Target
from proofs_checks.ground_truth.constants import feature_scale, is_sharp, stated_constants
from proofs_checks.strategies.general import (
    SMALL,
    Draw,
    either,
    two_networks,
)
from proofs_checks.strategies.sharp_bridge import sharp

TIMES = tuple(Fraction(k, 8) for k in range(9))


def bridge(target: Target, case: TwoNetworks) -> tuple[Any, Any, Any, Any]:
    """Return the problem, the level, the largest row distance, and the highest F met."""
    problem, a, b = case.build(target)
    number = case.problem.number(target)
    path = target.Path([a, b])
    level = max(problem.value(a), problem.value(b))
    radius = max(norm_above(row) for row in a.W - b.W)
    return problem, level, radius, max(problem.value(path.at(0, number(t))) for t in TIMES)


def noise(target: Target, case: TwoNetworks, bound: Any) -> Any:
    """Bound the rounding of a rise and of its bound."""
    _, a, b = case.build(target)
    if a.W.dtype == object:
        return 2 * case.problem.rounding(target, a, b)
    relative = (a.W.shape[1] ** 2 + len(case.problem.y) + 16) * UNIT
    return 6 * case.problem.rounding(target, a, b) + relative * float(bound)


def measure(target: Target, case: TwoNetworks) -> Measurement:
    """Compare the rise with the bound, and the target's constants and its own bound with both."""
    problem, level, radius, _ = bridge(target, case)
    stated = worst(*stated_constants(case.problem, problem))
    if stated.verdict == "refuted":
        return stated
    bound, rounding = formula(target, case)
    claimed = target.bridge_bound(problem, radius, level)
    return worst(
        rise(target, case),
        is_sharp(claimed, bound, level, rounding, "bridge_bound"),
        *refusal(target, case, radius, level),
    )


def formula(target: Target, case: TwoNetworks) -> tuple[Any, Any]:
    """Return the bound of the claim and the rounding of a rise compared with it."""
    problem, level, radius, _ = bridge(target, case)
    bound = slope(case, problem) * feature_scale(problem.X) * radius * level / problem.kappa / 2
    return bound, noise(target, case, bound)


def rise(target: Target, case: TwoNetworks) -> Measurement:
    """Compare the rise above the level with the bound, and the target's own bound with it."""
    problem, level, radius, highest = bridge(target, case)
    bound, rounding = formula(target, case)
    claimed = target.bridge_bound(problem, radius, level)
    return worst(
        at_most(highest - level, bound, rounding, "rise of a bridge"),
        at_least(claimed + bound / 10**8, bound, rounding, "bridge_bound"),
    )


def slope(case: TwoNetworks, problem: Any) -> Any:
    """Return ``L`` in the arithmetic of the problem."""
    return type(problem.kappa)(case.problem.lipschitz)


def refusal(target: Target, case: TwoNetworks, radius: Any, level: Any) -> list[Measurement]:
    """Ask for the bound of a loss without L; a target without such a loss is not asked."""
    if not target.provides("Squared"):
        return []
    squared = case.problem.with_loss("Squared").build(target)
    said = "bridge_bound refuses a loss without L by ValueError"
    return [refuses(lambda: target.bridge_bound(squared, radius, level), said)]


def squared_loss(target: Target, case: TwoNetworks) -> Measurement:
    """Take the squared loss for 1-Lipschitz."""
    problem, level, radius, highest = bridge(target, case)
    bound = feature_scale(problem.X) * radius * level / problem.kappa / 2
    return at_most(highest - level, bound, 0, "squared loss, L = 1")


def without_penalty(target: Target, case: TwoNetworks) -> Measurement:
    """At ``kappa = 0`` ask for any constant, here 1000, in place of ``1 / kappa``."""
    problem, level, radius, highest = bridge(target, case)
    bound = 1000 * slope(case, problem) * feature_scale(problem.X) * radius * level
    return at_most(highest - level, bound, 0, "kappa = 0")


def halved_scale(target: Target, case: TwoNetworks) -> Measurement:
    """Replace D by D/2."""
    problem, level, radius, highest = bridge(target, case)
    bound = slope(case, problem) * feature_scale(problem.X) * radius * level / problem.kappa / 4
    return at_most(highest - level, bound, 0, "D/2")


def mean_distance(target: Target, case: TwoNetworks) -> Measurement:
    """Measure the distance of the rows by their mean."""
    problem, level, _, highest = bridge(target, case)
    _, a, b = case.build(target)
    radius = np.sum([norm_above(row) for row in a.W - b.W]) / len(a.W)
    bound = slope(case, problem) * feature_scale(problem.X) * radius * level / problem.kappa / 2
    return at_most(highest - level, bound, 0, "mean row distance")


@st.composite
def bystanders(draw: Draw) -> TwoNetworks:
    """Draw the extremal example with an idle neuron beside it that does not move."""
    case = draw(sharp())
    a, b = (Weights((*net.W, (0,)), (*net.theta, 0)) for net in (case.a, case.b))
    return TwoNetworks(case.problem, a, b)


def small(**options: Any) -> st.SearchStrategy[TwoNetworks]:
    """Draw two small networks."""
    return two_networks(width_at_most=2, **{**SMALL, **options})


CLAIM = Claim(
    id="P3",
    title="A bridge to nearby rows rises by at most a constant times their distance",
    source="[FB17] Theorem 2.4 (C1); theory P3",
    direction="tight",
    cases=either(two_networks(losses=LIPSCHITZ), sharp()),
    measure=measure,
    controls=(
        Control("a Lipschitz loss (squared, L = 1)", small(losses=("Squared",)), squared_loss),
        Control("kappa > 0", small(kappas=(0,)), without_penalty),
        Control("D is the feature scale (D/2)", sharp(), halved_scale),
        Control("r bounds every row (mean instead)", bystanders(), mean_distance),
    ),
    module=__name__,
)
