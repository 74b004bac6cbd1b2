"""Connections: certified, bit for bit, and exactly as high as the one-dimensional truth."""

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
    Path,
    Pinball,
    Problem,
    Squared,
    UnitBall,
    certify,
    connect,
    descend,
    published_problem,
    refit,
    train_pool,
)
from reference.certificate.path_maximum import segment_kind
from reference.compression.backward_elimination import eliminate
from reference.connection.freeing_neurons import PartialPath, eliminated, free_neurons
from reference.connection.neuron_exchange import exchange_neurons
from reference.connection.portfolio import cheapest_drop, morph
from reference.training.lbfgs import refine

LOSSES = (Logistic(), Huber(0.25), Absolute(), Hinge(), Pinball(0.3), HalfSquared(), Squared())


def check_legal(problem, a, b, found):
    """The path is one from a to b inside the domain, and its certificate is honest."""
    assert found.path.start.identical(a)
    assert found.path.end.identical(b)
    assert all(problem.domain.contains(node.W) for node in found.path.nodes)
    values = [problem.value(node) for node in found.path.nodes]
    values += [problem.value(found.path.at(k, 0.5)) for k in range(len(found.path.segments))]
    assert found.certificate.upper >= max(values) - 1e-12
    assert found.gap >= max(values) - found.level - 1e-12
    assert found.gap >= 0


@st.composite
def degenerate_pairs(draw):
    """Any loss, domain, kappa; few samples; zero, repeated, permuted and equal parts."""
    generator = np.random.default_rng(draw(st.integers(0, 2**32)))
    loss = draw(st.sampled_from(LOSSES))
    domain = draw(st.sampled_from([UnitBall(), NormalizedWeights()]))
    N, n, m = draw(st.sampled_from([1, 2, 20])), draw(st.integers(1, 3)), draw(st.integers(1, 5))
    X = np.round(generator.normal(size=(N, n)), 1)
    y = generator.choice(loss.labels, N) if loss.labels else generator.normal(size=N)
    problem = Problem(X, y, loss, draw(st.sampled_from([0, 1e-3, 0.5])), domain)
    ends = []
    for _ in range(2):
        W = generator.normal(size=(m + domain.frozen, n))
        theta = generator.normal(size=m + domain.frozen) * draw(st.sampled_from([0, 0.1, 10]))
        W[draw(st.integers(0, m - 1))] = draw(st.sampled_from([0, 1])) * W[0]
        if domain.frozen:
            W[-1] = domain.constant_row(n)
        ends.append(Network(domain.project(W), theta))
    how = draw(st.sampled_from(["different", "equal", "permuted"]))
    if how != "different":
        order = np.arange(m + domain.frozen)
        if how == "permuted":
            order[:m] = draw(st.permutations(range(m)))
        ends[1] = Network(ends[0].W[order], ends[0].theta[order])
    return problem, *ends


@given(degenerate_pairs(), st.sampled_from([None, 1.0, 1.5]))
@settings(max_examples=80)
def test_every_pair_is_connected_legally_and_never_worse_than_straight(case, share):
    problem, a, b = case
    higher = max(problem.value(a), problem.value(b))
    level = None if share is None else float(share * higher)
    found = connect(problem, a, b, level)
    check_legal(problem, a, b, found)
    assert found.gap <= certify(problem, Path([a, b])).rise(level) + 1e-9


@pytest.mark.parametrize("name", ["moons", "breast-cancer"])
@pytest.mark.parametrize("width", [6, 20])
def test_published_pairs_have_a_certified_gap_of_exactly_zero(name, width):
    problem = published_problem(name)
    nets = train_pool(problem, width, 4, seed=3)
    for a, b in zip(nets[::2], nets[1::2], strict=True):
        found = connect(problem, a, b)
        check_legal(problem, a, b, found)
        assert found.gap == 0
        assert found.certificate.verdict(max(problem.value(a), problem.value(b))) != "above"


def test_permuted_ends_are_joined_by_moves_alone_where_a_neuron_is_idle():
    problem = line_problem(Logistic())
    a = refit(problem, Network([[1.0], [-0.5], [0.2]], [1.0, -1.0, 0.0])).network
    b = Network(a.W[[1, 0, 2]], a.theta[[1, 0, 2]])
    found = connect(problem, a, b)
    assert all(segment_kind(*segment) != "chord" for segment in found.path.segments)
    assert found.gap <= 1e-12
    assert found.method == "splice"


def line_problem(loss, seed=0, kappa=0.02):
    generator = np.random.default_rng(seed)
    x = generator.uniform(-1, 1, 40)
    y = np.abs(x) + 0.3 * x + 0.2 * generator.normal(size=40)
    if loss.labels:
        y = np.where(
            generator.random(40) < 1 / (1 + np.exp(-3 * x)), loss.labels[1], loss.labels[0]
        )
    return Problem(x[:, None], y, loss, kappa)


