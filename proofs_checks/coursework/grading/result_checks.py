"""What a function handed back: arrays of the right shape, or a sentence that says what is wrong."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

Shape = tuple[int, ...]
Node = tuple[np.ndarray, np.ndarray]


def array(value: Any, shape: Shape, name: str = "result") -> np.ndarray:
    """Return finite float64 numbers of this shape.

    Raises
    ------
    ValueError
        If ``value`` is anything else.
    """
    if value is None:
        raise ValueError(f"{name}: found None, allowed is an array (is a return missing?)")
    try:
        found = np.asarray(value, dtype=np.float64)
    except (TypeError, ValueError):
        raise ValueError(
            f"{name}: found {type(value).__name__}, allowed are real numbers of shape {shape}"
        ) from None
    if found.shape != shape:
        raise ValueError(f"{name}: found shape {found.shape}, allowed is {shape}")
    if not np.isfinite(found).all():
        raise ValueError(f"{name}: found NaN or infinity, allowed are finite numbers")
    return found


def number(value: Any, name: str = "result") -> float:
    """Return one finite number."""
    return float(array(value, (), name))


def parts(value: Any, names: Sequence[str]) -> Sequence[Any]:
    """Return a tuple or list of as many parts as there are names."""
    if not isinstance(value, tuple | list) or len(value) != len(names):
        raise ValueError(f"result: found {_kind(value)}, allowed is the tuple ({', '.join(names)})")
    return value


def node(value: Any, shape: Shape, name: str = "result") -> Node:
    """Return a pair ``(W, theta)`` with ``W`` of this shape."""
    W, theta = parts(value, ("W", "theta"))
    return array(W, shape, f"{name}, W"), array(theta, shape[:1], f"{name}, theta")


def nodes(value: Any, shape: Shape) -> list[Node]:
    """Return a list of at least one pair ``(W, theta)``."""
    if not isinstance(value, tuple | list) or not value:
        raise ValueError(f"result: found {_kind(value)}, allowed is a list of pairs (W, theta)")
    return [node(each, shape, f"node {k}") for k, each in enumerate(value)]


def _kind(value: Any) -> str:
    if isinstance(value, tuple | list):
        return f"{type(value).__name__} of {len(value)}"
    return "None (is a return missing?)" if value is None else type(value).__name__
