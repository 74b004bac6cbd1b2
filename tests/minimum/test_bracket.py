"""The certified global minimum: weak duality, known answers, and the parts it is made of."""

from itertools import pairwise

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
    energy_gap,
    global_minimum,
    train,
)
from reference.barriers.one_coefficient import ray_minima
from reference.minimum.activation_cell_program import (
    cells_of,
    inequalities,
    solve_cells,
    violations,
)
from reference.minimum.barrier_functions import smoothed_loss, smoothed_norm
from reference.minimum.column_generation import cell_rounds, cells_around
from reference.minimum.dual_bound import conjugate_bound, dual_point
from reference.minimum.neuron_merging import (
    merge_parallel,
    merge_within_angle,
    network_of,
)
from reference.minimum.sliding import sliding_rounds
from reference.model.network import relu

LOSSES = [Logistic(), Hinge(), Absolute(), Pinball(0.3), Huber(0.25), HalfSquared(), Squared()]
SMOOTH = [loss for loss in LOSSES if loss.holder is not None]
KINKED = [loss for loss in LOSSES if loss.holder is None]


def problem_for(loss, n, samples=12, kappa=0.01, seed=0):
    generator = np.random.default_rng(seed)
    X = generator.normal(size=(samples, n))
    y = X[:, 0] ** 2 + 0.1 * generator.normal(size=samples)
    if loss.labels:
        y = np.where(y > 0.5, loss.labels[1], loss.labels[0])
    return Problem(X, y, loss, kappa)


def networks(problem, count, seed=0):
    """Random networks of several widths, small ones and large ones."""
    generator = np.random.default_rng(seed)
    for _ in range(count):
        m = int(generator.integers(1, 12))
        W = problem.domain.project(generator.normal(size=(m, problem.inputs)))
        yield Network(W, generator.normal(size=m) * generator.choice([0.01, 0.3, 2]))


@settings(max_examples=40)
@given(st.integers(0, 10_000), st.sampled_from(LOSSES), st.sampled_from([1, 2, 3, 5]))
def test_weak_duality(seed, loss, n):
    """Whatever the slopes, no network goes below what they prove (claim D1)."""
    problem = problem_for(loss, n, samples=6, kappa=0.05, seed=seed)
    v = np.random.default_rng(seed).normal(size=6) * 3
    bound = dual_point(problem, v).bound
    assert all(bound <= problem.value(network) for network in networks(problem, 30, seed))


@pytest.mark.parametrize("loss", LOSSES, ids=lambda loss: loss.name)
def test_the_conjugate_bound_is_rounded_down_and_tight(loss):
    problem = problem_for(loss, 2)
    low, high = loss.dual_interval(problem.y)
    v = np.clip(np.random.default_rng(1).normal(size=12), low, high)
    exact = -loss.conjugate(problem.y, v).mean()
    assert exact - 1e-12 <= conjugate_bound(problem, v) < exact


@pytest.mark.parametrize("n", [1, 2, 3])
@pytest.mark.parametrize("loss", SMOOTH, ids=lambda loss: loss.name)
def test_the_gap_closes_for_smooth_losses(loss, n):
    problem = problem_for(loss, n)
    found = global_minimum(problem)
    assert found.exact
    assert found.relative_gap <= 1e-8
    assert found.value == problem.value(found.network)
    assert problem.domain.contains(found.network.W)
    assert all(found.dual_bound <= problem.value(other) for other in networks(problem, 30))


@pytest.mark.parametrize("n", [1, 2, 3])
@pytest.mark.parametrize("loss", KINKED, ids=lambda loss: loss.name)
def test_the_gap_closes_for_kinked_losses(loss, n):
    assert global_minimum(problem_for(loss, n), tol=1e-5).relative_gap <= 1e-5


@pytest.mark.parametrize("loss", [loss for loss in LOSSES if loss.lipschitz], ids=lambda x: x.name)
def test_a_large_penalty_leaves_the_zero_network(loss):
    """``kappa >= L D``: the zero network is the minimum (claim C1), proven in the first round."""
    problem = problem_for(loss, 3)
    problem = Problem(problem.X, problem.y, loss, problem.L * problem.D * (1 + 1e-9))
    found = global_minimum(problem)
    assert not found.network.theta.any()
    assert found.value == problem.zero_value
    assert found.gap <= 1e-12
    assert len(found.history) == 1


