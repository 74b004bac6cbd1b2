"""What gaps of one kind say together: centre, spread, and how many are exactly 0.

Pairs that share a network are dependent. Whatever draws at random therefore takes ``blocks``, one
label per value: values of one block are resampled together, blocks are not. With every value its
own block this is the naive analysis; results hold both, named apart.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from reference.model.exact_arithmetic import Array

Interval = tuple[float, float]
CONFIDENCE = 0.95
RESOLVED = 1e-9


@dataclass(frozen=True)
class Summary:
    """Gaps of one width and one finder; intervals are 95 % bootstrap percentile intervals.

    Centre and spread are those of the values after `clip_to_tolerance`, shares those of the values
    as they are.

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


def clip_to_tolerance(values: Array) -> Array:
    """Return the values with those of at most `RESOLVED` set to 0.

    A certificate's allowance for rounding is no barrier, and its size follows the width.
    """
    return np.where(values <= RESOLVED, 0.0, values)


def summarise(values: Array, blocks: Array, generator: np.random.Generator, draws: int) -> Summary:
    """Return count, centre, spread and share of exact zeros of ``values`` (k,), k >= 1."""
    from scipy.stats import binomtest

    zeros = int((values == 0).sum())
    wilson = binomtest(zeros, len(values)).proportion_ci(CONFIDENCE, method="wilson")
    single, gaps = np.arange(len(values)), clip_to_tolerance(values)

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
