"""Piecewise-linear paths: nodes, times between them, lengths, and paths on disk."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference import Network, NormalizedWeights, Path
from reference.model.path import distance, interpolate, normalized


def random_networks(count, seed=0, m=3, n=2):
    generator = np.random.default_rng(seed)
    return [
        Network(generator.standard_normal((m, n)), generator.standard_normal(m))
        for _ in range(count)
    ]


def test_nodes_segments_and_ends():
    a, b, c = random_networks(3)
    path = Path([a, b, c])
    assert (path.start, path.end) == (a, c)
    assert path.segments == ((a, b), (b, c))
    assert path.reversed().nodes == (c, b, a)
    assert Path(iter([a])).segments == ()


def test_times_zero_and_one_are_the_nodes_themselves():
    a, b = random_networks(2)
    assert Path([a, b]).at(0, 0) is a
    assert Path([a, b]).at(0, 1) is b
    assert Path([a, b]).at(0, 1.0) is b


@given(st.fractions(0, 1))
def test_between_nodes_both_layers_are_linear_in_exact_arithmetic(t):
    a, b = (net.exact() for net in random_networks(2))
    middle = interpolate(a, b, t)
    assert ((1 - t) * a.W + t * b.W == middle.W).all()
    assert (middle.theta == (1 - t) * a.theta + t * b.theta).all()


@given(st.floats(0, 1))
def test_entries_on_which_the_ends_agree_keep_every_bit(t):
    domain = NormalizedWeights()
    a, b = random_networks(2)
    a = Network(np.vstack([a.W, domain.constant_row(2)]), np.append(a.theta, 0.1))
    b = Network(np.vstack([b.W, domain.constant_row(2)]), np.append(b.theta, 0.1))
    middle = interpolate(a, b, t)
    assert (middle.W[-1] == domain.constant_row(2)).all()
    assert middle.theta[-1] == 0.1
    assert interpolate(a, a, t).identical(a)


def test_length_adds_segments_and_normalises_by_the_straight_line():
    corners = [Network([[x]], [y]) for x, y in ((0, 0), (3, 0), (3, 4))]
    path = Path(corners)
    assert path.length() == 7
    assert path.normalized_length() == pytest.approx(7 / 5)
    assert Path([corners[0], corners[2]]).normalized_length() == 1
    assert normalized(0.75, 0.5) == 1.5
    assert distance(corners[0], corners[2]) == 5
    assert distance(corners[0].exact(), corners[2].exact()) == 5


def test_normalised_length_of_loops():
    a, b = random_networks(2)
    assert Path([a]).normalized_length() == 1
    assert Path([a, a]).normalized_length() == 1
    assert Path([a, b, a]).normalized_length() == np.inf
    assert normalized(0.0, 0.0) == 1


def test_joined_needs_the_same_labelled_arrays():
    a, b, c = random_networks(3)
    assert Path([a, b]).joined(Path([b, c])).nodes == (a, b, c)
    permuted = Network(b.W[::-1], b.theta[::-1])
    with pytest.raises(ValueError, match=r"paths: found an end that is not the other's start"):
        Path([a, b]).joined(Path([permuted, c]))


def test_simplified_drops_repetitions_and_nothing_else():
    a, b = random_networks(2)
    copy = Network(a.W, a.theta)
    assert Path([a, copy, b, b, a]).simplified().nodes == (a, b, a)
    assert Path([a, b, copy]).simplified().nodes == (a, b, copy)
    assert Path([a]).simplified().nodes == (a,)


def test_simplified_keeps_its_ends_bit_for_bit():
    positive, negative, other = (Network([[x]], [1.0]) for x in (0.0, -0.0, 1.0))
    assert positive.identical(negative)
    assert Path([other, positive, negative]).simplified().nodes == (other, negative)
    assert Path([positive, negative, other]).simplified().nodes == (positive, other)
    assert Path([positive, negative]).simplified().nodes == (positive,)


def test_nodes_must_agree_in_shape_and_arithmetic():
    a, b = random_networks(2)
    with pytest.raises(ValueError, match=r"nodes: found none, allowed is at least one"):
        Path([])
    with pytest.raises(ValueError, match=r"nodes: found shape \(2, 2\) at node 1"):
        Path([a, Network(b.W[:2], b.theta[:2])])
    with pytest.raises(ValueError, match=r"at node 1.*in the same arithmetic"):
        Path([a, b.exact()])


def test_save_and_load_keep_every_bit(tmp_path):
    path = Path(random_networks(3))
    path.save(tmp_path / "path.npz")
    back = Path.load(tmp_path / "path.npz")
    assert len(back.nodes) == 3
    assert all(a.identical(b) for a, b in zip(path.nodes, back.nodes, strict=True))


def test_exact_paths_are_saved_rounded(tmp_path):
    Path([Network([[Fraction(1, 3)]], [Fraction(1, 7)])]).save(tmp_path / "path.npz")
    assert Path.load(tmp_path / "path.npz").start.W[0, 0] == 1 / 3


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"W": np.ones((2, 1)), "theta": np.ones(2)}, r"found shapes W \(2, 1\) and theta \(2,\)"),
        ({"W": np.ones((2, 3, 1)), "theta": np.ones((2, 4))}, r"allowed are \(K, m, n\) and"),
        ({"W": np.ones((0, 3, 1)), "theta": np.ones((0, 3))}, r"nodes: found none"),
        ({"W": np.full((1, 1, 1), np.nan), "theta": np.ones((1, 1))}, r"W: found nan"),
        ({"W": np.ones((1, 1, 1))}, r"found no array 'theta'"),
    ],
)
def test_files_that_are_no_paths(tmp_path, arrays, message):
    file = tmp_path / "bad.npz"
    np.savez(file, **arrays)
    with pytest.raises(ValueError, match=message):
        Path.load(file)
