"""What one pair costs, by path finder, against the string of the same pair."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.timing import Row, compare
from reference.model.datasets import published_problem
from reference.model.network import Network
from reference.model.problem import Problem
from reference.study.design import FINDERS, choose
from reference.study.finders import FINDERS_BY_NAME, Found
from reference.study.presets import paper
from reference.study.tasks import settings
from reference.training.pools import train_pool

PAPER = paper(choose("moons"))


def rows() -> Iterator[Row]:
    for name in ("moons", "breast-cancer"):
        problem = published_problem(name)
        pair = train_pool(problem, 20, 2, seed=4)
        for finder in FINDERS:
            if finder != "string":
                yield compare(
                    f"{finder}, a pair, {name}, width 20",
                    lambda finder=finder, ends=(problem, *pair): join(finder, *ends),
                    "string",
                    lambda ends=(problem, *pair): join("string", *ends),
                    runs=3,
                )


def join(finder: str, problem: Problem, a: Network, b: Network) -> Found:
    """Return the path of one finder at the level of the higher end, with its certificate."""
    return FINDERS_BY_NAME[finder](problem, [(a, b)], None, dict(settings(PAPER, finder)))[0]
