"""Write everything that is made from the assignments.

``python -m proofs_checks.coursework.export.build docs/coursework`` renews the pages, skeletons and
notebooks of the documentation (a test keeps them current). With ``--graders DIR`` it also writes,
for each assignment, the folders ``otter``, ``nbgrader`` and ``gradescope``.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from proofs_checks.coursework.assignment import Assignment, all_assignments
from proofs_checks.coursework.export import otter
from proofs_checks.coursework.export.gradescope import autograder_files
from proofs_checks.coursework.export.notebooks import notebook
from proofs_checks.coursework.export.pages import index, page, stem
from proofs_checks.coursework.export.skeleton import skeleton

REQUIREMENTS = "relupath\n"


def documents() -> dict[str, str]:
    """Return the files of the documentation, by name."""
    assignments = all_assignments()
    files = {"index.md": index(assignments)}
    for assignment in assignments:
        name = stem(assignment)
        files[f"{name}.md"] = page(assignment)
        files[f"{name}.py"] = skeleton(assignment)
        files[f"{name}.ipynb"] = _json(assignment, "plain")
    return files


def graders(assignment: Assignment) -> dict[str, str]:
    """Return the files for other graders, by path: Otter-Grader, nbgrader, Gradescope."""
    name = stem(assignment)
    files = {
        f"otter/{name}/{name}.ipynb": _json(assignment, "otter"),
        f"otter/{name}/requirements.txt": REQUIREMENTS,
        f"nbgrader/source/{name}/{name}.ipynb": _json(assignment, "nbgrader"),
    }
    for file, text in otter.test_files(assignment).items():
        files[f"otter/{name}/tests/{file}"] = text
    for file, text in autograder_files(assignment).items():
        files[f"gradescope/{name}/{file}"] = text
    return files


def write(folder: Path, files: dict[str, str]) -> None:
    """Write files below a folder; scripts become executable."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        if text.startswith("#!"):
            path.chmod(0o755)


def main(argv: list[str] | None = None) -> None:
    """Write what the arguments name."""
    parser = argparse.ArgumentParser(description="Write the coursework's files.")
    parser.add_argument("documents", type=Path, help="folder of the documentation's files")
    parser.add_argument("--graders", type=Path, help="folder of the files for other graders")
    args = parser.parse_args(argv)
    write(args.documents, documents())
    if args.graders is not None:
        for assignment in all_assignments():
            write(args.graders, graders(assignment))


def _json(assignment: Assignment, kind: str) -> str:
    return json.dumps(notebook(assignment, kind), indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    main()
