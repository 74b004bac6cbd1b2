"""K4. A network sampled from its own neurons is close to it at a rate free of the dimension.

With ``a = ||theta||_1`` draw q neurons independently, neuron i with probability ``|theta_i| / a``,
and give it the coefficient ``(a / q) sign(theta_i)`` times the number of its draws. For rows in the
unit ball the draw has at most q active neurons, mass exactly a, the predictor f as its mean, and ::

    E mean_j (g_j - f_j)^2 = (1/q) mean_j [a sum_i |theta_i| phi_ij^2 - f_j^2] <= a^2 D^2 / q
    E F <= F + L a D / sqrt(q)                                    L-Lipschitz loss
    E F <= F + H / (1 + alpha) (a D / sqrt(q))^(1 + alpha)        (alpha, H)-Hölder derivative
    E F  = F + (1/2q) mean_j [a sum_i |theta_i| phi_ij^2 - f_j^2] half-squared loss

so some outcome is within each bound. Every outcome is enumerated with its probability. One draw of
4000 neurons must show the right frequencies (Hoeffding, wrong with probability 1e-12).

**Direction:** tight (equality for the half-squared loss).

**Source:** [B26r], after Maurey; docs/theory/05-compression.md, K4.

**Controls:** every outcome in place of some; neurons drawn uniformly; rows outside the ball.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from hypothesis import strategies as st

from proofs_checks.framework import rounding
from proofs_checks.framework.cases import ALL_LOSSES, OneNetwork
from proofs_checks.framework.claim import Claim, Control
from proofs_checks.framework.measurement import Measurement, at_most, check_true, equal, worst
from proofs_checks.framework.target import Target
from proofs_checks.ground_truth.constants import feature_scale
from proofs_checks.ground_truth.self_sampling import outcomes
from proofs_checks.strategies.general import Draw, one_network, whole
from proofs_checks.strategies.small import small_case

MANY, DOUBT = 4000, 1e-12


@dataclass(frozen=True)
class Case:
    """A network, how many neurons to draw, and a seed."""

    base: OneNetwork
    size: int
    seed: int = 0


@st.composite
def cases(draw: Draw) -> Case:
    """Draw a network of at most three neurons in the unit ball, and at most three draws."""
    base = draw(one_network(losses=ALL_LOSSES, domains=("UnitBall",), width_at_most=3))
    return Case(base, draw(whole(1, 3)), draw(whole(0, 99)))


def variance(problem: Any, network: Any) -> Any:
    """Return ``mean_j [a sum_i |theta_i| phi_ij^2 - f_j^2]``, q times the mean-square error."""
    features, size = network.features(problem.X), np.abs(network.theta)
    squares = (features * features) @ size * size.sum()
    return (squares - network.predict(problem.X) ** 2).sum() / problem.samples


def rise_bounds(problem: Any, case: Case, mass: Any) -> list[Any]:
    """Return the bounds of the expected rise that apply to the loss, as float or Fraction."""
    number = type(problem.kappa)
    spread = (mass * feature_scale(problem.X)) ** 2 / case.size
    bounds = []
    if case.base.problem.lipschitz is not None:
        bounds.append(number(case.base.problem.lipschitz) ** 2 * spread)
    smooth = {"HalfSquared": 1, "Squared": 2, "Huber": 1, "Logistic": Fraction(1, 4)}
    if case.base.problem.loss in smooth:
        bounds.append((number(smooth[case.base.problem.loss]) / 2 * spread) ** 2)
    return bounds


def measure(target: Target, case: Case) -> Measurement:
    """Enumerate all outcomes; then look at what the target drew."""
    problem, network = case.base.build(target)
    if not network.theta.any():
        return check_true(True, "nothing to draw from")
    exact = case.base.problem.number(target) is Fraction
    law = list(outcomes(network, case.size))
    drawn = [target.Network(network.W, theta) for _, theta in law]
    rises = [problem.value(net) - problem.value(network) for net in drawn]
    expected = sum(p * rise for (p, _), rise in zip(law, rises, strict=True))
    error = 2 * case.base.problem.rounding(target, network, *drawn)
    mass = np.abs(network.theta).sum()
    parts = [_at_most_root(expected, square, error) for square in rise_bounds(problem, case, mass)]
    if exact:
        mean = sum(p * theta for p, theta in law)
        parts.append(check_true((mean == network.theta).all(), "unbiased"))
        if case.base.problem.loss == "HalfSquared":
            formula = variance(problem, network) / (2 * case.size)
            parts.append(equal(expected, formula, 0, "expected rise, half-squared loss"))
    return worst(*parts, *_drawn_by_target(target, case, problem, network))


def _at_most_root(expected: Any, square: Any, error: Any) -> Measurement:
    """Compare with the root of ``square``; in exact arithmetic compare the squares."""
    label = "expected rise"
    if isinstance(expected, Fraction):
        positive = expected if expected > 0 else Fraction(0)
        return at_most(positive**2, square, 0, label)
    return at_most(expected, math.sqrt(square), error, label)


def _drawn_by_target(target: Target, case: Case, problem: Any, network: Any) -> list[Measurement]:
    """Check that the target's draw is an outcome, and that many draws have the right law."""
    mass = np.abs(network.theta).sum()
    shares = np.abs(network.theta) / mass
    counts = []
    for size in (case.size, MANY):
        theta = target.sample(problem, network, size, seed=case.seed).network.theta
        counts.append(theta * size / mass * np.sign(network.theta))
    slack = rounding.gamma(len(network.theta) + 8) * case.size
    whole_numbers = [abs(float(count) - round(float(count))) for count in counts[0]]
    deviation = np.abs((counts[1] / MANY - shares).astype(np.float64)).max()
    # Hoeffding for each of the m shares.
    reach = math.sqrt(math.log(2 * len(network.theta) / DOUBT) / (2 * MANY))
    return [
        check_true((counts[0] != 0).sum() <= case.size, "at most q active neurons"),
        at_most(max(whole_numbers), 0, slack, "coefficients are multiples of a / q"),
        at_most(abs(counts[0].sum() - case.size), 0, slack, "mass is a"),
        at_most(deviation, reach, 0, "frequencies of 4000 draws"),
    ]


