"""Paths made to break certificates, and the magnitudes at which they are tried.

Every family returns networks of ordinary size; `Magnitudes` then multiplies data and parameters
by powers of two drawn from all that a `Problem` and a `Network` accept: data from 2**-500 to
2**500, parameters from the smallest subnormal number to 2**500.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from reference import Network, NormalizedWeights
from reference.model.domain import Domain

DATA = 492  # draws have sizes from 2**-7 to 2**8, and data stay between 2**-500 and 2**500
SUBNORMAL, LARGE = -1074, 460  # exponents of parameters; uneven ones are 2**30 times as large
PREDICTION = 460  # predictions up to 2**480 are accepted; sums of a few draws need room


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


Family = Callable[[np.random.Generator, int, int], list[Network]]
FAMILIES: tuple[Family, ...] = (
    gaussian,
    cancelling,
    uneven,
    mirrored,
    lattice,
    nearby,
    vanishing,
)


@dataclass(frozen=True)
class Magnitudes:
    """Exponents of two for the samples, targets, penalty weight, rows and coefficients."""

    regime: str = "ordinary"
    x: int = 0
    y: int = 0
    kappa: int = 0
    row: int = 0
    coefficient: int = 0
    bare: bool = False  # targets and penalty weight 0, so that nothing hides small predictions

    def scaled(self, node: Network) -> Network:
        """Return a network at these magnitudes; what is too small becomes subnormal or 0."""
        return Network(np.ldexp(node.W, self.row), np.ldexp(node.theta, self.coefficient))


def ordinary(rng: np.random.Generator) -> Magnitudes:
    """Everything of order one."""
    return Magnitudes()


def balanced(rng: np.random.Generator) -> Magnitudes:
    """Extreme factors whose products meet the targets and the penalty at one size."""
    x = int(rng.integers(-DATA, DATA + 1))
    row = int(rng.integers(SUBNORMAL, LARGE + 1))
    prediction = int(rng.integers(-DATA, PREDICTION - 60))
    coefficient = int(np.clip(prediction - x - row, SUBNORMAL, LARGE))
    prediction = min(x + row + coefficient, PREDICTION - 60)
    coefficient = prediction - x - row
    y = int(np.clip(prediction, -DATA, DATA))
    kappa = int(np.clip(prediction - coefficient, -DATA, DATA))
    return Magnitudes("balanced", x, y, kappa, row, coefficient)


def unrelated(rng: np.random.Generator) -> Magnitudes:
    """Each magnitude anywhere in its range, the coefficients as far as predictions allow."""
    x, y, kappa = (int(k) for k in rng.integers(-DATA, DATA + 1, size=3))
    row = int(rng.integers(SUBNORMAL, LARGE + 1))
    largest = min(LARGE, PREDICTION - 60 - x - row)
    coefficient = int(rng.integers(SUBNORMAL, max(largest, SUBNORMAL) + 1))
    return Magnitudes("unrelated", x, y, kappa, row, coefficient)


def underflowing(rng: np.random.Generator) -> Magnitudes:
    """Products of samples and rows among the subnormal numbers, large coefficients, no target."""
    x = int(rng.integers(-DATA, 0))
    row = int(rng.integers(-1074, -1040)) - x
    coefficient = int(rng.integers(-100, LARGE + 1))
    return Magnitudes("underflowing", x, row=row, coefficient=coefficient, bare=True)


REGIMES: tuple[Callable[[np.random.Generator], Magnitudes], ...] = (
    ordinary,
    balanced,
    unrelated,
    underflowing,
)
NO_SCALING = Magnitudes()


def moved_inside(domain: Domain, nodes: list[Network], row: int) -> list[Network]:
    """Return the networks with every row moved into the domain, the constant neuron added.

    Where rows are of size ``2**row``, the coefficient of that neuron makes up for its norm 1.
    """
    moved = []
    for node in nodes:
        W, theta = node.W.copy(), node.theta.copy()
        if isinstance(domain, NormalizedWeights):
            W[-1], theta[-1] = domain.constant_row(node.inputs), np.ldexp(theta[-1], min(row, 0))
        moved.append(Network(domain.project(W), theta))
    return moved
