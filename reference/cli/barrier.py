"""``relupath barrier``: how high a path between two small networks must rise, from both sides."""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING

from reference.cli.options import (
    Subparsers,
    add_out_option,
    add_problem_options,
    at_least,
    output_folder,
    positive,
    problem_from,
    write_whole,
)
from reference.model.network import Network

if TYPE_CHECKING:
    from reference.barriers.two_sided import Barrier

DESCRIPTION = """\
Bracket the least level that a path between two small networks must reach: width times (inputs - 1)
at most 4, rows in the unit ball. Writes path.npz, which attains the upper side and which `relupath
certify` checks on its own, and summary.json. When a budget runs out the bracket is wide, but valid.
"""


def add_parser(subparsers: Subparsers) -> None:
    """Add the parser of ``relupath barrier``."""
    parser = subparsers.add_parser(
        "barrier", help="bracket a barrier from both sides", description=DESCRIPTION
    )
    parser.add_argument("first", metavar="A.npz", help="network: arrays W (m, n) and theta (m,)")
    parser.add_argument("second", metavar="B.npz", help="another of the same width")
    parser.add_argument(
        "--tol", type=positive, default=1e-4, help="width to stop at, in units of F(0)"
    )
    parser.add_argument("--seconds", type=positive, default=60.0, help="time budget (default: 60)")
    parser.add_argument("--cells", type=at_least(1), default=20_000, help="most cells to bound")
    parser.add_argument(
        "--unlabelled",
        action="store_true",
        help="the path may end at B with its neurons in any order",
    )
    add_problem_options(parser)
    add_out_option(parser)
    parser.set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    """Search, write, and print the bracket."""
    from reference.barriers.two_sided import barrier
    from reference.certificate.certificate_file import save_certificate

    folder = output_folder(args.out)
    problem = problem_from(args)
    first, second = Network.load(args.first), Network.load(args.second)
    problem.check(first, args.first)
    problem.check(second, args.second)
    found = barrier(
        problem, first, second, args.tol, args.seconds, args.cells, labelled=not args.unlabelled
    )
    write_whole(
        folder / "path.npz",
        lambda file: save_certificate(file, problem, found.path, found.upper, found.certificate),
    )
    text = json.dumps({"problem": problem.fingerprint, **_summary(found)}, indent=2) + "\n"
    write_whole(folder / "summary.json", lambda file: file.write_text(text, encoding="utf-8"))
    for cells, lower, upper in found.history:
        print(f"{cells:>7} cells  {lower:.9g} <= level <= {upper:.9g}")
    least, most = found.rise
    print(f"barrier above the higher end: at least {least:.6g}, at most {most:.6g}")
    print(f"below: {found.argument}" + ("" if found.closed else "; a budget ran out"))
    print(f"wrote {folder}: path.npz, summary.json")
    return 0


def _summary(found: Barrier) -> dict[str, object]:
    return {
        "lower": found.lower,
        "upper": found.upper,
        "rise": found.rise,
        "argument": found.argument,
        "cells": found.cells,
        "closed": found.closed,
        "history": found.history,
    }
