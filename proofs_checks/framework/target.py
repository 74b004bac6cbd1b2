"""The implementation under test: a module loaded by name, and the arithmetic it is tested in.

Claims take every function and class from a `Target`, so the same claim runs on `reference`, on a
student's module or on a deliberately wrong one. A name the module lacks becomes a stub that
raises `MissingName` when touched: only the claims that need it are skipped.
"""

from __future__ import annotations

import importlib
import os
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np

VARIABLE = "RELUPATH_IMPLEMENTATION"

PUBLIC_NAMES = (
    "Absolute",
    "HalfSquared",
    "Hinge",
    "Huber",
    "Logistic",
    "Multipliers",
    "Network",
    "NormalizedWeights",
    "Path",
    "Pinball",
    "Problem",
    "Squared",
    "UnitBall",
    "balance",
    "bridge_bound",
    "caratheodory",
    "certify",
    "connect",
    "decayed_value",
    "descend",
    "flow",
    "global_minimum",
    "lift",
    "max_correlation",
    "merge",
    "merge_cube",
    "merge_sphere",
    "merge_tree",
    "move_idle",
    "prune",
    "refit",
    "relabel",
    "relaxed_bound",
    "sample",
    "sample_string",
    "separation_bound",
    "sphericalise",
    "theorem_bound",
    "theorem_path",
    "transfer",
    "two_rays",
)


class MissingName(Exception):
    """The implementation under test lacks a public name that a claim needs."""


@dataclass(frozen=True)
class Target:
    """The public names of an implementation, and the arithmetic in which cases are built.

    Parameters
    ----------
    module : object
        A module, or any object with the public names as attributes.
    name : str
        What to call it in a ledger.
    exact : bool
        Build cases in rational arithmetic (else float64) wherever the loss is rational.
    precise : bool
        With ``exact``: also the logistic loss, through `exact.precise_logistic`.
    """

    module: Any
    name: str
    exact: bool = False
    precise: bool = False

    def __getattr__(self, name: str) -> Any:
        if name not in PUBLIC_NAMES:
            raise AttributeError(f"{name}: not a public name an implementation provides")
        return getattr(self.module, name, _Missing(name, self.name))

    def provides(self, name: str) -> bool:
        """Whether the implementation has a public name."""
        return hasattr(self.module, name)

    def arithmetic(self, rational: bool) -> type:
        """Return the number type of a case: ``Fraction`` or ``float``."""
        return Fraction if self.exact and (rational or self.precise) else float

    def supports_exact(self) -> bool:
        """Whether networks and problems of this implementation compute with fractions."""
        one = np.array([[Fraction(1, 3)]], dtype=object)
        try:
            network = self.module.Network(one, one[0])
            problem = self.module.Problem(one, one[0], self.module.Absolute(), Fraction(1, 3))
            return isinstance(problem.value(network), Fraction)
        except Exception:
            return False

    def in_exact_arithmetic(self, precise: bool = False) -> Target:
        """Return the same implementation with cases built from fractions."""
        return replace(self, exact=True, precise=precise)


class _Missing:
    """Stands for a name the implementation lacks; objects when called or looked into."""

    def __init__(self, name: str, implementation: str) -> None:
        self._message = f"{implementation} has no {name}"

    def __call__(self, *_: object, **__: object) -> Any:
        raise MissingName(self._message)

    def __getattr__(self, _: str) -> Any:
        raise MissingName(self._message)


def load(implementation: str | None = None) -> Target:
    """Import the implementation called ``implementation``, or what the environment names.

    Parameters
    ----------
    implementation : str, optional
        An importable module such as ``"reference"`` or ``"my_package.networks"``; by default the
        environment variable ``RELUPATH_IMPLEMENTATION``, and ``"reference"`` without it.

    Raises
    ------
    ValueError
        If no such module can be imported.
    """
    name = implementation or os.environ.get(VARIABLE) or "reference"
    try:
        return Target(importlib.import_module(name), name)
    except ImportError as error:
        raise ValueError(
            f"implementation: found {name!r} ({error}), allowed is the name of an importable module"
        ) from None
