"""More neurons, the same predictor: idle neurons change nothing (claim M4)."""

from __future__ import annotations

import numpy as np

from reference.model.domain import Domain, UnitBall
from reference.model.network import Network


def widen(network: Network, width: int, domain: Domain | None = None) -> Network:
    """Return the network with idle neurons added until it has the given width.

    The new neurons have row 0 and coefficient 0, which every domain allows, so predictions,
    penalty and objective stay as they are. They stand behind the neurons that move and before
    those the domain freezes. `connect` joins networks of one width; this is how to get there.

    Parameters
    ----------
    network : Network
    width : int
        At least the width of the network.
    domain : Domain, optional
        The unit ball, unless said otherwise; `NormalizedWeights` keeps its last row last.

    Raises
    ------
    ValueError
        If the width is below that of the network.

    Examples
    --------
    >>> from reference import Network, widen
    >>> wider = widen(Network([[0.6, 0.8]], [2.0]), 3)
    >>> wider.W.tolist(), wider.theta.tolist()
    ([[0.6, 0.8], [0.0, 0.0], [0.0, 0.0]], [2.0, 0.0, 0.0])
    """
    added = width - network.width
    if added < 0:
        raise ValueError(f"width: found {width}, allowed is at least {network.width}, as it is")
    place = network.width - (domain or UnitBall()).frozen
    zero = 0 * network.theta[0]
    rows = np.full((added, network.inputs), zero)
    W = np.concatenate([network.W[:place], rows, network.W[place:]])
    coefficients = np.full(added, zero)
    theta = np.concatenate([network.theta[:place], coefficients, network.theta[place:]])
    return Network(W, theta)
