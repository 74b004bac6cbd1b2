"""Check a path certificate, trusting nothing but NumPy, this file, the certificate and the data.

A network is ``W`` (m, n) and ``theta`` (m,), ``f_j = sum_i theta_i max(0, <w_i, x_j>)`` and
``F = mean_j L(y_j, f_j) + kappa sum_i |theta_i|``. The file claims, of a piecewise straight path,
``F <= bound`` on all of it, ``F <= level`` at its ends, and ``F <= level + rise`` between.

**Bound.** On a cell of a segment let ``mu`` run from 0 to 1, let D be increments over the cell
and ``c_j`` the chord of ``f_j``. A ReLU whose argument goes from u to v of opposite sign lies below
its chord by at most ``mu (1 - mu) |v - u|``; any other is linear. So ``|f_j - c_j|`` is at most
``mu (1 - mu) r_j``, ``r_j = |sum_i D theta_i D relu_ij| + sum over signs that change of
max|theta_i| |D u_ij|``, and as L is convex in f, with slopes at most ``s_j`` on the range reached,
``F(mu) <= (1 - mu) F(0) + mu F(1) + mu (1 - mu) mean_j s_j r_j``. Where every moving row has
coefficient 0 at both ends F is convex; other segments are halved until every cell obeys the claim.

**Rounding.** With ``u = 2**-53``, k roundings change a sum of products by ``k u / (1 - k u)``
times the sum of their sizes, a product that underflows by ``2**-1074``. So predictions err by
``e_j = k (u |x_j| . sum_i max|theta_i| max|w_i| + 2**-1070 (m + sum_i max|theta_i|))`` at most,
``k = n + 4 m + 64``; means of losses by ``(N + 64) u``, the penalty by ``(m + 64) u``, relatively.
``4 mean_j s_j e_j`` covers predictions, ``r_j`` and misjudged signs. What overflows is refused.
"""

import hashlib
import os
import re
import warnings
import zipfile
from fractions import Fraction
from types import SimpleNamespace

import numpy as np

Array = np.ndarray
NUMBERS = {"W": 3, "theta": 2, "ends_W": 3, "ends_theta": 2}  # names and dimensions
NUMBERS |= {"level": 0, "rise": 0, "bound": 0, "kappa": 0}
TEXTS = {"kind": 0, "kinds": 1, "loss": 0, "domain": 0, "fingerprint": 0, "digest": 0}
UNIT = 2.0**-53 * (1 + 1e-6)  # k roundings: k * UNIT bounds k u / (1 - k u) for k < 10**9
LARGEST, SMALLEST = 2.0**500, 2.0**-500  # sizes allowed; only data must not be smaller, unless 0
# L(y, f) with its constant c, and a bound of |dL/df| for f from low to high
VALUE = {
    "Logistic": lambda y, f, c: np.maximum(f, 0) - y * f + np.log1p(np.exp(-np.abs(f))),
    "Hinge": lambda y, f, c: np.maximum(1 - y * f, 0),
    "Absolute": lambda y, f, c: np.abs(f - y),
    "Pinball": lambda y, f, c: np.maximum(-c * (f - y), (1 - c) * (f - y)),
    "Huber": lambda y, f, c: np.where(abs(f - y) < c, (f - y) ** 2 / 2, c * (abs(f - y) - c / 2)),
    "HalfSquared": lambda y, f, c: (f - y) ** 2 / 2,
    "Squared": lambda y, f, c: (f - y) ** 2,
}
SLOPE = {
    "Logistic": lambda y, low, high, c: 1 / (1 + np.exp(np.where(y > 0, low, -high).clip(max=700))),
    "Hinge": lambda y, low, high, c: 1.0 * (np.minimum(y * low, y * high) < 1),
    "Absolute": lambda y, low, high, c: np.ones(len(y)),
    "Pinball": lambda y, low, high, c: np.maximum((low < y) * c, (high > y) * (1 - c)),
    "Huber": lambda y, low, high, c: np.maximum(y - low, high - y).clip(max=c),
    "HalfSquared": lambda y, low, high, c: np.maximum(y - low, high - y),
    "Squared": lambda y, low, high, c: 2 * np.maximum(y - low, high - y),
}
CONSTANTS, LABELS = {"Huber": "delta", "Pinball": "tau"}, {"Logistic": (0, 1), "Hinge": (-1, 1)}


