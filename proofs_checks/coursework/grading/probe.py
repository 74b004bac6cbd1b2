"""A student's function as a claim meets it: arguments copied, results checked, calls remembered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from proofs_checks.coursework.assignment import Function, Task
from proofs_checks.coursework.sandbox.process import SubmissionError


@dataclass(frozen=True, eq=False)
class Call:
    """One call: arguments, and what came back (or what went wrong)."""

    arguments: tuple[Any, ...]
    value: Any = None
    error: str = ""


class Probe:
    """The function of a task, callable as the overlay expects it.

    Attributes
    ----------
    calls : list of Call
        Since it was last emptied.
    """

    def __init__(self, task: Task, function: Function) -> None:
        self.calls: list[Call] = []
        self._task, self._function = task, function

    def __call__(self, *arguments: Any) -> Any:
        """Call the function on copies; return its checked result.

        Raises
        ------
        SubmissionError
            If it raises, or returns what it should not.
        """
        given = tuple(_copied(argument) for argument in arguments)
        try:
            value = self._task.returns(self._function(*given), *arguments)
        except SubmissionError as error:
            self.calls.append(Call(arguments, error=str(error)))
            raise
        except NotImplementedError:
            self.calls.append(Call(arguments, error="not written yet"))
            raise SubmissionError("not written yet") from None
        except Exception as error:
            name = "" if isinstance(error, ValueError) else f"{type(error).__name__}: "
            self.calls.append(Call(arguments, error=f"{name}{error}"))
            raise SubmissionError(f"{name}{error}") from None
        self.calls.append(Call(arguments, value))
        return value

    def works(self) -> str:
        """Return what is wrong with the result on arguments in general position, or nothing."""
        try:
            self(*self._task.draw(np.random.default_rng(0)))
        except SubmissionError as error:
            return str(error)
        return ""


def _copied(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return np.array(value)
    if isinstance(value, tuple | list):
        return [_copied(entry) for entry in value]
    return dict(value) if isinstance(value, dict) else value
