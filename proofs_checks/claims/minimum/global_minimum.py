"""D3. Column generation finds the minimum of all widths, and its dual bound proves it.

With the network found and the dual bound of the last round, in exact arithmetic at the stored
numbers::

    dual bound <= e_inf <= F(network),    F(network) - e_inf <= 1e-8 (1 + e_inf)

Tried for one input, where ``e_inf`` is known exactly. What ``gap`` reports is then at least the
true one.

**Direction:** tight.

**Source:** sliding Frank-Wolfe [DDP20], cells [PE20]; docs/theory/08-minimum.md, D3.

**Control:** one column only: the best single ray in place of e_inf.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

from proofs_checks.framework.cases import ProblemCase, Weights
from proofs_checks.framework.claim import Claim, Control
from proofs_checks.framework.measurement import (
    Measurement,
    at_least,
    at_most,
    equal,
    worst,
)
from proofs_checks.framework.target import Target
from proofs_checks.ground_truth.one_dimension import ray_minima, value
from proofs_checks.strategies.general import either
from proofs_checks.strategies.one_input import any_problem, two_sided

FOUND = Fraction(1, 10**8)


def measure(target: Target, case: ProblemCase) -> Measurement:
    """Compare value and dual bound with the exact minimum."""
    floating = replace(target, exact=False, precise=False)
    found = floating.global_minimum(case.build(floating))
    rounding = Fraction(case.rounding(floating, found.network))
    least, reached = ray_minima(case).both, value(case, _stored(found.network))
    reported, bound = Fraction(float(found.value)), Fraction(float(found.dual_bound))
    return worst(
        at_most(bound, least, 0, "dual bound against the minimum"),
        at_least(reached, least, 0, "value against the minimum"),
        equal(reported, reached, rounding, "value as reported"),
        at_most(reached - least, FOUND * (1 + least), 0, "what is left to find"),
        at_most(reached - least, reported - bound + rounding, 0, "true gap, reported gap"),
    )


def _stored(network: Any) -> Weights:
    """Return the numbers of a network as the fractions they are."""
    W = tuple((Fraction(float(row[0])),) for row in network.W)
    return Weights(W, tuple(Fraction(float(c)) for c in network.theta))


def one_column(_: Target, case: ProblemCase) -> Measurement:
    """Stop at the best single ray."""
    rays = ray_minima(case)
    return at_most(rays.one - rays.both, FOUND * (1 + rays.both), 0, "what is left to find")


CLAIM = Claim(
    id="D3",
    title="Column generation finds the minimum of all widths, and its dual bound proves it",
    source="[DDP20], [PE20]; theory D3",
    direction="tight",
    cases=either(two_sided(), any_problem()),
    measure=measure,
    controls=(Control("more than one column", two_sided(), one_column),),
    module=__name__,
    exact=False,
    examples=25,
)
