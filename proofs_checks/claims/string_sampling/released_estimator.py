"""S3. A string's barrier is its largest segment, the released estimator its smallest.

``gap`` covers every segment. ``released_gap``, the estimator of [B26]'s released code, is the
smallest segment maximum met above the level during the search, minus the level, and 0 where the
limit of depth was never hit. So ::

    gap >= max_k (max of F on segment k) - level >= released_gap     if a segment is unresolved
    released_gap = 0                                                 otherwise

and the released number says nothing about the other segments.

**Direction:** lower (of ``gap``), upper (of ``released_gap``).

**Source:** [B26], released code; theory S3. docs/errata.md has the planted example.

**Control:** the released estimator claimed to bound the string from above.
"""

from __future__ import annotations

from proofs_checks.framework.claim import Claim, Control
from proofs_checks.framework.measurement import (
    Measurement,
    at_least,
    at_most,
    equal,
    worst,
)
from proofs_checks.framework.target import Target
from proofs_checks.strategies.string_cases import (
    StringCase,
    rounding_along,
    segment_maxima,
    string_cases,
)


def measure(target: Target, case: StringCase) -> Measurement:
    """Compare both estimators with the maxima of all segments on the search's own grid."""
    problem, _, _, string = case.sample(target)
    rises = [top - string.level for top in segment_maxima(problem, string.path, case.points)]
    rounding = rounding_along(case, target, string.path)
    # Both sides are float64 estimates of one number: they agree within rounding, no closer.
    parts = [at_least(string.gap + rounding, max(rises), 0, "gap against the largest segment")]
    if string.unresolved == 0:
        return worst(*parts, equal(string.released_gap, 0, 0, "released estimator, all resolved"))
    met = [rise for rise in rises if rise > rounding]
    return worst(
        *parts,
        at_least(string.released_gap, 0, 0, "released estimator"),
        *(at_most(string.released_gap, rise + rounding, 0, "released estimator") for rise in met),
    )


def released(target: Target, case: StringCase) -> Measurement:
    """Claim that the released estimator bounds the rise of the whole string."""
    problem, _, _, string = case.sample(target)
    rise = max(segment_maxima(problem, string.path, case.points)) - string.level
    rounding = rounding_along(case, target, string.path)
    return at_least(string.released_gap, rise, rounding, "released estimator")


CLAIM = Claim(
    id="S3",
    title="A string's barrier is its largest segment, the released estimator its smallest",
    source="[B26] released code; theory S3",
    direction="lower",
    cases=string_cases(),
    measure=measure,
    controls=(
        Control(
            "the largest segment counts (released estimator)",
            string_cases(losses=("Absolute",), samples_at_most=2, inputs=1, domains=("UnitBall",)),
            released,
        ),
    ),
    module=__name__,
    exact=False,
)
