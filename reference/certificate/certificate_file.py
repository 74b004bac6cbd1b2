"""A path with its certificate in one file, for a checker that trusts nothing else.

The NPZ file holds no pickled object. Its arrays:

====================  =============  ==================================================
``W``                 (K, m, n)      the nodes, float64
``theta``             (K, m)         their coefficients
``ends_W``            (2, m, n)      the two networks the path claims to join,
``ends_theta``        (2, m)         as labelled arrays (claim P6)
``kinds``             (K - 1,) text  of each segment: constant, convex or general
``level``, ``rise``   numbers        claim: the ends are at most ``level``, everything
                                     between them at most ``level + rise``
``bound``             number         claim: ``F <= bound`` on the whole path
``loss``, ``domain``  text           as ``repr`` of the loss and the domain's name
``kappa``             number         weight of the penalty
``fingerprint``       text           SHA-256 of data, loss, kappa and domain
``kind``              text           "path": what the file certifies
``digest``            text           SHA-256 of all the above: one altered bit shows
====================  =============  ==================================================

The level stated is never below what is proven of the ends: a lower one is replaced, and the rise
measured from there. Level and bound are padded by a margin of 1e-9, relative to their size where
that exceeds 1, and by a few times the rounding of the nodes, so that a checker with a simpler bound
and rounding of its own can confirm them. A rise is padded too, unless it is exactly 0.
"""

from __future__ import annotations

import hashlib
import math
import os
from dataclasses import dataclass
from typing import Any

import numpy as np

from reference.certificate.path_maximum import Certificate
from reference.model.exact_arithmetic import Array
from reference.model.network import Network
from reference.model.npz import npz_shapes, read_npz
from reference.model.path import Path, stack
from reference.model.problem import Problem

MARGIN = 1e-9
ROUNDINGS = 8  # the checker's bound of rounding is at most about this many times the certificate's
NUMBERS = ("level", "rise", "bound", "kappa")
TEXTS = ("loss", "domain", "fingerprint")
KIND = "path"
ARRAYS = ("W", "theta", "ends_W", "ends_theta", "kinds")


@dataclass(frozen=True, eq=False)
class PathCertificate:
    """What a certificate file states: the path, its ends, and the claims about it.

    Attributes
    ----------
    path : Path
    ends : (Network, Network)
    kinds : tuple of str
    level, rise, bound, kappa : float
    loss, domain, fingerprint : str
    """

    path: Path
    ends: tuple[Network, Network]
    kinds: tuple[str, ...]
    level: float
    rise: float
    bound: float
    kappa: float
    loss: str
    domain: str
    fingerprint: str


def save_certificate(
    file: str | os.PathLike[str],
    problem: Problem,
    path: Path,
    level: float | None,
    certificate: Certificate,
) -> None:
    """Write a path and what was certified of it.

    Parameters
    ----------
    file : path
    problem, path, level, certificate
        As for `certificate_arrays`, which raises what this raises.
    """
    np.savez(file, **certificate_arrays(problem, path, level, certificate))


