"""The Python source of a submission: a module as it is, of a notebook the code cells."""

from __future__ import annotations

import json
from pathlib import Path

CELL = "\n# %% cell of the notebook\n"


def source_of(file: Path) -> str:
    """Return the source of a ``.py`` or ``.ipynb`` file.

    Raises
    ------
    ValueError
        If it is neither, or the notebook is damaged.
    OSError
        If it cannot be read.
    """
    if file.suffix not in (".py", ".ipynb"):
        raise ValueError(f"submission: found {file.name}, allowed is a .py or .ipynb file")
    content = file.read_text(encoding="utf-8", errors="replace")
    return content if file.suffix == ".py" else code_cells(content, file.name)


def code_cells(content: str, name: str = "notebook") -> str:
    """Return the code cells of a notebook between `CELL` lines, without IPython's (``%``, ``!``).

    Raises
    ------
    ValueError
        If it is no notebook.
    """
    try:
        cells = json.loads(content)["cells"]
        code = [cell["source"] for cell in cells if cell["cell_type"] == "code"]
        joined = ["".join(lines) for lines in code]
    except (ValueError, KeyError, TypeError) as error:
        raise ValueError(f"{name}: found {error!r}, allowed is a Jupyter notebook") from None
    return CELL.join("\n".join(_python(cell.splitlines())) for cell in joined) + "\n"


def _python(lines: list[str]) -> list[str]:
    return [line for line in lines if not line.lstrip().startswith(("%", "!"))]
