"""Arrays of ``Fraction``: the kernels run on them unchanged, without rounding."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

Array = np.ndarray
Scalar = Any  # a float, or a Fraction where the input is exact


def to_exact(array: Array, name: str = "array") -> Array:
    """Return a copy whose entries are the ``Fraction`` equal to each number of ``array``.

    Raises
    ------
    TypeError
        If an entry is not a finite real number.
    """
    exact = np.empty(np.shape(array), dtype=object)
    for index, entry in np.ndenumerate(array):
        try:
            exact[index] = Fraction(entry.item() if isinstance(entry, np.generic) else entry)
        except (TypeError, ValueError, OverflowError):
            raise TypeError(
                f"{name}: found {entry!r} at index {index}, allowed are finite real numbers"
            ) from None
    return exact


def mean(values: Array) -> Scalar:
    """Average a vector; of fractions the average is a ``Fraction``, never a float."""
    total = values.sum()
    return (Fraction(total) if values.dtype == object else total) / len(values)
