"""Assignment 4, model solution: calls of the library."""

import numpy as np

Node = tuple[np.ndarray, np.ndarray]  # (W, theta), of shapes (m, n) and (m,)


def hand_over(node: Node, source: int, target: int) -> list[Node]:
    """Move a neuron to an idle place at constant predictions; return the two nodes after ``node``.

    The first has the source's row also at the target; in the second the coefficient is there.

    Parameters
    ----------
    node : (W, theta)
    source, target : int
        ``theta[target]`` is 0.
    """
    from reference import Network
    from reference.connection.moves import copy_to_idle as library

    return [(net.W, net.theta) for net in library(Network(*node), {source: target})]


def relabel(node: Node, places: dict[int, int]) -> list[Node]:
    """Bring active neurons to new places through idle ones; return all nodes, ``node`` first.

    Between two nodes either W is fixed and the coefficient passes between identical rows, or only
    idle rows move, so the objective is constant on the whole way.

    Parameters
    ----------
    node : (W, theta)
        At least one neuron is idle.
    places : dict
        For each active neuron its new place; different neurons have different ones.
    """
    from reference import Network
    from reference import relabel as library

    return [(net.W, net.theta) for net in library(Network(*node), places)]


def splice(a: Node, b: Node) -> list[Node]:
    """Return the nodes of a path from a to b along which F never exceeds its larger end.

    Parameters
    ----------
    a, b : (W, theta)
        Of one width m; they have at most m active neurons together.
    """
    from reference import Network
    from reference.connection.explicit_path import chain_networks

    start, end = Network(*a), Network(*b)
    return [(net.W, net.theta) for net in chain_networks(start, [], end)]


def theorem_path(
    a: Node, b: Node, reference: Node, compressed_a: Node, compressed_b: Node
) -> list[Node]:
    """Return the nodes of the theorem's path (P4): a, its compression, the reference, and back.

    Where the compressions have the rows of the ends, the largest node value is the exact maximum.

    Parameters
    ----------
    a, b : (W, theta)
        Of width m.
    reference : (W, theta)
        Of any width, with l active neurons.
    compressed_a, compressed_b : (W, theta)
        Of width m, each with at most m - l active neurons.
    """
    from reference import Network
    from reference.connection.explicit_path import chain_networks

    start, end, stop = (Network(*node) for node in (compressed_a, compressed_b, reference))
    return [a, *((net.W, net.theta) for net in chain_networks(start, [stop], end)), b]
