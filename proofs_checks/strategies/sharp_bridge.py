"""The extremal example of P3: the case in which the bridge bound is attained."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import strategies as st

from proofs_checks.framework.cases import ProblemCase, TwoNetworks, Weights
from proofs_checks.strategies.general import Draw, pick, whole


@st.composite
def sharp(draw: Draw) -> TwoNetworks:
    """Draw the extremal example: a coefficient is handed over while both rows move by r."""
    r, mass = Fraction(1, draw(whole(1, 4))), Fraction(draw(whole(1, 4)))
    problem = ProblemCase(((1,),), (0,), "Absolute", None, draw(pick(1, Fraction(1, 2))))
    a = Weights(((0,), (r,)), (mass, 0))
    return TwoNetworks(problem, a, Weights(((r,), (0,)), (0, mass)))
