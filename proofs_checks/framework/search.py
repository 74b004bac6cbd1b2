"""Look for a counterexample: draw cases, steer toward the bound, shrink what refutes.

`check` is the whole interface: one claim, one target, and a record of what was found. It needs no
test runner. Hypothesis does the drawing, the steering (`hypothesis.target`) and the shrinking.
"""

from __future__ import annotations

import math
import time
import warnings
from dataclasses import dataclass, replace
from typing import Any

import hypothesis
from hypothesis import HealthCheck, Phase
from hypothesis.errors import HypothesisException
from hypothesis.strategies import SearchStrategy

from proofs_checks.framework.claim import Claim, Control, Measure
from proofs_checks.framework.measurement import Measurement, check_true
from proofs_checks.framework.target import MissingName, Target, load

PHASES = (Phase.generate, Phase.target, Phase.shrink)


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
    verdict: str
    direction: str
    examples: int
    worst_ratio: float | None
    worst_case: str
    exact: bool
    controls: tuple[ControlResult, ...]
    seconds: float

    @property
    def passed(self) -> bool:
        """Whether nothing speaks against the claim: no counterexample, and every control refuted.

        A claim that rounding alone leaves undecided passes.
        """
        shown = all(control.refuted for control in self.controls)
        return shown and self.verdict not in ("refuted", "skipped")


class _Refuted(Exception):
    """Raised inside a search so that Hypothesis shrinks the case."""


@dataclass(frozen=True)
class _Effort:
    """How hard to search."""

    examples: int
    seed: int
    phases: tuple[Phase, ...]


@dataclass
class _Record:
    """What a search has seen so far."""

    examples: int = 0
    ratio: float | None = None
    case: str = ""
    undecided: str = ""
    refuted: str = ""
    missing: str = ""

    def add(self, measurement: Measurement, case: Any) -> None:
        self.examples += 1
        ratio = measurement.ratio
        if not self.case or (ratio is not None and (self.ratio is None or ratio > self.ratio)):
            self.ratio, self.case = ratio, describe(measurement, case)
        if measurement.verdict == "undecided" and not self.undecided:
            self.undecided = describe(measurement, case)


def check(
    claim: Claim,
    target: Target | None = None,
    examples: int | None = None,
    seed: int = 0,
    shrink: bool = True,
    control_examples: int = 3000,
) -> ClaimResult:
    """Try a claim and its controls on an implementation.

    Parameters
    ----------
    claim : Claim
    target : Target, optional
        By default what `target.load` finds.
    examples : int, optional
        How many cases to try; by default the claim's own number.
    seed : int
        The same seed gives the same result, times apart.
    shrink : bool
        Whether to look for the simplest counterexample once there is one; it takes most of the
        time.
    control_examples : int
        How many cases to try at most until a control is refuted; most need fewer than 100.

    Returns
    -------
    ClaimResult
        Its verdict is ``"holds"`` only if no case refutes the claim, none is undecided, and every
        control is refuted: a check that cannot fail proves nothing.
    """
    start = time.perf_counter()
    target = load() if target is None else target
    exact = claim.exact and target.supports_exact()
    cases_target = target.in_exact_arithmetic() if exact else target
    effort = _Effort(examples or claim.examples, seed, PHASES if shrink else PHASES[:2])
    record = _search(claim.cases, claim.measure, cases_target, effort)
    effort = replace(effort, examples=control_examples)
    settled = record.refuted or record.missing
    controls = tuple(
        ControlResult(control.dropped, False, "not tried: the claim itself is settled")
        if settled
        else _refute(control, cases_target, effort)
        for control in claim.controls
    )
    verdict, case = _verdict(claim, record, controls)
    return ClaimResult(
        id=claim.id,
        title=claim.title,
        source=claim.source,
        verdict=verdict,
        direction=claim.direction,
        examples=record.examples,
        worst_ratio=record.ratio,
        worst_case=case,
        exact=exact,
        controls=controls,
        seconds=round(time.perf_counter() - start, 3),
    )


def measured(measure: Measure, target: Target, case: Any) -> Measurement:
    """Measure one case; an error is a refutation; what rounding leaves open is measured exactly.

    Raises
    ------
    MissingName
        If the implementation lacks a name the claim needs.
    """
    measurement = _guarded(measure, target, case)
    if measurement.verdict != "undecided" or not target.exact:
        return measurement
    try:
        return measure(target.in_exact_arithmetic(precise=True), case)
    except Exception:
        return measurement


def describe(measurement: Measurement, case: Any) -> str:
    """Return the measurement and, pasteable after it, the case."""
    return f"{measurement} at {case!r}"


def _guarded(measure: Measure, target: Target, case: Any) -> Measurement:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return measure(target, case)
    except (MissingName, HypothesisException):
        raise
    except Exception as error:
        return check_true(False, f"raised {type(error).__name__}: {error}")


def _search(
    cases: SearchStrategy[Any], measure: Measure, target: Target, effort: _Effort
) -> _Record:
    """Run Hypothesis over ``cases`` until something refutes or the examples are used up."""
    record = _Record()

    @hypothesis.seed(effort.seed)
    @hypothesis.settings(
        max_examples=effort.examples,
        database=None,
        deadline=None,
        derandomize=False,
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
        phases=effort.phases,
        print_blob=False,
    )
    @hypothesis.given(cases)
    def attempt(case: Any) -> None:
        measurement = measured(measure, target, case)
        if measurement.verdict == "refuted":
            record.refuted = describe(measurement, case)
            raise _Refuted
        if not record.refuted:
            record.add(measurement, case)
        if measurement.ratio is not None and math.isfinite(measurement.ratio):
            hypothesis.target(measurement.ratio, label=measurement.label)

    try:
        attempt()
    except _Refuted:
        record.examples += 1
    except MissingName as missing:
        record.missing = str(missing)
    return record


def _refute(control: Control, target: Target, effort: _Effort) -> ControlResult:
    """Look for the counterexample; an error is no counterexample."""

    def measure(target: Target, case: Any) -> Measurement:
        try:
            return control.measure(target, case)
        except (MissingName, HypothesisException):
            raise
        except Exception as error:
            return check_true(True, f"raised {type(error).__name__}: {error}")

    record = _search(control.cases, measure, target, effort)
    return ControlResult(
        control.dropped, bool(record.refuted), record.refuted or record.missing or "none found"
    )


def _verdict(claim: Claim, record: _Record, controls: tuple[ControlResult, ...]) -> tuple[str, str]:
    """Return the verdict and the text of the case that speaks for it."""
    if record.missing:
        return "skipped", record.missing
    if record.refuted:
        return "refuted", record.refuted
    blind = [control.dropped for control in controls if not control.refuted]
    if blind:
        return "undecided", f"control not refuted: {blind[0]}"
    if record.undecided:
        return "undecided", record.undecided
    return claim.verdict_if_not_refuted, record.case
