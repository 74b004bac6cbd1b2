"""K0. Refitting the output layer never raises the objective.

For every network, loss and domain, the minimiser of ``F`` over theta at fixed W (a Lasso)::

    F(W, theta_refit) <= min(F(W, theta), F(0)),    W unchanged

``F(0)`` appears because theta = 0 competes; it makes the constant of the bridge independent of the
level (P3).

**Direction:** upper, attained where theta was optimal.

**Source:** [FB17], section 2.3.3, the entry ``delta_W(m, 0; m)`` of Theorem 2.4;
docs/theory/05-compression.md, K0.

**Control:** refitting on a support that misses an active neuron: the objective may then rise.
"""

from __future__ import annotations

from fractions import Fraction

from proofs_checks.framework.cases import OneNetwork
from proofs_checks.framework.claim import Claim, Control
from proofs_checks.framework.measurement import Measurement, at_most, check_true, worst
from proofs_checks.framework.target import Target
from proofs_checks.strategies.general import one_network
from proofs_checks.strategies.small import small_case


def measure(target: Target, case: OneNetwork) -> Measurement:
    """Compare the refitted objective with the one before and with that of predicting 0."""
    problem, network = case.build(target)
    refitted = target.refit(problem, network).network
    rounding = 2 * case.problem.rounding(target, network, refitted)
    after = problem.value(refitted)
    return worst(
        check_true((refitted.W == network.W).all(), "rows unchanged"),
        at_most(after, problem.value(network), rounding, "objective after a refit"),
        at_most(after, problem.zero_value, rounding, "objective after a refit, against F(0)"),
    )


def without_support(target: Target, case: OneNetwork) -> Measurement:
    """Refit on all neurons but the first."""
    problem, network = case.build(target)
    support = list(range(1, len(network.theta)))
    refitted = target.refit(problem, network, support=support).network
    rounding = 2 * case.problem.rounding(target, network, refitted)
    return at_most(problem.value(refitted), problem.value(network), rounding, "on a part")


CLAIM = Claim(
    id="K0",
    title="Refitting the output layer never raises the objective",
    source="[FB17] section 2.3.3, the entry delta_W(m, 0; m)",
    direction="upper",
    cases=one_network(),
    measure=measure,
    controls=(
        Control(
            "the support holds every active neuron",
            small_case(kappas=(Fraction(1, 2),)),
            without_support,
        ),
    ),
    module=__name__,
)
