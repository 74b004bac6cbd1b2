"""The search of Dynamic String Sampling: strings of beads that grow until they lie below a level.

A string starts as the straight segment between two networks. A segment whose objective exceeds the
level on a grid of times gets a bead: the network at one of those times, trained down to
the level. Both halves are then looked at again (claim S4), down to a limit of depth.
The search goes breadth first, so all beads of one depth, over all strings, are trained as one
batch; no string depends on the others.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from reference.certificate.path_maximum import SegmentKind, segment_kind
from reference.certificate.segment import segment_table
from reference.connection.bead_training import BEADS
from reference.model.network import Network
from reference.model.path import interpolate
from reference.model.problem import Problem
from reference.training.adam import RATE
from reference.training.parallel import map_threads
from reference.training.pools import KEEP, check_positive, check_rate

MIDPOINTS = ("argmax", "half")


@dataclass(frozen=True)
class Search:
    """How strings grow.

    Attributes
    ----------
    depth : int
        How often a segment of the first string may be halved: at most ``2**depth`` segments.
    epochs : int
        Most training steps of a bead.
    points : int
        Times of the grid on each segment, ends included; at least 3.
    midpoint : "argmax" or "half"
        Where a bead starts: at the largest objective on the grid, or at t = 1/2.
    margin : float
        Beads are trained to ``(1 - margin)`` times the level; in [0, 1).
    keep : "best", "last" or "late"
        Which iterate becomes the bead; see `descend_batch`.
    rate : float
        Learning rate of a bead's first steps; positive.
    beads : "train" or "output-layer"
        How a bead gets to its target: module `bead_training`.
    jobs : int
        Threads; strings do not depend on it.

    Raises
    ------
    ValueError
        If a number is out of its range.
    """

    depth: int = 8
    epochs: int = 150
    points: int = 200
    midpoint: str = "argmax"
    margin: float = 0.0
    keep: str = "best"
    rate: float = RATE
    beads: str = "train"
    jobs: int = 1

    def __post_init__(self) -> None:
        check_positive("epochs", self.epochs)
        check_rate(self.rate)
        if self.depth < 0:
            raise ValueError(f"depth: found {self.depth}, allowed is at least 0")
        if self.points < 3:
            raise ValueError(f"points: found {self.points}, allowed is at least 3")
        for name, value, allowed in (
            ("midpoint", self.midpoint, MIDPOINTS),
            ("keep", self.keep, KEEP),
            ("beads", self.beads, tuple(BEADS)),
        ):
            if value not in allowed:
                raise ValueError(f"{name}: found {value!r}, allowed are {', '.join(allowed)}")
        if not 0 <= self.margin < 1:
            raise ValueError(f"margin: found {self.margin}, allowed is the interval [0, 1)")


class BeadString:
    """One string while it grows.

    Attributes
    ----------
    nodes : list of Network
        The two ends and the beads between them, in order.
    values : list of float
        Objective at each node; an end counts as at most the level, which rounding may deny.
    maxima : list of float or None
        Largest objective met on each segment, its ends included; None before it was looked at.
    times : list of float
        Where in the interior of each segment the objective is largest on the grid.
    smallest : float
        The smallest maximum of any segment, of any depth, that was found above the level.
    trained : int
        Number of beads trained.
    depth : int
        How often the most divided segment was halved.
    """

    def __init__(self, problem: Problem, a: Network, b: Network, level: float) -> None:
        self.level = level
        self.nodes = [a, b]
        self.values = [min(level, problem.value(end)) for end in (a, b)]
        self.maxima: list[float | None] = [None]
        self.times = [0.5]
        self.smallest = float("inf")
        self.trained = self.depth = 0

    @property
    def pending(self) -> list[int]:
        """Segments not looked at yet."""
        return [k for k, found in enumerate(self.maxima) if found is None]

    @property
    def above(self) -> list[int]:
        """Segments found above the level."""
        return [
            k for k, found in enumerate(self.maxima) if found is not None and found > self.level
        ]

    @property
    def highest(self) -> float:
        """The largest maximum of the segments looked at."""
        return max(found for found in self.maxima if found is not None)

    def look(self, segment: int, interior: float, time: float) -> None:
        """Take in the largest objective inside a segment and its time."""
        maximum = max(interior, *self.values[segment : segment + 2])
        self.maxima[segment], self.times[segment] = maximum, time
        if maximum > self.level:
            self.smallest = min(self.smallest, maximum)

    def bead(self, segment: int, midpoint: str) -> Network:
        """Return the network on a segment from which a bead is trained."""
        time = self.times[segment] if midpoint == "argmax" else 0.5
        return interpolate(self.nodes[segment], self.nodes[segment + 1], time)

    def insert(self, beads: Sequence[tuple[Network, float]]) -> None:
        """Divide every segment above the level at its bead, given with its objective."""
        for segment, (node, value) in reversed(list(zip(self.above, beads, strict=True))):
            self.nodes.insert(segment + 1, node)
            self.values.insert(segment + 1, value)
            self.maxima[segment : segment + 1] = [None, None]
            self.times[segment : segment + 1] = [0.5, 0.5]
        self.trained += len(beads)
        self.depth += bool(beads)


def grow(
    problem: Problem,
    strings: Sequence[BeadString],
    search: Search,
    progress: Callable[[int], object] | None = None,
) -> None:
    """Grow strings until none is above its level or the limit of depth is met.

    Parameters
    ----------
    problem : Problem
    strings : sequence of BeadString
        Changed in place.
    search : Search
    progress : callable, optional
        Called with a number of beads each time that many more are trained.
    """
    look_at_pending(problem, strings, search)
    for _ in range(search.depth):
        places = [(string, segment) for string in strings for segment in string.above]
        if not places:
            break
        starts = [string.bead(segment, search.midpoint) for string, segment in places]
        targets = np.array([(1 - search.margin) * string.level for string, _ in places])
        found = BEADS[search.beads](
            problem,
            starts,
            targets,
            search.epochs,
            search.keep,
            search.rate,
            search.jobs,
            progress,
        )
        beads = iter(found)
        for string in strings:
            own = [next(beads) for _ in string.above]
            string.insert([(bead, problem.value(bead)) for bead in own])
        look_at_pending(problem, strings, search)


def look_at_pending(problem: Problem, strings: Sequence[BeadString], search: Search) -> None:
    """Find the largest objective of every segment not looked at yet, on its grid of times."""
    times = np.linspace(0, 1, search.points)
    places = [(string, segment) for string in strings for segment in string.pending]

    def survey(place: tuple[BeadString, int]) -> tuple[float, float]:
        string, segment = place
        a, b = string.nodes[segment : segment + 2]
        if segment_kind(a, b) is not SegmentKind.GENERAL:
            return -np.inf, 0.5
        inside = segment_table(problem, a, b, times)[1:-1]
        where = int(inside.argmax())
        return float(inside[where]), float(times[1 + where])

    surveys = map_threads(survey, places, search.jobs)
    for (string, segment), found in zip(places, surveys, strict=True):
        string.look(segment, *found)
