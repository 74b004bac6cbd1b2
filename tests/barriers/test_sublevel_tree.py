"""Merge trees: single linkage, bars, what lower bounds add, and what contradicts itself."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reference.barriers.sublevel_tree import merge_tree

INF = np.inf


def landscape():
    """Three basins at 0, 1, 2: the first two join at 3, the last joins both at 5."""
    values = np.array([0.0, 1.0, 2.0])
    upper = np.array([[0, 3, 7], [3, 1, 5], [7, 5, 2]], dtype=float)
    return values, upper


def test_a_detour_through_a_third_network_lowers_a_level():
    tree = merge_tree(*landscape())
    assert tree.upper.tolist() == [[0, 3, 5], [3, 1, 5], [5, 5, 2]]
    assert [(bar.network, bar.birth, bar.death) for bar in tree.bars] == [
        (0, 0, None),
        (1, 1, 3),
        (2, 2, 5),
    ]


@pytest.mark.parametrize(
    ("level", "labels"),
    [(-1, [-1, -1, -1]), (1, [0, 1, -1]), (2.5, [0, 1, 2]), (3, [0, 0, 2]), (5, [0, 0, 0])],
)
def test_components_at_a_level(level, labels):
    assert merge_tree(*landscape()).components(level).tolist() == labels


def test_the_elder_survives_whichever_comes_first():
    values, upper = landscape()
    turned = merge_tree(values[::-1], upper[::-1, ::-1])
    assert [(bar.network, bar.death) for bar in turned.bars] == [(2, None), (1, 3), (0, 5)]


def test_no_known_path_leaves_components_apart_for_ever():
    tree = merge_tree([0, 0], [[0, INF], [INF, 0]])
    assert [bar.death for bar in tree.bars] == [None, None]
    assert tree.count(1e9) == (1, 2)


def test_lower_bounds_travel_along_known_paths():
    values = np.zeros(4)
    upper = np.full((4, 4), 9.0)
    upper[0, 1] = upper[2, 3] = 1.0
    lower = np.zeros((4, 4))
    lower[0, 2] = 4.0
    tree = merge_tree(values, upper, lower)
    assert tree.lower[1, 3] == tree.lower[3, 0] == 4
    assert tree.lower[0, 1] == tree.lower[2, 3] == 0
    assert tree.count(0.5) == (2, 4)
    assert tree.count(1) == (2, 2)
    assert tree.count(4) == (1, 2)
    assert tree.count(9) == (1, 1)


def test_certificates_that_contradict_each_other_are_refused():
    values, upper = landscape()
    lower = np.zeros((3, 3))
    lower[0, 2] = 6.0
    with pytest.raises(ValueError, match=r"lower: found 6.0 at index \(0, 2\).*at most 5.0"):
        merge_tree(values, upper, lower)
    with pytest.raises(ValueError, match="the value of an end"):
        merge_tree([0, 4.0], [[0, 3.0], [3.0, 4.0]])
    with pytest.raises(ValueError, match="upper: found shape"):
        merge_tree([0, 1, 2], [[0, 1], [1, 1]])


def test_fractions_stay_fractions():
    third = Fraction(1, 3)
    upper = np.array([[third, 1], [1, third]], dtype=object)
    tree = merge_tree(np.array([third, third], dtype=object), upper)
    assert tree.bars[1].death == 1
    assert tree.upper[0, 0] == third
    assert tree.components(third).tolist() == [0, 1]


@st.composite
def ultrametric_with_bounds(draw):
    """Draw true levels of points on a line with passes between them, and bounds around them."""
    count = draw(st.integers(1, 6))
    small = st.integers(0, 6)
    values = np.array([draw(small) for _ in range(count)], dtype=float)
    passes = np.array([draw(small) for _ in range(count)], dtype=float)
    true = np.empty((count, count))
    for i, j in np.ndindex(count, count):
        between = passes[min(i, j) : max(i, j)]
        inside = values[min(i, j) : max(i, j) + 1]
        true[i, j] = max(between.max(initial=0), inside.max())
    above = np.array([[draw(st.sampled_from([0, 0, 1, INF])) for _ in true] for _ in true])
    below = np.array([[draw(st.sampled_from([0, 0, 1, 5])) for _ in true] for _ in true])
    return values, true, true + above, true - below


@settings(max_examples=150)
@given(ultrametric_with_bounds())
def test_sharpened_bounds_still_bracket_the_truth_and_are_sharper(case):
    values, true, upper, lower = case
    tree = merge_tree(values, upper, lower)
    assert (tree.lower <= true).all()
    assert (true <= tree.upper).all()
    assert (tree.upper <= upper + np.diag(np.full(len(values), INF))).all()
    assert (tree.lower >= lower).all()
    assert (tree.upper[:, :, None] <= np.maximum(tree.upper[:, None, :], tree.upper.T[None])).all()
    for level in range(8):
        inside = values <= level
        exact = len({tuple(row) for row in (true[inside][:, inside] <= level).tolist()})
        least, most = tree.count(level)
        assert least <= exact <= most


@settings(max_examples=60)
@given(ultrametric_with_bounds())
def test_with_exact_levels_the_tree_is_exact(case):
    values, true, _, _ = case
    tree = merge_tree(values, true, true)
    assert (tree.upper == true).all()
    assert (tree.lower == true).all()
    assert sum(bar.death is None for bar in tree.bars) == 1
