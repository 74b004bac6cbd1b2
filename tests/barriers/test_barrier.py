"""The bracket of a barrier: below, above, and against what is known exactly (R1 to R3, R5)."""

import dataclasses

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
    barrier,
    certify,
    connect,
    sample_string,
    separation_bound,
    solve_output_layer,
)
from reference.barriers.cell_bounds import cell_bounds, correlation_bound
from reference.barriers.covering import Covering
from reference.barriers.reduced_landscape import best_layers
from reference.barriers.row_path import onto_sphere
from reference.model.network import relu

LOSSES = [Logistic(), Hinge(), Absolute(), Pinball(0.3), Huber(0.25), HalfSquared(), Squared()]


def random_problem(loss, seed, n=2, samples=7, kappa=0.0625):
    """Small data with zero and repeated samples."""
    generator = np.random.default_rng(seed)
    X = generator.integers(-3, 4, size=(samples, n)) / 2
    X[0], X[1] = 0, X[2]
    y = generator.integers(-3, 4, samples) / 1.0
    return Problem(X, generator.choice(loss.labels, samples) if loss.labels else y, loss, kappa)


def random_network(problem, width, generator):
    W = problem.domain.project(generator.standard_normal((width, problem.inputs)) / 1.5)
    return Network(W, generator.standard_normal(width) * (generator.random(width) < 0.8))


@pytest.mark.parametrize("loss", LOSSES, ids=lambda loss: loss.name)
def test_the_solver_of_many_layers_agrees_with_the_solver_of_one(loss):
    generator = np.random.default_rng(1)
    for seed in range(3):
        problem = random_problem(loss, seed)
        rows = generator.standard_normal((8, 3, 2))
        layers = best_layers(problem, rows)
        for W, value in zip(rows, layers.values, strict=True):
            best = solve_output_layer(problem, relu(problem.X @ W.T)).value
            assert best - 1e-12 <= value <= best + 1e-5 * float(problem.zero_value)


@pytest.mark.parametrize("n", [2, 3, 4])
def test_no_direction_of_a_box_correlates_more_than_its_bound(n):
    generator = np.random.default_rng(n)
    problem = random_problem(Squared(), n, n, samples=9)
    covering = Covering(problem, 1)
    for _ in range(3):
        covering.divide(range(len(covering)))
    cells = generator.choice(np.flatnonzero(covering.alive), 6)
    low, high = (np.stack([box[k][0] for k in cells]) for box in (covering.low, covering.high))
    V = generator.standard_normal((len(cells), problem.samples))
    bounds = correlation_bound(problem, low, high, V)
    for _ in range(300):
        w = low + (high - low) * generator.random(low.shape)
        w = w / np.linalg.norm(w, axis=1, keepdims=True)
        met = np.abs((V * relu(w @ problem.X.T)).mean(axis=1))
        assert (met <= bounds).all()


@pytest.mark.parametrize("loss", LOSSES, ids=lambda loss: loss.name)
def test_cells_hold_no_value_below_their_bound_and_cover_everything(loss):
    generator = np.random.default_rng(2)
    problem = random_problem(loss, 5)
    covering = Covering(problem, 2)
    for _ in range(4):
        covering.divide(np.flatnonzero(covering.alive)[::3].tolist())
    for W in generator.standard_normal((40, 2, 2)):
        rows = W / np.linalg.norm(W, axis=1, keepdims=True)
        cells = covering.holding(rows)
        assert cells
        best = solve_output_layer(problem, relu(problem.X @ rows.T))
        assert max(covering.lower[cell] for cell in cells) <= best.value + 1e-12


def test_a_bound_in_the_middle_only_is_not_a_bound_of_the_cell():
    """The control: the value in the middle exceeds values elsewhere in the cell."""
    problem = random_problem(Huber(0.25), 3)
    covering = Covering(problem, 1)
    low, high = np.stack(covering.low), np.stack(covering.high)
    lower, values = cell_bounds(problem, low, high)
    corner = best_layers(problem, low / np.linalg.norm(low, axis=2, keepdims=True)).values
    assert (corner < values - 1e-6).any()
    assert (lower <= corner + 1e-12).all()


def test_cells_meet_exactly_where_their_boxes_do():
    covering = Covering(random_problem(Squared(), 0, 3), 1)
    for _ in range(5):
        covering.divide(np.flatnonzero(covering.alive)[::2].tolist())
    alive = np.flatnonzero(covering.alive).tolist()
    for i in alive:
        for j in alive:
            low = np.maximum(covering.low[i], covering.low[j])
            meet = bool((low <= np.minimum(covering.high[i], covering.high[j])).all())
            assert (j in covering.meets[i]) == (meet and i != j)


@pytest.mark.parametrize("loss", LOSSES, ids=lambda loss: loss.name)
def test_no_path_of_any_finder_is_below_the_lower_side(loss):
    generator = np.random.default_rng(7)
    for seed in range(2):
        problem = random_problem(loss, 20 + seed)
        a, b = (random_network(problem, 2, generator) for _ in range(2))
        found = barrier(problem, a, b, tol=2e-2, cells=200)
        assert found.path.start.identical(a)
        assert found.path.end.identical(b)
        assert found.lower <= found.upper
        assert certify(problem, found.path).lower <= found.upper
        assert found.lower <= connect(problem, a, b).certificate.upper
        string = sample_string(problem, a, b, seed=0)
        assert found.lower <= certify(problem, string.path).upper
        assert separation_bound(problem, a, b).value <= found.upper


