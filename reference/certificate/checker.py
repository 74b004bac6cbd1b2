"""Check a path certificate, trusting nothing but NumPy, the file and the data.

This module shares no code with the rest of the package and is short enough to audit in an hour. A
network is ``W`` (m, n) and ``theta`` (m,), ``f_j = sum_i theta_i max(0, <w_i, x_j>)`` and
``F = mean_j L(y_j, f_j) + kappa sum_i |theta_i|``. The file claims, of a piecewise straight path,
that ``F <= bound`` on all of it and, the ends being at most ``level``, ``F <= level + rise``
between them.

**Bound.** On a cell of a segment let ``mu`` run from 0 to 1, let D be increments over the cell
and ``c_j`` the chord of ``f_j``. Coefficients and pre-activations are linear in ``mu``. A ReLU
whose argument goes from u to v of opposite sign lies below its chord by at most
``mu (1 - mu) |v - u|``; any other is linear. Times its coefficient, summed over i, this gives
``|f_j - c_j| <= mu (1 - mu) r_j`` with
``r_j = |sum_i D theta_i D relu_ij| + sum over sign changes of max|theta_i| |D u_ij|``.
L is convex in f, with slopes at most ``s_j`` on the range of ``f_j`` and ``c_j``, so::

    F(mu) <= (1 - mu) F(0) + mu F(1) + mu (1 - mu) mean_j s_j r_j

A segment on which every moving row has coefficient 0 at both ends needs no cells: there F is
convex, and the larger end is its maximum. Others are halved until each cell obeys the claim.

**Rounding.** With ``g(k) = k u / (1 - k u)``, ``u = 2**-53``, a sum or dot product of k terms errs
by at most ``g(k)`` times the sum of their sizes. So predictions err by at most
``e_j = g(n + 4 m + 64) |x_j| . sum_i max|theta_i| max|w_i|`` (each entry's larger size at the two
ends), means of nonnegative losses, each accurate to 32 u, by ``g(N + 64)`` of their value, the
penalty by ``g(m + 64)`` of its largest.
Four times ``mean_j s_j e_j`` covers the predictions at both ends of a cell, the rounding of
``r_j``, and signs misjudged near a kink. A size of 2**-960 is added against underflow.
"""

from __future__ import annotations

import hashlib
import os
import re
from fractions import Fraction

import numpy as np

Array = np.ndarray
NUMBERS = ("level", "rise", "bound", "kappa")
TEXTS = ("loss", "domain", "fingerprint", "digest")
DIMENSIONS = {"W": 3, "theta": 2, "ends_W": 3, "ends_theta": 2, "kinds": 1}
UNIT = 2.0**-53 * (1 + 1e-6)  # k roundings: k * UNIT bounds k u / (1 - k u) for k < 10**9
TINY = 2.0**-960
SHORTEST = 2.0**-40  # a cell this short is not halved

# L(y, f) with its constant c, and a bound of |dL/df| for f from low to high
VALUE = {
    "Logistic": lambda y, f, c: np.maximum(f, 0) - y * f + np.log1p(np.exp(-np.abs(f))),
    "Hinge": lambda y, f, c: np.maximum(1 - y * f, 0),
    "Absolute": lambda y, f, c: np.abs(f - y),
    "Pinball": lambda y, f, c: np.maximum(-c * (f - y), (1 - c) * (f - y)),
    "Huber": lambda y, f, c: (
        np.minimum(np.abs(f - y), c) * np.abs(f - y) - np.minimum(np.abs(f - y), c) ** 2 / 2
    ),
    "HalfSquared": lambda y, f, c: (f - y) ** 2 / 2,
    "Squared": lambda y, f, c: (f - y) ** 2,
}
SLOPE = {
    "Logistic": lambda y, low, high, c: 1 / (1 + np.exp(np.where(y > 0, low, -high).clip(max=700))),
    "Hinge": lambda y, low, high, c: np.ones(len(y)),
    "Absolute": lambda y, low, high, c: np.ones(len(y)),
    "Pinball": lambda y, low, high, c: np.full(len(y), max(c, 1 - c)),
    "Huber": lambda y, low, high, c: np.full(len(y), c),
    "HalfSquared": lambda y, low, high, c: np.maximum(y - low, high - y),
    "Squared": lambda y, low, high, c: 2 * np.maximum(y - low, high - y),
}
LABELS = {"Logistic": (0, 1), "Hinge": (-1, 1)}


class Refused(Exception):
    """The file does not support its claim; the message says why."""


