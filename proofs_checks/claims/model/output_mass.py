"""M7. The objective bounds the mass of the output layer.

For every network, every loss with ``R >= Rlow`` and every ``kappa > 0``::

    ||theta||_1 <= (F(W, theta) - Rlow) / kappa

**Direction:** upper, attained where the risk is ``Rlow`` (0 for every loss shipped).

**Source:** docs/theory/02-calculus.md, M7; the first step of the bridge in [FB17], Theorem 2.4.

**Control:** ``kappa = 0``. In the form without a division, ``kappa ||theta||_1 <= F - Rlow``, the
claim then says nothing about theta: a network of any mass may have objective 0.
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from proofs_checks.framework.cases import OneNetwork
from proofs_checks.framework.claim import Claim, Control
from proofs_checks.framework.measurement import Measurement, at_most, equal, worst
from proofs_checks.framework.target import Target
from proofs_checks.strategies.general import one_network


def measure(target: Target, case: OneNetwork) -> Measurement:
    """Compare the l1 norm of theta with ``(F - Rlow) / kappa``, where ``Rlow = 0``."""
    problem, network = case.build(target)
    rounding = case.problem.rounding(target, network) / problem.kappa
    bound = problem.value(network) / problem.kappa
    return worst(
        at_most(np.abs(network.theta).sum(), bound, rounding, "output mass"),
        equal(problem.lower, 0, 0, "Rlow, Problem.lower"),
    )


def without_penalty(target: Target, case: OneNetwork) -> Measurement:
    """At ``kappa = 0``, ask whether the objective still bounds the mass with any constant."""
    problem, network = case.build(target)
    bound = 1000 * problem.value(network)
    return at_most(np.abs(network.theta).sum(), bound, 0, "output mass at kappa = 0")


CLAIM = Claim(
    id="M7",
    title="The objective bounds the mass of the output layer",
    source="[FB17] Theorem 2.4, proof; theory M7",
    direction="tight",
    cases=one_network(),
    measure=measure,
    controls=(Control("kappa > 0", one_network(kappas=(Fraction(0),)), without_penalty),),
    module=__name__,
)
