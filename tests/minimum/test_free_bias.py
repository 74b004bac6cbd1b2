"""Free biases: the oracle of claim D5 against brute force, and the published minimum."""

import math
from fractions import Fraction

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
    Pinball,
    Problem,
    Squared,
    global_minimum,
    max_correlation,
    published_problem,
)
from reference.minimum.correlation import correlation_peaks
from reference.minimum.dual_bound import dual_point
from reference.minimum.zero_sum import balanced, zero_sum
from reference.model.network import relu

LOSSES = [Logistic(), Hinge(), Absolute(), Pinball(0.3), Huber(0.25), HalfSquared(), Squared()]


def problem_of(points, y=None, loss=None, kappa=0.01):
    X = np.column_stack([points, np.ones(len(points))])
    y = np.zeros(len(X)) if y is None else y
    return Problem(X, y, loss or Squared(), kappa, NormalizedWeights())


def random_problem(loss, d, seed, kappa=0.01):
    generator = np.random.default_rng(seed)
    points = degenerate_points(d, seed)
    y = generator.integers(-2, 3, len(points)).astype(float)
    if loss.labels:
        y = generator.choice(loss.labels, len(points)).astype(float)
    return problem_of(points, y, loss, kappa)


def degenerate_points(d, seed):
    generator = np.random.default_rng(seed)
    N = int(generator.integers(2, 8))
    points = generator.normal(size=(N, d))
    return [
        points,
        generator.integers(-1, 2, (N, d)).astype(float),
        points[generator.integers(0, N, N)],
        points[generator.integers(0, N, N)] + 1e-9 * generator.normal(size=(N, d)),
        np.outer(generator.normal(size=N), points[0]),
        points * 10.0 ** generator.uniform(-100, 100),
    ][seed % 6]


def enumerated(points, v):
    """The largest correlation over kinks at samples: all sign patterns and all edges (d <= 2)."""
    best = 0.0
    for k in range(len(points)):
        shifted = points - points[k]
        scale = max(np.abs(shifted).max(), 1e-300)
        unit = shifted / scale
        rows = [(np.array(pattern) * v) @ unit for pattern in np.ndindex(*(2,) * len(points))]
        rows += [[-y, x] for x, y in unit] if points.shape[1] == 2 else [[1.0]]
        rows = np.array(rows)
        rows = rows[(rows != 0).any(axis=1)]
        if len(rows):
            rows /= np.linalg.norm(rows, axis=1, keepdims=True)
            both = np.concatenate([rows, -rows])
            best = max(best, float(np.abs(relu(both @ unit.T) @ v).max()) * scale / len(v))
    return best


def test_the_oracle_equals_enumeration():
    """Hundreds of small degenerate instances of one and two data inputs."""
    for seed in range(300):
        d = 1 + seed // 6 % 2
        points = degenerate_points(d, seed)
        v, _ = zero_sum(np.random.default_rng(seed).normal(size=len(points)))
        assert sum(map(Fraction, v)) == 0
        bound, _, exact = max_correlation(problem_of(points), v)
        right = enumerated(points, v)
        spread = np.ptp(points, axis=0).max(initial=0)
        assert exact
        # The enumeration rounds, also at samples whose factor is 0, which the oracle leaves out.
        assert right - 1e-15 * spread * np.abs(v).sum() <= bound <= right + 1e-12 * spread


@pytest.mark.parametrize("d", [1, 2, 3, 5])
def test_no_row_with_any_bias_correlates_more(d):
    generator = np.random.default_rng(d)
    for seed in range(20):
        points = generator.normal(size=(int(generator.integers(2, 20)), d))
        v, _ = zero_sum(generator.normal(size=len(points)))
        problem = problem_of(points)
        peaks = correlation_peaks(problem, v)
        weights = generator.normal(size=(4000, d))
        weights /= np.linalg.norm(weights, axis=1, keepdims=True)
        rows = np.column_stack([weights, 3 * generator.normal(size=4000)])
        reached = np.abs(relu(np.concatenate([rows, peaks.rows]) @ problem.X.T) @ v) / len(v)
        assert reached.max() <= peaks.bound * (1 + 1e-14), seed
        assert peaks.kind == {1: "shifted rays", 2: "shifted circles"}.get(d, "shifted moments")
        if peaks.exact:
            assert reached[4000] == pytest.approx(peaks.bound, rel=1e-10)


