"""What a student reads of a mark: what was tried, what failed and by how much, a case, a hint."""

from __future__ import annotations

from pathlib import PurePath
from textwrap import fill, indent

from proofs_checks.coursework.grading.grade import Grade
from proofs_checks.coursework.grading.marking import MarkResult

WIDTH = 96
PRINTED = 20  # lines


def feedback(mark: MarkResult, file: str = "submission.py") -> str:
    """Return the text of one mark; ``file`` is where the student's function is."""
    head = fill(
        f"{mark.task}, {mark.claim}: {mark.earned} of {mark.points}. {mark.title}.",
        WIDTH,
        subsequent_indent="  ",
    )
    if mark.earned == mark.points:
        return f"{head}\n  holds on all {mark.tried} cases tried"
    lines = [head, _entry("problem", mark.problem)]
    if mark.measured:
        lines.append(_entry("measured", f"{mark.measured}, on case {mark.tried} of the search"))
    if mark.hint:
        lines.append(_entry("hint", mark.hint))
    if mark.case:
        module = PurePath(file)
        if module.suffix == ".py" and module.stem.isidentifier():
            how = f"paste this into Python in the folder of {file}"
            case = f"from {module.stem} import {mark.task}\n{mark.case}"
        else:
            how, case = "paste this into a cell below your function", mark.case
        lines += [_entry("case", f"{how}:"), indent(case, " " * 14)]
    return "\n".join(lines)


def report(grade: Grade) -> str:
    """Return the text of a whole grade."""
    assignment = grade.assignment
    head = f"Assignment {assignment.number}, {assignment.title}: {summary(grade)}"
    lines = [head, *(feedback(mark, grade.file) for mark in grade.marks)]
    if grade.printed:
        beginning = "\n".join(grade.printed.splitlines()[:PRINTED])
        lines.append("Your submission printed (the beginning):\n" + indent(beginning, "  | "))
    return "\n\n".join(lines)


def summary(grade: Grade) -> str:
    """Return the score in words."""
    return f"{grade.score} of {grade.assignment.points} points"


def teacher_note(grade: Grade) -> str:
    """Return what the teacher should look at, or nothing."""
    if not grade.imports:
        return ""
    return f"imports from the library, where the model solutions are: {', '.join(grade.imports)}"


def _entry(name: str, text: str) -> str:
    return fill(text, WIDTH, initial_indent=f"  {name:<11} ", subsequent_indent=" " * 14)
