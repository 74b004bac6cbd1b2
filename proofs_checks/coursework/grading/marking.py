"""One claim tried on one function: the points, and what the student is told about them."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from hypothesis.errors import HypothesisException

from proofs_checks.coursework.assignment import (
    Assignment,
    Function,
    Mark,
    Overlay,
    Task,
)
from proofs_checks.coursework.grading.probe import Call, Probe
from proofs_checks.coursework.grading.reproduction import call_text
from proofs_checks.coursework.sandbox.process import Stopped, SubmissionError
from proofs_checks.framework.measurement import Measurement
from proofs_checks.framework.search import check
from proofs_checks.framework.target import MissingName, Target
from reference.model.network import Network

SHRINKS = 25  # cases spent on making a counterexample smaller
AGREEMENT = 1e-9  # of values, relative: the same formula summed in another order


@dataclass(frozen=True)
class MarkResult:
    """What one claim said about one function.

    Attributes
    ----------
    task, claim, title : str
    points, earned : int
    tried : int
        Cases.
    problem : str
        What went wrong, for the student; empty where nothing did.
    measured : str
        The comparison that failed.
    case : str
        Python that repeats the call.
    hint : str
    """

    task: str
    claim: str
    title: str
    points: int
    earned: int
    tried: int = 0
    problem: str = ""
    measured: str = ""
    case: str = ""
    hint: str = ""


class _SmallEnough(BaseException):
    """Ends a search whose counterexample is small enough; no ``Exception``, like `Stopped`."""


@dataclass
class _Witness:
    """The last refutation a search met: the smallest so far, since shrinking only goes down."""

    tried: int = 0
    since: int = 0
    measurement: Measurement | None = None
    error: str = ""
    calls: tuple[Call, ...] = ()

    def refuted(self, probe: Probe, measurement: Measurement | None, error: str = "") -> None:
        self.since = max(self.since, 1)
        self.measurement, self.error, self.calls = measurement, error, tuple(probe.calls)


def try_mark(
    assignment: Assignment,
    task: Task,
    mark: Mark,
    function: Function,
    examples: int | None = None,
    seed: int = 0,
) -> MarkResult:
    """Try one claim on one function, the library standing in for everything else.

    Parameters
    ----------
    function : callable
        The student's, directly or through a `Sandbox`.
    examples : int, optional
        Cases to try; by default what the mark asks for.
    seed : int
        The same seed gives the same marks.

    Raises
    ------
    Stopped
        If the submission's process had to be ended.
    """
    probe = Probe(task, function)
    target = Target(Overlay(probe, task.overlay(probe)), "submission")
    witness = _Witness()
    measure = _watched(mark.claim.measure, probe, witness)
    claim = replace(mark.claim, controls=(), exact=False, measure=measure)
    witness.error = probe.works() or _vacuous(assignment, task, function)
    if witness.error:
        witness.calls = tuple(probe.calls)
        return _lost(assignment, task, mark, function, witness)
    with warnings.catch_warnings(), suppress(_SmallEnough):
        warnings.simplefilter("ignore")
        check(claim, target, examples or mark.examples, seed)
    if witness.since:
        return _lost(assignment, task, mark, function, witness)
    points = mark.points
    return MarkResult(task.name, mark.claim.id, mark.claim.title, points, points, witness.tried)


def lost(task: Task, mark: Mark, problem: str) -> MarkResult:
    """Return a mark without points for a reason that needs no case."""
    return MarkResult(
        task.name, mark.claim.id, mark.claim.title, mark.points, 0, 0, problem, hint=task.hint
    )


def diagnose(
    assignment: Assignment, task: Task, function: Function, calls: tuple[Call, ...] = ()
) -> str:
    """Return what is said about the known mistake whose values the function has, or nothing.

    Values are compared in general position and on the failing calls; a mistake that cannot be
    told from the model solution there is not accused.
    """
    probe, right = Probe(task, function), Probe(task, assignment.solution(task.name))
    draws = [task.draw(np.random.default_rng(seed)) for seed in range(3)]
    try:
        made = [(arguments, probe(*arguments)) for arguments in draws]
    except SubmissionError:
        return ""
    made += [(call.arguments, call.value) for call in calls if not call.error]
    if all(_same(value, right(*arguments)) for arguments, value in made):
        return ""
    for mistake in task.mistakes:
        wrong = Probe(task, mistake.function)
        try:
            if all(_same(value, wrong(*arguments)) for arguments, value in made):
                return mistake.message
        except SubmissionError:
            continue
    return ""


def _vacuous(assignment: Assignment, task: Task, function: Function) -> str:
    """Say so where a function ignores its arguments: it might satisfy a bound by luck."""
    probe, right = Probe(task, function), Probe(task, assignment.solution(task.name))
    draws = [task.draw(np.random.default_rng(seed)) for seed in (0, 1)]
    constant = _same(*(probe(*arguments) for arguments in draws))
    if constant and not _same(*(right(*arguments) for arguments in draws)):
        return "the result is the same whatever the arguments are"
    return ""


def _watched(
    measure: Callable[[Target, Any], Measurement], probe: Probe, witness: _Witness
) -> Callable[[Target, Any], Measurement]:
    """Return the measure, keeping what the last refutation and its calls were."""

    def watched(target: Target, case: Any) -> Measurement:
        probe.calls.clear()
        if witness.since > SHRINKS:
            raise _SmallEnough
        witness.since += witness.since > 0
        witness.tried += witness.since == 0
        try:
            measurement = measure(target, case)
        except (MissingName, HypothesisException):
            raise
        except Exception as error:
            name = "" if isinstance(error, SubmissionError) else f"{type(error).__name__}: "
            witness.refuted(probe, None, f"{name}{error}")
            raise
        if measurement.verdict == "refuted":
            witness.refuted(probe, measurement)
        return measurement

    return watched


def _lost(
    assignment: Assignment, task: Task, mark: Mark, function: Function, witness: _Witness
) -> MarkResult:
    """Return the mark without points, with everything that is known."""
    problem, measured = witness.error, ""
    if witness.measurement is not None:
        measured = str(witness.measurement)
        label = witness.measurement.label
        told = (text for start, text in task.labels.items() if label.startswith(start))
        problem = _diagnosis(assignment, task, function, witness.calls) or next(told, "")
    case = "" if problem == "not written yet" else _case(assignment, task, witness.calls)
    return replace(
        lost(task, mark, problem or mark.claim.title + ": does not hold"),
        tried=witness.tried,
        measured=measured,
        case=case,
    )


def _diagnosis(
    assignment: Assignment, task: Task, function: Function, calls: tuple[Call, ...]
) -> str:
    try:
        return diagnose(assignment, task, function, calls)
    except Stopped:
        return ""


def _case(assignment: Assignment, task: Task, calls: tuple[Call, ...]) -> str:
    if not calls:
        return ""
    failing = next((call for call in calls if call.error), calls[-1])
    return call_text(task.name, assignment.parameters(task.name), failing)


def _same(one: Any, other: Any) -> bool:
    """Whether two results agree: arrays within `AGREEMENT`, structures part by part."""
    if isinstance(one, Network):
        return _same((one.W, one.theta), (other.W, other.theta))
    if isinstance(one, tuple | list):
        return (
            isinstance(other, tuple | list)
            and len(one) == len(other)
            and all(_same(a, b) for a, b in zip(one, other, strict=True))
        )
    if np.shape(one) != np.shape(other):
        return False
    size = float(np.abs(other).max(initial=0.0))
    return bool(np.abs(np.subtract(one, other)).max(initial=0.0) <= AGREEMENT * (size + 1e-300))
