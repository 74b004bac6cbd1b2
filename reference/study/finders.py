"""The path finders of a study, one function each: networks in, paths with certificates out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from reference.certificate import Certificate, certify
from reference.connection import connect
from reference.network import Network
from reference.path import Path
from reference.problem import Problem
from reference.string_sampling import StringSample, sample_strings
from reference.string_search import Search

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


def string(problem: Problem, ends: Ends, level: float | None, settings: Settings) -> list[Found]:
    """Return strings, the beads of one depth trained as one batch."""
    search = Search(
        depth=int(settings["depth"]),
        epochs=int(settings["midpoint_epochs"]),
        points=int(settings["points"]),
        margin=settings.get("margin", 0.0),
    )
    levels = None if level is None else [level] * len(ends)
    samples = sample_strings(problem, ends, levels, search, tol=None)
    return [
        Found(s.path, certify(problem, s.path, settings["tolerance"]), "string sampling", s)
        for s in samples
    ]


def explicit(problem: Problem, ends: Ends, level: float | None, settings: Settings) -> list[Found]:
    """Return the explicit paths of `connect`."""
    found = [connect(problem, a, b, level=level) for a, b in ends]
    return [Found(c.path, c.certificate, c.method) for c in found]


FIND: dict[str, Callable[..., list[Found]]] = {
    "straight": straight,
    "string": string,
    "margin-string": string,
    "explicit": explicit,
}
