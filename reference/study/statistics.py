"""What a table of gaps says: summaries, comparison of two widths, trend over many.

Pairs that share a network are dependent. Every function that draws at random therefore takes
``blocks``, one label per value: values of one block are resampled or permuted together, blocks are
not. With every value its own block this is the naive analysis; results hold both, named apart.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from reference.validation import Array

Statistic = Callable[[Array, Array], float]
Interval = tuple[float, float]
Pair = tuple[Array, Array]
CONFIDENCE = 0.95
RESOLVED = 1e-9


@dataclass(frozen=True)
class Summary:
    """Gaps of one width and one finder; intervals are 95 % bootstrap percentile intervals.

    Centre and spread are those of the `settled` values, shares those of the values as they are.

    Attributes
    ----------
    resolved_share : float
        Share of values of at most `RESOLVED`, which rounding alone may keep from 0.
    zero_interval : (low, high)
        Wilson interval of the share of values that are exactly 0, as if pairs were independent.
    mean_interval, median_interval : (low, high)
        Naive: pairs resampled one by one.
    mean_block_interval, median_block_interval : (low, high)
        Whole blocks resampled; (nan, nan) where there is a single block.
    """

    count: int
    blocks: int
    mean: float
    median: float
    maximum: float
    zero_share: float
    resolved_share: float
    zero_interval: Interval
    mean_interval: Interval
    median_interval: Interval
    mean_block_interval: Interval
    median_block_interval: Interval


@dataclass(frozen=True)
class Comparison:
    """Two groups of gaps, tested for equal distribution (claim E3).

    Attributes
    ----------
    delta : float
        Cliff's delta, P(first > second) - P(first < second), in [-1, 1].
    rank_p, rank_block_p : float
        Mann-Whitney, two-sided, pairs taken as independent; and ``|delta|`` with whole blocks
        permuted.
    maximum_p, maximum_block_p : float
        The first group's maximum exceeds the second's by so much, one-sided; pairs permuted, and
        whole blocks permuted. At least ``1 / (draws + 1)``.
    maximum_closed_p : float
        What ``maximum_p`` estimates, in closed form.
    draws : int
        Random permutations behind each permutation p-value.
    """

    delta: float
    rank_p: float
    rank_block_p: float
    maximum_p: float
    maximum_block_p: float
    maximum_closed_p: float
    draws: int


@dataclass(frozen=True)
class Trend:
    """Whether gaps rise or fall with width.

    Attributes
    ----------
    widths : int
        Number of different widths.
    tau, p : float
        Kendall's tau-b of width and gap, and its p-value; nan where all gaps are equal.
    block_tau, block_p : float
        The same with each block reduced to its median.
    slope : float or None
        Theil-Sen slope of log median gap against log width; None where, at some width, half the
        gaps or more are exactly 0 and the median has no logarithm.
    """

    widths: int
    tau: float
    p: float
    block_tau: float
    block_p: float
    slope: float | None


def settled(values: Array) -> Array:
    """Return the values with those of at most `RESOLVED` set to 0.

    A certificate's allowance for rounding is no barrier, and its size follows the width.
    """
    return np.where(values <= RESOLVED, 0.0, values)


def summarise(values: Array, blocks: Array, generator: np.random.Generator, draws: int) -> Summary:
    """Return count, centre, spread and share of exact zeros of ``values`` (k,), k >= 1."""
    from scipy.stats import binomtest

    zeros = int((values == 0).sum())
    wilson = binomtest(zeros, len(values)).proportion_ci(CONFIDENCE, method="wilson")
    single, gaps = np.arange(len(values)), settled(values)

    def interval(statistic: Callable[..., Array], labels: Array) -> Interval:
        return bootstrap_interval(gaps, labels, statistic, generator, draws)

    return Summary(
        count=len(values),
        blocks=len(np.unique(blocks)),
        mean=float(gaps.mean()),
        median=float(np.median(gaps)),
        maximum=float(gaps.max()),
        zero_share=zeros / len(values),
        resolved_share=float((values <= RESOLVED).mean()),
        zero_interval=(float(wilson.low), float(wilson.high)),
        mean_interval=interval(np.nanmean, single),
        median_interval=interval(np.nanmedian, single),
        mean_block_interval=interval(np.nanmean, blocks),
        median_block_interval=interval(np.nanmedian, blocks),
    )


def bootstrap_interval(
    values: Array,
    blocks: Array,
    statistic: Callable[..., Array],
    generator: np.random.Generator,
    draws: int,
) -> Interval:
    """Return the percentile interval of a NaN-aware statistic when whole blocks are resampled.

    Parameters
    ----------
    values, blocks : (k,)
    statistic : callable(array, axis) -> array
        Such as ``numpy.nanmedian``; NaN pads blocks of unequal size.
    generator : numpy.random.Generator
    draws : int

    Returns
    -------
    low, high : float; nan where there is a single block, which says nothing about spread.
    """
    from scipy.stats import bootstrap

    labels, index = np.unique(blocks, return_inverse=True)
    if len(labels) < 2:
        return (float("nan"), float("nan"))
    table = np.full((len(labels), np.bincount(index).max()), np.nan)
    place = np.array([int((index[:k] == index[k]).sum()) for k in range(len(index))])
    table[index, place] = values

    def resampled(rows: Array, axis: int) -> Array:
        drawn = table[np.moveaxis(rows, axis, -1)]
        return statistic(drawn.reshape(*drawn.shape[:-2], -1), axis=-1)

    found = bootstrap(
        (np.arange(len(labels)),),
        resampled,
        n_resamples=draws,
        batch=max(1, 2_000_000 // table.size),
        confidence_level=CONFIDENCE,
        method="percentile",
        rng=generator,
    ).confidence_interval
    return (float(found.low), float(found.high))


def compare(groups: Pair, blocks: Pair, generator: np.random.Generator, draws: int) -> Comparison:
    """Compare two groups of gaps, (k,) and (l,), with the block label of each value."""
    from scipy.stats import mannwhitneyu, rankdata

    single = (np.arange(len(groups[0])), np.arange(len(groups[1])))
    pooled = rankdata(np.concatenate(groups))
    ranks = (pooled[: len(groups[0])], pooled[len(groups[0]) :])
    return Comparison(
        delta=cliffs_delta(*groups),
        rank_p=float(mannwhitneyu(*groups, alternative="two-sided").pvalue),
        rank_block_p=permutation_p(ranks, blocks, _rank_shift, generator, draws),
        maximum_p=permutation_p(groups, single, maximum_excess, generator, draws),
        maximum_block_p=permutation_p(groups, blocks, maximum_excess, generator, draws),
        maximum_closed_p=maximum_closed_p(*groups),
        draws=draws,
    )


def cliffs_delta(first: Array, second: Array) -> float:
    """Return ``P(first > second) - P(first < second)``, from Mann-Whitney's U."""
    from scipy.stats import mannwhitneyu

    u = mannwhitneyu(first, second).statistic
    return float(2 * u / (len(first) * len(second)) - 1)