def check_file(
    file: str | os.PathLike[str],
    X: Array,
    y: Array,
    loss: str | None = None,
    kappa: float | None = None,
    domain: str | None = None,
    evaluations: int = 100_000,
) -> tuple[bool | None, list[str]]:
    """Check a path certificate against the data (N, n), (N,) it is about.

    ``loss`` (as ``"Huber(delta=0.25)"``), ``kappa`` and ``domain``, where given, must be those the
    file states. Returns True (the claims hold), False (refused or refuted) or None (undecided
    after so many evaluations), and the reasons, one a line.
    """
    X, y = (np.ascontiguousarray(array, dtype=np.float64) for array in (X, y))
    try:
        stated = read(file)
        for name, value in (("loss", loss), ("kappa", kappa), ("domain", domain)):
            if value is not None and value != stated[name]:
                raise Refused(f"{name}: the file states {stated[name]!r}, not {value!r}")
        check_statement(stated, X, y)
        worst = check_claims(stated, X, y, evaluations)
    except Refused as reason:
        return False, [f"refused: {reason}"]
    claim = "F <= {bound!r}; between the ends F <= {level!r} + {rise!r}".format(**stated)
    return (None, [f"undecided: {claim}", worst]) if worst else (True, [f"holds: {claim}"])


def read(file: str | os.PathLike[str]) -> dict:
    """Return the stated content, or refuse a file that is damaged or altered."""
    with open(file, "rb") as stream:
        try:
            archive = np.load(stream, allow_pickle=False)
            content = {name: archive[name] for name in archive.files}
        except Exception as error:  # a damaged archive fails in many ways
            raise Refused(f"no readable NPZ file ({error})") from None
    for name in (*DIMENSIONS, *NUMBERS, *TEXTS):
        array, kind = content.get(name), "U" if name in ("kinds", *TEXTS) else "f"
        if array is None or array.ndim != DIMENSIONS.get(name, 0) or array.dtype.kind != kind:
            raise Refused(f"the file has no array {name!r} of the right form")
    stated_digest, digest = content.pop("digest").item(), hashlib.sha256()
    for name, array in sorted(content.items()):
        digest.update(f"{name} {array.dtype.str} {array.shape}".encode() + array.tobytes())
    if digest.hexdigest() != stated_digest:
        raise Refused("the content is not what its digest was taken of: a bit was altered")
    return {name: a.item() if a.ndim == 0 else a for name, a in content.items()}


def check_statement(stated: dict, X: Array, y: Array) -> None:
    """Refuse unless shapes, data, ends, kinds and domain are as the file states."""
    W, theta, kinds = stated["W"], stated["theta"], stated["kinds"]
    if theta.shape != W.shape[:2] or kinds.shape != (len(W) - 1,):
        raise Refused(f"a node is missing: W {W.shape}, theta {theta.shape}, kinds {kinds.shape}")
    if X.shape[1:] != W.shape[2:] or y.shape != X.shape[:1]:
        raise Refused(f"the data have shapes {X.shape} and {y.shape}, a row {W.shape[2]} entries")
    numbers = [stated[name] for name in NUMBERS]
    if not all(np.isfinite(array).all() for array in (W, theta, X, y, numbers)) or numbers[3] < 0:
        raise Refused("a number is not finite, or kappa negative")
    digest = hashlib.sha256()
    for array in (X, y):
        digest.update(repr(array.shape).encode() + array.tobytes())
    digest.update(f"{stated['loss']} {stated['kappa']!r} {stated['domain']}".encode())
    if digest.hexdigest() != stated["fingerprint"]:
        raise Refused("the data are not those of the certificate (fingerprint)")
    ends = (stated["ends_W"], W[[0, -1]]), (stated["ends_theta"], theta[[0, -1]])
    if not all(np.array_equal(found, end) for end, found in ends):
        raise Refused("the path does not join the two networks stated as its ends")
    for k, node in enumerate(W):
        if not inside(node, stated["domain"]):
            raise Refused(f"node {k} lies outside the domain {stated['domain']}")


def inside(W: Array, domain: str) -> bool:
    """Decide exactly whether the rows of a node lie in the stated (convex) domain."""
    if domain == "normalized-weights":
        if W[-1, -1] != 1 or W[-1, :-1].any():
            return False
        W = W[:-1, :-1]
    elif domain != "unit-ball":
        raise Refused(f"domain {domain!r} is unknown")
    squares = (W * W).sum(axis=1)
    close = np.abs(squares - 1) < 1e-9
    exact = (sum(Fraction(w) ** 2 for w in row.tolist()) <= 1 for row in W[close])
    return bool((squares[~close] < 1).all()) and all(exact)


