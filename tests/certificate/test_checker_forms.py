"""What the checker must refuse by its form, what it must confirm, and what it must print."""

import contextlib
import hashlib
import zipfile

import numpy as np
import pytest

from reference import (
    Absolute,
    Huber,
    Network,
    Path,
    Problem,
    certify,
    check_file,
    save_certificate,
)
from reference.certificate.certificate_file import certificate_kind, content_digest


def written(file, W, theta, X, y, bound, kinds=(), loss="Absolute()", kappa=0.0, level=None):
    """Write a file of any arrays with a right digest and fingerprint, and return its verdict."""
    W, theta, X, y = np.asarray(W), np.asarray(theta), np.array(X, float), np.array(y, float)
    data = b"".join(repr(array.shape).encode() + array.tobytes() for array in (X, y))
    problem = hashlib.sha256(data + f"{loss} {kappa!r} unit-ball".encode())
    content = {
        "W": W,
        "theta": theta,
        "ends_W": W[[0, -1]],
        "ends_theta": theta[[0, -1]],
        "kinds": np.array(kinds, "<U8"),
        "level": np.array(bound if level is None else level),
        "rise": np.array(0.0),
        "bound": np.array(bound),
        "kappa": np.array(kappa),
        "loss": np.array(loss),
        "domain": np.array("unit-ball"),
        "fingerprint": np.array(problem.hexdigest()),
        "kind": np.array("path"),
    }
    np.savez(file, digest=np.array(content_digest(content)), **content)
    return check_file(file, X, y)


@pytest.fixture
def saved(tmp_path):
    """Return a problem and the file of an honest path on it."""
    rng = np.random.default_rng(0)
    problem = Problem(rng.normal(size=(5, 2)), rng.normal(size=5), Absolute(), 0.01)
    ends = [
        Network(problem.domain.project(rng.normal(size=(3, 2))), rng.normal(size=3)) for _ in "ab"
    ]
    path, file = Path(ends), tmp_path / "path.npz"
    save_certificate(file, problem, path, None, certify(problem, path))
    return problem, file


# False claims that version 0.1.0 accepted


@pytest.mark.parametrize(
    ("W", "theta", "kinds"),
    [
        ([[[0.0], [0.0], [1.0]]], [[1.5e308, 1.5e308, 1.0]], ()),
        ([[[1.0], [1.0], [1.0]], [[1.0], [1.0], [0.5]]], [[1.5e308, -1.5e308, 1]] * 2, ["general"]),
        ([[[0.0], [0.0]]], np.full((1, 2), 60000, np.float16), ()),
    ],
    ids=["penalty", "cancelling", "float16"],
)
def test_no_claim_is_accepted_by_way_of_nan(tmp_path, W, theta, kinds):
    verdict, _ = written(tmp_path / "p.npz", W, theta, [[1.0]], [1000.0], 1e-3, kinds)
    assert verdict is False


def test_arrays_narrower_or_wider_than_float64_are_refused(tmp_path):
    theta = np.full((1, 3), 85.375)  # F = 256.125; the float16 sum is 256
    data = ([[1.0]], [0.0])
    assert written(tmp_path / "p.npz", np.zeros((1, 3, 1)), theta, *data, 256.126, kappa=1.0)[0]
    for kind in (np.float16, np.float32, np.longdouble):
        stored = theta.astype(kind)
        verdict, lines = written(
            tmp_path / "p.npz", np.zeros((1, 3, 1)), stored, *data, 256.06, kappa=1.0
        )
        assert verdict is False
        assert "theta: found type" in lines[0]


def test_a_level_is_not_taken_for_granted(tmp_path):
    """Twin rows with coefficients of 1e30 cancel: F = 5, but rounding hides it."""
    twins = {"W": [[[1.0], [1.0]]] * 2, "theta": [[1e30, -1e30]] * 2}
    verdict, lines = written(
        tmp_path / "p.npz",
        **twins,
        X=[[1.0]] * 2,
        y=[5.0] * 2,
        bound=1e20,
        kinds=["constant"],
        level=0.1,
    )
    assert verdict is None
    assert any("node 0 has an objective of at most" in line for line in lines)


