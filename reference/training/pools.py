"""Training as [B26] runs it: full-batch Adam from a random start, many networks in one batch.

Gradients are float32 (`reference.training.batch_gradient`); what is returned is float64, lies in
the domain exactly, and was compared in float64. The bits of a network depend on its own start and
nothing else: not on the networks trained beside it, nor on the number of workers.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np

from reference.model.exact_arithmetic import Array
from reference.model.network import Network, forward
from reference.model.path import stack
from reference.model.problem import Problem
from reference.training.adam import RATE, AdamDescent
from reference.training.batch_gradient import BatchGradient
from reference.training.parallel import map_processes

METHODS = ("adam", "proximal")
KEEP = ("best", "last", "late")
BLOCK = 64  # networks one worker trains at a time: enough to share the cost of each call
PROMISE = 1 + 2.0**-20  # float32 objectives this close to the target are checked in float64


def train(
    problem: Problem, width: int, seed: int = 0, epochs: int = 150, method: str = "adam"
) -> Network:
    """Train one network from a random start: network 0 of the pool of the same seed.

    Parameters
    ----------
    problem : Problem
    width : int
        Number of neurons that move; rows the domain freezes come on top.
    seed : int
    epochs : int
        Number of full-batch steps.
    method : "adam" or "proximal"
        See `descend_batch`.
    """
    return train_pool(problem, width, 1, seed, epochs, method)[0]


def train_pool(
    problem: Problem,
    width: int,
    count: int,
    seed: int = 0,
    epochs: int = 150,
    method: str = "adam",
    jobs: int = 1,
    progress: Callable[[int], object] | None = None,
) -> list[Network]:
    """Train ``count`` networks from independent random starts, as one batch.

    Network ``k`` is drawn from ``SeedSequence(seed, spawn_key=(k,))``; its bits depend on
    ``seed`` and ``k`` alone. Arguments as in `train` and `descend_batch`.

    Notes
    -----
    [B26] does not print how its networks start, how patient its schedule is, or which iterate
    it keeps. A uniform start that is normalised only after the first step, a patience of 10
    epochs and the last iterate give its mean pool objectives to 1 %; normalising the start, or
    keeping the best iterate, moves them by up to 5 %.
    """
    check_positive("width", width)
    check_positive("count", count)
    starts = [
        initialise(
            problem, width, np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(k,)))
        )
        for k in range(count)
    ]
    W, theta = descend_batch(problem, *stack(starts), epochs, None, method, "last", jobs, progress)
    return [Network(w, a) for w, a in zip(W, theta, strict=True)]


def initialise(problem: Problem, width: int, generator: np.random.Generator) -> Network:
    """Draw a network uniformly, each layer from ``+-1 / sqrt(inputs of the layer)``.

    A bias counts as a weight but not as an input, so weight parts lie in the unit ball.
    """
    frozen = problem.domain.frozen
    bound = 1 / np.sqrt(max(1, problem.inputs - frozen))
    W = generator.uniform(-bound, bound, (width + frozen, problem.inputs))
    theta = generator.uniform(-1, 1, width + frozen) / np.sqrt(width)
    W[width:] = np.eye(problem.inputs)[problem.inputs - frozen :]
    return Network(problem.domain.project(W), theta)


def descend_batch(
    problem: Problem,
    W: Array,
    theta: Array,
    epochs: int,
    target: Array | None = None,
    method: str = "adam",
    keep: str = "best",
    jobs: int = 1,
    progress: Callable[[int], object] | None = None,
    rate: float = RATE,
) -> tuple[Array, Array]:
    """Descend from many networks at once, each until its target or the last epoch.

    Full-batch Adam, its learning rate times 0.9 on a plateau; after each step the domain's
    retraction.

    Parameters
    ----------
    problem : Problem
        In float64.
    W : (B, m, n), theta : (B, m)
        Where to start; rows outside the domain are projected first.
    epochs : int
    target : (B,), optional
        A network stops at its first iterate whose float64 objective is at most this.
    method : "adam" or "proximal"
        How the penalty enters: by its subgradient, or by a soft threshold after a step on the
        risk, which finds coefficients that are exactly 0.
    keep : "best", "last" or "late"
        Which iterate to return of a network that met no target: the best one, the start included,
        or the last. "late" is as "last", but a network that meets its target takes one more step
        before it stops. This reproduces a loop that tests the loss computed before its update.
    jobs : int
        Processes; the result does not depend on it.
    progress : callable, optional
        Called with a number of networks each time that many more are done.
    rate : float
        Learning rate to begin with, positive.

    Returns
    -------
    W : (B, m, n), theta : (B, m)
        Float64, inside the domain exactly: the iterate that met the target, or as ``keep`` says.

    Raises
    ------
    TypeError, ValueError
        If the problem is exact or an argument is none of those allowed.
    """
    _check_descent(problem, W, theta, epochs, method, keep)
    check_rate(rate)
    W = np.stack([problem.domain.project(w) for w in W])
    targets = np.full(len(W), -np.inf) if target is None else np.asarray(target, dtype=float)
    blocks = [slice(first, first + BLOCK) for first in range(0, len(W), BLOCK)]
    work = [(W[block], theta[block], targets[block]) for block in blocks]
    descend = partial(_descend_block, problem, epochs, method, keep, rate)
    parts = []
    for part in map_processes(descend, work, jobs):
        parts.append(part)
        if progress is not None:
            progress(len(part[0]))
    return np.concatenate([w for w, _ in parts]), np.concatenate([a for _, a in parts])


def objectives(problem: Problem, W: Array, theta: Array) -> Array:
    """Return the objectives (B,) of networks ``W`` (B, m, n), ``theta`` (B, m)."""
    return np.array(
        [problem.objective(a, forward(problem.X, w, a)[1]) for w, a in zip(W, theta, strict=True)]
    )


def check_positive(name: str, value: int) -> None:
    """Raise ValueError unless a count is at least 1."""
    if value < 1:
        raise ValueError(f"{name}: found {value}, allowed is at least 1")


def check_rate(rate: float) -> None:
    """Raise ValueError unless a learning rate is positive and finite."""
    if not 0 < rate < np.inf:
        raise ValueError(f"rate: found {rate}, allowed is a positive number")


def check_float64(problem: Problem) -> None:
    """Raise TypeError for an exact problem: descent rounds."""
    if problem.is_exact:
        raise TypeError("problem: found exact arithmetic, allowed is float64 (descent rounds)")


class _Found:
    """The lowest float64 network found from each start."""

    def __init__(self, problem: Problem, W: Array, theta: Array) -> None:
        self.problem, self.W, self.theta = problem, W.copy(), theta.copy()
        self.value = objectives(problem, W, theta)

    def offer(self, which: Array, W: Array, theta: Array, insist: bool = False) -> None:
        """Take float32 networks for the starts ``which`` wherever they lie lower, or all."""
        W, theta = self.problem.domain.retract(W.astype(np.float64), theta.astype(np.float64))
        value = objectives(self.problem, W, theta)
        lower = insist | (value < self.value[which])
        which = which[lower]
        self.W[which], self.theta[which] = W[lower], theta[lower]
        self.value[which] = value[lower]


def _descend_block(
    problem: Problem,
    epochs: int,
    method: str,
    keep: str,
    rate: float,
    block: tuple[Array, Array, Array],
) -> tuple[Array, Array]:
    """Descend from float64 starts inside the domain to targets; see `descend_batch`."""
    W, theta, target = block
    found = _Found(problem, W, theta)
    running = np.flatnonzero(found.value > target)
    gradient, late = BatchGradient(problem, W.shape[1]), keep == "late"
    descent = AdamDescent(problem, W[running], theta[running], method == "proximal", rate)
    slopes: tuple[Array, ...] = gradient(descent.W, descent.theta)
    for _ in range(epochs):
        met = slopes[0] <= target[running]
        descent.step(*slopes)
        slopes = gradient(descent.W, descent.theta)
        descent.record(slopes[0])
        if not late:
            met = slopes[0] <= target[running] * PROMISE
        if met.any():
            found.offer(running[met], descent.W[met], descent.theta[met], insist=late)
            kept = ~met if late else found.value[running] > target[running]
            running, slopes = running[kept], tuple(part[kept] for part in slopes)
            descent.keep(kept)
        if not len(running):
            break
    if keep == "best":
        found.offer(running, descent.best_W, descent.best_theta)
    elif epochs:
        found.offer(running, descent.W, descent.theta, insist=True)
    return found.W, found.theta


def _check_descent(
    problem: Problem, W: Array, theta: Array, epochs: int, method: str, keep: str
) -> None:
    check_float64(problem)
    if W.ndim != 3 or theta.shape != W.shape[:2] or W.shape[2] != problem.inputs:
        raise ValueError(
            f"W, theta: found shapes {W.shape} and {theta.shape}, allowed are "
            f"(B, m, {problem.inputs}) and (B, m)"
        )
    if epochs < 0:
        raise ValueError(f"epochs: found {epochs}, allowed is at least 0")
    for name, value, allowed in (("method", method, METHODS), ("keep", keep, KEEP)):
        if value not in allowed:
            raise ValueError(f"{name}: found {value!r}, allowed are {', '.join(allowed)}")
