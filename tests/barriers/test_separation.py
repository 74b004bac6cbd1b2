"""Certified lower bounds of barriers, and the exact barrier of one input (claims C6, C8)."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

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
    connect,
    exact_barrier,
    separation_bound,
)
from reference.barriers.one_coefficient import exact_ray_minimum, ray_minima
from reference.barriers.planar_separator import planar_infimum
from reference.barriers.separation import ray_levels
from reference.model.network import relu

LOSSES = [Logistic(), Hinge(), Absolute(), Pinball(0.3), Huber(0.25), HalfSquared(), Squared()]
RATIONAL = LOSSES[1:]


def small_problem(loss, seed, n=1, samples=6, kappa=0.0625):
    generator = np.random.default_rng(seed)
    X = generator.integers(-3, 4, size=(samples, n)) / 2
    y = (
        generator.choice(loss.labels, samples)
        if loss.labels
        else generator.integers(-3, 4, samples)
    )
    return Problem(X, y, loss, kappa)


def swap_problem():
    """Two rays are needed: x = 1 asks for 1, x = -1 for -1."""
    return Problem([[1.0], [-1.0]], [1.0, -1.0], Absolute(), 0.1)


@pytest.mark.parametrize("loss", RATIONAL, ids=lambda loss: loss.name)
def test_ray_minima_bracket_the_exact_one(loss):
    for seed in range(20):
        problem = small_problem(loss, seed)
        exact = ray_levels(problem.exact(), certified=False)
        attained, proven = (ray_levels(problem, certified) for certified in (False, True))
        for e, high, low in zip(exact, attained, proven, strict=True):
            assert isinstance(e, Fraction)
            assert Fraction(low) <= e
            assert high == pytest.approx(float(e), abs=1e-12)
            assert low == pytest.approx(float(e), abs=1e-11)


@settings(max_examples=30)
@given(st.integers(0, 10_000), st.sampled_from(LOSSES))
def test_no_coefficient_beats_the_ray_minimum(seed, loss):
    problem = small_problem(loss, seed)
    H = relu(problem.X.T)
    value, a, V = ray_minima(problem, H)
    grid = np.linspace(-30, 30, 4001)
    values = [problem.objective(np.array([c]), c * H[0]) for c in grid]
    assert value[0] <= min(values) + 1e-12
    assert problem.objective(a, a[0] * H[0]) == pytest.approx(value[0], abs=1e-12)
    low, high = loss.dual_interval(problem.y)
    assert ((low <= V[0]) & (V[0] <= high)).all()
    assert abs((V[0] * H[0]).mean()) <= problem.kappa + 1e-12


def test_a_ray_without_samples_is_worth_nothing():
    problem = Problem([[1.0], [2.0]], [1.0, 1.0], HalfSquared(), 0.1)
    assert ray_levels(problem, certified=False)[1] == problem.zero_value
    exact = problem.exact()
    assert exact_ray_minimum(exact, 0 * exact.X[:, 0]) == exact.zero_value


def test_one_input_barriers_by_hand():
    """``e_plus = e_minus``: one residual 0 for the price 0.1, the other 1, halved: 0.6."""
    problem = swap_problem()
    a = Network([[1.0], [-1.0]], [1.0, -1.0])
    b = Network([[-1.0], [1.0]], [-1.0, 1.0])
    assert problem.value(a) == problem.value(b) == 0.2
    assert exact_barrier(problem, a, b) == pytest.approx(0.4, abs=1e-12)
    exact = problem.exact(), a.exact(), b.exact()
    assert exact_barrier(*exact) == Fraction(1, 2) - Fraction(0.1)
    bound = separation_bound(problem, a, b)
    assert bound.value == pytest.approx(0.6, abs=1e-10)
    assert bound.value <= 0.6 + 1e-15
    assert bound.argument.startswith("C6")


def test_a_third_neuron_removes_the_barrier():
    problem = swap_problem()
    a = Network([[1.0], [-1.0], [1.0]], [1.0, -1.0, 0.0])
    b = Network([[-1.0], [1.0], [1.0]], [-1.0, 1.0, 0.0])
    assert exact_barrier(problem, a, b) == 0
    bound = separation_bound(problem, a, b)
    assert bound.argument == "every path contains its ends"
    assert problem.value(a) - 1e-12 <= bound.value <= problem.value(a)


@pytest.mark.parametrize(
    ("W", "theta"),
    [([[0.0], [1.0]], [-1.0, 1.0]), ([[-1.0], [1.0]], [0.0, 1.0]), ([[1.0], [1.0]], [1.0, 1.0])],
    ids=["row 0", "coefficient 0", "same sign"],
)
def test_an_end_that_counts_as_either_sign_is_not_separated(W, theta):
    problem, a = swap_problem(), Network([[1.0], [-1.0]], [1.0, -1.0])
    assert exact_barrier(problem, a, Network(W, theta)) == 0


def test_one_neuron_of_opposite_rows_passes_zero():
    problem = swap_problem()
    a, b = Network([[1.0]], [1.0]), Network([[-1.0]], [-1.0])
    assert exact_barrier(problem, a, b) == pytest.approx(problem.zero_value - problem.value(a))
    assert separation_bound(problem, a, b).value == pytest.approx(1.0, abs=1e-12)
    assert exact_barrier(problem, a, Network([[0.5]], [1.0])) == 0


def test_one_neuron_whose_coefficient_changes_sign_passes_zero_in_any_dimension():
    problem = Problem(np.eye(4), [1.0, 0.0, 0.0, -1.0], HalfSquared(), 0.01)
    a, b = Network([[1.0, 0, 0, 0]], [0.9]), Network([[0, 0, 0, 1.0]], [-0.9])
    bound = separation_bound(problem, a, b)
    assert bound.value == pytest.approx(problem.zero_value, rel=1e-12)
    assert bound.value <= problem.zero_value


@settings(max_examples=15)
@given(st.integers(0, 1000), st.sampled_from([Absolute(), Huber(0.25), Hinge()]))
def test_exact_barriers_agree_with_a_found_path(seed, loss):
    """With unit rows the portfolio attains the exact barrier; no certified path is below it."""
    problem = small_problem(loss, seed, samples=4)
    generator = np.random.default_rng(seed)
    W = generator.choice([-1.0, 1.0], size=(2, 2, 1))
    a, b = (Network(rows, generator.integers(-4, 5, 2) / 4) for rows in W)
    barrier = exact_barrier(problem.exact(), a.exact(), b.exact())
    found = connect(problem, a, b)
    higher = max(problem.value(a), problem.value(b))
    assert found.gap >= barrier - Fraction(1e-12)
    assert separation_bound(problem, a, b).value <= higher + float(barrier) + 1e-12


@pytest.mark.parametrize("loss", LOSSES, ids=lambda loss: loss.name)
@pytest.mark.parametrize("sides", [(1, -1), (1,)])
def test_the_planar_infimum_is_bracketed(loss, sides):
    generator = np.random.default_rng(11)
    X = generator.normal(size=(15, 2))
    y = generator.choice(loss.labels, 15) if loss.labels else generator.normal(size=15)
    problem = Problem(X, y, loss, 0.02)
    lower, upper, u = planar_infimum(problem, sides, tol=1e-5)
    angles = np.linspace(0, 2 * np.pi, 1501)
    U = np.stack([np.cos(angles), np.sin(angles)], axis=1) @ X.T
    parts = [ray_minima(problem, relu(side * U))[0] - problem.zero_value for side in sides]
    grid = problem.zero_value + sum(parts)
    assert lower <= grid.min()
    assert upper <= grid.min() + 1e-3
    assert 0 <= upper - lower <= 1e-5 * problem.zero_value
    heights = X @ u
    parts = [ray_minima(problem, relu(side * heights)[None])[0][0] for side in sides]
    attained = sum(parts) - (len(sides) - 1) * problem.zero_value
    assert attained == pytest.approx(upper, abs=1e-12)


def test_few_arcs_leave_a_wide_but_valid_bracket():
    problem = small_problem(Huber(0.25), 3, n=2)
    tight, loose = planar_infimum(problem), planar_infimum(problem, arcs=100)
    assert loose.lower <= tight.lower
    assert loose.lower < loose.upper - 1e-4


def swap_in_the_plane():
    """Two neurons fitted to relu(x) + relu(y) on a ring, and the same exchanged [FB17, 2.3.1]."""
    angles = np.arange(24) * (2 * np.pi / 24)
    X = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    y = relu(X[:, 0]) + relu(X[:, 1])
    a = Network(np.eye(2), [0.9, 0.9])
    return Problem(X, y, Huber(0.25), 1e-3), a, Network(a.W[::-1], a.theta[::-1])


def test_swapping_two_neurons_costs_energy_and_a_path_with_a_buffer_none():
    problem, a, b = swap_in_the_plane()
    bound = separation_bound(problem, a, b)
    assert bound.argument.startswith("C8")
    assert bound.value > problem.value(a) + 0.005
    found = connect(problem, a, b)
    assert found.gap >= bound.value - problem.value(a)
    wide = [Network(np.vstack([n.W, [[0.0, 0.0]]]), np.append(n.theta, 0.0)) for n in (a, b)]
    assert connect(problem, *wide).gap <= 1e-12
    found = separation_bound(problem, *wide).value
    assert problem.value(a) - 1e-12 <= found <= problem.value(a)


def test_equal_ends_and_determinants_of_one_sign_are_not_separated():
    problem, a, _ = swap_in_the_plane()
    turned = Network([[0.6, 0.75], [-0.75, 0.6]], a.theta)
    for end in (a, turned, Network(np.ones((2, 2)) / 2, a.theta)):
        bound = separation_bound(problem, a, end)
        higher = max(problem.value(a), problem.value(end))
        assert higher - 1e-12 <= bound.value <= higher


def test_coefficients_of_opposite_signs_leave_a_single_neuron():
    """That separator is at least as high as the determinant's: one ray instead of two."""
    problem, a, _ = swap_in_the_plane()
    problem = Problem(problem.X, relu(problem.X[:, 0]) - relu(problem.X[:, 1]), Huber(0.25), 1e-3)
    a = Network(a.W, [0.9, -0.9])
    bound = separation_bound(problem, a, Network(a.W[::-1], a.theta[::-1]))
    assert "single neuron" in bound.argument
    assert bound.value >= planar_infimum(problem).lower
    assert bound.value > problem.value(a)


def test_free_biases_and_no_penalty_leave_the_ends():
    W = np.array([[[0.5, 0.2], [0.0, 1.0]], [[-0.5, 0.2], [0.0, 1.0]]])
    a, b = (Network(rows, [1.0, 0.0]) for rows in W)
    for domain, kappa in ((NormalizedWeights(), 0.1), (None, 0.0)):
        given_domain = [] if domain is None else [domain]
        problem = Problem([[1.0, 1.0], [-1.0, 1.0]], [1.0, 0.0], Absolute(), kappa, *given_domain)
        assert separation_bound(problem, a, b).argument == "every path contains its ends"


def test_wrong_input_is_named():
    problem, a, _ = swap_in_the_plane()
    with pytest.raises(ValueError, match="allowed is one input"):
        exact_barrier(problem, a, a)
    with pytest.raises(ValueError, match="b: found width 1, allowed is that of a, 2"):
        separation_bound(problem, a, Network([[1.0, 0.0]], [1.0]))
    with pytest.raises(ValueError, match="found norm"):
        separation_bound(problem, a, Network(2 * a.W, a.theta))
