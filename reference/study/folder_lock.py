"""One study at a time in a folder: the same study waits its turn, another one is refused.

The lock belongs to the open file, so the system releases it however its process ends. The file
``run.lock`` holds the design of the study that has it and stays when the study is done.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path as FilePath

from reference.study.design import Design

LOCK = "run.lock"
POLL_SECONDS = 0.2
UNWRITTEN = 5  # polls after which a lock without a design is taken for another study's


@contextmanager
def folder_lock(folder: FilePath, design: Design) -> Iterator[None]:
    """Hold a run's folder for one study while the context lasts.

    Parameters
    ----------
    folder : path
        The run's folder; it exists.
    design : Design
        A process that holds the folder for the same design is waited for.

    Raises
    ------
    ValueError
        If another study is running in the folder.
    """
    descriptor = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT, 0o666)
    text = design.to_json().encode()
    try:
        _wait(descriptor, text, folder)
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, text, 0)
        yield
    finally:
        os.close(descriptor)


def _wait(descriptor: int, text: bytes, folder: FilePath) -> None:
    """Take the lock, waiting while the study that has it is the same."""
    polls = 0
    while not _taken(descriptor):
        other = os.pread(descriptor, 1 << 20, 0)
        polls += 1
        if other != text and polls > UNWRITTEN:
            raise ValueError(
                f"{folder}: found another study that is running in this folder, allowed is one at "
                "a time; wait until it has finished, or choose another folder with --out"
            )
        time.sleep(POLL_SECONDS)


def _taken(descriptor: int) -> bool:
    """Whether the lock is ours now; a system without file locks lets everyone in."""
    try:
        import fcntl
    except ImportError:
        return True
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