def test_a_smaller_penalty_than_the_correlation_leaves_it():
    problem = Problem([[1.0]], [1.0], HalfSquared(), 0.99)
    assert global_minimum(problem).value < problem.zero_value


def test_known_minimum_of_one_sample():
    """``min (1 - |x| a)^2 / 2 + kappa a``: a = (1 - kappa / |x|) / |x|, along x."""
    problem = Problem([[3.0, 0.0, 4.0]], [1.0], HalfSquared(), 0.5)
    found = global_minimum(problem)
    a = (1 - 0.1) / 5
    assert found.value == pytest.approx((1 - 5 * a) ** 2 / 2 + 0.5 * a, rel=1e-8)
    assert found.network.theta.sum() == pytest.approx(a, rel=1e-4)
    assert found.network.W[0] == pytest.approx([0.6, 0, 0.8], abs=1e-4)


def test_known_minimum_of_opposite_samples():
    """Two rays that do not see each other: each residual shrinks to 2 kappa."""
    problem = Problem([[1.0, 0.0], [-1.0, 0.0]], [1.0, -1.0], HalfSquared(), 0.1)
    found = global_minimum(problem)
    assert found.value == pytest.approx(0.2**2 / 2 + 0.1 * 2 * 0.8, rel=1e-8)
    assert found.network.width == 2


def test_known_minimum_of_five_points():
    """Unit vectors, their negatives and 0, each pair of targets fitted by a neuron of its own.

    A neuron that sees ``e_1`` and ``e_2`` pays the Euclidean norm of what it predicts there, so
    with ``N kappa = 1/2`` each pair of residuals keeps that norm. The sample 0 is never fitted.
    """
    X = [[1.0, 0.0], [0.0, 1.0], [-1.0, 0.0], [0.0, -1.0], [0.0, 0.0]]
    problem = Problem(X, [3.0, 4.0, -0.6, -0.8, 2.0], HalfSquared(), 0.1)
    optimal = Network([[0.6, 0.8], [-0.6, -0.8]], [5 - 0.5, -(1 - 0.5)])
    value = (0.5**2 + 0.5**2 + 2**2) / 10 + 0.1 * (4.5 + 0.5)
    assert problem.value(optimal) == pytest.approx(value, rel=1e-12)
    found = global_minimum(problem)
    assert found.value == pytest.approx(value, rel=1e-8)
    assert found.dual_bound <= value
    assert found.network.width == optimal.width
    assert found.network.predict(problem.X) == pytest.approx(optimal.predict(problem.X), abs=1e-3)
    low, high = energy_gap(problem, optimal, found)
    assert low == 0
    assert high <= 1e-7


@pytest.mark.parametrize("loss", [Absolute(), Hinge(), Logistic()], ids=lambda loss: loss.name)
def test_kappa_at_the_threshold_on_five_points(loss):
    """``kappa = L D`` exactly: ``D = 1`` for five samples of norm 1 along one line."""
    X = np.outer([1, 1, -1, 1, -1], [0.6, 0.8])
    y = np.array([1.0, loss.labels[0] if loss.labels else -1.0])[[0, 0, 1, 1, 0]]
    found = global_minimum(Problem(X, y, loss, 1.0))
    assert not found.network.theta.any()
    assert found.value == pytest.approx(found.dual_bound, rel=1e-12)


def test_one_input_is_two_independent_rays():
    problem = problem_for(Huber(0.25), 1)
    H = np.stack([relu(problem.X[:, 0]), relu(-problem.X[:, 0])])
    rays = ray_minima(problem, H)[0].sum() - problem.zero_value
    assert global_minimum(problem).value == pytest.approx(rays, rel=1e-8)


