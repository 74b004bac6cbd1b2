"""Running a submission inside its process: a module whole, a notebook statement by statement.

In a notebook a statement that raises, or is no Python, costs itself alone. What only a notebook's
front end offers, ``display`` and ``get_ipython``, is there and does nothing; and so are the checks
of the notebook, which have no use here.
"""

from __future__ import annotations

import ast
import asyncio
import importlib.util
import inspect
import sys
from collections.abc import Callable, Iterator
from types import CodeType, ModuleType
from typing import Any

from proofs_checks.coursework.grading.notebook_cells import logical_lines
from proofs_checks.coursework.grading.submission import CELL

CHECKS = "proofs_checks.coursework.grading.notebook_checks"
SOLUTIONS = "proofs_checks.coursework.assignments."
CONTINUES = ("else", "elif", "except", "finally", ")", "]", "}")


def load(file: str, told: Callable[[BaseException], str]) -> ModuleType:
    """Run the file and return its module.

    Parameters
    ----------
    file : str
        Python source in UTF-8; that of a notebook starts with a `CELL` line.
    told : callable
        Puts an error into words; for a notebook they are printed.

    Raises
    ------
    BaseException
        Whatever a module raises. A notebook raises nothing.
    """
    with open(file, encoding="utf-8") as stream:
        source = stream.read()
    module = sys.modules["submission"] = ModuleType("submission")
    module.__file__ = file
    sys.modules[CHECKS] = _checks_without_effect()
    if not source.startswith(CELL):
        exec(compile(source, file, "exec"), vars(module))
        return module
    _pretend_notebook(module)
    for code in _statements(source, file, told):
        try:
            _run(code, vars(module))
        except BaseException as error:
            print(f"a cell of the notebook: {told(error)}")
    return module


def borrowed(module: ModuleType) -> list[str]:
    """Return what of the library's solutions has been loaded, or is offered as one's own."""
    loaded = {name for name in sys.modules if name.startswith(SOLUTIONS)}
    owners = {
        f"{value.__module__}.{value.__qualname__}"
        for name, value in vars(module).items()
        if inspect.isfunction(value) and value.__module__.split(".")[0] == "proofs_checks"
    }
    return sorted(loaded | owners)


def _statements(source: str, file: str, told: Callable[[BaseException], str]) -> Iterator[CodeType]:
    """Yield the statements of all cells; a cell that is no Python as a whole loses what is none."""
    start = 0
    for cell in source.split(CELL):
        line = start
        for text in [cell] if _parses(cell) else _blocks(cell):
            padded = "\n" * line + text  # keeps the line numbers of the file
            try:
                tree = ast.parse(padded, file)
            except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
                print(f"a cell of the notebook: {told(error)}")
                tree = ast.Module([], [])
            for statement in tree.body:
                alone = ast.Module([statement], [])
                yield compile(alone, file, "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
            line += text.count("\n") + 1
        start += cell.count("\n") + CELL.count("\n")


def _parses(cell: str) -> bool:
    try:
        ast.parse(cell)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def _blocks(cell: str) -> list[str]:
    """Split a cell where statements of the outermost level seem to start."""
    blocks: list[list[str]] = []
    decorated = False
    for part in logical_lines(cell.split("\n")):
        inside = part[:1].isspace() or not part.strip() or part.startswith((*CONTINUES, "#"))
        if not blocks or not (inside or decorated):
            blocks.append([])
        blocks[-1].append(part)
        decorated = part.startswith("@")
    return ["\n".join(block) for block in blocks]


def _run(code: CodeType, names: dict[str, Any]) -> None:
    result = eval(code, names)
    if code.co_flags & inspect.CO_COROUTINE:
        asyncio.run(result)


def _pretend_notebook(module: ModuleType) -> None:
    """Offer what a notebook's front end does, without effect."""
    names = {"display": _Nothing(), "get_ipython": _Nothing(), "_": None}
    vars(module).update(names)
    if importlib.util.find_spec("IPython") is None:
        for name in ("IPython", "IPython.display"):
            stub = ModuleType(name)
            stub.__getattr__ = lambda _: _Nothing()  # type: ignore[method-assign]
            stub.__path__ = []
            sys.modules[name] = stub


def _checks_without_effect() -> ModuleType:
    stub = ModuleType(CHECKS)
    stub.interface = stub.claim = _Nothing()  # type: ignore[attr-defined]
    return stub


class _Nothing:
    """Takes every call and every attribute, and does nothing."""

    def __call__(self, *arguments: object, **options: object) -> _Nothing:
        return self

    def __getattr__(self, name: str) -> _Nothing:
        if name.startswith("__"):
            raise AttributeError(name)
        return self
