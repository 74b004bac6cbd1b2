"""C7. With at least 2N neurons every nonempty sublevel on N samples is connected.

For every convex loss, ``kappa >= 0`` and any two networks of width m >= 2N: compress each end to at
most N neurons with the same predictions on the data (K6), put the N rows of the one on idle rows of
the other, and go there on an output segment::

    max F = max(F(A), F(B))

The path is explicit; no minimiser is needed to meet at.

**Direction:** exact.

**Source:** [B26r]; docs/theory/06-connectivity.md, C7.

**Controls:** m >= N, where the exact barrier of C6 is positive; compressing by dropping neurons.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from hypothesis import strategies as st

from proofs_checks.framework.cases import RATIONAL, ProblemCase, TwoNetworks, Weights
from proofs_checks.framework.claim import Claim, Control
from proofs_checks.framework.measurement import Measurement, at_most
from proofs_checks.framework.target import Target
from proofs_checks.ground_truth.one_dimension import barrier
from proofs_checks.strategies.along_path import max_along_path, smallest, with_idle
from proofs_checks.strategies.general import Draw, networks, problems, whole
from proofs_checks.strategies.small import swaps


@st.composite
def cases(draw: Draw) -> TwoNetworks:
    """Draw at most two samples and two networks of width 2N or a little more."""
    kappas = (Fraction(1, 2), Fraction(0), Fraction(4))
    problem = draw(
        problems(losses=RATIONAL, samples_at_most=2, domains=("UnitBall",), kappas=kappas)
    )
    width = 2 * len(problem.X) + draw(whole(0, 1))
    a, b = draw(networks(problem, width=width)), draw(networks(problem, width=width))
    return TwoNetworks(problem, a, b)


def rise(target: Target, case: TwoNetworks, compressed: tuple[Any, Any]) -> Measurement:
    """Compare the path through two compressions with the higher end."""
    problem, a, b = case.build(target)
    path = target.theorem_path(problem, a, b, reference=compressed[1], compressed=compressed)
    top, rounding = max_along_path(target, case.problem, path)
    higher = max(problem.value(a), problem.value(b))
    return at_most(top - higher, 0, 4 * rounding, "rise of the path")


def measure(target: Target, case: TwoNetworks) -> Measurement:
    """Walk the path through the two ends as K6 compresses them."""
    problem, a, b = case.build(target)
    return rise(target, case, tuple(target.caratheodory(problem, end).network for end in (a, b)))


def as_many_as_samples(_: Target, case: TwoNetworks) -> Measurement:
    """Claim the same for m = N = 2."""
    return at_most(barrier(case.problem, case.a, case.b), 0, 0, "exact barrier at m = N")


def dropped(target: Target, case: TwoNetworks) -> Measurement:
    """Keep the N largest neurons of each end and drop the rest."""
    _, a, b = case.build(target)
    idle = len(a.theta) - len(case.problem.X)
    return rise(target, case, tuple(with_idle(target, end, smallest(end, idle)) for end in (a, b)))


@st.composite
def one_sample(draw: Draw) -> TwoNetworks:
    """Draw two equal neurons on one sample, fitting it together."""
    y = draw(whole(2, 4))
    problem = ProblemCase(((1,),), (y,), "Absolute", None, Fraction(1, 2))
    end = Weights(((1,), (1,)), (1, y - 1))
    return TwoNetworks(problem, end, end)


CLAIM = Claim(
    id="C7",
    title="With at least 2N neurons every nonempty sublevel on N samples is connected",
    source="[B26r]; theory C7",
    direction="exact",
    cases=cases(),
    measure=measure,
    controls=(
        Control("m >= 2N, not m >= N", swaps(kappas=(Fraction(1, 4),)), as_many_as_samples),
        Control("compressions keep predictions", one_sample(), dropped),
    ),
    module=__name__,
)
