"""Dynamic String Sampling ([FB17], as [B26] uses it): strings, their certificate, their statistics.

Two numbers go by the name of *gap* and are kept apart. A string's gap is the rise of its highest
point above the level; `StringSample.gap` certifies it. [B26]'s released estimator takes
the *smallest* maximum among the segments met above the level (claim S3): it says how
nearly one segment, somewhere, was resolved, and nothing about the string. Segments below the
level do not count in it: [B26]'s medians are positive just where more than half of the pairs hit
the limit of depth, which a minimum over all segments, clipped or not, could not give.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from reference.certificate.path_maximum import Certificate, certify
from reference.certificate.rounding import node_bounds
from reference.connection.string_search import BeadString, Search, grow
from reference.model.network import Network
from reference.model.path import Path
from reference.model.problem import Problem
from reference.training.adam import RATE
from reference.training.parallel import map_threads, one_blas_thread
from reference.training.pools import check_float64


@dataclass(frozen=True, eq=False)
class StringSample:
    """A string of beads between two networks.

    Attributes
    ----------
    path : Path
        From the first network to the second, as given, bit for bit (claim S1).
    level : float
        What the string was to stay below.
    certificate : Certificate or None
        Of the path; None if none was asked for.
    gap : float or None
        Certified rise of the path above the level, at least 0; None without a certificate.
    sampled_gap : float
        The same on the grid of times alone: a lower estimate.
    released_gap : float
        [B26]'s released estimator: the smallest maximum of a segment met above the level, minus
        the level; 0 where the limit of depth was never hit. Not a bound of anything.
    beads : int
        Nodes between the ends.
    normalized_length : float
        Length of the string over the distance of its ends.
    depth : int
        How often the most divided segment was halved.
    trained : int
        Beads trained.
    unresolved : int
        Segments still above the level at the limit of depth.
    """

    path: Path
    level: float
    certificate: Certificate | None
    gap: float | None
    sampled_gap: float
    released_gap: float
    beads: int
    normalized_length: float
    depth: int
    trained: int
    unresolved: int


def sample_string(
    problem: Problem,
    a: Network,
    b: Network,
    level: float | None = None,
    depth: int = 8,
    epochs: int = 150,
    seed: int = 0,
    points: int = 200,
    midpoint: str = "argmax",
    margin: float = 0.0,
    keep: str = "best",
    rate: float = RATE,
    tol: float | None = 1e-9,
    beads: str = "train",
) -> StringSample:
    """Grow a string of beads between two networks (claims S1 to S4).

    Parameters
    ----------
    problem : Problem
    a, b : Network
        The ends, of one width and inside the domain.
    level : float, optional
        What the string is to stay below: the higher end, unless given.
    depth, epochs, points, midpoint, margin, keep, rate, beads
        See `Search`.
    seed : int
        Taken so that all finders of paths are called alike; nothing here is drawn.
    tol : float or None
        Width of the certificate; None for no certificate.

    Raises
    ------
    TypeError, ValueError
        If the problem is exact, an end does not fit or lies above the level, or an option is
        out of its range.
    """
    search = Search(depth, epochs, points, midpoint, margin, keep, rate, beads)
    levels = None if level is None else [level]
    return sample_strings(problem, [(a, b)], levels, search, tol)[0]


def sample_strings(
    problem: Problem,
    pairs: Sequence[tuple[Network, Network]],
    levels: Sequence[float] | None = None,
    search: Search | None = None,
    tol: float | None = 1e-9,
    progress: Callable[[int], object] | None = None,
) -> list[StringSample]:
    """Grow one string for each pair of networks, all in one batch.

    Bit for bit what `sample_string` returns one by one. Memory holds every string: at most
    ``2**depth + 1`` networks each.

    Parameters
    ----------
    problem : Problem
    pairs : sequence of (Network, Network)
    levels : sequence of float, optional
        One for each pair; the higher end, unless given.
    search : Search, optional
    tol : float or None
    progress : callable, optional
        Called with a number of beads each time that many more are trained.

    Raises
    ------
    TypeError, ValueError
        As `sample_string`.
    """
    search = Search() if search is None else search
    with one_blas_thread():
        if levels is None:
            levels = [max(problem.value(a), problem.value(b)) for a, b in pairs]
        strings = [_start(problem, *pair, level) for pair, level in zip(pairs, levels, strict=True)]
        grow(problem, strings, search, progress)
        return list(map_threads(lambda string: _sample(problem, string, tol), strings, search.jobs))


def _start(problem: Problem, a: Network, b: Network, level: float) -> BeadString:
    check_float64(problem)
    problem.check(a, "a")
    problem.check(b, "b")
    Path((a, b))  # one width, one arithmetic
    higher_end = max(node_bounds(problem, node)[1] for node in (a, b))
    if higher_end > level:
        raise ValueError(f"level: found {level}, allowed is at least {higher_end}, an end's")
    return BeadString(problem, a, b, level)


def _sample(problem: Problem, string: BeadString, tol: float | None) -> StringSample:
    path, level, unresolved = Path(string.nodes), string.level, len(string.above)
    certificate = None if tol is None else certify(problem, path, tol, level=level)
    return StringSample(
        path=path,
        level=level,
        certificate=certificate,
        gap=None if certificate is None else certificate.rise(level),
        sampled_gap=max(0.0, string.highest - level),
        released_gap=string.smallest - level if unresolved else 0.0,
        beads=len(path.nodes) - 2,
        normalized_length=path.normalized_length(),
        depth=string.depth,
        trained=string.trained,
        unresolved=unresolved,
    )
