"""An assignment as data: functions to write, claims they are marked by, points for each claim.

A function is tried on its own: the rest of the implementation under test is the library
(`overlay`), so a mistake in one function costs no points of another.
"""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib import resources
from typing import Any

import numpy as np

import reference
from proofs_checks.framework.claim import Claim

Function = Callable[..., Any]

FOLDERS = ("backpropagation", "bridge", "compression", "path", "strings")
PACKAGE = "proofs_checks.coursework.assignments"


@dataclass(frozen=True)
class Mark:
    """Points for one claim.

    Attributes
    ----------
    claim : Claim
        Of the conformance suite, maybe on fewer cases; or one of the coursework alone.
    points : int
    examples : int
        Cases to try.
    """

    claim: Claim
    points: int
    examples: int = 40


@dataclass(frozen=True)
class Mistake:
    """A known way to go wrong: a function that makes the mistake, and what to say about it."""

    message: str
    function: Function


@dataclass(frozen=True)
class Task:
    """One function to write.

    Attributes
    ----------
    name : str
        Of the function; its signature and docstring are those of the model solution.
    overlay : callable
        ``overlay(function)`` returns the public names of an implementation made of the function.
    draw : callable
        ``draw(generator)`` returns arguments in general position, positionally.
    returns : callable
        ``returns(value, *arguments)`` returns the value as arrays, or raises ValueError.
    marks : tuple of Mark
    hint : str
    labels : mapping
        Start of a measurement's label -> what a student should know about its failing.
    mistakes : tuple of Mistake
        Recognised by their values.
    """

    name: str
    overlay: Callable[[Function], Mapping[str, Any]]
    draw: Callable[[np.random.Generator], tuple[Any, ...]]
    returns: Callable[..., Any]
    marks: tuple[Mark, ...]
    hint: str
    labels: Mapping[str, str] = field(default_factory=dict)
    mistakes: tuple[Mistake, ...] = ()

    @property
    def points(self) -> int:
        """Points of all its marks."""
        return sum(mark.points for mark in self.marks)


@dataclass(frozen=True)
class Assignment:
    """An assignment: a folder of `assignments` with tasks, text and model solution."""

    number: int
    folder: str
    title: str
    tasks: tuple[Task, ...]

    @property
    def points(self) -> int:
        """Points of all its tasks."""
        return sum(task.points for task in self.tasks)

    @property
    def text(self) -> str:
        """The text, Markdown: an introduction, then a section ``## name`` for each task."""
        return self._read("text.md")

    @property
    def solution_source(self) -> str:
        """Source of the model solution, of which skeleton and notebooks are made."""
        return self._read("solution.py")

    def solution(self, name: str) -> Function:
        """Return the model solution of a task."""
        module = importlib.import_module(f"{PACKAGE}.{self.folder}.solution")
        function: Function = getattr(module, name)
        return function

    def parameters(self, name: str) -> tuple[str, ...]:
        """Return the names of a function's parameters."""
        return tuple(inspect.signature(self.solution(name)).parameters)

    def task(self, name: str) -> Task:
        """Return the task of that name.

        Raises
        ------
        ValueError
            If there is none.
        """
        tasks = {task.name: task for task in self.tasks}
        if name not in tasks:
            raise ValueError(f"task: found {name!r}, allowed are {', '.join(tasks)}")
        return tasks[name]

    def _read(self, file: str) -> str:
        folder = resources.files(PACKAGE) / self.folder
        return (folder / file).read_text(encoding="utf-8")


class Overlay:
    """The library with a few public names replaced, and the ``function`` they are made of."""

    def __init__(self, function: Function, names: Mapping[str, Any]) -> None:
        vars(self).update(names, function=function)

    def __getattr__(self, name: str) -> Any:
        return getattr(reference, name)


def library_alone(_: Function) -> dict[str, Any]:
    """Replace nothing: the overlay of a task whose claims call the function itself."""
    return {}


def load(number: int) -> Assignment:
    """Return assignment 1 to 5.

    Raises
    ------
    ValueError
        If there is no such assignment.
    """
    if not 1 <= number <= len(FOLDERS):
        raise ValueError(f"assignment: found {number}, allowed are 1 to {len(FOLDERS)}")
    module = importlib.import_module(f"{PACKAGE}.{FOLDERS[number - 1]}.tasks")
    assignment: Assignment = module.ASSIGNMENT
    return assignment


def all_assignments() -> tuple[Assignment, ...]:
    """Return the assignments in order."""
    return tuple(load(number) for number in range(1, len(FOLDERS) + 1))
