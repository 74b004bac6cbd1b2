"""``relupath connect``: a path between two networks of your own, and its certificate."""

from __future__ import annotations

import argparse
import json
from pathlib import Path as FilePath
from typing import TYPE_CHECKING, Any

from reference.certificate.path_maximum import Certificate, certify
from reference.cli.options import (
    Subparsers,
    add_out_option,
    add_problem_options,
    output_folder,
    problem_from,
    progress,
    write_whole,
)
from reference.model.network import Network
from reference.model.path import Path
from reference.model.problem import Problem

if TYPE_CHECKING:
    from reference.connection.portfolio import Connection

DESCRIPTION = """\
Find a path between two networks along which the objective stays at or below a level, and certify
it. Writes path.npz (which `relupath certify` checks on its own), summary.json, the figure
paths.png and paths.svg (objective along the straight line and along the path), and explorer.html,
a page with a slider along the path.
"""


def add_parser(subparsers: Subparsers) -> None:
    """Add the parser of ``relupath connect``."""
    parser = subparsers.add_parser(
        "connect", help="connect two networks of your own", description=DESCRIPTION
    )
    parser.add_argument("first", metavar="A.npz", help="network: arrays W (m, n) and theta (m,)")
    parser.add_argument("second", metavar="B.npz", help="another of the same width")
    parser.add_argument(
        "--level",
        type=float,
        help="what the path should stay below (default: the higher end's objective)",
    )
    add_problem_options(parser)
    add_out_option(parser)
    parser.set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    """Connect, certify, write, and print what was found."""
    from reference.connection.portfolio import connect

    folder = output_folder(args.out)
    problem = problem_from(args)
    first, second = (_end(problem, file) for file in (args.first, args.second))
    line = Path([first, second])
    with progress(3, "connect, certify, draw", "steps") as bar:
        connection = connect(problem, first, second, level=args.level)
        bar.update()
        straight = certify(problem, line, tol=1e-6)
        bar.update()
        summary = _summary(problem, connection, straight, _ends(connection, args.level))
        _write(folder, problem, line, connection, summary)
    print(_text(summary, folder))
    return 0


def _ends(connection: Connection, level: float | None) -> str:
    """Say what is known of the two ends and the level, which the gap presupposes."""
    if level is None:
        return "the level is the higher end itself"
    if connection.certificate.ends_below(connection.level):
        return "both ends are proven to lie at most at the level"
    return "not proven to lie at most at the level: rounding hides it, or an end counts in the rise"


def _summary(
    problem: Problem, connection: Connection, straight: Certificate, ends: str
) -> dict[str, Any]:
    return {
        "problem": problem.fingerprint,
        "level": connection.level,
        "ends": ends,
        "method": connection.method,
        "nodes": len(connection.path.nodes),
        "normalized_length": connection.path.normalized_length(),
        "path": _bounds(connection.certificate, connection.gap),
        "straight_line": _bounds(straight, straight.rise(connection.level)),
    }


def _end(problem: Problem, file: str) -> Network:
    network = Network.load(file)
    problem.check(network, file)
    return network


def _bounds(certificate: Certificate, rise: float) -> dict[str, float]:
    return {
        "upper": float(certificate.upper),
        "lower": float(certificate.lower),
        "rise": float(rise),
    }


def _write(
    folder: FilePath,
    problem: Problem,
    line: Path,
    connection: Connection,
    summary: dict[str, Any],
) -> None:
    from reference.certificate.certificate_file import save_certificate
    from reference.report.explorer import write_explorer
    from reference.report.figures import objective_along_paths

    paths = {"straight line": line, "path": connection.path}
    write_whole(
        folder / "path.npz",
        lambda file: save_certificate(
            file, problem, connection.path, connection.level, connection.certificate
        ),
    )
    text = json.dumps(summary, indent=2) + "\n"
    write_whole(folder / "summary.json", lambda file: file.write_text(text, encoding="utf-8"))
    objective_along_paths(problem, paths, connection.level, folder / "paths")
    write_whole(
        folder / "explorer.html",
        lambda file: write_explorer(
            problem, connection.path, connection.certificate, file, connection.level
        ),
    )


def _text(summary: dict[str, Any], folder: FilePath) -> str:
    rows = [
        f"{name:<15}{bounds['upper']:<18.9g}{bounds['rise']:.3g}"
        for name, bounds in (("straight line", summary["straight_line"]), ("path", summary["path"]))
    ]
    return "\n".join(
        [
            f"level {summary['level']:.9g}; ends: {summary['ends']}",
            f"{'':<15}{'maximum at most':<18}above the level at most",
            *rows,
            f"{summary['nodes']} nodes, method {summary['method']}",
            f"wrote {folder}: path.npz, summary.json, paths.png, paths.svg, explorer.html",
        ]
    )
