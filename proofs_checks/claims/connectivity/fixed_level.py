"""C2. At a fixed level the thickening falls as one over the width, in every dimension.

If a network of width l <= m has ``F <= lam``, then any two networks A, B of width m with ``F <=
lam`` are joined by an explicit path (prune the l smallest neurons, meet at the witness). For an
L-Lipschitz loss, rows in the unit ball and ``kappa > 0``::

    max F <= lam + (L D - kappa)_+ (l / m) (lam - Rlow) / kappa

**Direction:** tight for this path: one sample, equal neurons that fit it. For one input the exact
barrier (C6) is below the bound as well.

**Source:** [B26r]; docs/theory/06-connectivity.md, C2.

**Controls:** pruning the largest; the squared loss with L = 1, where even the exact barrier exceeds
the bound.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from hypothesis import strategies as st

from proofs_checks.framework.cases import LIPSCHITZ, ProblemCase, TwoNetworks, Weights
from proofs_checks.framework.claim import Claim, Control
from proofs_checks.framework.measurement import Measurement, at_most, worst
from proofs_checks.framework.target import Target
from proofs_checks.ground_truth.constants import feature_scale
from proofs_checks.ground_truth.one_dimension import barrier, value
from proofs_checks.strategies.along_path import max_along_path, smallest, with_idle
from proofs_checks.strategies.general import Draw, either, networks, two_networks, whole
from proofs_checks.strategies.small import small_pair, swaps


@dataclass(frozen=True)
class Case:
    """Two ends and a witness of width l."""

    ends: TwoNetworks
    witness: Weights

    def build(self, target: Target) -> tuple[Any, Any, Any, Any]:
        """Return the target's problem, ends and witness."""
        return *self.ends.build(target), self.ends.problem.network(target, self.witness)


@st.composite
def cases(draw: Draw) -> Case:
    """Draw two networks and a witness no wider, all in the unit ball."""
    ends = draw(two_networks(losses=LIPSCHITZ, domains=("UnitBall",)))
    return Case(ends, draw(networks(ends.problem, width_at_most=ends.a.width)))


@st.composite
def sharp(draw: Draw) -> Case:
    """Draw the extremal example: m equal neurons fit one sample, l of them are pruned."""
    width = draw(whole(1, 4))
    problem = ProblemCase(((1,),), (1,), "Absolute", None, Fraction(1, 2))
    end = Weights(((1,),) * width, (Fraction(1, width),) * width)
    few = draw(whole(1, width))
    witness = Weights(((1,),) * few, (Fraction(1, few),) * few)
    return Case(TwoNetworks(problem, end, end), witness)


def rate(problem: Any, slope: Any, share: Fraction, level: Any) -> Any:
    """Return ``(L D - kappa)_+ (l / m) (lam - Rlow) / kappa``."""
    number = type(problem.kappa)
    excess = number(slope) * feature_scale(problem.X) - problem.kappa
    return max(excess, number(0)) * number(share) * level / problem.kappa


def measure(target: Target, case: Case) -> Measurement:
    """Walk the path pruned by the target, and where it is known compare the exact barrier."""
    problem, a, b, witness = case.build(target)
    pruned = tuple(target.prune(problem, end, len(witness.theta)).network for end in (a, b))
    rise, bound, rounding = _rise(target, case, pruned)
    parts = [at_most(rise, bound, rounding, "rise of the path")]
    if problem.inputs == 1 and isinstance(bound, Fraction):
        ends = case.ends
        higher = max(value(ends.problem, ends.a), value(ends.problem, ends.b))
        level = max(higher, value(ends.problem, case.witness))
        exact = barrier(ends.problem, ends.a, ends.b) + higher - level
        parts.append(at_most(exact, bound, 0, "exact barrier"))
    return worst(*parts)


def _rise(target: Target, case: Case, pruned: tuple[Any, Any]) -> tuple[Any, Any, Any]:
    """Return the rise of the witness path above the level, its bound and the rounding."""
    problem, a, b, witness = case.build(target)
    path = target.theorem_path(problem, a, b, reference=witness, compressed=pruned)
    top, rounding = max_along_path(target, case.ends.problem, path)
    level = max(problem.value(network) for network in (a, b, witness))
    share = Fraction(len(witness.theta), len(a.theta))
    bound = rate(problem, case.ends.problem.lipschitz, share, level)
    return top - level, bound, 4 * rounding


def largest(target: Target, case: TwoNetworks) -> Measurement:
    """Prune the larger of two neurons and meet at a witness of one."""
    _, a, b = case.build(target)
    pruned = tuple(with_idle(target, end, 1 - smallest(end, 1)) for end in (a, b))
    mass = sum(abs(Fraction(c)) for c in case.a.theta)
    rise, bound, _ = _rise(target, Case(case, Weights(((1,),), (mass,))), pruned)
    return at_most(rise, bound, 0, "rise of the path")


def squared_loss(target: Target, case: TwoNetworks) -> Measurement:
    """Compare the exact barrier under the squared loss with the bound for L = 1 and l = m."""
    problem, a, b = case.build(target)
    higher = max(problem.value(a), problem.value(b))
    exact = barrier(case.problem, case.a, case.b)
    return at_most(exact, rate(problem, 1, Fraction(1), higher), 0, "exact barrier")


def _uneven() -> st.SearchStrategy[TwoNetworks]:
    return small_pair(kappas=(Fraction(1, 2),), samples=1, targets=(0, 10))


CLAIM = Claim(
    id="C2",
    title="At a fixed level the thickening falls as one over the width, in every dimension",
    source="[B26r]; theory C2",
    direction="tight",
    cases=either(sharp(), cases()),
    measure=measure,
    controls=(
        Control("the smallest are pruned", _uneven(), largest),
        Control(
            "the loss is Lipschitz",
            swaps(losses=("Squared",), kappas=(Fraction(1, 2),)),
            squared_loss,
        ),
    ),
    module=__name__,
    examples=120,
)
