"""The path finders of a study, one function each: networks in, paths with certificates out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from reference.certificate.path_maximum import Certificate, certify
from reference.compression.refitting import refit
from reference.connection.explicit_path import theorem_path
from reference.connection.portfolio import connect
from reference.connection.string_sampling import StringSample, sample_strings
from reference.connection.string_search import Search
from reference.model.network import Network
from reference.model.path import Path
from reference.model.problem import Problem

Ends = Sequence[tuple[Network, Network]]
Settings = Mapping[str, float]


@dataclass(frozen=True, eq=False)
class Found:
    """A path, its certificate, how it was made, and the string it is, where it is one."""

    path: Path
    certificate: Certificate
    method: str
    string: StringSample | None = None


def straight(problem: Problem, ends: Ends, level: float | None, settings: Settings) -> list[Found]:
    """Return the straight lines."""
    lines = [Path(pair) for pair in ends]
    return [
        Found(line, certify(problem, line, tol=settings["tolerance"]), "straight line")
        for line in lines
    ]


def string(
    problem: Problem,
    ends: Ends,
    level: float | None,
    settings: Settings,
    keep: str = "best",
    beads: str = "train",
) -> list[Found]:
    """Return strings, the beads of one depth trained as one batch."""
    search = Search(
        depth=int(settings["depth"]),
        epochs=int(settings["midpoint_epochs"]),
        points=int(settings["points"]),
        margin=settings.get("margin", 0.0),
        rate=settings["midpoint_rate"],
        keep=keep,
        beads=beads,
    )
    levels = None if level is None else [level] * len(ends)
    samples = sample_strings(problem, ends, levels, search, tol=None)
    return [
        Found(s.path, certify(problem, s.path, settings["tolerance"]), "string sampling", s)
        for s in samples
    ]


def theorem(problem: Problem, ends: Ends, level: float | None, settings: Settings) -> list[Found]:
    """Return the theorem's paths with witnesses that cost one refit each (claim P5).

    Half the width is the reference's, half the compressions': each keeps the neurons of largest
    coefficient, the output layer fitted again. The reference comes from the end where it is lower.
    """
    found = []
    for a, b in ends:
        movable = a.width - problem.domain.frozen
        kept, half = movable - movable // 2, movable // 2
        compressed = (_heaviest(problem, a, kept), _heaviest(problem, b, kept))
        references = (_heaviest(problem, a, half), _heaviest(problem, b, half))
        path = theorem_path(problem, a, b, min(references, key=problem.value), compressed)
        found.append(Found(path, certify(problem, path, settings["tolerance"]), "theorem"))
    return found


def explicit(problem: Problem, ends: Ends, level: float | None, settings: Settings) -> list[Found]:
    """Return the explicit paths of `connect`."""
    found = [connect(problem, a, b, level=level) for a, b in ends]
    return [Found(c.path, c.certificate, c.method) for c in found]


def _heaviest(problem: Problem, network: Network, count: int) -> Network:
    """Refit the output layer to the ``count`` movable neurons of largest coefficient."""
    movable = network.width - problem.domain.frozen
    heaviest = np.argsort(-np.abs(network.theta[:movable]), kind="stable")[:count]
    support = [*heaviest.tolist(), *range(movable, network.width)]
    return refit(problem, network, support).network


FINDERS_BY_NAME: dict[str, Callable[..., list[Found]]] = {
    "straight": straight,
    "string": string,
    "late-string": partial(string, keep="late"),
    "margin-string": string,
    "output-layer-string": partial(string, beads="output-layer"),
    "theorem": theorem,
    "explicit": explicit,
}
