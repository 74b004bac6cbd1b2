"""M3. A row may grow while its coefficient shrinks: same predictor, objective no larger.

For ``c > 0``: ``a relu(<w, x>) = (a/c) relu(<c w, x>)``. So for ``c >= 1`` the network with ``w_i``
replaced by ``c w_i`` and ``theta_i`` by ``theta_i / c`` has the same predictions and ::

    F(W', theta') = F(W, theta) - kappa |theta_i| (1 - 1/c) <= F(W, theta)

*Sphericalisation* takes ``c = 1/||w_i||`` and stays in the ball; ``domain.normalise`` does it for
all rows at once, rounded inward.

**Direction:** exact.

**Source:** docs/theory/02-calculus.md, M3; [FB17], section 2.3 ("without loss of generality").

**Control:** the reverse direction, ``c < 1``, raises ``F``: normalising rows *down* to the sphere
is no harmless assumption under an l1 penalty on the output layer alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from hypothesis import strategies as st

from proofs_checks.framework.cases import OneNetwork, ProblemCase, Rational, Weights
from proofs_checks.framework.claim import Claim, Control
from proofs_checks.framework.exact import fractions
from proofs_checks.framework.measurement import Measurement, at_most, check_true, equal, worst
from proofs_checks.framework.rounding import UNIT, of_predictions
from proofs_checks.framework.target import Target
from proofs_checks.strategies.general import Draw, networks, pick, problems, whole


@dataclass(frozen=True)
class Case:
    """A network, one of its neurons, and the factor by which its row grows."""

    problem: ProblemCase
    network: Weights
    neuron: int
    factor: Rational

    def build(self, target: Target) -> tuple[Any, Any]:
        """Return the target's problem and network."""
        return OneNetwork(self.problem, self.network).build(target)


@st.composite
def cases(draw: Draw) -> Case:
    """Draw any network and any movable neuron; the grown row may leave the ball."""
    problem = draw(problems())
    network = draw(networks(problem))
    factor = draw(pick(2, 1, Fraction(3, 2), 2**20))
    return Case(problem, network, draw(whole(0, network.width - 1)), factor)


def rescaled(target: Target, case: Case, factor: Any) -> tuple[Any, Any, Any]:
    """Return the target's problem and network, and the network with one row multiplied."""
    problem, network = case.build(target)
    factor = case.problem.number(target)(factor)
    W, theta = network.W.copy(), network.theta.copy()
    W[case.neuron], theta[case.neuron] = factor * W[case.neuron], theta[case.neuron] / factor
    return problem, network, target.Network(W, theta)


def measure(target: Target, case: Case) -> Measurement:
    """Rescale one row by hand, then all rows by the target's normalisation."""
    problem, network, grown = rescaled(target, case, case.factor)
    rounding = 2 * case.problem.rounding(target, network, grown)
    before, after = problem.value(network), problem.value(grown)
    saved = problem.kappa * abs(network.theta[case.neuron] - grown.theta[case.neuron])
    return worst(
        equal(before - after, saved, rounding, "penalty saved"),
        at_most(after, before, rounding, "objective after growing a row"),
        *normalisation(target, case),
    )


def normalisation(target: Target, case: Case) -> list[Measurement]:
    """Check ``domain.normalise`` in float64: inside, of norm 1, same predictions, F not raised.

    It rounds inward by a few ulps, and by as much the coefficients may grow; any further
    operation adds at most one rounding to each number.
    """
    plain = Target(target.module, target.name)
    problem, network = case.build(plain)
    unit = plain.Network(*problem.domain.normalise(network.W, network.theta))
    ulps = (4 * network.W.shape[1] + 16) * UNIT
    X = problem.X
    parts = [np.abs(problem.domain.weight_part(net.W)).any(axis=1) for net in (network, unit)]
    rows = fractions(problem.domain.weight_part(unit.W))[parts[0]]
    short = max((1 - float((row * row).sum()) for row in rows), default=0.0)
    drift = np.abs(unit.predict(X) - network.predict(X))
    allowed = sum(of_predictions(X, net.W, net.theta) for net in (network, unit))
    allowed = allowed + ulps * (np.abs(X) @ np.abs(network.W).T @ np.abs(network.theta))
    mass = [float(np.abs(net.theta).sum()) for net in (network, unit)]
    return [
        check_true(problem.domain.contains(unit.W), "normalised rows lie in the domain"),
        check_true((parts[0] == parts[1]).all(), "a zero row stays zero"),
        at_most(short, 2 * ulps, 0, "distance of a normalised row from norm 1, squared norm"),
        check_true((drift <= allowed).all(), "predictions after normalising"),
        at_most(mass[1], mass[0] * (1 + ulps), 0, "output mass after normalising"),
    ]


def shrunk(target: Target, case: Case) -> Measurement:
    """Shrink the row instead, and ask whether ``F`` still does not rise."""
    problem, network, small = rescaled(target, case, 1 / Fraction(case.factor))
    return at_most(problem.value(small), problem.value(network), 0, "objective, row shrunk")


CLAIM = Claim(
    id="M3",
    title="A row may grow while its coefficient shrinks: same predictor, objective no larger",
    source="theory M3; [FB17] section 2.3",
    direction="exact",
    cases=cases(),
    measure=measure,
    controls=(Control("c >= 1 (the row shrinks)", cases(), shrunk),),
    module=__name__,
)
