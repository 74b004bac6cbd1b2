"""Threads and processes over independent blocks of array work."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from functools import cache
from typing import Any, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


def one_blas_thread() -> AbstractContextManager:
    """Return a context in which a product has the same bits whatever the machine's cores."""
    return _controller().limit(limits=1, user_api="blas")


@cache
def _controller() -> Any:
    """Return the controller of the libraries loaded by now: finding them takes milliseconds.

    NumPy and SciPy bring one each; both are loaded here, so that both are limited.
    """
    import scipy.linalg  # noqa: F401
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController()


def map_threads(
    function: Callable[[Item], Result], items: Sequence[Item], jobs: int
) -> Iterator[Result]:
    """Yield ``function(item)`` in order, from ``jobs`` threads with one BLAS thread each.

    NumPy lets go of the interpreter lock inside its kernels, so threads share the data and
    still run side by side.
    """
    with one_blas_thread():
        if jobs == 1 or len(items) == 1:
            yield from map(function, items)
        else:
            from joblib import Parallel, delayed

            run = Parallel(n_jobs=jobs, backend="threading", return_as="generator")
            yield from run(delayed(function)(item) for item in items)


def map_processes(
    function: Callable[[Item], Result], items: Sequence[Item], jobs: int
) -> Iterator[Result]:
    """Yield ``function(item)`` in order, from ``jobs`` processes with one BLAS thread each.

    For work whose many small calls would wait for each other's interpreter lock in threads. The
    function and the items are pickled; results have the same bits as in one process.
    """
    if jobs == 1 or len(items) == 1:
        yield from (_alone(function, item) for item in items)
        return
    from joblib import Parallel, delayed, parallel_config

    with parallel_config(backend="loky", inner_max_num_threads=1):
        run = Parallel(n_jobs=jobs, return_as="generator")
    yield from run(delayed(_alone)(function, item) for item in items)


def _alone(function: Callable[[Item], Result], item: Item) -> Result:
    with one_blas_thread():
        return function(item)
