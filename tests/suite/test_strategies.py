"""The strategies can produce every degeneracy, and nothing outside the hypotheses."""

from __future__ import annotations

from fractions import Fraction
from random import Random

import hypothesis
import pytest
from hypothesis import HealthCheck, Phase, settings

from proofs_checks.framework.cases import ALL_LOSSES, LIPSCHITZ, RATIONAL
from proofs_checks.strategies.general import (
    HUGE,
    SMALL,
    TINY,
    ball_rows,
    coefficients,
    networks,
    one_network,
    permutations,
    pick,
    problems,
    rationals,
    sphere_rows,
    times,
    two_networks,
    whole,
)
from proofs_checks.strategies.string_cases import string_cases
from proofs_checks.strategies.witnesses import inside, witnesses

QUIET = settings(
    max_examples=2000,
    database=None,
    deadline=None,
    phases=(Phase.generate,),
    suppress_health_check=list(HealthCheck),
)


def find_any(strategy, condition):
    """Return some value of the strategy for which the condition holds, or fail."""
    return hypothesis.find(strategy, condition, settings=QUIET, random=Random(0))


def minimal(strategy, condition=lambda value: True):
    """Return the value the strategy shrinks to among those for which the condition holds."""
    shrinking = settings(QUIET, phases=(Phase.generate, Phase.shrink))
    return hypothesis.find(strategy, condition, settings=shrinking, random=Random(0))


def assert_all(strategy, condition, examples=100):
    @hypothesis.seed(0)
    @settings(QUIET, max_examples=examples)
    @hypothesis.given(strategy)
    def every(value):
        assert condition(value), value

    every()


def pre_activations(case):
    return [
        sum(w * x for w, x in zip(row, sample, strict=True))
        for row in case.network.W
        for sample in case.problem.X
    ]


def columns(case):
    """For every neuron its pre-activations over all samples."""
    return [
        [sum(w * x for w, x in zip(row, sample, strict=True)) for sample in case.problem.X]
        for row in case.network.W
    ]


def distinct_rows(case):
    """Pairs of movable rows of a network with a nonzero first one."""
    rows = [row for row in case.network.W if any(row)]
    return [(a, b) for i, a in enumerate(rows) for b in rows[i + 1 :]]


def squared_distance(a, b):
    return sum((u - v) ** 2 for u, v in zip(a, b, strict=True))


BALL = {"domains": ("UnitBall",)}

DEGENERACIES = {
    "zero row": lambda c: any(not any(row) for row in c.network.W),
    "duplicate rows": lambda c: any(a == b for a, b in distinct_rows(c)),
    "opposite rows": lambda c: any(
        all(u == -v for u, v in zip(a, b, strict=True)) for a, b in distinct_rows(c)
    ),
    "nearly parallel rows": lambda c: any(
        0 < squared_distance(a, b) < Fraction(1, 10**9) for a, b in distinct_rows(c)
    ),
    "dead neuron": lambda c: any(all(u < 0 for u in column) for column in columns(c)),
    "always-on neuron": lambda c: (
        len(c.problem.X) > 1 and any(all(u > 0 for u in column) for column in columns(c))
    ),
    "sample on the kink of a nonzero row": lambda c: any(
        any(row) and any(sample) and sum(w * x for w, x in zip(row, sample, strict=True)) == 0
        for row in c.network.W
        for sample in c.problem.X
    ),
    "row on the sphere": lambda c: any(
        sum(w * w for w in row) == 1 and sum(w != 0 for w in row) > 1 for row in c.network.W
    ),
    "row inside": lambda c: any(0 < sum(w * w for w in row) < 1 for row in c.network.W),
    "zero coefficient": lambda c: any(t == 0 for t in c.network.theta),
    "all coefficients zero": lambda c: not any(c.network.theta),
    "tiny coefficient": lambda c: any(0 < abs(t) < 16 * TINY for t in c.network.theta),
    "huge coefficient": lambda c: any(abs(t) >= HUGE for t in c.network.theta),
    "both signs": lambda c: min(c.network.theta) < 0 < max(c.network.theta),
    "width 1": lambda c: c.network.width == 1,
    "width 4": lambda c: c.network.width == 4,
    "one sample": lambda c: len(c.problem.X) == 1,
    "four samples": lambda c: len(c.problem.X) == 4,
    "one input": lambda c: len(c.problem.X[0]) == 1,
    "three inputs": lambda c: len(c.problem.X[0]) == 3,
    "zero sample": lambda c: any(not any(x) for x in c.problem.X),
    "only zero samples": lambda c: not any(any(x) for x in c.problem.X),
    "repeated sample": lambda c: (
        len({x for x in c.problem.X if any(x)}) < sum(any(x) for x in c.problem.X)
    ),
    "repeated sample, other target": lambda c: any(
        x == z and y != t and any(x)
        for x, y in zip(c.problem.X, c.problem.y, strict=True)
        for z, t in zip(c.problem.X, c.problem.y, strict=True)
    ),
    "collinear samples": lambda c: any(
        x != z and any(x) and any(z) and collinear(x, z)
        for x in c.problem.X
        for z in c.problem.X
        if len(x) > 1
    ),
    "tiny sample": lambda c: any(any(x) and max(map(abs, x)) < 16 * TINY for x in c.problem.X),
    "huge sample": lambda c: any(max(map(abs, x)) >= HUGE for x in c.problem.X),
    "prediction equal to its target": lambda c: 0 in residuals(c) and any(c.network.theta),
}


