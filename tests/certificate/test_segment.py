"""The segment table against the plain loop over times, which it must equal."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

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
    segment_table,
    segment_tables,
)
from reference.certificate import segment
from reference.model.exact_arithmetic import to_exact
from reference.model.path import interpolate

SMOOTH = [Logistic(), Huber(0.5), HalfSquared(), Squared()]
KINKED = [Absolute(), Hinge(), Pinball(0.3)]


def loop(problem, a, b, times):
    """Return the oracle: one forward pass at each time."""
    return np.array([problem.value(interpolate(a, b, t)) for t in times])


def make_problem(loss, samples=40, inputs=3, seed=0):
    rng = np.random.default_rng(seed)
    y = rng.normal(size=samples)
    if loss.labels:
        y = np.where(y > 0, loss.labels[1], loss.labels[0])
    return Problem(rng.normal(size=(samples, inputs)), y, loss, 0.01)


def networks(count, width=17, inputs=3, seed=1):
    rng = np.random.default_rng(seed)
    return [Network(rng.normal(size=(width, inputs)), rng.normal(size=width)) for _ in range(count)]


@pytest.mark.parametrize("loss", SMOOTH + KINKED, ids=lambda loss: loss.name)
def test_equals_the_loop_to_rounding(loss):
    problem, (a, b) = make_problem(loss), networks(2)
    times = np.linspace(0, 1, 101)
    np.testing.assert_allclose(
        segment_table(problem, a, b, times), loop(problem, a, b, times), rtol=1e-13
    )


@given(
    hnp.arrays(int, (2, 4, 2), elements=st.integers(-2, 2)),
    hnp.arrays(int, (2, 4), elements=st.integers(-2, 2)),
    st.lists(st.fractions(0, 1, max_denominator=6), min_size=1, max_size=6).map(sorted),
)
@settings(max_examples=40)
def test_equals_the_loop_without_tolerance_in_exact_arithmetic(W, theta, times):
    """Small integers: zero, equal and opposite rows, dead neurons, kinks on grid times."""
    X, y = np.array([[1, 0], [0, 1], [-1, 1], [1, 2]]), np.array([0, 1, -1, 2])
    problem = Problem(to_exact(X), to_exact(y), Huber(0.25), 0.5)
    a, b = (Network(to_exact(w), to_exact(c)) for w, c in zip(W, theta, strict=True))
    times = to_exact(np.array(times, dtype=object))
    assert (segment_table(problem, a, b, times) == loop(problem, a, b, times)).all()


@pytest.mark.parametrize(
    "times",
    [[0.5], [0.0], [1.0], [0.3, 0.3, 0.7], [0.0, 1.0], [0.9, 0.95, 1.0]],
    ids=["one", "start", "end", "repeated", "ends", "window"],
)
def test_any_ascending_times_will_do(times):
    problem, (a, b) = make_problem(Squared()), networks(2)
    np.testing.assert_allclose(
        segment_table(problem, a, b, times), loop(problem, a, b, times), rtol=1e-13
    )


@pytest.mark.parametrize(("samples", "width"), [(1, 1), (1, 5), (5, 1)])
def test_smallest_shapes(samples, width):
    problem = make_problem(Logistic(), samples=samples)
    a, b = networks(2, width=width)
    times = np.linspace(0, 1, 7)
    np.testing.assert_allclose(
        segment_table(problem, a, b, times), loop(problem, a, b, times), rtol=1e-13
    )


def test_a_segment_that_does_not_move_is_constant():
    problem, (a,) = make_problem(Logistic()), networks(1)
    table = segment_table(problem, a, a, np.linspace(0, 1, 9))
    np.testing.assert_allclose(table, problem.value(a), rtol=1e-13)


@pytest.mark.parametrize("points", [1, 2, 3, 50, 101])
@pytest.mark.parametrize("bend", [1, 2], ids=["even", "uneven"])
@pytest.mark.parametrize("last", [1.0, 0.9])
def test_a_kink_is_placed_at_the_first_grid_time_not_before_it(points, bend, last):
    times = last * np.linspace(0, 1, points) ** bend
    near = np.concatenate([times, np.nextafter(times, 2), np.nextafter(times, -1), [last, 1.0]])
    time = near[(near >= 0) & (near <= 1)]
    sample = np.arange(len(time)) % 7
    kinks = segment.Kinks(sample, 0 * sample, time, 0 * time, 0 * time)
    expected = [7 * int((times < t).sum()) + j for t, j in zip(time, sample, strict=True)]
    assert segment.grid_places(kinks, times, 7).tolist() == expected


def test_all_kinks_at_one_time():
    problem, (a,) = make_problem(Squared(), samples=60), networks(1, width=50)
    b = Network(-a.W, a.theta)
    times = np.array([0.0, 0.25, 0.5, 0.75, 1.0])
    table = segment_table(problem, a, b, times)
    np.testing.assert_allclose(table, loop(problem, a, b, times), rtol=1e-13)
    zero = problem.zero_value + problem.kappa * np.abs(a.theta).sum()
    assert table[2] == pytest.approx(zero, rel=1e-14)


def test_a_stack_gives_the_bits_of_its_segments():
    problem, nets = make_problem(Logistic()), networks(6)
    starts, ends = nets[:3], nets[3:]
    times = np.linspace(0, 1, 50)
    stacked = segment_tables(
        problem,
        np.stack([a.W for a in starts]),
        np.stack([a.theta for a in starts]),
        np.stack([b.W for b in ends]),
        np.stack([b.theta for b in ends]),
        times,
    )
    alone = [segment_table(problem, a, b, times) for a, b in zip(starts, ends, strict=True)]
    assert (stacked == np.stack(alone)).all()


def test_blocks_of_samples_do_not_change_the_sum(monkeypatch):
    problem, (a, b) = make_problem(Logistic()), networks(2)
    times = np.linspace(0, 1, 30)
    whole = segment_table(problem, a, b, times)
    monkeypatch.setattr(segment, "BLOCK", 7 * 30)
    np.testing.assert_allclose(segment_table(problem, a, b, times), whole, rtol=1e-14)


@pytest.mark.parametrize(
    ("samples", "width", "points", "size"),
    [
        (10, 2 * segment.BLOCK, 3, 1),
        (10, 3, segment.BLOCK // 4, 4),
        (10, segment.BLOCK // 5, 3, 5),
        (3, 1, 1, 3),
    ],
)
def test_blocks_are_consecutive_and_as_large_as_the_cache_allows(samples, width, points, size):
    cut = list(segment.blocks(samples, width, points))
    assert [k for part in cut for k in range(samples)[part]] == list(range(samples))
    assert [len(range(samples)[part]) for part in cut[:-1]] == [size] * (len(cut) - 1)
    assert len(cut) == -(-samples // size)


def test_stacks_of_different_lengths_are_refused():
    problem, nets = make_problem(Squared()), networks(3)
    W, theta = np.stack([net.W for net in nets]), np.stack([net.theta for net in nets])
    with pytest.raises(ValueError, match="shorter"):
        segment_tables(problem, W, theta, W[:2], theta, [0.0, 1.0])


def test_kinks_are_the_zeros_of_the_preactivations():
    U, V = np.array([[1.0, -1.0, 0.0, 2.0]]), np.array([[-3.0, 1.0, 1.0, 0.0]])
    kinks = segment.find_kinks(U, V)
    assert kinks.time.tolist() == [0.25, 0.5, 0.0, 1.0]
    assert kinks.switch.tolist() == [-1, 1, 1, -1]


@pytest.mark.parametrize(
    "times", [[-0.1, 1.0], [0.0, 1.1], [0.5, 0.4], [0.0, 0.8, 0.5, 1.0], [], [[0.0, 1.0]]]
)
def test_wrong_times_are_named(times):
    problem, (a, b) = make_problem(Squared()), networks(2)
    with pytest.raises(ValueError, match="times: found"):
        segment_table(problem, a, b, times)


def test_ends_of_other_shapes_are_named():
    problem, (a,) = make_problem(Squared()), networks(1)
    (wider,) = networks(1, width=18)
    with pytest.raises(ValueError, match="b: found shape"):
        segment_table(problem, a, wider, [0.0, 1.0])
    (foreign,) = networks(1, inputs=4)
    with pytest.raises(ValueError, match="W: found 4 columns"):
        segment_table(problem, foreign, foreign, [0.0, 1.0])
