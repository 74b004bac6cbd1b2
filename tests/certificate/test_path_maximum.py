"""Certificates against exact arithmetic, high precision, dense scans, and their own promises."""

import tracemalloc
from fractions import Fraction

import mpmath
import numpy as np
import pytest
from helpers.exact_certificates import compare
from helpers.extreme_paths import FAMILIES, REGIMES

from reference import (
    Absolute,
    HalfSquared,
    Hinge,
    Huber,
    Logistic,
    Network,
    Path,
    Pinball,
    Problem,
    Squared,
    certify,
    published_problem,
    segment_table,
    train,
)
from reference.certificate.cell_bounds import parabola_peak
from reference.certificate.path_maximum import segment_kind

LOSSES = [Logistic(), Huber(0.25), Absolute(), Hinge(), Pinball(0.3), HalfSquared(), Squared()]


def make_problem(loss, samples=40, inputs=3, seed=0):
    rng = np.random.default_rng(seed)
    y = rng.normal(size=samples)
    if loss.labels:
        y = np.where(y > 0, loss.labels[1], loss.labels[0])
    return Problem(rng.normal(size=(samples, inputs)), y, loss, 0.01)


def random_path(count=3, width=12, inputs=3, seed=1):
    rng = np.random.default_rng(seed)
    return Path(
        Network(rng.normal(size=(width, inputs)), rng.normal(size=width)) for _ in range(count)
    )


@pytest.fixture(scope="module")
def moons():
    """Return the published problem and a straight path between two trained networks of width 20."""
    problem = published_problem("moons")
    return problem, Path(train(problem, 20, seed=seed, epochs=60) for seed in (0, 1))


# Rigour


def test_exact_arithmetic_never_exceeds_a_certificate_of_any_allowed_magnitude():
    counts = compare(6_000, seed=1)
    assert min(counts.values()) > 300
    assert len(counts) == len(FAMILIES) + len(REGIMES)


PLANTED = {
    "no rounding": {"reference.certificate.rounding.gamma": lambda roundings: 0.0},
    "no underflow": {
        "reference.certificate.rounding.UNDERFLOW": 0.0,
        "reference.certificate.rounding.TINY": 0.0,
    },
    "no parabola": {
        "reference.certificate.cell_bounds.parabola_peak": lambda start, end, curve: np.maximum(
            start, end
        )
    },
    "no kinks": {
        "reference.certificate.cell_bounds._kink_reach": lambda kinks, place, times, *rest: (
            0.0,
            0.0,
        )
    },
}


@pytest.mark.parametrize("fault", PLANTED)
def test_the_comparison_notices_a_planted_fault(monkeypatch, fault):
    for name, replacement in PLANTED[fault].items():
        monkeypatch.setattr(name, replacement)
    with pytest.raises(AssertionError, match=r"F exceeds|not attained"):
        compare(6_000, seed=1)


def test_values_near_the_largest_allowed_need_no_square_that_overflows():
    """Both ends are near 2**960 and the curve between them is small: their difference squared."""
    start, end, curve = np.array([2.0**960]), np.array([1.0]), np.array([2.0**10])
    assert parabola_peak(start, end, curve).tolist() == [2.0**960]


@pytest.mark.parametrize("scale", [1.0, 1e-12, 1e4])
def test_logistic_against_high_precision(scale):
    problem, path = make_problem(Logistic(), samples=5), random_path(width=4)
    path = Path(Network(node.W, scale * node.theta) for node in path.nodes)
    certificate = certify(problem, path, tol=1e-10)
    with mpmath.workdps(60):
        values = [
            (k, t, high_precision(problem, a, b, mpmath.mpf(t)))
            for k, (a, b) in enumerate(path.segments)
            for t in [*np.linspace(0, 1, 40), certificate.argmax[1]]
        ]
        assert all(value <= certificate.segments[k].upper for k, _, value in values)
        assert all(
            value >= certificate.lower for *at, value in values if (*at,) == certificate.argmax
        )


def high_precision(problem, a, b, t):
    """Return the logistic objective at time t of a segment, to 60 digits."""
    number = np.vectorize(mpmath.mpf, otypes=[object])
    W = (1 - t) * number(a.W) + t * number(b.W)
    theta = (1 - t) * number(a.theta) + t * number(b.theta)
    U = number(problem.X) @ W.T
    f = (U * (U > 0)) @ theta
    losses = [mpmath.log1p(mpmath.exp(v)) - y * v for y, v in zip(problem.y, f, strict=True)]
    return mpmath.fsum(losses) / len(losses) + mpmath.mpf(problem.kappa) * sum(abs(theta))


@pytest.mark.parametrize("loss", LOSSES, ids=lambda loss: loss.name)
def test_never_below_a_dense_scan_and_as_narrow_as_asked(loss):
    problem, path = make_problem(loss), random_path()
    times = np.linspace(0, 1, 2001)
    scan = max(segment_table(problem, a, b, times).max() for a, b in path.segments)
    for tol in (1e-3, 1e-6, 1e-10):
        certificate = certify(problem, path, tol=tol)
        assert certificate.upper >= scan
        assert certificate.upper - certificate.lower <= tol
        k, t = certificate.argmax
        assert problem.value(path.at(k, t)) == pytest.approx(certificate.lower, abs=1e-9)