def collinear(x, z):
    pairs = range(len(x))
    return all(x[i] * z[j] == x[j] * z[i] for i in pairs for j in pairs)


def residuals(case):
    return [
        sum(
            t * max(0, column[j])
            for t, column in zip(case.network.theta, columns(case), strict=True)
        )
        - target
        for j, target in enumerate(case.problem.y)
    ]


@pytest.mark.parametrize("kind", DEGENERACIES)
def test_networks_can_be(kind):
    find_any(one_network(**BALL), DEGENERACIES[kind])


@pytest.mark.parametrize("loss", ALL_LOSSES)
@pytest.mark.parametrize("domain", ["UnitBall", "NormalizedWeights"])
def test_every_loss_on_both_domains(loss, domain):
    find_any(problems(), lambda p: (p.loss, p.domain) == (loss, domain))


@pytest.mark.parametrize("kappa", [Fraction(1, 10**6), Fraction(1, 1000), 4])
def test_small_and_large_penalties(kappa):
    find_any(problems(), lambda p: p.kappa == kappa)


def test_losses_by_kind():
    assert set(LIPSCHITZ) | {"HalfSquared", "Squared"} == set(ALL_LOSSES)
    assert set(RATIONAL) | {"Logistic"} == set(ALL_LOSSES)
    assert_all(problems(losses=LIPSCHITZ), lambda p: p.lipschitz is not None)


def test_biased_problems_end_with_ones_and_the_constant_neuron():
    def is_biased(case):
        constant = (*[0] * (len(case.problem.X[0]) - 1), 1)
        return all(x[-1] == 1 for x in case.problem.X) and case.network.W[-1] == constant

    biased = one_network(domains=("NormalizedWeights",))
    assert_all(biased, is_biased)
    find_any(biased, lambda c: any(abs(row[-1]) > 1 for row in c.network.W))
    find_any(biased, lambda c: c.network.width == 1)


def test_every_row_lies_in_the_domain_exactly_and_as_stored():
    assert_all(
        one_network(),
        lambda c: (
            inside(c.problem.domain, c.network.W) and inside(c.problem.domain, c.network.stored().W)
        ),
    )


def test_targets_are_labels_where_the_loss_wants_labels():
    assert_all(problems(losses=("Logistic",)), lambda p: set(p.y) <= {0, 1})
    assert_all(problems(losses=("Hinge",)), lambda p: set(p.y) <= {-1, 1})
    find_any(problems(losses=("Logistic",)), lambda p: set(p.y) == {0, 1})
    find_any(problems(losses=("Absolute",)), lambda p: max(map(abs, p.y)) >= HUGE)


