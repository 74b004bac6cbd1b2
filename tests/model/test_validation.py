"""Checks of public input: what passes, and how a refusal reads."""

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest

from reference.model.exact_arithmetic import mean, to_exact
from reference.model.validation import real_array


@pytest.mark.parametrize("value", [[True, False], np.array([1, 0], dtype=np.int8), [1.0, 0.0]])
def test_numbers_become_float64_copies(value):
    array = real_array(value, "v", (2,))
    assert array.dtype == np.float64
    np.testing.assert_array_equal(array, [1, 0])
    assert not array.flags.writeable


def test_the_argument_is_neither_shared_nor_frozen():
    mine = np.ones(3)
    array = real_array(mine, "v", (3,))
    mine[0] = 5
    assert array[0] == 1


def test_objects_become_fractions_equal_to_what_was_given():
    array = real_array(np.array([Fraction(1, 3), 0.1, np.int64(2)], dtype=object), "v", (None,))
    assert list(array) == [Fraction(1, 3), Fraction(0.1), Fraction(2)]
    assert {type(entry) for entry in array} == {Fraction}
    assert list(to_exact(np.array([Decimal("0.1")]))) == [Fraction(1, 10)]


def test_what_is_no_number_is_named_an_entry_of_the_array():
    with pytest.raises(TypeError, match=r"^array: found 'x' at index \(1,\)"):
        to_exact(np.array([1, "x"], dtype=object))


def test_numbers_of_numpy_become_fractions_that_cannot_overflow():
    (exact,) = to_exact(np.array([np.int64(2**62)], dtype=object))
    assert 4 * exact == 2**64


@pytest.mark.parametrize(
    ("value", "shape", "error", "message"),
    [
        ([1, 2], (3,), ValueError, r"v: found shape \(2,\), allowed is \(3\)"),
        ([], (None,), ValueError, r"v: found shape \(0,\), allowed is \(any\), none empty"),
        ([1], (), ValueError, r"v: found shape \(1,\)"),
        ([[1, 2], [3]], (None, None), ValueError, r"v: found rows of different lengths"),
        ([[1, 2], [3, np.nan]], (2, 2), ValueError, r"v: found nan at index \(1, 1\)"),
        ([1, -np.inf], (None,), ValueError, r"v: found -inf at index \(1,\), allowed are finite"),
        (float("nan"), (), ValueError, r"v: found nan, allowed are finite"),
        (["a"], (1,), TypeError, r"v: found dtype <U1, allowed are real numbers"),
        ([1j], (1,), TypeError, r"v: found dtype complex128"),
        ([None], (1,), TypeError, r"v: found None at index \(0,\)"),
        (np.array([np.nan], dtype=object), (1,), TypeError, r"v: found nan at index \(0,\)"),
    ],
)
def test_refusals_name_argument_finding_and_what_is_allowed(value, shape, error, message):
    with pytest.raises(error, match=message):
        real_array(value, "v", shape)


def test_mean_of_fractions_is_a_fraction():
    assert mean(to_exact(np.array([1, 2]))) == Fraction(3, 2)
    assert isinstance(mean(to_exact(np.array([2, 2]))), Fraction)
    assert isinstance(mean(np.array([1, 2], dtype=object)), Fraction)
    assert mean(np.array([1.0, 2.0])) == 1.5


def test_masked_arrays_are_refused():
    masked = np.ma.masked_array([[0.1, 0.2]], mask=[[True, False]])
    with pytest.raises(TypeError, match="W: found a masked array, allowed are finite reals"):
        real_array(masked, "W", (None, None))


@pytest.mark.parametrize(
    "change",
    [
        lambda frame: frame,
        lambda frame: frame.convert_dtypes(),
        lambda frame: frame.astype(object),
        lambda frame: frame.astype({"a": "Float64", "b": "boolean"}),
        lambda frame: frame.astype({"a": "category"}),
    ],
)
def test_frames_of_any_numeric_dtype_are_float64(change):
    frame = pd.DataFrame({"a": [0.5, 1.25], "b": [True, False]})
    read = real_array(change(frame), "X", (None, None))
    assert read.dtype == np.float64
    assert read.tolist() == [[0.5, 1.0], [1.25, 0.0]]


def test_frames_of_fractions_stay_exact_and_missing_entries_are_refused():
    exact = real_array(pd.Series([Fraction(1, 3), 2]), "y", (None,))
    assert exact.tolist() == [Fraction(1, 3), 2]
    with pytest.raises(ValueError, match="y: found nan at index"):
        real_array(pd.Series([1, None], dtype="Int64"), "y", (None,))


def test_text_labels_are_told_how_to_become_numbers():
    with pytest.raises(TypeError, match="allowed are real numbers; write labels as 0 and 1"):
        real_array(["setosa", "other"], "y", (None,))
