"""What a study of a million pairs costs besides its paths: ``python -m benchmarks.large_study``.

Nothing is trained: pools are random numbers and every record is made up. Timed are the plan with
its keys, the records, the scan that resumes a run, reading, and the tables of the report.
"""

from __future__ import annotations

import resource
import sys
from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

import numpy as np

from reference.report.aggregate import sections
from reference.study.database import Records
from reference.study.design import Design, choose
from reference.study.pools import Pool
from reference.study.presets import paper
from reference.study.record import Measured, Record
from reference.study.runner import batches, plan
from reference.study.tasks import Task

NETWORKS = 2000
TRANSACTIONS = 500  # batches written as a run writes them; the rest at once, to save time


def design(pairs: int) -> Design:
    """Return a study of one width and one finder."""
    return replace(
        paper(choose("moons")),
        widths=(20,),
        networks=NETWORKS,
        pairs=pairs,
        finders=("explicit",),
        kept_paths=0,
    )


def made_up(task: Task) -> Measured:
    """Return a record of a task with numbers drawn from its key."""
    seed = int(task.key[:8], 16) / 2**32
    known = {item.name: getattr(task, item.name, None) for item in fields(Record)}
    numbers = {name: seed for name, value in known.items() if value is None}
    text = {"method": "splice", "environment": "made up", "path": None}
    counts = {"beads": 4, "evaluations": 40, "depth": None, "trained": None, "unresolved": None}
    return Measured(Record(**{**known, **numbers, **text, **counts, "key": task.key}), 0.1, None)


def timed(name: str, work: Callable[[], object]) -> object:
    """Do the work and print how long it took and the most memory the process has held."""
    start = perf_counter()
    found = work()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"| {name} | {perf_counter() - start:.1f} s | {peak:.0f} MB |", flush=True)
    return found


def simulate(pairs: int) -> None:
    """Print one line for each part of a study of so many pairs."""
    chosen = design(pairs)
    values = np.random.default_rng(0).uniform(0.03, 0.04, NETWORKS)
    pool = Pool(np.zeros((NETWORKS, 1, 1)), np.zeros((NETWORKS, 1)), values, None, "pool", "0")
    label = chosen.problems[0].label
    tasks = timed("plan", lambda: plan(chosen, label, "0" * 64, {20: pool}, "code"))
    keys = timed("keys", lambda: [(task.key, task.block) for task in tasks])
    cut = timed("batches", lambda: batches(tasks))
    with TemporaryDirectory() as folder, Records(Path(folder), create=True) as records:
        timed("begin", lambda: records.begin(chosen, "code", keys))
        few, many = cut[:TRANSACTIONS], cut[TRANSACTIONS:]
        timed(
            f"records of {len(few)} batches, a transaction each",
            lambda: [records.add([made_up(task) for task in batch]) for batch in few],
        )
        timed(
            f"records of the other {len(many)} batches, one transaction",
            lambda: records.add(made_up(task) for batch in many for task in batch),
        )
        known = timed("resume: keys that have a row", records.known)
        timed("resume: tasks left", lambda: [t for t in tasks if t.key not in known])
        print(f"| file | | {(Path(folder) / 'run.sqlite').stat().st_size / 2**20:.0f} MB |")
        rows = timed("read", records.read)
        timed("tables", lambda: sections(rows, chosen))


if __name__ == "__main__":
    print("| part | time | peak so far |\n|---|---|---|")
    simulate(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
