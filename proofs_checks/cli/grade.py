"""``relupath grade``: mark a coursework submission, claim by claim."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path as FilePath
from typing import Any

from reference.cli.options import Subparsers, at_least, positive, write_whole

DESCRIPTION = """\
Mark the functions of a coursework submission (a .py or .ipynb file), each on its own, by the claims
they have to satisfy, and say what failed, by how much and on which call. The submission runs in a
process of its own under limits of time and memory. Exit code 0: full marks; 1: points are lost;
2: the file cannot be graded. A file for --json is written in each case.
"""


def add_parser(subparsers: Subparsers) -> None:
    """Add the parser of ``relupath grade``."""
    parser = subparsers.add_parser(
        "grade", help="mark a coursework submission", description=DESCRIPTION
    )
    parser.add_argument("submission", type=FilePath, metavar="FILE", help="a .py or .ipynb file")
    parser.add_argument("--assignment", type=at_least(1), required=True, metavar="N", help="1 to 5")
    parser.add_argument(
        "--json", type=FilePath, metavar="FILE", help="also write Gradescope's results.json"
    )
    parser.add_argument(
        "--examples",
        type=at_least(1),
        metavar="N",
        help="cases tried for each claim (default: each claim's own number)",
    )
    parser.add_argument(
        "--seed",
        type=at_least(0),
        default=0,
        help="of the cases (default: 0; same seed, same marks)",
    )
    limits = parser.add_argument_group("limits")
    limits.add_argument(
        "--call-seconds",
        type=positive,
        default=10.0,
        metavar="S",
        help="for one call of a function (default: 10)",
    )
    limits.add_argument(
        "--seconds",
        type=positive,
        default=300.0,
        metavar="S",
        help="for the whole submission (default: 300)",
    )
    limits.add_argument(
        "--memory",
        type=at_least(256),
        default=2048,
        metavar="MIB",
        help="address space of the submission in MiB (default: 2048)",
    )
    parser.set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    """Grade, write the record, and print the feedback."""
    from proofs_checks.coursework.assignment import load
    from proofs_checks.coursework.export.gradescope import results
    from proofs_checks.coursework.grading.feedback import report, teacher_note
    from proofs_checks.coursework.grading.grade import grade_file, unreadable
    from proofs_checks.coursework.grading.submission import Unreadable
    from proofs_checks.coursework.sandbox.limits import Limits

    limits = Limits(args.call_seconds, args.seconds, args.memory * 2**20)
    assignment = load(args.assignment)
    try:
        grade = grade_file(args.submission, assignment, limits, args.examples, args.seed)
    except (OSError, Unreadable) as error:
        reason = f"the file cannot be graded: {getattr(error, 'strerror', None) or error}"
        _record(args.json, results(unreadable(args.submission, assignment, reason)))
        raise
    print(report(grade))
    if teacher_note(grade):
        print(f"relupath: note: {teacher_note(grade)}", file=sys.stderr)
    _record(args.json, results(grade))
    return 0 if grade.score == assignment.points else 1


def _record(file: FilePath | None, content: dict[str, Any]) -> None:
    """Write results.json, if asked for one."""
    if file is not None:
        text = json.dumps(content, indent=1) + "\n"
        write_whole(file, lambda part: part.write_text(text, encoding="utf-8"))
