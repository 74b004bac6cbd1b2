"""The process a submission runs in: it loads the file and answers calls of its functions.

Started by `process` as
``python -m proofs_checks.coursework.sandbox.worker SOCKET FILE LIMITS``. It knows neither claims
nor points. Whatever the submission does to this process, all it can send is an answer to the call
the judge just made.
"""

from __future__ import annotations

import json
import socket
import sys
import traceback
from types import ModuleType
from typing import Any

from proofs_checks.coursework.sandbox import protocol
from proofs_checks.coursework.sandbox.limits import Limits, confine
from proofs_checks.coursework.sandbox.loading import borrowed, load

LONGEST_MESSAGE = 500


def main(arguments: list[str]) -> None:
    """Serve until the judge hangs up."""
    number, file, limits = arguments
    channel = socket.socket(fileno=int(number))
    confine(Limits(**json.loads(limits)))
    protocol.send(channel, protocol.encode({"ready": True}))
    try:
        module = load(file, lambda error: _told(error, file))
    except BaseException as error:
        protocol.send(channel, protocol.encode({"error": _told(error, file)}))
        return
    functions = [name for name, value in vars(module).items() if callable(value)]
    described = {"functions": functions, "borrowed": borrowed(module)}
    protocol.send(channel, protocol.encode(described))
    while True:
        name, arguments_of_call = protocol.decode(protocol.receive(channel))
        protocol.send(channel, _answer(module, file, name, arguments_of_call))


def _answer(module: ModuleType, file: str, name: str, arguments: list[Any]) -> bytes:
    try:
        value = getattr(module, name)(*arguments)
        return protocol.encode({"value": value, "borrowed": borrowed(module)})
    except BaseException as error:
        return protocol.encode({"error": _told(error, file)})


def _told(error: BaseException, file: str) -> str:
    """Return what was raised, and the line of the submission it came from."""
    if isinstance(error, NotImplementedError):
        return "not written yet"
    what = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    if isinstance(error, SystemExit):
        what = "sys.exit was called"
    if isinstance(error, SyntaxError):
        return f"{what}"[:LONGEST_MESSAGE]
    frames = [f for f in traceback.extract_tb(error.__traceback__) if f.filename == file]
    place = f" (line {frames[-1].lineno}: {frames[-1].line})" if frames else ""
    return f"raised {what[:LONGEST_MESSAGE]}{place[:LONGEST_MESSAGE]}"


if __name__ == "__main__":
    main(sys.argv[1:])
