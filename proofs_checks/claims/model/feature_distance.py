"""M5. A row moves, its feature moves no faster.

For all rows a, b (no norm bound is needed)::

    |relu(<a, x_j>) - relu(<b, x_j>)| <= |<a - b, x_j>|         sample by sample
    mean_j |relu(<a, x_j>) - relu(<b, x_j>)| <= D ||a - b||

**Direction:** tight. Samplewise equality where both rows are active; in the mean for one sample
with a, b nonnegative multiples of it.

**Source:** docs/theory/02-calculus.md, M5.

**Controls:** D replaced by D/2; an activation that is not 1-Lipschitz (``relu(u)**2``).
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from hypothesis import strategies as st

from proofs_checks.framework.cases import ANY_LOSS, ProblemCase, Weights
from proofs_checks.framework.claim import Claim, Control
from proofs_checks.framework.exact import norm_above
from proofs_checks.framework.measurement import Measurement, at_most, equal, worst
from proofs_checks.framework.rounding import UNIT, gamma
from proofs_checks.framework.target import Target
from proofs_checks.ground_truth.constants import feature_scale, stated_scale
from proofs_checks.strategies.general import SMALL_DATA, Draw, networks, pick, problems


@dataclass(frozen=True)
class Case:
    """Data, and the two rows of one network, multiplied by a factor."""

    problem: ProblemCase
    rows: Weights
    factor: int


@st.composite
def cases(draw: Draw, **options: Any) -> Case:
    """Draw two rows in any position to each other and to the samples."""
    problem = draw(problems(**{"losses": ANY_LOSS, "domains": ("UnitBall",), **options}))
    return Case(problem, draw(networks(problem, width=2)), draw(pick(1, 3)))


def features(target: Target, case: Case) -> tuple[Any, Any, Any, Any]:
    """Return the target's problem, both rows and their features (N, 2)."""
    problem, network = case.problem.build(target), case.problem.network(target, case.rows)
    W = case.factor * network.W
    return problem, W[0], W[1], target.Network(W, network.theta).features(problem.X)


def measure(target: Target, case: Case) -> Measurement:
    """Compare samplewise and in the mean, and the scale that the target states."""
    problem = features(target, case)[0]
    return worst(movement(target, case, feature_scale(problem.X)), stated_scale(problem))


def movement(target: Target, case: Case, scale: Any) -> Measurement:
    """Compare samplewise, and in the mean with a scale."""
    problem, a, b, Z = features(target, case)
    exact = problem.X.dtype == object
    moved, reach = abs(Z[:, 0] - Z[:, 1]), abs(problem.X @ (a - b))
    size = np.abs(problem.X) @ (np.abs(a) + np.abs(b))
    noise = 0 * moved if exact else 2 * gamma(len(a) + 2) * size
    parts = [at_most(moved[j], reach[j], noise[j], "samplewise") for j in range(len(moved))]
    both = (Z > 0).all(axis=1)
    parts += [equal(moved[j], reach[j], noise[j], "both active") for j in np.flatnonzero(both)]
    mean = moved.sum() / len(moved)
    bound = scale * distance(a, b)
    parts.append(at_most(mean, bound, 0 if exact else mean_rounding(problem, a, b, noise), "mean"))
    return worst(*parts)


def distance(a: np.ndarray, b: np.ndarray) -> Any:
    """Return ``||a - b||``, in exact arithmetic a rational just above."""
    return norm_above(a - b) if a.dtype == object else float(np.linalg.norm(a - b))


def mean_rounding(problem: Any, a: np.ndarray, b: np.ndarray, noise: np.ndarray) -> float:
    """Bound the rounding of both sides; the eigenvalue errs by ``n**2`` ulps of the trace."""
    trace = float((problem.X**2).sum() / len(problem.X))
    ulps = (len(a) ** 2 + len(problem.X) + 8) * UNIT
    return float(noise.mean()) + ulps * np.sqrt(trace) * float(np.abs(a).sum() + np.abs(b).sum())


def halved_scale(target: Target, case: Case) -> Measurement:
    """Replace D by D/2."""
    problem, a, b, Z = features(target, case)
    mean = abs(Z[:, 0] - Z[:, 1]).sum() / len(Z)
    return at_most(mean, feature_scale(problem.X) * distance(a, b) / 2, 0, "mean, D/2")


def squared_activation(target: Target, case: Case) -> Measurement:
    """Replace the ReLU by its square."""
    problem, a, b, Z = features(target, case)
    mean = abs(Z[:, 0] ** 2 - Z[:, 1] ** 2).sum() / len(Z)
    return at_most(
        mean, feature_scale(problem.X) * distance(a, b), Fraction(0), "mean, squared ReLU"
    )


CLAIM = Claim(
    id="M5",
    title="A row moves, its feature moves no faster",
    source="theory M5",
    direction="tight",
    cases=cases(),
    measure=measure,
    controls=(
        Control("D is the feature scale (D/2)", cases(**SMALL_DATA), halved_scale),
        Control("a 1-Lipschitz activation (squared ReLU)", cases(**SMALL_DATA), squared_activation),
    ),
    module=__name__,
)
