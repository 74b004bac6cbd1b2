"""Where counterexamples are looked for: networks and data with every degeneracy the theory allows.

Every draw goes through `whole` and shrinks toward the first option of a `pick`: put the dullest
first. Building a strategy costs more than drawing from it, hence the caches. Numbers are rationals,
so a case is exact, prints as Python and shrinks to something a person can follow. What the
strategies can produce is tested by ``tests/suite/test_strategies.py``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import cache, lru_cache
from typing import Any, TypeVar

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from proofs_checks.framework.cases import (
    ALL_LOSSES,
    ANY_LOSS,
    OneNetwork,
    ProblemCase,
    Rational,
    Row,
    Rows,
    TwoNetworks,
    Weights,
)
from proofs_checks.framework.exact import sphere_point

T = TypeVar("T")
Draw = Callable[[SearchStrategy[Any]], Any]

TINY, HUGE = Fraction(1, 2**30), Fraction(2**20)
NEARLY = Fraction(1, 2**20)

# Options of `problems` for a control, where one short counterexample is all that is wanted.
SMALL: dict[str, Any] = {
    "samples_at_most": 1,
    "inputs_at_most": 2,
    "losses": ("Absolute",),
    "domains": ("UnitBall",),
    "kappas": (Fraction(1, 2),),
}

# The same where the loss plays no part.
SMALL_DATA: dict[str, Any] = {**SMALL, "losses": ANY_LOSS}

# Hypothesis mixes integer literals of the loaded source files into its draws. No literal lies
# here, so a draw depends on the seed alone and the same seed gives the same ledger anywhere.
_OFFSET = 7 * 10**9


@cache
def whole(low: int, high: int) -> SearchStrategy[int]:
    """Integers from ``low`` to ``high``, shrinking to ``low``."""
    return st.integers(_OFFSET, _OFFSET + high - low).map(lambda k: k - _OFFSET + low)


@lru_cache(maxsize=None, typed=True)
def pick(*options: T) -> SearchStrategy[T]:
    """One of the options, shrinking to the first."""
    return whole(0, len(options) - 1).map(lambda k: options[k])


more = whole(0, 3).map(bool)  # continue a collection; shrinks to stopping


def either(*strategies: SearchStrategy[T]) -> SearchStrategy[T]:
    """Draw from one of the strategies, shrinking to the first."""
    return whole(0, len(strategies) - 1).flatmap(lambda k: strategies[k])


@cache
@st.composite
def rationals(draw: Draw, magnitude: int = 4) -> Rational:
    """Small signed rationals with small denominators; 0 first, then 1."""
    numerator, sign = draw(whole(0, 3 * magnitude)), draw(pick(1, -1))
    return sign * Fraction(numerator, draw(pick(1, 2, 3)))


@cache
@st.composite
def coefficients(draw: Draw) -> Rational:
    """Output coefficients and targets: zero, small, tiny or huge."""
    return draw(rationals()) * draw(pick(1, 1, 1, 1, TINY, HUGE))


@cache
@st.composite
def permutations(draw: Draw, length: int) -> tuple[int, ...]:
    """Orders of ``range(length)``, shrinking to the identity."""
    rest = list(range(length))
    return tuple([rest.pop(draw(whole(0, len(rest) - 1))) for _ in range(length)])


@cache
def times() -> SearchStrategy[Rational]:
    """Draw times in [0, 1], both ends included."""
    return st.tuples(whole(0, 16), pick(16, 12, 7)).map(lambda k: min(Fraction(*k), Fraction(1)))


@cache
@st.composite
def sphere_rows(draw: Draw, n: int) -> Row:
    """Rational unit vectors of length ``n``, every one but a pole: axes first."""
    if n == 1:
        return (draw(pick(1, -1)),)
    point = sphere_point([draw(rationals(2)) for _ in range(n - 1)])
    turn = draw(whole(0, n - 1))
    return (*point[turn:], *point[:turn])


@st.composite
def ball_rows(draw: Draw, n: int, earlier: Rows = (), X: Rows = ()) -> Row:
    """Rows of the closed unit ball, some in a degenerate position to earlier rows or samples."""
    kind = draw(pick("sphere", "zero", "inside", "same", "opposite", "nearly", "kink", "always"))
    if kind in ("same", "opposite", "nearly") and earlier:
        row = earlier[draw(whole(0, len(earlier) - 1))]
        if kind == "nearly":
            axis, side = draw(whole(0, n - 1)), draw(pick(1, -1))
            return tuple((1 - NEARLY) * w + NEARLY * side * (k == axis) for k, w in enumerate(row))
        return row if kind == "same" else tuple(-w for w in row)
    if kind in ("kink", "always") and X:
        sample = X[draw(whole(0, len(X) - 1))]
        return _orthogonal(sample) if kind == "kink" else _along(sample)
    if kind == "zero":
        return (Fraction(0),) * n
    row = draw(sphere_rows(n))
    return tuple(w * draw(pick(Fraction(1, 2), TINY)) for w in row) if kind == "inside" else row


@st.composite
def samples(draw: Draw, n: int, earlier: Rows = (), bias: bool = False) -> Row:
    """One sample: small, zero, repeated, collinear with an earlier one, tiny or huge."""
    kind = draw(pick("small", "zero", "same", "collinear", "scaled"))
    if kind == "zero":
        row: Row = (Fraction(0),) * n
    elif kind in ("same", "collinear") and earlier:
        factor = 1 if kind == "same" else draw(rationals(2))
        row = tuple(factor * x for x in earlier[draw(whole(0, len(earlier) - 1))])
    else:
        scale = draw(pick(TINY, HUGE)) if kind == "scaled" else 1
        row = tuple(scale * draw(rationals(2)) for _ in range(n))
    return (*row[:-1], Fraction(1)) if bias else row


@st.composite
def problems(
    draw: Draw,
    losses: Sequence[str] = ALL_LOSSES,
    samples_at_most: int = 4,
    inputs_at_most: int = 3,
    domains: Sequence[str] = ("UnitBall", "NormalizedWeights"),
    kappas: Sequence[Rational] = (Fraction(1, 2), 1, Fraction(1, 1000), 4, Fraction(1, 10**6)),
    inputs: int | None = None,
) -> ProblemCase:
    """Problems over every loss and both domains, with degenerate data.

    Parameters
    ----------
    losses, domains, kappas : sequences
        What to choose from, dullest first.
    inputs : int, optional
        Fix ``n`` rather than draw it.
    """
    domain = draw(pick(*domains))
    bias = domain == "NormalizedWeights"
    n = inputs or draw(whole(1 + bias, max(inputs_at_most, 1 + bias)))
    loss = draw(pick(*losses))
    constant, kappa = draw(loss_constants(loss)), draw(pick(*kappas))
    X: Rows = ()
    y: Row = ()
    while not y or (len(y) < samples_at_most and draw(more)):
        X, y = (*X, draw(samples(n, X, bias))), (*y, draw(targets(loss)))
    return ProblemCase(X, y, loss, constant, kappa, domain)


@cache
def targets(loss: str) -> SearchStrategy[Rational]:
    """Targets the loss allows."""
    if loss in ("Logistic", *ANY_LOSS):
        return pick(0, 1) if loss == "Logistic" else pick(1)
    return pick(1, -1) if loss == "Hinge" else coefficients()


@cache
def loss_constants(loss: str) -> SearchStrategy[Rational | None]:
    """``delta`` of Huber, ``tau`` of pinball, else None."""
    if loss == "Huber":
        return pick(Fraction(1), Fraction(1, 4), Fraction(3))
    return pick(Fraction(1, 2), Fraction(1, 4), Fraction(7, 8)) if loss == "Pinball" else pick(None)


@st.composite
def hidden_rows(draw: Draw, problem: ProblemCase, earlier: Rows = ()) -> Row:
    """One row inside the domain of the problem, maybe in degenerate position to earlier rows."""
    n = len(problem.X[0])
    if problem.domain == "UnitBall":
        return draw(ball_rows(n, earlier, problem.X))
    weights = tuple(row[:-1] for row in earlier)
    samples_seen = tuple(x[:-1] for x in problem.X)
    row: Row = draw(ball_rows(n - 1, weights, samples_seen))
    return (*row, draw(rationals()))


@st.composite
def networks(
    draw: Draw, problem: ProblemCase, width: int | None = None, width_at_most: int = 4
) -> Weights:
    """Networks in the domain of a problem: dead, duplicate, opposite and always-on neurons too.

    Under `NormalizedWeights` the last neuron is the constant one and counts in the width.
    """
    frozen = problem.domain == "NormalizedWeights"
    W: Rows = ()
    theta: Row = ()
    while len(W) + frozen < (width or width_at_most):
        if width is None and (W or frozen) and not draw(more):
            break
        W, theta = (*W, draw(hidden_rows(problem, W))), (*theta, draw(coefficients()))
    if frozen:
        constant = (*(Fraction(0),) * (len(problem.X[0]) - 1), Fraction(1))
        W, theta = (*W, constant), (*theta, draw(coefficients()))
    return Weights(W, theta)


@st.composite
def one_network(draw: Draw, width_at_most: int = 4, **options: Any) -> OneNetwork:
    """Draw a problem with these options (see `problems`) and a network in its domain."""
    problem = draw(problems(**options))
    return OneNetwork(problem, draw(networks(problem, width_at_most=width_at_most)))


@st.composite
def two_networks(draw: Draw, width_at_most: int = 4, **options: Any) -> TwoNetworks:
    """Draw a problem with these options and two networks of one width in its domain."""
    problem = draw(problems(**options))
    a = draw(networks(problem, width_at_most=width_at_most))
    return TwoNetworks(problem, a, draw(networks(problem, width=a.width)))


def _orthogonal(sample: Row) -> Row:
    """Return a row of the ball on the kink of a sample; the zero row where n = 1."""
    zeros = (Fraction(0),) * (len(sample) - 2)
    if len(sample) == 1:
        return (Fraction(0),)
    first, second = Fraction(sample[0]), Fraction(sample[1])
    size = abs(first) + abs(second)
    if size == 0:
        return (Fraction(1), Fraction(0), *zeros)
    return (second / size, -first / size, *zeros)


def _along(sample: Row) -> Row:
    """Return a row of the ball in the direction of a sample."""
    size = sum((abs(Fraction(x)) for x in sample), Fraction(0))
    return tuple(x / size for x in sample) if size else sample
