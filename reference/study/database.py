"""Where a run is kept: one row per measured path in ``run.sqlite``, paths in ``paths/*.npz``.

A row's key is the content of its task, so resuming, extending and merging runs are the same
thing: do what has no row. A row is written in one transaction after its path's file; whatever
kills the process, the tables hold whole tasks only. Seconds are kept beside the records, not in
them: equal runs have equal records.
"""

from __future__ import annotations

import errno
import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import astuple, fields
from pathlib import Path as FilePath
from types import TracebackType
from typing import Any

import numpy as np

from reference.study.design import Design
from reference.study.record import Measured, PoolRecord, Record

DATABASE = "run.sqlite"
APPLICATION = 0x72656C75  # "relu", at byte 68 of every database of ours
BUSY_SECONDS = 60.0
VERSION = 2  # of the tables, at byte 60
COLUMNS = tuple(item.name for item in fields(Record))[:-1]
POOL_COLUMNS = tuple(item.name for item in fields(PoolRecord))
SCHEMA = f"""
CREATE TABLE study (id INTEGER PRIMARY KEY, design TEXT NOT NULL, code TEXT NOT NULL);
CREATE TABLE plan (position INTEGER PRIMARY KEY, key TEXT NOT NULL, block INTEGER NOT NULL);
CREATE TABLE record (key TEXT PRIMARY KEY, {", ".join(COLUMNS[1:])}) WITHOUT ROWID;
CREATE TABLE cost (key TEXT PRIMARY KEY, seconds REAL NOT NULL) WITHOUT ROWID;
CREATE TABLE pool ({", ".join(POOL_COLUMNS)}, PRIMARY KEY (problem, width)) WITHOUT ROWID;
"""


class Records:
    """The database of one run, open; close it or use it as a context.

    Parameters
    ----------
    folder : path
        The run's folder.
    create : bool
        Whether to make a database where there is none.

    Raises
    ------
    ValueError
        If the file there is damaged or not one of ours; it is left as it is.
    OSError
        If it cannot be read or written.
    """

    def __init__(self, folder: FilePath, create: bool = False) -> None:
        self.folder = folder
        self.file = folder / DATABASE
        if create and not self.file.exists():
            with _reported(self.file):
                _create(self.file)
        _check_header(self.file)
        with _reported(self.file):
            self._database = sqlite3.connect(self.file, timeout=BUSY_SECONDS)
            damage = self._database.execute("PRAGMA quick_check(1)").fetchone()[0]
            if damage != "ok":
                self._database.close()
                raise _damaged(self.file, damage.splitlines()[-1])

    def __enter__(self) -> Records:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the database."""
        self._database.close()

    def begin(self, design: Design, code: str, plan: Sequence[tuple[str, int]]) -> None:
        """Say which study the folder now holds: its rows, in order, as key and block."""
        rows = [(position, key, block) for position, (key, block) in enumerate(plan)]
        with _reported(self.file), self._database as transaction:
            transaction.execute("DELETE FROM study")
            transaction.execute("DELETE FROM plan")
            transaction.execute("INSERT INTO study VALUES (0, ?, ?)", (design.to_json(), code))
            transaction.executemany("INSERT INTO plan VALUES (?, ?, ?)", rows)

    def known(self) -> set[str]:
        """Return the keys that have a row."""
        with _reported(self.file):
            return {key for (key,) in self._database.execute("SELECT key FROM record")}

    def add(self, measured: Iterable[Measured]) -> None:
        """Write the rows of one task in one transaction, their paths before them."""
        measured = list(measured)
        for item in measured:
            if item.record.path is not None and item.certificate is not None:
                write_arrays(self.folder / item.record.path, item.certificate)
        places = ", ".join("?" * len(COLUMNS))
        with _reported(self.file), self._database as transaction:
            transaction.executemany(
                f"INSERT OR IGNORE INTO record VALUES ({places})",
                [astuple(item.record)[:-1] for item in measured],
            )
            transaction.executemany(
                "INSERT OR IGNORE INTO cost VALUES (?, ?)",
                [(item.record.key, item.seconds) for item in measured],
            )

    def add_pool(self, pool: PoolRecord) -> None:
        """Write what is known of a pool."""
        places = ", ".join("?" * len(POOL_COLUMNS))
        with _reported(self.file), self._database as transaction:
            transaction.execute(f"INSERT OR REPLACE INTO pool VALUES ({places})", astuple(pool))

    def study(self) -> tuple[Design, str, int]:
        """Return the design, the code version, and how many rows the study plans.

        Raises
        ------
        ValueError
            If no study was begun here.
        """
        with _reported(self.file):
            found = self._database.execute("SELECT design, code FROM study").fetchone()
            planned = self._database.execute("SELECT count(*) FROM plan").fetchone()[0]
        if found is None:
            raise ValueError(f"{self.file}: found no study, allowed is a run of relupath gap")
        return Design.from_json(found[0]), found[1], planned

    def read(self) -> list[Record]:
        """Return the study's finished rows in the order planned."""
        names = ", ".join([*(f"record.{name}" for name in COLUMNS), "block"])
        query = f"SELECT {names} FROM plan JOIN record"
        with _reported(self.file):
            rows = self._database.execute(f"{query} USING (key) ORDER BY position").fetchall()
        return [Record(*row) for row in rows]

    def costs(self) -> dict[str, float]:
        """Return the seconds behind each row."""
        with _reported(self.file):
            return dict(self._database.execute("SELECT key, seconds FROM cost"))

    def pools(self) -> list[PoolRecord]:
        """Return what is known of each pool."""
        with _reported(self.file):
            rows = self._database.execute(f"SELECT {', '.join(POOL_COLUMNS)} FROM pool")
            return [PoolRecord(*row) for row in rows]


