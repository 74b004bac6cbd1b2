"""D5. With free biases, dual vectors of sum 0 and shifted samples bound every network.

Let ``sum_j v_j = 0`` exactly. Over all ``||w|| <= 1`` and all biases b::

    M = max |mean_j v_j relu(<w, x_j> + b)| = max_k max_w |mean_j v_j relu(<w, x_j - x_k>)|
    -mean_j L*(y_j, c v_j) <= F(any network with free biases),   c = min(1, kappa / M)

The bound is that of a free constant: a neuron with weight 0 and a huge bias B predicts a constant
c at the price ``kappa |c| / B``. Tried with half-squared loss, biases up to 2**60, and the oracle
compared for one data input with M in fractions.

**Direction:** tight.

**Source:** docs/theory/08-minimum.md, D5.

**Controls:** a dual vector whose sum is not 0; kinks at 0 in place of kinks at every sample.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np
from hypothesis import strategies as st

from proofs_checks.framework.cases import ProblemCase, Row, array
from proofs_checks.framework.claim import Claim, Control
from proofs_checks.framework.measurement import Measurement, at_least, at_most, worst
from proofs_checks.framework.target import Target
from proofs_checks.strategies.general import Draw, pick, problems, whole

HUGE_BIAS = 2**60


@dataclass(frozen=True)
class Case:
    """A problem, integer factors, one neuron (weights, bias, coefficient) and a constant."""

    problem: ProblemCase
    v: Row
    weights: Row
    bias: Fraction
    coefficient: Fraction
    constant: Fraction


@st.composite
def cases(draw: Draw) -> Case:
    """Draw factors with sum 0 and a neuron with its kink at a sample or elsewhere."""
    kappas = (Fraction(1, 2), 1, Fraction(1, 8))
    problem = draw(problems(losses=("HalfSquared",), domains=("NormalizedWeights",), kappas=kappas))
    v = [draw(whole(-3, 3)) for _ in problem.X]
    v[-1] -= sum(v)
    d = len(problem.X[0]) - 1
    axis = draw(whole(0, d - 1))
    side = draw(pick(1, -1))
    weights = tuple(Fraction(side if i == axis else 0) for i in range(d))
    kink = problem.X[draw(whole(0, len(v) - 1))]
    bias = -side * Fraction(kink[axis]) + draw(pick(0, 0, 1, -2))
    numbers = (Fraction(draw(whole(-8, 8)), 4) for _ in range(2))
    return Case(problem, tuple(v), weights, bias, *numbers)


def features(X: np.ndarray, weights: Row, bias: Fraction) -> list[Fraction]:
    """Return ``relu(<w, x_j> + b)`` in fractions."""
    heights = [sum(w * Fraction(x) for w, x in zip(weights, row, strict=False)) for row in X]
    return [max(height + bias, Fraction(0)) for height in heights]


def correlation(v: Row, values: list[Fraction]) -> Fraction:
    """Return ``|mean_j v_j h_j|`` in fractions."""
    total = sum((a * h for a, h in zip(v, values, strict=True)), Fraction(0))
    return abs(total) / len(values)


def kinks_at_samples(X: np.ndarray, v: Row) -> Fraction:
    """Return M for one data input: weight 1 or -1 and a kink at each sample."""
    return max(
        correlation(v, features(X, (side,), -side * Fraction(row[0])))
        for row in X
        for side in (Fraction(1), Fraction(-1))
    )


def dual_value(y: np.ndarray, v: Row, scale: Fraction) -> Fraction:
    """Return ``-mean_j L*(y_j, c v_j)`` of the half-squared loss."""
    terms = [scale * a * Fraction(t) + (scale * a) ** 2 / 2 for a, t in zip(v, y, strict=True)]
    return -sum(terms) / Fraction(len(y))


def objective(case: Case, X: np.ndarray, y: np.ndarray) -> Fraction:
    """Return F of the neuron and a constant from a neuron of weight 0 and a huge bias."""
    f = [case.coefficient * h + case.constant for h in features(X, case.weights, case.bias)]
    risk = sum((a - Fraction(t)) ** 2 for a, t in zip(f, y, strict=True)) / (2 * len(f))
    price = abs(case.coefficient) + abs(case.constant) / HUGE_BIAS
    return Fraction(risk + Fraction(case.problem.kappa) * price)


def measure(target: Target, case: Case) -> Measurement:
    """Compare the oracle with a row, with M for one data input, and the bound with a network."""
    problem = case.problem.build(replace(target, exact=False, precise=False))
    X, y = array(case.problem.X, float), array(case.problem.y, float)
    bound, _, exact = target.max_correlation(problem, array(case.v, float))
    most = Fraction(float(bound))
    reached = correlation(case.v, features(X, case.weights, case.bias))
    kappa = Fraction(case.problem.kappa)
    scale = min(Fraction(1), kappa / most) if most else Fraction(1)
    parts = [
        at_most(reached, most, 0, "correlation of a row with its bias"),
        at_most(dual_value(y, case.v, scale), objective(case, X, y), 0, "dual bound"),
    ]
    if X.shape[1] == 2 and exact:
        right = kinks_at_samples(X, case.v)
        size = Fraction(float(np.abs(array(case.v, float)).sum() * np.ptp(X[:, 0])))
        parts.append(at_most(right, most, 0, "oracle, of the largest of all kinks"))
        allowance = size / 10**12
        parts.append(at_least(right + 2 * allowance, most, allowance, "largest of all kinks"))
    return worst(*parts)


@st.composite
def one_constant(draw: Draw) -> Case:
    """Draw two samples with target 1, factors -1, and the network that predicts 1."""
    X = ((Fraction(0), Fraction(1)), (Fraction(1), Fraction(1)))
    y = (draw(pick(1, 2)),) * 2
    problem = ProblemCase(X, y, "HalfSquared", None, Fraction(1, 2), "NormalizedWeights")
    zero = Fraction(0)
    return Case(problem, (-1, -1), (Fraction(1),), zero, zero, Fraction(y[0]))


def any_sum(_: Target, case: Case) -> Measurement:
    """Scale a vector whose sum is not 0 by its correlations at the samples' kinks alone."""
    X, y = array(case.problem.X, float), array(case.problem.y, float)
    scale = min(Fraction(1), case.problem.kappa / kinks_at_samples(X, case.v))
    return at_most(dual_value(y, case.v, scale), objective(case, X, y), 0, "dual bound")


