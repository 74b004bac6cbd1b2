"""Test files for Otter-Grader (exception-based): a visible check, and each claim a hidden test."""

from __future__ import annotations

from proofs_checks.coursework.assignment import Assignment, Task
from proofs_checks.coursework.export.notebooks import claim_slug

HEAD = """\
from otter.test_files import test_case

OK_FORMAT = False

name = "{name}"
points = None


def checks():
    # Whatever the notebook has put in their place is forgotten first.
    import importlib
    import sys

    for module in [module for module in sys.modules if module.split(".")[0] == "proofs_checks"]:
        del sys.modules[module]
    return importlib.import_module("proofs_checks.coursework.grading.notebook_checks")


@test_case(points=0, hidden=False, success_message="The result has the right shape.")
def test_interface({name}):
    checks().interface({number}, "{name}", {name})
"""
CLAIM = """

@test_case(points={points}, hidden=True)
def test_{slug}({name}):
    checks().claim({number}, "{name}", "{id}", {name})
"""


def test_files(assignment: Assignment) -> dict[str, str]:
    """Return the files of the ``tests`` folder, one for each task, by name."""
    return {f"{task.name}.py": _test_file(assignment.number, task) for task in assignment.tasks}


def _test_file(number: int, task: Task) -> str:
    claims = "".join(
        CLAIM.format(
            points=mark.points,
            slug=claim_slug(mark),
            name=task.name,
            number=number,
            id=mark.claim.id,
        )
        for mark in task.marks
    )
    return HEAD.format(name=task.name, number=number) + claims
