"""Look for a counterexample: draw cases, steer toward the bound, shrink what refutes.

`check` is the whole interface: one claim, one target, and a record of what was found. It needs no
test runner. Hypothesis does the drawing, the steering (`hypothesis.target`) and the shrinking.
"""

from __future__ import annotations

import math
import time
import warnings
from dataclasses import dataclass, field, replace
from typing import Any

import hypothesis
from hypothesis import HealthCheck, Phase
from hypothesis.errors import HypothesisException, Unsatisfiable
from hypothesis.strategies import SearchStrategy

from proofs_checks.framework.claim import Claim, Control, Measure
from proofs_checks.framework.contract import missing_attribute, names_needed
from proofs_checks.framework.measurement import Measurement, check_true
from proofs_checks.framework.target import MissingName, Target, load
from proofs_checks.framework.verdict import ClaimResult, ControlResult, Verdict

PHASES = (Phase.generate, Phase.target, Phase.shrink)
PATIENCE = 100  # cases that lack a name before a claim is given up as untried
NOT_TRIED = "not tried"


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
    missing: dict[str, None] = field(default_factory=dict)

    @property
    def untried(self) -> str:
        """What the implementation lacks, where no case at all could be measured."""
        return ", ".join(self.missing) if self.missing and not self.examples else ""

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
    settled = record.refuted or record.untried
    controls = tuple(
        ControlResult(control.dropped, False, "not tried: the claim itself is settled")
        if settled
        else _refute(control, cases_target, effort)
        for control in claim.controls
    )
    verdict, case = _verdict(claim, target, record, controls)
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
        _raise_if_missing(error)
        return check_true(False, f"raised {type(error).__name__}: {error}")


def _raise_if_missing(error: Exception) -> None:
    """Raise `MissingName` where what went wrong is that a documented attribute is not there."""
    name = missing_attribute(error) if isinstance(error, AttributeError) else None
    if name is not None:
        raise MissingName(name) from None


def _search(
    cases: SearchStrategy[Any], measure: Measure, target: Target, effort: _Effort
) -> _Record:
    """Run Hypothesis over ``cases`` until something refutes or the examples are used up."""
    record = _Record()
    tries: list[MissingName] = []

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
        try:
            measurement = measured(measure, target, case)
        except MissingName as missing:
            record.missing[missing.name] = None
            if not record.examples and len(tries) >= PATIENCE:
                raise
            tries.append(missing)
            hypothesis.reject()
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
    except (MissingName, Unsatisfiable):
        pass  # a name is missing in every case that was drawn
    return record


def _refute(control: Control, target: Target, effort: _Effort) -> ControlResult:
    """Look for the counterexample; an error is no counterexample."""

    def measure(target: Target, case: Any) -> Measurement:
        try:
            return control.measure(target, case)
        except (MissingName, HypothesisException):
            raise
        except Exception as error:
            _raise_if_missing(error)
            return check_true(True, f"raised {type(error).__name__}: {error}")

    record = _search(control.cases, measure, target, effort)
    said = f"{NOT_TRIED}: {target.name} has no {record.untried}" if record.untried else "none found"
    return ControlResult(control.dropped, bool(record.refuted), record.refuted or said)


def _verdict(
    claim: Claim, target: Target, record: _Record, controls: tuple[ControlResult, ...]
) -> tuple[Verdict, str]:
    """Return the verdict and the text of the case that speaks for it.

    Where theory says that a bound is attained, float64 cannot tell the sides of an attained one
    apart: within the derived allowance it holds, as an equality does.
    """
    if record.untried:
        needed = {name for name in names_needed(claim.measure) if not target.provides(name)}
        lacking = ", ".join(sorted({*record.missing, *needed}))
        return Verdict.SKIPPED, f"{target.name} has no {lacking}"
    if record.refuted:
        return Verdict.REFUTED, record.refuted
    tried = [control for control in controls if not control.case.startswith(NOT_TRIED)]
    blind = [control for control in tried if not control.refuted]
    if blind:
        return Verdict.UNDECIDED, f"control not refuted: {blind[0].dropped}"
    if controls and not tried:
        return Verdict.UNDECIDED, f"no control could be tried: {controls[0].case}"
    if record.undecided and claim.direction not in ("tight", "exact"):
        return Verdict.UNDECIDED, record.undecided
    return claim.verdict_if_not_refuted, record.case
