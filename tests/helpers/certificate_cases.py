"""Random honest certificates of paths inside their domains, and files made of their arrays."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from helpers.exact_certificates import exact_values, random_case
from reference import Huber, Logistic, Network, Path, Pinball, Problem, certify, save_certificate
from reference.certificate.certificate_file import content_digest
from reference.certificate.path_maximum import segment_kind
from reference.model.exact_arithmetic import to_exact

NUMBERS = ("W", "theta", "ends_W", "ends_theta", "level", "rise", "bound", "kappa")


@dataclass(frozen=True)
class Case:
    """The problem and arrays of an honest file; values its path attains: anywhere, at an end."""

    problem: Problem
    content: dict[str, Any]
    top: Fraction
    end: Fraction


def draw_case(rng: np.random.Generator) -> Case:
    """Draw a path inside its domain, of any loss and scale, with its honest certificate."""
    problem, path, _ = random_case(rng)
    X, y, loss, kappa = problem.X, problem.y, problem.loss, problem.kappa
    if rng.random() < 0.15:
        loss, y = Logistic(), (y > 0).astype(float)
    elif rng.random() < 0.15 and loss.labels is None:
        loss = (Huber(1e16), Huber(1e-9), Pinball(1e-12))[rng.integers(3)]
    scale = 2.0 ** rng.integers(-300, 301) if rng.random() < 0.2 else 1.0
    problem = Problem(X * scale, y, loss, kappa * scale, problem.domain)
    nodes = [_inside(problem, node, scale) for node in path.nodes]
    path = Path(nodes[: rng.integers(1, len(nodes) + 1)])
    certificate = certify(problem, path, tol=1e-7, max_evaluations=500)
    buffer = io.BytesIO()
    save_certificate(buffer, problem, path, None, certificate)
    buffer.seek(0)
    content = {name: array for name, array in np.load(buffer).items() if name != "digest"}
    if loss.name == "logistic":
        end = max(certificate.node_lower[0], certificate.node_lower[-1])
        return Case(problem, content, Fraction(certificate.lower), Fraction(end))
    exact = problem.exact()
    end = max(exact.value(node.exact()) for node in (path.start, path.end))
    values = exact_values(problem, path, (0, Fraction(0)))
    return Case(problem, content, max([end, *(value for _, _, value in values)]), end)


def _inside(problem: Problem, node: Network, scale: float) -> Network:
    W = node.W.copy()
    if problem.domain.frozen:
        W[-1] = problem.domain.constant_row(W.shape[1])
    return Network(problem.domain.project(W), node.theta / scale)


def below(value: Fraction, rng: np.random.Generator) -> float:
    """Return a float below a value, by a relative 1e-17 to 1e-2 or one rounding."""
    claim = float(value * (1 - Fraction(10.0 ** rng.uniform(-17, -2))))
    while not Fraction(claim) < value:
        claim = float(np.nextafter(claim, -np.inf))
    return claim


def sealed(case: Case, write: Callable[..., None] = np.savez, **changes: Any) -> bytes:
    """Return a file with changed arrays (None: left out) and a digest that fits them."""
    content = case.content | {name: np.asarray(value) for name, value in changes.items()}
    content = {name: array for name, array in content.items() if array.dtype != object}
    buffer = io.BytesIO()
    write(buffer, digest=np.array(content_digest(content)), **content)
    return buffer.getvalue()


def of_a_path(case: Case, W: Any, theta: Any, /, **changes: Any) -> bytes:
    """Return a file about other nodes: ends and kinds right, claims as weak as can be."""
    W, theta = np.asarray(W, dtype=float), np.asarray(theta, dtype=float)
    nodes = [Network(*map(to_exact, node)) for node in zip(W, theta, strict=True)]
    kinds = [str(segment_kind(a, b)) for a, b in Path(nodes).segments]
    weak = {"bound": 2.0**499, "level": 2.0**499, "rise": 0.0, "kinds": np.array(kinds, "<U8")}
    ends = {"ends_W": W[[0, -1]], "ends_theta": theta[[0, -1]]}
    return sealed(case, **({"W": W, "theta": theta} | weak | ends | changes))