def test_samples_so_small_that_products_vanish_are_refused(tmp_path):
    verdict, lines = written(tmp_path / "p.npz", [[[1e-162]]], [[1e150]], [[1e-162]], [0.0], 1e-320)
    assert verdict is False
    assert "2**-500" in lines[0]


# Damage of the archive


def test_other_members_are_refused(saved):
    problem, file = saved
    for name in ("README.txt", "W", "note.npy"):
        whole = file.read_bytes()
        with zipfile.ZipFile(file, "a") as archive:
            archive.writestr(name, b"raw")
        verdict, lines = check_file(file, problem.X, problem.y)
        assert verdict is False
        assert repr(name) in lines[0]
        file.write_bytes(whole)


def test_packed_arrays_are_refused_before_they_are_unpacked(saved):
    problem, file = saved
    with np.load(file) as archive:
        np.savez_compressed(file, **dict(archive))
    assert "not packed" in check_file(file, problem.X, problem.y)[1][0]


def test_a_network_without_neurons_is_refused(tmp_path):
    verdict, _ = written(
        tmp_path / "p.npz", np.zeros((1, 0, 2)), np.zeros((1, 0)), [[1, 2]], [0], 1.0
    )
    assert verdict is False


# What holds


@pytest.mark.parametrize("delta", [1e-9, 123456789.0, 1e16])
def test_any_huber_constant_is_confirmed(tmp_path, delta):
    rng = np.random.default_rng(1)
    problem = Problem(rng.normal(size=(6, 2)), rng.normal(size=6), Huber(delta), 0.01)
    nodes = [
        Network(problem.domain.project(rng.normal(size=(4, 2))), rng.normal(size=4)) for _ in "abc"
    ]
    for path in (Path(nodes[:1]), Path(nodes)):
        save_certificate(tmp_path / "p.npz", problem, path, None, certify(problem, path))
        assert check_file(tmp_path / "p.npz", problem.X, problem.y)[0] is True


def test_a_level_at_the_maximum_itself_is_confirmed(saved):
    problem, file = saved
    rng = np.random.default_rng(2)
    nodes = [
        Network(problem.domain.project(rng.normal(size=(4, 2))), rng.normal(size=4)) for _ in "abc"
    ]
    certificate = certify(problem, Path(nodes))
    save_certificate(file, problem, Path(nodes), certificate.upper, certificate)
    assert certificate.rise(certificate.upper) == 0
    assert check_file(file, problem.X, problem.y)[0] is True


def test_all_that_is_claimed_is_printed(saved):
    problem, file = saved
    assert certificate_kind(file) == "path"
    with np.load(file) as archive:
        numbers = [repr(archive[name].item()) for name in ("bound", "level", "rise")]
    text = "\n".join(check_file(file, problem.X, problem.y)[1])
    facts = ["Absolute()", "kappa 0.01", "unit-ball", "(2, 3, 2)", problem.fingerprint]
    for fact in [*numbers, *facts, "both ends were verified", "why two"]:
        assert fact in text


def test_no_header_of_an_array_leads_to_a_traceback(saved):
    """Random signs in the headers, archive intact: refused, or accepted with the claims it had."""
    problem, file = saved
    rng = np.random.default_rng(3)
    honest = check_file(file, problem.X, problem.y)
    with zipfile.ZipFile(file) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    for _ in range(300):
        name = sorted(members)[rng.integers(len(members))]
        stored = bytearray(members[name])
        for place in rng.integers(6, 120, size=3):
            stored[place] = rng.choice(list(b"0129(),'<>|fiuSUVOML \x00\xff{}[]-eE"))
        with zipfile.ZipFile(file, "w") as archive:
            for other, content in members.items():
                archive.writestr(other, bytes(stored) if other == name else content)
        judged = check_file(file, problem.X, problem.y)
        assert judged[0] is False or judged == honest
        with contextlib.suppress(ValueError):
            certificate_kind(file)
