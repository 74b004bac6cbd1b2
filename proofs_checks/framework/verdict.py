"""What came out of trying a claim: the verdict, the controls, and the row of the ledger."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """The words of a ledger.

    ``AS_PRINTED`` is said where a claim corrects its source: the corrected form holds, and its
    controls, which are what is printed, are refuted. ``REPORTED`` asserts nothing.
    """

    HOLDS = "holds"
    REFUTED = "refuted"
    UNDECIDED = "undecided"
    AS_PRINTED = "refuted as printed"
    REPORTED = "reported"
    SKIPPED = "skipped"


@dataclass(frozen=True)
class ControlResult:
    """Whether the claim without one hypothesis was refuted, and by which case."""

    dropped: str
    refuted: bool
    case: str


@dataclass(frozen=True)
class ClaimResult:
    """One row of the ledger."""

    id: str
    title: str
    source: str
    verdict: Verdict
    direction: str
    examples: int
    worst_ratio: float | None
    worst_case: str
    exact: bool
    controls: tuple[ControlResult, ...]
    seconds: float

    @property
    def passed(self) -> bool:
        """Whether the claim was tried and nothing speaks against it, nor leaves it open."""
        return self.verdict in (Verdict.HOLDS, Verdict.AS_PRINTED, Verdict.REPORTED)