@pytest.mark.parametrize("X", [[[0.0, 0.0]], [[1.0, 2.0]] * 4, [[1.0, 2.0], [-1.0, -2.0], [0, 0]]])
@pytest.mark.parametrize("loss", [HalfSquared(), Absolute()], ids=lambda loss: loss.name)
def test_degenerate_samples(X, loss):
    """Zero, repeated and opposite samples."""
    problem = Problem(X, np.arange(1.0, len(X) + 1), loss, 0.05)
    found = global_minimum(problem, tol=1e-6)
    assert found.relative_gap <= 1e-6
    assert found.dual_bound <= problem.zero_value


def test_many_inputs_keep_a_valid_gap_and_say_why_it_is_open():
    problem = problem_for(Logistic(), 6, samples=30)
    found = global_minimum(problem)
    assert not found.exact
    assert 0 < found.dual_bound < found.value < problem.zero_value
    trained = train(problem, width=30, seed=0)
    assert found.value <= problem.value(trained) + 1e-6


def test_repetition_gives_the_same_bits():
    problem = problem_for(Logistic(), 3)
    first, second = global_minimum(problem), global_minimum(problem)
    assert first.network.identical(second.network)
    assert first.dual_bound == second.dual_bound


def test_progress_hears_every_round_and_time_runs_out():
    problem, steps = problem_for(HalfSquared(), 3), []
    found = global_minimum(problem, seconds=0.0, progress=steps.append)
    assert tuple(steps) == found.history
    assert len(steps) == 1
    full = global_minimum(problem).history
    assert all(a.value >= b.value and a.bound <= b.bound for a, b in pairwise(full))
    assert {step.kind for step in full} == {"slide", "atoms"}


def test_energy_gaps_bracket_the_distance_to_the_minimum():
    problem = problem_for(Logistic(), 3)
    found = global_minimum(problem)
    for network in [train(problem, width=6, seed=1), *networks(problem, 5)]:
        low, high = energy_gap(problem, network, found)
        assert 0 <= low <= problem.value(network) - found.dual_bound <= high
        assert high - low <= 2e-8 * found.value
    low, high = energy_gap(problem, found.network, found)
    assert low == 0
    assert found.gap <= high


def test_wrong_input_is_refused():
    problem = problem_for(HalfSquared(), 2)
    with pytest.raises(TypeError, match="found exact data, allowed is float64"):
        global_minimum(problem.exact())
    with pytest.raises(ValueError, match=r"kappa: found 0\.0"):
        global_minimum(Problem(problem.X, problem.y, problem.loss, 0))
    free = Problem(problem.X, problem.y, problem.loss, 0.1, NormalizedWeights())
    with pytest.raises(ValueError, match=r"X: found .* in the last column of row 0, allowed is 1"):
        global_minimum(free)


@pytest.mark.parametrize("loss", LOSSES, ids=lambda loss: loss.name)
def test_smoothed_losses_have_consistent_derivatives(loss):
    generator = np.random.default_rng(2)
    y = generator.choice(loss.labels, 40) if loss.labels else generator.normal(size=40)
    f, step = y + generator.normal(size=40), 1e-6
    f = f[np.abs(np.abs(f - y) - 0.25) > 1e-3]
    y = y[: len(f)]
    value, slope, curvature = smoothed_loss(loss, y, f, 0.1)
    up, down = (smoothed_loss(loss, y, f + s, 0.1) for s in (step, -step))
    assert (up[0] - down[0]) / (2 * step) == pytest.approx(slope, abs=1e-7)
    assert (up[1] - down[1]) / (2 * step) == pytest.approx(curvature, abs=1e-6)
    low, high = loss.dual_interval(y)
    assert ((low <= slope) & (slope <= high)).all()
    assert smoothed_loss(loss, y, f, 1e-12)[0] == pytest.approx(loss.value(y, f), abs=1e-9)
    assert value.shape == f.shape


def test_the_smoothed_norm_has_consistent_derivatives():
    U = np.random.default_rng(3).normal(size=(4, 3))
    _, gradient, hessian = smoothed_norm(U, 0.3, 0.2)
    for c, k in np.ndindex(U.shape):
        step = np.zeros_like(U)
        step[c, k] = 1e-6
        up, down = smoothed_norm(U + step, 0.3, 0.2), smoothed_norm(U - step, 0.3, 0.2)
        assert (up[0] - down[0]) / 2e-6 == pytest.approx(gradient[c, k], abs=1e-8)
        assert (up[1] - down[1])[c] / 2e-6 == pytest.approx(hessian[c, k], abs=1e-8)
    assert (np.linalg.norm(gradient, axis=1) < 0.3).all()


