"""Claims called from a notebook: what the tests for Otter-Grader and nbgrader consist of.

There the platform runs the notebook in a kernel of the student's, where a visible check may call
the function as it is. Points do not come from that kernel: `claim` reads the cells run so far from
the kernel's history and marks them in a process of its own, as `relupath grade` does, so replacing
a function of this library in the notebook earns nothing. A student who rewrites Python itself in
the kernel (``subprocess``, the import system) can still stop the test from telling the truth; where
that matters, mark the collected notebooks with `relupath grade`.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from proofs_checks.coursework.assignment import load
from proofs_checks.coursework.grading.feedback import feedback
from proofs_checks.coursework.grading.marking import MarkResult, try_mark
from proofs_checks.coursework.grading.probe import Probe
from proofs_checks.coursework.grading.submission import joined
from proofs_checks.coursework.sandbox.process import Stopped, SubmissionError, sandboxed

ROOT = Path(__file__).parents[3]
MARKING_SECONDS = 400.0


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
    """Try one claim of a task on the function that the cells of this notebook define.

    Outside a notebook, where there is no history of cells, the function itself is called.

    Raises
    ------
    PointsLost
        If the claim is refuted; its text is the feedback of `relupath grade`.
    ValueError
        If the task has no such claim.
    """
    marks = {mark.claim.id: mark for mark in load(number).task(name).marks}
    if id not in marks:
        raise ValueError(f"claim: found {id!r}, allowed are {', '.join(marks)}")
    cells = _history()
    if cells is None:
        assignment = load(number)
        result = try_mark(assignment, assignment.task(name), marks[id], function)
    else:
        result = _marked_apart(number, name, id, cells)
    if not result.earned:
        raise PointsLost(feedback(result, "notebook.ipynb")) from None


def mark_cells(number: int, name: str, id: str, cells: list[str]) -> MarkResult:
    """Mark one claim on one function of a notebook, the cells run in a sandbox."""
    assignment = load(number)
    task = assignment.task(name)
    mark = next(mark for mark in task.marks if mark.claim.id == id)
    with sandboxed(joined(cells)) as sandbox:
        try:
            sandbox.start()
            return try_mark(
                assignment, task, mark, lambda *arguments: sandbox.call(name, *arguments)
            )
        except (SubmissionError, Stopped) as error:
            problem = f"the notebook {error}"
    return MarkResult(name, id, mark.claim.title, mark.points, 0, problem=problem, hint=task.hint)


def main() -> None:
    """Mark what standard input asks for, and print the result as JSON on the last line."""
    asked = json.load(sys.stdin)
    print(json.dumps(vars(mark_cells(**asked))))


def _history() -> list[str] | None:
    """Return the cells run in this kernel so far, as typed; None where there is no kernel."""
    kernel = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    history = getattr(kernel, "history_manager", None)
    return None if history is None else list(history.input_hist_raw)


def _marked_apart(number: int, name: str, id: str, cells: list[str]) -> MarkResult:
    """Start the judge in a process of its own and read its result."""
    judge = f"from {__name__} import main; main()"
    done = subprocess.run(
        [sys.executable, "-P", "-c", f"import sys; sys.path.insert(0, {str(ROOT)!r}); {judge}"],
        input=json.dumps({"number": number, "name": name, "id": id, "cells": cells}),
        capture_output=True,
        text=True,
        timeout=MARKING_SECONDS,
        check=False,
    )
    if done.returncode != 0:
        raise RuntimeError(f"the judge did not finish: {done.stderr[-500:]}")
    return MarkResult(**json.loads(done.stdout.splitlines()[-1]))
