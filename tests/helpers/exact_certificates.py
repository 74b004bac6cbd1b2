"""Compare float64 certificates with exact arithmetic, many times over, on paths made to break them.

Run as a script, ``python tests/helpers/exact_certificates.py [comparisons] [seed]``: it exits with
1 if one comparison fails. A comparison is ``F(t) <= upper`` at a rational time of a segment, or
``F(argmax) >= lower``, both sides exact.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from fractions import Fraction
from itertools import pairwise

import numpy as np

from reference import (
    Absolute,
    HalfSquared,
    Hinge,
    Huber,
    Network,
    NormalizedWeights,
    Path,
    Pinball,
    Problem,
    Squared,
    UnitBall,
    certify,
)
from reference.model.network import relu

LOSSES = (Absolute(), Hinge(), Huber(0.25), Pinball(0.3), HalfSquared(), Squared())
TOLERANCES = (1e-3, 1e-6, 1e-9, 1e-10)


def gaussian(rng: np.random.Generator, m: int, n: int) -> list[Network]:
    """Three independent networks: two segments with kinks everywhere."""
    return [Network(rng.normal(size=(m, n)), rng.normal(size=m)) for _ in range(3)]


def cancelling(rng: np.random.Generator, m: int, n: int) -> list[Network]:
    """Pairs of nearly equal rows with coefficients of 1e8 and opposite sign."""
    nodes = []
    for node in gaussian(rng, m, n):
        W = np.repeat(node.W, 2, axis=0) + 1e-9 * rng.normal(size=(2 * m, n))
        theta = np.repeat(node.theta, 2) * np.tile([1e8, -1e8], m)
        nodes.append(Network(W, theta))
    return nodes


def uneven(rng: np.random.Generator, m: int, n: int) -> list[Network]:
    """Rows and coefficients of sizes from 1e-12 to 1e8."""
    sizes = 10.0 ** rng.integers(-12, 9, size=(3, m))
    return [
        Network(node.W / size[:, None] / 1e3, node.theta * size)
        for node, size in zip(gaussian(rng, m, n), sizes, strict=True)
    ]


def mirrored(rng: np.random.Generator, m: int, n: int) -> list[Network]:
    """Rows that turn into their opposites: every pair has its kink at t = 1/2."""
    a, b, _ = gaussian(rng, m, n)
    return [a, Network(-a.W, a.theta), Network(a.W, b.theta)]


def lattice(rng: np.random.Generator, m: int, n: int) -> list[Network]:
    """Small integers: zero rows, duplicates, samples exactly on kinks, repeated nodes."""
    draw = [
        Network(rng.integers(-1, 2, size=(m, n)), rng.integers(-1, 2, size=m)) for _ in range(3)
    ]
    return [draw[0], draw[0], draw[1], Network(draw[1].W, draw[2].theta), draw[2]]


def nearby(rng: np.random.Generator, m: int, n: int) -> list[Network]:
    """Nodes one rounding apart, and one that almost returns."""
    a = gaussian(rng, m, n)[0]
    b = Network(np.nextafter(a.W, 2.0), np.nextafter(a.theta, -2.0))
    c = Network(a.W + 1e-7 * rng.normal(size=(m, n)), a.theta)
    return [a, b, c, a]


def vanishing(rng: np.random.Generator, m: int, n: int) -> list[Network]:
    """Rows so small that products underflow."""
    return [Network(node.W * 1e-300, node.theta * 1e5) for node in gaussian(rng, m, n)]


FAMILIES: tuple[Callable[[np.random.Generator, int, int], list[Network]], ...] = (
    gaussian,
    cancelling,
    uneven,
    mirrored,
    lattice,
    nearby,
    vanishing,
)


def random_case(rng: np.random.Generator) -> tuple[Problem, Path, str]:
    """Draw a problem, a path and the name of its family."""
    family = FAMILIES[rng.integers(len(FAMILIES))]
    samples, m, n = (int(size) for size in rng.integers(1, 5, size=3))
    loss = LOSSES[rng.integers(len(LOSSES))]
    X = (
        rng.integers(-2, 3, size=(samples, n))
        if family is lattice
        else rng.normal(size=(samples, n))
    )
    y = rng.normal(size=samples)
    if isinstance(loss, Hinge):
        y = np.where(y > 0, 1.0, -1.0)
    elif family is lattice:
        y = np.round(y)
    domain = (UnitBall(), NormalizedWeights())[rng.integers(2)]
    problem = Problem(X, y, loss, abs(rng.normal()) / 10, domain)
    return problem, Path(family(rng, m, n)), family.__name__


def exact_values(problem: Problem, path: Path, extra: tuple[int, Fraction]) -> Iterator[tuple]:
    """Yield (segment, time, exact value) at every kink, between kinks, and at an extra place."""
    problem = problem.exact()
    for k, (a, b) in enumerate(path.segments):
        a, b = a.exact(), b.exact()
        U, V = problem.X @ a.W.T, problem.X @ b.W.T
        pairs = [*zip(U.ravel(), V.ravel(), strict=True), *zip(a.theta, b.theta, strict=True)]
        kinks = sorted({Fraction(u, u - v) for u, v in pairs if (u > 0) != (v > 0)})
        marks = sorted({Fraction(0), *kinks, Fraction(1)})
        between = [(s + t) / 2 for s, t in pairwise(marks)]
        near = [extra[1]] if k == extra[0] else []
        for t in {*marks, *between, *near, *(Fraction(step, 7) for step in range(8))}:
            theta = (1 - t) * a.theta + t * b.theta
            f = relu((1 - t) * U + t * V) @ theta
            yield k, t, problem.objective(theta, f)


def compare(comparisons: int, seed: int = 0) -> dict[str, int]:
    """Make at least so many comparisons and return how many each family of paths took.

    Raises
    ------
    AssertionError
        If a certificate is wrong, with the case that shows it.
    """
    rng = np.random.default_rng(seed)
    counts = dict.fromkeys((family.__name__ for family in FAMILIES), 0)
    while sum(counts.values()) < comparisons:
        problem, path, family = random_case(rng)
        tol = TOLERANCES[rng.integers(len(TOLERANCES))]
        certificate = certify(problem, path, tol=tol, max_evaluations=int(rng.integers(8, 400)))
        place = (certificate.argmax[0], Fraction(float(certificate.argmax[1])))
        upper, lower = Fraction(certificate.upper), Fraction(certificate.lower)
        for k, t, value in exact_values(problem, path, place):
            case = f"{family}, {problem.loss}, segment {k}, t = {t}"
            for bound in (upper, Fraction(certificate.segments[k].upper)):
                assert value <= bound, f"{case}: F exceeds its bound by {float(value - bound)}"
            assert (k, t) != place or value >= lower, f"{case}: lower is not attained"
            counts[family] += 1
    return counts


if __name__ == "__main__":
    wanted = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    try:
        made = compare(wanted, seed=int(sys.argv[2]) if len(sys.argv) > 2 else 0)
    except AssertionError as wrong:
        sys.exit(f"refuted: {wrong}")
    print(f"{sum(made.values())} exact comparisons hold: {made}")
