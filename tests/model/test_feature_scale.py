"""The feature scale D: the operator norm it is, and a proved rational bound in exact arithmetic."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from reference.model.exact_arithmetic import to_exact
from reference.model.feature_scale import (
    feature_scale,
    is_positive_semidefinite,
    root,
    row_norms,
)

SHAPES = st.tuples(st.integers(1, 5), st.integers(1, 4))
INTEGERS = SHAPES.flatmap(lambda shape: arrays(np.int64, shape, elements=st.integers(-4, 4)))


@given(INTEGERS)
def test_scale_is_the_largest_mean_square_response(X):
    X = X.astype(float)
    singular = np.linalg.svd(X, compute_uv=False)[0] / np.sqrt(len(X))
    np.testing.assert_allclose(feature_scale(X), singular, atol=1e-7, rtol=1e-12)


@given(INTEGERS)
def test_exact_scale_is_proved_above_and_close(X):
    exact = to_exact(X)
    scale = feature_scale(exact)
    assert isinstance(scale, Fraction)
    moment = exact.T @ exact / len(exact)
    identity = to_exact(np.eye(X.shape[1]))
    assert is_positive_semidefinite(scale**2 * identity - moment)
    # The float is right to 1e-15 here, so one step of 2**-40 is all that is ever added.
    assert 0 <= scale - Fraction(feature_scale(X.astype(float))) <= Fraction(1, 2**40)


@pytest.mark.parametrize("shortfall", [1, 4, 8])
def test_doubling_steps_exceed_the_scale_by_no_more_than_the_float_fell_short(shortfall):
    exact = 10**17 + shortfall
    scale = feature_scale(np.array([[Fraction(exact)]]))
    assert 0 <= scale - exact <= shortfall + Fraction(1, 2**40)


def test_scale_of_zero_samples_and_of_the_unit_sample():
    assert feature_scale(np.zeros((3, 2))) == 0
    assert feature_scale(to_exact(np.zeros((3, 2)))) == 0
    assert feature_scale(np.array([[3.0, 4.0]])) == pytest.approx(5, abs=1e-14)


@pytest.mark.parametrize(
    ("matrix", "expected"),
    [
        ([[1, 0], [0, 0]], True),
        ([[0, 1], [1, 0]], False),
        ([[0, 0], [0, -1]], False),
        ([[1, 2], [2, 4]], True),
        ([[1, 2], [2, Fraction(4) - Fraction(1, 10**30)]], False),
        ([[2, -1, 0], [-1, 2, -1], [0, -1, 2]], True),
    ],
)
def test_semidefiniteness_is_decided_exactly(matrix, expected):
    assert is_positive_semidefinite(to_exact(np.array(matrix, dtype=object))) is expected


@given(INTEGERS)
def test_gram_matrices_are_semidefinite_and_stop_being_so_below_their_null_space(X):
    gram = to_exact(X.T @ X)
    assert is_positive_semidefinite(gram)
    if np.linalg.matrix_rank(X) < X.shape[1]:
        shift = Fraction(1, 10**12) * to_exact(np.eye(X.shape[1]))
        assert not is_positive_semidefinite(gram - shift)


@given(st.fractions(0, 10**6), st.integers(1, 4))
def test_root_of_a_fraction_is_the_least_on_its_grid_that_is_not_below(value, degree):
    found, step = root(value, degree), Fraction(1, value.denominator << 40)
    assert isinstance(found, Fraction)
    assert found**degree >= value
    assert found == 0 or (found - step) ** degree < value


def test_roots_that_are_rational_are_exact_and_the_square_root_is_meant_by_default():
    assert root(Fraction(4, 9)) == Fraction(2, 3)
    assert root(Fraction(27, 8), 3) == Fraction(3, 2)
    assert root(2.25) == 1.5
    assert root(27.0, 3) == pytest.approx(3, rel=1e-15)


@pytest.mark.parametrize("exact", [False, True])
def test_row_norms(exact):
    rows = np.array([[3.0, 4.0, 12.0], [0.0, 0.0, 0.0]])
    rows = to_exact(rows) if exact else rows
    norms, none = row_norms(rows), row_norms(rows[:0])
    assert norms.tolist() == [13, 0]
    assert norms.dtype == none.dtype == (object if exact else float)
    assert none.shape == (0,)
