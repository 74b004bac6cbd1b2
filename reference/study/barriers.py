"""The three barriers of a path: above a level, above the higher end, above the chord of the ends.

They are not interchangeable (theory, section 1). The first is the thickening and what Dynamic
String Sampling aims at; the second is [B26]'s energy gap; the third is what the literature on mode
connectivity reports. Each comes as a certified interval, and none is negative: the ends count.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from reference.certificate.cell_bounds import cell_bounds
from reference.certificate.path_maximum import Certificate
from reference.model.path import Path, distance
from reference.model.problem import Problem

CHORD_CELLS = 256  # shared among the segments of a path by length

Interval = tuple[float, float]


@dataclass(frozen=True)
class Barriers:
    """Lower and upper bounds of each barrier of one path."""

    level: Interval
    end: Interval
    chord: Interval


def barriers(
    problem: Problem, path: Path, certificate: Certificate, level: float | None
) -> Barriers:
    """Return the three barriers of a path whose maximum is certified.

    A level of None is the higher end itself, not its computed value.
    """
    higher_end = float(max(certificate.node_upper[0], certificate.node_upper[-1]))
    end = (max(0.0, float(certificate.lower) - higher_end), float(certificate.rise()))
    above = end
    if level is not None:
        above = (max(0.0, float(certificate.lower) - level), float(certificate.rise(level)))
    return Barriers(level=above, end=end, chord=chord_barrier(problem, path))


def chord_barrier(problem: Problem, path: Path) -> Interval:
    """Bound ``max F - ((1 - s) F(A) + s F(B))``, s the share of the path's length travelled.

    Each segment is cut into cells on which both the objective and the chord are bounded, so the
    interval is as wide as the chord changes over a cell, at least.
    """
    lengths = np.array([distance(a, b) for a, b in path.segments])
    if lengths.sum() == 0:
        return (0.0, 0.0)
    first, last = problem.value(path.start), problem.value(path.end)
    places = np.concatenate([[0.0], np.cumsum(lengths) / lengths.sum()])
    low = high = 0.0
    for k, (a, b) in enumerate(path.segments):
        cells = 1 + int(CHORD_CELLS * (places[k + 1] - places[k]))
        times = np.linspace(0, 1, cells + 1)
        bounds = cell_bounds(problem, a, b, times)
        chord = first + (last - first) * (places[k] + times * (places[k + 1] - places[k]))
        low = max(low, float((bounds.lower - np.maximum(chord[:-1], chord[1:])).max()))
        high = max(high, float((bounds.upper - np.minimum(chord[:-1], chord[1:])).max()))
    return (low, high)
