"""How the components of a sublevel merge as the level rises, seen from finitely many networks.

Write ``lambda_ij`` for the lowest level at which networks ``i`` and ``j`` lie in one component:
the infimum over paths of the maximum of ``F``. A path that is known bounds it from above, a
separator from below. The true levels obey ``lambda_ik <= max(lambda_ij, lambda_jk)``, which
sharpens both bounds; the sharpened upper bounds *are* a tree, and reading off which component
outlives which is its persistence in degree 0 (claim C9).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from reference.model.exact_arithmetic import Array, Scalar


@dataclass(frozen=True)
class Bar:
    """The life of one component.

    Attributes
    ----------
    network : int
        Its lowest network, whose value is the birth.
    birth : scalar
    death : scalar or None
        The level at which it joins a component born lower; None for those that never do.
    """

    network: int
    birth: Scalar
    death: Scalar | None


@dataclass(frozen=True, eq=False)
class MergeTree:
    """Sharpened bounds of the levels at which networks join, and the bars of the upper tree.

    Attributes
    ----------
    values : (K,)
        Objective of each network.
    upper, lower : (K, K)
        ``lower[i, j] <= lambda_ij <= upper[i, j]``; ``upper`` is infinite where no path is known.
    bars : tuple of Bar
        One for each network, by birth.
    """

    values: Array
    upper: Array
    lower: Array
    bars: tuple[Bar, ...]

    def components(self, level: Scalar) -> Array:
        """Label each network (K,) by the first one known to share its component, -1 if above."""
        joined = self.upper <= level
        return np.where(self.values <= level, joined.argmax(axis=0), -1)

    def count(self, level: Scalar) -> tuple[int, int]:
        """Bracket how many components of the sublevel hold one of the networks.

        The larger number counts what the known paths leave apart; the smaller one a set of
        networks, collected greedily, of which any two are known to be apart.
        """
        below = np.flatnonzero(self.values <= level)
        apart: list[int] = []
        for i in below:
            if all(self.lower[i, j] > level for j in apart):
                apart.append(int(i))
        return len(apart), len(set(self.components(level)[below].tolist()))


def merge_tree(values: Array, upper: Array, lower: Array | None = None) -> MergeTree:
    """Build the merge tree of ``K`` networks from what is known of each pair (claim C9).

    Parameters
    ----------
    values : (K,) array-like
        Objective of each network.
    upper : (K, K) array-like
        Certified maximum of ``F`` along a known path from ``i`` to ``j``; infinite without one.
        Only the lower of ``upper[i, j]`` and ``upper[j, i]`` counts; the diagonal is not read.
    lower : (K, K) array-like, optional
        A level below which no path joins ``i`` and ``j``, counted the other way round.

    Raises
    ------
    ValueError
        If shapes differ, a path lies below one of its ends, or a lower bound exceeds the level at
        which known paths join the pair: then one of the two certificates is wrong.
    """
    values, upper = np.asarray(values), np.asarray(upper)
    ends = np.maximum(values[:, None], values[None, :])
    lower = ends if lower is None else np.asarray(lower)
    for name, matrix in (("upper", upper), ("lower", lower)):
        if values.ndim != 1 or matrix.shape != ends.shape:
            raise ValueError(f"{name}: found shape {matrix.shape}, allowed is {ends.shape}")
    low_paths = (upper < ends) & ~np.eye(len(values), dtype=bool)
    if low_paths.any():
        i, j = np.argwhere(low_paths)[0]
        raise ValueError(
            f"upper: found {upper[i, j]} at index {(int(i), int(j))}, allowed is at least "
            f"{ends[i, j]}, the value of an end"
        )
    joined, bars = _join(values, np.minimum(upper, upper.T))
    separate = _separate(np.maximum(np.maximum(lower, lower.T), ends), joined)
    return MergeTree(values, joined, separate, bars)


def _join(values: Array, upper: Array) -> tuple[Array, tuple[Bar, ...]]:
    """Return the minimax levels of a graph and its bars: Kruskal's algorithm, elder rule."""
    count = len(values)
    joined = np.full((count, count), np.inf, dtype=object)
    np.fill_diagonal(joined, values)
    members = {i: [i] for i in range(count)}
    home, deaths = list(range(count)), {}
    pairs = [(i, j) for i in range(count) for j in range(i) if upper[i, j] < np.inf]
    for i, j in sorted(pairs, key=lambda pair: upper[pair]):
        elder, younger = sorted((home[i], home[j]), key=lambda k: (values[k], k))
        if elder == younger:
            continue
        joined[np.ix_(members[elder], members[younger])] = upper[i, j]
        joined[np.ix_(members[younger], members[elder])] = upper[i, j]
        deaths[younger] = upper[i, j]
        for k in members[younger]:
            home[k] = elder
        members[elder] += members.pop(younger)
    order = sorted(range(count), key=lambda k: (values[k], k))
    bars = tuple(Bar(k, values[k], deaths.get(k)) for k in order)
    return joined if upper.dtype == object else joined.astype(np.float64), bars


def _separate(lower: Array, joined: Array) -> Array:
    """Return the lower bounds sharpened by the paths known below them.

    If ``a`` reaches ``i`` and ``k`` reaches ``b`` below the level ``h`` that separates ``a`` from
    ``b``, then ``i`` and ``k`` are separated at ``h`` too: else the three paths would join up.
    """
    sharpened = lower.copy()
    for a, b in np.ndindex(*lower.shape):
        h = lower[a, b]
        if a != b and joined[a, b] < h:
            raise ValueError(
                f"lower: found {h} at index {(a, b)}, allowed is at most {joined[a, b]}, "
                "where known paths join the pair"
            )
        sides = np.ix_(joined[:, a] < h, joined[:, b] < h)
        sharpened[sides] = np.maximum(sharpened[sides], h)
    return sharpened
