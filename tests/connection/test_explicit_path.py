"""The theorem's path with given witnesses (claims P3 to P7), exact wherever it is rational."""

from fractions import Fraction

import numpy as np
import pytest
from helpers.exact_cases import EIGHTHS, LIPSCHITZ, networks, problems
from hypothesis import given, settings
from hypothesis import strategies as st

from reference import (
    Huber,
    Logistic,
    Network,
    NormalizedWeights,
    Path,
    Problem,
    Squared,
    UnitBall,
    bridge_bound,
    certify,
    theorem_bound,
    theorem_path,
)
from reference.certificate.path_maximum import segment_kind
from reference.compression.result import displacement
from reference.connection.explicit_path import (
    active_subnetwork,
    assign_slots,
    chain_networks,
)


@st.composite
def witnesses(draw, fixed_rows=True, losses=None):
    """A problem, two ends of width m, a reference of width l and compressions to m - l."""
    problem = draw(problems() if losses is None else problems(losses))
    a = draw(networks(problem.inputs))
    m = a.width
    b = draw(networks(problem.inputs, width=m))
    width = draw(st.integers(1, m))
    reference = draw(networks(problem.inputs, width=width))
    compressed = []
    for end in (a, b):
        theta = [draw(EIGHTHS) for _ in range(m)]
        for i in draw(st.permutations(range(m)))[: len(reference.active)]:
            theta[i] = Fraction(0)
        W = end.W if fixed_rows else draw(networks(problem.inputs, width=m)).W
        compressed.append(Network(W, theta))
    return problem, a, b, reference, tuple(compressed)


@given(witnesses())
@settings(max_examples=80)
def test_at_fixed_rows_the_largest_node_bounds_the_whole_path_exactly(case):
    """Claim P5: no segment has an active row that moves, so nodes decide; claim P6: the ends."""
    problem, a, b, reference, compressed = case
    path = theorem_path(problem, a, b, reference, compressed)
    assert path.start.identical(a)
    assert path.end.identical(b)
    assert all(segment_kind(*segment) != "general" for segment in path.segments)
    assert all(UnitBall().contains(node.W) for node in path.nodes)
    bound = theorem_bound(problem, a, b, reference, compressed)
    assert bound == max(problem.value(net) for net in (a, b, reference, *compressed))
    certificate = certify(problem, path)
    assert certificate.upper == max(problem.value(node) for node in path.nodes) <= bound


@given(witnesses(fixed_rows=False, losses=LIPSCHITZ), st.fractions(0, 1, max_denominator=16))
@settings(max_examples=60)
def test_with_rows_that_move_the_bridge_term_pays_for_them(case, t):
    """Claims P3 and P4: chord segments are the first and the last, below the bound throughout."""
    problem, a, b, reference, compressed = case
    path = theorem_path(problem, a, b, reference, compressed)
    bound = theorem_bound(problem, a, b, reference, compressed)
    inner = path.segments[1:-1]
    assert all(segment_kind(*segment) != "general" for segment in inner)
    for k in range(len(path.segments)):
        assert problem.value(path.at(k, t)) <= bound


@given(problems(LIPSCHITZ), st.data())
@settings(max_examples=40)
def test_a_straight_bridge_stays_below_its_bound(problem, data):
    a = data.draw(networks(problem.inputs, width=3))
    b = data.draw(networks(problem.inputs, width=3))
    t = data.draw(st.fractions(0, 1, max_denominator=16))
    level = max(problem.value(a), problem.value(b))
    middle = Network((1 - t) * a.W + t * b.W, (1 - t) * a.theta + t * b.theta)
    assert problem.value(middle) <= level + bridge_bound(problem, displacement(a, b), level)


def test_the_bridge_bound_is_the_formula_and_refuses_what_it_divides_by():
    X, y = np.array([[3.0, 4.0]]), np.array([1.0])
    problem = Problem(X, y, Huber(0.5), 0.1)
    assert bridge_bound(problem, 0.2, 2.0) == pytest.approx(0.5 * 5 / 0.1 * 0.2 * 2 / 2)
    with pytest.raises(ValueError, match="P3 holds for Lipschitz losses"):
        bridge_bound(Problem(X, y, Squared(), 0.1), 0.2, 2.0)
    with pytest.raises(ValueError, match="kappa: found 0"):
        bridge_bound(Problem(X, y, Huber(0.5), 0), 0.2, 2.0)
    with pytest.raises(ValueError, match="radius: found -1"):
        bridge_bound(problem, -1, 2.0)


