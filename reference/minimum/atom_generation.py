"""Which rows the global minimum needs, found until none is missing (claims D3, D5).

Column generation with an interior point: the best network among the rows known is found only as
well as the gap deserves, the oracle names rows that its slopes violate, all over the sphere at
once, and rows that the barrier has pushed to nothing are forgotten. Slopes of barrier solutions
are stable, so both ends of the bracket close by a factor of three and more a round.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from reference.minimum.atom_program import inequalities, solve_atoms
from reference.minimum.dual_bound import DualPoint, dual_point
from reference.minimum.neuron_merging import network_of, neurons_of, weight_norms
from reference.minimum.sliding import Round, violating_rows
from reference.model.exact_arithmetic import Array
from reference.model.network import Network, relu
from reference.model.problem import Problem

ADDED = 100  # rows added in a round
SPACING = 2e-4  # half the squared distance of rows added together
SHARE = 0.1  # of the gap that the program of a round may leave
FORGOTTEN = 0.1  # in units of mu / kappa, what the barrier leaves of a row of no use
REMEMBERED = 60  # rows kept even without size: an interpolated sample may need both signs


def atom_rounds(problem: Problem, network: Network, point: DualPoint) -> Iterator[Round]:
    """Yield rounds from a network and the slopes at it, until no row violates the constraint."""
    U, signs, constant = neurons_of(problem, network)
    sizes = weight_norms(problem, U)
    rows = U / sizes[:, None]
    value, bound, start = float(problem.value(network)), point.bound, np.inf
    while True:
        new, new_signs = violating_rows(problem, point, SPACING, ADDED)
        rows, signs = np.concatenate([rows, new]), np.concatenate([signs, new_signs])
        gap = max(value - bound, 1e-14 * abs(value))
        end = min(SHARE * gap / inequalities(problem, len(rows)), 0.5 * start)
        least = FORGOTTEN * 10 * end / problem.kappa
        sizes = np.append(np.maximum(sizes, least), np.full(len(new), 10 * least))
        features = signs * relu(problem.X @ rows.T)
        begin = min(start, 1e3 * end)
        sizes, constant, v = solve_atoms(problem, features, sizes, constant, begin, end)
        network = _network(problem, rows, signs * sizes, constant, end)
        point = dual_point(problem, v)
        yield Round("atoms", network, point)
        value, bound = min(value, float(problem.value(network))), max(bound, point.bound)
        used = (sizes > FORGOTTEN * end / problem.kappa) | (len(sizes) <= REMEMBERED)
        rows, signs, sizes, start = rows[used], signs[used], sizes[used], end


def _network(problem: Problem, rows: Array, theta: Array, constant: float, mu: float) -> Network:
    """Return the network, without the neurons that only the barrier keeps where that is lower."""
    found = []
    for least in (0.0, 3 * mu / problem.kappa, 100 * mu / problem.kappa):
        used = np.abs(theta) > least
        U = np.abs(theta[used])[:, None] * rows[used]
        found.append(network_of(problem, U, np.sign(theta[used]), constant))
    return min(reversed(found), key=problem.value)
