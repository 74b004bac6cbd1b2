"""Moves at constant predictor (claim P2), in exact arithmetic; permutations through a buffer."""

from fractions import Fraction

import numpy as np
import pytest
from helpers.exact_cases import cases, networks
from hypothesis import given, settings
from hypothesis import strategies as st

from reference import (
    Network,
    NormalizedWeights,
    UnitBall,
    move_idle,
    relabel,
    sphericalise,
)
from reference.certificate.path_maximum import segment_kind
from reference.connection.moves import copy_to_idle, idle_slots, transfer
from reference.model.path import Path

HALF = Fraction(1, 2)


def check_constant(problem, nodes):
    """Nodes and midpoints alike predict the same, cost the same, and no active row moves."""
    first = nodes[0]
    for a, b in Path(nodes).segments:
        assert segment_kind(a, b) != "general"
    for k in range(len(nodes) - 1):
        middle = Path(nodes).at(k, HALF)
        for network in (nodes[k + 1], middle):
            assert (network.predict(problem.X) == first.predict(problem.X)).all()
            assert problem.value(network) == problem.value(first)


@st.composite
def permutations(draw):
    """A network with an idle neuron and places for all, some or none of its active ones."""
    problem, network = draw(cases(idle=1, most=7))
    places = draw(st.permutations(range(network.width)))
    named = draw(st.sets(st.sampled_from(range(network.width))))
    targets = dict(zip(network.active.tolist(), places, strict=False))
    rest = set(targets) - named
    if not any(targets[i] in rest for i in set(targets) & named):
        targets = {i: place for i, place in targets.items() if i in named}
    return problem, network, targets


@given(permutations())
@settings(max_examples=120)
def test_relabelling_reaches_every_permutation_at_constant_value(case):
    problem, network, targets = case
    nodes = relabel(network, targets)
    check_constant(problem, nodes)
    final = {i: targets.get(i, i) for i in network.active.tolist()}
    assert nodes[0] is network
    assert set(nodes[-1].active.tolist()) == set(final.values())
    for i, place in final.items():
        assert nodes[-1].theta[place] == network.theta[i]
        assert (nodes[-1].W[place] == network.W[i]).all()
    assert UnitBall().contains(nodes[-1].W)


@pytest.mark.parametrize(
    ("width", "targets", "rounds"),
    [
        (4, {0: 2, 1: 3}, 1),  # free places: all at once
        (5, {0: 1, 1: 2, 2: 3}, 2),  # a chain, the spare neuron takes in one that blocks
        (3, {0: 1, 1: 0}, 3),  # a swap through one buffer
        (4, {0: 1, 1: 0}, 2),  # a swap through two
        (6, {0: 1, 1: 2, 2: 0}, 2),  # a cycle with as many buffers
        (4, {0: 1, 1: 2, 2: 0}, 4),  # a cycle with one
    ],
)
def test_relabelling_takes_as_few_rounds_as_can_be(width, targets, rounds):
    active = len(targets)
    network = Network(
        np.diag(np.arange(1, width + 1)) / 10, [1.0] * active + [0] * (width - active)
    )
    assert len(relabel(network, targets)) == 1 + 2 * rounds


def test_relabelling_to_the_same_places_is_no_move():
    network = Network(np.eye(2), [1.0, 2.0])
    assert relabel(network, {0: 0}) == [network]


@pytest.mark.parametrize(
    ("theta", "targets", "frozen", "words"),
    [
        ([1, 2, 3], {0: 1, 1: 0}, 0, "no idle neuron"),
        ([1, 2, 0], {0: 1, 1: 0}, 1, "no idle neuron"),
        ([1, 2, 0], {0: 1}, 0, "distinct slots"),
        ([1, 2, 0], {2: 1}, 0, "neuron 2"),
        ([1, 2, 0], {0: 3}, 0, "distinct slots 0 .. 2"),
        ([1, 0, 2], {0: 2}, 1, "distinct slots 0 .. 1"),
        ([1, 0, 2], {2: 1}, 1, "neuron 2"),
    ],
)
def test_relabelling_refuses_what_cannot_be(theta, targets, frozen, words):
    with pytest.raises(ValueError, match=words):
        relabel(Network(np.eye(3), theta), targets, frozen)


@given(cases(idle=1))
def test_idle_rows_move_freely_and_no_others(case):
    problem, network = case
    slots = idle_slots(network).tolist()
    rows = {slot: [Fraction(0)] * problem.inputs for slot in slots}
    check_constant(problem, [network, move_idle(network, rows)])
    for active in network.active.tolist():
        with pytest.raises(ValueError, match=f"found slot {active}"):
            move_idle(network, {active: network.W[0]})


