"""``relupath connect``."""

from __future__ import annotations

import argparse

from reference.cli.options import Subparsers


def add_parser(subparsers: Subparsers) -> None:
    """Add the parser of ``relupath connect``."""
    parser = subparsers.add_parser("connect")
    parser.set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    """Run it."""
    raise NotImplementedError("connect")
