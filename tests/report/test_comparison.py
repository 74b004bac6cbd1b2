"""Comparison: closed forms, agreement with textbook formulas, and what blocks change."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reference.report.comparison import (
    cliffs_delta,
    compare,
    maximum_closed_p,
    maximum_excess,
    permutation_p,
    rank_shift,
)

GAPS = st.lists(st.integers(0, 4), min_size=1, max_size=6).map(lambda v: np.array(v, float))


def generator():
    return np.random.default_rng(5)


@pytest.mark.parametrize(("k", "expected"), [(15, 2.3e-5), (24, 2.9e-8)])
def test_published_maxima_have_the_p_value_of_e3(k, expected):
    first = np.concatenate([np.full(k, 2.0), np.zeros(200 - k)])
    assert maximum_closed_p(first, np.ones(200)) == pytest.approx(expected, rel=0.02)


@given(GAPS, GAPS)
@settings(max_examples=60)
def test_closed_form_is_the_share_of_all_permutations(first, second):
    values = np.concatenate([first, second])
    seen = maximum_excess(first, second)
    reached = []
    for chosen in combinations(range(len(values)), len(first)):
        mask = np.isin(np.arange(len(values)), chosen)
        reached.append(maximum_excess(values[mask], values[~mask]) >= seen)
    assert maximum_closed_p(first, second) == pytest.approx(np.mean(reached), rel=1e-12)


@given(GAPS, GAPS)
@settings(max_examples=60)
def test_cliffs_delta_counts_pairs(first, second):
    signs = np.sign(first[:, None] - second[None, :])
    assert cliffs_delta(first, second) == pytest.approx(signs.mean(), abs=1e-12)


def test_permutation_p_is_never_zero_and_estimates_the_closed_form():
    first, second = np.arange(4.0) + 2, np.array([0.0, 1.0, 2.5, 1.5])
    single = np.arange(4)
    p = permutation_p((first, second), (single, single), maximum_excess, generator(), 4000)
    assert p == pytest.approx(maximum_closed_p(first, second), abs=0.03)
    apart = permutation_p((first + 9, second), (single, single), maximum_excess, generator(), 9)
    assert apart >= 1 / 10


def test_blocks_that_repeat_one_value_count_once():
    first, second = np.repeat([5.0, 6.0], 10), np.repeat([1.0, 2.0], 10)
    blocks = np.repeat([0, 1], 10)
    found = compare((first, second), (blocks, blocks), generator(), 3000)
    assert found.delta == 1
    assert found.rank_p < 1e-6
    # Two blocks against two: 6 ways to choose, one (two-sided: two) as extreme.
    assert found.maximum_block_p == pytest.approx(1 / 6, abs=0.04)
    assert found.rank_block_p == pytest.approx(2 / 6, abs=0.04)
    assert found.maximum_p >= 1 / 3001


def test_blocks_of_different_size_never_trade_places():
    first, second = np.array([3.0, 3.0]), np.array([1.0])
    blocks = (np.array([0, 0]), np.array([0]))
    p = permutation_p((first, second), blocks, maximum_excess, generator(), 50)
    assert p == 1


def exact_rank_p(first, second):
    """Return the share of splits whose mean ranks differ at least as much, in fractions."""
    pooled = [Fraction(value) for value in np.concatenate([first, second]).tolist()]
    ranks = [
        Fraction(1 + sum(2 * (other < value) + (other == value) for other in pooled), 2)
        for value in pooled
    ]
    total, size = sum(ranks), len(first)

    def shift(chosen):
        one = sum(ranks[k] for k in chosen)
        return abs(one / size - (total - one) / (len(ranks) - size))

    splits = list(combinations(range(len(ranks)), size))
    return Fraction(sum(shift(c) >= shift(range(size)) for c in splits), len(splits))


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ([0.3, 0, 0, 0.3], [0.3, 0.3, 0.2], Fraction(23, 35)),
        ([1, 3, 0, 2], [0, 2, 0], Fraction(4, 7)),
    ],
)
def test_splits_as_far_apart_count_whatever_the_group_sizes(first, second, expected):
    first, second = np.array(first, float), np.array(second, float)
    blocks = (np.arange(len(first)), np.arange(len(second)))
    assert exact_rank_p(first, second) == expected
    found = compare((first, second), blocks, generator(), 20_000).rank_block_p
    # 20000 draws have a standard deviation of at most 0.0036; five of them.
    assert found == pytest.approx(float(expected), abs=0.018)


@given(GAPS, GAPS)
@settings(max_examples=40)
def test_mirrored_splits_of_ranks_tie_exactly(first, second):
    from scipy.stats import rankdata

    pooled = rankdata(np.concatenate([first, second]))
    size = len(first)
    exact = {}
    for chosen in combinations(range(len(pooled)), size):
        mask = np.isin(np.arange(len(pooled)), chosen)
        one, two = pooled[mask], pooled[~mask]
        mean = abs(sum(map(Fraction, one)) / len(one) - sum(map(Fraction, two)) / len(two))
        exact.setdefault(mean, set()).add(rank_shift(one, two))
    assert all(len(values) == 1 for values in exact.values())
    order = [exact[mean].pop() for mean in sorted(exact)]
    assert order == sorted(set(order))
