"""One training step against the array work no step can do without, and against PyTorch."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Iterator

import numpy as np

from benchmarks.timing import Row, compare
from reference.model.datasets import published_problem
from reference.model.path import stack
from reference.model.problem import Problem
from reference.training.adam import AdamDescent
from reference.training.batch_gradient import BatchGradient
from reference.training.pools import initialise

BATCH = 64


def rows() -> Iterator[Row]:
    for name in ("moons", "breast-cancer"):
        problem = published_problem(name)
        for width in (20, 200):
            for networks in (1, BATCH):
                yield from _rows(problem, width, networks, f"{name}, width {width}, x{networks}")


def _rows(problem: Problem, width: int, networks: int, where: str) -> Iterator[Row]:
    generator = np.random.default_rng(0)
    W, theta = stack([initialise(problem, width, generator) for _ in range(networks)])
    W, theta = W.astype(np.float32), theta.astype(np.float32)
    step = our_step(problem, W, theta)
    bare = bare_work(problem, W, theta)
    goal = 0.5 if networks > 1 else None
    yield compare(f"step, {where}", step, "its array work alone", bare, goal)
    if importlib.util.find_spec("torch") is not None:
        from benchmarks.torch_step import torch_step

        yield compare(
            f"step, {where}", step, "PyTorch, one thread", torch_step(problem, W, theta), 1
        )


def our_step(problem: Problem, W: np.ndarray, theta: np.ndarray) -> Callable[[], None]:
    """Return a full step: objective, gradient, Adam, normalisation, best iterate, schedule."""
    gradient = BatchGradient(problem, W.shape[1])
    descent = AdamDescent(problem, W, theta, proximal=False)

    def step() -> None:
        slopes = gradient(descent.W, descent.theta)
        descent.record(slopes[0])
        descent.step(*slopes)

    return step


def bare_work(problem: Problem, W: np.ndarray, theta: np.ndarray) -> Callable[[], None]:
    """Return the matrix products and passes over features that one gradient needs, no more.

    Two products with the data, one with the coefficients, one pass to rectify and one for the
    indicator; no loss, no optimiser, no bookkeeping.
    """
    XT = np.ascontiguousarray(problem.X.T, dtype=np.float32)
    group = BatchGradient(problem, W.shape[1]).group
    H = np.empty((min(group, len(W)), W.shape[1], problem.samples), dtype=np.float32)
    f = np.empty((len(W), 1, problem.samples), dtype=np.float32)
    G = np.empty_like(W)
    zero, infinity = np.float32(0), np.float32(np.inf)

    def work() -> None:
        for first in range(0, len(W), group):
            part = slice(first, first + group)
            h = H[: len(W[part])]
            np.matmul(W[part], XT, out=h)
            np.clip(h, zero, infinity, out=h)
            np.matmul(theta[part, None, :], h, out=f[part])
            np.greater(h, zero, out=h, casting="unsafe")
            np.matmul(h, XT.T, out=G[part])

    return work
