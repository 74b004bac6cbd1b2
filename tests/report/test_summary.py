"""Summaries: intervals cover, blocks widen them, and rounding is no gap."""

from __future__ import annotations

import numpy as np

from reference.report.summary import bootstrap_interval, clip_to_tolerance, summarise


def generator():
    return np.random.default_rng(5)


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


def test_an_allowance_for_rounding_is_no_gap():
    values = np.array([0.0, 1e-13, 2e-13, 1e-3])
    assert clip_to_tolerance(values).tolist() == [0, 0, 0, 1e-3]
    summary = summarise(values, np.arange(4), generator(), 50)
    assert (summary.median, summary.maximum) == (0, 1e-3)
    assert (summary.zero_share, summary.resolved_share) == (0.25, 0.75)
