"""A plane through the inputs, so that a function of many inputs can be looked at."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from reference.model.exact_arithmetic import Array

MARGIN = 0.08  # of the samples' extent, left free around them


@dataclass(frozen=True, eq=False)
class Plane:
    """Inputs ``origin + a axes[0] + b axes[1]``, and where on it the samples are drawn.

    Attributes
    ----------
    origin : (n,)
    axes : (2, n)
        Orthonormal; rows of zeros where fewer than two inputs vary.
    places : (N, 2)
        Coordinates (a, b) of the samples' projections.
    names : (str, str)
        What the two coordinates are.
    note : str
        What a reader of the picture has to know.
    """

    origin: Array
    axes: Array
    places: Array
    names: tuple[str, str]
    note: str

    @property
    def box(self) -> tuple[Array, Array]:
        """Lowest and highest coordinates (2,) shown: all samples and a margin."""
        low, high = self.places.min(axis=0), self.places.max(axis=0)
        margin = np.where(high > low, MARGIN * (high - low), 1.0)
        return low - margin, high + margin

    def grid(self, side: int) -> Array:
        """Return the inputs at the centres of ``side**2`` pixels, row by row from the top left."""
        low, high = self.box
        centres = low + (np.arange(side)[:, None] + 0.5) / side * (high - low)
        a, b = np.meshgrid(centres[:, 0], centres[::-1, 1])
        return self.origin + np.stack([a.ravel(), b.ravel()], axis=1) @ self.axes


def plane_through(X: Array, y: Array) -> Plane:
    """Return the plane of two inputs, or that of the first two principal components of more.

    Columns that do not vary, a homogeneous coordinate for one, keep their value. Where a single
    input varies the second coordinate of a sample is its target.

    Parameters
    ----------
    X : (N, n), y : (N,)
        Float64.
    """
    varying = np.flatnonzero(np.ptp(X, axis=0) > 0)
    if len(varying) > 2:
        return _principal_plane(X, varying)
    origin, axes = X[0].copy(), np.zeros((2, X.shape[1]))
    origin[varying] = 0.0
    axes[range(len(varying)), varying] = 1.0
    places = (X - origin) @ axes.T
    names = [f"input {k + 1}" for k in varying] + ["target"] * (2 - len(varying))
    note = "Both inputs are drawn as they are."
    if len(varying) < 2:
        places[:, 1] = y
        note = "Only one input varies. The height of a sample is its target; predictions ignore it."
    return Plane(origin, axes, places, (names[0], names[1]), note)


def _principal_plane(X: Array, varying: Array) -> Plane:
    origin = X[0].copy()
    origin[varying] = X[:, varying].mean(axis=0)
    _, scales, directions = np.linalg.svd((X - origin)[:, varying], full_matrices=False)
    largest = np.abs(directions[:2]).argmax(axis=1)
    signs = np.sign(directions[[0, 1], largest])  # a component's sign is arbitrary: fix it
    axes = np.zeros((2, X.shape[1]))
    axes[:, varying] = signs[:, None] * directions[:2]
    share = (scales[:2] ** 2).sum() / (scales**2).sum()
    note = (
        f"A projection: {len(varying)} inputs vary, and the picture is the plane of their first "
        f"two principal components ({share:.0%} of the variance) through their mean. Samples are "
        "projected onto it, so the colour under a sample is not its own prediction."
    )
    names = ("first principal component", "second principal component")
    return Plane(origin, axes, (X - origin) @ axes.T, names, note)
