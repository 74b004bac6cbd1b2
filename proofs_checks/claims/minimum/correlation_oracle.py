"""D2. The oracle bounds the largest correlation from above, and attains it where exact.

With ``M = max over ||w|| <= 1 of |mean_j v_j relu(<w, x_j>)|`` and the oracle's answer (bound,
atom, exact)::

    |mean_j v_j relu(<w, x_j>)| <= M <= bound       for every w of the ball
    M = max over the cells of the circle            two inputs: compared with another computation
    correlation of the atom >= bound - rounding     where the answer says exact (up to three inputs)

**Direction:** tight.

**Source:** docs/theory/08-minimum.md, D2.

**Control:** a local search over the directions of the samples in place of the oracle.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from hypothesis import strategies as st

from proofs_checks.framework.cases import ProblemCase, Row, array
from proofs_checks.framework.claim import Claim, Control
from proofs_checks.framework.measurement import Measurement, at_least, at_most, worst
from proofs_checks.framework.rounding import gamma
from proofs_checks.framework.target import Target
from proofs_checks.strategies.general import (
    Draw,
    ball_rows,
    coefficients,
    pick,
    problems,
)
from proofs_checks.strategies.small import small_problems


@dataclass(frozen=True)
class Case:
    """Samples, one factor for each, and a row of the ball."""

    problem: ProblemCase
    v: Row
    row: Row


@st.composite
def cases(draw: Draw, **options: Any) -> Case:
    """Draw up to five samples of up to four inputs, any factors, any row."""
    sizes: dict[str, Any] = {"samples_at_most": 5, "inputs_at_most": 4, **options}
    problem = draw(problems(losses=("Absolute",), domains=("UnitBall",), **sizes))
    v = tuple(draw(coefficients()) for _ in problem.X)
    return Case(problem, v, draw(ball_rows(len(problem.X[0]), (), problem.X)))


def correlation(X: np.ndarray, v: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Return ``|mean_j v_j relu(<w, x_j>)|`` for rows (K, n)."""
    return np.abs(np.maximum(rows @ X.T, 0) @ v) / len(X)


def noise(X: np.ndarray, v: np.ndarray) -> float:
    """Bound the rounding of a correlation; also what the oracle's own rounding may add."""
    size = float((np.abs(v) * np.linalg.norm(X, axis=1)).sum()) / len(X)
    return 16 * gamma(len(X) + X.shape[1] + 8) * size


def circle_maximum(X: np.ndarray, v: np.ndarray) -> float:
    """Return M for two inputs: ends of all arcs, and the peak of each arc's linear function."""
    turned = np.concatenate([X[:, ::-1] * [1, -1], X[:, ::-1] * [-1, 1]])
    ends = turned[(turned != 0).any(axis=1)]
    if not len(ends):
        return 0.0
    ends = ends / np.linalg.norm(ends, axis=1, keepdims=True)
    ends = ends[np.argsort(np.arctan2(ends[:, 1], ends[:, 0]))]
    middles = ends + np.roll(ends, -1, axis=0)
    flat = np.linalg.norm(middles, axis=1) < 1e-9
    middles[flat] = ends[flat][:, ::-1] * [-1, 1]
    slopes = ((middles @ X.T > 0) * v) @ X
    slopes = slopes[(slopes != 0).any(axis=1)]
    peaks = slopes / np.linalg.norm(slopes, axis=1, keepdims=True)
    return float(correlation(X, v, np.concatenate([ends, peaks, -peaks])).max())


def build(target: Target, case: Case) -> tuple[Any, np.ndarray, np.ndarray]:
    """Return the target's problem in float64, the samples and the factors."""
    problem = case.problem.build(replace(target, exact=False, precise=False))
    return problem, array(case.problem.X, float), array(case.v, float)


def measure(target: Target, case: Case) -> Measurement:
    """Compare the bound with a row, with its atom, and with another computation of M."""
    problem, X, v = build(target, case)
    bound, atom, exact = target.max_correlation(problem, v)
    slack = noise(X, v)
    row = array((case.row,), float, inward=True)
    parts = [at_most(correlation(X, v, row)[0], bound, slack, "correlation of a row")]
    if exact:
        reached = correlation(X, v, np.asarray([atom], dtype=np.float64))[0]
        parts.append(at_least(reached + 2 * slack, bound, slack, "correlation of the atom"))
    if X.shape[1] == 2:
        parts.append(at_most(circle_maximum(X, v), bound, slack, "largest of all arcs"))
    return worst(*parts)


def local_search(target: Target, case: Case) -> Measurement:
    """Take the best of the samples' own directions for the largest correlation."""
    _, X, v = build(target, case)
    sizes = np.linalg.norm(X, axis=1, keepdims=True)
    rows = np.concatenate([X / np.maximum(sizes, 1e-300), -X / np.maximum(sizes, 1e-300)])
    bound = correlation(X, v, rows).max()
    row = array((case.row,), float, inward=True)
    return at_most(correlation(X, v, row)[0], bound, noise(X, v), "correlation of a row")


@st.composite
def small_plane(draw: Draw) -> Case:
    """Draw two samples of a plane, factors 1 and -1, and a row along an axis."""
    problem = draw(small_problems(inputs=2))
    row = draw(pick((1, 0), (0, 1), (-1, 0), (0, -1)))
    return Case(problem, (draw(pick(1, -1)), draw(pick(1, -1))), row)


CLAIM = Claim(
    id="D2",
    title="The oracle bounds the largest correlation from above, and attains it where exact",
    source="theory D2",
    direction="tight",
    cases=cases(),
    measure=measure,
    controls=(Control("an oracle, not a local search", small_plane(), local_search),),
    module=__name__,
    exact=False,
    examples=120,
)
