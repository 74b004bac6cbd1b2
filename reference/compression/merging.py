"""Merging neurons whose rows are close (claims K1, K2, K3).

A cluster ``Q`` is merged onto one of its rows ``i0``: the coefficients are added, with sign, and
the other neurons fall idle. No row moves, so the segment there is an output segment.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from reference.certificate.rounding import scale_above
from reference.compression.result import Compression, measured
from reference.model.domain import UnitBall
from reference.model.exact_arithmetic import Array, Scalar
from reference.model.feature_scale import root, row_norms
from reference.model.network import Network
from reference.model.problem import Problem


def merge(problem: Problem, network: Network, groups: Sequence[Sequence[int]]) -> Compression:
    """Merge each group of neurons onto its best member (claim K1).

    The objective rises by at most ``L D sum_{i in Q, i != i0} |theta_i| ||w_i - w_i0||`` for each
    group ``Q``, and the penalty does not grow. The member ``i0`` is the one with the least bound.

    Parameters
    ----------
    problem : Problem
        Its loss must be Lipschitz.
    network : Network
    groups : sequence of sequences of int
        Disjoint, nonempty groups of neuron indices.

    Raises
    ------
    ValueError
        If a group is empty, an index is out of range or occurs twice, or the loss has no ``L``.
    """
    problem.check_shape(network)
    slope = problem.lipschitz_constant("K1") * scale_above(problem)
    _check_groups(groups, network.width)
    theta, total = network.theta.copy(), 0 * problem.kappa
    for group in groups:
        members = np.asarray(group)
        kept, transport = _medoid(network.W[members], network.theta[members])
        theta[members] = 0 * theta[members]
        theta[members[kept]] = network.theta[members].sum()
        total = total + transport
    after = Network(network.W, theta)
    return measured(problem, network, after, "merge", "K1", slope * total)


def merge_cube(problem: Problem, network: Network, count: int) -> Compression:
    """Free at least ``count`` neurons by merging inside one cell of a cube grid (claim K2).

    The cube ``[-1, 1]^n`` is cut into ``q^n`` cells, ``q`` the largest integer with
    ``q^n (count + 1) <= m``: one cell then holds ``count + 1`` rows. The objective rises by at
    most ``4 sqrt(n) L D ||theta||_1 ((count + 1) / m)^(1 / n)``.

    Raises
    ------
    ValueError
        If ``count`` is not in ``0 .. m - 1``, a row lies outside the unit ball, or the loss has
        no ``L``.
    """
    _check_count(count, network.width)
    UnitBall().check(network.W)
    n, share = network.inputs, count + 1
    cells = _largest_power(network.width, share, n)
    bound = 4 * _slope_times_mass(problem, network, "K2") * root(_number(n, network))
    bound = bound * root(_number(share, network) / network.width, n)
    merged = merge(problem, network, [_fullest(_grid(network.W, cells), share)])
    return measured(problem, network, merged.network, "merge_cube", "K2", bound)


def merge_sphere(problem: Problem, network: Network, count: int) -> Compression:
    """Free at least ``count`` neurons by merging inside one spherical patch (claim K3).

    Rows are first brought to the unit sphere (claim M3: the predictor stays, ``F`` does not
    rise). The sphere is covered by the ``2 n`` patches on which one coordinate, of given sign, is
    largest; each is a graph over the other ``n - 1`` coordinates with Lipschitz constant
    ``sqrt(n)``, cut into ``q^(n-1)`` cells. With ``2 n q^(n-1) (count + 1) <= m`` one cell holds
    ``count + 1`` rows, no two further apart than ``2 sqrt(n (n - 1)) / q``. Hence the objective
    rises by at most ``c_n L D ||theta||_1 ((count + 1) / m)^(1 / (n - 1))`` with
    ``c_n = 4 sqrt(n (n - 1)) (2 n)^(1 / (n - 1))``; where no such ``q`` exists this exceeds
    the trivial bound from ``||u - v|| <= 2``.

    Raises
    ------
    ValueError
        If ``n = 1``, ``count`` is not in ``0 .. m - 1``, a row lies outside the unit ball, exact
        rows are neither zero nor on the sphere, or the loss has no ``L``.
    """
    _check_count(count, network.width)
    UnitBall().check(network.W)
    n, share = network.inputs, count + 1
    if n < 2:
        raise ValueError("network: found 1 input, allowed is at least 2 (K3 cuts a sphere)")
    spherical = _on_sphere(network)
    cells = _largest_power(network.width, 2 * n * share, n - 1)
    bound = 4 * _slope_times_mass(problem, spherical, "K3") * root(_number(n * (n - 1), network))
    bound = bound * root(_number(2 * n * share, network) / network.width, n - 1)
    groups = [_fullest(_patches(spherical.W, max(cells, 1)), share)]
    merged = merge(problem, spherical, groups)
    return measured(problem, network, merged.network, "merge_sphere", "K3", bound)


def _check_groups(groups: Sequence[Sequence[int]], width: int) -> None:
    members = [int(i) for group in groups for i in group]
    if any(len(group) == 0 for group in groups):
        raise ValueError("groups: found an empty group, allowed are nonempty ones")
    if len(set(members)) < len(members) or not all(0 <= i < width for i in members):
        raise ValueError(
            f"groups: found {[list(group) for group in groups]}, allowed are disjoint groups of "
            f"neurons 0 .. {width - 1}"
        )


def _check_count(count: int, width: int) -> None:
    if not 0 <= count < width:
        raise ValueError(f"count: found {count}, allowed is 0 .. {width - 1}")


def _medoid(W: Array, theta: Array) -> tuple[int, Scalar]:
    """Return the member to keep and ``sum_i |theta_i| ||w_i - w_kept||``, the least possible."""
    costs = [(np.abs(theta) * row_norms(W - row)).sum() for row in W]
    kept = min(range(len(costs)), key=costs.__getitem__)
    return kept, costs[kept]


def _slope_times_mass(problem: Problem, network: Network, claim: str) -> Scalar:
    return problem.lipschitz_constant(claim) * scale_above(problem) * np.abs(network.theta).sum()


def _number(value: int, network: Network) -> Scalar:
    return Fraction(value) if network.is_exact else float(value)


def _largest_power(width: int, share: int, exponent: int) -> int:
    """Return the largest ``q >= 0`` with ``q**exponent * share <= width``."""
    q = 0
    while (q + 1) ** exponent * share <= width:
        q += 1
    return q


def _grid(points: Array, cells: int) -> Array:
    """Return, for each point of ``[-1, 1]^n``, its cell of a grid with ``cells`` per side."""
    return np.minimum(((points + 1) * cells / 2).astype(int), cells - 1)


def _patches(rows: Array, cells: int) -> Array:
    """Name, for each unit row, its largest coordinate, that one's sign and the cell of the rest."""
    largest = np.abs(rows).argmax(axis=1)
    chosen = np.arange(rows.shape[1]) == largest[:, None]
    rest = rows[~chosen].reshape(len(rows), rows.shape[1] - 1)
    return np.column_stack([largest, rows[chosen] > 0, _grid(rest, cells)])


def _fullest(cells: Array, share: int) -> list[int]:
    """Return the members of the fullest cell, filled up from the next ones to ``share``."""
    names = [tuple(cell) for cell in cells.tolist()]
    counts = Counter(names)
    order = sorted(range(len(names)), key=lambda i: (-counts[names[i]], names[i]))
    return order[: max(share, counts[names[order[0]]])]


def _on_sphere(network: Network) -> Network:
    """Return the same predictor with every row on the sphere; a zero row takes ``e_1``, idle.

    In float64 a row counts as zero when its square underflows.
    """
    W, theta = network.W.copy(), network.theta.copy()
    squares = (W * W).sum(axis=1)
    zero = squares == 0 if network.is_exact else squares < np.finfo(np.float64).tiny
    W[zero], theta[zero] = np.eye(1, network.inputs), 0
    if not network.is_exact:
        return Network(*UnitBall().normalise(W, theta))
    foreign = np.flatnonzero((W * W).sum(axis=1) != 1)
    if len(foreign):
        raise ValueError(
            f"network: found row {foreign[0]} off the sphere, allowed are exact rows of norm 1 or 0"
        )
    return Network(W, theta)