def every_outcome(target: Target, case: Case) -> Measurement:
    """Compare the worst outcome, not the mean, with the bound."""
    problem, network = case.base.build(target)
    if not network.theta.any():
        return check_true(True, "nothing to draw from")
    nets = [target.Network(network.W, theta) for _, theta in outcomes(network, case.size)]
    worst_rise = max(problem.value(net) for net in nets) - problem.value(network)
    mass = np.abs(network.theta).sum()
    return _at_most_root(worst_rise, rise_bounds(problem, case, mass)[0], 0)


def uniform_draws(target: Target, case: Case) -> Measurement:
    """Draw neurons uniformly and ask whether the half-squared formula still holds."""
    problem, network = case.base.build(target)
    if not network.theta.all():
        return check_true(True, "nothing to draw from")
    uniform = np.full(len(network.theta), Fraction(1, len(network.theta)), dtype=object)
    expected = sum(
        p * problem.value(target.Network(network.W, theta))
        for p, theta in outcomes(network, case.size, weights=uniform)
    )
    formula = variance(problem, network) / (2 * case.size)
    return equal(expected - problem.value(network), formula, 0, "rise, uniform draws")


def outside_the_ball(target: Target, case: Case) -> Measurement:
    """Scale rows by 100 and compare the expected rise with the bound for the ball."""
    problem, inside = case.base.build(target)
    network = target.Network(100 * inside.W, inside.theta)
    if not network.theta.any():
        return check_true(True, "nothing to draw from")
    expected = sum(
        p * (problem.value(target.Network(network.W, theta)) - problem.value(network))
        for p, theta in outcomes(network, case.size)
    )
    mass = np.abs(network.theta).sum()
    return _at_most_root(expected, rise_bounds(problem, case, mass)[0], 0)


def _small(size: int, **options: Any) -> st.SearchStrategy[Case]:
    return small_case(**options).map(lambda base: Case(base, size))


CLAIM = Claim(
    id="K4",
    title="A network sampled from its own neurons is close to it at a rate free of the dimension",
    source="[B26r], after Maurey; theory K4",
    direction="tight",
    cases=cases(),
    measure=measure,
    controls=(
        Control("some outcome, not every one", _small(3), every_outcome),
        Control("drawn by mass", _small(1, losses=("HalfSquared",)), uniform_draws),
        Control("rows in the unit ball", _small(1), outside_the_ball),
    ),
    module=__name__,
    examples=150,
)
