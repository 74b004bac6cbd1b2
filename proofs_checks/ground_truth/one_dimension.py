"""Exact ground truth for one input: ray minima and barriers, computed apart from any target.

A network of one input is ``p relu(x) + q relu(-x)``. Its objective is at least
``E(p, q) = mean_j L(y_j, .) + kappa (|p| + |q|)``, which splits into a function of ``p`` and one of
``q``, both convex and piecewise quadratic for every rational loss: their minima are rational.
Claim C6 turns them into the barrier between any two networks.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from proofs_checks.framework.cases import ProblemCase, Rational, Weights


@dataclass(frozen=True)
class RayMinima:
    """Least objectives with no ray, one of them, or both; ``both`` is the limit ``e_inf``.

    ``p`` and ``q`` are the best coefficients of ``relu(x)`` and ``relu(-x)``.
    """

    none: Fraction
    plus: Fraction
    minus: Fraction
    both: Fraction
    p: Fraction
    q: Fraction

    @property
    def one(self) -> Fraction:
        """The least objective of width 1, ``e(1)``."""
        return min(self.plus, self.minus)


def ray_minima(problem: ProblemCase) -> RayMinima:
    """Return the exact minima of a problem with one input and a rational loss."""
    zero = Fraction(0)
    p, q = (_best_coefficient(problem, side) for side in (1, -1))
    pairs = ((zero, zero), (p, zero), (zero, q), (p, q))
    none, plus, minus, both = (_objective(problem, *pair) for pair in pairs)
    return RayMinima(none, plus, minus, both, p, q)


def value(problem: ProblemCase, network: Weights) -> Fraction:
    """Return ``F`` of a network with one input."""
    p, q, mass = Fraction(0), Fraction(0), Fraction(0)
    for (w,), c in zip(network.W, network.theta, strict=True):
        p += c * max(w, 0)
        q += c * max(-w, 0)
        mass += abs(Fraction(c))
    return _objective(problem, p, q) + problem.kappa * (mass - abs(p) - abs(q))


def barrier(problem: ProblemCase, a: Weights, b: Weights) -> Fraction:
    """Return the exact rise above the higher end that no path can avoid (claim C6)."""
    if a.width > 2:
        return Fraction(0)
    rays = ray_minima(problem)
    higher = max(value(problem, a), value(problem, b))
    if a.width == 1:
        forced = not _signs(a)[0] & _signs(b)[0]
        return max(rays.none - higher, Fraction(0)) if forced else Fraction(0)
    (a1, a2), (b1, b2) = _signs(a), _signs(b)
    forced = not a1 & a2 and not a1 & b1 and not a2 & b2
    return max(rays.one - higher, Fraction(0)) if forced else Fraction(0)


def loss_value(problem: ProblemCase, y: Rational, f: Fraction) -> Fraction:
    """Return ``L(y, f)`` from its definition."""
    r, constant = f - y, Fraction(problem.constant or 0)
    if problem.loss == "Hinge":
        return max(Fraction(0), 1 - y * f)
    if problem.loss == "Pinball":
        return max(-constant * r, (1 - constant) * r)
    if problem.loss == "Huber":
        return r * r / 2 if abs(r) <= constant else constant * (abs(r) - constant / 2)
    return {"Absolute": abs(r), "HalfSquared": r * r / 2, "Squared": r * r}[problem.loss]


def _signs(network: Weights) -> list[set[int]]:
    """Return, neuron by neuron, the signs its row counts as; both where nothing is carried."""
    return [
        {1, -1} if w * c == 0 else {1 if w > 0 else -1}
        for (w,), c in zip(network.W, network.theta, strict=True)
    ]


def _objective(problem: ProblemCase, p: Fraction, q: Fraction) -> Fraction:
    losses = [
        loss_value(problem, y, p * max(x, 0) + q * max(-x, 0))
        for (x,), y in zip(problem.X, problem.y, strict=True)
    ]
    return Fraction(sum(losses)) / len(losses) + problem.kappa * (abs(p) + abs(q))


def _best_coefficient(problem: ProblemCase, side: int) -> Fraction:
    """Return the best coefficient of ``relu(side x)``; the other one does not matter."""
    bends = {Fraction(0)}
    for (x,), y in zip(problem.X, problem.y, strict=True):
        if side * x > 0:
            bends |= {Fraction(bend) / (side * x) for bend in _bends(problem, y)}
    zero = Fraction(0)
    if side > 0:
        return _argmin(lambda p: _objective(problem, p, zero), sorted(bends))
    return _argmin(lambda q: _objective(problem, zero, q), sorted(bends))


def _bends(problem: ProblemCase, y: Rational) -> tuple[Rational, ...]:
    """Return where ``L(y, .)`` changes from one polynomial to another."""
    if problem.loss == "Hinge":
        return (1 / Fraction(y),)
    if problem.loss == "Huber":
        return (y - (problem.constant or 0), y + (problem.constant or 0))
    return () if "Squared" in problem.loss else (y,)


def _argmin(function: Callable[[Fraction], Fraction], bends: list[Fraction]) -> Fraction:
    """Return a minimiser of a convex function that is a quadratic between the ``bends``."""
    pieces = [(bends[0] - 1, bends[0]), *pairwise(bends)]
    pieces.append((bends[-1], bends[-1] + 1))
    candidates = list(bends)
    for k, (low, high) in enumerate(pieces):
        middle = (low + high) / 2
        left, centre, right = map(function, (low, middle, high))
        curvature = left - 2 * centre + right
        if curvature > 0:
            vertex = middle - (high - low) / 4 * (right - left) / curvature
            if (vertex >= low or k == 0) and (vertex <= high or k == len(pieces) - 1):
                candidates.append(vertex)
    return min(candidates, key=function)
