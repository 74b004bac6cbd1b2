"""Claims of the coursework alone: that a function is what its definition says.

The claims of the suite are theorems about an implementation; a function that returns something
else may satisfy one of them (twice a valid bound is a valid bound). These close the gap. Their
controls are the planted wrong submissions of the tests.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from hypothesis.strategies import SearchStrategy

from proofs_checks.framework.claim import Claim
from proofs_checks.framework.measurement import Measurement, check_true, equal
from proofs_checks.framework.target import Target

ULPS = 1e-12  # relative: a short formula in any order of operations


def defined(
    title: str,
    measure: Callable[[Target, Any], Measurement],
    cases: SearchStrategy[Any],
    id: str,
) -> Claim:
    """Return a claim with no controls of its own."""
    return Claim(id, title, "definition", "exact", cases, measure, (), __name__, exact=False)


def close(found: Any, expected: Any, label: str) -> Measurement:
    """Compare two numbers up to the rounding of a short formula."""
    size = max(abs(float(found)), abs(float(expected)), 1e-300)
    return equal(float(found), float(expected), ULPS * size, label)


def same(found: np.ndarray, expected: np.ndarray, label: str) -> Measurement:
    """Compare two arrays, every bit."""
    return check_true(bool((found == expected).all()), label)
