"""``relupath certify``: check a certificate file with the checker of its kind.

``CHECKERS`` names, for each kind a file may state, a module that shares no code with what wrote the
file. It has a function ``check_file(file, X, y, loss, kappa, domain, evaluations)``, the last four
optional, that returns a verdict (True: holds, False: refused or refuted, None: undecided) and lines
to print. A new kind of certificate needs one entry here and its module.
"""

from __future__ import annotations

import argparse
from importlib import import_module

from reference.certificate.certificate_file import certificate_kind
from reference.cli.options import Subparsers, at_least, loss
from reference.model.datasets import load, with_ones
from reference.model.domain import DOMAINS
from reference.model.npz import npz_shapes

DESCRIPTION = """\
Check a certificate file, such as path.npz of `relupath connect` or a file in the folder paths of
`relupath gap`, with a separate program (reference/certificate/checker.py for paths) that is short
enough to audit and shares no code with what wrote the file. Prints the claims, the problem they are
about (loss, kappa, domain, fingerprint of the data), and whether both ends of the path were
verified to lie at most at the stated level.
Exit code 0: the claims hold; 1: refused or refuted; 2: this is no certificate file, or the data
cannot be read; 3: undecided after so many evaluations.
"""
VERDICTS = {True: 0, False: 1, None: 3}
CHECKERS = {"path": "reference.certificate.checker"}


def add_parser(subparsers: Subparsers) -> None:
    """Add the parser of ``relupath certify``."""
    parser = subparsers.add_parser(
        "certify", help="check a certificate file independently", description=DESCRIPTION
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
    data = load(args.data, bias=False)
    kind = certificate_kind(args.path)
    if kind not in CHECKERS:
        raise ValueError(
            f"{args.path}: found a certificate of kind {kind!r}, allowed are {', '.join(CHECKERS)}"
        )
    check_file = import_module(CHECKERS[kind]).check_file
    columns = npz_shapes(args.path, ("W",))["W"][-1:]
    X = with_ones(data.X) if columns == (data.X.shape[1] + 1,) else data.X
    expected = None if args.loss is None else repr(args.loss)
    verdict, reasons = check_file(
        args.path, X, data.y, expected, args.kappa, args.domain, args.evaluations
    )
    for reason in reasons:
        print(reason)
    return VERDICTS[verdict]
