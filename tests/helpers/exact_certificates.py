"""Compare float64 certificates with exact arithmetic, many times over, on paths made to break them.

``python -m helpers.exact_certificates [comparisons] [seed]``, with ``tests`` on the path, exits
with 1 if one comparison fails. A comparison is ``F(t) <= upper`` at a rational time of a segment,
``F(argmax) >= lower``, or ``lower <= F <= upper`` at a node, both sides exact.
"""

from __future__ import annotations

import sys
import warnings
from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise

import numpy as np

from helpers.extreme_paths import (
    FAMILIES,
    NO_SCALING,
    REGIMES,
    Magnitudes,
    lattice,
    mirrored,
    moved_inside,
)
from reference import (
    Absolute,
    HalfSquared,
    Hinge,
    Huber,
    NormalizedWeights,
    Path,
    Pinball,
    Problem,
    Squared,
    UnitBall,
    certify,
)
from reference.model.losses import Loss
from reference.model.network import relu

LOSSES = (Absolute(), Hinge(), Huber(0.25), Pinball(0.3), HalfSquared(), Squared())
TOLERANCES = (1e-3, 1e-6, 1e-9, 1e-10)
CROWDED = 48  # samples and neurons of a path with thousands of kinks at one time
KINKS = 24  # of more kinks of one segment than these, evenly many are taken


def random_case(
    rng: np.random.Generator, size: Magnitudes = NO_SCALING, crowded: float = 0
) -> tuple[Problem, Path, str]:
    """Draw a problem, a path and the name of its family, of given magnitudes.

    ``crowded`` is the share of mirrored paths that have thousands of kinks at one time.
    """
    family = FAMILIES[rng.integers(len(FAMILIES))]
    domain = (UnitBall(), NormalizedWeights())[rng.integers(2)]
    samples, m, n = (int(number) for number in rng.integers(1, 5, size=3))
    if family is mirrored and rng.random() < crowded:
        samples = m = CROWDED
    X = rng.integers(-2, 3, size=(samples, n)) if family is lattice else draws(rng, (samples, n))
    loss, y = targets(rng, samples, family is lattice, size.y)
    kappa = abs(np.ldexp(draws(rng, ()), size.kappa)) / 8 * (rng.random() < 0.9)
    if size.bare:
        y, kappa = (y if loss.labels else 0 * y), 0.0
    problem = Problem(np.ldexp(X.astype(float), size.x), y, loss, kappa, domain)
    nodes = [size.scaled(node) for node in family(rng, m, n)]
    if rng.random() < 0.5:
        nodes = moved_inside(domain, nodes, size.row)
        for node in nodes:
            problem.check(node)
    return problem, Path(nodes), family.__name__


def targets(
    rng: np.random.Generator, samples: int, whole: bool, exponent: int
) -> tuple[Loss, np.ndarray]:
    """Draw a loss, its constant at the magnitude of the targets, and targets it allows."""
    loss = LOSSES[rng.integers(len(LOSSES))]
    y = np.ldexp(draws(rng, samples), exponent)
    if isinstance(loss, Hinge):
        return loss, np.where(y > 0, 1.0, -1.0)
    if isinstance(loss, Huber) and rng.random() < 0.5:
        loss = Huber(float(np.ldexp(loss.delta, exponent)))
    return loss, np.round(y) if whole and exponent == 0 else y


def draws(rng: np.random.Generator, shape: int | tuple[int, ...]) -> np.ndarray:
    """Draw normal numbers, none so small that a scaled one leaves the allowed magnitudes."""
    numbers = np.asarray(rng.normal(size=shape))
    return np.where(np.abs(numbers) < 2.0**-4, 1.0, numbers)


def exact_values(
    problem: Problem, path: Path, extra: tuple[int, Fraction]
) -> Iterator[tuple[int, Fraction, Fraction]]:
    """Yield (segment, time, exact value) at kinks, between kinks, and at an extra place."""
    problem = problem.exact()
    for k, (a, b) in enumerate(path.segments):
        a, b = a.exact(), b.exact()
        U, V = problem.X @ a.W.T, problem.X @ b.W.T
        pairs = [*zip(U.ravel(), V.ravel(), strict=True), *zip(a.theta, b.theta, strict=True)]
        kinks = sorted({Fraction(u, u - v) for u, v in pairs if (u > 0) != (v > 0)})
        thinned = kinks[:: 1 + len(kinks) // KINKS]
        marks = sorted({Fraction(0), *thinned, Fraction(1)})
        between = [(s + t) / 2 for s, t in pairwise(marks)]
        near = [extra[1]] if k == extra[0] else []
        for t in {*marks, *between, *near, *(Fraction(step, 7) for step in range(8))}:
            theta = (1 - t) * a.theta + t * b.theta
            f = relu((1 - t) * U + t * V) @ theta
            yield k, t, problem.objective(theta, f)


def check_case(problem: Problem, path: Path, case: str, tol: float, max_evaluations: int) -> int:
    """Compare one certificate with exact values; return how many comparisons were made."""
    certificate = certify(problem, path, tol=tol, max_evaluations=max_evaluations)
    exact = problem.exact()
    place = (certificate.argmax[0], Fraction(float(certificate.argmax[1])))
    upper, lower = Fraction(certificate.upper), Fraction(certificate.lower)
    made = 0
    for node, high, low in zip(
        path.nodes, certificate.node_upper, certificate.node_lower, strict=True
    ):
        value = exact.value(node.exact())
        assert value <= Fraction(high) <= upper, f"{case}: F exceeds the bound of a node"
        assert value >= Fraction(low), f"{case}: lower is not attained at a node"
        made += 1
    for k, t, value in exact_values(problem, path, place):
        for bound in (upper, Fraction(certificate.segments[k].upper)):
            assert value <= bound, f"{case}, segment {k}, t = {t}: F exceeds its bound"
        assert (k, t) != place or value >= lower, f"{case}, segment {k}: lower is not attained"
        made += 1
    return made


def compare(comparisons: int, seed: int = 0) -> Counter[str]:
    """Make at least so many comparisons and count them by family and by magnitudes.

    Raises
    ------
    AssertionError
        If a certificate is wrong, with the case that shows it.
    """
    rng = np.random.default_rng(seed)
    counts: Counter[str] = Counter()
    while counts.total() < 2 * comparisons:
        size = REGIMES[rng.integers(len(REGIMES))](rng)
        problem, path, family = random_case(rng, size, crowded=1 / 64)
        case = f"{family}, {size}, {problem.loss}, {problem.domain.name}"
        tol, budget = TOLERANCES[rng.integers(len(TOLERANCES))], int(rng.integers(8, 400))
        made = check_case(problem, path, case, tol, budget)
        counts[family] += made
        counts[size.regime] += made
    return counts


if __name__ == "__main__":
    warnings.simplefilter("error")
    wanted = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    try:
        made = compare(wanted, seed=int(sys.argv[2]) if len(sys.argv) > 2 else 0)
    except AssertionError as wrong:
        sys.exit(f"refuted: {wrong}")
    print(f"{made.total() // 2} exact comparisons hold: {dict(made)}")
