"""Dynamic String Sampling against a plain recursion, exact barriers, and its own promises."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from threadpoolctl import threadpool_limits

from reference.certificate.path_maximum import certify
from reference.certificate.segment import segment_table
from reference.connection.bead_training import refitted, solve_then_train
from reference.connection.string_sampling import sample_string, sample_strings
from reference.connection.string_search import Search
from reference.model.datasets import published_problem
from reference.model.domain import NormalizedWeights, UnitBall
from reference.model.losses import Absolute, HalfSquared, Huber, Logistic, Squared
from reference.model.network import Network
from reference.model.path import interpolate, stack
from reference.model.problem import Problem
from reference.training.output_layer import solve_output_layer
from reference.training.pools import descend_batch, train_pool


def small_problem(loss=None, domain=None, samples=30, inputs=3, seed=0):
    generator = np.random.default_rng(seed)
    X = generator.standard_normal((samples, inputs))
    X[:, -1] = 1
    y = (X[:, 0] * X[:, 1 % inputs] > 0).astype(float)
    return Problem(X, y, loss or Logistic(), 1e-3, domain or NormalizedWeights())


def recursive_nodes(problem, a, b, level, depth, repair=("left", "right")):
    """Return the nodes from ``a`` up to but without ``b``: the algorithm as one would say it."""
    times = np.linspace(0, 1, 50)
    interior = segment_table(problem, a, b, times)[1:-1]
    highest = max(interior.max(), problem.value(a), problem.value(b))
    if depth == 0 or highest <= level:
        return [a]
    start = interpolate(a, b, times[1 + interior.argmax()])
    W, theta = descend_batch(problem, *stack([start]), 20, np.array([level]))
    bead = Network(W[0], theta[0])
    left = recursive_nodes(problem, a, bead, level, depth - 1, repair) if "left" in repair else [a]
    return left + (
        recursive_nodes(problem, bead, b, level, depth - 1, repair) if "right" in repair else [bead]
    )


def same_nodes(path, nodes):
    return len(path.nodes) == len(nodes) and all(
        p.identical(q) for p, q in zip(path.nodes, nodes, strict=True)
    )


def one_dimensional():
    """Return a problem on the line whose only good networks use one ray each way, and two ends.

    Both ends compute ``|x|`` with two neurons, in opposite order: claim C6 gives their barrier
    exactly, since a neuron that changes its ray must pass the origin.
    """
    x = np.linspace(-1, 1, 21)
    problem = Problem(x[:, None], np.abs(x), HalfSquared(), 1e-3, UnitBall())
    second_moment = (x[x > 0] ** 2).sum() / len(x)
    best = (second_moment - problem.kappa) / second_moment
    theta = np.full(2, best)
    a = Network([[1.0], [-1.0]], theta)
    b = Network([[-1.0], [1.0]], theta)
    one_ray = problem.value(Network([[1.0]], theta[:1]))  # by symmetry both e_plus and e_minus
    return problem, a, b, one_ray - problem.value(a)


def test_the_batched_search_is_the_plain_recursion():
    problem = small_problem()
    nets = train_pool(problem, 4, 6, epochs=60)
    pairs = list(zip(nets[::2], nets[1::2], strict=True))
    samples = sample_strings(problem, pairs, search=Search(4, 20, points=50), tol=None)
    assert max(sample.depth for sample in samples) > 1
    differ = []
    for (a, b), sample in zip(pairs, samples, strict=True):
        nodes = [*recursive_nodes(problem, a, b, sample.level, 4), b]
        assert same_nodes(sample.path, nodes)
        printed = [*recursive_nodes(problem, a, b, sample.level, 4, ("left",)), b]
        differ.append(not same_nodes(sample.path, printed))
    assert any(differ)  # the algorithm as printed leaves right halves alone (claim S4)


def test_strings_do_not_depend_on_the_threads_of_the_linear_algebra():
    problem = published_problem("moons")
    results = []
    for limit in (1, 2):
        with threadpool_limits(limits=limit):
            a, b = train_pool(problem, 60, 2, epochs=30)
            results.append(sample_string(problem, a, b, depth=3, epochs=30))
    assert results[0].depth > 0
    assert same_nodes(results[0].path, results[1].path.nodes)
    assert results[0].gap == results[1].gap


def test_strings_do_not_depend_on_each_other_or_on_threads():
    problem = small_problem(Squared())
    nets = train_pool(problem, 5, 6, epochs=40)
    pairs = list(zip(nets[:3], nets[3:], strict=True))
    together = sample_strings(problem, pairs, search=Search(3, 15, jobs=2))
    for (a, b), sample in zip(pairs, together, strict=True):
        alone = sample_string(problem, a, b, depth=3, epochs=15)
        assert same_nodes(sample.path, alone.path.nodes)
        assert sample.gap == alone.gap
        assert sample.released_gap == alone.released_gap
        assert sample.normalized_length == alone.normalized_length


@pytest.mark.parametrize("midpoint", ["argmax", "half"])
@pytest.mark.parametrize("domain", [UnitBall(), NormalizedWeights()], ids=lambda d: d.name)
def test_a_string_keeps_its_ends_its_domain_and_its_certificate(midpoint, domain):
    problem = small_problem(Huber(), domain)
    a, b = train_pool(problem, 5, 2, epochs=60)
    sample = sample_string(problem, a, b, depth=4, epochs=40, midpoint=midpoint)
    assert sample.path.start.identical(a)
    assert sample.path.end.identical(b)
    for node in sample.path.nodes:
        problem.check(node)
    grid = np.linspace(0, 1, 333)
    highest = max(segment_table(problem, *ends, grid).max() for ends in sample.path.segments)
    assert sample.certificate.upper >= highest
    assert sample.gap >= sample.sampled_gap - 1e-12
    assert sample.beads == sample.trained == len(sample.path.nodes) - 2
    assert sample.normalized_length >= 1 - 1e-12


def test_a_resolved_string_stays_below_its_level():
    problem = published_problem("breast-cancer")
    a, b = train_pool(problem, 40, 2)
    straight = sample_string(problem, a, b, depth=0)
    sample = sample_string(problem, a, b, depth=6)
    assert straight.unresolved == 1
    assert straight.gap > 0.01
    assert sample.unresolved == 0
    assert sample.released_gap == sample.sampled_gap == 0
    assert sample.gap < 1e-4  # between the points of the grid it may rise a little
    assert certify(problem, sample.path, 1e-9).verdict(sample.level + 1e-4) == "below"


@pytest.mark.parametrize("margin", [0.0, 0.1])
def test_strings_never_report_less_than_an_exact_barrier(margin):
    problem, a, b, barrier = one_dimensional()
    assert barrier > 0.01
    sample = sample_string(problem, a, b, depth=5, epochs=100, margin=margin)
    assert sample.gap >= barrier
    assert sample.unresolved > 0


def test_the_released_estimator_misses_a_barrier_that_the_string_cannot_avoid():
    problem, a, b, barrier = one_dimensional()
    sample = sample_string(problem, a, b, depth=6, epochs=100)
    assert 0 < sample.released_gap < barrier / 2 < sample.gap


@settings(max_examples=15)
@given(
    width=st.integers(1, 4),
    samples=st.integers(1, 6),
    depth=st.integers(0, 3),
    loss=st.sampled_from([Logistic(), Absolute(), Squared()]),
    rise=st.sampled_from([0.0, 0.1, 10.0]),
    seed=st.integers(0, 20),
)
def test_any_string_is_certified_and_consistent(width, samples, depth, loss, rise, seed):
    problem = small_problem(loss, UnitBall(), samples, 2, seed)
    a, b = train_pool(problem, width, 2, seed, epochs=10)
    level = max(problem.value(a), problem.value(b)) + rise
    sample = sample_string(problem, a, b, level, depth, epochs=5, points=20, tol=1e-6)
    assert sample.depth <= depth
    assert sample.beads <= 2**depth - 1
    assert sample.gap >= sample.sampled_gap - 1e-12
    assert (sample.unresolved > 0) == (sample.released_gap > 0) == (sample.sampled_gap > 0)
    assert sample.released_gap <= sample.sampled_gap
    if rise == 10.0:
        assert sample.gap == 0
        assert sample.beads == 0


def test_equal_ends_need_no_bead():
    problem = small_problem(Squared())
    (a,) = train_pool(problem, 3, 1, epochs=5)
    sample = sample_string(problem, a, a)
    assert (sample.beads, sample.depth, sample.unresolved) == (0, 0, 0)
    assert sample.gap == sample.sampled_gap == sample.released_gap == 0
    assert sample.normalized_length == 1


def test_an_output_segment_is_never_divided():
    problem = small_problem(Squared())
    (a,) = train_pool(problem, 3, 1, epochs=50)
    b = Network(a.W, a.theta + 0.1)
    sample = sample_string(problem, a, b)
    assert sample.beads == 0
    assert sample.gap == 0


def test_permuted_ends_are_joined():
    problem = small_problem(Logistic(), UnitBall())
    (a,) = train_pool(problem, 6, 1, epochs=100)
    b = Network(a.W[::-1], a.theta[::-1])
    straight = sample_string(problem, a, b, depth=0)
    sample = sample_string(problem, a, b, depth=6)
    assert straight.gap > 0
    assert sample.gap < straight.gap


def test_progress_counts_every_bead():
    problem = small_problem()
    a, b = train_pool(problem, 4, 2, epochs=30)
    seen = []
    (sample,) = sample_strings(
        problem, [(a, b)], search=Search(3, 10), tol=None, progress=seen.append
    )
    assert sum(seen) == sample.trained > 0
    assert sample.certificate is sample.gap is None


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"depth": -1}, "depth: found -1, allowed is at least 0"),
        ({"epochs": 0}, "epochs: found 0, allowed is at least 1"),
        ({"points": 2}, "points: found 2, allowed is at least 3"),
        ({"midpoint": "end"}, "midpoint: found 'end', allowed are argmax, half"),
        ({"rate": -0.1}, "rate: found -0.1, allowed is a positive number"),
        ({"keep": "first"}, "keep: found 'first', allowed are best, last, late"),
        ({"margin": 1.0}, r"margin: found 1.0, allowed is the interval \[0, 1\)"),
        ({"level": 0.0}, "level: found 0.0, allowed is at least"),
        ({"b": Network(np.zeros((2, 3)), np.zeros(2))}, "b.W: found .* allowed is the constant"),
    ],
)
def test_sampling_refuses(change, message):
    problem = small_problem()
    a, b = train_pool(problem, 2, 2, epochs=1)
    with pytest.raises(ValueError, match=message):
        sample_string(**({"problem": problem, "a": a, "b": b} | change))


def test_sampling_refuses_ends_of_different_width_and_exact_problems():
    problem = small_problem(Squared(), UnitBall(), samples=3)
    narrow, wide = (train_pool(problem, width, 1, epochs=1)[0] for width in (2, 3))
    with pytest.raises(ValueError, match="nodes: found shape"):
        sample_string(problem, narrow, wide)
    other = train_pool(problem, 2, 1, seed=1, epochs=1)[0]
    with pytest.raises(TypeError, match="problem: found exact arithmetic"):
        sample_string(problem.exact(), narrow.exact(), other.exact())


def test_beads_whose_output_layer_is_solved_first_lie_as_low_as_their_rows_allow():
    """With few epochs both leave segments above the level, solving first fewer and lower ones."""
    problem = published_problem("moons")
    a, b = train_pool(problem, 20, 2, seed=4)
    published = sample_string(problem, a, b, epochs=10, depth=5)
    solved = sample_string(problem, a, b, epochs=10, depth=5, beads="output-layer")
    assert solved.unresolved < published.unresolved
    assert solved.gap < published.gap
    for node in solved.path.nodes[1:-1]:
        best = solve_output_layer(problem, node.features(problem.X), node.theta)
        assert problem.value(node) <= max(solved.level, best.value * (1 + 1e-9))
    assert solved.path.start.identical(a)
    assert solved.path.end.identical(b)


def test_a_bead_that_solving_leaves_above_its_target_is_trained_from_there():
    problem = published_problem("moons")
    start = train_pool(problem, 3, 1, seed=1, epochs=1)[0]
    solved = refitted(problem, start)
    target = np.array([0.9 * problem.value(solved)])
    bead = solve_then_train(problem, [start], target, 60, "best", 0.01)[0]
    assert problem.value(bead) < problem.value(solved)
    assert (bead.W != start.W).any()
    easy = np.array([problem.value(solved)])
    assert solve_then_train(problem, [start], easy, 60, "best", 0.01)[0].identical(solved)


def test_unknown_ways_to_get_a_bead_down_are_refused():
    with pytest.raises(ValueError, match="beads: found 'guess', allowed are train, output-layer"):
        Search(beads="guess")