def check_claims(stated: dict, X: Array, y: Array, evaluations: int) -> str:
    """Refuse a claim that a value contradicts; return what is undecided, "" if nothing is."""
    W, theta, last = stated["W"], stated["theta"], len(stated["W"]) - 1
    problem = (X, y, parse_loss(stated["loss"], y), stated["kappa"])
    bound, level = stated["bound"], stated["level"]
    between = min(bound, level + stated["rise"] if stated["rise"] else level)
    undecided = ""
    for k in range(last + 1):
        limit = bound if k in (0, last) else between
        upper, lower = cell(problem, (X @ W[k].T,) * 2, W[[k, k]], theta[[k, k]], (0.0, 0.0))
        if lower > limit or (k in (0, last) and lower > level):
            raise Refused(f"node {k} has an objective of at least {lower!r}")
        if upper > limit:
            undecided = f"node {k} has an objective of at most {upper!r}"
    for k in range(last):
        ends_W, ends_theta = W[k : k + 2], theta[k : k + 2]
        moving = (ends_W[0] != ends_W[1]).any(axis=1)
        steady = not (ends_theta[:, moving] != 0).any()
        kind = "chord" if not steady else "convex" if np.ptp(ends_theta, axis=0).any() else "still"
        if stated["kinds"][k] != kind:
            raise Refused(f"segment {k} is stated {stated['kinds'][k]}, found {kind}")
        U, cells = (X @ ends_W[0].T, X @ ends_W[1].T), [] if steady else [(0.0, 1.0)]
        while cells:
            start, end = cells.pop()
            upper, lower = cell(problem, U, ends_W, ends_theta, (start, end))
            evaluations -= 2
            if lower > between:
                raise Refused(f"segment {k} reaches at least {lower!r} in times {start} to {end}")
            if upper > between and (end - start < SHORTEST or evaluations < 0):
                undecided, cells = f"segment {k} is at most {upper!r} near {start}", []
            elif upper > between:
                middle = (start + end) / 2
                cells += [(middle, end), (start, middle)]
    return undecided


def cell(
    problem: tuple, U: tuple[Array, Array], W: Array, theta: Array, times: tuple[float, float]
) -> tuple[float, float]:
    """Return numbers at least and at most the true maximum of F on a cell of a segment.

    ``U`` holds the pre-activations (N, m) at both ends of the segment, ``W`` (2, m, n) and
    ``theta`` (2, m) its networks.
    """
    X, y, (name, constant), kappa = problem
    samples, (width, inputs) = len(X), W.shape[1:]
    (u, a), (v, b) = (((1 - t) * U[0] + t * U[1], (1 - t) * theta[0] + t * theta[1]) for t in times)
    f, g = np.maximum(u, 0) @ a, np.maximum(v, 0) @ b
    bend = np.abs((np.maximum(v, 0) - np.maximum(u, 0)) @ (b - a))
    largest = np.abs(theta).max(axis=0)
    r = bend + (np.abs(v - u) * ((u > 0) != (v > 0))) @ np.maximum(np.abs(a), np.abs(b))
    size = np.abs(X) @ (largest @ (np.abs(W).max(axis=0) + TINY)) + TINY
    e = (inputs + 4 * width + 64) * UNIT * size
    low, high = np.minimum(f, g) - r / 4 - 4 * e, np.maximum(f, g) + r / 4 + 4 * e
    s = SLOPE[name](y, low, high, constant)
    values = [
        VALUE[name](y, p, constant).mean() + kappa * np.abs(c).sum() for p, c in ((f, a), (g, b))
    ]
    top, tilt, curve = max(values), abs(values[1] - values[0]), float((s * r).mean())
    peak = (sum(values) + (curve + tilt * tilt / curve) / 2) / 2 if curve > tilt else top
    rounding = UNIT * ((samples + 64) * (top + curve) + (width + 64) * kappa * largest.sum())
    rounding += 4 * float((s * e).mean()) + TINY
    return peak + rounding, top - rounding


def parse_loss(text: str, y: Array) -> tuple[str, float]:
    """Return name and constant of a loss; refuse an unknown one or a target that is no label."""
    found = re.fullmatch(r"(\w+)\((?:(?:delta|tau)=(\d+\.?\d*(?:e[+-]?\d+)?))?\)", text)
    name, constant = (found[1], float(found[2] or 1)) if found else (text, 1.0)
    if name not in VALUE or not 0 < constant < (1 if name == "Pinball" else np.inf):
        raise Refused(f"loss {text!r} is unknown")
    if name in LABELS and not np.isin(y, LABELS[name]).all():
        raise Refused(f"a target is none of the labels {LABELS[name]}")
    return name, constant
