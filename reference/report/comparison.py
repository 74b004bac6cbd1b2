"""Whether two groups of gaps differ, or their maxima do (claim E3).

Pairs that share a network are dependent, so values of one block are permuted together. With every
value its own block this is the naive test; results hold both, named apart.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from reference.model.exact_arithmetic import Array

Statistic = Callable[[Array, Array], float]
Pair = tuple[Array, Array]


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
        What ``maximum_p`` estimates, in closed form: the share of all splits.
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


def compare(groups: Pair, blocks: Pair, generator: np.random.Generator, draws: int) -> Comparison:
    """Compare two groups of gaps, (k,) and (l,), with the block label of each value."""
    from scipy.stats import mannwhitneyu, rankdata

    single = (np.arange(len(groups[0])), np.arange(len(groups[1])))
    pooled = rankdata(np.concatenate(groups))
    ranks = (pooled[: len(groups[0])], pooled[len(groups[0]) :])
    return Comparison(
        delta=cliffs_delta(*groups),
        rank_p=float(mannwhitneyu(*groups, alternative="two-sided").pvalue),
        rank_block_p=permutation_p(ranks, blocks, rank_shift, generator, draws),
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

    Let n_a of n values belong to the first group. Where its maximum is the larger, a split of the
    pooled values reaches the excess seen only if the k values above the second group's maximum
    all fall to the first group again: ``C(n - k, n_a - k) / C(n, n_a)``. Where it is not, a split
    does unless the c values at or above the first group's maximum all fall to the second:
    ``1 - C(n - c, n_a) / C(n, n_a)``.

    Examples
    --------
    >>> maximum_closed_p(np.array([0.0, 2.0]), np.array([1.0, 3.0]))  # 5 of the 6 splits
    0.8333333333333334
    """
    pooled = np.concatenate([first, second])
    splits = math.comb(len(pooled), len(first))
    above = int((first > second.max()).sum())
    if above > 0:
        return math.comb(len(pooled) - above, len(first) - above) / splits
    at_least = int((pooled >= first.max()).sum())
    return (splits - math.comb(len(pooled) - at_least, len(first))) / splits


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


def rank_shift(first: Array, second: Array) -> int:
    """Return ``2 k l`` times the distance of mean ranks, a function of ``|delta|`` alone.

    Ranks are whole or half numbers, so their doubles are integers and ties are exact.
    """
    sums = (int((2 * ranks).sum()) for ranks in (first, second))
    first_sum, second_sum = sums
    return abs(len(second) * first_sum - len(first) * second_sum)


def _permuted_within(marks: Array, sizes: Array, generator: np.random.Generator) -> Array:
    """Shuffle marks among blocks of equal size."""
    shuffled = marks.copy()
    for size in np.unique(sizes):
        same = np.flatnonzero(sizes == size)
        shuffled[same] = generator.permutation(marks[same])
    return shuffled
