"""How time and memory grow with samples N, inputs n and neurons m: ``python -m benchmarks.growth``.

Processor seconds and peak megabytes of each job, and the exponent of its time fitted over one size
at the others' middle. A product of the same shapes and a copy of its arrays, timed in the same run,
say how far a job is from what the machine can do.
"""

from __future__ import annotations

import sys
import tracemalloc
from collections.abc import Callable, Iterator
from time import process_time

import numpy as np
from threadpoolctl import threadpool_limits

from reference.certificate.path_maximum import certify
from reference.certificate.segment import segment_table
from reference.compression.refitting import refit
from reference.connection.portfolio import connect
from reference.connection.string_sampling import sample_string
from reference.model.losses import Logistic
from reference.model.network import Network
from reference.model.path import Path
from reference.model.problem import Problem
from reference.training.pools import train_pool

MIDDLE = {"N": 1000, "n": 8, "m": 40}
SIZES = {"N": (1000, 10_000, 100_000), "n": (2, 64, 784), "m": (20, 200, 2000)}
EPOCHS = 40

Job = Callable[[Problem, Network, Network], object]


def string(problem: Problem, a: Network, b: Network) -> object:
    """Grow a string of at most eight segments."""
    return sample_string(problem, a, b, depth=3, epochs=EPOCHS)


JOBS: dict[str, Job] = {
    "train two": lambda problem, a, b: train_pool(problem, a.width, 2, epochs=EPOCHS),
    "table": lambda problem, a, b: segment_table(problem, a, b, np.linspace(0, 1, 200)),
    "certify": lambda problem, a, b: certify(problem, Path((a, b))),
    "refit": lambda problem, a, b: refit(problem, a),
    "connect": connect,
    "string": string,
    "product": lambda problem, a, b: problem.X @ a.W.T,
    "copy": lambda problem, a, b: np.copy(problem.X),
}


def case(sizes: dict[str, int]) -> tuple[Problem, Network, Network]:
    """Return a problem with normal inputs and two trained networks."""
    generator = np.random.default_rng(0)
    X = generator.normal(size=(sizes["N"], sizes["n"]))
    problem = Problem(X, (X.sum(axis=1) > 0).astype(float), Logistic(), 1e-3)
    a, b = train_pool(problem, sizes["m"], 2, epochs=EPOCHS)
    return problem, a, b


def measured(job: Job, *arguments: object) -> tuple[float, float]:
    """Return processor seconds, the least of up to three runs, and peak megabytes."""
    seconds = np.inf
    for _ in range(3):
        start = process_time()
        job(*arguments)
        seconds = min(seconds, process_time() - start)
        if seconds > 1:
            break
    if seconds > 20:
        return seconds, np.nan
    tracemalloc.start()
    job(*arguments)
    peak = tracemalloc.get_traced_memory()[1] / 2**20
    tracemalloc.stop()
    return seconds, peak


def rows(largest: int) -> Iterator[str]:
    """Yield the lines of the table; sizes above ``largest`` are left out."""
    yield "| size | " + " | ".join(f"{name}: s, MB" for name in JOBS) + " |"
    yield "|---" * (len(JOBS) + 1) + "|"
    for size, values in SIZES.items():
        found: dict[str, list[float]] = {name: [] for name in JOBS}
        tried = [value for value in values if size != "N" or value <= largest]
        for value in tried:
            arguments, cells = case({**MIDDLE, size: value}), []
            for name, job in JOBS.items():
                seconds, peak = measured(job, *arguments)
                found[name].append(seconds)
                cells.append(f"{seconds:.2g}, {peak:.1f}")
            yield f"| {size} = {value} | " + " | ".join(cells) + " |"
        fits = [
            np.polyfit(np.log(tried), np.log(np.maximum(times, 1e-7)), 1)[0]
            for times in found.values()
        ]
        yield f"| exponent in {size} | " + " | ".join(f"{fit:.2f}" for fit in fits) + " |"


if __name__ == "__main__":
    with threadpool_limits(limits=1):
        for line in rows(int(sys.argv[1]) if len(sys.argv) > 1 else SIZES["N"][-1]):
            print(line, flush=True)
