"""Two cores against one: a pool and a study on processes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.timing import Row, compare
from reference.model.datasets import published_problem
from reference.study.design import choose
from reference.study.presets import quick
from reference.study.runner import run_study
from reference.study.workers import Workers
from reference.training.pools import train_pool

DESIGN = replace(
    quick(choose("moons")), widths=(20,), replicates=10, finders=("string", "explicit")
)


def rows() -> Iterator[Row]:
    problem = published_problem("moons")
    for width, count in ((20, 512), (200, 128)):
        one, two = (
            lambda jobs=jobs, size=(width, count): train_pool(problem, *size, jobs=jobs)
            for jobs in (1, 2)
        )
        yield compare(
            f"pool of {count}, moons, width {width}, two processes", two, "one process", one, runs=3
        )
    yield compare(
        "study of 30 pairs, moons, two processes",
        lambda: study(2),
        "one process",
        lambda: study(1),
        runs=3,
    )


def study(jobs: int) -> None:
    """Run a small study from nothing."""
    with TemporaryDirectory() as folder:
        run_study(DESIGN, Path(folder), Workers(jobs))
