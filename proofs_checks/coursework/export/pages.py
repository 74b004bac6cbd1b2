"""The documentation pages: an index, and for each assignment its text with all signatures."""

from __future__ import annotations

from importlib import resources

from proofs_checks.coursework.assignment import PACKAGE, Assignment
from proofs_checks.coursework.export.notebooks import section_text, sections_of
from proofs_checks.coursework.export.skeleton import pieces


def stem(assignment: Assignment) -> str:
    """Return the name of an assignment's files, without a suffix."""
    return f"{assignment.number}-{assignment.folder}"


def index(assignments: tuple[Assignment, ...]) -> str:
    """Return the index page."""
    text = (resources.files(PACKAGE) / "index.md").read_text(encoding="utf-8")
    rows = "".join(
        f"| [{each.number}. {each.title}]({stem(each)}.md) | {each.points} "
        f"| {', '.join(f'`{task.name}`' for task in each.tasks)} |\n"
        for each in assignments
    )
    table = f"| assignment | points | functions |\n|---|---|---|\n{rows}"
    names = "\n".join(stem(each) for each in assignments)
    return text.replace("{table}\n", table).replace("{names}", names)


def page(assignment: Assignment) -> str:
    """Return the page of an assignment."""
    sections, name = sections_of(assignment), stem(assignment)
    head = (
        f"# {assignment.number}. {assignment.title}\n\n"
        f"{assignment.points} points. Start from the [module]({name}.py) or the "
        f"[notebook]({name}.ipynb), then\n\n"
        f"```console\n$ relupath grade submission.py --assignment {assignment.number}\n```\n\n"
    )
    tasks = [
        section_text(assignment.task(piece.name), sections[piece.name])
        + f"\n```python\n{piece.emptied}\n```\n"
        for piece in pieces(assignment)
        if piece.name
    ]
    return head + sections[""] + "\n\n" + "\n".join(tasks)
