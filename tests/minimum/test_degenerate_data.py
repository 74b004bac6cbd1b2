"""Global minima of data in special position or of extreme size: no crash and no false bound."""

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
    Pinball,
    Problem,
    Squared,
    global_minimum,
    max_correlation,
)
from reference.minimum.dual_bound import conjugate_bound, dual_point
from reference.minimum.peaks import mean_bound
from reference.minimum.unit_scale import scaled, unit_problem, unit_samples

LOSSES = [Logistic(), Hinge(), Absolute(), Pinball(0.3), Huber(0.25), HalfSquared(), Squared()]
POSITIONS = ["lattice", "repeated", "antipodal", "collinear", "zeros", "nearly repeated"]


def degenerate(position, loss, n, seed, kappa=0.01):
    """A few samples in special position with small integer targets."""
    generator = np.random.default_rng(seed)
    N = int(generator.integers(2, 8))
    X = generator.normal(size=(N, n))
    twins = X[generator.integers(0, N, N)]
    if position == "lattice":
        X = generator.integers(-1, 2, (N, n)).astype(float)
    elif position == "zeros":
        X[: N // 2] = 0
    elif position == "collinear":
        X = np.outer(generator.normal(size=N), X[0])
    elif position != "plain":
        factors = generator.choice([1, -1, 2, -0.5], N) if position == "antipodal" else np.ones(N)
        X = twins * factors[:, None]
        if position == "nearly repeated":
            X = X + generator.choice([1e-12, 1e-9, 1e-7]) * generator.normal(size=X.shape)
    y = generator.integers(-2, 3, N).astype(float)
    if loss.labels:
        y = generator.choice(loss.labels, N).astype(float)
    return Problem(X, y, loss, kappa)


def exact_value(problem, network):
    """The objective in fractions; for the logistic loss enlarged by more than its rounding."""
    if problem.loss.rational:
        return problem.exact().value(network.exact())
    return Fraction(problem.value(network)) * (1 + Fraction(1, 10**12))


@pytest.mark.parametrize("position", POSITIONS)
@pytest.mark.parametrize("loss", LOSSES, ids=lambda loss: loss.name)
def test_special_positions(loss, position):
    for n in (1, 2, 3):
        problem = degenerate(position, loss, n, seed=10 * n)
        found = global_minimum(problem, tol=1e-6)
        assert found.dual_bound <= exact_value(problem, found.network)
        assert found.relative_gap <= 1e-4
        assert problem.domain.contains(found.network.W)


def test_the_published_counterexamples():
    """Two equal samples, and integer data: both crashed the restricted program once."""
    problem = Problem([[1, 0], [1, 0], [3, -2]], [0, 0, 1], Logistic(), 0.001)
    assert global_minimum(problem).value == pytest.approx(0.0162108509, abs=1e-9)
    problem = Problem([[0, -1], [0, 1], [1, -1]], [-2, -1, 2], HalfSquared(), 0.1)
    found = global_minimum(problem)
    assert found.relative_gap <= 1e-8


@pytest.mark.parametrize("n", range(1, 9))
def test_any_number_of_inputs(n):
    problem = degenerate("lattice", Squared(), n, seed=n)
    found = global_minimum(problem, tol=1e-6)
    assert found.dual_bound <= exact_value(problem, found.network)
    assert found.bound_kind in {1: ("rays",), 2: ("circle",), 3: ("sphere",)}.get(
        n, ("moments", "relaxation")
    )


@pytest.mark.parametrize("loss", LOSSES, ids=lambda loss: loss.name)
@pytest.mark.parametrize("inputs", [-320, -200, 150])
def test_scaled_data_have_the_scaled_minimum(loss, inputs):
    """Powers of two change no digit: the same network, value and bound, moved."""
    problem = degenerate("plain", loss, 2, seed=3)
    outputs = 0 if loss.labels else inputs // 5
    height = {Absolute: 1, Pinball: 1, Huber: 2, HalfSquared: 2, Squared: 2}.get(type(loss), 0)
    if isinstance(loss, Huber):
        loss = Huber(math.ldexp(loss.delta, outputs))
    kappa = math.ldexp(problem.kappa, inputs - outputs + height * outputs)
    other = Problem(np.ldexp(problem.X, inputs), np.ldexp(problem.y, outputs), loss, kappa)
    found, moved = global_minimum(problem, tol=1e-6), global_minimum(other, tol=1e-6)
    assert moved.value == math.ldexp(found.value, height * outputs)
    assert moved.dual_bound == math.ldexp(found.dual_bound, height * outputs)
    assert (moved.network.W == found.network.W).all()


def test_a_bound_at_the_smallest_scale_is_not_above_a_network():
    """Squares of these samples underflow; the oracle once took their norms for 0."""
    s = 1e-148
    X = np.array([[1.0, 0.5, 0.4], [-0.4, 1.0, 0.4], [0.4, -0.7, 1.0]]) * s
    problem = Problem(X, [1.0, -1.0, 0.5], Absolute(), 0.01 * s)
    rows = np.linalg.inv(X / s).T
    lengths = np.linalg.norm(rows, axis=1)
    W = problem.domain.project(rows / lengths[:, None])
    network = Network(W, np.array([1.0, -1.0, 0.5]) * lengths / s)
    found = global_minimum(problem, tol=1e-6)
    assert found.dual_bound <= problem.exact().value(network.exact())
    assert found.relative_gap <= 1e-5


@pytest.mark.parametrize("n", [1, 2, 3, 4])
def test_correlations_of_mixed_magnitudes(n):
    """Samples a hundred decades apart: the bound holds for the exact correlation of its atom."""
    generator = np.random.default_rng(n)
    for power in (-130.0, 0.0, 130.0):
        X = generator.normal(size=(6, n)) * 10.0 ** generator.uniform(-10, 10, (6, 1)) * 10**power
        v = generator.normal(size=6) * 10.0 ** generator.uniform(-100, 100, 6)
        problem = Problem(X, np.zeros(6), Absolute(), 1.0)
        bound, atom, exact = max_correlation(problem, v)
        features = problem.exact().X @ Network([atom], [1.0]).exact().W[0]
        terms = [Fraction(a) * max(f, 0) for a, f in zip(v, features, strict=True)]
        attained = abs(sum(terms)) / 6
        assert attained <= Fraction(bound)
        assert not exact or float(attained) == pytest.approx(bound, rel=1e-9)


def test_what_is_not_a_number_proves_nothing():
    assert mean_bound(math.nan, 0, 3) == math.inf
    assert scaled(1.0, 5000, up=True) == math.inf
    assert scaled(1.0, 5000, up=False) == np.finfo(float).max
    assert 0 < scaled(1.0, -5000, up=True) < 1e-300
    assert scaled(1.0, -5000, up=False) <= 0
    problem = Problem([[1.0], [2.0]], [1.0, 3.0], HalfSquared(), 0.1)
    point = dual_point(problem, np.array([np.nan, -np.inf]))
    assert point.bound <= 0


@pytest.mark.parametrize("loss", [loss for loss in LOSSES if loss.rational], ids=lambda x: x.name)
def test_the_conjugate_bound_is_below_its_exact_value(loss):
    generator = np.random.default_rng(4)
    for size in (1e-100, 1e-8, 1.0, 1e80):
        y = generator.choice(loss.labels, 9) if loss.labels else size * generator.normal(size=9)
        low, high = loss.dual_interval(y)
        v = np.clip(generator.normal(size=9) * size, low, high) * (1 - 1e-15)
        problem = Problem(np.ones((9, 1)), y, loss, 1.0)
        exact = problem.exact()
        values = exact.loss.conjugate(exact.y, np.array([Fraction(x) for x in v], dtype=object))
        right = -sum(values) / 9
        bound = conjugate_bound(problem, v)
        assert Fraction(bound) <= right
        assert float(right) - bound <= 1e-13 * np.abs(np.concatenate([v * y, v * v])).sum() + 1e-300


def test_unit_samples_move_their_scale_exactly():
    X, a = np.array([[3e-200, 1e-210], [5.0, -7e9]]), np.array([2e120, -3e-90])
    rows, weights, exponent = unit_samples(X, a)
    assert (np.abs(rows).max(axis=1) < 1).all()
    assert 0.5 <= np.abs(weights).max() < 1
    for x, factor, row, weight in zip(X, a, rows, weights, strict=True):
        left = Fraction(factor) * Fraction(x[0])
        assert Fraction(weight) * Fraction(row[0]) * Fraction(2) ** exponent == left


def test_problems_whose_scales_do_not_fit_are_refused():
    problem = Problem([[1e-150], [1e150]], [1.0, 2.0], HalfSquared(), 1.0)
    with pytest.raises(ValueError, match="X: found"):
        unit_problem(problem)
