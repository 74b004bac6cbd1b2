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

from proofs_checks.framework.contract import CONTRACT, DOMAINS, LOSSES

VARIABLE = "RELUPATH_IMPLEMENTATION"
CONSTANTS = ("Huber", "Pinball", "Logistic")  # losses with a constant, or not rational


class MissingName(Exception):
    """The implementation under test lacks a name that a claim needs."""

    def __init__(self, name: str) -> None:
        super().__init__(f"has no {name}")
        self.name = name


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
        if name not in CONTRACT:
            raise AttributeError(f"{name}: not a public name an implementation provides")
        return getattr(self.module, name, _Missing(name))

    def provides(self, name: str) -> bool:
        """Whether the implementation has a public name."""
        return hasattr(self.module, name)

    def arithmetic(self, rational: bool) -> type:
        """Return the number type of a case: ``Fraction`` or ``float``."""
        return Fraction if self.exact and (rational or self.precise) else float

    def supports_exact(self) -> bool:
        """Whether networks and problems of this implementation compute with fractions."""
        one = np.array([[Fraction(1, 3)]], dtype=object)
        losses = [name for name in LOSSES if self.provides(name) and name not in CONSTANTS]
        domains = [getattr(self.module, name)() for name in DOMAINS[:1] if self.provides(name)]
        try:
            network = self.module.Network(one, one[0])
            problem = self.module.Problem(
                one,
                one[0],
                loss=getattr(self.module, losses[0])(),
                kappa=Fraction(1, 3),
                **({"domain": domains[0]} if domains else {}),
            )
            return isinstance(problem.value(network), Fraction)
        except Exception:
            return False

    def in_exact_arithmetic(self, precise: bool = False) -> Target:
        """Return the same implementation with cases built from fractions."""
        return replace(self, exact=True, precise=precise)


class _Missing:
    """Stands for a name the implementation lacks; objects when called or looked into."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __call__(self, *_: object, **__: object) -> Any:
        raise MissingName(self._name)

    def __getattr__(self, _: str) -> Any:
        raise MissingName(self._name)


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
    if "/" in name or "\\" in name or name.startswith(".") or name.endswith(".py"):
        module = name.replace("\\", "/").rpartition("/")[2].removesuffix(".py")
        raise ValueError(
            f"implementation: found {name!r}, allowed is an importable module: give the "
            f"module name without .py and folder, here {module!r}"
        )
    try:
        return Target(importlib.import_module(name), name)
    except ImportError as error:
        said = f"({error}), allowed is the name of an importable module"
        raise ValueError(f"implementation: found {name!r} {said}") from None
    except (Exception, SystemExit) as error:
        said = " ".join(f"{type(error).__name__}: {error}".split())
        raise ValueError(
            f"implementation: found {name!r}; importing it stops with {said}, allowed is "
            "a module that can be imported"
        ) from None
