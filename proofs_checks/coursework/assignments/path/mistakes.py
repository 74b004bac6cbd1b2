"""Assignment 4: functions that make known mistakes."""

from __future__ import annotations

from proofs_checks.coursework.grading.result_checks import Node


def without_row(node: Node, source: int, target: int) -> list[Node]:
    """Pass the coefficient without copying the row."""
    W, theta = node[0], node[1].copy()
    theta[target], theta[source] = theta[source], 0
    return [(W, node[1]), (W, theta)]


def twice(node: Node, source: int, target: int) -> list[Node]:
    """Leave the old coefficient where it was."""
    W, theta = node[0].copy(), node[1].copy()
    W[target], theta[target] = W[source], theta[source]
    return [(W, node[1]), (W, theta)]


def at_once(node: Node, source: int, target: int) -> list[Node]:
    """Move row and coefficient on one segment."""
    W, theta = node[0].copy(), node[1].copy()
    W[target], theta[target], theta[source] = W[source], theta[source], 0
    return [(W, theta)]


def jump(node: Node, places: dict[int, int]) -> list[Node]:
    """Permute everything on one segment."""
    W, theta = node[0].copy(), 0 * node[1]
    for old, new in places.items():
        W[new], theta[new] = node[0][old], node[1][old]
    return [node, (W, theta)]


def rows_then_theta(a: Node, b: Node) -> list[Node]:
    """Move all rows first, whatever they carry."""
    return [a, (b[0], a[1]), b]


def through_zero(a: Node, b: Node) -> list[Node]:
    """Set the output layer to 0, move all rows, and come back."""
    return [a, (a[0], 0 * a[1]), (b[0], 0 * b[1]), b]
