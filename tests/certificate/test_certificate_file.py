"""The certificate file and its checker: what holds is confirmed, what is forged refused."""

import ast
import subprocess
import sys
from pathlib import Path as FilePath

import numpy as np
import pytest

from reference import (
    Absolute,
    HalfSquared,
    Hinge,
    Huber,
    Logistic,
    Network,
    NormalizedWeights,
    Path,
    Pinball,
    Problem,
    Squared,
    UnitBall,
    certify,
    check_file,
    load_certificate,
    save_certificate,
    segment_table,
)
from reference.certificate import checker
from reference.certificate.certificate_file import content_digest

LOSSES = [Logistic(), Huber(0.25), Absolute(), Hinge(), Pinball(0.3), HalfSquared(), Squared()]
DOMAINS = [UnitBall(), NormalizedWeights()]


def make_problem(loss, domain=DOMAINS[0], samples=30, inputs=3, seed=0):
    rng = np.random.default_rng(seed)
    y = rng.normal(size=samples)
    if loss.labels:
        y = np.where(y > 0, loss.labels[1], loss.labels[0])
    X = rng.normal(size=(samples, inputs))
    X[:, -1] = 1
    return Problem(X, y, loss, 0.01, domain)


def make_path(domain=DOMAINS[0], width=6, inputs=3, seed=1):
    """Return a path with all three kinds of segments and its maximum inside a chord."""
    rng = np.random.default_rng(seed)
    nodes = []
    for _ in range(2):
        W = rng.normal(size=(width, inputs))
        if domain.frozen:
            W[-1] = domain.constant_row(inputs)
        nodes.append(Network(*domain.normalise(W, rng.normal(size=width) / width)))
    a, b = nodes
    smaller = Network(a.W, a.theta * (np.arange(width) != 0) / 2)
    W = smaller.W.copy()
    W[0] = b.W[0]
    return Path([a, smaller, Network(W, smaller.theta), b])


@pytest.fixture
def saved(tmp_path):
    """Return problem, path, certificate and the file they were saved to."""
    problem, path = make_problem(Logistic()), make_path()
    certificate = certify(problem, path)
    file = tmp_path / "path.npz"
    save_certificate(file, problem, path, None, certificate)
    return problem, path, certificate, file


def forge(file, **changes):
    """Rewrite a certificate with changed arrays and a digest that fits them."""
    with np.load(file) as archive:
        content = {name: archive[name] for name in archive.files if name != "digest"}
    content.update({name: np.asarray(value) for name, value in changes.items()})
    np.savez(file, digest=np.array(content_digest(content)), **content)


# What holds


@pytest.mark.parametrize("domain", DOMAINS, ids=lambda domain: domain.name)
@pytest.mark.parametrize("loss", LOSSES, ids=lambda loss: loss.name)
def test_a_true_certificate_is_confirmed(tmp_path, loss, domain):
    problem, path = make_problem(loss, domain), make_path(domain)
    certificate = certify(problem, path)
    assert {bound.kind for bound in certificate.segments} == {"constant", "convex", "general"}
    save_certificate(tmp_path / "path.npz", problem, path, None, certificate)
    holds, lines = check_file(
        tmp_path / "path.npz", problem.X, problem.y, repr(problem.loss), 0.01, domain.name
    )
    assert holds is True, lines


def test_a_gap_of_exactly_zero_is_confirmed(tmp_path):
    problem, (a, *_) = make_problem(Squared()), make_path().nodes
    lower = Network(a.W, 0 * a.theta)
    if problem.value(lower) >= problem.value(a):
        a, lower = lower, a
    path = Path([a, Network(a.W, (a.theta + lower.theta) / 2), a])
    certificate = certify(problem, path)
    assert certificate.gap == 0.0
    save_certificate(tmp_path / "path.npz", problem, path, None, certificate)
    assert load_certificate(tmp_path / "path.npz").rise == 0.0
    assert check_file(tmp_path / "path.npz", problem.X, problem.y)[0] is True


def test_the_file_returns_what_was_saved(saved):
    problem, path, certificate, file = saved
    stated = load_certificate(file)
    assert all(a.identical(b) for a, b in zip(stated.path.nodes, path.nodes, strict=True))
    assert stated.ends[0].identical(path.start)
    assert stated.ends[1].identical(path.end)
    assert stated.kinds == tuple(bound.kind for bound in certificate.segments)
    assert certificate.upper <= stated.bound <= certificate.upper + 2e-9
    assert certificate.gap <= stated.rise <= certificate.gap + 2e-9
    assert stated.fingerprint == problem.fingerprint
    assert (stated.loss, stated.kappa, stated.domain) == ("Logistic()", 0.01, "unit-ball")


