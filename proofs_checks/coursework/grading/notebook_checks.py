"""Claims called from a notebook: what the tests for Otter-Grader and nbgrader consist of.

There the platform runs the notebook, in its own container and under its own limits; the
functions are called as they are. For everything else there is `relupath grade`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from proofs_checks.coursework.assignment import load
from proofs_checks.coursework.grading.feedback import feedback
from proofs_checks.coursework.grading.marking import try_mark
from proofs_checks.coursework.grading.probe import Probe


class PointsLost(AssertionError):
    """A mark without points; notebooks show its text, and no source of any test."""

    def _render_traceback_(self) -> list[str]:
        return str(self).splitlines()


def interface(number: int, name: str, function: Callable[..., Any]) -> None:
    """Check that a function returns what its docstring says, whatever the values.

    Raises
    ------
    PointsLost
        If it does not.
    """
    wrong = Probe(load(number).task(name), function).works()
    if wrong:
        raise PointsLost(f"{name}: {wrong}") from None


def claim(number: int, name: str, id: str, function: Callable[..., Any]) -> None:
    """Try one claim of a task on a function.

    Raises
    ------
    PointsLost
        If the claim is refuted; its text is the feedback of `relupath grade`.
    ValueError
        If the task has no such claim.
    """
    assignment = load(number)
    task = assignment.task(name)
    marks = {mark.claim.id: mark for mark in task.marks}
    if id not in marks:
        raise ValueError(f"claim: found {id!r}, allowed are {', '.join(marks)}")
    result = try_mark(assignment, task, marks[id], function)
    if not result.earned:
        raise PointsLost(feedback(result)) from None
