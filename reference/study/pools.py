"""Pools of trained networks, kept beside the records: a file that is lost is trained again."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path as FilePath
from time import perf_counter

from reference.model.exact_arithmetic import Array
from reference.model.network import Network
from reference.model.npz import read_npz
from reference.model.path import stack
from reference.model.problem import Problem
from reference.study.database import write_arrays
from reference.study.design import Design
from reference.study.environment import array_digest
from reference.training.pools import objectives, train_pool


@dataclass(frozen=True, eq=False)
class Pool:
    """Networks ``W`` (B, m, n), ``theta`` (B, m) and their objectives ``values`` (B,).

    ``seconds`` is how long their training took; None if they were read from ``file``. ``digest``
    changes with any bit of the networks.
    """

    W: Array
    theta: Array
    values: Array
    seconds: float | None
    file: str
    digest: str

    def network(self, index: int) -> Network:
        """Return one of them."""
        return Network(self.W[index], self.theta[index])


def pool(
    problem: Problem,
    width: int,
    design: Design,
    folder: FilePath,
    code: str,
    jobs: int,
    progress: Callable[[int], object],
) -> Pool:
    """Return the trained pool of one width, from the folder's file where there is one.

    Parameters
    ----------
    problem : Problem
    width : int
    design : Design
        Says how many networks, from which seed, trained how long.
    folder : path
    code : str
        Version of the code; a file of another version is not used.
    jobs : int
        Threads; the networks do not depend on their number.
    progress : callable
        Called with the number of networks done since the last call.
    """
    content = (problem.fingerprint, width, design.count, design.seed, design.epochs, code)
    file = folder / "pools" / f"{hashlib.sha256(repr(content).encode()).hexdigest()[:24]}.npz"
    start, seconds = perf_counter(), None
    try:
        arrays = read_npz(file, ("W", "theta"))
        W, theta = arrays["W"], arrays["theta"]
    except (FileNotFoundError, ValueError):
        networks = train_pool(
            problem, width, design.count, design.seed, design.epochs, jobs=jobs, progress=progress
        )
        W, theta = stack(networks)
        seconds = perf_counter() - start
        write_arrays(file, {"W": W, "theta": theta})
    values = objectives(problem, W, theta)
    return Pool(W, theta, values, seconds, file.name, array_digest(W, theta))