def test_thousands_of_kinks_at_one_time():
    problem = make_problem(Absolute(), samples=100)
    (a,) = random_path(count=1, width=100).nodes
    path = Path([a, Network(-a.W, a.theta)])
    certificate = certify(problem, path)
    times = np.linspace(0, 1, 4001)
    assert certificate.upper >= segment_table(problem, *path.segments[0], times).max()
    assert certificate.upper - certificate.lower <= 1e-9


def test_numbers_too_large_for_float64_are_refused():
    problem = Problem([[1e150, 1.0]], [0.0], Squared(), 0.1)
    with pytest.raises(ValueError, match="predictions of size"):
        certify(problem, Path([Network([[1e150, 1.0]], [1.0])]))


@pytest.mark.parametrize("level", [np.nan, np.inf, -np.inf])
def test_a_level_that_is_no_number_is_refused(level):
    problem, path = make_problem(Squared()), random_path(width=2)
    with pytest.raises(ValueError, match=r"level: found .*, allowed are finite reals"):
        certify(problem, path, level=level)
    with pytest.raises(ValueError, match="tol"):
        certify(problem, path, tol=np.nan)


def test_mixed_arithmetic_is_refused():
    problem, path = make_problem(Squared()), random_path(width=2)
    exact = Path(node.exact() for node in path.nodes)
    with pytest.raises(ValueError, match="found float64 numbers, allowed are exact ones"):
        certify(problem.exact(), path)
    with pytest.raises(ValueError, match="found exact numbers, allowed are float64 ones"):
        certify(problem, exact)


def test_no_node_is_above_the_upper_bound():
    """On a constant segment both nodes bound one value; the whole path still reports the larger."""
    problem = make_problem(Squared())
    for width in (1, 2, 3):
        path = random_path(width=width)
        idle = Network(path.start.W, 0 * path.start.theta)
        certificate = certify(problem, Path([idle, Network(path.end.W, idle.theta), path.end]))
        assert certificate.upper >= certificate.node_upper.max()


def test_an_end_computed_above_an_explicit_level_counts():
    problem = Problem([[1.0], [1.0]], [5.0, 5.0], Absolute(), 0.0)
    twins = Network([[1.0], [1.0]], [1e10, -1e10])
    certificate = certify(problem, Path([twins]))
    exact = problem.exact().value(twins.exact())
    for level in (5 - 1e-5, 5 - 1e-6):
        assert Fraction(level) + Fraction(certificate.rise(level)) >= exact > level
        assert not certificate.ends_below(level)
    assert certificate.rise(problem.value(twins)) == 0
    assert certificate.rise() == 0
    assert certificate.ends_below(6.0)


# Exact arithmetic


def test_exact_certificates_carry_no_rounding():
    problem, path = make_problem(Huber(0.25), samples=4), random_path(width=2)
    path = Path(node.exact() for node in path.nodes)
    certificate = certify(problem.exact(), path, tol=Fraction(1, 100))
    assert (certificate.node_upper == certificate.node_lower).all()
    assert isinstance(certificate.upper, Fraction)
    assert 0 <= certificate.upper - certificate.lower <= Fraction(1, 100)
    k, t = certificate.argmax
    assert problem.exact().value(path.at(k, t)) == certificate.lower


def test_an_exact_convex_path_has_its_exact_maximum():
    problem, path = make_problem(Squared(), samples=4).exact(), random_path(width=3)
    (a, b) = (Network(path.start.W, node.theta).exact() for node in path.nodes[:2])
    certificate = certify(problem, Path([a, b]))
    assert certificate.upper == certificate.lower == max(problem.value(a), problem.value(b))
    assert certificate.gap == 0


# Kinds, gap, rise, verdict


def test_kinds_of_segments():
    W, V = np.eye(2), np.array([[1.0, 0.0], [0.6, 0.8]])
    at = Network(W, [1.0, 0.0])
    assert segment_kind(at, at) == "constant"
    assert segment_kind(at, Network(V, [1.0, 0.0])) == "constant"
    assert segment_kind(at, Network(W, [0.0, 2.0])) == "convex"
    assert segment_kind(at, Network(V, [3.0, 0.0])) == "convex"
    assert segment_kind(at, Network(V, [1.0, 1e-300])) == "general"
    assert segment_kind(at, Network(W[::-1], [0.0, 1.0])) == "general"


def test_gap_is_exactly_zero_where_only_nodes_count():
    """Ends joined to a lower point by output segments: rounding of the ends must not show."""
    problem = make_problem(Logistic())
    (a,) = random_path(count=1).nodes
    lower = Network(a.W, 0.01 * a.theta)
    certificate = certify(problem, Path([a, lower, lower, a]))
    assert certificate.gap == 0.0
    assert certificate.upper > problem.value(a) > certificate.node_upper[1]
    assert certificate.rise(problem.value(a)) == 0.0


