"""``relupath grade``: mark a coursework submission, claim by claim."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path as FilePath

from reference.cli.options import Subparsers, at_least, positive, write_whole

DESCRIPTION = """\
Mark the functions of a coursework submission (a .py or .ipynb file), each on its own, by the claims
they have to satisfy, and say what failed, by how much and on which call. The submission runs in a
process of its own under limits of time and memory. Exit code 1 if points are lost.
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
    from proofs_checks.coursework.grading.grade import grade_file
    from proofs_checks.coursework.sandbox.limits import Limits

    limits = Limits(args.call_seconds, args.seconds, args.memory * 2**20)
    assignment = load(args.assignment)
    grade = grade_file(args.submission, assignment, limits, args.examples, args.seed)
    print(report(grade))
    if teacher_note(grade):
        print(f"relupath: note: {teacher_note(grade)}", file=sys.stderr)
    if args.json is not None:
        text = json.dumps(results(grade), indent=1) + "\n"
        write_whole(args.json, lambda file: file.write_text(text, encoding="utf-8"))
    return 0 if grade.score == assignment.points else 1
