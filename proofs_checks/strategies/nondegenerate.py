"""Cases with nothing degenerate: where a wrong formula shows at once.

The strategies of the suite look for the extremes and often draw zeros; a search of a few dozen
cases wants some where everything is in use. Where it matters, cases are drawn of both kinds.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from hypothesis import strategies as st

from proofs_checks.framework.cases import (
    LIPSCHITZ,
    OneNetwork,
    ProblemCase,
    TwoNetworks,
    Weights,
)
from proofs_checks.strategies.general import Draw, loss_constants, pick, targets

ROWS = (
    (1, 0),
    (0, -1),
    *((Fraction(p, 5), Fraction(q, 5)) for p, q in ((3, 4), (-4, 3), (-3, -4))),
)
INPUTS = (1, -1, 2, Fraction(-1, 2))
COEFFICIENTS = (1, -1, 2, Fraction(-1, 2))


@st.composite
def nondegenerate_problems(draw: Draw, losses: Sequence[str]) -> ProblemCase:
    """Draw four samples of two inputs, none zero, in the unit-ball domain."""
    entries, loss = pick(*INPUTS), draw(pick(*losses))
    X = tuple((draw(entries), draw(entries)) for _ in range(4))
    y = tuple(draw(targets(loss)) for _ in X)
    return ProblemCase(X, y, loss, draw(loss_constants(loss)), Fraction(1, 10))


@st.composite
def nondegenerate_networks(draw: Draw) -> Weights:
    """Draw three neurons, all active, on the circle."""
    W = tuple(draw(pick(*ROWS)) for _ in range(3))
    return Weights(W, tuple(draw(pick(*COEFFICIENTS)) for _ in W))


@st.composite
def nondegenerate_network(draw: Draw, losses: Sequence[str] = LIPSCHITZ) -> OneNetwork:
    """Draw a problem and a network."""
    return OneNetwork(draw(nondegenerate_problems(losses)), draw(nondegenerate_networks()))


@st.composite
def nondegenerate_pairs(draw: Draw, losses: Sequence[str] = LIPSCHITZ) -> TwoNetworks:
    """Draw a problem and two networks."""
    problem = draw(nondegenerate_problems(losses))
    return TwoNetworks(problem, draw(nondegenerate_networks()), draw(nondegenerate_networks()))
