"""What the subcommands share: number types, the problem's options, the output folder, progress."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from pathlib import Path as FilePath
from typing import Any, NoReturn

from reference.model.datasets import load
from reference.model.domain import DOMAINS
from reference.model.losses import LOSSES, Loss, parse_loss
from reference.model.problem import Problem

Group = argparse.ArgumentParser | argparse._ArgumentGroup
Subparsers = Any  # argparse keeps the class of ``add_subparsers()`` to itself


class Parser(argparse.ArgumentParser):
    """An argument parser whose error is a ValueError, told in one line by `main`."""

    def error(self, message: str) -> NoReturn:
        """Raise ValueError with argparse's message, which names the argument."""
        raise ValueError(f"{message} (see {self.prog} --help)")


def add_problem_options(parser: argparse.ArgumentParser) -> None:
    """Add the options that say which `Problem`: data, bias, loss, kappa, domain."""
    group = parser.add_argument_group("problem")
    group.add_argument(
        "--data",
        required=True,
        help="CSV (header, target in the last column), NPZ (arrays X, y), moons or breast-cancer",
    )
    group.add_argument("--bias", action="store_true", help="append a column of ones to the inputs")
    add_loss_options(group)
    group.add_argument(
        "--domain",
        choices=list(DOMAINS),
        default="unit-ball",
        help="where hidden rows may lie (default: unit-ball); normalized-weights frees the bias "
        "and keeps (0, ..., 0, 1) as last row",
    )


def add_loss_options(group: Group) -> None:
    """Add ``--loss`` and ``--kappa``."""
    group.add_argument(
        "--loss",
        type=loss,
        default="logistic",
        metavar="NAME[:CONSTANT]",
        help=f"{', '.join(LOSSES)}; huber:0.25 sets delta, pinball:0.9 tau (default: logistic)",
    )
    group.add_argument(
        "--kappa",
        type=float,
        default=1e-3,
        help="weight of the l1 penalty on the output layer (default: 0.001)",
    )


def problem_from(args: argparse.Namespace) -> Problem:
    """Return the problem the options of `add_problem_options` describe."""
    data = load(args.data, bias=args.bias)
    return Problem(data.X, data.y, args.loss, args.kappa, DOMAINS[args.domain]())


def add_run_options(parser: argparse.ArgumentParser, out: str) -> None:
    """Add ``--out``, ``--seed`` and ``--jobs``, for commands of many random tasks."""
    group = parser.add_argument_group("run")
    add_out_option(group, out)
    group.add_argument("--seed", type=at_least(0), default=0, help="of all randomness (default: 0)")
    group.add_argument(
        "--jobs",
        type=at_least(1),
        default=os.cpu_count() or 1,
        help="processes; the results do not depend on it (default: one per core)",
    )


def add_out_option(group: Group, out: str | None = None) -> None:
    """Add ``--out``, required unless there is a default."""
    group.add_argument(
        "--out",
        type=FilePath,
        default=out,
        required=out is None,
        metavar="DIR",
        help="folder to write to" + (f" (default: {out})" if out else ""),
    )


def at_least(least: int) -> Callable[[str], int]:
    """Return an argument type: an integer not below ``least``."""

    def integer(text: str) -> int:
        try:
            value = int(text)
        except ValueError:
            value = least - 1
        if value < least:
            raise argparse.ArgumentTypeError(
                f"found {text!r}, allowed is an integer of at least {least}"
            )
        return value

    return integer


def positive(text: str) -> float:
    """Read an argument that must be a positive finite number."""
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value < float("inf"):
        raise argparse.ArgumentTypeError(f"found {text!r}, allowed is a positive finite number")
    return value


def loss(text: str) -> Loss:
    """Read a loss: its name, and after a colon its constant if it has one."""
    try:
        return parse_loss(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error).removeprefix("loss: ")) from None


def output_folder(folder: FilePath) -> FilePath:
    """Create the folder, or raise OSError before any work is done if it cannot be written."""
    folder.mkdir(parents=True, exist_ok=True)
    probe = folder / ".writable"
    probe.touch()
    probe.unlink()
    return folder


def write_whole(file: FilePath, write: Callable[[FilePath], Any]) -> None:
    """Write a file beside its place and move it there, so that it is never half written."""
    part = file.with_name(f"part-{file.name}")
    write(part)
    part.replace(file)


def progress(total: float, label: str, unit: str = "it") -> Any:
    """Return a tqdm bar on stderr with the time left; it stays away for the first two seconds."""
    from tqdm import tqdm

    return tqdm(
        total=total,
        desc=label,
        unit=unit,
        delay=2,
        mininterval=0.1 if sys.stderr.isatty() else 30,
        bar_format="{desc} {percentage:3.0f}% |{bar}| {n:.4g}/{total:.4g} {unit} "
        "[{elapsed}, {remaining} left]",
        leave=False,
    )
