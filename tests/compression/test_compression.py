"""Compressions K0 to K8: what each promises, in exact arithmetic wherever it is rational."""

from fractions import Fraction

import numpy as np
import pytest
from helpers.exact_cases import LIPSCHITZ, LOSSES, cases, problems
from hypothesis import given, settings
from hypothesis import strategies as st

from reference import (
    Absolute,
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
from reference.compression.exact_reduction import _exact_null_space
from reference.compression.merging import _fullest, _grid, _largest_power, _patches
from reference.compression.result import displacement
from reference.compression.sampling import outcomes, realisation, sampling_bound
from reference.model.exact_arithmetic import mean
from reference.model.losses import Loss


def mass(network):
    return np.abs(network.theta).sum()


def check_measured(problem, network, found):
    """What a result says of itself is what is measured, and its bound holds."""
    assert found.increase == problem.value(found.network) - problem.value(network)
    assert found.radius == displacement(network, found.network)
    assert found.increase <= found.bound


@pytest.mark.parametrize(
    ("compress", "method", "claim"),
    [
        (lambda problem, network: merge(problem, network, [[0, 1]]), "merge", "K1"),
        (lambda problem, network: merge_cube(problem, network, 1), "merge_cube", "K2"),
        (lambda problem, network: merge_sphere(problem, network, 1), "merge_sphere", "K3"),
        (lambda problem, network: sample(problem, network, 2), "sample", "K4"),
        (lambda problem, network: prune(problem, network, 1), "prune", "K5"),
        (caratheodory, "caratheodory", "K6"),
        (lambda problem, network: two_rays(line_problem(), line_network()), "two_rays", "K8"),
    ],
)
def test_a_result_names_its_method_and_its_claim(compress, method, claim):
    found = compress(*float_case())
    assert (found.method, found.claim) == (method, claim)


def rounding_only(value, problem, network, size=0.0):
    """Whether a part of a bound is what float64 rounding needs, and nothing in exact arithmetic.

    About ``N + 2 m + n + 64`` roundings of an objective of that size, four enclosures wide, and
    2048 of the bound itself, each 2**-53; a hundredfold less than the smallest rate tested.
    """
    if problem.is_exact:
        return value == 0
    return 0 <= value <= 1e-11 * (1 + float(problem.value(network)) + float(size))


@given(cases())
@settings(max_examples=25)
def test_refit_never_raises_the_objective_and_keeps_the_rows(case):
    problem, network = case
    found = refit(problem, network)
    check_measured(problem, network, found)
    assert rounding_only(found.bound, problem, network)
    assert (found.network.W == network.W).all()


def test_refit_on_a_support_uses_only_it():
    problem, network = float_case()
    found = refit(problem, network, support=[0, 3])
    assert set(found.network.active) <= {0, 3}
    assert rounding_only(found.bound - found.increase, problem, network)
    assert found.bound > refit(problem, network).increase
    again = refit(problem, found.network, support=[0, 3])
    assert rounding_only(again.bound, problem, found.network)
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


def test_a_group_is_merged_onto_the_member_that_costs_least():
    """Rows 0, 1/2 and 1 on a line: each coefficient pays its distance to the one kept."""
    rows = [[Fraction(k, 2), Fraction(0)] for k in (2, 0, 1)]
    problem = exact_problem()
    for theta, kept, transport in (
        ([1, 1, 1], 2, 1),
        ([1, -9, 3], 1, Fraction(5, 2)),
        ([4, 1, -1], 0, Fraction(3, 2)),
    ):
        network = Network(rows, [Fraction(a) for a in theta])
        found = merge(problem, network, [[0, 1, 2]])
        assert found.network.theta.tolist() == [sum(theta) * (i == kept) for i in range(3)]
        assert found.bound == problem.L * problem.D * transport
        check_measured(problem, network, found)
    pairs = Network(rows + rows, [Fraction(a) for a in (1, 2, 0, 0, 5, 1)])
    found = merge(problem, pairs, [[0, 1], [4, 5]])
    assert found.network.theta.tolist() == [0, 3, 0, 0, 6, 0]
    assert found.bound == problem.L * problem.D * (1 + Fraction(1, 2))


@pytest.mark.parametrize("exact", [False, True])
@pytest.mark.parametrize("count", [0, 1, 3])
def test_bounds_of_grid_merging_are_the_rates_of_their_claims(count, exact):
    problem, network = float_case()
    if exact:
        problem, network = exact_problem(), Network(*exact_rows())
    n, m = network.inputs, network.width
    scale = float(problem.L * problem.D * mass(network))
    cube = 4 * np.sqrt(n) * scale * ((count + 1) / m) ** (1 / n)
    found = merge_cube(problem, network, count)
    assert float(found.bound) == pytest.approx(cube, rel=1e-10)
    assert isinstance(found.bound, Fraction if exact else float)
    if not exact:  # brought to norm 1, rows have less mass: ||theta_i w_i|| for |theta_i|
        products = np.linalg.norm(network.theta[:, None] * network.W, axis=1)
        scale = problem.L * problem.D * products.sum()
    constant = 4 * np.sqrt(n * (n - 1)) * (2 * n) ** (1 / (n - 1))
    found = merge_sphere(problem, network, count)
    sphere = constant * scale * ((count + 1) / m) ** (1 / (n - 1))
    assert float(found.bound) == pytest.approx(sphere, rel=1e-10)
    assert isinstance(found.bound, Fraction if exact else float)


@pytest.mark.parametrize(
    ("width", "share", "exponent", "power"),
    [(0, 1, 1, 0), (1, 2, 3, 0), (7, 1, 1, 7), (8, 1, 3, 2), (26, 1, 3, 2), (27, 1, 3, 3),
     (54, 2, 3, 3), (53, 2, 3, 2), (100, 4, 2, 5)],
)  # fmt: skip
def test_cells_per_side_are_the_most_that_are_full_enough(width, share, exponent, power):
    assert _largest_power(width, share, exponent) == power


def test_cells_of_the_cube_are_half_open_but_for_the_last():
    points = np.array([[-1.0, -0.5], [-0.51, 0.0], [0.49, 0.5], [0.99, 1.0]])
    assert _grid(points, 4).tolist() == [[0, 1], [0, 2], [2, 3], [3, 3]]
    assert _grid(points, 1).tolist() == [[0, 0]] * 4
    assert _grid(np.array([[Fraction(-1, 3), Fraction(1, 3)]]), 3).tolist() == [[1, 2]]


def test_patches_of_the_sphere_tell_coordinate_sign_and_the_rest():
    rows = np.array([[0.0, 0.0, 1.0], [0.0, 0.0, -1.0], [-0.8, 0.6, 0.0], [0.8, 0.0, -0.6]])
    found = _patches(rows, 2)
    assert found.tolist() == [[2, 1, 1, 1], [2, 0, 1, 1], [0, 0, 1, 1], [0, 1, 1, 0]]


def test_the_fullest_cell_is_filled_up_from_the_next():
    names = np.array([[0], [2], [1], [2], [1], [2], [3]])
    assert _fullest(names, 1) == [1, 3, 5]
    assert _fullest(names, 3) == [1, 3, 5]
    assert _fullest(names, 4) == [1, 3, 5, 2]
    assert _fullest(names, 6) == [1, 3, 5, 2, 4, 0]


def test_grid_merging_merges_what_shares_the_finest_full_cell():
    """Eight rows and two cells a side: three rows share a cell, the others stay."""
    W = [[x, y] for x in (-0.6, 0.6) for y in (-0.6, 0.6)] * 2
    W[5] = [0.1, -0.9]
    network = Network(W, np.arange(1.0, 9))
    problem = Problem(np.eye(2), [0.0, 1.0], Huber(0.5), 0.01)
    found = merge_cube(problem, network, 1)
    assert found.network.theta.tolist() == [1, 2, 16, 4, 5, 0, 0, 8]


@pytest.mark.parametrize(("width", "cells"), [(11, 1), (47, 1), (48, 2), (107, 2), (108, 3)])
def test_sphere_merging_cuts_patches_as_finely_as_its_claim_says(width, cells):
    """With three inputs and one neuron to free, q is the largest with 12 q^2 <= m, at least 1."""
    generator = np.random.default_rng(width)
    W = UnitBall().normalise(generator.normal(size=(width, 3)), np.ones(width))[0]
    network = Network(W, generator.normal(size=width))
    problem, _ = float_case()
    found = merge_sphere(problem, network, 1).network
    chosen = _fullest(_patches(found.W, cells), 2)
    np.testing.assert_allclose(found.W, W, rtol=1e-14)
    others = np.setdiff1d(np.arange(width), chosen)
    np.testing.assert_allclose(found.theta[others], network.theta[others], rtol=1e-14)
    assert (found.theta[chosen] != 0).sum() == 1


@pytest.mark.parametrize("compress", [merge_cube, merge_sphere])
@pytest.mark.parametrize("count", [-1, 2, 7])
def test_grid_merging_refuses_to_free_all_or_less_than_none(compress, count):
    problem = Problem(np.eye(2), [0.0, 1.0], Huber(0.5), 0.01)
    with pytest.raises(ValueError, match=rf"count: found {count}, allowed is 0 \.\. 1"):
        compress(problem, Network(np.eye(2), [1.0, 2.0]), count)


def test_sphere_merging_of_zero_rows_and_of_exact_rows_off_the_sphere():
    problem = Problem(np.eye(2), [0.0, 1.0], Huber(0.5), 0.01)
    found = merge_sphere(problem, Network([[0.0, 0.0], [0.0, 0.5], [0.6, 0.0]], [7.0, 2, 3]), 0)
    np.testing.assert_allclose(found.network.W, [[1, 0], [0, 1], [1, 0]], atol=1e-14)
    # The zero row became e_1, which row 2 is too: they share a patch and are merged.
    np.testing.assert_allclose(found.network.theta, [1.8, 1, 0], rtol=1e-14)
    exact = merge_sphere(exact_problem(), Network([[0, 0], [0, 1]], [7, 2]).exact(), 0)
    assert exact.network.identical(Network([[1, 0], [0, 1]], [0, 2]))
    for short in (Fraction(1, 2), Fraction(1, 10**200)):
        off = Network([[1, 0], [short, 0]], [1, 1]).exact()
        with pytest.raises(ValueError, match="found row 1 off the sphere"):
            merge_sphere(exact_problem(), off, 0)


def test_sphere_merging_counts_rows_whose_square_underflows_as_zero():
    problem = Problem(np.eye(2), [0.0, 1.0], Huber(0.5), 0.01)
    # The least row of normal square, one shorter, and a row too small for any.
    network = Network([[0, 2.0**-511], [2.0**-513, -(2.0**-512)], [0, 1e-300]], [2.0**480, 3, 5])
    found = merge_sphere(problem, network, 0).network
    np.testing.assert_allclose(found.W, [[0, 1], [1, 0], [1, 0]], rtol=1e-14)
    np.testing.assert_allclose(found.theta, [2.0**-31, 0, 0], rtol=1e-14)


@pytest.mark.parametrize(
    ("groups", "words"),
    [([[]], "empty group"), ([[0, 0]], "disjoint"), ([[0], [0]], "disjoint"), ([[3]], "0 .. 2")],
)
def test_merging_refuses_groups_that_are_none(groups, words):
    problem = exact_problem()
    network = Network([[1, 0], [0, 1], [0, 0]], [1, 1, 1]).exact()
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


@pytest.mark.parametrize(("kappa", "falls"), [(Fraction(1, 10), False), (Fraction(9), True)])
def test_the_bound_of_pruning_is_what_its_claim_says(kappa, falls):
    problem = Problem(*exact_data(), Huber(Fraction(1, 4)), kappa)
    network = Network([[1, 0], [0, 1], [0, 0]], [Fraction(3), Fraction(-1), Fraction(2)])
    for count in range(4):
        found = prune(problem, network, count)
        slope = problem.L * problem.D - kappa
        assert found.bound == (0 if falls else slope * 6 * count / 3)
        check_measured(problem, network, found)


def test_of_equal_masses_pruning_drops_the_first():
    network = Network(np.eye(3), [-2.0, 1.0, 2.0])
    problem = Problem(np.eye(3), np.ones(3), Logistic(), 0.1)
    assert prune(problem, network, 2).network.theta.tolist() == [0, 0, 2]
    masses = np.random.default_rng(0).integers(1, 3, 100)
    many = Network(np.ones((100, 3)) / 2, masses)
    kept = sorted(sorted(range(100), key=masses.__getitem__)[20:])
    assert prune(problem, many, 20).network.active.tolist() == kept
    for count in (-1, 4):
        with pytest.raises(ValueError, match=rf"count: found {count}, allowed is 0 \.\. 3"):
            prune(problem, network, count)


def test_pruning_never_counts_the_constant_neuron():
    problem = Problem(np.eye(3), np.ones(3), Logistic(), 0.1, NormalizedWeights())
    network = Network([[0.5, 0, 0], [0, 0, 1]], [2.0, 0.5])
    found = prune(problem, network, 1)
    assert found.network.theta.tolist() == [0, 0.5]
    assert found.bound == pytest.approx((problem.D - 0.1) * 2)
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


class RootHuber(Loss):
    """Neither method is called: only the constants of a loss between Lipschitz and smooth."""

    lipschitz = None
    holder = (0.5, 3.0)


@pytest.mark.parametrize("mass_of_all", [0.01, 1.0, 100.0])
@pytest.mark.parametrize("size", [1, 2, 9])
@pytest.mark.parametrize("loss", [Logistic(), Absolute(), Squared(), RootHuber()], ids=repr)
def test_the_bound_of_sampling_is_the_lesser_of_its_two_rates(loss, size, mass_of_all):
    problem, network = float_case(loss)
    network = Network(network.W, network.theta * mass_of_all / mass(network))
    spread = mass_of_all * problem.D / np.sqrt(size)
    rates = [] if loss.lipschitz is None else [loss.lipschitz * spread]
    if loss.holder is not None:
        alpha, H = loss.holder
        rates.append(H / (1 + alpha) * spread ** (1 + alpha))
    assert sampling_bound(problem, network, size) == pytest.approx(min(rates), rel=1e-12)
    if isinstance(loss, (Logistic, Absolute, Squared)):
        found = sample(problem, network, size)
        assert rounding_only(
            found.bound - sampling_bound(problem, network, size), problem, network, found.bound
        )
        assert found.increase == problem.value(found.network) - problem.value(network)


def test_sampling_needs_one_of_the_two_constants():
    class Steep(RootHuber):
        holder = None

    with pytest.raises(ValueError, match="no Lipschitz constant; K4 holds"):
        sampling_bound(*float_case(Steep()), 1)


def test_a_draw_gives_each_neuron_its_share_of_the_mass():
    network = Network(np.eye(3), [1, -3, 0])
    assert realisation(network, np.array([1, 1, 0])).theta.tolist() == [2, -2, 0]
    assert realisation(network, np.array([0, 4, 0])).theta.tolist() == [0, -4, 0]
    (alone,) = outcomes(Network(np.eye(2), [0, 0]), 3)
    assert alone[0] == 1
    assert alone[1].theta.tolist() == [0, 0]


def test_neurons_are_drawn_by_their_mass():
    """Ten thousand draws: shares within five standard deviations of |theta_i| / a."""
    problem = Problem(np.eye(3), np.ones(3), Logistic(), 0.1)
    network = Network(np.eye(3), [1.0, -2.0, 5.0])
    found = sample(problem, network, 10_000, seed=2).network.theta / 8
    share = np.array([1, -2, 5]) / 8
    deviation = np.sqrt(np.abs(share) * (1 - np.abs(share)) / 10_000)
    assert (np.abs(found - share) < 5 * deviation).all()


def test_sampling_repeats_with_its_seed_and_improves_with_draws():
    problem, network = float_case()
    once = sample(problem, network, 3, seed=5)
    assert once.network.identical(sample(problem, network, 3, seed=5).network)
    assert sample(problem, network, 3, seed=5, draws=50).increase <= once.increase
    zero = Network(network.W, 0 * network.theta)
    assert sample(problem, zero, 3).network.identical(zero)
    found = sample(problem, zero, 3)
    assert (found.method, found.claim) == ("sample", "K4")
    assert rounding_only(found.bound, problem, zero)
    for wrong, name in (({"size": 0}, "size"), ({"size": 1, "draws": 0}, "draws")):
        with pytest.raises(ValueError, match=rf"^{name}: found 0, allowed is at least 1"):
            sample(problem, network, **wrong)


def test_sampling_draws_once_with_seed_zero_by_default():
    problem, network = float_case()
    default = sample(problem, network, 3).network
    assert default.identical(sample(problem, network, 3, seed=0).network)
    assert not default.identical(sample(problem, network, 3, seed=1).network)
    once, twice = (
        [sample(problem, network, 3, seed, draws=draws).increase for seed in range(9)]
        for draws in (1, 2)
    )
    assert [sample(problem, network, 3, seed).increase for seed in range(9)] == once
    assert max(np.subtract(once, twice)) > 0


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


@pytest.mark.parametrize("neurons", [1, 30])
def test_caratheodory_in_float64_finds_the_rank_of_features_on_a_line(neurons):
    generator = np.random.default_rng(0)
    problem = Problem(generator.normal(size=(40, 1)), np.ones(40), Squared(), 0.01)
    network = Network(generator.uniform(-1, 1, (neurons, 1)), generator.normal(size=neurons))
    found = caratheodory(problem, network)
    assert len(found.network.active) == min(neurons, 2)
    assert found.network.predict(problem.X) == pytest.approx(network.predict(problem.X), abs=1e-9)


@pytest.mark.parametrize("unit", [2.0**-60, 1.0, 2.0**60])
def test_the_rank_in_float64_does_not_depend_on_the_unit_of_the_data(unit):
    generator = np.random.default_rng(4)
    X, W = generator.normal(size=(5, 2)), generator.uniform(-1, 1, (6, 2)) / 2
    network = Network(W, generator.normal(size=6))
    rank = len(caratheodory(Problem(X, np.ones(5), Squared(), 0), network).network.active)
    assert 1 < rank <= 5
    scaled = Problem(unit * X, np.ones(5), Squared(), 0)
    assert len(caratheodory(scaled, network).network.active) == rank


def test_caratheodory_in_float64_of_neurons_without_effect():
    problem = Problem(np.eye(2), [0.0, 1.0], Squared(), 0.01)
    dead = Network([[-1.0, -1.0], [-0.5, 0.0]], [1.0, 2.0])
    assert len(caratheodory(problem, dead).network.active) == 0
    idle = Network(np.eye(2), [0.0, 0.0])
    assert caratheodory(problem, idle).network.identical(idle)


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


@pytest.mark.parametrize("kappa", [0, 0.1])
@pytest.mark.parametrize("compress", [caratheodory, two_rays, refit])
def test_keeping_the_predictions_is_promised_to_be_free(compress, kappa):
    problem = Problem([[1.0], [-1.0]], [0.0, 1.0], Logistic(), kappa)
    assert rounding_only(compress(problem, line_network()).bound, problem, line_network(), 1e2)
    zero = sample(problem, Network([[1.0]], [0.0]), 1)
    assert (zero.bound, zero.increase) == (0, 0)
    free = merge(problem, Network([[1.0], [1.0]], [2.0, -1.0]), [[0, 1]])
    assert rounding_only(free.bound, problem, Network([[1.0], [1.0]], [3.0, -2.0]), 10)


@pytest.mark.parametrize(
    ("compress", "claim"),
    [
        (lambda problem, network: merge(problem, network, [[0, 1]]), "K1"),
        (lambda problem, network: merge_cube(problem, network, 1), "K2"),
        (lambda problem, network: merge_sphere(problem, network, 1), "K3"),
        (lambda problem, network: prune(problem, network, 1), "K5"),
    ],
)
def test_lipschitz_claims_refuse_the_squared_loss(compress, claim):
    problem, network = float_case(Squared())
    with pytest.raises(ValueError, match=f"no Lipschitz constant; {claim} holds"):
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


def exact_rows():
    rows = [[Fraction(3, 5), Fraction(4, 5)], [-1, 0], [0, 1], [Fraction(5, 13), Fraction(-12, 13)]]
    return rows, [Fraction(1), Fraction(-2), Fraction(1, 2), Fraction(3)]


def line_network():
    return Network([[1.0], [-0.5], [0.25]], [1.0, 2.0, -3.0])


def float_case(loss=None):
    generator = np.random.default_rng(1)
    X = generator.normal(size=(20, 3))
    loss = loss or Huber(0.5)
    problem = Problem(X, X[:, 0] > 0 if loss.labels else np.sin(X[:, 0]), loss, 0.01)
    W = UnitBall().project(generator.normal(size=(8, 3)) / 2)
    return problem, Network(W, generator.normal(size=8))


def exact_data():
    X = np.array([[1, 2], [-1, 1], [Fraction(1, 2), -3]], dtype=object)
    return X, np.array([1, -2, Fraction(1, 3)], dtype=object)


def exact_problem():
    return Problem(*exact_data(), Huber(Fraction(1, 4)), Fraction(1, 10))


def line_problem():
    return Problem([[1.0], [-1.0]], [0.0, 1.0], Logistic(), 0.1)


def test_a_refit_that_leaves_the_range_of_float64_keeps_the_start(monkeypatch):
    problem, network = float_case()
    monkeypatch.setattr(
        "reference.compression.refitting.output_layer",
        lambda problem, features, start: np.full(len(start), 1e200),
    )
    found = refit(problem, network).network
    assert problem.value(found) <= min(problem.value(network), problem.zero_value)