def ray_value(problem, sign):
    """The best objective with rays of one sign: at fixed row the best output is the Lasso's."""
    return problem.value(refit(problem, Network([[sign]], [0.0])).network)


def opposite_pair(width, generator):
    signs = np.array([1.0, -1.0])[:width, None]
    return [
        Network(sign * signs * generator.uniform(0.2, 1, (width, 1)), theta)
        for sign, theta in ((1, generator.normal(size=width)), (-1, generator.normal(size=width)))
    ]


@pytest.mark.parametrize("loss", [Logistic(), Huber(0.25), Absolute(), Squared()])
@pytest.mark.parametrize("refitted", [False, True])
@pytest.mark.parametrize("seed", range(3))
def test_the_exact_barrier_of_one_input_is_attained(loss, refitted, seed):
    """Claim C6: through zero at m = 1, through the better ray at m = 2, no barrier at m = 3."""
    problem = line_problem(loss, seed)
    generator = np.random.default_rng(seed)
    for width in (1, 2):
        pair = [Network(net.W, 0.3 * net.theta) for net in opposite_pair(width, generator)]
        a, b = (refit(problem, net).network if refitted else net for net in pair)
        if not (a.theta.all() and b.theta.all()):
            continue
        passage = problem.zero_value
        if width == 2:
            passage = min(ray_value(problem, sign) for sign in (1.0, -1.0))
        exact = max(0.0, passage - max(problem.value(a), problem.value(b)))
        assert exact - 1e-12 <= connect(problem, a, b).gap <= exact + 1e-9
        idle = [
            Network(np.vstack([net.W, [[0.5]]]), np.append(net.theta, generator.normal()))
            for net in (a, b)
        ]
        if width == 2:
            assert connect(problem, *idle).gap <= 1e-9


def test_rays_of_one_sign_are_joined_without_barrier_at_any_width():
    problem = line_problem(Logistic())
    a, b = Network([[0.2]], [0.5]), Network([[0.9]], [-0.3])
    assert connect(problem, a, b).gap <= 1e-9


def test_a_stated_level_is_kept_and_one_below_an_end_is_refused():
    problem, a, b = moons_pair(20)
    higher = max(problem.value(a), problem.value(b))
    found = connect(problem, a, b, level=2 * higher)
    assert (found.level, found.gap) == (2 * higher, 0)
    with pytest.raises(ValueError, match=r"level: found 0\.\d+, allowed is at least"):
        connect(problem, a, b, level=0.5 * higher)


def test_the_path_does_not_depend_on_the_threads_of_the_linear_algebra():
    from threadpoolctl import threadpool_limits

    problem, a, b = moons_pair(20)
    found = []
    for threads in (1, 2):
        with threadpool_limits(limits=threads, user_api="blas"):
            found.append(connect(problem, a, b).path.nodes)
    assert len(found[0]) == len(found[1])
    assert all(x.identical(y) for x, y in zip(*found, strict=True))


def test_ends_that_do_not_fit_are_refused():
    problem = line_problem(Squared())
    a = Network([[1.0]], [1.0])
    for b, words in (
        (Network([[1.0], [1.0]], [1.0, 1.0]), "b: found width 2"),
        (Network([[2.0]], [1.0]), "b.W: found norm 2"),
        (Network([[1.0, 0.0]], [1.0]), "found 2 columns"),
        (a.exact(), "exact arithmetic"),
    ):
        with pytest.raises(ValueError, match=words):
            connect(problem, a, b)


def moons_pair(width, count=2):
    problem = published_problem("moons")
    return problem, *train_pool(problem, width, count, seed=1)


def test_descent_follows_a_certified_path_to_a_lower_value():
    """Claim K0': no neuron is idle, every row moves, and the path stays below its start."""
    problem, net, _ = moons_pair(5)
    found = descend(problem, net)
    assert found.path.start.identical(net)
    assert found.path.end.identical(found.network)
    assert found.increase == problem.value(found.network) - problem.value(net) < -1e-3
    assert found.radius > 0
    assert found.increase <= found.bound == 0
    assert certify(problem, found.path).gap <= 1e-10
    assert all(problem.domain.contains(node.W) for node in found.path.nodes)
    with pytest.raises(ValueError, match="allowed is at least"):
        descend(problem, net, level=0.01)


def test_descent_grows_short_rows_without_rising():
    problem = line_problem(Huber(0.25))
    net = refit(problem, Network([[0.05], [-0.1]], [1.0, 1.0])).network
    found = descend(problem, net)
    assert np.abs(found.network.W) == pytest.approx(1, abs=1e-12)
    assert found.path.nodes[1].W[0] != found.path.nodes[-1].W[0]
    assert certify(problem, found.path).gap <= 1e-10