class Refused(Exception):
    """The file does not support its claim; the message says why."""


class Undecided(Exception):
    """The claim may be true, but no bound here shows it; the message says where."""


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

    ``loss`` (``"Huber(delta=0.25)"``), ``kappa`` and ``domain``, where given, must be what the file
    states. Returns True (holds), False (refused or refuted) or None (undecided), and lines to read.
    """
    try:
        stated = read(file)
        for name, value in (("loss", loss), ("kappa", kappa), ("domain", domain)):
            if value is not None and value != vars(stated)[name]:
                raise Refused(f"{name}: the file states {vars(stated)[name]!r}, not {value!r}")
        X, y = (np.ascontiguousarray(array, dtype=np.float64) for array in (X, y))
        check_arrays(stated, X, y)
        check_data_and_ends(stated, X, y)
        check_domain(stated)
        with np.errstate(over="raise", invalid="raise", divide="raise", under="ignore"):
            check_claims(stated, (X, y, parse_loss(stated.loss, y), stated.kappa), evaluations)
        verdict, word, reason = True, "holds", "both ends were verified to be at most the level"
    except (Refused, ArithmeticError, TypeError, ValueError, MemoryError) as error:
        return False, [f"refused: {error or type(error).__name__}"]
    except Undecided as error:
        verdict, word, reason = None, "undecided", str(error)
    return verdict, [
        f"{word}: F <= {stated.bound!r} on the whole path, the ends included",
        f"{word}: F <= {stated.level!r} + {stated.rise!r} between the ends (level + rise)",
        "why two: the ends may be as high as the level, the rest by the rise above; each is padded",
        reason,
        f"loss {stated.loss}, kappa {stated.kappa!r}, domain {stated.domain}",
        f"nodes, width and inputs {stated.W.shape}, data {stated.fingerprint}",
    ]


def read(file: str | os.PathLike[str]) -> SimpleNamespace:
    """Return the stated content, or refuse a file that is damaged, altered or of another form."""
    with open(file, "rb") as stream, warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            archive = zipfile.ZipFile(stream)
            check_members(archive.infolist())
            members = {name: archive.open(f"{name}.npy") for name in NUMBERS | TEXTS}
            content = {name: np.lib.format.read_array(member) for name, member in members.items()}
        except Exception as error:  # a damaged archive fails in many ways
            raise Refused(f"no readable certificate: {error}") from None
    for name, dimensions in (NUMBERS | TEXTS).items():
        kind = content[name].dtype
        right = kind.str in ("<f8", ">f8") if name in NUMBERS else kind.kind == "U"
        if not right or content[name].ndim != dimensions:
            raise Refused(f"{name}: found type {kind} and {content[name].ndim} dimensions")
    stated_digest, digest = content.pop("digest").item(), hashlib.sha256()
    for name, array in sorted(content.items()):
        digest.update(f"{name} {array.dtype.str} {array.shape}".encode() + array.tobytes())
    if digest.hexdigest() != stated_digest or content["kind"].item() != "path":
        raise Refused("not about a path, or not what its digest was taken of: a bit was altered")
    return SimpleNamespace(**{name: a if a.ndim else a.item() for name, a in content.items()})


def check_members(members: list[zipfile.ZipInfo]) -> None:
    """Refuse an archive of other arrays than a path certificate's, or of packed ones."""
    names = sorted(member.filename for member in members)
    packed = any(member.compress_type != zipfile.ZIP_STORED for member in members)
    if packed or names != sorted(f"{name}.npy" for name in NUMBERS | TEXTS):
        raise Refused(f"found {names}, allowed are the arrays of a path certificate, not packed")