def test_rise_counts_interior_nodes_and_chords():
    problem, path = make_problem(Logistic()), random_path()
    certificate = certify(problem, path)
    ends = max(problem.value(path.start), problem.value(path.end))
    top = max(certify(problem, Path(nodes)).lower for nodes in path.segments)
    assert certificate.gap == pytest.approx(max(top - ends, 0), abs=1e-8)
    assert certificate.rise(certificate.upper + 1) == 0
    assert certificate.rise(ends + 1e-3) == pytest.approx(max(certificate.gap - 1e-3, 0))


def test_a_level_below_an_end_is_refused():
    problem, path = make_problem(Logistic()), random_path()
    certificate = certify(problem, path)
    with pytest.raises(ValueError, match="level: found"):
        certificate.rise(problem.value(path.start) - 1e-3)


def test_three_verdicts():
    problem, path = make_problem(Logistic()), random_path()
    certificate = certify(problem, path, tol=1e-3)
    assert certificate.verdict(certificate.upper) == "below"
    assert certificate.verdict(certificate.lower - 1e-12) == "above"
    assert certificate.verdict((certificate.lower + certificate.upper) / 2) == "undecided"
    assert certificate.lower < certificate.upper


# Degenerate paths


def test_a_path_of_one_node():
    problem, path = make_problem(Squared()), random_path(count=1)
    certificate = certify(problem, path)
    assert certificate.segments == ()
    assert certificate.evaluations == 1
    assert certificate.argmax == (0, 0)
    assert certificate.gap == 0
    assert certificate.lower <= problem.value(path.start) <= certificate.upper


@pytest.mark.parametrize(("samples", "width"), [(1, 1), (1, 6), (6, 1)])
def test_smallest_shapes(samples, width):
    problem, path = make_problem(Squared(), samples=samples), random_path(width=width)
    certificate = certify(problem, path)
    assert certificate.upper - certificate.lower <= 1e-9


def test_permuted_ends_are_bridged_by_a_chord():
    problem, path = make_problem(Logistic()), random_path(count=1)
    (a,) = path.nodes
    order = np.roll(np.arange(a.width), 1)
    certificate = certify(problem, Path([a, Network(a.W[order], a.theta[order])]))
    assert certificate.segments[0].kind == "general"
    assert certificate.node_upper[0] == pytest.approx(certificate.node_upper[1], rel=1e-13)


# Effort


def test_a_trained_segment_to_1e_9_in_few_evaluations(moons):
    certificate = certify(*moons, tol=1e-9)
    assert certificate.upper - certificate.lower <= 1e-9
    assert certificate.evaluations <= 200


def test_narrower_than_the_global_lipschitz_mesh(moons):
    """At 257 points [B26r]'s mesh bound is L_seg / (2 * 256), L_seg from claim M6."""
    problem, path = moons
    logistic = Problem(problem.X, problem.y, Logistic(), problem.kappa, problem.domain)
    certificate = certify(logistic, path, tol=0.0, max_evaluations=257)
    (a, b), D = path.nodes, logistic.D
    moved = np.linalg.norm(b.W - a.W, axis=1).max()
    mass = max(np.abs(a.theta).sum(), np.abs(b.theta).sum())
    exchanged = np.abs(b.theta - a.theta).sum()
    mesh = (D * (exchanged + mass * moved) + problem.kappa * exchanged) / 512
    assert certificate.evaluations <= 257
    assert certificate.upper - certificate.lower < mesh / 100


def test_a_level_saves_work(moons):
    problem, path = moons
    full = certify(problem, path)
    early = certify(problem, path, level=full.upper + 1e-3)
    assert early.evaluations < full.evaluations
    assert early.verdict(full.upper + 1e-3) == "below"


@pytest.mark.parametrize("budget", [6, 12, 40, 100])
def test_evaluations_stay_within_the_budget(budget):
    problem, path = make_problem(Squared()), random_path()
    certificate = certify(problem, path, tol=0.0, max_evaluations=budget)
    chords = 2 * len(path.segments)  # two ends of a segment are the least a bound needs
    assert certificate.evaluations <= max(budget, len(path.nodes) + chords)
    assert certificate.upper >= certify(problem, path).lower


def test_memory_does_not_grow_with_samples_times_width():
    problem, path = make_problem(Squared(), samples=20_000), random_path(count=2, width=100)
    tracemalloc.start()
    certify(problem, path, tol=1e-2)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 20_000 * 100 * 8 / 2


def test_a_negative_tolerance_is_named():
    with pytest.raises(ValueError, match="tol: found -1"):
        certify(make_problem(Squared()), random_path(), tol=-1)


def test_parabola_peak_is_the_maximum():
    start, end = np.array([0.0, 0.0, 1.0, 2.0]), np.array([0.0, 1.0, 1.0, 0.0])
    curve = np.array([4.0, 0.5, -1.0, 3.0])
    mu = np.linspace(0, 1, 100_001)[:, None]
    scan = ((1 - mu) * start + mu * end + mu * (1 - mu) * curve).max(axis=0)
    np.testing.assert_allclose(parabola_peak(start, end, curve), scan, atol=1e-9)
