"""Where tasks run: in this process, in processes of this machine, or on a dask cluster.

Worker processes start with ``PYTHONSAFEPATH=1``: a file of the working folder that happens to be
called ``random.py`` or ``json.py`` is not imported in place of Python's own module.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from reference.study.record import Measured

CONNECT_SECONDS = 10
SAFE_PATH = "PYTHONSAFEPATH"

Calls = Sequence[tuple]
Mapper = Callable[[Callable[..., list[Measured]], Calls], Iterator[list[Measured]]]


class WorkerEnded(RuntimeError):
    """A worker process was ended from outside; what was measured by then is kept."""


@dataclass(frozen=True)
class Workers:
    """Where tasks run.

    Attributes
    ----------
    jobs : int
        Processes on this machine; also while pools train.
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


@contextmanager
def mapper(workers: Workers) -> Iterator[Mapper]:
    """Give a function that maps calls to results as they come, from here or from workers.

    Pools train within the same context, in processes that are started as safely.

    Raises
    ------
    WorkerEnded
        When the context ends, if a worker process was killed.
    ValueError
        If dask is not installed or its scheduler does not answer.
    """
    if workers.backend == "loky" and workers.jobs == 1:
        yield lambda function, calls: (function(*call) for call in calls)
        return
    from joblib import Parallel, delayed

    def mapped(function: Callable[..., list[Measured]], calls: Calls) -> Iterator[list[Measured]]:
        parallel = Parallel(batch_size=1, pre_dispatch="2*n_jobs", return_as="generator_unordered")
        yield from parallel(delayed(function)(*call) for call in calls)

    try:
        with _safe_path(), _backend(workers):
            yield mapped
    except _killed():
        raise WorkerEnded(
            "a worker process was ended from outside, most likely for want of memory; what was "
            "measured is kept, and the same command goes on (with fewer --jobs it needs less "
            "memory)"
        ) from None


@contextmanager
def _backend(workers: Workers) -> Iterator[None]:
    from joblib import parallel_config

    if workers.backend == "loky":
        with parallel_config("loky", n_jobs=workers.jobs, inner_max_num_threads=1):
            yield
        return
    with _client(workers) as client, parallel_config(backend="dask", client=client, n_jobs=-1):
        yield


@contextmanager
def _safe_path() -> Iterator[None]:
    """Keep the working folder off the import path of processes started meanwhile."""
    before = os.environ.get(SAFE_PATH)
    os.environ[SAFE_PATH] = "1"
    try:
        yield
    finally:
        os.environ.pop(SAFE_PATH)
        if before is not None:
            os.environ[SAFE_PATH] = before


def _killed() -> tuple[type[Exception], ...]:
    """Return what joblib and dask raise once a task has lost its worker."""
    try:
        from distributed import KilledWorker
    except ImportError:
        return (BrokenProcessPool,)
    return (BrokenProcessPool, KilledWorker)


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
