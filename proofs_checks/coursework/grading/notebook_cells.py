"""The Python in the code cells of a notebook: IPython's own syntax taken out, the rest as it is.

IPython reads a magic (``%time``), a shell command (``!ls``) or a question (``np.maximum?``) only
where a logical line starts: outside brackets, strings and continued lines. There such a line
becomes ``pass``, an assignment from one gets an empty list, and ``%time STATEMENT`` becomes its
statement. A ``%`` or ``!`` anywhere else is Python, or text, and stays.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

BODY_IS_PYTHON = ("time", "timeit", "capture", "prun")
STRING = re.compile(r"'''|\"\"\"|'|\"")
MAGIC = re.compile(
    r"(?P<indent>\s*)(?P<target>[\w.,\s\[\]'\"]+=(?!=)\s*)?[%!](?P<rest>.*)", re.DOTALL
)
QUESTION = re.compile(r"\s*(\?{1,2}\s*[%\w.*]+|[%\w.\[\]'\"]*[\w\])]\?{1,2})\s*;?\s*")


def python_of(cell: str) -> str:
    r"""Return a code cell as Python with as many lines as the cell has.

    Examples
    --------
    >>> print(python_of("%matplotlib inline\nx = (7\n  % 4)\nnp.maximum?"))
    pass
    x = (7
      % 4)
    pass
    """
    lines = cell.splitlines()
    first = next((k for k, line in enumerate(lines) if line.strip()), 0)
    if lines and lines[first].startswith("%%"):
        name = lines[first][2:].split()[0] if lines[first][2:].split() else ""
        rest = lines[first + 1 :] if name in BODY_IS_PYTHON else [""] * (len(lines) - first - 1)
        lines = [*lines[:first], "", *rest]
    return "\n".join(_translated(part) for part in logical_lines(lines))


def logical_lines(lines: list[str]) -> Iterator[str]:
    """Yield the logical lines of Python or IPython text, each with its line breaks."""
    part: list[str] = []
    depth, quote = 0, ""
    for line in lines:
        if not part and MAGIC.fullmatch(line):
            depth, quote = 0, ""  # a magic's brackets and quotes are its own
        else:
            depth, quote = _scan(line, depth, quote)
        part.append(line)
        if quote or depth > 0 or line.endswith("\\"):
            continue
        yield "\n".join(part)
        part, depth = [], 0
    if part:
        yield "\n".join(part)


def _scan(line: str, depth: int, quote: str) -> tuple[int, str]:
    """Return the depth of brackets and the open string behind a line."""
    place = 0
    while place < len(line):
        if line[place] == "\\":
            place += 2
        elif quote:
            closes = line.startswith(quote, place)
            place += len(quote) if closes else 1
            quote = "" if closes else quote
        elif line[place] == "#":
            break
        elif found := STRING.match(line, place):
            quote, place = found[0], found.end()
        else:
            depth += (line[place] in "([{") - (line[place] in ")]}")
            place += 1
    # A string of one quote mark ends with its line, unless the line is continued.
    return depth, quote if len(quote) == 3 or line.endswith("\\") else ""


def _translated(part: str) -> str:
    """Return a logical line as Python, with the same number of line breaks."""
    if QUESTION.fullmatch(part):
        return _blank(part, "pass")
    found = MAGIC.fullmatch(part)
    if not found:
        return part
    name, _, statement = found["rest"].partition(" ")
    if name == "time" and statement.strip():
        return f"{found['indent']}{(found['target'] or '').lstrip()}{statement.lstrip()}"
    return _blank(part, f"{(found['target'] or '').strip()} []" if found["target"] else "pass")


def _blank(part: str, statement: str) -> str:
    indent = part[: len(part) - len(part.lstrip())]
    return indent + statement + "\n" * part.count("\n")
