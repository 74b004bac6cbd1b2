"""Grade a submission: every claim of every function, each on its own, and the sum."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from proofs_checks.coursework.assignment import Assignment, Function, Task
from proofs_checks.coursework.export.skeleton import (
    CHECK_IMPORTS,
    library_imports,
    skeleton,
)
from proofs_checks.coursework.grading.marking import MarkResult, lost, try_mark
from proofs_checks.coursework.grading.submission import source_of
from proofs_checks.coursework.sandbox.limits import Limits
from proofs_checks.coursework.sandbox.process import (
    Sandbox,
    Stopped,
    SubmissionError,
    sandboxed,
)

Progress = Callable[[MarkResult], Any]


@dataclass(frozen=True)
class Grade:
    """The marks of a submission.

    Attributes
    ----------
    assignment : Assignment
    marks : tuple of MarkResult
    printed : str
        The beginning of what the submission printed.
    imports : tuple of str
        What it imports from the library beyond the skeleton's own imports, plainly or while it
        ran: for the teacher.
    seconds : float
    file : str
        Name of the submission.
    """

    assignment: Assignment
    marks: tuple[MarkResult, ...]
    printed: str = ""
    imports: tuple[str, ...] = ()
    seconds: float = 0.0
    file: str = "submission.py"

    @property
    def score(self) -> int:
        """Points earned."""
        return sum(mark.earned for mark in self.marks)


def grade_file(
    file: Path,
    assignment: Assignment,
    limits: Limits | None = None,
    examples: int | None = None,
    seed: int = 0,
    progress: Progress | None = None,
) -> Grade:
    """Grade a module or notebook, run in a process of its own.

    Parameters
    ----------
    file : Path
        ``.py``, or ``.ipynb`` of which the code cells are taken.
    examples : int, optional
        Cases for each claim; by default what each asks for.
    progress : callable, optional
        Called with every mark when it is known.

    Raises
    ------
    OSError, ValueError
        If the file cannot be read.
    """
    start = time.perf_counter()
    source = source_of(file)
    extra = library_imports(source) - library_imports(skeleton(assignment)) - CHECK_IMPORTS
    with sandboxed(source, limits) as sandbox:
        marks = _marks_of_sandbox(assignment, sandbox, examples, seed, progress)
        printed, extra = sandbox.output, extra | set(sandbox.borrowed)
    seconds = round(time.perf_counter() - start, 3)
    return Grade(assignment, tuple(marks), printed, tuple(sorted(extra)), seconds, file.name)


def unreadable(file: Path, assignment: Assignment, reason: str) -> Grade:
    """Return the grade of a file that cannot be read: no points, and the reason at every claim."""
    marks = [lost(task, mark, reason) for task in assignment.tasks for mark in task.marks]
    return Grade(assignment, tuple(marks), file=file.name)


def grade_functions(
    assignment: Assignment,
    functions: Mapping[str, Function],
    examples: int | None = None,
    seed: int = 0,
    progress: Progress | None = None,
) -> list[MarkResult]:
    """Grade functions by name, called as they are: for code one trusts, or a `Sandbox`'s.

    What is missing, or had to be stopped, loses its own points and no others.
    """
    marks: list[MarkResult] = []
    for task in assignment.tasks:
        for mark in _marks_of_task(assignment, task, functions.get(task.name), examples, seed):
            marks.append(mark)
            if progress is not None:
                progress(mark)
    return marks


def _marks_of_sandbox(
    assignment: Assignment,
    sandbox: Sandbox,
    examples: int | None,
    seed: int,
    progress: Progress | None,
) -> list[MarkResult]:
    try:
        sandbox.start()
    except (SubmissionError, Stopped) as error:
        problem = f"the submission {error}"
        return [lost(task, mark, problem) for task in assignment.tasks for mark in task.marks]
    functions = {name: partial(sandbox.call, name) for name in sandbox.functions}
    return grade_functions(assignment, functions, examples, seed, progress)


def _marks_of_task(
    assignment: Assignment,
    task: Task,
    function: Function | None,
    examples: int | None,
    seed: int,
) -> Iterator[MarkResult]:
    if function is None:
        yield from (lost(task, mark, f"there is no function {task.name}") for mark in task.marks)
        return
    stopped = ""
    for mark in task.marks:
        if stopped:
            yield lost(task, mark, stopped)
            continue
        try:
            yield try_mark(assignment, task, mark, function, examples, seed)
        except Stopped as reason:
            stopped = str(reason)
            yield lost(task, mark, stopped)
