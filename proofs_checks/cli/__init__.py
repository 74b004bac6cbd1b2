"""The command ``relupath``: one module per subcommand.

Each module has ``add_parser(subparsers)``, which adds its parser and sets ``func=run``, and
``run(args) -> int``, which does the work and returns the exit code.

=====  =====================================================================================
code   meaning
=====  =====================================================================================
0      done
1      a claim or a certificate is refuted
2      a user error: one line on stderr, ``relupath: error: ...``, and no traceback
3      nothing is refuted, but something is undecided at this precision
4      a worker process of a study was ended from outside; the same command goes on
130    interrupted; whatever was written by then stays
141    the reader of the output left early, as in ``relupath verify | head -1``
=====  =====================================================================================
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from proofs_checks.cli import grade, verify
from reference.cli import barrier, certify, connect, gap, minimum, report
from reference.cli.options import Parser
from reference.model.version import __version__

COMMANDS = (verify, gap, connect, barrier, certify, minimum, report, grade)


def main(argv: Sequence[str] | None = None) -> int:
    """Run ``relupath`` with the given arguments (the process's own by default).

    Returns
    -------
    int
        The exit code of the table above.

    Raises
    ------
    SystemExit
        After ``--help`` and ``--version``, as argparse does.
    """
    try:
        args = parser().parse_args(argv)
        code = int(args.func(args))
        sys.stdout.flush()
        return code
    except KeyboardInterrupt:
        return _stop("interrupted; what was written stays", 130)
    except BrokenPipeError:
        # What is left in the buffer goes nowhere, or Python would complain of it at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141
    except OSError as error:
        return _stop(f"error: {_describe(error)}", 2)
    except (TypeError, ValueError) as error:
        if os.environ.get("RELUPATH_TRACEBACK"):
            raise
        return _stop(f"error: {' '.join(str(error).split())}", 2)


def parser() -> Parser:
    """Return the parser of the whole command."""
    command = Parser(
        prog="relupath",
        description="Low-loss paths between one-hidden-layer ReLU networks, every number a "
        "certificate. Implements arXiv:2602.17596.",
        epilog="Set RELUPATH_TRACEBACK=1 to see where an error comes from.",
    )
    command.add_argument("--version", action="version", version=f"relupath {__version__}")
    subparsers = command.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for module in COMMANDS:
        module.add_parser(subparsers)
    return command


def _stop(message: str, code: int) -> int:
    print(f"relupath: {message}", file=sys.stderr)
    return code


def _describe(error: OSError) -> str:
    name = "file" if error.filename is None else os.fspath(error.filename)
    return (
        f"{name}: found {error.strerror or error}, allowed is a place that can be read or written"
    )