def write_arrays(file: FilePath, arrays: dict[str, Any]) -> None:
    """Write named arrays as an NPZ file, whole or not at all."""
    file.parent.mkdir(exist_ok=True)
    unfinished = file.with_suffix(f".{os.getpid()}.unfinished")
    try:
        with open(unfinished, "wb") as stream:
            np.savez(stream, **arrays)
        os.replace(unfinished, file)
    finally:
        unfinished.unlink(missing_ok=True)


def _create(file: FilePath) -> None:
    """Make an empty database under another name first; if another process was faster, its stays."""
    unfinished = file.with_suffix(f".{os.getpid()}.unfinished")
    unfinished.unlink(missing_ok=True)
    database = sqlite3.connect(unfinished)
    try:
        database.executescript(
            f"PRAGMA application_id = {APPLICATION};PRAGMA user_version = {VERSION};{SCHEMA}"
        )
    finally:
        database.close()
    try:
        os.link(unfinished, file)
    except FileExistsError:
        pass
    finally:
        unfinished.unlink()


def _check_header(file: FilePath) -> None:
    """Refuse a foreign file before SQLite opens it."""
    with open(file, "rb") as stream:
        header = stream.read(100)
    ours = header.startswith(b"SQLite format 3\0") and (
        int.from_bytes(header[68:72], "big") == APPLICATION
    )
    if not ours:
        raise ValueError(f"{file}: found a foreign or damaged file, allowed is a relupath database")
    if int.from_bytes(header[60:64], "big") != VERSION:
        raise ValueError(
            f"{file}: found a run of another version of relupath, allowed is one of this version; "
            "choose another folder with --out"
        )


@contextmanager
def _reported(file: FilePath) -> Iterator[None]:
    """Turn SQLite's errors into OSError (disk, rights) and ValueError (damage)."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        name = getattr(error, "sqlite_errorname", None)
        if name is None:
            raise
        for prefix, code in CAUSES.items():
            if name.startswith(prefix):
                raise OSError(code, os.strerror(code), os.fspath(file)) from None
        raise _damaged(file, error) from None


def _damaged(file: FilePath, reason: object) -> ValueError:
    return ValueError(
        f"{file}: found a damaged database ({reason}), allowed is one that relupath wrote"
    )


CAUSES = {
    "SQLITE_FULL": errno.ENOSPC,
    "SQLITE_READONLY": errno.EROFS,
    "SQLITE_CANTOPEN": errno.EACCES,
    "SQLITE_PERM": errno.EACCES,
    "SQLITE_IOERR": errno.EIO,
    "SQLITE_BUSY": errno.EBUSY,
}
