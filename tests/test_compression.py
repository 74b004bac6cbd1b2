"""Compressions K0 to K8: what each promises, in exact arithmetic wherever it is rational."""

from fractions import Fraction

import numpy as np
import pytest
from exact_cases import LIPSCHITZ, LOSSES, cases, problems
from hypothesis import given, settings
from hypothesis import strategies as st

from reference import (
    HalfSquared,
    Huber,
    Logistic,
    Network,
    NormalizedWeights,
    Problem,
    Squared,
    UnitBall,
    caratheodory,
    merge,
    merge_cube,
    merge_sphere,
    prune,
    refit,
    sample,
    two_rays,
)
from reference.compression import displacement
from reference.elimination import _exact_null_space
from reference.sampling import outcomes, sampling_bound
from reference.validation import mean


def mass(network):
    return np.abs(network.theta).sum()


def check_measured(problem, network, found):
    """What a result says of itself is what is measured, and its bound holds."""
    assert found.increase == problem.value(found.network) - problem.value(network)
    assert found.radius == displacement(network, found.network)
    assert found.increase <= found.bound


@given(cases())
@settings(max_examples=25)
def test_refit_never_raises_the_objective_and_keeps_the_rows(case):
    problem, network = case
    found = refit(problem, network)
    check_measured(problem, network, found)
    assert found.bound == 0
    assert (found.network.W == network.W).all()


def test_refit_on_a_support_uses_only_it():
    problem, network = float_case()
    found = refit(problem, network, support=[0, 3])
    assert set(found.network.active) <= {0, 3}
    assert found.increase == found.bound
    assert found.bound > refit(problem, network).increase
    assert refit(problem, found.network, support=[0, 3]).bound == 0
    with pytest.raises(ValueError, match=r"support: found \[0, 9\], allowed are neurons 0 \.\. 7"):
        refit(problem, network, support=[0, 9])
    empty = refit(problem, network, support=[])
    assert problem.value(empty.network) == problem.zero_value


@given(cases(LIPSCHITZ), st.data())
@settings(max_examples=35)
def test_merging_groups_keeps_sums_and_the_bound(case, data):
    problem, network = case
    order = data.draw(st.permutations(range(network.width)))
    cut = data.draw(st.integers(1, network.width))
    groups = [part for part in (order[:cut], order[cut:]) if part]
    found = merge(problem, network, groups)
    check_measured(problem, network, found)
    assert mass(found.network) <= mass(network)
    for group in groups:
        assert found.network.theta[group].sum() == network.theta[group].sum()
        assert (found.network.theta[group] != 0).sum() <= 1


def test_merging_identical_rows_is_free():
    row = [Fraction(3, 5), Fraction(4, 5)]
    network = Network([row, row, row], [Fraction(1), Fraction(-3), Fraction(1, 2)])
    problem = exact_problem()
    found = merge(problem, network, [[0, 1, 2]])
    assert found.bound == 0
    assert (found.network.predict(problem.X) == network.predict(problem.X)).all()


@pytest.mark.parametrize(
    ("groups", "words"),
    [([[]], "empty group"), ([[0, 0]], "disjoint"), ([[0], [0]], "disjoint"), ([[7]], "0 .. 2")],
)
def test_merging_refuses_groups_that_are_none(groups, words):
    problem = exact_problem()
    network = Network([[1, 0], [0, 1], [0, 0]], [1, 1, 1])
    with pytest.raises(ValueError, match=words):
        merge(problem, network, groups)


@given(cases(LIPSCHITZ), st.data())
@settings(max_examples=35)
def test_cube_and_sphere_merging_free_what_they_promise_below_their_bounds(case, data):
    problem, network = case
    count = data.draw(st.integers(0, network.width - 1))
    found = merge_cube(problem, network, count)
    check_measured(problem, network, found)
    assert len(found.network.active) <= network.width - count
    on_sphere = ((network.W**2).sum(axis=1) == 1) | ~network.W.any(axis=1)
    if problem.inputs > 1 and on_sphere.all():
        found = merge_sphere(problem, network, count)
        check_measured(problem, network, found)
        assert len(found.network.active) <= network.width - count


