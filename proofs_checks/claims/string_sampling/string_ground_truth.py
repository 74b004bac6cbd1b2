"""S2. A string never reports less than the exact barrier.

With one input the barrier between two networks is known exactly (claim C6). For every string
between them::

    certificate.upper >= max(F(A), F(B)) + barrier(A, B)

in exact arithmetic at the stored float64 numbers.

**Direction:** lower (of what a string may report).

**Source:** theory S2, C6.

**Control:** the released estimator (S3) in place of the string's certified maximum.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from hypothesis import strategies as st

from proofs_checks.framework.cases import RATIONAL, ProblemCase, TwoNetworks, Weights
from proofs_checks.framework.claim import Claim, Control
from proofs_checks.framework.measurement import Measurement, at_least
from proofs_checks.framework.target import Target
from proofs_checks.ground_truth.one_dimension import barrier, value
from proofs_checks.strategies.general import Draw, either, pick
from proofs_checks.strategies.string_cases import StringCase, string_cases


def cases(**options: Any) -> st.SearchStrategy[StringCase]:
    """Draw strings of one input."""
    narrow = {"losses": RATIONAL, "inputs": 1, "domains": ("UnitBall",), **options}
    return string_cases(**narrow)


@st.composite
def swaps(draw: Draw) -> StringCase:
    """Draw a string between a network and its mirror image: width 1 or 2, forced through 0."""
    case = draw(cases(width_at_most=2))
    mirrored = Weights(tuple(tuple(-w for w in row) for row in case.ends.a.W), case.ends.a.theta)
    return StringCase(
        TwoNetworks(case.ends.problem, case.ends.a, mirrored),
        case.depth,
        case.epochs,
        draw(pick(3, 16)),
        case.midpoint,
    )


@st.composite
def reversals(draw: Draw) -> StringCase:
    """Draw one neuron that must turn round: no ray is carried on the way."""
    loss, y = draw(pick(("Absolute", (1, 1)), ("Hinge", (-1, -1)), ("Absolute", (2, 1))))
    problem = ProblemCase(((1,), (-1,)), y, loss, None, Fraction(1, 10))
    theta = (draw(pick(1, -1, 2, -2)),)
    ends = TwoNetworks(problem, Weights(((1,),), theta), Weights(((-1,),), theta))
    return StringCase(ends, draw(pick(1, 2, 3)), draw(pick(1, 5)), draw(pick(3, 5)), "argmax")


def stored(case: StringCase) -> tuple[Any, Any, Any]:
    """Return problem and ends with the exact values of their float64 numbers."""
    ends = case.ends
    return ends.problem.stored(), ends.a.stored(), ends.b.stored()


def measure(target: Target, case: StringCase) -> Measurement:
    """Compare the certified maximum with the least any path can reach."""
    string = case.sample(target)[3]
    problem, a, b = stored(case)
    least = max(value(problem, a), value(problem, b)) + barrier(problem, a, b)
    return at_least(Fraction(float(string.certificate.upper)), least, 0, "certified maximum")


def released(target: Target, case: StringCase) -> Measurement:
    """Compare the released estimator with the exact barrier."""
    string = case.sample(target)[3]
    least = barrier(*stored(case))
    return at_least(Fraction(float(string.released_gap)), least, 0, "released estimator")


CLAIM = Claim(
    id="S2",
    title="A string never reports less than the exact barrier",
    source="theory S2, C6",
    direction="lower",
    cases=either(cases(), swaps()),
    measure=measure,
    controls=(
        Control(
            "the largest segment counts (released estimator)",
            reversals(),
            released,
        ),
    ),
    module=__name__,
)
