"""Threads over independent blocks of array work."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


def map_threads(
    function: Callable[[Item], Result], items: Sequence[Item], jobs: int
) -> Iterator[Result]:
    """Yield ``function(item)`` in order, from ``jobs`` threads with one BLAS thread each.

    NumPy lets go of the interpreter lock inside its kernels, so threads share the data and
    still run side by side.
    """
    from threadpoolctl import threadpool_limits

    with threadpool_limits(limits=1, user_api="blas"):
        if jobs == 1 or len(items) == 1:
            yield from map(function, items)
        else:
            from joblib import Parallel, delayed

            run = Parallel(n_jobs=jobs, backend="threading", return_as="generator")
            yield from run(delayed(function)(item) for item in items)