def test_sphere_merging_brings_rows_to_the_sphere_first():
    problem, network = float_case()
    found = merge_sphere(problem, network, 3)
    assert len(found.network.active) <= 5
    assert np.linalg.norm(found.network.W, axis=1) == pytest.approx(1)
    assert found.increase <= found.bound
    with pytest.raises(ValueError, match="1 input"):
        merge_sphere(line_problem(), Network([[1.0]], [1.0]), 0)


def test_many_neurons_merge_within_the_rate_of_the_cube():
    """With many neurons the cells are small, so the bound of K2 is a real restriction."""
    problem, _ = float_case()
    generator = np.random.default_rng(3)
    W = UnitBall().project(generator.normal(size=(2000, 3)))
    network = Network(W, generator.normal(size=2000) / 2000)
    found = merge_cube(problem, network, 10)
    assert len(found.network.active) <= 1990
    assert found.increase <= found.bound < merge_cube(problem, network, 1000).bound


@given(cases(LIPSCHITZ), st.data())
@settings(max_examples=35)
def test_pruning_drops_the_smallest_below_its_bound(case, data):
    problem, network = case
    count = data.draw(st.integers(0, network.width))
    found = prune(problem, network, count)
    check_measured(problem, network, found)
    dropped = found.network.theta != network.theta
    assert dropped.sum() <= count
    assert max(abs(network.theta[dropped]), default=0) <= min(
        abs(found.network.theta[~dropped & (found.network.theta != 0)]), default=2
    )


def test_pruning_never_counts_the_constant_neuron():
    problem = Problem(np.eye(3), np.ones(3), Logistic(), 0.1, NormalizedWeights())
    network = Network([[0.5, 0, 0], [0, 0, 1]], [2.0, 0.5])
    assert prune(problem, network, 1).network.theta.tolist() == [0, 0.5]
    with pytest.raises(ValueError, match=r"count: found 2, allowed is 0 \.\. 1"):
        prune(problem, network, 2)


@given(cases(inputs=2, most=3), st.integers(1, 3))
@settings(max_examples=30)
def test_all_outcomes_of_sampling_average_to_the_network_within_the_bound(case, size):
    problem, network = case
    drawn = list(outcomes(network, size))
    assert sum(probability for probability, _ in drawn) == 1
    average = sum(probability * outcome.theta for probability, outcome in drawn)
    assert (average == network.theta).all()
    for _, outcome in drawn:
        assert mass(outcome) == mass(network)
        assert len(outcome.active) <= size
    increase = sum(p * problem.value(outcome) for p, outcome in drawn) - problem.value(network)
    assert increase <= sampling_bound(problem, network, size)


def test_sampling_a_half_squared_loss_costs_its_variance_exactly():
    problem = Problem(*exact_data(), HalfSquared(), Fraction(1, 10))
    network = Network([[1, 0], [0, 1]], [Fraction(1, 3), Fraction(-1, 2)])
    a, q = mass(network), 2
    features, f = network.features(problem.X), network.predict(problem.X)
    expected = mean(a * (features**2 @ abs(network.theta)) - f * f) / (2 * q)
    drawn = outcomes(network, q)
    average = sum(p * problem.value(outcome) for p, outcome in drawn)
    assert average - problem.value(network) == expected


def test_sampling_repeats_with_its_seed_and_improves_with_draws():
    problem, network = float_case()
    once = sample(problem, network, 3, seed=5)
    assert once.network.identical(sample(problem, network, 3, seed=5).network)
    assert sample(problem, network, 3, seed=5, draws=50).increase <= once.increase
    zero = Network(network.W, 0 * network.theta)
    assert sample(problem, zero, 3).network.identical(zero)
    for wrong in ({"size": 0}, {"size": 1, "draws": 0}):
        with pytest.raises(ValueError, match="allowed is at least 1"):
            sample(problem, network, **wrong)


