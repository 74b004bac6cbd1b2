"""A call as Python text: what a student pastes into a terminal to see the failure again."""

from __future__ import annotations

from typing import Any

import numpy as np

from proofs_checks.coursework.grading.probe import Call
from reference.model.network import Network
from reference.model.problem import Problem

LONGEST = 3000
DECIMALS_FROM = 40  # entries; longer arrays are printed rounded


def call_text(name: str, parameters: tuple[str, ...], call: Call) -> str:
    """Return imports, the call with its arguments, and as a comment what came back."""
    arguments = "".join(
        f"    {parameter}={text(argument)},\n"
        for parameter, argument in zip(parameters, call.arguments, strict=True)
    )
    imports = "import numpy as np\n"
    if "Problem(" in arguments or "Network(" in arguments:
        imports += "from reference import *\n"
    answer = call.error or f"returned {text(call.value)}"
    comment = "\n".join(f"# {line}" for line in answer.splitlines())
    code = f"{imports}{name}(\n{arguments})\n{comment}"
    return code if len(code) <= LONGEST else code[:LONGEST] + " ..."


def text(value: Any) -> str:
    """Return a value as Python that builds it again."""
    if isinstance(value, np.ndarray):
        return f"np.array({_entries(value)})"
    if isinstance(value, np.generic):
        return repr(value.item())
    if isinstance(value, Network):
        return f"Network({_entries(value.W)}, {_entries(value.theta)})"
    if isinstance(value, Problem):
        data = f"{_entries(value.X)}, {_entries(value.y)}"
        return f"Problem({data}, {value.loss!r}, {value.kappa!r}, {value.domain!r})"
    if isinstance(value, tuple | list):
        return f"[{', '.join(map(text, value))}]"
    return repr(value)


def _entries(array: np.ndarray) -> str:
    rounded = array.round(6) if array.size > DECIMALS_FROM else array
    return repr(rounded.tolist())
