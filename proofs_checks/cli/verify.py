"""``relupath verify``: the ledger of claims."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path as FilePath
from typing import TYPE_CHECKING

from reference.cli.options import (
    Subparsers,
    add_run_options,
    at_least,
    output_folder,
    progress,
)

if TYPE_CHECKING:
    from proofs_checks.framework.verdict import ClaimResult
    from proofs_checks.ledger.run import Ledger

DESCRIPTION = """\
Try every claim of the theory on an implementation: look for a counterexample, report how close
the worst case came to the bound, and drop each hypothesis in turn to see the claim fail. Writes
ledger.json and index.html. Exit code 1 if a claim is refuted, 3 if one is undecided or all are
skipped, 2 if the module cannot be imported.
"""


def add_parser(subparsers: Subparsers) -> None:
    """Add the parser of ``relupath verify``."""
    parser = subparsers.add_parser(
        "verify", help="check the claims of the theory", description=DESCRIPTION
    )
    parser.add_argument(
        "--implementation",
        metavar="MODULE",
        help="what to test (default: the variable RELUPATH_IMPLEMENTATION, else reference)",
    )
    parser.add_argument(
        "--claim",
        dest="claims",
        action="append",
        metavar="ID",
        help="only this claim, such as P3; repeat for more (default: all)",
    )
    parser.add_argument(
        "--examples",
        type=at_least(1),
        metavar="N",
        help="cases tried for each claim (default: each claim's own number)",
    )
    add_run_options(parser, out="runs/verify")
    parser.set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    """Check the claims, write the ledger, print it, and say by the exit code what came out."""
    from proofs_checks.ledger.run import write

    folder = output_folder(args.out)
    if os.getcwd() not in sys.path:  # a console script does not look there for modules
        sys.path.append(os.getcwd())
    ledger = _checked(args, folder)
    page = write(ledger, folder)[1]
    print(table(ledger))
    print(f"page: {page}")
    return exit_code(ledger)


def exit_code(ledger: Ledger) -> int:
    """Return 1 if a claim is refuted, 3 if one is undecided or none was tried, else 0."""
    verdicts = {claim.verdict for claim in ledger.claims}
    if verdicts == {"skipped"}:
        print("Every claim was skipped, so nothing was checked: see what each is missing above.")
        return 3
    return 1 if "refuted" in verdicts else 3 if "undecided" in verdicts else 0


def table(ledger: Ledger) -> str:
    """Return one line for each claim, what was refuted or undecided with its case, and a count."""
    lines = [f"{'claim':<7}{'verdict':<20}{'measured/bound':<16}{'tried':<7}title"]
    for claim in ledger.claims:
        ratio = "" if claim.worst_ratio is None else f"{claim.worst_ratio:.6g}"
        lines.append(f"{claim.id:<7}{claim.verdict:<20}{ratio:<16}{claim.examples:<7}{claim.title}")
        if not claim.passed:
            lines.append(f"{'':<7}{claim.worst_case}")
    verdicts = [claim.verdict for claim in ledger.claims]
    counts = ", ".join(f"{verdicts.count(each)} {each}" for each in sorted(set(verdicts)))
    return "\n".join([*lines, f"{ledger.target}: {len(verdicts)} claims, {counts}"])


def _checked(args: argparse.Namespace, folder: FilePath) -> Ledger:
    """Run the claims under a progress bar; an interrupt keeps those that are finished."""
    from proofs_checks.ledger import run as ledger

    finished: list[ClaimResult] = []
    with progress(1, "claims", "claim") as bar:

        def note(result: ClaimResult, done: int, total: int) -> None:
            finished.append(result)
            bar.total = total
            bar.update(done - bar.n)

        try:
            return ledger.run(
                args.implementation, args.claims, args.examples, args.seed, args.jobs, note
            )
        except KeyboardInterrupt:
            name = ledger.load(args.implementation).name
            ledger.write(ledger.Ledger(name, args.seed, tuple(finished), complete=False), folder)
            raise
