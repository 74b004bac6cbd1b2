"""Certified lower bounds of the barrier between two networks (claims C6 and C8).

A *separator* is a set that every path between the two ends must meet: where some continuous
quantity, of one sign at A and of the other at B, is 0. The objective on that set, minimised with
proof, is a level no path stays below.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from reference.barriers.one_coefficient import exact_ray_minimum, ray_minima
from reference.barriers.planar_separator import planar_infimum
from reference.certificate.rounding import gamma, node_bounds
from reference.minimum.dual_bound import conjugate_bound
from reference.model.exact_arithmetic import Array, Scalar, to_exact
from reference.model.network import Network, relu
from reference.model.problem import Problem


@dataclass(frozen=True)
class LowerBound:
    """No path between the two ends stays below ``value``; ``argument`` says why."""

    value: Scalar
    argument: str


def separation_bound(problem: Problem, a: Network, b: Network, tol: float = 1e-4) -> LowerBound:
    """Return the best certified level that every path from ``a`` to ``b`` reaches.

    Parameters
    ----------
    problem : Problem
        Separators other than the ends need rows in the unit ball and ``kappa > 0``; those of
        two inputs, float64 too.
    a, b : Network
        Of equal width, inside the domain.
    tol : float, optional
        How far below the best level, in units of ``F(0)``, the searches over directions may stop.

    Returns
    -------
    LowerBound
        Rounded down, so true in exact arithmetic at the stored networks; at least the higher end
        up to rounding, which every path contains.

    Raises
    ------
    ValueError
        If a network does not fit the problem or the widths differ.
    """
    _check(problem, a, b)
    ends = max(node_bounds(problem, end)[1] for end in (a, b))
    found = [LowerBound(ends, "every path contains its ends")]
    if problem.domain.bounded_rows and problem.kappa > 0:
        for separator in (one_input, single_neuron, coefficient_signs, determinant):
            bound = separator(problem, a, b, tol)
            if bound is not None:
                found.append(bound)
    return max(found, key=lambda bound: bound.value)


def exact_barrier(problem: Problem, a: Network, b: Network) -> Scalar:
    """Return the barrier above the higher end for one input, exactly (claim C6).

    A ``Fraction`` in exact arithmetic. In float64 a number at most the true barrier, below it by
    no more than rounding and bisection.

    Raises
    ------
    ValueError
        If there is more than one input, the domain is not the unit ball, ``kappa`` is 0, or a
        network does not fit.
    """
    _check(problem, a, b)
    if problem.inputs != 1 or not problem.domain.bounded_rows:
        raise ValueError(
            f"problem: found {problem.inputs} inputs in the {problem.domain.name} domain, allowed "
            "is one input in the unit-ball domain"
        )
    problem.penalty_weight("C6")
    level = _one_input_level(problem, a, b, certified=not problem.is_exact)
    higher = max(node_bounds(problem, end)[0] for end in (a, b))
    return max(level - higher, 0 * higher) if level is not None else 0 * higher


def one_input(problem: Problem, a: Network, b: Network, tol: float) -> LowerBound | None:
    """Claim C6: with one input, to turn a row round a path must give up its ray."""
    if problem.inputs != 1:
        return None
    level = _one_input_level(problem, a, b, certified=True)
    if level is None:
        return None
    lost = "the zero network" if a.width == 1 else "a single ray"
    return LowerBound(level, f"C6: rows of opposite signs cannot be exchanged without {lost}")


def single_neuron(problem: Problem, a: Network, b: Network, tol: float) -> LowerBound | None:
    """One neuron whose coefficient changes sign: the path meets the zero network."""
    if a.width != 1 or not a.theta[0] * b.theta[0] < 0:
        return None
    return LowerBound(_zero_level(problem), "the only coefficient changes sign, through 0")


def coefficient_signs(problem: Problem, a: Network, b: Network, tol: float) -> LowerBound | None:
    """Two neurons, one coefficient changes sign: where it is 0 a single neuron is left."""
    if not _planar(problem, a) or not (a.theta * b.theta < 0).any():
        return None
    level = planar_infimum(problem, (1,), tol).lower
    return LowerBound(level, "a coefficient changes sign, and at 0 a single neuron is left")


def determinant(problem: Problem, a: Network, b: Network, tol: float) -> LowerBound | None:
    """Claim C8: if ``det W`` changes sign, a path meets rows on one line."""
    if not _planar(problem, a) or not _determinant(a) * _determinant(b) < 0:
        return None
    level = planar_infimum(problem, (1, -1), tol).lower
    return LowerBound(level, "C8: det W changes sign, and at 0 the rows lie on one line")


def ray_levels(problem: Problem, certified: bool) -> tuple[Scalar, Scalar]:
    """Return ``e_plus`` and ``e_minus``, the best objectives of one ray, for one input.

    Exact in exact arithmetic; in float64 attained values, or proven lower bounds if ``certified``.
    """
    H = np.stack([relu(problem.X[:, 0]), relu(-problem.X[:, 0])])
    if problem.is_exact:
        return exact_ray_minimum(problem, H[0]), exact_ray_minimum(problem, H[1])
    values, _, V = ray_minima(problem, H)
    if certified:
        values = np.array([_ray_bound(problem, h, v) for h, v in zip(H, V, strict=True)])
    return float(values[0]), float(values[1])


def _ray_bound(problem: Problem, h: Array, v: Array) -> float:
    """Bound the minimum over one coefficient from below by the slopes ``v`` (claim D1)."""
    low, high = problem.loss.dual_interval(problem.y)
    v = np.clip(v, low, high)
    size = float((np.abs(v) * h).mean())
    correlation = abs(float((v * h).mean())) + (len(h) + 8) * np.finfo(np.float64).eps * size
    return conjugate_bound(problem, v * min(1.0, problem.kappa / max(correlation, 1e-300)))


def _one_input_level(problem: Problem, a: Network, b: Network, certified: bool) -> Scalar | None:
    """Return the level of claim C6 for the sign patterns of the ends; None if none separates."""
    start, end = (_pattern(net) for net in (a, b))
    opposite = (start * end < 0).all()
    if a.width == 1 and opposite:
        return _zero_level(problem) if certified else problem.zero_value
    if a.width == 2 and opposite and start[0] * start[1] < 0:
        return min(ray_levels(problem, certified))
    return None


def _pattern(network: Network) -> Array:
    """Return the sign of each row; 0, either sign, where the row or its coefficient is 0."""
    return np.array(np.sign(network.W[:, 0]) * (network.theta != 0), dtype=int)


def _determinant(network: Network) -> Fraction:
    W = to_exact(network.W)
    return W[0, 0] * W[1, 1] - W[0, 1] * W[1, 0]


def _zero_level(problem: Problem) -> Scalar:
    """Return ``F(0)``, rounded down unless exact: a mean of losses of relative error 32 u."""
    value = problem.zero_value
    return value if problem.is_exact else float(value) * (1 - gamma(problem.samples + 64))


def _planar(problem: Problem, a: Network) -> bool:
    """Whether the search over directions applies: two inputs and neurons, in float64."""
    return problem.inputs == 2 and a.width == 2 and not problem.is_exact


def _check(problem: Problem, a: Network, b: Network) -> None:
    problem.check(a, "a")
    problem.check(b, "b")
    if a.width != b.width:
        raise ValueError(f"b: found width {b.width}, allowed is that of a, {a.width}")
