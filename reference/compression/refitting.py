"""The best output layer at fixed rows: a Lasso (claim K0).

At fixed ``W`` the objective ``F(theta) = mean_j L(y_j, (H theta)_j) + kappa ||theta||_1`` with
features ``H = relu(X W^T)`` is convex. Any ``theta'`` that does not raise ``F`` is reached by one
output segment (claim P1), so only the result matters, not how it was found (module `lasso`).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from reference.compression.result import Compression, measured
from reference.model.exact_arithmetic import Array, to_exact
from reference.model.network import Network
from reference.model.problem import Problem
from reference.model.validation import LARGEST
from reference.training.output_layer import output_layer


def refit(problem: Problem, network: Network, support: Sequence[int] | None = None) -> Compression:
    """Minimise ``F`` over the output layer; the result is never worse than the input.

    Parameters
    ----------
    problem : Problem
    network : Network
    support : sequence of int, optional
        Neurons that may carry a coefficient; all, unless given. Where the network has
        coefficients outside it, the input counts with those set to 0, and `increase`
        may be positive.

    Returns
    -------
    Compression
        Bound 0 without ``support``, and with one that holds every active neuron; otherwise the
        increase itself, as nothing is proven.

    Raises
    ------
    ValueError
        If ``support`` names a neuron that does not exist.
    """
    problem.check_shape(network)
    chosen = np.arange(network.width) if support is None else _indices(support, network.width)
    kept = 0 * network.theta
    kept[chosen] = network.theta[chosen]
    found = kept.copy()
    floating = rounded(problem)
    features = network.rounded().features(floating.X)[:, chosen]
    # On extreme data the solver may leave the range of float64; what it started from stays then.
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        solution = output_layer(floating, features, kept[chosen].astype(np.float64))
    thetas = [kept, 0 * kept]
    if (np.abs(solution) <= LARGEST).all():
        found[chosen] = to_exact(solution) if network.is_exact else solution
        thetas = [found, *thetas]
    after = min((Network(network.W, theta) for theta in thetas), key=problem.value)
    covers = not len(np.setdiff1d(network.active, chosen))
    zero = 0 * problem.kappa
    bound = zero if covers else problem.value(after) - problem.value(network)
    return measured(problem, network, after, "refit", "K0", bound)


def rounded(problem: Problem) -> Problem:
    """Return the problem in float64; itself if it is not exact."""
    if not problem.is_exact:
        return problem
    X, y = problem.X.astype(np.float64), problem.y.astype(np.float64)
    return Problem(X, y, problem.loss, float(problem.kappa), problem.domain)


def _indices(support: Sequence[int], width: int) -> Array:
    chosen = np.unique(np.asarray(support, dtype=int))
    if len(chosen) and not 0 <= chosen[0] <= chosen[-1] < width:
        raise ValueError(f"support: found {list(support)}, allowed are neurons 0 .. {width - 1}")
    return chosen
