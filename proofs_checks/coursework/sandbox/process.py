"""Where a submission runs: a process of its own that is asked for values and trusted with nothing.

The judge, this process, draws the cases, measures and counts the points; it never imports the
submission. For every value it needs, it sends arguments through a socket and gets numbers back.
So a submission cannot write its own score: printing, patching the library, reading the claims or
writing to the socket changes nothing but the numbers it answers with.

Limits hold for memory, processor time, files and processes (`confinement`) and, from here, wall
time of a call and in total; printed text is read and dropped beyond a bound; at the end the whole
process group is killed. What this is *not*: a jail. A submission can read what its user can read,
use the network, and call the library that holds the model solutions (`skeleton.library_imports`
notices the plain ways). Grade strangers in a container, with no secrets in it and no network.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from typing import IO, Any

from proofs_checks.coursework.sandbox import protocol
from proofs_checks.coursework.sandbox.limits import Limits

WORKER = "proofs_checks.coursework.sandbox.worker"
START_SECONDS = 30.0
IMPORT_SECONDS = 10.0  # or the time of one call, if that is more
USED_UP = "the time for the whole submission is used up"
EXIT_SECONDS = 1.0  # a process that closed its end is about to be gone


class SubmissionError(Exception):
    """A function of the submission raised, or returned what it should not."""


class Stopped(BaseException):
    """The submission's process had to be ended.

    No ``Exception``, so that a search for counterexamples does not take it for one and shrink it.
    """


class Sandbox:
    """A submission in its process; ended processes are started again when next asked.

    Attributes
    ----------
    functions : tuple of str
        What can be called.
    borrowed : tuple of str
        Modules and functions of the library's solutions that the submission brought in.
    output : str
        The beginning of what was printed.
    """

    def __init__(self, file: Path, folder: Path, limits: Limits) -> None:
        self.functions: tuple[str, ...] = ()
        self.borrowed: tuple[str, ...] = ()
        self._file, self._folder, self._limits = file, folder, limits
        self._process: subprocess.Popen[bytes] | None = None
        self._deadline = time.monotonic() + limits.total_seconds
        self._printed = bytearray()

    @property
    def output(self) -> str:
        """The beginning of what the submission printed."""
        return bytes(self._printed).decode(errors="replace")

    def call(self, name: str, *arguments: Any) -> Any:
        """Return what the function answers.

        Raises
        ------
        SubmissionError
            If it raises.
        Stopped
            If it takes too long, ends its process, or answers with what cannot be read.
        """
        self.start()
        try:
            protocol.send(self._channel, protocol.encode([name, list(arguments)]))
            answer = self._receive(self._limits.call_seconds)
        except protocol.ProtocolError as error:
            raise Stopped(self._ended(str(error), self._limits.call_seconds)) from None
        if "error" in answer:
            raise SubmissionError(str(answer["error"]))
        self._note_borrowed(answer)
        return answer.get("value")

    def start(self) -> None:
        """Start the process and load the submission, unless that is done.

        Raises
        ------
        SubmissionError
            If the submission cannot be imported.
        ValueError
            If no process can be started here.
        Stopped
            If importing it takes too long or ends the process.
        """
        if self._process is not None:
            return
        ours, theirs = socket.socketpair()
        self._channel = ours
        self._process = subprocess.Popen(
            [
                *(sys.executable, "-u", "-P", "-m", WORKER),
                *(str(theirs.fileno()), str(self._file), json.dumps(asdict(self._limits))),
            ],
            cwd=self._folder,
            env=_environment(self._folder),
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        theirs.close()
        ours.settimeout(self._limits.call_seconds)
        self._reader = threading.Thread(
            target=self._drain, args=[self._process.stdout], daemon=True
        )
        self._reader.start()
        try:
            self._receive(START_SECONDS)
        except protocol.ProtocolError as error:
            self.close()
            raise ValueError(
                f"sandbox: found {error} before the submission was read, allowed is a process "
                f"that starts: {self.output[-500:]}"
            ) from None
        seconds = max(IMPORT_SECONDS, self._limits.call_seconds)
        try:
            answer = self._receive(seconds)
        except protocol.ProtocolError as error:
            raise Stopped(f"while importing: {self._ended(str(error), seconds)}") from None
        if "error" in answer:
            self.close()
            raise SubmissionError(f"cannot be imported: {answer['error']}")
        self.functions = tuple(answer["functions"])
        self._note_borrowed(answer)

    def close(self) -> None:
        """Kill the process and all it started in its group."""
        if self._process is None:
            return
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._reader.join(timeout=1)
        self._channel.close()
        self._process = None

    def _receive(self, seconds: float) -> dict[str, Any]:
        left = self._deadline - time.monotonic()
        try:
            answer = protocol.decode(protocol.receive(self._channel, min(seconds, max(left, 0.0))))
        except protocol.ProtocolError as error:
            if str(error) == protocol.LATE and left < seconds:
                raise protocol.ProtocolError(USED_UP) from None
            raise
        if not isinstance(answer, dict):
            raise protocol.ProtocolError("a reply that is not a JSON object")
        return answer

    def _note_borrowed(self, answer: dict[str, Any]) -> None:
        found = answer.get("borrowed")
        if isinstance(found, list):
            self.borrowed = tuple(sorted({*self.borrowed, *map(str, found)}))

    def _ended(self, reason: str, seconds: float) -> str:
        """Close the process and say what ended it."""
        status = None
        if reason == protocol.ENDED and self._process is not None:
            with suppress(subprocess.TimeoutExpired):
                status = self._process.wait(EXIT_SECONDS)
        self.close()
        if reason == protocol.LATE:
            return f"no answer within {seconds:g} s: an endless loop, or too slow"
        return f"stopped: {reason if status is None else _status_in_words(status, self._limits)}"

    def _drain(self, stream: IO[bytes]) -> None:
        """Read all that is printed, keep the beginning."""
        with stream:
            while chunk := stream.read1(65536):  # type: ignore[attr-defined]
                room = self._limits.output - len(self._printed)
                self._printed += chunk[: max(room, 0)]


@contextmanager
def sandboxed(source: str, limits: Limits | None = None) -> Iterator[Sandbox]:
    """Run Python source in a folder of its own, which is removed with everything at the end."""
    folder = Path(tempfile.mkdtemp(prefix="relupath-"))
    folder.chmod(0o755)
    file, scratch = folder / "submission.py", folder / "scratch"
    file.write_text(source, encoding="utf-8")
    file.chmod(0o644)
    scratch.mkdir()
    scratch.chmod(0o777)
    sandbox = Sandbox(file, scratch, limits or Limits())
    try:
        yield sandbox
    finally:
        sandbox.close()
        shutil.rmtree(folder, ignore_errors=True)


def _status_in_words(status: int, limits: Limits) -> str:
    """Say how a process ended, from its exit status; negative is a signal."""
    if status >= 0:
        return f"the process ended itself with exit status {status}"
    name = signal.Signals(-status).name
    causes = {
        signal.SIGXCPU: f"more than {limits.total_seconds:g} s of processor time",
        signal.SIGXFSZ: f"a file larger than {limits.file_bytes // 2**20} MiB",
        signal.SIGSEGV: f"a crash, perhaps at the memory limit of {limits.memory // 2**20} MiB",
        signal.SIGKILL: "ended from outside, or by itself; the system does so when memory is short",
    }
    cause = causes.get(signal.Signals(-status))
    return f"the process was ended by the signal {name}" + (f" ({cause})" if cause else "")


def _environment(folder: Path) -> dict[str, str]:
    """Return the environment of the process: nothing of ours but where to find Python's things."""
    here = str(Path(__file__).parents[3])
    threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "PYTHONPATH": here,
        "PYTHONDONTWRITEBYTECODE": "1",
        "HOME": str(folder),
        "LANG": "C.UTF-8",
        **threads,
    }
