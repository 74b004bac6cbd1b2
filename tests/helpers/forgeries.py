"""Certificate files with a right digest and a false claim, one kind of falsehood per function.

What is false is known exactly: a claim below a value that the path attains in fractions (of the
logistic loss, below a certified lower bound), a row outside the domain by one rounding, or a form
that a checker must not accept.
"""

from __future__ import annotations

import hashlib
import io
import warnings
import zipfile
from collections.abc import Callable
from fractions import Fraction

import numpy as np

from helpers.certificate_cases import NUMBERS, Case, below, of_a_path, sealed
from reference import Network
from reference.certificate.certificate_file import content_digest
from reference.model.exact_arithmetic import to_exact

OTHER_TYPES = ("f2", "f4", "g", "i8", "c16", "?")
UNKNOWN_LOSSES = (
    "Absolute",
    "Huber()",
    "Huber(delta=0)",
    "Huber(delta=-1)",
    "Huber(delta=nan)",
    "Huber(tau=1e-9)",
    "Pinball(tau=1)",
    "Pinball(delta=0.5)",
    "Pinball(tau=0.\u0665)",
    "Squared(delta=1)",
    "Squared()\n",
    "",
)


# Each forgery returns the bytes of a file, or None where the case allows none of its kind


def below_the_maximum(rng: np.random.Generator, case: Case) -> bytes:
    """Claim a bound that the path exceeds."""
    return sealed(case, bound=below(case.top, rng))


def below_the_rise(rng: np.random.Generator, case: Case) -> bytes | None:
    """Claim a rise that the path exceeds between its ends, which are at most at the level."""
    level = float(case.content["level"])
    if not case.top > Fraction(level):
        return None
    return sealed(case, rise=max(0.0, below(case.top - Fraction(level), rng)))


def below_an_end(rng: np.random.Generator, case: Case) -> bytes:
    """Claim a level that an end exceeds, and a rise large enough for all the rest."""
    return sealed(case, level=below(case.end, rng), rise=1.0 + abs(float(case.top)))


def of_a_wrong_kind(rng: np.random.Generator, case: Case) -> bytes | None:
    """Call a segment what it is not."""
    kinds = case.content["kinds"].copy()
    if not len(kinds):
        return None
    k = rng.integers(len(kinds))
    others = {"constant", "convex", "general", "still", "chord", ""} - {str(kinds[k])}
    kinds[k] = sorted(others)[rng.integers(len(others))]
    return sealed(case, kinds=kinds)


def of_another_type(rng: np.random.Generator, case: Case) -> bytes | None:
    """Store numbers in another type than float64; all the file says is right for what it holds."""
    kind = OTHER_TYPES[rng.integers(len(OTHER_TYPES))]
    if rng.random() < 0.5:
        name = ("level", "rise", "bound", "kappa")[rng.integers(4)]
        with np.errstate(all="ignore"):
            return sealed(case, **{name: case.content[name].astype(kind)})
    layer, other = rng.permutation(["W", "theta"])
    with np.errstate(all="ignore"):
        stored = case.content[layer].astype(kind)
    if not np.isfinite(stored).all():
        return None
    values = {layer: stored.real.astype(float), other: case.content[other]}
    return of_a_path(
        case, values["W"], values["theta"], **{layer: stored, f"ends_{layer}": stored[[0, -1]]}
    )


def not_finite(rng: np.random.Generator, case: Case) -> bytes:
    """Put NaN or infinity into one place."""
    name = NUMBERS[rng.integers(len(NUMBERS))]
    array = case.content[name].copy()
    array.reshape(-1)[rng.integers(array.size)] = (np.nan, np.inf, -np.inf)[rng.integers(3)]
    return sealed(case, **{name: array})


def of_other_arrays(rng: np.random.Generator, case: Case) -> bytes:
    """Leave an array out, add one, add a raw or a second member, or pack them."""
    choice, names = rng.integers(5), sorted(case.content)
    if choice < 2:
        changes = {"note": 1.0} if choice else {names[rng.integers(len(names))]: None}
        return sealed(case, **changes)
    if choice == 2:
        return sealed(case, np.savez_compressed)
    buffer = io.BytesIO(sealed(case))
    with warnings.catch_warnings(), zipfile.ZipFile(buffer, "a") as archive:
        warnings.simplefilter("ignore")  # of a name written twice
        archive.writestr(("W", "W.npy")[choice - 3], b"raw")
    return buffer.getvalue()


def outside_the_domain(rng: np.random.Generator, case: Case) -> bytes:
    """Move one row outside by one rounding, and claim nearly nothing else."""
    W, theta = case.content["W"].copy(), case.content["theta"]
    node = W[rng.integers(len(W))]
    part = case.problem.domain.weight_part(node)
    if part.size == 0 or (case.problem.domain.frozen and rng.random() < 0.3):
        node[-1, rng.integers(node.shape[1])] += 2.0**-52
        return of_a_path(case, W, theta)
    row = part[rng.integers(len(part))]
    row[:] = rng.normal(size=row.size)
    row /= np.linalg.norm(row) * (1 + 1e-15)
    largest = np.argmax(np.abs(row))
    while not sum(Fraction(w) ** 2 for w in row.tolist()) > 1:
        row[largest] = np.nextafter(row[largest], np.inf * np.sign(row[largest]))
    return of_a_path(case, W, theta)


