"""``relupath gap``: the energy-gap study of a data set, resumable, with its report."""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from pathlib import Path as FilePath
from typing import Any

from reference.cli.options import (
    Subparsers,
    add_run_options,
    at_least,
    loss,
    output_folder,
    positive,
    progress,
)
from reference.study.design import (
    FINDERS,
    LEVELS,
    PAIRINGS,
    Design,
    ProblemChoice,
    choose,
)
from reference.study.presets import PRESETS

DESCRIPTION = """\
Measure how far the objective must rise between trained networks: train pools, draw pairs, join
each pair by straight line, Dynamic String Sampling and explicit path, certify every path, and
write records, paths, a CSV, figures and a page. Interrupt at any moment: the same command goes on.
"""
EXIT_CODES = """\
Exit codes: 0 done; 2 a user error, in one line; 4 a worker process was ended from outside: the same
command goes on; 130 interrupted: the same command goes on.
"""
WORKER_ENDED = 4
RIDGE_STUDY = "ridge"
PROTOCOLS = {"published": "normalized-weights", "theorem": "unit-ball"}


def add_parser(subparsers: Subparsers) -> None:
    """Add the parser of ``relupath gap``."""
    parser = subparsers.add_parser(
        "gap", help="the energy-gap study", description=DESCRIPTION, epilog=EXIT_CODES
    )
    parser.add_argument(
        "data",
        help="moons, breast-cancer, ridge (the revised study), ridge-N (N inputs of it alone), or "
        "a CSV (header, target in the last column) or NPZ (arrays X, y) of your own",
    )
    parser.add_argument(
        "--preset",
        choices=list(PRESETS),
        help="size of the study (default: quick; revision for ridge)",
    )
    parser.add_argument(
        "--full", dest="preset", action="store_const", const="paper", help="--preset paper"
    )
    _add_problem(parser)
    _add_design(parser)
    add_run_options(parser, out="runs/gap-DATA-PRESET")
    parser.add_argument("--backend", choices=("loky", "dask"), default="loky")
    parser.add_argument("--scheduler", metavar="ADDRESS", help="of a running dask scheduler")
    parser.set_defaults(func=run, out=None)


def run(args: argparse.Namespace) -> int:
    """Run the study, write its report, and print the findings."""
    from reference.report.write import write_report
    from reference.study.folder_lock import folder_lock
    from reference.study.runner import run_study
    from reference.study.workers import WorkerEnded, Workers

    design = design_from(args)
    workers = Workers(args.jobs, args.backend, args.scheduler)
    for choice in design.problems:
        choice.problem(design.seed)  # bad data stop here, before anything is written
    default = FilePath("runs") / f"gap-{FilePath(args.data).stem}-{design.name}"
    folder = output_folder(args.out or default)
    try:
        notes = run_study(design, folder, workers, progress)
    except WorkerEnded as error:
        print(f"relupath: error: {error}", file=sys.stderr)
        return WORKER_ENDED
    for note in notes:
        print(f"relupath: note: {note}", file=sys.stderr)
    with folder_lock(folder, design):
        report = write_report(folder, design)
    for line in report.lines:
        print(line)
    print(f"report: {report.page}")
    return 0


def design_from(args: argparse.Namespace) -> Design:
    """Return the preset with every option given on the command line put in its place."""
    preset = args.preset or ("revision" if args.data == RIDGE_STUDY else "quick")
    if (args.data == RIDGE_STUDY) != (preset == "revision"):
        raise ValueError(
            f"data: found {args.data} with preset {preset}, allowed is preset revision for "
            f"{RIDGE_STUDY} and only there"
        )
    given = {name: value for name, value in vars(args).items() if value is not None}
    changes: dict[str, Any] = {name: given[name] for name in DESIGN_OPTIONS if name in given}
    if preset == "revision":
        design = PRESETS[preset](choose("moons"))
    else:
        design = PRESETS[preset](_choice(choose(args.data), given))
    return replace(design, seed=args.seed, **changes)


def _choice(choice: ProblemChoice, given: dict[str, Any]) -> ProblemChoice:
    changes: dict[str, Any] = {name: given[name] for name in ("loss", "kappa") if name in given}
    if "protocol" in given:
        changes["domain"] = PROTOCOLS[given["protocol"]]
    return replace(choice, **changes)


DESIGN_OPTIONS = (
    "widths",
    "replicates",
    "networks",
    "pairs",
    "pairing",
    "levels",
    "finders",
    "depth",
    "epochs",
    "kept_paths",
    "midpoint_rate",
)


def _add_problem(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("problem", "as published, unless said otherwise")
    group.add_argument(
        "--loss", type=_loss, metavar="NAME[:CONSTANT]", help="such as logistic or huber:0.25"
    )
    group.add_argument("--kappa", type=positive, help="weight of the l1 penalty")
    group.add_argument(
        "--protocol",
        choices=list(PROTOCOLS),
        help="free biases and normalised weights, or rows in the unit ball",
    )


def _add_design(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("size", "as in the preset, unless said otherwise")
    group.add_argument("--widths", type=_widths, metavar="M,M,...", help="hidden neurons")
    for name, text in (
        ("replicates", "independent groups of networks"),
        ("networks", "networks in each group"),
        ("pairs", "pairs of each group"),
        ("depth", "of the strings' recursion"),
        ("epochs", "of training the networks"),
        ("kept-paths", "paths written per width, level and finder"),
    ):
        group.add_argument(f"--{name}", type=at_least(0), help=text)
    group.add_argument(
        "--midpoint-rate", type=positive, help="learning rate of the strings' midpoints"
    )
    group.add_argument("--pairing", choices=PAIRINGS)
    group.add_argument("--levels", type=_names, metavar="NAME,...", help=", ".join(LEVELS))
    group.add_argument("--finders", type=_names, metavar="NAME,...", help=", ".join(FINDERS))


def _loss(text: str) -> str:
    loss(text)  # refuses what is no loss; a design holds the text
    return text


def _names(text: str) -> tuple[str, ...]:
    return tuple(text.split(","))


def _widths(text: str) -> tuple[int, ...]:
    return tuple(sorted({at_least(1)(part) for part in text.split(",")}))
