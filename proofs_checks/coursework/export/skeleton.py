"""What a student starts from: the model solution with the bodies of its tasks taken out.

A function that is a task keeps its signature and docstring; what the solution defines beside the
tasks is given to the student. Imports inside a body go with it, so what a solution takes from the
library is not given away.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass

from proofs_checks.coursework.assignment import Assignment

EMPTY = "    raise NotImplementedError"

# What the check cells of a student notebook import.
CHECK_IMPORTS = {"proofs_checks.coursework.grading.notebook_checks.interface"}


@dataclass(frozen=True)
class Piece:
    """A function of the source: head (signature, docstring) and body; a given part has no name."""

    name: str
    head: str
    body: str = ""

    @property
    def emptied(self) -> str:
        """The piece as the student finds it."""
        return f"{self.head}\n{EMPTY}" if self.name else self.head


def pieces(assignment: Assignment) -> list[Piece]:
    """Return imports and given functions (one piece each) and tasks, in the order of the source."""
    source = assignment.solution_source
    lines, tasks = source.splitlines(), {task.name for task in assignment.tasks}
    found = []
    for node in ast.parse(source).body[1:]:  # the first is the module's docstring
        first, last = node.lineno, node.end_lineno or node.lineno
        if isinstance(node, ast.FunctionDef) and node.name in tasks:
            head = node.body[0].end_lineno or first
            body = "\n".join(lines[head:last])
            found.append(Piece(node.name, "\n".join(lines[first - 1 : head]), body))
        else:
            found.append(Piece("", "\n".join(lines[first - 1 : last])))
    return found


def given(assignment: Assignment) -> str:
    """Return what stands before the first task: imports and given functions."""
    parts: list[str] = []
    for piece in pieces(assignment):
        if piece.name:
            break
        separator = "\n\n\n" if piece.head.startswith("def ") else "\n"
        parts.append(separator + piece.head if parts else piece.head)
    return "".join(parts)


def skeleton(assignment: Assignment) -> str:
    """Return the module a student fills in."""
    tasks = [piece.emptied for piece in pieces(assignment) if piece.name]
    head = (
        f'"""Assignment {assignment.number}: {assignment.title}.\n\n'
        f"Fill in the functions; each is marked on its own ({assignment.points} points):\n\n"
        f"    relupath grade submission.py --assignment {assignment.number}\n"
        '"""\n'
    )
    return head + "\n" + "\n\n\n".join([given(assignment), *tasks]) + "\n"


def library_imports(source: str) -> set[str]:
    """Return what a source plainly imports from the library, where the model solutions are."""
    try:
        nodes = list(ast.walk(ast.parse(source)))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return set()
    names = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    names |= {
        f"{node.module}.{alias.name}"
        for node in nodes
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    return {name for name in names if name.split(".")[0] in ("reference", "proofs_checks")}
