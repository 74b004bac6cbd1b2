"""What an oracle of claim D2 or D5 answers: a bound of the largest correlation and good rows."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from reference.minimum.unit_scale import scaled
from reference.model.exact_arithmetic import Array, Scalar

EPSILON = np.finfo(np.float64).eps


class Peaks(NamedTuple):
    """An upper bound of the largest correlation and many good rows.

    Attributes
    ----------
    bound : float or Fraction
    rows : (K, n)
        The best first; with free biases the last column is the bias.
    exact : bool
    kind : str
        The oracle that proved the bound: "rays", "circle", "sphere" or "moments"; with free biases
        "shifted rays", "shifted circles" or "shifted moments".
    """

    bound: Scalar
    rows: Array
    exact: bool
    kind: str


def mean_bound(value: float, exponent: int, samples: int) -> float:
    """Return ``2**exponent value / samples`` rounded up; NaN counts as infinite."""
    if not value < np.inf:
        return np.inf
    return scaled(value / samples * (1 + 4 * EPSILON), exponent, up=True)
