"""How the time grows with each size: one large problem against as many small ones.

A row does four times the samples (or inputs, neurons, times, networks) of its baseline and is
compared with the baseline done four times. A ratio of at least 1 is growth no faster than linear.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from benchmarks.timing import Row, compare
from reference.certificate.path_maximum import certify
from reference.certificate.segment import segment_table
from reference.connection.string_sampling import sample_strings
from reference.connection.string_search import Search
from reference.model.losses import Logistic
from reference.model.network import Network
from reference.model.path import Path
from reference.model.problem import Problem
from reference.training.pools import initialise, train_pool

FACTOR = 4
SIZES = {"N": 400, "n": 8, "m": 40, "T": 100}
NETWORKS = 8  # one block of a batch

Work = Callable[[dict[str, int]], Callable[[], object]]


def rows() -> Iterator[Row]:
    for name, work, sizes in (
        ("segment table", table_work, "NnmT"),
        ("certificate to 1e-9", certificate_work, "Nnm"),
        ("5 epochs, a block of 8", pool_work, "Nnm"),
    ):
        for size in sizes:
            small, large = SIZES[size], FACTOR * SIZES[size]
            yield compare(
                f"{name}, {size} = {large}",
                work({**SIZES, size: large}),
                f"{FACTOR} times {size} = {small}",
                work(SIZES),
                scale=FACTOR,
                runs=7,
            )
    yield _pairs_row()


def table_work(sizes: dict[str, int]) -> Callable[[], object]:
    """Return the objective at T times of a segment, as work to time."""
    problem, a, b = random_segment(sizes)
    times = np.linspace(0, 1, sizes["T"])
    return lambda: segment_table(problem, a, b, times)


def certificate_work(sizes: dict[str, int]) -> Callable[[], object]:
    """Return the certificate of a segment, as work to time."""
    problem, a, b = random_segment(sizes)
    return lambda: certify(problem, Path((a, b)))


def pool_work(sizes: dict[str, int]) -> Callable[[], object]:
    """Return the first epochs of a pool, as work to time."""
    problem, _, _ = random_segment(sizes)
    return lambda: train_pool(problem, sizes["m"], NETWORKS, epochs=5)


def random_segment(sizes: dict[str, int]) -> tuple[Problem, Network, Network]:
    """Return a problem with normal inputs and two untrained networks."""
    generator = np.random.default_rng(0)
    X = generator.normal(size=(sizes["N"], sizes["n"]))
    problem = Problem(X, (X.sum(axis=1) > 0).astype(float), Logistic(), 1e-3)
    a, b = (initialise(problem, sizes["m"], generator) for _ in range(2))
    return problem, a, b


def _pairs_row() -> Row:
    problem, _, _ = random_segment(SIZES)
    networks = train_pool(problem, SIZES["m"], 8 * FACTOR, epochs=20)
    pairs = list(zip(networks[::2], networks[1::2], strict=True))

    search, few = Search(depth=3, epochs=20), len(pairs) // FACTOR

    def strings(together: int) -> Callable[[], object]:
        return lambda: [
            sample_strings(problem, pairs[first : first + together], search=search, tol=None)
            for first in range(0, len(pairs), together)
        ]

    return compare(
        f"strings, {len(pairs)} pairs at once",
        strings(len(pairs)),
        f"the same {len(pairs)} pairs, {few} at a time",
        strings(few),
        runs=5,
    )
