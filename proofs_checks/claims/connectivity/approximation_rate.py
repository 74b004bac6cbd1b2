"""C5. The best network of width l is within one over the root of l of the best of any width.

For an L-Lipschitz loss, rows in the unit ball and ``kappa > 0``, with ``T = (F(0) - Rlow) /
kappa``::

    e(l) - e_inf <= L D T / sqrt(l)

In witness form: of every network with ``F <= F(0)`` some draw of l neurons rises by no more. For
one input both minima are known exactly: ``e(1)`` is the best single ray and ``e_inf = e(2)`` the
best pair.

**Direction:** upper.

**Source:** [B26r], after Maurey; docs/theory/06-connectivity.md, C5.

**Controls:** the squared loss with L = 1, on the exact minima; D replaced by D/100, on the exact
minima.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from hypothesis import strategies as st

from proofs_checks.claims.compression.self_sampling import outcomes
from proofs_checks.framework.cases import LIPSCHITZ, OneNetwork, ProblemCase, array
from proofs_checks.framework.claim import Claim, Control
from proofs_checks.framework.exact import root_above
from proofs_checks.framework.measurement import Measurement, at_most, equal, worst
from proofs_checks.framework.target import Target
from proofs_checks.ground_truth.constants import feature_scale
from proofs_checks.ground_truth.one_dimension import ray_minima
from proofs_checks.strategies.general import Draw, one_network, whole
from proofs_checks.strategies.small import small_problems


@dataclass(frozen=True)
class Case:
    """A network and the width l to bring it to."""

    base: OneNetwork
    size: int


@st.composite
def cases(draw: Draw) -> Case:
    """Draw a network of at most three neurons in the unit ball and l = 1, 2, 3."""
    base = draw(one_network(losses=LIPSCHITZ, domains=("UnitBall",), width_at_most=3))
    return Case(base, draw(whole(1, 3)))


def rate(slope: Any, X: Any, zero_value: Any, kappa: Any, size: int) -> Any:
    """Return ``L D T / sqrt(l)``."""
    number = type(kappa)
    mass = zero_value / kappa
    return number(slope) * root_above((feature_scale(X) * mass) ** 2 / number(size))


def measure(target: Target, case: Case) -> Measurement:
    """Compare the best draw of the network, and the exact minima of one input."""
    problem, network = case.base.build(target)
    slope = case.base.problem.lipschitz
    zero = target.Network(network.W, 0 * network.theta)
    rounding = 2 * case.base.problem.rounding(target, zero)
    parts = [equal(problem.value(zero), problem.zero_value, rounding, "F(0)")]
    if network.theta.any() and problem.value(network) <= problem.zero_value:
        drawn = [target.Network(network.W, theta) for _, theta in outcomes(network, case.size)]
        rise = min(problem.value(net) for net in drawn) - problem.value(network)
        bound = rate(slope, problem.X, problem.zero_value, problem.kappa, case.size)
        rounding = 2 * case.base.problem.rounding(target, network, *drawn)
        parts.append(at_most(rise, bound, rounding, "rise of the best draw"))
    if problem.inputs == 1 and case.base.problem.loss != "Logistic":
        parts.append(exact_minima(case.base.problem, slope))
    return worst(*parts)


def exact_minima(problem: ProblemCase, slope: Any) -> Measurement:
    """Compare ``e(1) - e_inf`` of one input with the rate at l = 1."""
    least, X = ray_minima(problem), array(problem.X, Fraction)
    bound = rate(slope, X, least.none, Fraction(problem.kappa), 1)
    return at_most(least.one - least.both, bound, 0, "e(1) - e_inf, exactly")


def squared_loss(_: Target, problem: ProblemCase) -> Measurement:
    """Take the squared loss for 1-Lipschitz."""
    return exact_minima(problem, 1)


def scale_left_out(_: Target, problem: ProblemCase) -> Measurement:
    """Take D / 100 for D."""
    return exact_minima(problem, Fraction(problem.lipschitz or 0) / 100)


CLAIM = Claim(
    id="C5",
    title="The best network of width l is within one over the root of l of the best of any width",
    source="[B26r], after Maurey; theory C5",
    direction="upper",
    cases=cases(),
    measure=measure,
    controls=(
        Control(
            "the loss is Lipschitz",
            small_problems(losses=("Squared",), kappas=(4,), targets=(0, 100)),
            squared_loss,
        ),
        Control("D, not D / 100", small_problems(kappas=(Fraction(1, 4),)), scale_left_out),
    ),
    module=__name__,
)
