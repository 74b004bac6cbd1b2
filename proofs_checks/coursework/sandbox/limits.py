"""What a submission's process may not do, set by that process itself before it reads any of it.

Limits of the kernel: memory, processor time, size of a file, number of processes. Root is exempt
from the last one, and could write anywhere: where the grader runs as root, as autograders do, the
process becomes *nobody* and keeps one privilege, to read files (it has yet to import things).
"""

from __future__ import annotations

import ctypes
import os
import struct
import sys
from contextlib import suppress
from dataclasses import dataclass

NOBODY = 65534
_KEEP_CAPABILITIES = 8  # PR_SET_KEEPCAPS
_VERSION_3 = 0x20080522
_DAC_READ_SEARCH = 1 << 2


@dataclass(frozen=True)
class Limits:
    """Limits of a submission.

    Attributes
    ----------
    call_seconds : float
        Wall time of one call of one function.
    total_seconds : float
        Wall time of everything the submission does; also its processor time.
    memory : int
        Bytes of address space.
    file_bytes : int
        Largest file it may write.
    output : int
        Characters of printed text that are kept.
    """

    call_seconds: float = 10.0
    total_seconds: float = 300.0
    memory: int = 2 * 2**30
    file_bytes: int = 16 * 2**20
    output: int = 4000


def confine(limits: Limits) -> None:
    """Put this process under the limits, for good."""
    import resource

    seconds = int(limits.total_seconds) + 1
    for kind, most in (
        ("RLIMIT_CORE", 0),
        ("RLIMIT_CPU", seconds),
        ("RLIMIT_FSIZE", limits.file_bytes),
        ("RLIMIT_AS", limits.memory),
    ):
        _limit(resource, kind, most)
    if os.geteuid() == 0:
        with suppress(OSError):  # a container may have no other user
            _become_nobody()
    _limit(resource, "RLIMIT_NPROC", 0)


def _limit(resource: object, kind: str, most: int) -> None:
    """Lower a limit; a system that has it not, or refuses, goes without."""
    try:
        number = getattr(resource, kind)
        resource.setrlimit(number, (most, most))  # type: ignore[attr-defined]
    except (AttributeError, OSError, ValueError):
        return


def _become_nobody() -> None:
    """Give up root; on Linux keep the right to read files."""
    libc = ctypes.CDLL(None, use_errno=True)
    linux = sys.platform == "linux"
    if linux:
        libc.prctl(_KEEP_CAPABILITIES, 1, 0, 0, 0)
    os.setgroups([])
    os.setgid(NOBODY)
    os.setuid(NOBODY)
    if linux:
        header = struct.pack("Ii", _VERSION_3, 0)
        kept = struct.pack("6I", _DAC_READ_SEARCH, _DAC_READ_SEARCH, 0, 0, 0, 0)
        libc.capset(ctypes.create_string_buffer(header), ctypes.create_string_buffer(kept))
