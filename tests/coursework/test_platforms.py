"""Real nbgrader and Otter-Grader on all assignments: good, wrong and cheating submissions.

They come with the extra ``[coursework]``, which brings Jupyter; without it this file is skipped.
``make coursework`` installs the extra and runs it.
"""

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from proofs_checks.coursework.assignment import all_assignments
from proofs_checks.coursework.export.build import graders, write
from proofs_checks.coursework.export.pages import stem
from proofs_checks.coursework.export.skeleton import pieces

PLATFORMS = ("nbgrader", "otter")
pytestmark = pytest.mark.skipif(
    not all(importlib.util.find_spec(name) for name in PLATFORMS),
    reason="nbgrader and otter-grader are in the extra [coursework], which is not installed",
)
ASSIGNMENTS = all_assignments()
CHEAT = (
    "import proofs_checks.coursework.grading.notebook_checks as _c\n"
    "_c.claim = _c.interface = lambda *a, **k: None"
)
CONFIG = "c = get_config()\nc.CourseDirectory.course_id = 'course'\n"


def answered(notebook, assignment, kind):
    """Return the student's notebook with its functions filled in, wrongly, or not but patched."""
    solved = {p.name: f"{p.head}\n{p.body}" for p in pieces(assignment) if p.name}
    emptied = {p.name: p.emptied for p in pieces(assignment) if p.name}
    spoilt = assignment.tasks[0].name
    cells = []
    for cell in notebook["cells"]:
        source = "".join(cell["source"])
        name = next((name for name in solved if source.startswith(f"def {name}(")), None)
        if name and kind == "cheating":
            source = f"{CHEAT}\n{emptied[name]}"
        elif name:
            wrong = kind == "wrong" and name == spoilt
            source = f"{emptied[name].rsplit('raise', 1)[0]}return None" if wrong else solved[name]
        cells.append({**cell, "source": source})
    return {**notebook, "cells": cells}


def run(*command, cwd):
    """Run a module of this Python and return what it printed."""
    here = Path(sys.executable).parent
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", *command],
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PATH": f"{here}{os.pathsep}{os.environ.get('PATH', '')}"},
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-3000:]
    return done.stdout


def check(scores, assignment):
    """Compare the three scores with what each submission deserves."""
    lost = sum(mark.points for mark in assignment.tasks[0].marks)
    assert scores == {
        "good": assignment.points,
        "wrong": assignment.points - lost,
        "cheating": 0,
    }


@pytest.mark.parametrize("assignment", ASSIGNMENTS, ids=lambda a: str(a.number))
def test_nbgrader(tmp_path, assignment):
    name = stem(assignment)
    write(tmp_path, graders(assignment))
    course = tmp_path / "nbgrader"
    (course / "nbgrader_config.py").write_text(CONFIG)
    run("nbgrader", "generate_assignment", name, "--create", cwd=course)
    release = json.loads((course / "release" / name / f"{name}.ipynb").read_text())
    for kind in ("good", "wrong", "cheating"):
        folder = course / "submitted" / kind / name
        folder.mkdir(parents=True)
        (folder / f"{name}.ipynb").write_text(json.dumps(answered(release, assignment, kind)))
    run("nbgrader", "autograde", name, cwd=course)
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as book:
        found = {s.student.id: s.score for s in book.assignment_submissions(name)}
    check(found, assignment)


@pytest.mark.parametrize("assignment", ASSIGNMENTS, ids=lambda a: str(a.number))
def test_otter(tmp_path, assignment):
    name = stem(assignment)
    write(tmp_path, graders(assignment))
    folder = tmp_path / "otter" / name
    run("otter", "generate", "-t", "tests", "--no-environment", cwd=folder)
    archive = next(folder.glob("*.zip"))
    blank = json.loads((folder / f"{name}.ipynb").read_text())
    found = {}
    for kind in ("good", "wrong", "cheating"):
        file = folder / f"{kind}.ipynb"
        file.write_text(json.dumps(answered(blank, assignment, kind)))
        run("otter", "run", "-a", archive.name, "-o", str(folder), file.name, cwd=folder)
        tests = json.loads(Path(folder, "results.json").read_text())["tests"]
        found[kind] = sum(test.get("score", 0) for test in tests)
    check(found, assignment)
