"""G1. The product of two features is pinned between multiples of their bisector's.

For unit vectors w1, w2 at angle a < pi, with unit bisector wm and ``[u, v]_Z`` the mean of
``relu(<u, x_j>) relu(<v, x_j>)``::

    (1 + cos a)/2 ||wm||_Z^2 - (1 - cos a)/2 D^2  <=  [w1, w2]_Z  <=  (1 + cos a)/2 ||wm||_Z^2

The upper half holds sample by sample. The lower half is sharper than the printed one, which
subtracts ``2 D^2 ((1 - cos a)/2 + sin^2 a)``. Opposite vectors have no bisector; then
``[w1, w2]_Z = 0``, which both halves say in the limit.

Everything is rational: ``(1 + cos a)/2 relu(<wm, x>)^2 = relu(<w1 + w2, x>)^2 / 4``.

**Direction:** tight, both halves: upper for equal vectors, lower for one sample along ``w1 - w2``.

**Source:** [FB17], Proposition 2.3; docs/theory/03-geometry.md, G1.

**Controls:** ``r`` as the proof prints it, ``(1 + cos a)/2`` instead of its root; vectors that are
not of norm 1; D replaced by D/2.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from hypothesis import strategies as st

from proofs_checks.framework.cases import ANY_LOSS, ProblemCase, Row, array
from proofs_checks.framework.claim import Claim, Control
from proofs_checks.framework.measurement import Measurement, at_least, at_most, worst
from proofs_checks.framework.rounding import UNIT, gamma
from proofs_checks.framework.target import Target
from proofs_checks.ground_truth.constants import feature_scale
from proofs_checks.strategies.general import SMALL_DATA, Draw, pick, problems, sphere_rows


@dataclass(frozen=True)
class Case:
    """Data and two unit vectors."""

    problem: ProblemCase
    rows: tuple[Row, Row]


@st.composite
def cases(draw: Draw, **options: Any) -> Case:
    """Draw two rational unit vectors: any, equal, opposite, or turned by a small angle."""
    problem = draw(problems(**{"losses": ANY_LOSS, "domains": ("UnitBall",), **options}))
    first = draw(sphere_rows(len(problem.X[0])))
    kind = draw(pick("any", "same", "opposite", "nearly"))
    if kind == "any":
        return Case(problem, (first, draw(sphere_rows(len(first)))))
    if kind == "nearly" and len(first) > 1:
        return Case(problem, (first, turned(first, 1 / Fraction(2 ** draw(pick(4, 10, 20))))))
    return Case(problem, (first, tuple(-w for w in first) if kind == "opposite" else first))


def turned(row: Row, tangent: Fraction) -> Row:
    """Rotate the first two entries by twice the angle of the given tangent: still a unit vector."""
    cos, sin = (1 - tangent**2) / (1 + tangent**2), 2 * tangent / (1 + tangent**2)
    return (cos * row[0] - sin * row[1], sin * row[0] + cos * row[1], *row[2:])


def parts(target: Target, case: Case, stretch: int = 1) -> tuple[Any, Any, Any, Any, Any]:
    """Return the problem, cos a, samplewise products, samplewise upper bounds, and a rounding.

    ``stretch`` multiplies the first vector, the angle is that of the directions.
    """
    problem = case.problem.build(target)
    number = case.problem.number(target)
    W = array((*case.rows, case.rows[0]), number, inward=True)
    cos = (W[0] * W[1]).sum()
    W[0] = stretch * W[0]
    W[2] = W[0] + W[1]
    theta = array((1, 1, 1), number)
    Z = target.Network(W, theta).features(problem.X)
    product, upper = Z[:, 0] * Z[:, 1], Z[:, 2] * Z[:, 2] / 4
    if number is Fraction:
        return problem, cos, product, upper, 0 * product
    size = np.abs(problem.X).sum(axis=1) ** 2
    return problem, cos, product, upper, 8 * stretch**2 * gamma(W.shape[1] + 4) * size


def measure(target: Target, case: Case) -> Measurement:
    """Check the upper half sample by sample, the lower half in the mean."""
    problem, cos, product, upper, rounding = parts(target, case)
    checks = [
        at_most(product[j], upper[j], rounding[j], "upper half, samplewise")
        for j in range(len(product))
    ]
    lower = upper.sum() / len(upper) - (1 - cos) / 2 * feature_scale(problem.X) ** 2
    exact = problem.X.dtype == object
    noise = 0 if exact else rounding.mean() + 64 * UNIT * float((problem.X**2).sum())
    checks.append(at_least(product.sum() / len(product), lower, noise, "lower half"))
    return worst(*checks)


def printed_r(target: Target, case: Case) -> Measurement:
    """Square what the proof prints for r: ``((1 + cos a)/2)^2 relu(<wm, x>)^2``."""
    _, cos, product, upper, _ = parts(target, case)
    mean = upper.sum() / len(upper)
    return at_most(product.sum() / len(product), mean * (1 + cos) / 2, 0, "r as printed")


def longer(target: Target, case: Case) -> Measurement:
    """Make the first vector three times as long and keep the factor of the bisector."""
    product = parts(target, case, stretch=3)[2]
    unit = parts(target, case)[3]
    return at_most(product.sum() / len(product), unit.sum() / len(unit), 0, "vectors of norm 3, 1")


def halved_scale(target: Target, case: Case) -> Measurement:
    """Replace D by D/2 in the lower half."""
    problem, cos, product, upper, _ = parts(target, case)
    lower = upper.sum() / len(upper) - (1 - cos) / 2 * feature_scale(problem.X) ** 2 / 4
    return at_least(product.sum() / len(product), lower, 0, "lower half, D/2")


CLAIM = Claim(
    id="G1",
    title="The product of two features is pinned between multiples of their bisector's",
    source="[FB17] Proposition 2.3; theory G1",
    direction="tight",
    cases=cases(),
    measure=measure,
    controls=(
        Control(
            "r as the square root of (1 + cos a)/2 (proof misprint)", cases(**SMALL_DATA), printed_r
        ),
        Control("vectors of norm 1 (first one tripled)", cases(**SMALL_DATA), longer),
        Control("D is the feature scale (D/2)", cases(**SMALL_DATA), halved_scale),
    ),
    module=__name__,
)
