"""Gradescope's results.json, and the two files of its autograder."""

from __future__ import annotations

from typing import Any

from proofs_checks.coursework.assignment import Assignment
from proofs_checks.coursework.grading.feedback import feedback, summary, teacher_note
from proofs_checks.coursework.grading.grade import Grade

SETUP = """\
#!/usr/bin/env bash
set -e
python3 -m venv /autograder/venv
# A wheel put beside this file is taken; otherwise the package index is asked.
/autograder/venv/bin/pip install /autograder/source/relupath-*.whl \\
    || /autograder/venv/bin/pip install relupath
"""

RUN = """\
#!/usr/bin/env bash
# Exit code 1 says that points were lost, which is a result and no failure.
cd /autograder
file=$(ls submission/*.ipynb submission/*.py 2>/dev/null | head -n 1)
venv/bin/relupath grade "${{file:-submission/submission.py}}" --assignment {number} \\
    --json results/results.json || [ $? -eq 1 ]
"""


def results(grade: Grade) -> dict[str, Any]:
    """Return the content of results.json: the score, and one test for each claim of each task."""
    tests = [
        {
            "name": f"{mark.task}, {mark.claim}: {mark.title}",
            "number": f"{grade.assignment.number}.{k}",
            "score": mark.earned,
            "max_score": mark.points,
            "status": "passed" if mark.earned == mark.points else "failed",
            "output": feedback(mark),
            "output_format": "text",
            "visibility": "visible",
        }
        for k, mark in enumerate(grade.marks, start=1)
    ]
    note = teacher_note(grade)
    if note:
        hidden = {"name": "For the teacher", "output": note, "visibility": "hidden"}
        tests.append({**hidden, "score": 0, "max_score": 0, "status": "passed"})
    return {
        "score": grade.score,
        "execution_time": grade.seconds,
        "output": f"{grade.assignment.title}: {summary(grade)}",
        "output_format": "text",
        "visibility": "visible",
        "stdout_visibility": "hidden",
        "tests": tests,
    }


def autograder_files(assignment: Assignment) -> dict[str, str]:
    """Return the files of an autograder for Gradescope, by name."""
    return {"setup.sh": SETUP, "run_autograder": RUN.format(number=assignment.number)}