def overflowing(rng: np.random.Generator, case: Case) -> bytes:
    """Let coefficients cancel or overflow on the way to a claim of nearly 0."""
    W, theta = case.content["W"], case.content["theta"].copy()
    sizes = np.array([2.0**500, 2.0**499, 1.5e308, 1e300, 1.0])
    theta[:] = rng.choice(sizes, theta.shape) * rng.choice([-1, 1], theta.shape)
    claim = -1e-3
    if case.problem.loss.rational:
        value = case.problem.exact().value(Network(to_exact(W[0]), to_exact(theta[0])))
        claim = 1e-3 if value > 1 else below(value, rng)
    return of_a_path(case, W, theta, bound=claim, level=claim)


def of_other_ends(rng: np.random.Generator, case: Case) -> bytes:
    """State ends that the path does not have, by one rounding."""
    name = ("ends_W", "ends_theta")[rng.integers(2)]
    array = case.content[name].copy()
    place = rng.integers(array.size)
    array.reshape(-1)[place] = np.nextafter(array.reshape(-1)[place], 2.0**400)
    return sealed(case, **{name: array})


def of_another_problem(rng: np.random.Generator, case: Case) -> bytes:
    """State another penalty, loss or domain than the fingerprint was taken of."""
    choice = rng.integers(3)
    if choice == 0:
        return sealed(case, kappa=np.nextafter(float(case.content["kappa"]), np.inf))
    if choice == 1:
        other = "Huber(delta=1e-300)" if case.problem.loss.labels is None else "Absolute()"
        return sealed(case, loss=other)
    other = {"unit-ball": "normalized-weights"}.get(case.problem.domain.name, "unit-ball")
    return sealed(case, domain=other)


def of_no_problem(rng: np.random.Generator, case: Case) -> bytes | None:
    """State an unknown loss or domain, a negative penalty or targets that are no labels.

    The fingerprint is right, and the claims are so weak that nothing else is false.
    """
    problem, y = case.problem, case.problem.y
    if (y == 1).all():
        return None  # a label of both losses with labels
    wrong = (
        {"loss": UNKNOWN_LOSSES[rng.integers(len(UNKNOWN_LOSSES))]},
        {"loss": "Hinge()" if np.isin(y, (0, 1)).all() else "Logistic()"},
        {"kappa": -0.5},
        {"domain": "unit-cube"},
    )[rng.integers(4)]
    stated = {"loss": repr(problem.loss), "kappa": problem.kappa, "domain": problem.domain.name}
    stated |= wrong
    data = b"".join(repr(array.shape).encode() + array.tobytes() for array in (problem.X, y))
    text = "{loss} {kappa!r} {domain}".format(**stated).encode()
    fingerprint = hashlib.sha256(data + text).hexdigest()
    nodes = (case.content["W"], case.content["theta"])
    return of_a_path(case, *nodes, **wrong, fingerprint=fingerprint)


def altered(rng: np.random.Generator, case: Case) -> bytes:
    """Flip one bit of an array after the digest was taken."""
    content = {name: array.copy() for name, array in case.content.items()}
    name = NUMBERS[rng.integers(len(NUMBERS))]
    stored = content[name].reshape(-1).view(np.uint8)
    stored[rng.integers(stored.size)] ^= 1 << rng.integers(8)
    buffer = io.BytesIO()
    np.savez(buffer, digest=np.array(content_digest(case.content)), **content)
    return buffer.getvalue()


def empty(rng: np.random.Generator, case: Case) -> bytes:
    """Leave no node, no neuron or no input."""
    W, theta, ends_W = (case.content[name] for name in ("W", "theta", "ends_W"))
    ends_theta = case.content["ends_theta"]
    return (
        sealed(case, W=W[:0], theta=theta[:0]),
        sealed(
            case, W=W[:, :0], theta=theta[:, :0], ends_W=ends_W[:, :0], ends_theta=ends_theta[:, :0]
        ),
        sealed(case, W=W[..., :0], ends_W=ends_W[..., :0]),
    )[rng.integers(3)]


def damaged(rng: np.random.Generator, case: Case) -> bytes:
    """Cut the file, overwrite a stretch of it, or write something else altogether."""
    whole = sealed(case)
    place = int(rng.integers(len(whole) // 2))
    header = b"{'descr': '<f8', 'fortran_order': False, 'shape': (8796093022208, 1, 1), }"
    huge = b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header
    pickled = io.BytesIO()
    np.save(pickled, np.array([{}], dtype=object), allow_pickle=True)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in [*case.content, "digest"]:
            archive.writestr(f"{name}.npy", (huge, pickled.getvalue(), b"")[place % 3])
    return (
        whole[:place],
        whole[:place] + rng.bytes(len(whole) // 2 + 1),
        rng.bytes(place),
        pickled.getvalue(),
        buffer.getvalue(),
    )[rng.integers(5)]


FORGERIES: tuple[Callable[[np.random.Generator, Case], bytes | None], ...] = (
    below_the_maximum,
    below_the_rise,
    below_an_end,
    of_a_wrong_kind,
    of_another_type,
    not_finite,
    of_other_arrays,
    outside_the_domain,
    overflowing,
    of_other_ends,
    of_another_problem,
    of_no_problem,
    altered,
    empty,
    damaged,
)
