"""The ledger: every claim, what was tried, how close the worst case came, what the controls found.

`run` tries claims in parallel and `write` keeps the result as ``ledger.json`` and a page to read.
The same seed gives the same ledger, times apart, whatever the number of jobs.
"""

from __future__ import annotations

import importlib
import json
import math
import os
import sys
import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from proofs_checks.claims.registry import find_claims
from proofs_checks.framework.search import check
from proofs_checks.framework.target import load
from proofs_checks.framework.verdict import ClaimResult
from proofs_checks.ledger.page import page

# The claims that take longest come first, so that no worker is left alone with one at the end.
LONGEST = ("C6", "C8", "S3", "S4", "P7", "M1", "P2", "M6")

Progress = Callable[[ClaimResult, int, int], None]


@dataclass(frozen=True)
class Ledger:
    """What `run` found.

    Attributes
    ----------
    target : str
        Name of the implementation.
    seed : int
    claims : tuple of ClaimResult
        In the order of the theory page.
    complete : bool
        False where the run was interrupted and claims are missing.
    """

    target: str
    seed: int
    claims: tuple[ClaimResult, ...]
    complete: bool = True

    @property
    def refuted(self) -> tuple[ClaimResult, ...]:
        """The claims with a counterexample; a command that finds any exits 1."""
        return tuple(result for result in self.claims if result.verdict == "refuted")

    def record(self) -> dict[str, Any]:
        """Return the content of ``ledger.json``; an infinite ratio becomes the text "inf"."""
        record = asdict(self)
        for claim in record["claims"]:
            if claim["worst_ratio"] is not None and not math.isfinite(claim["worst_ratio"]):
                claim["worst_ratio"] = str(claim["worst_ratio"])
        return record


def run(
    implementation: str | None = None,
    claims: Sequence[str] | None = None,
    examples: int | None = None,
    seed: int = 0,
    jobs: int = 1,
    progress: Progress | None = None,
) -> Ledger:
    """Check claims on an implementation.

    Parameters
    ----------
    implementation : str, optional
        Name of an importable module; see `target.load`.
    claims : sequence of str, optional
        Claim ids; by default all.
    examples : int, optional
        Cases to try for each claim; by default the number each claim asks for.
    seed : int
    jobs : int
        How many processes; -1 for one per core.
    progress : callable, optional
        Called as ``progress(result, done, total)`` when a claim is finished, in any order.

    Raises
    ------
    ValueError
        If there is no such implementation or claim, or ``examples`` or ``jobs`` is not allowed.
    """
    if examples is not None and examples < 1:
        raise ValueError(f"examples: found {examples}, allowed is at least 1")
    if jobs == 0 or jobs < -1:
        raise ValueError(f"jobs: found {jobs}, allowed is at least 1, or -1 for one per core")
    name = load(implementation).name
    ids = [claim.id for claim in find_claims(claims)]
    results = []
    for result in _results(name, ids, examples, seed, jobs):
        results.append(result)
        if progress is not None:
            progress(result, len(results), len(ids))
    return Ledger(name, seed, tuple(sorted(results, key=lambda result: ids.index(result.id))))


def write(ledger: Ledger, out: str | os.PathLike[str]) -> tuple[Path, Path]:
    """Write ``ledger.json`` and ``index.html`` into the folder ``out``; return both paths."""
    folder = Path(out)
    folder.mkdir(parents=True, exist_ok=True)
    record, readable = folder / "ledger.json", folder / "index.html"
    record.write_text(json.dumps(ledger.record(), indent=1) + "\n", encoding="utf-8")
    readable.write_text(page(ledger.record()), encoding="utf-8")
    return record, readable


def keep_no_folder() -> None:
    """Let Hypothesis keep its caches with temporary files, not in the working folder."""
    from hypothesis.configuration import set_hypothesis_home_dir

    set_hypothesis_home_dir(Path(tempfile.gettempdir()) / "hypothesis-of-relupath")


def check_named(
    name: str, claim: str, examples: int | None, seed: int, search_path: Sequence[str] = ()
) -> ClaimResult:
    """Check one claim by name; what a worker process runs.

    A worker may have started before the implementation's folder was on the import path, so it
    takes over the path of the process that asks.
    """
    sys.path.extend(folder for folder in search_path if folder not in sys.path)
    importlib.invalidate_caches()
    keep_no_folder()
    return check(find_claims([claim])[0], load(name), examples, seed)


def _results(
    name: str, ids: list[str], examples: int | None, seed: int, jobs: int
) -> Iterable[ClaimResult]:
    from joblib import Parallel, delayed, parallel_config

    if jobs == 1:
        yield from (check_named(name, claim, examples, seed) for claim in ids)
        return
    longest = sorted(ids, key=lambda claim: claim not in LONGEST)
    with parallel_config(backend="loky", inner_max_num_threads=1):
        yield from Parallel(n_jobs=jobs, return_as="generator_unordered")(
            delayed(check_named)(name, claim, examples, seed, tuple(sys.path)) for claim in longest
        )
