"""D6. Any multipliers give a bound of the largest correlation, for any number of inputs.

With ``u = <w, x_j>``, on the unit ball, for all ``d > 0`` and all ``|e| <= min(b, 1 - b)``::

    a > 0:   a relu(u) <= a u / 2 + d u**2 + a**2 / (16 d)
    a < 0:   a relu(u) <= a u (b + <e, w>)

The sum is ``<c, w> + w' Q w`` and a constant. If ``[[mu I - Q, -c/2], [-c'/2, tau]] = C C' + R``,
the quadratic part is at most ``mu + tau + 2 |R|`` on the ball. For one sample the best multipliers
prove the maximum itself, ``a |x|``.

**Direction:** tight. Rows in fractions against bounds in float64, with no tolerance.

**Source:** docs/theory/08-minimum.md, D6.

**Controls:** tilts longer than ``min(b, 1 - b)``; a factorisation whose residual is left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from hypothesis import strategies as st

from proofs_checks.framework.cases import Row, array
from proofs_checks.framework.claim import Claim, Control
from proofs_checks.framework.measurement import Measurement, at_least, at_most, worst
from proofs_checks.framework.target import Target
from proofs_checks.strategies.general import Draw, pick, whole

TIGHT = 1 + Fraction(1, 10**9)


@dataclass(frozen=True)
class Case:
    """Samples, weights, a row of the ball, and multipliers nobody chose well."""

    X: tuple[Row, ...]
    a: Row
    row: Row
    curvature: Row
    offset: Row
    tilt: tuple[Row, ...]
    radius: Fraction


@st.composite
def cases(draw: Draw) -> Case:
    """Draw up to four samples of up to five inputs; tilts may be too long, offsets outside."""
    samples, inputs = draw(whole(1, 4)), draw(whole(1, 5))

    def numbers(count: int, least: int, most: int, parts: int) -> Row:
        return tuple(Fraction(draw(whole(least, most)), parts) for _ in range(count))

    return Case(
        tuple(numbers(inputs, -3, 3, 1) for _ in range(samples)),
        numbers(samples, -4, 4, 2),
        _row(draw, inputs),
        numbers(samples, 1, 16, 8),
        numbers(samples, -1, 5, 4),
        tuple(numbers(inputs, -4, 4, 4) for _ in range(samples)),
        Fraction(draw(whole(1, 200)), 2),
    )


def _row(draw: Draw, inputs: int) -> Row:
    """Draw plus or minus a unit vector along an axis, or of entries 3/5 and 4/5."""
    row = [Fraction(0)] * inputs
    first, second = draw(whole(0, inputs - 1)), draw(whole(0, inputs - 1))
    row[first] = Fraction(draw(pick(1, -1)))
    if first != second and draw(pick(True, False)):
        row[first], row[second] = row[first] * Fraction(3, 5), Fraction(draw(pick(4, -4)), 5)
    return tuple(row)


def heights(case: Case) -> list[Fraction]:
    """Return ``<w, x_j>`` in fractions."""
    return [
        sum((Fraction(w * x) for w, x in zip(case.row, sample, strict=True)), Fraction(0))
        for sample in case.X
    ]


def correlation(case: Case) -> Fraction:
    """Return ``sum_j a_j relu(<w, x_j>)`` in fractions."""
    terms = (a * max(u, Fraction(0)) for a, u in zip(case.a, heights(case), strict=True))
    return sum(terms, Fraction(0))


def measure(target: Target, case: Case) -> Measurement:
    """Compare a row with the bound, and the bound of one sample along an axis with its length."""
    X, a = array(case.X, float), array(case.a, float)
    multipliers = target.Multipliers(
        array(case.curvature, float),
        array(case.offset, float),
        array(case.tilt, float),
        float(case.radius),
    )
    bound = float(target.relaxed_bound(X, a, multipliers))
    parts = [at_most(correlation(case), bound, 0, "correlation of a row")]
    length = sum((abs(Fraction(x)) for x in case.X[0]), Fraction(0))
    if length:
        sample, one = np.zeros_like(X[:1]), np.ones(1)
        sample[0, 0] = length
        best = target.Multipliers(one / float(4 * length), 0 * one, 0 * sample, float(length / 2))
        proven = float(target.relaxed_bound(sample, one, best))
        parts.append(at_least(proven, length, 0, "bound of one sample"))
        parts.append(at_most(proven, length * TIGHT, 0, "bound of one sample, best multipliers"))
    return worst(*parts)


def long_tilt(_: Target, case: Case) -> Measurement:
    """Use the tilts as drawn, of any length, at the first sample with weight -1."""
    u = heights(case)[0]
    lean = sum((w * e for w, e in zip(case.row, case.tilt[0], strict=True)), Fraction(0))
    offset = min(max(case.offset[0], Fraction(0)), Fraction(1))
    return at_most(-max(u, Fraction(0)), -u * (offset + lean), 0, "-relu(u)")


def no_residual(_: Target, case: Case) -> Measurement:
    """Take ``mu = tau = 0`` and ``C = 0`` for a proof: nothing is left but the constants.

    Weights above 0 are used, with ``d`` so large that their constants are small.
    """
    constants = sum((max(a, Fraction(0)) ** 2 for a in case.a), Fraction(0)) / (16 * 10**6)
    return at_most(correlation(case), constants, 0, "correlation of a row")


CLAIM = Claim(
    id="D6",
    title="Any multipliers give a bound of the largest correlation, for any number of inputs",
    source="theory D6",
    direction="tight",
    cases=cases(),
    measure=measure,
    controls=(
        Control("tilts no longer than min(b, 1 - b)", cases(), long_tilt),
        Control("the residual of the factorisation", cases(), no_residual),
    ),
    module=__name__,
    exact=False,
    examples=120,
)