def check_arrays(stated: SimpleNamespace, X: Array, y: Array) -> None:
    """Refuse arrays that do not fit, and numbers not finite, or so large or small as to mislead."""
    W, theta, kinds = stated.W, stated.theta, stated.kinds
    if W.size == 0 or theta.shape != W.shape[:2] or kinds.shape != (len(W) - 1,):
        raise Refused(f"a node is missing: W {W.shape}, theta {theta.shape}, kinds {kinds.shape}")
    if X.ndim != 2 or X.shape[1:] != W.shape[2:] or y.shape != X.shape[:1] or len(X) == 0:
        raise Refused(f"the data have shapes {X.shape} and {y.shape}, a row {W.shape[2]} entries")
    for name, value in ({name: vars(stated)[name] for name in NUMBERS} | {"X": X, "y": y}).items():
        size = np.abs(value)
        if not np.isfinite(size).all() or not (size <= LARGEST).all():
            raise Refused(f"{name}: a number is not finite or not at most 2**500 in size")
        if name in ("X", "y", "kappa") and not ((size == 0) | (size >= SMALLEST)).all():
            raise Refused(f"{name}: a number is neither 0 nor at least 2**-500 in size")
    if not (stated.kappa >= 0 and stated.rise >= 0):
        raise Refused("kappa or the rise is negative")


def check_data_and_ends(stated: SimpleNamespace, X: Array, y: Array) -> None:
    """Refuse other data, loss, kappa or domain than were certified, and a path with other ends."""
    data = b"".join(repr(array.shape).encode() + array.tobytes() for array in (X, y))
    problem = data + f"{stated.loss} {stated.kappa!r} {stated.domain}".encode()
    if hashlib.sha256(problem).hexdigest() != stated.fingerprint:
        raise Refused("the data are not those of the certificate (fingerprint)")
    ends = (stated.ends_W, stated.W[[0, -1]]), (stated.ends_theta, stated.theta[[0, -1]])
    if not all(np.array_equal(found, end) for end, found in ends):
        raise Refused("the path does not join the two networks stated as its ends")


def check_domain(stated: SimpleNamespace) -> None:
    """Refuse a node outside the stated domain, which is convex; decided exactly."""
    W, normalized = stated.W, stated.domain == "normalized-weights"
    if not normalized and stated.domain != "unit-ball":
        raise Refused(f"domain {stated.domain!r} is unknown")
    if normalized and not ((W[:, -1, -1] == 1).all() and (W[:, -1, :-1] == 0).all()):
        raise Refused("a node is outside the domain: it does not end with the constant neuron")
    for k, node in enumerate(W[:, :-1, :-1] if normalized else W):
        for row in node[~((node * node).sum(axis=1) <= 1 - 1e-9)]:
            if not sum(Fraction(w) ** 2 for w in row.tolist()) <= 1:
                raise Refused(f"node {k} lies outside the domain {stated.domain}")


def check_claims(stated: SimpleNamespace, problem: tuple, evaluations: int) -> None:
    """Refuse a claim that a value contradicts; raise Undecided where a bound does not show it."""
    W, theta, last = stated.W, stated.theta, len(stated.W) - 1
    down = -np.inf if stated.rise else stated.level  # the sum of two floats may be rounded up
    between = min(stated.bound, float(np.nextafter(stated.level + stated.rise, down)))
    for k in range(last + 1):
        limit = min(stated.bound, stated.level) if k in (0, last) else between
        check_segment(problem, W[[k, k]], theta[[k, k]], limit, 0, f"node {k}")
    for k in range(last):
        moving = (W[k] != W[k + 1]).any(axis=1)
        steady = not (theta[k : k + 2, moving] != 0).any()
        kind = "convex" if (theta[k] != theta[k + 1]).any() else "constant"
        kind = kind if steady else "general"
        if stated.kinds[k] != kind:
            raise Refused(f"segment {k} is stated {str(stated.kinds[k])!r}, found {kind!r}")
        if not steady:
            ends = W[k : k + 2], theta[k : k + 2]
            evaluations = check_segment(problem, *ends, between, evaluations, f"segment {k}")


