"""A page on which a slider moves along a path: the function, the objective, why it may not rise.

Everything the page shows is computed here and stored in it: the objective at every place of the
slider and, as bytes, predictions on a grid of inputs at some of them. On constant and convex
segments predictions are linear in time, so two pictures are enough for the page to draw all
between. Its style sheet and its script are files of their own in ``assets``; the page needs none.
"""

from __future__ import annotations

import base64
import json
import os
import re
from html import escape
from importlib.resources import files
from itertools import pairwise
from pathlib import Path as FilePath
from typing import Any

import numpy as np

from reference.certificate.path_maximum import Certificate, SegmentBound, SegmentKind
from reference.certificate.segment import blend, segment_table
from reference.model.exact_arithmetic import Array
from reference.model.network import Network
from reference.model.path import Path, interpolate
from reference.model.problem import Problem
from reference.report.projection import Plane, plane_through

STEPS = 320  # places of the slider; more where a path has more segments
FRAMES = 160  # pictures at most
SIDE = 72  # pixels of a picture's side
NEUTRAL = 127  # the byte of a prediction on the boundary; 0 and 254 are the ends of the scale

CONSTANT = (
    "Constant: only neurons with coefficient 0 move. Nothing depends on their rows, so the "
    "function and the objective stay as they are (claim P2)."
)
CONVEX = (
    "Convex: no neuron moves while it carries weight, so predictions are linear in time and the "
    "objective is convex: nowhere on the segment is it higher than at the higher of its two ends "
    "(claims P1 and P2)."
)
GENERAL = (
    "General: neurons move while they carry weight, so the objective may rise between the ends. "
    "Branch and bound encloses its maximum on the whole segment: between {lower:.9g} and "
    "{upper:.9g}."
)


