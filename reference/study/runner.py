"""Run a study: train its pools, plan its tasks, do those without a row, one transaction each.

Workers only compute: joblib runs them, on this machine's cores or on a dask cluster. The one
process that started the run writes, so the records need no lock, and an interruption at any
moment loses the tasks in flight and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path as FilePath
from typing import Any

from reference.model.network import Network
from reference.model.problem import Problem
from reference.study.database import Records
from reference.study.design import STRINGS, Design, ProblemChoice
from reference.study.pairing import levels, meetings
from reference.study.pools import Pool, pool
from reference.study.record import Measured, PoolRecord
from reference.study.tasks import Task, code_version, measure, settings

STRING_BATCH = 8  # pairs whose midpoints train together
BATCH = 4  # pairs per task otherwise

CONNECT_SECONDS = 10

Progress = Callable[[float, str, str], Any]
Calls = Sequence[tuple]
Mapper = Callable[[Callable[..., list[Measured]], Calls], Iterator[list[Measured]]]


@dataclass(frozen=True)
class Workers:
    """Where tasks run.

    Attributes
    ----------
    jobs : int
        Processes on this machine; threads while pools train.
    backend : "loky" or "dask"
    scheduler : str or None
        Address of the dask scheduler.

    Raises
    ------
    ValueError
        If the backend is unknown, or dask and an address do not come together.
    """

    jobs: int = 1
    backend: str = "loky"
    scheduler: str | None = None

    def __post_init__(self) -> None:
        if self.backend not in ("loky", "dask"):
            raise ValueError(f"backend: found {self.backend!r}, allowed are loky and dask")
        if (self.backend == "dask") != (self.scheduler is not None):
            raise ValueError(
                f"scheduler: found {self.scheduler!r} with backend {self.backend}, allowed is an "
                "address with dask and none with loky"
            )


def run_study(
    design: Design,
    folder: FilePath,
    workers: Workers | None = None,
    progress: Progress | None = None,
) -> None:
    """Do all tasks of a study that have no row in the folder yet.

    Parameters
    ----------
    design : Design
    folder : path
        Where records, paths and pools are kept; it exists.
    workers : Workers, optional
        One process, unless said otherwise. Records do not depend on it.
    progress : callable(total, label, unit), optional
        Returns a context whose ``update(count)`` moves a bar.

    Raises
    ------
    ValueError, OSError
        If the folder's database is foreign or damaged, or the disk refuses.
    """
    workers, bar = workers or Workers(), progress or _silent
    code = code_version()
    with Records(folder, create=True) as records, _mapper(workers) as mapped:
        problems: dict[str, Problem] = {}
        pools: dict[tuple[str, int], Pool] = {}
        tasks: list[Task] = []
        for choice in design.problems:
            problem = choice.problem(design.seed)
            problems[problem.fingerprint] = problem
            trained = _pools(design, choice, problem, code, records, workers, bar)
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


def plan(
    design: Design, label: str, fingerprint: str, pools: dict[int, Pool], code: str
) -> list[Task]:
    """Return all tasks of one problem, in the order tables show them."""
    values = {width: one.values for width, one in pools.items()}
    tasks: list[Task] = []
    for rule in design.levels:
        for width, level in levels(design, rule, values).items():
            drawn = meetings(design, width, level, values[width])
            tasks.extend(
                Task(
                    code=code,
                    problem=label,
                    fingerprint=fingerprint,
                    width=width,
                    seed=design.seed,
                    epochs=design.epochs,
                    first=meeting.first,
                    second=meeting.second,
                    rule=rule,
                    level=level,
                    finder=finder,
                    settings=settings(design, finder),
                    kept=place < design.kept_paths,
                    block=meeting.block,
                )
                for finder in design.finders
                for place, meeting in enumerate(drawn)
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
) -> dict[int, Pool]:
    trained = {}
    for width in design.widths:
        with bar(design.count, f"train {choice.source} width {width}", "network") as shown:
            trained[width] = pool(
                problem, width, design, records.folder, code, workers.jobs, shown.update
            )
        seconds = trained[width].seconds
        if seconds is not None:
            values = trained[width].values
            mean, lowest = float(values.mean()), float(values.min())
            records.add_pool(PoolRecord(choice.label, width, mean, lowest, seconds))
    return trained


def _ends(
    batch: Sequence[Task], pools: dict[tuple[str, int], Pool]
) -> list[tuple[Network, Network]]:
    networks = pools[batch[0].fingerprint, batch[0].width]
    return [(networks.network(task.first), networks.network(task.second)) for task in batch]


@contextmanager
def _mapper(workers: Workers) -> Iterator[Mapper]:
    """Give a function that maps calls to results as they come, from here or from workers."""
    if workers.backend == "loky" and workers.jobs == 1:
        yield lambda function, calls: (function(*call) for call in calls)
        return
    from joblib import Parallel, delayed

    def mapped(function: Callable[..., list[Measured]], calls: Calls) -> Iterator[list[Measured]]:
        parallel = Parallel(batch_size=1, pre_dispatch="2*n_jobs", return_as="generator_unordered")
        yield from parallel(delayed(function)(*call) for call in calls)

    with _backend(workers):
        yield mapped


@contextmanager
def _backend(workers: Workers) -> Iterator[None]:
    from joblib import parallel_config

    if workers.backend == "loky":
        with parallel_config(backend="loky", n_jobs=workers.jobs, inner_max_num_threads=1):
            yield
        return
    with _client(workers) as client, parallel_config(backend="dask", client=client, n_jobs=-1):
        yield


def _client(workers: Workers) -> Any:
    """Return a client of the dask scheduler, or raise ValueError saying why there is none."""
    try:
        from distributed import Client
    except ImportError:
        raise ValueError(
            "backend: found dask, which is not installed, allowed after "
            "pip install 'relupath[distributed]'"
        ) from None
    try:
        return Client(workers.scheduler, timeout=CONNECT_SECONDS)
    except (OSError, ValueError) as error:
        raise ValueError(
            f"scheduler: found {workers.scheduler!r} ({error}), allowed is a running dask scheduler"
        ) from None


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
