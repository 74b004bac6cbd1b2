"""P1. At fixed hidden weights the objective is convex in the output coefficients.

For every W, theta, theta' and t in [0, 1]::

    F(W, (1-t) theta + t theta') <= (1-t) F(W, theta) + t F(W, theta') <= max of the two

so a straight output segment never exceeds its larger end.

**Direction:** tight (equality at the ends, and wherever predictions do not move).

**Source:** docs/theory/04-paths.md, P1; [FB17], section 2.2.

**Control:** the hidden weights move too.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from hypothesis import strategies as st

from proofs_checks.framework.cases import Rational, TwoNetworks, Weights
from proofs_checks.framework.claim import Claim, Control
from proofs_checks.framework.measurement import Measurement, at_most
from proofs_checks.framework.target import Target
from proofs_checks.strategies.general import SMALL, times, two_networks


@dataclass(frozen=True)
class Case:
    """Two networks and a time on the segment between them."""

    ends: TwoNetworks
    t: Rational


def cases(**options: Any) -> st.SearchStrategy[Case]:
    """Draw any two networks of any problem."""
    return st.builds(Case, two_networks(**options), times())


def chord(target: Target, case: Case) -> tuple[Any, Any, Any]:
    """Return F at time t, the chord of the ends there, and a rounding allowance."""
    problem, a, b = case.ends.build(target)
    t = case.ends.problem.number(target)(case.t)
    path = target.Path([a, b])
    between = path.at(0, t)
    chord = (1 - t) * problem.value(a) + t * problem.value(b)
    return problem.value(between), chord, 4 * case.ends.problem.rounding(target, a, b, between)


def measure(target: Target, case: Case) -> Measurement:
    """Give both ends the rows of the first."""
    fixed = replace(case.ends, b=Weights(case.ends.a.W, case.ends.b.theta))
    return at_most(*chord(target, replace(case, ends=fixed)), "output segment")


def rows_move(target: Target, case: Case) -> Measurement:
    """Let each end keep its own rows."""
    return at_most(*chord(target, case), "segment in both layers")


CLAIM = Claim(
    id="P1",
    title="At fixed hidden weights the objective is convex in the output coefficients",
    source="theory P1; [FB17] section 2.2",
    direction="tight",
    cases=cases(),
    measure=measure,
    controls=(
        Control(
            "the hidden weights are fixed",
            cases(width_at_most=1, **{**SMALL, "losses": ("Absolute", "Logistic")}),
            rows_move,
        ),
    ),
    module=__name__,
)
