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
# Lost points, or a file that cannot be graded, are results; a grader that failed writes none.
# A notebook is taken before a module, and either before a file of another kind, which is worth no
# points but gets a reason too.
cd /autograder
file=$(find submission -type f | grep -i '\\.ipynb$' | sort | head -n 1)
[ -n "$file" ] || file=$(find submission -type f | grep -i '\\.py$' | sort | head -n 1)
[ -n "$file" ] || file=$(find submission -type f | sort | head -n 1)
venv/bin/relupath grade "${{file:-submission}}" --assignment {number} \\
    --json results/results.json || [ -s results/results.json ]
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
            "output": feedback(mark, grade.file),
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