def swap_problem(loss):
    """Two neurons are needed: each axis asks for its own."""
    return Problem([[1.0, 0.0], [0.0, 1.0]], [1.0, -1.0], loss, 0.1)


def test_a_swap_of_two_neurons_costs_what_the_planar_separator_says():
    problem = swap_problem(Huber(0.25))
    a = Network([[1.0, 0.0], [0.0, 1.0]], [0.8, -0.8])
    b = Network(a.W[::-1], a.theta[::-1])
    found = barrier(problem, a, b, tol=1e-2)
    assert found.closed
    assert separation_bound(problem, a, b).value <= found.upper
    assert found.rise[0] > 0.01
    assert barrier(problem, a, b, tol=1e-2, labelled=False).rise[1] <= 1e-2


def test_a_third_neuron_lets_two_change_places():
    problem = swap_problem(Huber(0.25))
    a = Network([[1.0, 0.0], [0.0, 1.0], [1.0, 0.0]], [0.8, -0.8, 0.0])
    b = Network(a.W[[1, 0, 2]], a.theta[[1, 0, 2]])
    found = barrier(problem, a, b, tol=2e-2, cells=2000)
    assert found.lower <= float(problem.value(a)) + 1e-9
    assert found.rise[1] <= 2e-2


@pytest.mark.parametrize("samples", [1, 5])
def test_one_input_is_the_exact_threshold_embedded(samples):
    generator = np.random.default_rng(samples)
    X = np.concatenate([generator.integers(1, 4, samples), -generator.integers(1, 4, samples)])
    y = np.where(X > 0, 1.0, -1.0)
    line = Problem(X[:, None] / 1.0, y, Absolute(), 0.125)
    plane = Problem(np.stack([X, 0 * X], axis=1) / 1.0, y, Absolute(), 0.125)
    for theta in ([0.5, -0.5], [0.25, -0.5]):
        a = Network([[1.0], [-1.0]], theta)
        b = Network(a.W[::-1], a.theta[::-1])
        one = barrier(line, a, b)
        level = separation_bound(line, a, b).value
        assert one.lower == level <= one.upper
        ends = [Network(np.pad(net.W, ((0, 0), (0, 1))), net.theta) for net in (a, b)]
        two = barrier(plane, *ends, tol=1e-2, cells=600)
        # A second, blind input lets rows pass through directions that see nothing.
        assert two.lower <= one.upper + 1e-9
        assert two.upper >= float(plane.value(ends[0])) - 1e-12


def test_growing_rows_never_raises_the_objective_by_more_than_the_steps():
    problem = random_problem(Squared(), 11)
    net = Network([[0.01, 0.0], [0.0, 0.0]], [3.0, 2.0])
    values = [float(problem.value(node)) for node in onto_sphere(problem, net)]
    assert max(values) <= values[0] * (1 + 1e-12)
    assert all(problem.domain.contains(node.W) for node in onto_sphere(problem, net))


def test_budgets_leave_a_valid_bracket_and_the_search_is_deterministic():
    problem = swap_problem(Absolute())
    a = Network([[1.0, 0.0], [0.0, 1.0]], [0.8, -0.8])
    b = Network(a.W[::-1], a.theta[::-1])
    rough, again = (barrier(problem, a, b, tol=1e-9, cells=100) for _ in range(2))
    assert not rough.closed
    assert rough.history == again.history
    finer = barrier(problem, a, b, tol=1e-9, cells=400)
    assert rough.lower <= finer.lower <= rough.upper
    assert barrier(problem, a, b, seconds=0).cells == 16


@pytest.mark.parametrize("scale", [1e-9, 1.0, 1e9])
def test_data_of_any_scale_and_a_bottom_of_zero(scale):
    X = np.array([[1.0, 2.0], [-1.0, 1.0], [0.0, 0.0]]) * scale
    problem = Problem(X, [0.0, 0.0, 0.0], Absolute(), 0.1)
    net = Network(np.eye(2), np.zeros(2))
    found = barrier(problem, net, Network(-np.eye(2), np.zeros(2)), cells=100)
    # What certified numbers allow for underflow is all that is left.
    assert -1e-280 <= found.lower <= 0 <= found.upper <= 1e-280


def test_what_is_outside_is_refused_in_words():
    problem = random_problem(Squared(), 0)
    wide = Network(np.zeros((5, 2)), np.zeros(5))
    with pytest.raises(ValueError, match="found width 5 with 2 inputs, allowed are widths"):
        barrier(problem, wide, wide)
    net = Network(np.eye(2), np.ones(2))
    with pytest.raises(ValueError, match="kappa"):
        barrier(dataclasses.replace(problem, kappa=0.0), net, net)
    with pytest.raises(ValueError, match="width"):
        barrier(problem, net, Network(np.eye(2)[:1], [1.0]))
    free = dataclasses.replace(problem, domain=NormalizedWeights())
    frozen = Network([[1.0, 0.0], [0.0, 1.0]], [1.0, 1.0])
    with pytest.raises(ValueError, match="unit-ball"):
        barrier(free, frozen, frozen)
    exact = problem.exact()
    with pytest.raises(ValueError, match="float64"):
        barrier(exact, net.exact(), net.exact())