def test_cells_on_every_side_of_a_vertex():
    """A row on two boundaries has four cells around it, and they really are four."""
    problem = Problem([[1.0, 0, 0], [0, 1.0, 0], [1.0, 1.0, 1.0]], [1.0, 0, 1], HalfSquared(), 0.1)
    cells = cells_around(problem, np.array([[0.0, 0.0, 1.0]]), np.array([1.0]))
    patterns = {tuple(active) for active in cells.active[:, :2].tolist()}
    assert len(patterns) == 4
    assert cells.active[:, 2].all()
    assert (np.abs(cells.inner @ problem.X.T) > 1e-6).all()


def test_the_cell_program_is_solved_within_its_cells():
    """Its own gap is the barrier weight times the number of inequalities."""
    problem = problem_for(HalfSquared(), 2, samples=8)
    angles = np.linspace(0, 2 * np.pi, 200, endpoint=False)
    inner = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    directions = problem.X / np.linalg.norm(problem.X, axis=1, keepdims=True)
    both = np.concatenate([inner, inner]), np.repeat([1.0, -1.0], 200)
    empty = cells_of(directions, np.zeros(0), np.zeros((0, 2)))
    cells = empty.joined(cells_of(directions, both[1], both[0]))
    assert len(cells) == 2 * 16
    U, v = solve_cells(problem, cells, 1e-2 * cells.inner, 1e-2, 1e-8)
    assert not violations(problem, cells, U).any()
    value = problem.value(network_of(problem, U, cells.signs))
    assert 0 <= value - dual_point(problem, v).bound <= 1.01e-8 * inequalities(cells, problem)


def test_cells_close_the_gap_too():
    """The restricted program over cells, on its own, from where sliding ends."""
    problem = problem_for(HalfSquared(), 3)
    *_, last = sliding_rounds(problem)
    for found in cell_rounds(problem, last.network, last.point):
        value = problem.value(found.network)
        if value - found.point.bound <= 1e-8 * value:
            break
    assert value == pytest.approx(global_minimum(problem).value, rel=1e-7)


def test_violated_inequalities_are_seen():
    problem = Problem([[1.0, 0.0], [0.0, 1.0]], [1.0, 1.0], HalfSquared(), 0.1)
    cells = cells_of(problem.X, np.ones(1), np.array([[0.6, 0.8]]))
    loose = type(cells)(cells.signs, cells.inner, cells.active, np.zeros_like(cells.imposed))
    assert violations(problem, loose, np.array([[-1.0, 1.0]])).tolist() == [[True, False]]
    assert not violations(problem, loose, np.array([[1.0, 1.0]])).any()


def test_sliding_does_not_rise():
    problem = problem_for(Logistic(), 3, samples=40)
    values = [problem.value(step.network) for step in sliding_rounds(problem)]
    assert values[0] == problem.zero_value
    assert min(values) == pytest.approx(values[-1], rel=1e-3)


def test_merging_adds_up_neighbours_of_one_sign():
    network = Network([[1.0, 0], [1.0, 1e-9], [1.0, 0], [0, 1.0]], [1.0, 2.0, -1.0, 0.0])
    problem = problem_for(Huber(0.25), 2)
    joined = merge_within_angle(problem, network, 1e-6)
    assert sorted(joined.theta) == pytest.approx([-1, 3])
    assert merge_within_angle(problem, network, 1e-12).width == 3
    assert merge_within_angle(problem, Network([[1.0, 0]], [0.0]), 1e-6).width == 1


def test_consolidation_never_raises_the_objective():
    problem = problem_for(Huber(0.25), 3)
    for network in networks(problem, 20):
        fewer = merge_parallel(problem, network)
        assert problem.value(fewer) <= problem.value(network)
        assert fewer.width <= network.width