def test_a_path_of_one_node_is_confirmed(tmp_path):
    problem, path = make_problem(Squared()), Path(make_path().nodes[:1])
    save_certificate(tmp_path / "path.npz", problem, path, None, certify(problem, path))
    assert check_file(tmp_path / "path.npz", problem.X, problem.y)[0] is True


def test_the_checker_bounds_every_cell_from_above():
    """Its own bound, not only its verdict: against a scan, for each loss and random cells."""
    rng = np.random.default_rng(3)
    for loss in LOSSES:
        problem, path = make_problem(loss), make_path()
        a, b = path.segments[-1]
        facts = (problem.X, problem.y, checker.parse_loss(repr(problem.loss), problem.y), 0.01)
        W, theta = np.stack([a.W, b.W]), np.stack([a.theta, b.theta])
        for _ in range(20):
            start, end = np.sort(rng.random(2))
            ends = (problem.X @ a.W.T, problem.X @ b.W.T)
            upper, lower = checker.cell(facts, ends, W, theta, (start, end))
            scan = segment_table(problem, a, b, np.linspace(start, end, 200)).max()
            assert lower <= scan <= upper


# What is refused or refuted


def test_claims_too_low_are_refuted(saved):
    problem, _, certificate, file = saved
    stated = load_certificate(file)
    forge(file, bound=certificate.lower - 1e-6, rise=stated.rise)
    holds, lines = check_file(file, problem.X, problem.y)
    assert holds is False
    assert "at least" in lines[0]
    forge(file, bound=stated.bound, rise=stated.rise - 1e-6)
    assert check_file(file, problem.X, problem.y)[0] is False


def test_a_level_below_an_end_is_refuted(saved):
    problem, _, _, file = saved
    stated = load_certificate(file)
    forge(file, level=stated.level - 1e-6, rise=stated.rise + 1e-6)
    holds, lines = check_file(file, problem.X, problem.y)
    assert holds is False
    assert "node" in lines[0]


@pytest.mark.parametrize("name", ["W", "theta", "level", "bound", "kappa", "ends_W", "ends_theta"])
def test_one_altered_bit_is_refused(saved, name):
    problem, *_, file = saved
    with np.load(file) as archive:
        content = {key: archive[key].copy() for key in archive.files}
    content[name].reshape(-1).view(np.uint8)[0] ^= 1
    np.savez(file, **content)
    holds, lines = check_file(file, problem.X, problem.y)
    assert holds is False
    assert "bit was altered" in lines[0]
    with pytest.raises(ValueError, match="altered"):
        load_certificate(file)


def test_no_flipped_bit_of_the_file_changes_what_is_confirmed(saved):
    """A bit of the archive's own bookkeeping may not matter; a confirmed claim is the one saved."""
    problem, *_, file = saved
    whole, stated = file.read_bytes(), load_certificate(file)
    for place in range(0, len(whole), 97):
        damaged = bytearray(whole)
        damaged[place] ^= 1 << (place % 8)
        file.write_bytes(damaged)
        holds, _ = check_file(file, problem.X, problem.y)
        assert holds is not None
        if holds:
            assert load_certificate(file).bound == stated.bound


def test_other_data_are_refused(saved):
    problem, *_, file = saved
    X = problem.X.copy()
    X[0, 0] = np.nextafter(X[0, 0], 9)
    for data in ((X, problem.y), (problem.X, 1 - problem.y)):
        holds, lines = check_file(file, *data)
        assert holds is False
        assert "fingerprint" in lines[0]
    assert "shapes" in check_file(file, problem.X[:, :2], problem.y)[1][0]


@pytest.mark.parametrize(
    ("argument", "value"), [("loss", "Squared()"), ("kappa", 0.02), ("domain", "ball")]
)
def test_another_problem_than_stated_is_refused(saved, argument, value):
    problem, *_, file = saved
    holds, lines = check_file(file, problem.X, problem.y, **{argument: value})
    assert holds is False
    assert argument in lines[0]


def test_a_missing_node_is_refused(saved):
    problem, path, _, file = saved
    stated = load_certificate(file)
    W = np.stack([node.W for node in path.nodes])
    theta = np.stack([node.theta for node in path.nodes])
    forge(file, W=np.delete(W, 1, axis=0), theta=np.delete(theta, 1, axis=0))
    assert "node is missing" in check_file(file, problem.X, problem.y)[1][0]
    forge(file, W=W[:-1], theta=theta[:-1], kinds=np.array(stated.kinds[:-1]))
    assert "stated as its ends" in check_file(file, problem.X, problem.y)[1][0]