def test_breakpoints_left_out_miss_the_maximum():
    """Without shifts, kinks at 0 only, nothing is seen of three samples on one side."""
    problem = problem_of([[1.0], [2.0], [3.0]])
    v = np.array([1.0, -2.0, 1.0])
    assert max_correlation(problem, v).bound == pytest.approx(1 / 3, rel=1e-12)
    unshifted = [abs(v @ relu(sign * problem.X[:, 0])) / 3 for sign in (1, -1)]
    assert max(unshifted) == 0


@pytest.mark.parametrize("seed", range(40))
def test_zero_sums_are_exact_and_stay_in_their_interval(seed):
    generator = np.random.default_rng(seed)
    N = int(generator.integers(1, 60))
    low, high = -generator.random(N), generator.random(N)
    v = balanced(generator.normal(size=N), low, high)
    rounded, grid = zero_sum(v)
    assert sum(map(Fraction, rounded)) == 0
    assert ((low <= rounded) & (rounded <= high)).all()
    assert np.abs(rounded - v).sum() <= 2 * N * grid + abs(math.fsum(v))
    assert zero_sum(np.zeros(3))[1] == 0


@pytest.mark.parametrize("loss", LOSSES, ids=lambda loss: loss.name)
def test_dual_bounds_hold_against_networks_with_huge_biases(loss):
    """A constant through a huge bias costs nothing: bounds must not pretend it does."""
    generator = np.random.default_rng(5)
    for seed in range(24):
        problem = random_problem(loss, 1 + seed % 2, seed, kappa=0.05)
        d = problem.inputs - 1
        bound = dual_point(problem, generator.normal(size=problem.samples)).bound
        for _ in range(8):
            W = generator.normal(size=(4, d + 1))
            W[:, :d] /= 1.001 * np.linalg.norm(W[:, :d], axis=1, keepdims=True)
            theta = generator.normal(size=5) * generator.choice([0.01, 0.3])
            W[0], theta[0] = np.append(np.zeros(d), 2.0**100), generator.normal() * 2.0**-100
            W, theta[-1] = np.concatenate([W, np.eye(d + 1)[-1:]]), 0.0
            network = Network(W, theta)
            problem.check(network)
            if loss.rational:
                assert Fraction(bound) <= problem.exact().value(network.exact())
            else:
                assert bound <= problem.value(network)


@pytest.mark.parametrize("loss", LOSSES, ids=lambda loss: loss.name)
def test_the_gap_closes_on_small_data(loss):
    for seed in range(6):
        problem = random_problem(loss, 1 + seed % 2, seed, kappa=0.02)
        found = global_minimum(problem, tol=1e-5)
        problem.check(found.network)
        assert found.value == problem.value(found.network)
        assert found.gap <= 1e-4 * found.value + 1e-12 * problem.zero_value
        assert found.bound_kind in ("shifted rays", "shifted circles", "risk at least 0")
        assert np.isfinite(found.network.W).all()


def test_known_minimum_of_a_step():
    """Samples at -1 and 1: a slope a/2 and a free constant; ``(2 - 2a)^2 / 4 + kappa a``."""
    problem = problem_of([[-1.0], [1.0]], np.array([7.0, 9.0]), Squared(), 0.1)
    found = global_minimum(problem)
    a = 1 - 0.1 / 2
    assert found.value == pytest.approx((1 - a) ** 2 + 0.1 * a, rel=1e-8)
    assert found.dual_bound <= found.value


def test_a_constant_alone_where_the_penalty_is_large():
    problem = problem_of([[-1.0], [1.0], [2.0]], np.array([1.0, 2.0, 6.0]), HalfSquared(), 100.0)
    found = global_minimum(problem)
    assert found.value == pytest.approx((4 + 1 + 9) / 6, rel=1e-9)
    assert found.relative_gap <= 1e-8


def test_the_published_moons_are_bracketed():
    """The bottom of the published experiment: about 0.033419, below both published pool means."""
    problem = published_problem("moons")
    found = global_minimum(problem, tol=1e-3)
    assert found.relative_gap <= 1e-3
    assert found.bound_kind == "shifted circles"
    assert found.dual_bound < 0.0334188 < found.value * (1 + 1e-9)
    assert problem.domain.contains(found.network.W)
    assert found.value < 0.0367
