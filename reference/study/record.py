"""One row of a run: what one path finder did for one pair of networks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Record:
    """What one path finder did for one pair of networks.

    Attributes
    ----------
    key : str
        SHA-256 of the task; `code` is the version of the code that did it.
    problem, fingerprint : str
        The problem's label and `Problem.fingerprint`.
    width, rule, finder : int, str, str
    first, second : int
        Which networks of the pool.
    level, first_value, second_value : float
    lower, upper : float
        Certified bounds of the largest objective on the path.
    level_lower, level_upper : float
        Certified bounds of the barrier above the level (the thickening).
    end_lower, end_upper : float
        The same above the higher end ([B26]'s energy gap).
    chord_lower, chord_upper : float
        The same above the chord of the ends, along the path's own length.
    released : float or None
        The estimate of [B26]'s released code, for strings only (claim S3).
    beads, normalized_length, evaluations : int, float, int
        Nodes between the ends; length over distance of the ends; of the certificate.
    depth, trained, unresolved : int or None
        Of strings: deepest recursion, midpoints trained, segments still above the level.
    method : str
        How the path was made.
    environment : str
        The versions of NumPy, SciPy and BLAS, and the BLAS kernel, that computed the record.
    path : str or None
        Its file, relative to the run's folder.
    block : int
        Pairs of different blocks share no network. The plan of the study says which, not the row:
        it depends on the other pairs.
    """

    key: str
    code: str
    problem: str
    fingerprint: str
    width: int
    rule: str
    finder: str
    first: int
    second: int
    level: float
    first_value: float
    second_value: float
    lower: float
    upper: float
    level_lower: float
    level_upper: float
    end_lower: float
    end_upper: float
    chord_lower: float
    chord_upper: float
    released: float | None
    beads: int
    normalized_length: float
    evaluations: int
    depth: int | None
    trained: int | None
    unresolved: int | None
    method: str
    environment: str
    path: str | None
    block: int


@dataclass(frozen=True, eq=False)
class Measured:
    """A record, the seconds it took, and the arrays of its certificate file if it is kept."""

    record: Record
    seconds: float
    certificate: dict[str, Any] | None


@dataclass(frozen=True)
class PoolRecord:
    """What is known of a trained pool of networks.

    Attributes
    ----------
    problem, width : str, int
    mean, lowest : float
        Of the networks' objectives.
    seconds : float
        Spent on training.
    file : str
        Name of the pool's file, which says how it was trained.
    digest : str
        Of the networks' bits; see `environment.array_digest`.
    environment : str
        What it was trained with.
    """

    problem: str
    width: int
    mean: float
    lowest: float
    seconds: float
    file: str
    digest: str
    environment: str
