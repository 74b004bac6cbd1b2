"""Assignment 5: Strings and certificates.

Fill in the functions; each is marked on its own (30 points):

    relupath grade submission.py --assignment 5
"""

import numpy as np
from reference import Network, Path, Problem
from reference.training.pools import descend_batch


def highest(problem: Problem, a: Network, b: Network, points: int) -> tuple[float, float]:
    """Return the largest F on an even grid of the straight segment, and its time (given)."""
    times = np.linspace(0, 1, points)
    values = [float(problem.value(Path([a, b]).at(0, float(t)))) for t in times]
    k = int(np.argmax(values))
    return values[k], float(times[k])


def trained(problem: Problem, network: Network, level: float, epochs: int) -> Network:
    """Return the network trained below the level, or as far as the epochs allow (given)."""
    target = np.array([level])
    W, theta = descend_batch(problem, network.W[None], network.theta[None], epochs, target=target)
    return Network(W[0], theta[0])


def string_barrier(maxima: list[float], level: float) -> float:
    """Return how far a string rises above the level; 0 if it does not.

    Parameters
    ----------
    maxima : list of float
        The largest F on each of its segments.
    level : float
    """
    raise NotImplementedError


def sample_string(
    problem: Problem,
    a: Network,
    b: Network,
    level: float,
    depth: int,
    points: int,
    epochs: int,
) -> list[Network]:
    """Return the beads of a string from a to b, both ends included (Dynamic String Sampling).

    A segment whose `highest` value exceeds the level gets a bead: the network at the segment's
    highest point, if that is inside it and else at its middle, `trained`. Then *both* halves are
    treated alike with ``depth - 1``. At depth 0 nothing is divided.

    Parameters
    ----------
    problem : Problem
    a, b : Network
    level : float
    depth, points, epochs : int
    """
    raise NotImplementedError


def segment_upper_bound(problem: Problem, a: Network, b: Network, cells: int) -> float:
    """Return a number that F exceeds nowhere on the straight segment from a to b.

    Cut the segment into equal cells. On a cell with increments ``du``, ``dtheta`` and chords
    ``c_j`` of the predictions, ``F <= max(F(start), F(end)) + L mean_j sup |f_j - c_j|``. The bound
    must be no wider, rounding apart, than that with ``sup |f_j - c_j|`` replaced by a quarter of

        |sum over pairs without a kink, active, of dtheta_i du_ji|
        + sum over pairs with a kink of (max |theta_i| |du_ji| + |dtheta_i| |d relu(u_ji)|)

    Parameters
    ----------
    problem : Problem
        ``problem.L`` is the Lipschitz constant of its loss, ``problem.X`` its data.
    a, b : Network
    cells : int, at least 1
    """
    raise NotImplementedError


def dual_bound(problem: Problem, f: np.ndarray, M: float) -> float:
    """Return a lower bound of F over all networks of all widths, by weak duality (D1).

    Take ``v_j = L'(y_j, f_j)``, scale it by ``min(1, kappa / M)``, and return
    ``-mean_j L*(y_j, v_j)``.

    Parameters
    ----------
    problem : Problem
        ``problem.loss`` has ``derivative(y, f)`` and ``conjugate(y, v)``.
    f : (N,)
        Any predictions.
    M : float
        At least ``max |mean_j v_j max(0, <w, x_j>)|`` over rows w in the unit ball.
    """
    raise NotImplementedError
