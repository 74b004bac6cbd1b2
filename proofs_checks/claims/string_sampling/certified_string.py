"""S1. A string joins the given arrays inside the domain, and its maximum is certified.

A returned string starts at A and ends at B entry by entry, every bead lies in the domain, and for
every time t of every segment, in exact arithmetic at the stored float64 numbers::

    certificate.upper >= F(t)
    max(level + gap, F(A), F(B)) >= F(t)
    F(argmax) >= certificate.lower

The same is asked of ``certify`` on the straight segment between two networks, in exact arithmetic
where the loss is rational.

**Direction:** upper.

**Source:** theory S1 and section 3 (docs/theory/09-certificates.md).

**Control:** the largest value on a grid of times, ends included, taken for an upper bound.
"""

from __future__ import annotations

from fractions import Fraction

from hypothesis import strategies as st

from proofs_checks.framework.cases import ProblemCase, TwoNetworks, Weights
from proofs_checks.framework.claim import Claim, Control
from proofs_checks.framework.measurement import Measurement, at_least, at_most, worst
from proofs_checks.framework.target import Target
from proofs_checks.strategies.general import Draw, either, pick
from proofs_checks.strategies.string_cases import ExactValues, StringCase, string_cases
from proofs_checks.strategies.witnesses import labelled

WIDTH = Fraction(1, 1000)  # asked of the certificate; exact arithmetic is slow
PRIME = 31  # its fractions lie on none of the grids a certificate may have looked at


@st.composite
def humps(draw: Draw) -> StringCase:
    """Draw one neuron that grows while it changes its coefficient: F peaks between the ends."""
    kappa = draw(pick(Fraction(1, 10), Fraction(1, 1000), Fraction(1, 3)))
    problem = ProblemCase(((1,),), (0,), draw(pick("Absolute", "Squared")), None, kappa)
    a = Weights(((0,),), (1,))
    b = Weights(((draw(pick(1, Fraction(1, 2))),),), (draw(pick(0, -1, Fraction(1, 5))),))
    return StringCase(TwoNetworks(problem, a, b), draw(pick(0, 1)), 1, draw(pick(5, 16)), "half")


def measure(target: Target, case: StringCase) -> Measurement:
    """Check the straight segment's certificate, then the string."""
    return worst(*straight(target, case), *string(target, case))


def straight(target: Target, case: StringCase) -> list[Measurement]:
    """Certify the straight segment; compare with F at times that lie on no usual grid."""
    problem, a, b = case.ends.build(target)
    number = case.ends.problem.number(target)
    path = target.Path([a, b])
    certificate = target.certify(problem, path, tol=number(WIDTH), max_evaluations=200)
    met = [path.at(0, number(Fraction(k, PRIME))) for k in range(PRIME + 1)]
    summit = path.at(*certificate.argmax)
    rounding = case.ends.problem.rounding(target, *met, summit)
    highest = max(problem.value(network) for network in met)
    return [
        at_least(certificate.upper, highest, rounding, "certified maximum"),
        at_least(problem.value(summit), certificate.lower, rounding, "attained value"),
        at_most(certificate.lower, certificate.upper, 0, "lower and upper end"),
    ]


def string(target: Target, case: StringCase) -> list[Measurement]:
    """Grow a string; compare its certificate with exact values on every segment."""
    _, a, b, grown = case.sample(target)
    exact = ExactValues(target, case.ends)
    highest = exact.max_along_path(grown.path)
    # The ends count as at most the level, whatever their own value was rounded to.
    ends = [exact.at(end, end, Fraction(0)) for end in (a, b)]
    claimed = Fraction(float(grown.level)) + Fraction(float(grown.gap))
    return [
        *labelled(case.ends.problem.domain, grown.path, a, b),
        at_least(Fraction(float(grown.certificate.upper)), highest, 0, "certified maximum, string"),
        at_least(max(claimed, *ends), highest, 0, "level and certified gap"),
        at_least(grown.gap, 0, 0, "gap"),
    ]


def grid(target: Target, case: StringCase) -> Measurement:
    """Take the maximum on a grid of five times for an upper bound; look at 33."""
    problem, a, b = case.ends.build(target)
    number = case.ends.problem.number(target)
    path = target.Path([a, b])
    values = [problem.value(path.at(0, number(Fraction(k, 32)))) for k in range(33)]
    return at_most(max(values), max(values[::8]), 0, "maximum of a grid of five times")


CLAIM = Claim(
    id="S1",
    title="A string joins the given arrays inside the domain, and its maximum is certified",
    source="theory S1 and section 3",
    direction="upper",
    cases=either(string_cases(), humps()),
    measure=measure,
    controls=(Control("a bound between grid points (sampled)", humps(), grid),),
    module=__name__,
    examples=60,
)
