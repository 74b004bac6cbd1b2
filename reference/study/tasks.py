"""One task: a pair of networks, a path finder, its settings, and what they measure.

A task's key is the SHA-256 of its settings, of the code's version and of the networks' bits. The
number of workers, or which tasks are done together, leaves the record as it is. Another BLAS
library or another kind of processor may change its last digits, so each record says what it was
computed with (`environment`): equal tasks have equal records on equal software and kernels.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path as FilePath
from typing import Any

import reference
from reference.certificate.certificate_file import certificate_arrays
from reference.model.network import Network
from reference.model.problem import Problem
from reference.model.version import __version__
from reference.study.barriers import barriers
from reference.study.design import STRINGS, Design
from reference.study.environment import environment
from reference.study.finders import FINDERS_BY_NAME, Found
from reference.study.record import Measured, Record


@dataclass(frozen=True)
class Task:
    """What to measure, without the networks themselves.

    Attributes
    ----------
    code : str
        See `code_version`.
    problem, fingerprint : str
    width, seed, epochs : int
        Of the pool.
    pool : str
        Digest of the pool's networks: other bits are another task.
    first, second : int
        Which networks of the pool.
    rule : str
        Of the level.
    level : float or None
        None: the higher of the two ends.
    finder : str
    settings : tuple of (str, number)
        Of the finder.
    kept : bool
        Whether the path is written to a file.
    block : int
    """

    code: str
    problem: str
    fingerprint: str
    width: int
    seed: int
    epochs: int
    pool: str
    first: int
    second: int
    rule: str
    level: float | None
    finder: str
    settings: tuple[tuple[str, float], ...]
    kept: bool
    block: int

    @cached_property
    def key(self) -> str:
        """SHA-256, in hexadecimal, of the settings, the code and the networks."""
        content = {name: value for name, value in vars(self).items() if name not in NOT_IN_KEY}
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


NOT_IN_KEY = ("problem", "kept", "block", "key")
# Packages that only show records or read the command line.
NOT_IN_DIGEST = ("report", "cli")


def settings(design: Design, finder: str) -> tuple[tuple[str, float], ...]:
    """Return the settings that a finder's record depends on."""
    names: tuple[str, ...] = ("tolerance",)
    if finder in STRINGS:
        names += ("depth", "midpoint_epochs", "midpoint_rate", "points")
    if finder == "margin-string":
        names += ("margin",)
    return tuple((name, getattr(design, name)) for name in names)


def code_version() -> str:
    """Return the version and a digest of every source file but those of `report` and `cli`."""
    root = FilePath(reference.__file__).parent
    digest = hashlib.sha256()
    for file in sorted(root.rglob("*.py")):
        if file.relative_to(root).parts[0] not in NOT_IN_DIGEST:
            digest.update(file.read_bytes())
    return f"{__version__}+{digest.hexdigest()[:12]}"


def measure(
    problem: Problem, tasks: Sequence[Task], ends: Sequence[tuple[Network, Network]]
) -> list[Measured]:
    """Do tasks of one finder, width and level, together where that is faster.

    Parameters
    ----------
    problem : Problem
    tasks : sequence of Task
    ends : sequence of (Network, Network)
        The two networks of each task.

    Returns
    -------
    list of Measured
        One for each task, the same however tasks are grouped on one kind of machine.
    """
    from time import perf_counter

    from threadpoolctl import threadpool_limits

    start = perf_counter()
    with threadpool_limits(limits=1, user_api="blas"):
        shared = tasks[0]
        found = FINDERS_BY_NAME[shared.finder](problem, ends, shared.level, dict(shared.settings))
        records = [
            _record(problem, task, pair, path)
            for task, pair, path in zip(tasks, ends, found, strict=True)
        ]
    seconds = (perf_counter() - start) / len(tasks)
    return [
        Measured(record, seconds, _certificate(problem, task, path) if task.kept else None)
        for task, record, path in zip(tasks, records, found, strict=True)
    ]


def _certificate(problem: Problem, task: Task, found: Found) -> dict[str, Any]:
    """Return the arrays of a path's certificate file, which `relupath certify` checks."""
    return certificate_arrays(problem, found.path, task.level, found.certificate)


def _record(problem: Problem, task: Task, ends: tuple[Network, Network], found: Found) -> Record:
    """Say all that was measured of one path."""
    first, second = (problem.value(end) for end in ends)
    bounds = barriers(problem, found.path, found.certificate, task.level)
    string = found.string
    return Record(
        key=task.key,
        code=task.code,
        problem=task.problem,
        fingerprint=task.fingerprint,
        width=task.width,
        rule=task.rule,
        finder=task.finder,
        first=task.first,
        second=task.second,
        level=max(first, second) if task.level is None else task.level,
        first_value=first,
        second_value=second,
        lower=float(found.certificate.lower),
        upper=float(found.certificate.upper),
        level_lower=bounds.level[0],
        level_upper=bounds.level[1],
        end_lower=bounds.end[0],
        end_upper=bounds.end[1],
        chord_lower=bounds.chord[0],
        chord_upper=bounds.chord[1],
        released=string.released_gap if string else None,
        beads=len(found.path.nodes) - 2,
        normalized_length=found.path.normalized_length(),
        evaluations=found.certificate.evaluations,
        depth=string.depth if string else None,
        trained=string.trained if string else None,
        unresolved=string.unresolved if string else None,
        method=found.method,
        environment=environment(),
        path=f"paths/{task.key[:24]}.npz" if task.kept else None,
        block=task.block,
    )
