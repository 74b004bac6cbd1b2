"""The Python source of a submission: a module as it is, of a notebook the code cells."""

from __future__ import annotations

import io
import json
import tokenize
from pathlib import Path
from typing import Any

from proofs_checks.coursework.grading.notebook_cells import python_of


class Unreadable(ValueError):
    """An uploaded file that is neither Python nor a notebook; its text is the student's reason."""


CELL = "\n# %% cell of the notebook\n"


def source_of(file: Path) -> str:
    """Return the source of a ``.py`` or ``.ipynb`` file, in any encoding that Python accepts.

    Raises
    ------
    Unreadable
        If it is neither, or cannot be read as one.
    OSError
        If the file cannot be opened.
    """
    kind = file.suffix.lower()
    if kind not in (".py", ".ipynb"):
        raise Unreadable(f"submission: found {file.name}, allowed is a .py or .ipynb file")
    content = file.read_bytes()
    if not content.strip():
        raise Unreadable(f"{file.name}: found an empty file, allowed is Python or a notebook")
    if kind == ".py":
        return _module(content)
    return code_cells(content.decode("utf-8-sig", errors="replace"), file.name)


def code_cells(content: str, name: str = "notebook") -> str:
    """Return the code cells of a notebook as Python, a `CELL` line before each.

    Parameters
    ----------
    content : str
        JSON in the format of Jupyter, version 3 or 4.
    name : str
        What to call it in an error.

    Raises
    ------
    Unreadable
        If it is no notebook.
    """
    try:
        cells = _cells(json.loads(content))
    except (ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError) as error:
        raise Unreadable(f"{name}: found {error!r}, allowed is a Jupyter notebook") from None
    return joined(cells)


def joined(cells: list[str]) -> str:
    """Return the text of code cells as one Python source, a `CELL` line before each."""
    return "".join(CELL + python_of(cell) for cell in cells) + "\n"


def _module(content: bytes) -> str:
    """Decode a module as Python does: by its mark or its declaration; damage is kept visible."""
    try:
        encoding = tokenize.detect_encoding(io.BytesIO(content).readline)[0]
        text = content.decode(encoding)
    except (SyntaxError, UnicodeDecodeError, LookupError):
        text = content.decode("utf-8-sig", errors="replace")
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", " ")


def _cells(notebook: dict[str, Any]) -> list[str]:
    """Return the text of the code cells; in format 3 they lie in worksheets, as ``input``."""
    if "worksheets" in notebook:
        found = [cell for sheet in notebook["worksheets"] for cell in sheet["cells"]]
        sources = [cell["input"] for cell in found if cell["cell_type"] == "code"]
    else:
        found = notebook["cells"]
        sources = [cell["source"] for cell in found if cell["cell_type"] == "code"]
    return ["".join(lines) for lines in sources]