def certificate_arrays(
    problem: Problem, path: Path, level: float | None, certificate: Certificate
) -> dict[str, Any]:
    """Return the named arrays of a certificate file, its digest included.

    Parameters
    ----------
    problem : Problem
    path : Path
        Of float64 networks.
    level : float or None
        What the rise is measured from; None is the higher end.
    certificate : Certificate
        What `certify` returned for this problem and path.

    Raises
    ------
    ValueError
        If the path is exact, the certificate is of another path, or an end is above the level.
    """
    if problem.is_exact or path.start.is_exact:
        raise ValueError("path: found exact numbers, allowed are float64 networks and problem")
    if len(certificate.segments) != len(path.segments):
        raise ValueError(
            f"certificate: found {len(certificate.segments)} segments, allowed are "
            f"{len(path.segments)}, as the path has"
        )
    rise = certificate.rise(level)
    ends = (certificate.node_upper[0], certificate.node_upper[-1])
    if level is None:
        level = max(ends)
    elif not certificate.ends_below(level):
        level = max(ends)
        rise = certificate.rise(level)
    margin = MARGIN + ROUNDINGS * float((certificate.node_upper - certificate.node_lower).max())
    W, theta = stack(path.nodes)
    content: dict[str, Any] = {
        "W": W,
        "theta": theta,
        "ends_W": W[[0, -1]],
        "ends_theta": theta[[0, -1]],
        "kinds": np.array([str(bound.kind) for bound in certificate.segments], dtype="<U8"),
        "level": np.array(_padded(level, margin)),
        "rise": np.array(_padded(rise, margin) if rise > 0 else 0.0),
        "bound": np.array(_padded(certificate.upper, margin)),
        "kappa": np.array(problem.kappa),
        "loss": np.array(repr(problem.loss)),
        "domain": np.array(problem.domain.name),
        "fingerprint": np.array(problem.fingerprint),
        "kind": np.array(KIND),
    }
    return {"digest": np.array(content_digest(content)), **content}


def load_certificate(file: str | os.PathLike[str]) -> PathCertificate:
    """Read a file written by `save_certificate`; its claims are read, not checked.

    Raises
    ------
    ValueError
        If the file is no readable certificate or its content does not have the stated digest.
    OSError
        If the file cannot be opened.
    """
    content = read_npz(file, (*ARRAYS, *NUMBERS, *TEXTS, "kind", "digest"))
    if content.pop("digest").item() != content_digest(content):
        raise ValueError(f"{os.fspath(file)}: found content altered since its digest was taken")
    nodes = [Network(*node) for node in zip(content["W"], content["theta"], strict=True)]
    first, last = (Network(content["ends_W"][k], content["ends_theta"][k]) for k in (0, 1))
    return PathCertificate(
        path=Path(nodes),
        ends=(first, last),
        kinds=tuple(content["kinds"].tolist()),
        **{name: content[name].item() for name in (*NUMBERS, *TEXTS)},
    )


def certificate_kind(file: str | os.PathLike[str]) -> str:
    """Say what a file certifies: "path", "minimum" or "barrier", as the file itself states.

    This decides only which checker reads the file; nothing is verified here. A certificate file of
    any kind holds an array ``W``, whose last axis is the inputs, and a text ``kind``.

    Parameters
    ----------
    file : path

    Raises
    ------
    ValueError
        If the file is no readable NPZ, or a network or a path without a certificate.
    OSError
        If the file cannot be opened.
    """
    shapes, name = npz_shapes(file, ("W",)), os.fspath(file)
    if "kind" in shapes:
        return str(read_npz(file, ("kind",))["kind"])
    if "digest" in shapes:
        raise ValueError(
            f"{name}: this certificate does not say its kind: version 0.1.0 wrote it; write it "
            "again with save_certificate or `relupath connect`"
        )
    if len(shapes["W"]) == 3:
        raise ValueError(
            f"{name}: this is a path without a certificate, so it claims nothing that could be "
            "checked; `certify` and `save_certificate` make one (docs/howto/certify-a-path.md)"
        )
    raise ValueError(
        f"{name}: this is a network, not a path; `relupath connect` writes the certificate of a "
        "path as path.npz"
    )


def content_digest(content: dict[str, Array]) -> str:
    """Return the SHA-256 of named arrays: names in order, data types, shapes and bytes."""
    digest = hashlib.sha256()
    for name in sorted(content):
        array = content[name]
        digest.update(f"{name} {array.dtype.str} {array.shape}".encode())
        digest.update(array.tobytes())
    return digest.hexdigest()


def _padded(value: float, margin: float) -> float:
    relative = MARGIN * abs(float(value))
    return math.nextafter(float(value) + max(margin, relative), math.inf)
