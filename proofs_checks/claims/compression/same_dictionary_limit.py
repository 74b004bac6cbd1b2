"""K7. A fit with q atoms of the same dictionary cannot be better than this.

Let X be uniform on ``sqrt(M) e_i``, i = 1..M, the rows ``e_1, ..., e_M``, and the target f the mean
of the M neurons, which is ``1 / sqrt(M)`` on every sample; D = 1. Every fit with at most q < M of
these neurons errs at least ::

    mean_j (g_j - f_j)^2 >= (M - q) / M^2,     mean_j |g_j - f_j| >= (M - q) / (M sqrt(M))

**Direction:** lower, attained by the coefficients ``1 / M`` on any q neurons. Not a lower bound of
barriers: a path may move its rows.

**Source:** [B26r]; docs/theory/05-compression.md, K7.

**Controls:** one neuron whose row may move; q + 1 neurons against the bound for q.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from hypothesis import strategies as st

from proofs_checks.framework.claim import Claim, Control
from proofs_checks.framework.measurement import Measurement, at_least, at_most, worst
from proofs_checks.framework.target import Target
from proofs_checks.strategies.general import (
    Draw,
    coefficients,
    permutations,
    pick,
    whole,
)


@dataclass(frozen=True)
class Case:
    """``M = root^2`` atoms, which of them are used, and with what coefficients."""

    root: int
    used: tuple[int, ...]
    theta: tuple[Fraction, ...]


@st.composite
def cases(draw: Draw) -> Case:
    """Draw M = 4 or 9, any q < M atoms, and coefficients, the optimal ones first."""
    root = draw(pick(2, 3))
    used = draw(permutations(root**2))[: draw(whole(1, root**2 - 1))]
    best = draw(pick(True, False))
    share = Fraction(1, root**2)
    return Case(root, used, tuple(share if best else share * draw(coefficients()) for _ in used))


def risks(target: Target, root: int, W: Any, theta: Any) -> tuple[Any, Any]:
    """Return mean squared and mean absolute error of a network on the target function."""
    number = target.arithmetic(rational=True)
    kind = object if number is Fraction else np.float64
    X = np.array([[number(root * (i == k)) for i in range(root**2)] for k in range(root**2)], kind)
    y = np.array([number(Fraction(1, root))] * root**2, kind)
    network = target.Network(np.array(W, kind), np.array(theta, kind))
    squared = target.Problem(X, y, loss=target.Squared(), kappa=number(0))
    absolute = target.Problem(X, y, loss=target.Absolute(), kappa=number(0))
    return squared.value(network), absolute.value(network)


def _identity_rows(number: type, M: int) -> list[list[Any]]:
    return [[number(i == k) for i in range(M)] for k in range(M)]


def _fit(target: Target, case: Case, q: int) -> Measurement:
    number, M = target.arithmetic(rational=True), case.root**2
    theta = [number(0)] * M
    for i, coefficient in zip(case.used, case.theta, strict=True):
        theta[i] = number(coefficient)
    squared, absolute = risks(target, case.root, _identity_rows(number, M), theta)
    rounding = 0 if number is Fraction else 1e-13 * (1 + max(abs(t) for t in theta)) ** 2
    return worst(
        at_least(squared, number(Fraction(M - q, M**2)), rounding, "mean squared error"),
        at_least(absolute, number(Fraction(M - q, M * case.root)), rounding, "mean absolute error"),
    )


def measure(target: Target, case: Case) -> Measurement:
    """Compare both errors of the fit with their bounds; the optimal fit attains them."""
    q, M = len(case.used), case.root**2
    below = _fit(target, case, q)
    best = Case(case.root, case.used, (Fraction(1, M),) * q)
    number = target.arithmetic(rational=True)
    theta = [number(Fraction(1, M)) if i in best.used else number(0) for i in range(M)]
    squared, absolute = risks(target, case.root, _identity_rows(number, M), theta)
    rounding = 0 if number is Fraction else 1e-13
    return worst(
        below,
        at_most(squared, number(Fraction(M - q, M**2)), rounding, "best squared error"),
        at_most(absolute, number(Fraction(M - q, M * case.root)), rounding, "best absolute error"),
    )


def moved_row(target: Target, case: Case) -> Measurement:
    """Fit with the one row ``(1, ..., 1) / sqrt(M)`` of the ball, against the bound for q = 1."""
    number, M = target.arithmetic(rational=True), case.root**2
    row = [number(Fraction(1, case.root))] * M
    squared, _ = risks(target, case.root, [row], [number(Fraction(1, case.root))])
    return at_least(squared, number(Fraction(M - 1, M**2)), 0, "mean squared error, row moved")


def one_more(target: Target, case: Case) -> Measurement:
    """Compare the fit with the bound for one neuron fewer."""
    return _fit(target, case, len(case.used) - 1)


CLAIM = Claim(
    id="K7",
    title="A fit with q atoms of the same dictionary cannot be better than this",
    source="[B26r]; theory K7",
    direction="tight",
    cases=cases(),
    measure=measure,
    controls=(
        Control("the atoms stay in the dictionary", cases(), moved_row),
        Control("q atoms, not q + 1", cases(), one_more),
    ),
    module=__name__,
    examples=60,
)
