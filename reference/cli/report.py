"""``relupath report``: rebuild a run's page, figures and CSV from its records."""

from __future__ import annotations

import argparse
from pathlib import Path as FilePath

from reference.cli.options import Subparsers


def add_parser(subparsers: Subparsers) -> None:
    """Add the parser of ``relupath report``."""
    parser = subparsers.add_parser(
        "report",
        help="rebuild a run's page or export its records",
        description="Rebuild the page, figures and CSV of a run of relupath gap, finished or not.",
    )
    parser.add_argument("run", type=FilePath, metavar="RUN", help="the run's folder")
    parser.add_argument(
        "--csv", type=FilePath, metavar="FILE", help="only write the records to this file"
    )
    parser.set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    """Write the page, or the CSV alone."""
    from reference.report.write import write_csv, write_report
    from reference.study.database import Records

    if args.csv is None:
        print(f"report: {write_report(args.run).page}")
        return 0
    with Records(args.run) as records:
        records.study()
        rows = records.read()
    write_csv(rows, args.csv)
    print(f"{len(rows)} records: {args.csv}")
    return 0
