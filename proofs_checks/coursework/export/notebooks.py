"""Notebooks made from an assignment: for students as they are, for Otter-Grader, for nbgrader.

All three have the same text and the same empty functions; they differ in what follows each
function. A visible check looks at shapes alone and gives nothing away. Points come from the claims,
one test each, so that credit is partial:

- *plain*: the check; the points come from `relupath grade`, which reads notebooks;
- *otter*: ``grader.check``; the claims are hidden tests in files beside the notebook (`otter`);
- *nbgrader*: the check and, in cells nbgrader empties for students, the claims. This is the source
  version, with the model solution between nbgrader's marks.
"""

from __future__ import annotations

import re
from typing import Any

from proofs_checks.coursework.assignment import Assignment, Mark, Task
from proofs_checks.coursework.export.skeleton import Piece, given, pieces

Cell = dict[str, Any]
KINDS = ("plain", "otter", "nbgrader")
# What a notebook may have put in the place of the checks is forgotten before they are imported.
FRESH = (
    "import sys\n\n"
    "for name in [name for name in sys.modules if name.split('.')[0] == 'proofs_checks']:\n"
    "    del sys.modules[name]\n"
)
KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}


def notebook(assignment: Assignment, kind: str = "plain") -> dict[str, Any]:
    """Return a notebook (nbformat 4.5) as JSON data.

    Raises
    ------
    ValueError
        If ``kind`` is none of ``"plain"``, ``"otter"`` and ``"nbgrader"``.
    """
    if kind not in KINDS:
        raise ValueError(f"kind: found {kind!r}, allowed are {', '.join(KINDS)}")
    sections = sections_of(assignment)
    title = f"# {assignment.number}. {assignment.title} ({assignment.points} points)\n\n"
    cells = [_markdown(title + without_links(sections[""])), *_start(assignment, kind)]
    for piece in (piece for piece in pieces(assignment) if piece.name):
        task = assignment.task(piece.name)
        cells.append(_markdown(without_links(section_text(task, sections[task.name]))))
        cells += _task_cells(assignment, task, piece, kind)
    named = [{**cell, "id": f"cell-{k}"} for k, cell in enumerate(cells)]
    metadata = {"kernelspec": KERNEL, "language_info": {"name": "python"}}
    return {"cells": named, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


def sections_of(assignment: Assignment) -> dict[str, str]:
    """Return the text by task; the introduction under the empty name."""
    parts = re.split(r"^## (\w+)\n", assignment.text, flags=re.MULTILINE)
    return {"": parts[0].strip()} | {
        name: text.strip() for name, text in zip(parts[1::2], parts[2::2], strict=True)
    }


def section_text(task: Task, text: str) -> str:
    """Return heading, text, the points of each claim, and the hint behind a click."""
    rows = "".join(
        f"| {mark.claim.id} | {mark.claim.title} | {mark.points} |\n" for mark in task.marks
    )
    return (
        f"## `{task.name}` ({task.points} points)\n\n{text}\n\n"
        f"| claim | what has to hold | points |\n|---|---|---|\n{rows}\n"
        f"<details><summary>Hint</summary>{task.hint}</details>\n"
    )


def without_links(text: str) -> str:
    """Return Markdown with links into the documentation replaced by their text."""
    return re.sub(r"\[([^\]]+)\]\(\.\./[^)]+\)", r"\1", text)


def claim_slug(mark: Mark) -> str:
    """Return the id of a claim as part of a name."""
    return re.sub(r"\W+", "_", mark.claim.id)


def _start(assignment: Assignment, kind: str) -> list[Cell]:
    code = given(assignment)
    if kind == "otter":
        code += '\n\nimport otter\n\ngrader = otter.Notebook(tests_dir="tests")'
    elif kind == "plain":
        code += "\n\nfrom proofs_checks.coursework.grading.notebook_checks import interface"
    return [_code(code, _nbgrader("given", locked=True) if kind == "nbgrader" else {})]


def _task_cells(assignment: Assignment, task: Task, piece: Piece, kind: str) -> list[Cell]:
    name, number = task.name, assignment.number
    check = f'interface({number}, "{name}", {name})'
    if kind == "plain":
        return [_code(piece.emptied), _code(check)]
    if kind == "otter":
        return [_code(piece.emptied), _code(f'grader.check("{name}")')]
    solution = f"{piece.head}\n    ### BEGIN SOLUTION\n{piece.body.rstrip()}\n    ### END SOLUTION"
    imports = "from proofs_checks.coursework.grading.notebook_checks import interface\n\n"
    hidden = [
        _code(
            f"# {name}, claim {mark.claim.id}: {mark.points} points\n"
            "### BEGIN HIDDEN TESTS\n"
            f"{FRESH}"
            "from proofs_checks.coursework.grading.notebook_checks import claim\n\n"
            f'claim({number}, "{name}", "{mark.claim.id}", {name})\n'
            "### END HIDDEN TESTS",
            _nbgrader(f"{name}-{claim_slug(mark)}", points=mark.points, locked=True),
        )
        for mark in task.marks
    ]
    return [
        _code(solution, _nbgrader(name, solution=True)),
        _code(imports + check, _nbgrader(f"{name}-interface", points=0, locked=True)),
        *hidden,
    ]


def _nbgrader(
    grade_id: str, points: int | None = None, solution: bool = False, locked: bool = False
) -> dict[str, Any]:
    """Return nbgrader's metadata of a cell (schema 3)."""
    entry: dict[str, Any] = {"grade_id": grade_id, "schema_version": 3, "task": False}
    entry |= {"grade": points is not None, "locked": locked, "solution": solution}
    return {"nbgrader": entry if points is None else entry | {"points": points}}


def _markdown(text: str) -> Cell:
    return {"cell_type": "markdown", "metadata": {}, "source": text}


def _code(text: str, metadata: dict[str, Any] | None = None) -> Cell:
    return {
        "cell_type": "code",
        "execution_count": None,
        "metadata": metadata or {},
        "outputs": [],
        "source": text,
    }
