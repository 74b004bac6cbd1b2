"""A CSV file of numbers with a header, and what to do about one that is something else."""

from __future__ import annotations

import csv
import math
from collections import Counter

import numpy as np

from reference.model.exact_arithmetic import Array

TRUTH = {"true": 1.0, "false": 0.0}
DELIMITERS = {";": "semicolons", "\t": "tabs", "|": "bars"}


def read_csv(file: str) -> Array:
    """Return the numbers of a CSV file, one row a line, one column for each name of its header.

    Parameters
    ----------
    file : str
        Comma-separated, UTF-8 with or without a mark. The first line names every column; entries
        are finite numbers, or true and false, which count as 1 and 0.

    Returns
    -------
    (rows, columns) float64
        With at least one row and two columns.

    Raises
    ------
    ValueError
        Naming the line, what was found there, and what to do about it.
    OSError
        If the file cannot be opened.
    """
    with open(file, newline="", encoding="utf-8-sig", errors="replace") as stream:
        lines = csv.reader(stream, strict=True)
        try:
            header = next(lines, [])
            _check_header(f"{file} line 1", header)
            rows = [_numbers(f"{file} line {lines.line_num}", header, row) for row in lines if row]
        except csv.Error as error:
            raise ValueError(
                f"{file} line {lines.line_num}: found {error}, allowed are comma-separated values"
            ) from None
    if not rows:
        raise ValueError(f"{file}: found a header and no samples, allowed are at least 2 samples")
    return np.array(rows)


def _check_header(place: str, names: list[str]) -> None:
    """Refuse a first line that does not name every column once."""
    found = f"{place}: found {','.join(names)!r}"
    if len(names) == 1 and (hint := _delimiter(names[0])):
        raise ValueError(f"{found}, allowed are comma-separated values; this looks like {hint}")
    if len(names) < 2 or any(_number(name) is not None for name in names):
        raise ValueError(
            f"{found}, allowed is a header that names at least one input and, last, the target"
        )
    if not all(name.strip() for name in names):
        column = [bool(name.strip()) for name in names].index(False) + 1
        raise ValueError(
            f"{found}, but column {column} has no name; row labels are no input, so write the "
            "file without them (index=False in pandas, row.names=FALSE in R) or name the column"
        )
    repeated = [name for name, count in Counter(names).items() if count > 1]
    if repeated:
        raise ValueError(f"{found}, but {repeated[0]!r} names {names.count(repeated[0])} columns")


def _numbers(place: str, names: list[str], entries: list[str]) -> list[float]:
    """Return the numbers of one line, as many as the header names."""
    if len(entries) != len(names):
        hint = _delimiter(entries[0]) if len(entries) == 1 else ""
        raise ValueError(
            f"{place}: found {len(entries)} values, allowed are {len(names)}, as many as the "
            "header names" + (f"; this looks like {hint}" if hint else "")
        )
    values = [_number(entry) for entry in entries]
    for name, entry, value in zip(names, entries, values, strict=True):
        if value is None or not math.isfinite(value):
            hint = "" if value is not None or not entry.strip() else "; write labels as 0 and 1"
            raise ValueError(
                f"{place}: found {entry!r} in column {name!r}, allowed are finite reals{hint}"
            )
    return [value for value in values if value is not None]


def _number(text: str) -> float | None:
    try:
        return TRUTH.get(text.strip().lower()) if text.strip().lower() in TRUTH else float(text)
    except ValueError:
        return None


def _delimiter(line: str) -> str:
    """Name the delimiter that a line of one entry seems to use; empty if none."""
    return next((name for mark, name in DELIMITERS.items() if mark in line), "")
