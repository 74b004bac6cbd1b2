"""How a bead gets below its target: by training both layers, or the output layer first.

At fixed rows the best output layer is a convex problem, so solving it takes a bead as low as its
rows allow at once. [B26] trains both layers from where the bead was put; often that ends above the
target, and a segment with an end above the level can never be mended by beads inside it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from reference.model.exact_arithmetic import Array
from reference.model.network import Network
from reference.model.path import stack
from reference.model.problem import Problem
from reference.training.output_layer import output_layer
from reference.training.parallel import map_threads
from reference.training.pools import descend_batch

Progress = Callable[[int], object] | None


def train_beads(
    problem: Problem,
    starts: Sequence[Network],
    targets: Array,
    epochs: int,
    keep: str,
    rate: float,
    jobs: int = 1,
    progress: Progress = None,
) -> list[Network]:
    """Train both layers of all beads as one batch, each until its target.

    Parameters
    ----------
    problem : Problem
    starts : sequence of Network
        Where the beads were put.
    targets : (B,)
    epochs, keep, rate, jobs, progress
        See `descend_batch`.
    """
    if not len(starts):
        return []
    W, theta = descend_batch(
        problem,
        *stack(starts),
        epochs,
        targets,
        keep=keep,
        jobs=jobs,
        progress=progress,
        rate=rate,
    )
    return [Network(w, a) for w, a in zip(W, theta, strict=True)]


def solve_then_train(
    problem: Problem,
    starts: Sequence[Network],
    targets: Array,
    epochs: int,
    keep: str,
    rate: float,
    jobs: int = 1,
    progress: Progress = None,
) -> list[Network]:
    """Solve the output layer of each bead; train those it leaves above their target.

    They are trained from the solution first, then from where the bead was put, and keep whichever
    is lowest. Parameters as in `train_beads`.
    """
    refit = partial(refitted, problem)
    beads = list(map_threads(refit, starts, jobs)) if len(starts) else []
    for origins in (beads, starts):
        high = [k for k, bead in enumerate(beads) if not problem.value(bead) <= targets[k]]
        chosen = [origins[k] for k in high]
        found = train_beads(problem, chosen, targets[high], epochs, keep, rate, jobs)
        for k, bead in zip(high, found, strict=True):
            beads[k] = min(beads[k], bead, key=problem.value)
    for k, bead in enumerate(beads):
        if not problem.value(bead) <= targets[k]:
            beads[k] = min(bead, refit(bead), key=problem.value)
    if progress is not None and len(beads):
        progress(len(beads))
    return beads


def refitted(problem: Problem, network: Network) -> Network:
    """Return the network with its best output layer."""
    H = network.features(problem.X)
    return Network(network.W, output_layer(problem, H, network.theta))


BEADS: dict[str, Callable[..., list[Network]]] = {
    "train": train_beads,
    "output-layer": solve_then_train,
}
