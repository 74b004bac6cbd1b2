"""Piecewise-linear paths of networks: evaluate, measure, join, save, load."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from reference.model.exact_arithmetic import Scalar
from reference.model.network import Network
from reference.model.npz import naming, read_npz


@dataclass(frozen=True, eq=False)
class Path:
    """A continuous path through parameter space, straight between consecutive nodes.

    Segment ``k`` runs from node ``k`` to node ``k + 1``; on it ``W`` and ``theta`` are both
    linear in the time ``t`` from 0 to 1.

    Parameters
    ----------
    nodes : sequence of Network
        At least one; all of one shape and one arithmetic.

    Raises
    ------
    TypeError
        If a node is not a `Network`.
    ValueError
        If there is no node or two nodes differ in shape or arithmetic.

    Examples
    --------
    >>> path = Path([Network([[1.0, 0.0]], [0.0]), Network([[1.0, 0.0]], [2.0])])
    >>> path, len(path)
    (Path(2 nodes, width 1, inputs 2), 2)
    >>> [float(node.theta[0]) for node in path]
    [0.0, 2.0]
    """

    nodes: tuple[Network, ...]

    def __init__(self, nodes: Iterable[Network]) -> None:
        object.__setattr__(self, "nodes", tuple(nodes))
        if not self.nodes:
            raise ValueError("nodes: found none, allowed is at least one")
        first = self.nodes[0]
        for k, node in enumerate(self.nodes):
            if not isinstance(node, Network):
                raise TypeError(
                    f"nodes: found {type(node).__name__} at node {k}, allowed are Networks"
                )
            if node.W.shape != first.W.shape or node.is_exact != first.is_exact:
                raise ValueError(
                    f"nodes: found shape {node.W.shape} at node {k}, allowed is that of "
                    f"node 0, {first.W.shape}, in the same arithmetic"
                )

    def __repr__(self) -> str:
        """Say how many nodes there are, and of which size."""
        count = f"{len(self)} node" + "s" * (len(self) > 1)
        exact = ", exact" * self.start.is_exact
        return f"Path({count}, width {self.start.width}, inputs {self.start.inputs}{exact})"

    def __len__(self) -> int:
        """Return the number of nodes."""
        return len(self.nodes)

    def __iter__(self) -> Iterator[Network]:
        """Yield the nodes from start to end."""
        return iter(self.nodes)

    @property
    def start(self) -> Network:
        """First node."""
        return self.nodes[0]

    @property
    def end(self) -> Network:
        """Last node."""
        return self.nodes[-1]

    @property
    def segments(self) -> tuple[tuple[Network, Network], ...]:
        """Pairs of consecutive nodes; empty for a path of one node."""
        return tuple(zip(self.nodes[:-1], self.nodes[1:], strict=True))

    def at(self, segment: int, t: Scalar) -> Network:
        """Return the network at time ``t`` in [0, 1] of a segment."""
        a, b = self.segments[segment]
        return interpolate(a, b, t)

    def reversed(self) -> Path:
        """Return the same path walked backwards."""
        return Path(self.nodes[::-1])

    def joined(self, other: Path) -> Path:
        """Return this path followed by another that starts, bit for bit, where this one ends.

        Raises
        ------
        ValueError
            If the other path starts elsewhere.
        """
        if not self.end.identical(other.start):
            raise ValueError("paths: found an end that is not the other's start, node for node")
        return Path(self.nodes + other.nodes[1:])

    def simplified(self) -> Path:
        """Return the path without consecutive repetitions of a node; its ends are kept as given."""
        kept = [self.start]
        for node in self.nodes[1:]:
            if not node.identical(kept[-1]):
                kept.append(node)
        return Path([*kept[:-1], self.end] if len(kept) > 1 else kept)

    def length(self) -> float:
        """Return the Euclidean length in parameter space (all of ``W`` and ``theta``)."""
        return float(sum(distance(a, b) for a, b in self.segments))

    def normalized_length(self) -> float:
        """Return the length over the distance of the ends ([FB17]); 1 for a straight path."""
        return normalized(self.length(), distance(self.start, self.end))

    def save(self, file: str | os.PathLike[str]) -> None:
        """Write all nodes, stacked as ``W`` (K, m, n) and ``theta`` (K, m), float64, unpickled."""
        W, theta = stack(self.nodes)
        np.savez(file, W=W, theta=theta)

    @classmethod
    def load(cls, file: str | os.PathLike[str]) -> Path:
        """Read a path written by `save`.

        Raises
        ------
        ValueError
            If the file is no readable NPZ of stacked nodes or holds a pickled object.
        OSError
            If the file cannot be opened.
        """
        arrays = read_npz(file, ("W", "theta"))
        W, theta = arrays["W"], arrays["theta"]
        with naming(file):
            if W.ndim != 3 or theta.shape != W.shape[:2]:
                raise ValueError(
                    f"nodes: found shapes W {W.shape} and theta {theta.shape}, "
                    "allowed are (K, m, n) and (K, m)"
                )
            return cls(map(Network, W, theta))


def interpolate(a: Network, b: Network, t: Scalar) -> Network:
    """Return ``a + t (b - a)`` in both layers; exactly ``a`` at 0 and ``b`` at 1.

    Entries on which both agree, a frozen row for one, keep every bit.
    """
    if t == 0 or t == 1:
        return b if t else a
    return Network(a.W + t * (b.W - a.W), a.theta + t * (b.theta - a.theta))


def distance(a: Network, b: Network) -> float:
    """Return the Euclidean distance of two networks in parameter space."""
    squares = ((a.W - b.W) ** 2).sum() + ((a.theta - b.theta) ** 2).sum()
    return float(np.sqrt(float(squares)))


def normalized(length: float, straight: float) -> float:
    """Return ``length / straight``, and 1 where a path joins a point to itself without moving."""
    if straight > 0:
        return length / straight
    return 1.0 if length == 0 else np.inf


def stack(networks: Sequence[Network]) -> tuple[np.ndarray, np.ndarray]:
    """Return networks of one shape as float64 arrays ``W`` (K, m, n) and ``theta`` (K, m)."""
    rounded = [network.rounded() for network in networks]
    return np.stack([net.W for net in rounded]), np.stack([net.theta for net in rounded])