@given(cases(most=8))
@settings(max_examples=50)
def test_caratheodory_keeps_predictions_with_independent_features(case):
    problem, network = case
    found = caratheodory(problem, network)
    check_measured(problem, network, found)
    assert (found.network.predict(problem.X) == network.predict(problem.X)).all()
    assert mass(found.network) <= mass(network)
    active = found.network.features(problem.X)[:, found.network.active]
    assert _exact_null_space(active).shape[1] == 0
    assert len(found.network.active) <= problem.samples


def test_caratheodory_in_float64_keeps_predictions_up_to_rounding():
    generator = np.random.default_rng(0)
    problem = Problem(generator.normal(size=(10, 3)), generator.normal(size=10), Squared(), 0.01)
    W = UnitBall().project(generator.normal(size=(60, 3)))
    network = Network(W, generator.normal(size=60))
    found = caratheodory(problem, network)
    assert len(found.network.active) <= 10
    assert found.network.predict(problem.X) == pytest.approx(network.predict(problem.X), abs=1e-9)
    assert mass(found.network) <= mass(network) + 1e-9


@given(cases(inputs=1))
@settings(max_examples=35)
def test_two_rays_keep_the_whole_predictor(case):
    problem, network = case
    found = two_rays(problem, network)
    check_measured(problem, network, found)
    assert len(found.network.active) <= 2
    line = np.array([[Fraction(-2)], [Fraction(0)], [Fraction(3)]])
    assert (found.network.predict(line) == network.predict(line)).all()
    assert mass(found.network) <= mass(network)


@pytest.mark.parametrize(
    "compress",
    [
        lambda problem, network: merge(problem, network, [[0, 1]]),
        lambda problem, network: merge_cube(problem, network, 1),
        lambda problem, network: merge_sphere(problem, network, 1),
        lambda problem, network: prune(problem, network, 1),
    ],
)
def test_lipschitz_claims_refuse_the_squared_loss(compress):
    problem, network = float_case(Squared())
    with pytest.raises(ValueError, match="no Lipschitz constant"):
        compress(problem, network)


@pytest.mark.parametrize("compress", [merge_cube, merge_sphere, prune, sample])
def test_claims_of_the_ball_refuse_rows_outside_it(compress):
    problem, _ = float_case()
    with pytest.raises(ValueError, match="norm"):
        compress(problem, Network([[2.0, 0, 0], [0, 1, 0]], [1.0, 1.0]), 1)


@given(problems(), st.integers(1, 4))
@settings(max_examples=20)
def test_a_single_idle_neuron_passes_through_every_compression(problem, width):
    network = Network(np.zeros((width, problem.inputs), int).astype(object), [0] * width)
    for found in (refit(problem, network), caratheodory(problem, network)):
        assert found.increase == 0
        assert len(found.network.active) == 0


def test_every_loss_is_covered():
    assert {loss.name for loss in LOSSES} == {
        "absolute", "hinge", "huber", "pinball", "half-squared", "squared",
    }  # fmt: skip


def float_case(loss=None):
    generator = np.random.default_rng(1)
    X = generator.normal(size=(20, 3))
    problem = Problem(X, np.sin(X[:, 0]), loss or Huber(0.5), 0.01)
    W = UnitBall().project(generator.normal(size=(8, 3)) / 2)
    return problem, Network(W, generator.normal(size=8))


def exact_data():
    X = np.array([[1, 2], [-1, 1], [Fraction(1, 2), -3]], dtype=object)
    return X, np.array([1, -2, Fraction(1, 3)], dtype=object)


def exact_problem():
    return Problem(*exact_data(), Huber(Fraction(1, 4)), Fraction(1, 10))


def line_problem():
    return Problem([[1.0], [-1.0]], [0.0, 1.0], Logistic(), 0.1)