def test_other_ends_than_stated_are_refused(saved):
    problem, path, _, file = saved
    forge(file, ends_theta=np.stack([path.start.theta, path.start.theta]))
    holds, lines = check_file(file, problem.X, problem.y)
    assert holds is False
    assert "stated as its ends" in lines[0]


def test_a_node_outside_the_domain_by_one_rounding_is_refused(saved):
    problem, path, _, file = saved
    W = np.stack([node.W for node in path.nodes])
    W[1, 2] = [1 + 2**-52, 0, 0]
    forge(file, W=W)
    holds, lines = check_file(file, problem.X, problem.y)
    assert holds is False
    assert "node 1 lies outside" in lines[0]


def test_a_moved_constant_neuron_is_refused(tmp_path):
    domain = NormalizedWeights()
    problem, path = make_problem(Squared(), domain), make_path(domain)
    save_certificate(tmp_path / "path.npz", problem, path, None, certify(problem, path))
    W = np.stack([node.W for node in path.nodes])
    W[1, -1, 0] = 1e-300
    forge(tmp_path / "path.npz", W=W)
    assert "outside" in check_file(tmp_path / "path.npz", problem.X, problem.y)[1][0]


def test_a_wrong_kind_is_refused(saved):
    problem, *_, file = saved
    forge(file, kinds=np.array(["convex", "constant", "convex"]))
    assert "segment 2 is stated 'convex'" in check_file(file, problem.X, problem.y)[1][0]


@pytest.mark.parametrize(
    "change",
    [
        {"bound": np.nan},
        {"kappa": -1.0},
        {"loss": "Cubic()"},
        {"loss": "Huber(delta=1e-9-)"},
        {"level": [0.0, 1.0]},
        {"W": np.zeros((2, 2), dtype=np.float64)},
        {"kinds": 3.0},
    ],
    ids=str,
)
def test_malformed_content_is_refused_without_a_traceback(saved, change):
    problem, *_, file = saved
    forge(file, **change)
    assert check_file(file, problem.X, problem.y)[0] is False


def test_unreadable_files_are_refused(saved, tmp_path):
    problem, *_, file = saved
    file.write_bytes(file.read_bytes()[:-40])
    assert "no readable certificate" in check_file(file, problem.X, problem.y)[1][0]
    np.savez(file, W=np.zeros(3))
    assert "arrays of a path certificate" in check_file(file, problem.X, problem.y)[1][0]
    with pytest.raises(FileNotFoundError):
        check_file(tmp_path / "absent.npz", problem.X, problem.y)


# What is undecided


def test_too_few_evaluations_leave_it_undecided(saved):
    problem, *_, file = saved
    holds, lines = check_file(file, problem.X, problem.y, evaluations=10)
    assert holds is None
    assert lines[0].startswith("undecided")


# What cannot be saved


def test_only_float64_and_its_own_certificate_can_be_saved(tmp_path):
    problem, path = make_problem(Squared()), make_path()
    exact = Path(node.exact() for node in path.nodes)
    certificate = certify(problem, path)
    with pytest.raises(ValueError, match="exact numbers"):
        save_certificate(tmp_path / "path.npz", problem, exact, None, certificate)
    with pytest.raises(ValueError, match="found 3 segments"):
        save_certificate(tmp_path / "path.npz", problem, Path(path.nodes[:2]), None, certificate)
    with pytest.raises(ValueError, match="level"):
        save_certificate(tmp_path / "path.npz", problem, path, 0.0, certificate)


# Independence


def test_the_checker_imports_numpy_and_the_standard_library_alone():
    source = FilePath(checker.__file__).read_text(encoding="utf-8")
    imported = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            imported |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0
            imported.add(node.module.split(".")[0])
    assert imported - set(sys.stdlib_module_names) == {"numpy"}


def test_the_checker_runs_from_its_file_alone(saved, tmp_path):
    problem, *_, file = saved
    np.savez(tmp_path / "data.npz", X=problem.X, y=problem.y)
    script = """
import sys
import numpy as np
folder, file, data = sys.argv[1:]
sys.path.insert(0, folder)
import checker
data = np.load(data)
print(checker.check_file(file, data["X"], data["y"])[0], "reference" in sys.modules)
"""
    places = (FilePath(checker.__file__).parent, file, tmp_path / "data.npz")
    command = [sys.executable, "-c", script, *map(str, places)]
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    assert run.stdout.split() == ["True", "False"]