def maximum_excess(first: Array, second: Array) -> float:
    """Return by how much the first group's maximum exceeds the second's."""
    return float(first.max() - second.max())


def maximum_closed_p(first: Array, second: Array) -> float:
    """Return the exact permutation p-value of `maximum_excess`, one-sided (claim E3).

    A permutation reaches the excess seen only if the k values above the second group's maximum
    all fall to the first group again: ``prod_{i<k} (n_a - i) / (n - i)``. Where the first
    maximum is not the larger one, k = 0 and the value is 1.
    """
    k = int((first > second.max()).sum())
    i = np.arange(k)
    return float(np.prod((len(first) - i) / (len(first) + len(second) - i)))


def permutation_p(
    groups: Pair,
    blocks: Pair,
    statistic: Statistic,
    generator: np.random.Generator,
    draws: int,
) -> float:
    """Return ``(1 + permutations at least as large) / (1 + draws)``, whole blocks permuted.

    Only blocks of equal size trade places between the groups, so group sizes stay, and under the
    null hypothesis the blocks that trade are exchangeable.
    """
    values, first_count = np.concatenate(groups), len(groups[0])
    names = [f"{side} {label}" for side in (0, 1) for label in blocks[side]]
    _, index, sizes = np.unique(names, return_inverse=True, return_counts=True)
    in_first = np.zeros(len(sizes), dtype=bool)
    in_first[index[:first_count]] = True
    seen = statistic(*groups)
    reached = 0
    for _ in range(draws):
        chosen = _permuted_within(in_first, sizes, generator)[index]
        reached += statistic(values[chosen], values[~chosen]) >= seen
    return (1 + reached) / (1 + draws)


def trend(widths: Array, values: Array, blocks: Array) -> Trend:
    """Return rank correlation of width and gap, (k,) each, and a slope where one exists."""
    from scipy.stats import theilslopes

    different = np.unique(widths)
    medians = np.array([np.median(values[widths == width]) for width in different])
    reduced = [
        (width, np.median(values[(widths == width) & (blocks == block)]))
        for width in different
        for block in np.unique(blocks[widths == width])
    ]
    tau, p = _kendall(widths, values)
    block_tau, block_p = _kendall(*np.array(reduced).T)
    slope = None
    if len(different) > 1 and all(
        (values[widths == width] == 0).mean() < 0.5 for width in different
    ):
        slope = float(theilslopes(np.log(medians), np.log(different)).slope)
    return Trend(len(different), tau, p, block_tau, block_p, slope)


def _kendall(widths: Array, values: Array) -> tuple[float, float]:
    from scipy.stats import kendalltau

    if len(np.unique(widths)) < 2 or len(np.unique(values)) < 2:
        return (float("nan"), float("nan"))
    found = kendalltau(widths, values)
    return (float(found.statistic), float(found.pvalue))


def _rank_shift(first: Array, second: Array) -> float:
    """Return the distance of mean ranks, ``|delta| (k + l) / 2``: a function of |delta| alone."""
    return float(abs(first.mean() - second.mean()))


def _permuted_within(marks: Array, sizes: Array, generator: np.random.Generator) -> Array:
    """Shuffle marks among blocks of equal size."""
    shuffled = marks.copy()
    for size in np.unique(sizes):
        same = np.flatnonzero(sizes == size)
        shuffled[same] = generator.permutation(marks[same])
    return shuffled
