"""A claim as data: what is stated, where it comes from, what to try, what to measure, what to drop.

One claim is one file of `proofs_checks.claims`. Its module docstring is the statement; its
``CLAIM`` is a `Claim`. The guide is ``docs/add-a-claim.md``.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from hypothesis.strategies import SearchStrategy

from proofs_checks.framework.measurement import Measurement
from proofs_checks.framework.target import Target
from proofs_checks.framework.verdict import Verdict

Measure = Callable[[Target, Any], Measurement]

CHAPTERS = {
    "M": "Model and calculus",
    "G": "Local geometry of the features",
    "P": "The path",
    "K": "Compression",
    "C": "Connectivity",
    "S": "Dynamic String Sampling",
    "D": "Global minimum with a certificate",
    "R": "The reduced landscape",
    "E": "The empirical claims",
}


@dataclass(frozen=True)
class Control:
    """The claim without one of its hypotheses: it must be refuted, by a shrunk counterexample.

    Attributes
    ----------
    dropped : str
        The hypothesis given up, or the error planted.
    cases : SearchStrategy
        Where to look for the counterexample.
    measure : callable
        As for the claim; its measurement must come out ``"refuted"``.
    """

    dropped: str
    cases: SearchStrategy[Any]
    measure: Measure


@dataclass(frozen=True)
class Claim:
    """One claim of the theory.

    Attributes
    ----------
    id : str
        The claim id of the theory page, such as ``"P3"``.
    title : str
        One sentence; the module docstring starts with ``"<id>. <title>."``.
    source : str
        Pinpoint citation: source, section, theorem or equation.
    direction : str
        ``"upper"``, ``"lower"``, ``"tight"`` (upper, equality attained) or ``"exact"`` (equality).
    cases : SearchStrategy
        The widest domain on which the claim is stated.
    measure : callable
        ``measure(target, case) -> Measurement``; deterministic.
    controls : tuple of Control
        At least one.
    module : str
        ``__name__`` of the claim file.
    exact : bool
        Whether rational cases are measured in exact arithmetic, with zero tolerance.
    examples : int
        How many cases to try unless told otherwise.
    verdict_if_not_refuted : Verdict
        The verdict when nothing refutes it; ``"refuted as printed"`` where the claim corrects its
        source and the controls are what is printed, ``"reported"`` where it only records.
    """

    id: str
    title: str
    source: str
    direction: str
    cases: SearchStrategy[Any]
    measure: Measure
    controls: tuple[Control, ...]
    module: str
    exact: bool = True
    examples: int = 150
    verdict_if_not_refuted: Verdict = Verdict.HOLDS

    @property
    def statement(self) -> str:
        """The module docstring: hypotheses, formula, direction, citation."""
        return (importlib.import_module(self.module).__doc__ or "").strip()

    @property
    def chapter(self) -> str:
        """The letter of its chapter."""
        return self.id[0]

    @property
    def order(self) -> tuple[int, int, str]:
        """Sorts claims as the theory page does: by chapter, then by number, K0 before K0'."""
        number = re.search(r"\d+", self.id)
        return list(CHAPTERS).index(self.chapter), int(number.group()) if number else 0, self.id
