"""``relupath certify``: check a path certificate, trusting nothing but NumPy and the file."""

from __future__ import annotations

import argparse

from reference.cli.options import Subparsers, at_least, loss
from reference.model.datasets import load, with_ones
from reference.model.domain import DOMAINS
from reference.model.npz import read_npz

DESCRIPTION = """\
Check a file written by `relupath connect` or `relupath gap` with a separate program
(reference/certificate/checker.py), short enough to audit, that shares no code with what wrote it.
Exit code 0: the claims hold; 1: refused or refuted; 3: undecided after so many evaluations.
"""
VERDICTS = {True: 0, False: 1, None: 3}


def add_parser(subparsers: Subparsers) -> None:
    """Add the parser of ``relupath certify``."""
    parser = subparsers.add_parser(
        "certify", help="check a path certificate independently", description=DESCRIPTION
    )
    parser.add_argument("path", metavar="PATH.npz", help="the certificate")
    parser.add_argument(
        "--data",
        required=True,
        help="the data it is about: CSV, NPZ, moons or breast-cancer; a column of ones is "
        "appended where the rows of the networks call for it",
    )
    parser.add_argument(
        "--evaluations",
        type=at_least(1),
        default=100_000,
        help="of the objective, before giving up (default: 100000)",
    )
    expected = parser.add_argument_group(
        "what the file must be about", "A file that states anything else is refused."
    )
    expected.add_argument("--loss", type=loss, help="such as logistic or huber:0.25")
    expected.add_argument("--kappa", type=float, help="weight of the penalty")
    expected.add_argument("--domain", choices=list(DOMAINS), help="where the rows may lie")
    parser.set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    """Check the file and print the reasons."""
    from reference.certificate.checker import check_file

    data = load(args.data, bias=False)
    columns = read_npz(args.path, ("W",))["W"].shape[-1:]
    X = with_ones(data.X) if columns == (data.X.shape[1] + 1,) else data.X
    expected = None if args.loss is None else repr(args.loss)
    verdict, reasons = check_file(
        args.path, X, data.y, expected, args.kappa, args.domain, args.evaluations
    )
    for reason in reasons:
        print(reason)
    return VERDICTS[verdict]
