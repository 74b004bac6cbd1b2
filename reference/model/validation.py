"""The checks every public input passes once, with one grammar for what they say.

An error names the argument, then what was found, then what is allowed:
``theta: found shape (2,), allowed is one coefficient for each of the 3 rows of W``.
"""

from __future__ import annotations

from fractions import Fraction
from numbers import Real
from typing import Any

import numpy as np

from reference.model.exact_arithmetic import Array, to_exact

LARGEST = 2.0**500  # about 3.3e150, of any float64 number of a problem or network
SMALLEST = 2.0**-500  # about 3.1e-151, of data and the penalty's weight, unless 0


def real_array(value: object, name: str, shape: tuple[int | None, ...]) -> Array:
    """Return ``value`` as a read-only array of finite reals, float64 or exact.

    Parameters
    ----------
    value : array-like
        Numbers. An object array becomes exact: every entry a ``Fraction``. A data frame or series
        is float64 whatever its numeric dtypes, unless it holds a ``Fraction``. Masked arrays are
        refused: what is masked is no number.
    name : str
        What to call the argument in an error.
    shape : tuple of int or None
        The allowed shape; ``None`` stands for any positive length.

    Raises
    ------
    TypeError
        If an entry is not a real number.
    ValueError
        If the shape differs, a length is zero, or an entry is NaN or infinite.
    """
    if isinstance(value, np.ma.MaskedArray):
        raise TypeError(
            f"{name}: found a masked array, allowed are finite reals; fill or drop what is masked"
        )
    try:
        array = _frame_values(value) if hasattr(value, "to_numpy") else np.asarray(value)
    except ValueError:
        raise ValueError(f"{name}: found rows of different lengths, allowed is an array") from None
    if array.dtype == object:
        array = to_exact(array, name)
    elif array.dtype.kind in "biuf":
        array = array.astype(np.float64)
    else:
        hint = "; write labels as 0 and 1" if array.dtype.kind in "US" else ""
        raise TypeError(f"{name}: found dtype {array.dtype}, allowed are real numbers{hint}")
    fits = array.ndim == len(shape) and all(
        array.shape[k] > 0 and length in (None, array.shape[k]) for k, length in enumerate(shape)
    )
    if not fits:
        allowed = ", ".join("any" if length is None else str(length) for length in shape)
        raise ValueError(f"{name}: found shape {array.shape}, allowed is ({allowed}), none empty")
    if array.dtype != object and not np.isfinite(array).all():
        where = tuple(int(k) for k in np.argwhere(~np.isfinite(array))[0])
        place = f" at index {where}" if where else ""
        raise ValueError(f"{name}: found {array[where]}{place}, allowed are finite reals")
    array.setflags(write=False)
    return array


def check_magnitudes(array: Array, name: str, smallest: float = 0.0) -> None:
    """Refuse float64 numbers so large, or so small but not 0, that products could mislead.

    Rounding is analysed beforehand (`reference.certificate.rounding`), which needs products that
    neither overflow nor, for data, vanish. Exact numbers may have any size.

    Raises
    ------
    ValueError
        Naming the first such entry and the allowed magnitudes.
    """
    if array.dtype == object:
        return
    size = np.abs(array)
    wrong = (size > LARGEST) | ((size > 0) & (size < smallest))
    if wrong.any():
        where = tuple(int(k) for k in np.argwhere(wrong)[0])
        place = f" at index {where}" if where else ""
        least = f"0 and magnitudes from {smallest:.1e}" if smallest else "magnitudes up"
        raise ValueError(
            f"{name}: found {array[where]}{place}, allowed are {least} to {LARGEST:.1e}; "
            "measure it in other units"
        )


def _frame_values(frame: Any) -> Array:
    """Return the values of a data frame or series: float64 where they are plain numbers.

    Mixed, nullable and categorical columns arrive as objects, but their user meant no fractions.
    """
    array: Array = np.asarray(frame.to_numpy())
    plain = all(isinstance(x, Real) and not isinstance(x, Fraction) for x in array.flat)
    return array.astype(np.float64) if array.dtype == object and plain else array
