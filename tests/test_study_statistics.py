"""Statistics: closed forms, agreement with textbook formulas, and what blocks change."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reference.study.statistics import (
    bootstrap_interval,
    cliffs_delta,
    compare,
    maximum_closed_p,
    maximum_excess,
    permutation_p,
    settled,
    summarise,
    trend,
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
    from itertools import combinations

    values = np.concatenate([first, second])
    seen = maximum_excess(first, second)
    if seen <= 0:
        assert maximum_closed_p(first, second) == 1
        return
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


def test_intervals_cover_and_a_block_interval_is_wider_for_repeated_values():
    values = np.repeat(generator().exponential(size=30), 5)
    blocks = np.repeat(np.arange(30), 5)
    summary = summarise(values, blocks, generator(), 500)
    naive, block = summary.mean_interval, summary.mean_block_interval
    assert naive[0] < summary.mean < naive[1]
    assert 1.5 * (naive[1] - naive[0]) < block[1] - block[0]
    assert (summary.count, summary.blocks) == (150, 30)


def test_bootstrap_of_unequal_blocks_weighs_values_not_blocks():
    values, blocks = np.array([0.0, 0.0, 0.0, 4.0]), np.array([0, 0, 0, 1])
    low, high = bootstrap_interval(values, blocks, np.nanmean, generator(), 400)
    assert (low, high) == (0, 4)
    single = bootstrap_interval(values, np.zeros(4), np.nanmean, generator(), 10)
    assert np.isnan(single).all()


def test_summary_of_exact_zeros():
    summary = summarise(np.zeros(200), np.arange(200), generator(), 100)
    assert summary.zero_share == 1
    assert 0.98 < summary.zero_interval[0] < 1
    assert summary.maximum == 0
    assert summary.mean_block_interval == (0, 0)


def test_results_follow_from_the_seed():
    values = generator().exponential(size=20)
    first, second = (summarise(values, np.arange(20) // 2, generator(), 200) for _ in range(2))
    assert first == second


def test_trend_recovers_a_power_law_and_refuses_a_slope_of_zeros():
    widths = np.repeat([2, 4, 8, 16], 6)
    blocks = np.tile(np.repeat([0, 1], 3), 4)
    values = 3.0 * widths**-1.5
    found = trend(widths, values, blocks)
    assert found.slope == pytest.approx(-1.5, rel=1e-12)
    assert found.tau == pytest.approx(-1)
    assert found.block_tau == pytest.approx(-1)
    assert found.block_p > found.p
    values[widths == 16] = [0, 0, 0, 1e-3, 1e-3, 1e-3]
    assert trend(widths, values, blocks).slope is None
    flat = trend(widths, np.zeros(24), blocks)
    assert np.isnan(flat.tau)
    assert flat.slope is None


def test_an_allowance_for_rounding_is_no_gap():
    values = np.array([0.0, 1e-13, 2e-13, 1e-3])
    assert settled(values).tolist() == [0, 0, 0, 1e-3]
    summary = summarise(values, np.arange(4), generator(), 50)
    assert (summary.median, summary.maximum) == (0, 1e-3)
    assert (summary.zero_share, summary.resolved_share) == (0.25, 0.75)