def test_two_networks_have_one_width_and_may_be_equal():
    assert_all(two_networks(), lambda c: c.a.width == c.b.width)
    find_any(two_networks(width_at_most=1, **SMALL), lambda c: c.a == c.b)


def test_sphere_rows_are_unit_vectors_in_every_direction():
    for n in (1, 2, 3):
        assert_all(sphere_rows(n), lambda row: sum(w * w for w in row) == 1)
        for axis in range(n):
            for side in (1, -1):
                find_any(sphere_rows(n), lambda row, k=axis, s=side: row[k] == s)
    find_any(sphere_rows(3), lambda row: all(row))


def test_ball_rows_without_anything_to_lean_on():
    assert_all(ball_rows(2), lambda row: sum(w * w for w in row) <= 1)


def test_numbers_shrink_to_the_dullest():
    assert minimal(rationals()) == 0
    assert minimal(rationals(), lambda q: q != 0) == 1
    assert minimal(coefficients(), lambda q: q < 0) == -1
    assert minimal(whole(3, 9)) == 3
    assert minimal(pick("a", "b", "c"), lambda k: k != "a") == "b"
    assert minimal(permutations(3)) == (0, 1, 2)
    assert minimal(times()) == 0


def test_networks_shrink_to_one_neuron_and_one_sample():
    case = minimal(one_network(**BALL), lambda c: any(c.network.theta))
    assert (case.network.width, len(case.problem.X)) == (1, 1)
    assert case.network.theta == (1,)
    assert not any(case.problem.X[0])


def test_times_reach_both_ends_and_stay_between():
    assert_all(times(), lambda t: 0 <= t <= 1)
    find_any(times(), lambda t: t == 1)
    find_any(times(), lambda t: t.denominator == 7)


def test_permutations_reach_every_order():
    assert_all(permutations(4), lambda order: sorted(order) == [0, 1, 2, 3])
    seen = set()

    @hypothesis.seed(0)
    @settings(QUIET, max_examples=200)
    @hypothesis.given(permutations(3))
    def collect(order):
        seen.add(order)

    collect()
    assert len(seen) == 6


def test_fixed_width_is_kept():
    @hypothesis.strategies.composite
    def fixed(draw):
        problem = draw(problems())
        return problem, draw(networks(problem, width=3))

    assert_all(fixed(), lambda pair: pair[1].width == 3)


@pytest.mark.parametrize(
    "condition",
    [
        lambda c: c.a == c.b and any(c.a.theta),
        lambda c: c.a != c.b and sorted(c.a.W) == sorted(c.b.W) and len(set(c.a.W)) > 1,
        lambda c: not any(c.reference.theta),
        lambda c: not any(c.compressed[0].theta) and any(c.reference.theta),
        lambda c: all(c.compressed[0].theta),
        lambda c: c.compressed[0].W != c.a.W,
    ],
    ids=["equal ends", "permuted ends", "l = 0", "empty compression", "full one", "rows moved"],
)
def test_witnesses_can_be(condition):
    find_any(witnesses(moved=True, **BALL), condition)


def test_witnesses_fit_side_by_side():
    def fits(case):
        frozen = case.problem.domain == "NormalizedWeights"
        movable = case.a.width - frozen
        active = sum(t != 0 for t in case.reference.theta[: len(case.reference.theta) - frozen])
        return all(
            sum(t != 0 for t in kept.theta[:movable]) <= movable - active
            for kept in case.compressed
        )

    assert_all(witnesses(moved=True), fits)
    assert_all(
        witnesses(moved=False),
        lambda c: (c.compressed[0].W, c.compressed[1].W) == (c.a.W, c.b.W),
    )


def test_strings_of_every_depth_and_midpoint():
    for depth in (0, 1, 2):
        for midpoint in ("argmax", "half"):
            find_any(string_cases(), lambda c, d=depth, m=midpoint: (c.depth, c.midpoint) == (d, m))
