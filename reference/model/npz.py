"""Reading NPZ files: named arrays only, never a pickled object, errors that name the file."""

from __future__ import annotations

import os
import warnings
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np

from reference.model.exact_arithmetic import Array

HEADERS = {
    (1, 0): np.lib.format.read_array_header_1_0,
    (2, 0): np.lib.format.read_array_header_2_0,
}


def read_npz(file: str | os.PathLike[str], names: tuple[str, ...]) -> dict[str, Array]:
    """Read the named arrays of an NPZ file and never unpickle.

    Raises
    ------
    ValueError
        If the file is truncated or no NPZ, an array is missing, or one is pickled.
    OSError
        If the file cannot be opened.
    """
    with open(file, "rb") as stream, _readable(file, names):
        archive = np.load(stream, allow_pickle=False)
        if not isinstance(archive, np.lib.npyio.NpzFile):
            raise ValueError("one array, not an archive")
        missing = [name for name in names if name not in archive]
        if missing:
            raise ValueError(f"no array {missing[0]!r}, only {sorted(archive)}")
        arrays = {name: archive[name] for name in names}
        strange = [name for name, array in arrays.items() if not isinstance(array, np.ndarray)]
        if strange:
            raise ValueError(f"{strange[0]!r}, which is no array")
        return arrays


def npz_shapes(file: str | os.PathLike[str], names: tuple[str, ...]) -> dict[str, tuple[int, ...]]:
    """Return the shapes of all arrays of an NPZ file from their headers alone.

    No array is read, so a file that unpacks to more than the memory holds does no harm.

    Parameters
    ----------
    file : path
    names : tuple of str
        Arrays that must be there.

    Raises
    ------
    ValueError
        If the file is truncated or no NPZ, a named array is missing, or one is pickled.
    OSError
        If the file cannot be opened.
    """
    shapes = {}
    with open(file, "rb") as stream, _readable(file, names):
        archive = zipfile.ZipFile(stream)
        for member in archive.namelist():
            with archive.open(member) as array:
                header = HEADERS[np.lib.format.read_magic(array)]
                shape, _, kind = header(array)
            if kind.hasobject:
                raise ValueError(f"pickled objects in {member!r}")
            shapes[member.removesuffix(".npy")] = shape
        missing = [name for name in names if name not in shapes]
        if missing:
            raise ValueError(f"no array {missing[0]!r}, only {sorted(shapes)}")
    return shapes


@contextmanager
def _readable(file: str | os.PathLike[str], names: tuple[str, ...]) -> Iterator[None]:
    """Turn the many errors of a damaged archive into one sentence that names the file."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            yield
    except Exception as error:  # zip, header, compression and memory each fail in ways of their own
        raise ValueError(
            f"{os.fspath(file)}: found {error}, allowed is an NPZ file with "
            f"{', '.join(names)}, complete and without pickled objects"
        ) from None


@contextmanager
def naming(file: str | os.PathLike[str]) -> Iterator[None]:
    """Prefix the TypeErrors and ValueErrors raised in this block with the name of the file."""
    try:
        yield
    except (TypeError, ValueError) as error:
        raise ValueError(f"{os.fspath(file)}: {error}") from None