def test_frozen_rows_never_move():
    network = Network(np.eye(2), [1.0, 0.0])
    with pytest.raises(ValueError, match="found slot 1"):
        move_idle(network, {1: network.W[0]}, frozen=1)


def test_a_coefficient_is_handed_to_an_identical_idle_row_only():
    network = Network([[1, 0], [1, 0], [0, 1], [1, 0]], [2, 0, 0, 3])
    assert transfer(network, {0: 1}).theta.tolist() == [0, 2, 0, 3]
    for target in (2, 3):
        with pytest.raises(ValueError, match=f"neurons 0 and {target}"):
            transfer(network, {0: target})
    with pytest.raises(ValueError, match="distinct targets"):
        copy_to_idle(network, {0: 1, 3: 1})
    idle = Network([[1, 0], [1, 0]], [0.0, 0.0])
    assert transfer(idle, {0: 1}).identical(idle)


def test_handing_over_ends_at_the_last_movable_slot():
    network = Network([[1, 0], [0, 1]], [2.0, 0.0])
    copied, handed = copy_to_idle(network, {0: 1})
    assert (copied.W == [1, 0]).all()
    assert copied.theta.tolist() == [2, 0]
    assert handed.theta.tolist() == [0, 2]
    with pytest.raises(ValueError, match="found slot 1"):
        copy_to_idle(network, {0: 1}, frozen=1)


@given(cases(idle=1))
@settings(max_examples=60)
def test_sphericalising_keeps_the_predictor_and_never_raises_the_objective(case):
    problem, network = case
    nodes = sphericalise(network, UnitBall())
    for a, b in Path(nodes).segments:
        assert segment_kind(a, b) != "general"
    for node in nodes:
        assert (node.predict(problem.X) == network.predict(problem.X)).all()
        assert UnitBall().contains(node.W)
    values = [problem.value(node) for node in nodes]
    assert values == sorted(values, reverse=True)
    end = nodes[-1]
    squares = (end.W**2).sum(axis=1)[end.active]
    assert all(square == 0 or square > 1 - Fraction(1, 2**36) for square in squares)
    assert set(end.active) == set(network.active)


def test_sphericalising_needs_a_buffer_only_where_a_row_is_short():
    on_sphere = Network([[0.6, 0.8]], [1.0])
    assert sphericalise(on_sphere, UnitBall()) == [on_sphere]
    with pytest.raises(ValueError, match="no idle neuron"):
        sphericalise(Network([[0.3, 0.4]], [1.0]), UnitBall())


@pytest.mark.parametrize(("idle", "batches"), [(1, 3), (2, 2), (3, 1), (5, 1)])
def test_as_many_rows_grow_at_once_as_there_are_idle_neurons(idle, batches):
    network = Network(
        np.vstack([np.diag([0.5, 0.25, 0.75]), np.zeros((idle, 3))]), [1.0, -2, 4] + [0] * idle
    )
    nodes = sphericalise(network, UnitBall())
    assert nodes[0] is network
    assert len(nodes) == 1 + 4 * batches
    assert nodes[-1].W[:3] == pytest.approx(np.eye(3))
    assert nodes[-1].theta == pytest.approx([0.5, -0.5, 3] + [0] * idle)


def test_the_constant_neuron_is_no_buffer_even_where_it_is_idle():
    W = [[0.5, 0.25], [-0.5, 1], [0, 0], [0, 1]]
    network = Network(W, [2.0, 3, 0, 0])
    nodes = sphericalise(network, NormalizedWeights())
    assert len(nodes) == 1 + 2 * 4
    assert all((node.W[-1] == [0, 1]).all() for node in nodes)
    assert nodes[-1].theta == pytest.approx([1, 1.5, 0, 0])
    with pytest.raises(ValueError, match="no idle neuron"):
        sphericalise(Network([W[0], W[-1]], [2.0, 0]), NormalizedWeights())


def test_rows_on_the_sphere_up_to_rounding_inward_stay():
    generator = np.random.default_rng(0)
    network = Network(*UnitBall().normalise(generator.normal(size=(9, 40)), np.ones(9)))
    assert sphericalise(network, UnitBall()) == [network]


def test_sphericalising_scales_the_bias_with_its_weights():
    network = Network([[0.5, 0.25], [0, 0.0], [0, 1]], [2.0, 0, 1])
    end = sphericalise(network, NormalizedWeights())[-1]
    assert end.W[0] == pytest.approx([1, 0.5])
    assert end.theta == pytest.approx([1, 0, 1])
    assert (end.W[-1] == [0, 1]).all()


@given(networks(inputs=2, idle=2))
def test_idle_slots_are_those_without_coefficient(network):
    slots = idle_slots(network)
    assert len(slots) >= 2
    assert (network.theta[slots] == 0).all()
    assert set(slots) | set(network.active) == set(range(network.width))
