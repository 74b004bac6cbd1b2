"""G2. The Taylor remark of [FB17] is false as printed; this is what holds.

Printed after Proposition 2.3, for small angles a, up to ``O(a^4)``, with ``||Sigma|| = D^2``::

    2/(3 ||Sigma||) cos a <= [w1, w2]_Z <= cos a ||wm||_Z^2 <= ||Sigma|| cos a

The first inequality fails for every data set scaled by a small enough factor (its sides scale with
powers -2 and 2), even at a = 0; the second because ``cos a < (1 + cos a)/2``.

What the expansion of G1 does give is ::

    (1 - a^2/4) ||wm||_Z^2 - a^2/4 D^2 <= [w1, w2]_Z <= (1 - a^2/4 + a^4/48) ||wm||_Z^2

for every ``0 <= a < pi``. With ``q = |w1 - w2|^2 = 2 - 2 cos a`` and ``a <= 1`` we have
``q <= a^2 <= q + q^2/4``: both sides are compared through rational bounds of ``a^2``.

**Direction:** upper and lower; the controls are the printed inequalities.

**Source:** [FB17], the display after Proposition 2.3; docs/errata.md.

**Controls:** the printed lower and upper bound, each at angles below 1/8 with ``a^4`` granted.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from hypothesis.strategies import SearchStrategy

from proofs_checks.claims.geometry.bisector import Case, cases, parts
from proofs_checks.framework.claim import Claim, Control
from proofs_checks.framework.measurement import Measurement, at_least, at_most, worst
from proofs_checks.framework.rounding import UNIT
from proofs_checks.framework.target import Target
from proofs_checks.framework.verdict import Verdict
from proofs_checks.ground_truth.constants import feature_scale
from proofs_checks.strategies.general import SMALL_DATA

LARGEST = Fraction(1, 64)  # of q, hence angles a <= 1/8


def small_angles(**options: Any) -> SearchStrategy[Case]:
    """Return the cases of G1 whose angle is at most 1/8."""
    return cases(**options).filter(lambda case: squared_distance(case) <= LARGEST)


def squared_distance(case: Case) -> Fraction:
    """Return ``q = |w1 - w2|^2``."""
    return sum((Fraction(u - v) ** 2 for u, v in zip(*case.rows, strict=True)), Fraction(0))


def quantities(target: Target, case: Case) -> tuple[Any, Any, Any, Any, Any, Any]:
    """Return the problem, ``cos a``, ``q``, ``[w1, w2]_Z``, ``||wm||_Z^2`` and a rounding."""
    problem, cos, product, upper, rounding = parts(target, case)
    q = 2 - 2 * cos
    squared_bisector = upper.sum() / len(upper) * 2 / (1 + cos)
    exact = problem.X.dtype == object
    noise = 0 if exact else 4 * rounding.mean() + 64 * UNIT * float((problem.X**2).sum())
    return problem, cos, q, product.sum() / len(product), squared_bisector, noise


def measure(target: Target, case: Case) -> Measurement:
    """Compare with both sides of the corrected expansion; ``q <= a^2`` and ``a^2 <= q + q^2/4``."""
    problem, _, q, product, bisector, noise = quantities(target, case)
    square = q + q * q / 4
    lower = (1 - square / 4) * bisector - square / 4 * feature_scale(problem.X) ** 2
    upper = (1 - q / 4 + square * square / 48) * bisector
    return worst(
        at_most(product, upper, noise, "corrected upper bound"),
        at_least(product, lower, noise, "corrected lower bound"),
    )


def printed_lower(target: Target, case: Case) -> Measurement:
    """Check ``2/(3 ||Sigma||) cos a <= [w1, w2]_Z`` with ``a^4`` granted."""
    problem, cos, q, product, _, _ = quantities(target, case)
    scale = feature_scale(problem.X) ** 2
    granted = (q + q * q / 4) ** 2
    return at_most(2 * cos, 3 * scale * (product + granted), 0, "printed lower bound")


def printed_upper(target: Target, case: Case) -> Measurement:
    """Check ``[w1, w2]_Z <= cos a ||wm||_Z^2`` with ``a^4`` granted."""
    _, cos, q, product, bisector, _ = quantities(target, case)
    granted = (q + q * q / 4) ** 2
    return at_most(product, cos * bisector + granted, 0, "printed upper bound")


CLAIM = Claim(
    id="G2",
    title="The Taylor remark of [FB17] is false as printed; this is what holds",
    source="[FB17] display after Proposition 2.3; theory G2, errata",
    direction="upper",
    cases=small_angles(),
    measure=measure,
    controls=(
        Control(
            "printed lower bound 2/(3 |Sigma|) cos a", small_angles(**SMALL_DATA), printed_lower
        ),
        Control("printed upper bound cos a |wm|^2", small_angles(**SMALL_DATA), printed_upper),
    ),
    module=__name__,
    verdict_if_not_refuted=Verdict.AS_PRINTED,
)
