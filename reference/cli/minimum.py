"""``relupath minimum``: the global minimum over all widths, with a certificate."""

from __future__ import annotations

import argparse
import json
import math
import sys
from pathlib import Path as FilePath
from typing import TYPE_CHECKING

from reference.cli.options import (
    Subparsers,
    add_loss_options,
    add_out_option,
    output_folder,
    positive,
    progress,
    write_whole,
)
from reference.model.datasets import load
from reference.model.domain import Domain, NormalizedWeights, UnitBall
from reference.model.problem import Problem

if TYPE_CHECKING:
    from reference.minimum.bracket import Minimum, Step

PROTOCOLS: dict[str, type[Domain]] = {"theorem": UnitBall, "published": NormalizedWeights}

DESCRIPTION = """\
Find a network whose objective no network of any width can undercut by more than a certified gap.
Prints the gap as it closes; writes network.npz and minimum.json (value, dual bound, which oracle
proved it, history).
"""


def add_parser(subparsers: Subparsers) -> None:
    """Add the parser of ``relupath minimum``."""
    parser = subparsers.add_parser(
        "minimum", help="the certified global minimum", description=DESCRIPTION
    )
    parser.add_argument("data", help="moons, breast-cancer, or a CSV or NPZ of your own")
    parser.add_argument("--no-bias", dest="bias", action="store_false", help="no column of ones")
    parser.add_argument(
        "--protocol",
        choices=list(PROTOCOLS),
        default="theorem",
        help="theorem: rows in the unit ball, the bias as column of ones (default); published: "
        "weights in the unit ball, biases free, as the published experiments ran",
    )
    add_loss_options(parser)
    parser.add_argument(
        "--tol",
        type=positive,
        default=1e-8,
        help="relative duality gap to stop at (default: 1e-8)",
    )
    parser.add_argument("--seconds", type=positive, default=900.0, help="time limit (default: 900)")
    add_out_option(parser, "runs/minimum")
    parser.set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    """Minimise, write the network and its certificate, and print them."""
    folder = output_folder(args.out)
    data = load(args.data, bias=args.bias)
    if not (args.bias or PROTOCOLS[args.protocol].bounded_rows):
        raise ValueError("--no-bias: found with --protocol published, allowed is theorem only")
    problem = Problem(data.X, data.y, args.loss, args.kappa, PROTOCOLS[args.protocol]())
    minimum = _minimise(problem, args.tol, args.seconds)
    _write(folder, problem, minimum)
    print(
        f"value {minimum.value:.12g}, dual bound {minimum.dual_bound:.12g}, "
        f"gap {minimum.gap:.2g} ({minimum.relative_gap:.2g} of the value), "
        f"{len(minimum.network.active)} active neurons, bound by {minimum.bound_kind}"
    )
    print(f"wrote {folder}: network.npz, minimum.json")
    return 0


def _minimise(problem: Problem, tol: float, seconds: float) -> Minimum:
    """Run the search; the bar counts the decades of the gap that are closed."""
    from reference.minimum.bracket import global_minimum

    with progress(1, "gap", "decade") as bar:
        first: list[float] = []
        say = bar.write if sys.stderr.isatty() else print

        def note(step: Step) -> None:
            gap = max((step.value - step.bound) / step.value, tol) if step.value > 0 else tol
            first.append(gap)
            bar.total = max(math.log10(first[0] / tol), 1e-9)
            bar.update(math.log10(first[0] / gap) - bar.n)
            say(_line(step))

        return global_minimum(problem, tol, seconds, note)


def _line(step: Step) -> str:
    return (
        f"{step.seconds:8.1f} s  {step.kind:<6} {step.neurons:5d} neurons  "
        f"value {step.value:.10f}  gap {step.value - step.bound:.3g}"
    )


def _write(folder: FilePath, problem: Problem, minimum: Minimum) -> None:
    record = {
        "problem": problem.fingerprint,
        "value": minimum.value,
        "dual_bound": minimum.dual_bound,
        "gap": minimum.gap,
        "domain": problem.domain.name,
        "exact_oracle": minimum.exact,
        "bound_kind": minimum.bound_kind,
        "history": [step._asdict() for step in minimum.history],
    }
    text = json.dumps(record, indent=2) + "\n"
    write_whole(folder / "network.npz", minimum.network.save)
    write_whole(folder / "minimum.json", lambda file: file.write_text(text, encoding="utf-8"))