@st.composite
def one_side(draw: Draw) -> Case:
    """Draw three samples on one side of 0 and the row whose kink is at the middle one."""
    shift = draw(pick(1, 2))
    X = tuple((Fraction(k + shift), Fraction(1)) for k in range(3))
    problem = ProblemCase(X, (0, 0, 0), "HalfSquared", None, Fraction(1), "NormalizedWeights")
    zero = Fraction(0)
    return Case(problem, (1, -2, 1), (Fraction(1),), Fraction(-1 - shift), zero, zero)


def kinks_at_zero(_: Target, case: Case) -> Measurement:
    """Leave the breakpoints out: rows without bias only."""
    X = array(case.problem.X, float)
    unshifted = [correlation(case.v, features(X, (s,), Fraction(0))) for s in (1, -1)]
    reached = correlation(case.v, features(X, case.weights, case.bias))
    return at_most(reached, max(unshifted), 0, "correlation of a row with its bias")


CLAIM = Claim(
    id="D5",
    title="With free biases, dual vectors of sum 0 and shifted samples bound every network",
    source="theory D5",
    direction="tight",
    cases=cases(),
    measure=measure,
    controls=(
        Control("the dual vector sums to 0", one_constant(), any_sum),
        Control("a kink at every sample", one_side(), kinks_at_zero),
    ),
    module=__name__,
    exact=False,
    examples=80,
)