def check_segment(problem: tuple, W: Array, theta: Array, limit: float, left: int, at: str) -> int:
    """Halve a segment until every cell obeys the limit; return how many evaluations are left."""
    U, cells = (problem[0] @ W[0].T, problem[0] @ W[1].T), [(0.0, 1.0)]
    while cells:
        start, end = cells.pop()
        upper, lower = cell(problem, U, W, theta, (start, end))
        left -= 2
        if not lower <= limit:
            raise Refused(f"{at} has an objective of at least {lower!r}, claimed is {limit!r}")
        if not upper <= limit:
            if end - start < 2.0**-40 or left < 0:
                raise Undecided(f"{at} has an objective of at most {upper!r} near {start}")
            cells += [((start + end) / 2, end), (start, (start + end) / 2)]
    return left


def cell(problem: tuple, U: tuple, W: Array, theta: Array, times: tuple) -> tuple[float, float]:
    """Return numbers at least and at most the true maximum of F; ``U`` is X times both ``W``."""
    X, y, (name, constant), kappa = problem
    samples, (width, inputs) = len(X), W.shape[1:]
    (u, a), (v, b) = (((1 - t) * U[0] + t * U[1], (1 - t) * theta[0] + t * theta[1]) for t in times)
    f, g = np.maximum(u, 0) @ a, np.maximum(v, 0) @ b
    bend = np.abs((np.maximum(v, 0) - np.maximum(u, 0)) @ (b - a))
    r = bend + (np.abs(v - u) * ((u > 0) != (v > 0))) @ np.maximum(np.abs(a), np.abs(b))
    largest, under = np.maximum(np.abs(theta).max(axis=0), 2.0**-1020), 2.0**-1070
    size = np.abs(X) @ (largest @ np.abs(W).max(axis=0) + width * under) + inputs * under
    e = (inputs + 4 * width + 64) * (UNIT * size + under * (width + largest.sum()))
    low, high = np.minimum(f, g) - r / 4 - 4 * e, np.maximum(f, g) + r / 4 + 4 * e
    s = SLOPE[name](y, low, high, constant)
    F = [VALUE[name](y, p, constant).mean() + kappa * abs(c).sum() for p, c in ((f, a), (g, b))]
    top, tilt, curve = max(F), abs(F[1] - F[0]), (s * r).mean()
    peak = (sum(F) + (curve + tilt * (tilt / curve)) / 2) / 2 if curve > tilt else top
    rounding = UNIT * ((samples + 64) * (top + curve) + (width + 64) * kappa * largest.sum())
    rounding += 4 * (s * e).mean() + 2.0**-960
    if not all(np.isfinite(number).all() for number in (f, g, s, r, e, F, peak, rounding)):
        raise Refused("a number on the way is not finite")
    return float(peak + rounding), float(top - rounding)


def parse_loss(text: str, y: Array) -> tuple[str, float]:
    """Return name and constant of a loss; refuse an unknown one or a target that is no label."""
    found = re.fullmatch(r"(\w+)\((?:(\w+)=(\d+(?:\.\d+)?(?:e[+-]?\d+)?))?\)", text, re.ASCII)
    name, parameter, number = found.groups() if found else ("", None, None)
    constant = min(float(number or 1), 2.0**502)  # no residual is larger, nor is its slope
    allowed = 0 < constant < (1 if name == "Pinball" else np.inf)
    if name not in VALUE or CONSTANTS.get(name) != parameter or not allowed:
        raise Refused(f"loss {text!r} is unknown, or its constant not allowed")
    if name in LABELS and not np.isin(y, LABELS[name]).all():
        raise Refused(f"a target is none of the labels {LABELS[name]}")
    return name, constant