def test_thinning_keeps_the_limit_and_ends_with_few_neurons():
    problem, net, _ = moons_pair(20)
    limit = problem.value(net)
    fewer = eliminate(problem, net, 1, limit)
    assert problem.value(fewer) <= limit
    assert 1 < len(fewer.active) < 15
    assert (fewer.W == net.W).all()
    assert len(eliminate(problem, net, 4).active) <= 5
    assert problem.value(eliminate(problem, net, 2)) > limit


@pytest.mark.parametrize("loss", LOSSES, ids=lambda loss: loss.name)
def test_thinning_and_refining_serve_every_loss(loss):
    problem = line_problem(loss)
    net = Network(np.linspace(-1, 1, 9)[:, None], np.ones(9))
    few = eliminate(problem, net, 2)
    assert len(few.active) <= 2
    assert problem.value(refine(problem, few)) <= problem.value(few)


def test_refining_moves_only_the_rows_it_may():
    problem, net, _ = moons_pair(6)
    found = refine(problem, net, moving=[2])
    still = [0, 1, 3, 4, 5, 6]
    assert (found.W[still] == net.W[still]).all()
    assert (found.W[2] != net.W[2]).any()
    assert problem.value(found) < problem.value(refit(problem, net).network)
    assert problem.domain.contains(found.W)


def test_room_is_made_at_radius_zero_below_the_limit():
    problem, net, _ = moons_pair(12)
    limit = problem.value(net) - 1e-9
    partial = free_neurons(PartialPath(problem, (net,)), 6, limit)
    assert partial.size <= 6
    assert partial.size + partial.idle == 12
    for a, b in Path(partial.nodes).segments:
        assert segment_kind(a, b) != "chord"
        assert problem.value(b) <= limit


def test_morphing_ends_where_the_goal_fits_beside_it():
    problem, a, b = moons_pair(4)
    first, second = (eliminated(PartialPath(problem, (net,)), 3, np.inf) for net in (a, b))
    found = exchange_neurons(first, second.end)
    rows = {row.tobytes() for row in second.end.W[second.end.active]}
    movable = found.end.active[found.end.active < 4]
    own = [i for i in movable if found.end.W[i].tobytes() not in rows]
    assert len(own) <= second.idle
    value, path = morph(first, second, 0.0)
    assert path.end.identical(b)
    assert value == max(problem.value(node) for node in path.nodes[1:-1])
    assert all(segment_kind(*segment) != "chord" for segment in path.segments)


def test_the_cheapest_drop_is_the_best_of_all():
    problem, net, _ = moons_pair(4)
    partial = eliminated(PartialPath(problem, (net,)), 4, np.inf)
    dropped = cheapest_drop(partial)
    others = [
        problem.value(refit(problem, partial.end, np.setdiff1d(partial.end.active, [i])).network)
        for i in partial.end.active
        if i < 4
    ]
    assert problem.value(dropped) == pytest.approx(min(others), abs=1e-9)
    nothing = PartialPath(problem, (Network(net.W, 0 * net.theta),))
    assert cheapest_drop(nothing) is nothing.end


def test_the_search_ends_at_a_level_that_no_path_stays_below(monkeypatch):
    """One input, rows that turn round: the barrier is attained without growing a string."""
    from reference import exact_barrier
    from reference.connection import portfolio

    def forbidden(*_):
        raise AssertionError("a string was grown")

    monkeypatch.setattr(portfolio, "sample_string", forbidden)
    problem = Problem([[1.0], [-1.0], [2.0]], [1.0, 1.0, 0.5], HalfSquared(), 0.01)
    a = Network([[1.0], [-1.0]], [0.5, 0.7])
    b = Network([[-1.0], [1.0]], [0.6, 0.4])
    found = connect(problem, a, b)
    assert found.gap == pytest.approx(exact_barrier(problem, a, b), rel=1e-9)
    assert found.gap > 0.01


def test_a_level_given_as_unavoidable_ends_the_search_early(monkeypatch):
    from reference.connection import portfolio

    problem = Problem([[1.0, 0.0], [0.0, 1.0]], [1.0, 1.0], HalfSquared(), 0.01)
    a, b = Network(np.eye(2), [0.8, 0.8]), Network(np.eye(2)[::-1], [0.8, 0.8])
    calls = []
    monkeypatch.setattr(portfolio, "beaded", lambda *_: calls.append(1) or (np.inf, None))
    monkeypatch.setattr(portfolio, "beaded_directly", lambda *_: calls.append(1) or (np.inf, None))
    full = connect(problem, a, b)
    tried = len(calls)
    again = connect(problem, a, b, unavoidable=full.certificate.upper)
    assert again.gap == pytest.approx(full.gap, abs=1e-12)
    assert (tried, len(calls) - tried) in {(2, 0), (0, 0)}
