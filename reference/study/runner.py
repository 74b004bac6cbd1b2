"""Run a study: train its pools, plan its tasks, do those without a row, one transaction each.

Workers only compute: joblib runs them, on this machine's cores or on a dask cluster. The one
process that started the run writes, so the records need no lock, and an interruption at any
moment loses the tasks in flight and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import groupby
from pathlib import Path as FilePath
from typing import Any

from reference.model.network import Network
from reference.model.problem import Problem
from reference.study.database import Records
from reference.study.design import STRINGS, Design, ProblemChoice
from reference.study.environment import environment
from reference.study.folder_lock import folder_lock
from reference.study.pairing import draw_pairs, levels
from reference.study.pools import Pool, pool
from reference.study.record import PoolRecord
from reference.study.tasks import Task, code_version, measure, settings
from reference.study.workers import Workers, mapper

STRING_BATCH = 8  # pairs whose midpoints train together
BATCH = 4  # pairs per task otherwise

Progress = Callable[[float, str, str], Any]


def run_study(
    design: Design,
    folder: FilePath,
    workers: Workers | None = None,
    progress: Progress | None = None,
) -> list[str]:
    """Do all tasks of a study that have no row in the folder yet.

    The folder is locked meanwhile: the same study waits for this one, another one is refused.

    Parameters
    ----------
    design : Design
    folder : path
        Where records, paths and pools are kept; it exists.
    workers : Workers, optional
        One process, unless said otherwise. Records do not depend on the number of workers.
    progress : callable(total, label, unit), optional
        Returns a context whose ``update(count)`` moves a bar.

    Returns
    -------
    list of str
        What the user should know: pools that came out with other bits than before.

    Raises
    ------
    ValueError, OSError
        If the folder's database is foreign or damaged, another study runs there, or the disk
        refuses.
    WorkerEnded
        If a worker process was killed.
    """
    workers, bar = workers or Workers(), progress or _silent
    code = code_version()
    notes: list[str] = []
    with (
        folder_lock(folder, design),
        Records(folder, create=True) as records,
        mapper(workers) as mapped,
    ):
        problems: dict[str, Problem] = {}
        pools: dict[tuple[str, int], Pool] = {}
        tasks: list[Task] = []
        for choice in design.problems:
            problem = choice.problem(design.seed)
            problems[problem.fingerprint] = problem
            trained = _pools(design, choice, problem, code, records, workers, bar, notes)
            pools.update({(problem.fingerprint, width): one for width, one in trained.items()})
            tasks.extend(plan(design, choice.label, problem.fingerprint, trained, code))
        records.begin(design, code, [(task.key, task.block) for task in tasks])
        known = records.known()
        missing = [task for task in tasks if task.key not in known]
        for finder in design.finders:
            chosen = [task for task in missing if task.finder == finder]
            calls = [
                (problems[batch[0].fingerprint], batch, _ends(batch, pools))
                for batch in batches(chosen)
            ]
            with bar(len(chosen), finder, "path") as shown:
                for measured in mapped(measure, calls):
                    records.add(measured)
                    shown.update(len(measured))
    return notes


def plan(
    design: Design, label: str, fingerprint: str, pools: dict[int, Pool], code: str
) -> list[Task]:
    """Return all tasks of one problem, in the order tables show them."""
    values = {width: one.values for width, one in pools.items()}
    tasks: list[Task] = []
    for rule in design.levels:
        for width, level in levels(design, rule, values).items():
            drawn = draw_pairs(design, width, level, values[width])
            tasks.extend(
                Task(
                    code=code,
                    problem=label,
                    fingerprint=fingerprint,
                    width=width,
                    seed=design.seed,
                    epochs=design.epochs,
                    pool=pools[width].digest,
                    first=pair.first,
                    second=pair.second,
                    rule=rule,
                    level=level,
                    finder=finder,
                    settings=settings(design, finder),
                    kept=place < design.kept_paths,
                    block=pair.block,
                )
                for finder in design.finders
                for place, pair in enumerate(drawn)
            )
    return tasks


def batches(tasks: Sequence[Task]) -> list[list[Task]]:
    """Cut tasks into those done together: one problem, width, level and finder; widest first."""

    def shared(task: Task) -> tuple:
        return (-task.width, task.fingerprint, task.rule, task.finder)

    found: list[list[Task]] = []
    for _, group in groupby(sorted(tasks, key=shared), key=shared):
        alike = list(group)
        size = STRING_BATCH if alike[0].finder in STRINGS else BATCH
        found.extend(alike[start : start + size] for start in range(0, len(alike), size))
    return found


def _pools(
    design: Design,
    choice: ProblemChoice,
    problem: Problem,
    code: str,
    records: Records,
    workers: Workers,
    bar: Progress,
    notes: list[str],
) -> dict[int, Pool]:
    """Train or read the pools of a problem; note those whose bits are not the recorded ones."""
    earlier = {one.file: one for one in records.pools()}
    trained = {}
    for width in design.widths:
        with bar(design.count, f"train {choice.source} width {width}", "network") as shown:
            trained[width] = pool(
                problem, width, design, records.folder, code, workers.jobs, shown.update
            )
        found = trained[width]
        before = earlier.get(found.file)
        if before is not None and before.digest != found.digest:
            notes.append(_other_bits(choice.label, width, before))
        if found.seconds is not None or before is None or before.digest != found.digest:
            mean, lowest = float(found.values.mean()), float(found.values.min())
            seconds = found.seconds or 0.0
            origin = environment() if found.seconds is not None else "unknown"
            records.add_pool(
                PoolRecord(
                    choice.label, width, mean, lowest, seconds, found.file, found.digest, origin
                )
            )
    return trained


def _other_bits(label: str, width: int, before: PoolRecord) -> str:
    return (
        f"{label}, width {width}: the networks are not those measured before, bit for bit (then: "
        f"{before.environment}; now: {environment()}), so their pairs are measured again"
    )


def _ends(
    batch: Sequence[Task], pools: dict[tuple[str, int], Pool]
) -> list[tuple[Network, Network]]:
    networks = pools[batch[0].fingerprint, batch[0].width]
    return [(networks.network(task.first), networks.network(task.second)) for task in batch]


class _Silent:
    """A progress bar that shows nothing."""

    def __enter__(self) -> _Silent:
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def update(self, count: float) -> None:
        """Accept progress."""


def _silent(total: float, label: str, unit: str) -> _Silent:
    del total, label, unit
    return _Silent()