def write_explorer(
    problem: Problem,
    path: Path,
    certificate: Certificate,
    file: str | os.PathLike[str],
    level: float | None = None,
    title: str = "A path between two networks",
) -> None:
    """Write the page of a path: one file, below 3 MB, that needs no network.

    Parameters
    ----------
    problem : Problem
        Float64.
    path : Path
    certificate : Certificate
        What `certify` says of this path; the page quotes it segment by segment.
    file : path
    level : float, optional
        What the path should stay below; default: the higher end's objective.
    title : str, optional

    Raises
    ------
    TypeError
        If the problem or the path is exact.
    ValueError
        If the certificate has another number of segments, or the level is below an end.
    """
    if problem.is_exact or path.start.is_exact:
        raise TypeError("problem, path: found exact entries, allowed is float64")
    if len(certificate.segments) != len(path.segments):
        raise ValueError(
            f"certificate: found {len(certificate.segments)} segments, allowed are "
            f"{len(path.segments)}, as many as the path has"
        )
    if level is None:
        level = max(problem.value(path.start), problem.value(path.end))
    nodes = path.nodes if len(path.nodes) > 1 else path.nodes * 2
    kinds = [str(bound.kind) for bound in certificate.segments] or [str(SegmentKind.CONSTANT)]
    each = max(1, STEPS // len(kinds))
    plane = plane_through(problem.X, problem.y)
    data = {
        "level": float(level),
        "rise": float(certificate.rise(level)),
        "width": path.start.width,
        "stepsPerSegment": each,
        "kinds": kinds,
        "reasons": _reasons(certificate, level),
        **_curves(problem, nodes, each),
        **_pictures(problem, nodes, kinds, each, plane),
    }
    FilePath(file).write_text(_page(title, _subtitle(problem), data), encoding="utf-8")


def _curves(problem: Problem, nodes: tuple[Network, ...], each: int) -> dict[str, list]:
    """Return objective, active neurons and l1 norm at every step; at nodes the nodes' own."""
    times = np.arange(each) / each
    values, active, norms = [], [], []
    for a, b in pairwise(nodes):
        theta = blend(times, a.theta, b.theta)
        values += [problem.value(a), *segment_table(problem, a, b, times)[1:]]
        active += (theta != 0).sum(axis=1).tolist()
        norms += np.abs(theta).sum(axis=1).tolist()
    end = nodes[-1]
    return {
        "objective": [float(value) for value in (*values, problem.value(end))],
        "active": [*active, len(end.active)],
        "norm": [float(f"{norm:.6g}") for norm in (*norms, np.abs(end.theta).sum())],
    }


def _pictures(
    problem: Problem, nodes: tuple[Network, ...], kinds: list[str], each: int, plane: Plane
) -> dict[str, Any]:
    """Return predictions on the plane at the steps that need a picture, as bytes, and samples."""
    steps = frame_steps(kinds, each)
    inputs = plane.grid(SIDE)
    predictions = np.stack([_at(nodes, step, each).predict(inputs) for step in steps])
    neutral, classes = boundary(problem)
    scale = max(float(np.quantile(np.abs(predictions - neutral), 0.95)), 1e-12)
    low, high = plane.box
    places = (plane.places - low) / (high - low)
    return {
        "side": SIDE,
        "frameSteps": steps,
        "frames": base64.b64encode(quantised(predictions, neutral, scale).tobytes()).decode(),
        "neutral": neutral,
        "scale": scale,
        "box": [[float(a), float(b)] for a, b in zip(low, high, strict=True)],
        "axes": plane.names,
        "note": plane.note,
        "places": places.round(4).tolist(),
        "classes": classes,
        "targets": quantised(problem.y, neutral, scale).tolist(),
    }


def frame_steps(kinds: list[str], each: int) -> list[int]:
    """Return the steps that need a picture: all of a chord segment, the ends of any other.

    Beyond `FRAMES` of them, that many evenly chosen; the page blends neighbours.
    """
    needed = {each * len(kinds)}
    for k, kind in enumerate(kinds):
        needed |= set(range(k * each, (k + 1) * each)) if kind == "general" else {k * each}
    steps = sorted(needed)
    kept = np.linspace(0, len(steps) - 1, min(FRAMES, len(steps))).round().astype(int)
    return [steps[k] for k in kept.tolist()]


def quantised(values: Array, neutral: float, scale: float) -> Array:
    """Return bytes: 127 at ``neutral``, 0 and 254 at ``scale`` below and above and beyond."""
    shares = np.clip((values - neutral) / scale, -1, 1)
    return np.round(NEUTRAL * (1 + shares)).astype(np.uint8)


def boundary(problem: Problem) -> tuple[float, list[int]]:
    """Return the prediction at which the picture changes colour, and the class of each sample.

    A score of 0 where the loss takes labels, the midpoint of targets that take two values, else
    the median target; then there are no classes and the list is empty.
    """
    targets = np.unique(problem.y)
    if len(targets) > 2:
        return float(np.median(problem.y)), []
    neutral = 0.0 if problem.loss.labels else float(targets.mean())
    return neutral, (problem.y == targets[-1]).astype(int).tolist()


def _at(nodes: tuple[Network, ...], step: int, each: int) -> Network:
    segment, within = divmod(step, each)
    if within == 0:
        return nodes[segment]
    return interpolate(nodes[segment], nodes[segment + 1], within / each)


def _reasons(certificate: Certificate, level: float) -> list[str]:
    """Say of each segment why the objective may not rise on it, and whether it does."""
    if not certificate.segments:
        return ["The path is a single network: nothing moves."]
    return [
        f"{_kind(bound)} {_verdict(*_highest(certificate, k), level)}"
        for k, bound in enumerate(certificate.segments)
    ]


def _kind(bound: SegmentBound) -> str:
    if bound.kind is SegmentKind.GENERAL:
        return GENERAL.format(lower=bound.lower, upper=bound.upper)
    return CONSTANT if bound.kind is SegmentKind.CONSTANT else CONVEX


def _highest(certificate: Certificate, segment: int) -> tuple[float, float]:
    """Enclose a segment's maximum; the path's own two ends are at most the level by definition."""
    bound = certificate.segments[segment]
    if bound.kind is SegmentKind.GENERAL:
        return float(bound.lower), float(bound.upper)
    inner = [k for k in (segment, segment + 1) if 0 < k < len(certificate.node_upper) - 1]
    upper = max((certificate.node_upper.tolist()[k] for k in inner), default=-np.inf)
    return float(bound.lower), float(upper)


def _verdict(lower: float, upper: float, level: float) -> str:
    if upper <= level:
        return "Certified: not above the level."
    if lower > level:
        return f"It certainly rises above the level, by {lower - level:.6g} to {upper - level:.6g}."
    return f"Undecided: if it rises above the level, then by at most {upper - level:.2g}."


def _subtitle(problem: Problem) -> str:
    return (
        f"N = {problem.samples}, n = {problem.inputs}, {problem.loss.name} loss, "
        f"kappa = {problem.kappa:g}, {problem.domain.name} domain"
    )


def _page(title: str, subtitle: str, data: dict[str, Any]) -> str:
    """Put style, script and data into the page; no text can end the element that holds it."""
    assets = files("reference.report") / "assets"
    parts = {
        "style": (assets / "explorer.css").read_text(encoding="utf-8"),
        "script": (assets / "explorer.js").read_text(encoding="utf-8"),
        "title": escape(title),
        "subtitle": escape(subtitle),
        "data": json.dumps(data, separators=(",", ":"), allow_nan=False).replace("<", "\\u003c"),
    }
    text = (assets / "explorer.html").read_text(encoding="utf-8")
    return re.sub(r"\{\{(\w+)\}\}", lambda found: parts[found[1]], text)