def test_without_rows_that_move_no_lipschitz_loss_is_needed():
    problem = Problem(np.eye(2), np.ones(2), Squared(), 0.0)
    a = Network(np.eye(2), [1.0, 0.0])
    bound = theorem_bound(problem, a, a, a, (a, a))
    assert problem.value(a) <= bound <= problem.value(a) + 1e-12
    moved = Network([[1.0, 0.0], [0.0, 0.5]], [1.0, 0.0])
    with pytest.raises(ValueError, match="no Lipschitz"):
        theorem_bound(problem, a, a, a, (moved, moved))


def test_a_reference_of_full_width_goes_through_zero():
    problem = Problem(np.eye(2), np.ones(2), Logistic(), 0.1)
    a, b = Network(np.eye(2), [1.0, 2.0]), Network(-np.eye(2), [1.0, -1.0])
    zeros = Network(a.W, [0.0, 0.0]), Network(b.W, [0.0, 0.0])
    path = theorem_path(problem, a, b, reference=b, compressed=zeros)
    assert problem.zero_value in [problem.value(node) for node in path.nodes]
    with pytest.raises(ValueError, match=r"compressed\[1\]: found 2 active neurons.*2 - 2 = 0"):
        theorem_path(problem, a, b, reference=b, compressed=(zeros[0], b))


def test_the_constant_neuron_keeps_its_row_and_counts_nowhere():
    X = np.column_stack([np.arange(4.0), np.ones(4)])
    problem = Problem(X, np.arange(4.0), Squared(), 0.1, NormalizedWeights())
    constant = [0.0, 1.0]
    a = Network([[1, 0.5], [0.5, -1], constant], [1.0, -1, 0.5])
    b = Network([[-1, 3], [-0.5, 2], constant], [2.0, 1, -0.5])
    reference = Network([[0.3, 0.1], constant], [1.0, 4.0])
    compressed = Network(a.W, [1.0, 0, 3]), Network(b.W, [0, 1.0, -3])
    path = theorem_path(problem, a, b, reference, compressed)
    assert all(problem.domain.contains(node.W) for node in path.nodes)
    assert any(node.theta[-1] == 4 for node in path.nodes)
    outside = Network(reference.W[::-1], reference.theta)
    with pytest.raises(ValueError, match=r"reference.W: .*constant neuron"):
        theorem_path(problem, a, b, outside, compressed)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"a": Network(2 * np.eye(2), [1.0, 0])}, "a.W: found norm 2.0 in row 0"),
        ({"b": Network(np.eye(3)[:, :2], [1.0, 0, 0])}, "b: found width 3"),
        (
            {"b": Network([[1, 0], [0, 1]], [1, 0]).exact()},
            "b.W: found exact numbers, allowed are float64 ones",
        ),
        ({"reference": Network([[1.0]], [1.0])}, "found 1 columns"),
    ],
)
def test_witnesses_that_are_none_are_refused(change, words):
    problem = Problem(np.eye(2), np.ones(2), Logistic(), 0.1)
    a = Network(np.eye(2), [1.0, 0.0])
    named = {"a": a, "b": a, "reference": a, "compressed": (a, a)} | change
    with pytest.raises(ValueError, match=words):
        theorem_path(problem, **named)


def test_threading_counts_rows_both_have_once():
    """Two full networks that share all rows but one fit into a single neuron more."""
    rows = np.diag([0.1, 0.2, 0.3])
    start = Network([*rows, [0, 0, 0.9]], [1.0, 2, 3, 0])
    end = Network([rows[1], rows[2], rows[0], [0, 0.7, 0]], [5.0, 6, 0, 7])
    nodes = chain_networks(start, [], end)
    assert nodes[0] is start
    assert nodes[-1] is end
    for a, b in Path(nodes).segments:
        assert segment_kind(a, b) != "general"
    full = Network([*rows, [0.5, 0, 0]], [1.0, 2, 3, 4])
    with pytest.raises(ValueError, match="found 1 active neurons to place, allowed are 0"):
        assign_slots(full, end, 0)


def test_the_core_is_the_active_part_and_never_empty():
    network = Network(np.eye(3), [0.0, 2.0, 0.0])
    assert active_subnetwork(network).theta.tolist() == [2]
    assert active_subnetwork(network, frozen=1).theta.tolist() == [2, 0]
    assert active_subnetwork(Network(np.eye(2), [0.0, 0.0])).width == 1
