"""The fast kernel against `Problem.gradient`, and what descent promises about its results."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reference.model.datasets import published_problem
from reference.model.domain import NormalizedWeights, UnitBall
from reference.model.losses import (
    LOSSES,
    Absolute,
    HalfSquared,
    Huber,
    Logistic,
    Pinball,
    Squared,
)
from reference.model.network import Network
from reference.model.path import stack
from reference.model.problem import Problem
from reference.training.adam import AdamDescent, AdamState, Plateau, soft_threshold
from reference.training.batch_gradient import BatchGradient
from reference.training.pools import (
    descend_batch,
    initialise,
    objectives,
    train,
    train_pool,
)


def problem(loss, domain, samples=40, inputs=3, kappa=1e-3, seed=0):
    generator = np.random.default_rng(seed)
    X = generator.standard_normal((samples, inputs))
    X[:, -1] = 1
    y = (X[:, 0] * X[:, 1 % inputs] > 0).astype(float)
    return Problem(X, 2 * y - 1 if loss.name == "hinge" else y, loss, kappa, domain)


def starts(prob, width, count, seed=0):
    generators = [np.random.default_rng((seed, k)) for k in range(count)]
    return stack([initialise(prob, width, generator) for generator in generators])


def relative_error(found, exact):
    return np.abs(found - exact).max() / max(np.abs(exact).max(), 1e-3)


@pytest.mark.parametrize("loss", [kind() for kind in LOSSES.values()], ids=lambda loss: loss.name)
@pytest.mark.parametrize("domain", [UnitBall(), NormalizedWeights()], ids=lambda d: d.name)
def test_batch_gradient_is_the_float64_gradient(loss, domain):
    prob = problem(loss, domain)
    W, theta = starts(prob, 5, 3)
    value, dW, dtheta = BatchGradient(prob, W.shape[1])(W.astype("f"), theta.astype("f"))
    for k in range(3):
        net = Network(W[k].astype("f"), theta[k].astype("f"))
        exact_dW, exact_dtheta = prob.gradient(net)
        exact_dW[len(exact_dW) - domain.frozen :] = 0
        assert value[k] == pytest.approx(prob.value(net), rel=1e-5)
        assert relative_error(dW[k], exact_dW) < 2e-5
        assert relative_error(dtheta[k], exact_dtheta - prob.kappa * np.sign(net.theta)) < 2e-5


@pytest.mark.parametrize(("samples", "rows"), [(1, 1), (3, 1), (1, 4)])
def test_batch_gradient_of_the_smallest_shapes(samples, rows):
    prob = problem(Huber(), UnitBall(), samples=samples)
    W, theta = starts(prob, rows, 2)
    _, dW, dtheta = BatchGradient(prob, rows)(W.astype("f"), theta.astype("f"))
    exact_dW, exact_dtheta = prob.gradient(Network(W[1], theta[1]))
    assert relative_error(dW[1], exact_dW) < 2e-5
    assert relative_error(dtheta[1], exact_dtheta - prob.kappa * np.sign(theta[1])) < 2e-5


def test_a_sample_on_a_kink_and_a_dead_neuron_have_slope_zero():
    X = np.array([[1.0, 0.0], [0.0, 1.0]])
    prob = Problem(X, np.array([1.0, 1.0]), HalfSquared(), 0.0)
    W = np.array([[[1.0, 0.0], [-1.0, -1.0]]], dtype="f")  # u_12 = 0; the second row is dead
    _, dW, dtheta = BatchGradient(prob, 2)(W, np.ones((1, 2), dtype="f"))
    assert dW[0].tolist() == [[0.0, 0.0], [0.0, 0.0]]  # f_1 = y_1, and f_2 sits on the kink
    assert dtheta[0].tolist() == [0.0, 0.0]


def test_moments_first_step_is_the_sign_of_the_gradient():
    gradient = np.array([[3.0, -0.5, 0.0]], dtype="f")
    mean, scale = AdamState(gradient).update(gradient)
    np.testing.assert_allclose(mean * scale, [[1, -1, 0]], rtol=1e-6)


def test_moments_are_the_weighted_means_they_say():
    generator = np.random.default_rng(1)
    gradients = generator.standard_normal((7, 1, 4))
    moments = AdamState(np.zeros((1, 4), dtype="f"))
    for gradient in gradients.astype("f"):
        mean, scale = moments.update(gradient)
    ages = np.arange(7)[::-1, None, None]
    first = (0.9**ages * gradients).sum(0) / (0.9**ages).sum(0)
    second = (0.999**ages * gradients**2).sum(0) / (0.999**ages).sum(0)
    np.testing.assert_allclose(mean, first, rtol=2e-4, atol=1e-6)
    np.testing.assert_allclose(scale, 1 / np.sqrt(second), rtol=2e-4)


def test_plateau_shrinks_after_eleven_epochs_without_a_relative_decrease_of_1e_4():
    plateau = Plateau(2)
    plateau.update(np.array([1, 1], dtype="f"))
    for epoch in range(11):
        np.testing.assert_allclose(plateau.rate, 0.01)
        plateau.update(np.array([1 - 5e-5, 0.5 ** (epoch + 1)], dtype="f"))
    np.testing.assert_allclose(plateau.rate, [0.009, 0.01], rtol=1e-6)


def test_soft_threshold_is_the_proximal_map_of_the_l1_norm():
    values = np.linspace(-2, 2, 41)
    grid = np.linspace(-3, 3, 6001)
    for value, shrunk in zip(values, soft_threshold(values, np.float64(0.7)), strict=True):
        energy = (grid - value) ** 2 / 2 + 0.7 * np.abs(grid)
        assert abs(grid[energy.argmin()] - shrunk) <= 1e-3 + 1e-12
    assert soft_threshold(np.array([0.7]), np.float64(0.7))[0] == 0


@pytest.mark.parametrize("domain", [UnitBall(), NormalizedWeights()], ids=lambda d: d.name)
@pytest.mark.parametrize("method", ["adam", "proximal"])
def test_descent_lowers_the_objective_and_stays_in_the_domain(domain, method):
    prob = problem(Logistic(), domain)
    W, theta = starts(prob, 6, 4)
    lower_W, lower_theta = descend_batch(prob, W, theta, 60, method=method)
    assert lower_W.dtype == lower_theta.dtype == np.float64
    for w in lower_W:
        domain.check(w)
    before, after = objectives(prob, W, theta), objectives(prob, lower_W, lower_theta)
    assert (after < 0.9 * before).all()


def test_one_step_moves_every_coordinate_by_the_rate_against_the_gradient():
    prob = problem(Squared(), UnitBall())
    W, theta = starts(prob, 4, 1)
    W = W / 2
    descent = AdamDescent(prob, W, theta, proximal=False)
    descent.step(*BatchGradient(prob, 4)(descent.W, descent.theta))
    dW, dtheta = prob.gradient(Network(W[0], theta[0]))
    np.testing.assert_allclose(descent.W[0], W[0] - 0.01 * np.sign(dW), atol=1e-5)
    np.testing.assert_allclose(descent.theta[0], theta[0] - 0.01 * np.sign(dtheta), atol=1e-5)


def test_proximal_descent_finds_coefficients_that_are_exactly_zero():
    prob = problem(Huber(), UnitBall(), kappa=0.05)
    W, theta = starts(prob, 30, 1)
    _, sparse = descend_batch(prob, W, theta, 400, method="proximal")
    _, dense = descend_batch(prob, W, theta, 400, method="adam")
    assert (sparse == 0).sum() >= 10
    assert (dense == 0).sum() == 0


@settings(max_examples=12)
@given(
    count=st.integers(1, 5),
    epochs=st.integers(0, 6),
    loss=st.sampled_from([Logistic(), Squared(), Absolute(), Pinball(0.3)]),
    domain=st.sampled_from([UnitBall(), NormalizedWeights()]),
    zero_row=st.booleans(),
)
def test_descent_is_never_above_its_start(count, epochs, loss, domain, zero_row):
    prob = problem(loss, domain, samples=7)
    W, theta = starts(prob, 3, count)
    if zero_row:
        W[:, 0] = 0
    before_W, before_theta = W.copy(), theta.copy()
    lower = objectives(prob, *descend_batch(prob, W, theta, epochs))
    assert (lower <= objectives(prob, W, theta)).all()
    np.testing.assert_array_equal(W, before_W)
    np.testing.assert_array_equal(theta, before_theta)


def test_bits_do_not_depend_on_neighbours_blocks_or_threads(monkeypatch):
    prob = problem(Logistic(), NormalizedWeights(), samples=70, inputs=5)
    W, theta = starts(prob, 9, 7)
    target = np.array([0.0, 0.6, 0.0, 0.55, 0.0, 10.0, 0.0])
    whole = descend_batch(prob, W, theta, 25, target)
    for k in range(7):
        single = descend_batch(prob, W[k : k + 1], theta[k : k + 1], 25, target[k : k + 1])
        assert (single[0][0] == whole[0][k]).all()
        assert (single[1][0] == whole[1][k]).all()
    monkeypatch.setattr("reference.training.pools.BLOCK", 2)
    monkeypatch.setattr("reference.training.batch_gradient.FEATURE_FLOATS", 1)
    threaded = descend_batch(prob, W, theta, 25, target, jobs=2)
    assert (threaded[0] == whole[0]).all()
    assert (threaded[1] == whole[1]).all()


def test_a_target_stops_a_network_at_its_first_iterate_below_it():
    prob = problem(Squared(), NormalizedWeights())
    W, theta = starts(prob, 8, 3)
    start = objectives(prob, W, theta)
    target = np.array([start[0] + 1, start[1] / 2, -1.0])
    stopped_W, stopped_theta = descend_batch(prob, W, theta, 200, target)
    value = objectives(prob, stopped_W, stopped_theta)
    np.testing.assert_array_equal(stopped_W[0], W[0])  # met at once
    full = objectives(prob, *descend_batch(prob, W, theta, 200))
    assert full[1] < 0.8 * target[1] < value[1] <= target[1]
    assert value[2] == full[2]


def test_pool_networks_depend_on_seed_and_index_alone():
    prob = problem(Logistic(), NormalizedWeights())
    pool = train_pool(prob, 4, 3, seed=7, epochs=5)
    larger = train_pool(prob, 4, 5, seed=7, epochs=5, jobs=2)
    assert all(a.identical(b) for a, b in zip(pool, larger, strict=False))
    assert train(prob, 4, seed=7, epochs=5).identical(pool[0])
    assert not pool[0].identical(pool[1])
    assert not train(prob, 4, seed=8, epochs=5).identical(pool[0])
    assert pool[0].W.shape == (5, 3)
    assert pool[0].W[-1].tolist() == [0, 0, 1]


def test_initial_networks_keep_the_published_ranges():
    prob = problem(Squared(), NormalizedWeights(), inputs=5)
    net = initialise(prob, 400, np.random.default_rng(0))
    prob.check(net)
    assert 0.49 < np.abs(net.W[:-1]).max() <= 0.5
    assert 0.049 < np.abs(net.theta).max() <= 0.05


@pytest.mark.parametrize(
    ("name", "width", "published"),
    [
        ("moons", 20, 0.0485),
        ("moons", 200, 0.0367),
        ("breast-cancer", 20, 0.0283),
        ("breast-cancer", 200, 0.0324),
    ],
)
def test_pools_have_the_published_mean_objective(name, width, published):
    prob = published_problem(name)
    values = [prob.value(net) for net in train_pool(prob, width, 2000 // width)]
    assert np.mean(values) == pytest.approx(published, rel=0.05)


def test_the_last_iterate_is_returned_on_request():
    prob = problem(Huber(), UnitBall())
    W, theta = starts(prob, 4, 20)
    step = objectives(prob, *descend_batch(prob, W, theta, 1, keep="last"))
    chained = descend_batch(prob, W, theta, 40, keep="last")
    assert (objectives(prob, *chained) < step).all()
    best = objectives(prob, *descend_batch(prob, W, theta, 40, keep="best"))
    assert (best <= objectives(prob, *chained)).all()
    uphill = Problem(prob.X, prob.y, Squared(), 1.0)  # the first step of Adam overshoots here
    theta = np.full_like(theta, 1e-4)
    last = descend_batch(uphill, W, theta, 1, keep="last")
    kept = descend_batch(uphill, W, theta, 1, keep="best")
    assert (objectives(uphill, *last) > objectives(uphill, W, theta)).any()
    assert (objectives(uphill, *kept) <= objectives(uphill, W, theta)).all()


def test_a_late_stop_is_one_step_past_the_target():
    prob = problem(Huber(), UnitBall())
    W, theta = starts(prob, 4, 3)
    iterates = [descend_batch(prob, W, theta, k, keep="last") for k in range(1, 13)]
    values = np.array([objectives(prob, *found) for found in iterates])
    assert (np.diff(values, axis=0) < 0).all()
    met = np.array([2, 7, 10])  # iterates, from 0, that each target lets through first
    target = np.array([values[k - 1 : k + 1, network].mean() for network, k in enumerate(met)])
    late = descend_batch(prob, W, theta, 12, target, keep="late")
    for network, k in enumerate(met + 1):
        np.testing.assert_array_equal(late[0][network], iterates[k][0][network])
        np.testing.assert_array_equal(late[1][network], iterates[k][1][network])
    unmet = descend_batch(prob, W, theta, 12, np.zeros(3), keep="late")
    np.testing.assert_array_equal(unmet[0], iterates[-1][0])
    below = descend_batch(prob, W, theta, 12, objectives(prob, W, theta), keep="late")
    np.testing.assert_array_equal(below[0], W)


@pytest.mark.parametrize("rate", [0.01, 0.0005])
def test_the_first_step_of_adam_is_the_learning_rate_in_every_coordinate(rate):
    prob = problem(Huber(), NormalizedWeights())
    W, theta = starts(prob, 4, 3)
    _, moved = descend_batch(prob, W, theta, 1, keep="last", rate=rate)
    constant = np.abs(moved - theta)[:, -1]  # the one coefficient that no normalisation rescales
    np.testing.assert_allclose(constant, rate, rtol=1e-4)


def test_progress_counts_every_network():
    prob = problem(Squared(), UnitBall())
    seen = []
    train_pool(prob, 2, 130, epochs=1, progress=seen.append)
    assert sum(seen) == 130
    assert len(seen) > 1


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"epochs": -1}, "epochs: found -1"),
        ({"rate": 0.0}, "rate: found 0.0, allowed is a positive number"),
        ({"keep": "first"}, "keep: found 'first', allowed are best, last, late"),
        ({"method": "newton"}, "method: found 'newton', allowed are adam, proximal"),
        ({"W": np.zeros((1, 2, 7))}, r"W, theta: found shapes \(1, 2, 7\)"),
    ],
)
def test_descent_refuses(change, message):
    arguments = {"W": np.zeros((1, 2, 3)), "theta": np.zeros((1, 2)), "epochs": 1} | change
    with pytest.raises(ValueError, match=message):
        descend_batch(problem(Squared(), UnitBall()), **arguments)


def test_training_refuses_exact_problems_and_empty_pools():
    prob = problem(Squared(), UnitBall(), samples=2)
    with pytest.raises(TypeError, match="problem: found exact arithmetic"):
        descend_batch(prob.exact(), np.zeros((1, 2, 3)), np.zeros((1, 2)), 1)
    with pytest.raises(ValueError, match="count: found 0, allowed is at least 1"):
        train_pool(prob, 2, 0)
    with pytest.raises(ValueError, match="width: found 0, allowed is at least 1"):
        train(prob, 0)


def test_processes_return_results_in_order_and_pass_errors_on():
    from math import sqrt

    from reference.training.parallel import map_processes

    assert list(map_processes(sqrt, [9.0, 4.0, 1.0], 2)) == [3.0, 2.0, 1.0]
    with pytest.raises(ValueError, match=r"math domain error|nonnegative"):
        list(map_processes(sqrt, [1.0, -1.0], 2))
