"""The path of claims C3 and C4: sample both ends, meet at a reference."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from hypothesis import strategies as st

from proofs_checks.framework.cases import ProblemCase, TwoNetworks, Weights
from proofs_checks.framework.target import Target
from proofs_checks.ground_truth.self_sampling import outcomes
from proofs_checks.strategies.along_path import max_along_path
from proofs_checks.strategies.general import Draw, networks, pick, problems

Choice = Callable[[Iterable[Any]], Any]


@dataclass(frozen=True)
class Case:
    """Two ends of width m and a reference of width ``l < m``."""

    ends: TwoNetworks
    reference: Weights

    @property
    def idle(self) -> int:
        """``m - l``, how many neurons are drawn."""
        return self.ends.a.width - self.reference.width


@st.composite
def moving_cases(draw: Draw, losses: Sequence[str]) -> Case:
    """Draw ends of width 2 or 3 in the unit ball, and a narrower reference."""
    width = draw(pick(2, 3))
    problem = draw(problems(losses=losses, domains=("UnitBall",)))
    a, b = draw(networks(problem, width=width)), draw(networks(problem, width=width))
    return Case(TwoNetworks(problem, a, b), draw(networks(problem, width_at_most=width - 1)))


@st.composite
def sharp_ends(draw: Draw, loss: str, kappa: Fraction) -> Case:
    """Draw equal rows of opposite coefficients: both predict 0, any single one does not."""
    scale = draw(pick(Fraction(1), Fraction(2), Fraction(1, 4)))
    problem = ProblemCase(((1,),), (0,), loss, None, kappa)
    end = Weights(((1,), (1,)), (scale, -scale))
    return Case(TwoNetworks(problem, end, end), Weights(((1,),), (0,)))


def good_outcome(values: Iterable[Any]) -> Any:
    """Choose the least value: at most the mean, so within every bound of the mean."""
    return min(values)


def sampled_path(target: Target, case: Case, choose: Choice) -> tuple[Any, Any, Any, Any, Any]:
    """Walk the path through one outcome of each end.

    Parameters
    ----------
    choose : callable
        Picks, among the values of all outcomes, the one to take.

    Returns
    -------
    problem, level, reference value, highest F on the way, rounding of a rise
    """
    problem, a, b = case.ends.build(target)
    reference = case.ends.problem.network(target, case.reference)
    drawn = tuple(_drawn(target, problem, end, case.idle, choose) for end in (a, b))
    path = target.theorem_path(problem, a, b, reference=reference, compressed=drawn)
    top, rounding = max_along_path(target, case.ends.problem, path)
    level = max(problem.value(a), problem.value(b))
    return problem, level, problem.value(reference), top, 4 * rounding


def _drawn(target: Target, problem: Any, end: Any, size: int, choose: Choice) -> Any:
    if not end.theta.any():
        return end
    nets = [target.Network(end.W, theta) for _, theta in outcomes(end, size)]
    values = [problem.value(net) for net in nets]
    return nets[values.index(choose(values))]
