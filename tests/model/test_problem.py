"""The objective: its pieces, its gradient, the published protocol, and what it refuses."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

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
    UnitBall,
    published_problem,
)

X = np.array([[1.0, 2.0], [-1.0, 0.5], [0.0, -1.0]])
LABELS = {"logistic": [0, 1, 1], "hinge": [-1, 1, 1]}
LOSSES = [Logistic(), Huber(0.25), Absolute(), Hinge(), Pinball(0.3), HalfSquared(), Squared()]
every_loss = pytest.mark.parametrize("loss", LOSSES, ids=lambda loss: loss.name)


def problem(loss, kappa=0.1, domain=None):
    y = LABELS.get(loss.name, [0.3, -1.2, 0.7])
    return Problem(X, y, loss, kappa, domain or UnitBall())


def random_network(seed, m=4, n=2):
    generator = np.random.default_rng(seed)
    return Network(generator.standard_normal((m, n)), generator.standard_normal(m))


def test_objective_is_risk_plus_penalty_by_hand():
    net = Network([[1.0, 0.0], [0.0, -1.0]], [2.0, -3.0])
    # relu(X W^T) = [[1, 0], [0, 0], [0, 1]], so f = (2, 0, -3).
    prob = Problem(X, [1.0, 0.0, 0.0], Squared(), 0.1)
    assert prob.risk(net) == pytest.approx((1 + 0 + 9) / 3)
    assert prob.value(net) == pytest.approx(10 / 3 + 0.5)
    assert prob.zero_value == pytest.approx(1 / 3)
    assert prob.lower == 0


def taylor_orders(prob, net, gradient, step):
    """Return how many digits the first-order model gains when the step is ten times shorter."""
    dW, dtheta = gradient
    slope = (dW * step.W).sum() + dtheta @ step.theta
    remainders = [
        abs(
            prob.value(Network(net.W + h * step.W, net.theta + h * step.theta))
            - prob.value(net)
            - h * slope
        )
        for h in (1e-3, 1e-4)
    ]
    return np.log10((remainders[0] + 1e-13) / (remainders[1] + 1e-15))


@every_loss
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_gradient_has_a_taylor_remainder_of_order_two(loss, seed):
    prob, net = problem(loss), random_network(seed)
    assert taylor_orders(prob, net, prob.gradient(net), random_network(seed + 100)) > 1.7


@pytest.mark.parametrize("k", range(4))
def test_one_entry_wrong_by_a_thousandth_fails_the_taylor_test(k):
    prob, net = problem(Logistic()), random_network(0)
    dW, dtheta = prob.gradient(net)
    wrong = dW.copy()
    wrong[tuple(np.argwhere(dW)[k])] *= 1.001
    step = Network(np.where(dW == wrong, 0.0, 1.0), np.zeros(4))
    assert taylor_orders(prob, net, (dW, dtheta), step) > 1.7
    assert taylor_orders(prob, net, (wrong, dtheta), step) < 1.3


def test_conventions_at_kinks():
    # Neuron 0 is dead on every sample's kink, neuron 1 has coefficient 0.
    prob = Problem([[1.0, 0.0]], [0.0], Absolute(), 0.1)
    net = Network([[0.0, 1.0], [0.5, 0.0]], [2.0, 0.0])
    dW, dtheta = prob.gradient(net)
    np.testing.assert_array_equal(dW, 0)
    # f = 0 = y: the loss derivative is 0, and sign(0) = 0 leaves no penalty on neuron 1.
    np.testing.assert_array_equal(dtheta, [0.1, 0])


def test_back_propagation_at_a_kink_need_not_be_a_subgradient():
    """Claim M1: samples 1 and -1 with slopes 1 and -1 make F linear in w at 0, slope theta."""
    prob = Problem([[1.0], [-1.0]], [-5.0, 5.0], Absolute(), 0.0)
    theta = 0.25
    values = [prob.value(Network([[w]], [theta])) for w in (-0.1, 0.0, 0.1)]
    np.testing.assert_allclose(np.diff(values), 0.5 * theta * 0.1)
    assert prob.gradient(Network([[0.0]], [theta]))[0] == 0


def direct_value(X, y, hidden, bias, output, output_bias, loss, kappa):
    """The objective of [B26]'s protocol as its formula reads, with biases written out."""
    f = np.maximum(X @ hidden.T + bias, 0) @ output + output_bias
    return loss.value(y, f).mean() + kappa * (np.abs(output).sum() + abs(output_bias)), f


@pytest.mark.parametrize("name", ["moons", "breast-cancer"])
def test_one_model_equals_the_published_protocol_with_biases(name):
    prob = published_problem(name)
    generator = np.random.default_rng(0)
    raw = prob.X[:, :-1]
    hidden = generator.standard_normal((20, raw.shape[1]))
    hidden /= np.linalg.norm(hidden, axis=1, keepdims=True)
    bias, output = generator.standard_normal((2, 20))
    W = np.vstack([np.column_stack([hidden, bias]), prob.domain.constant_row(prob.inputs)])
    net = Network(W, np.append(output, 0.7))
    value, f = direct_value(raw, prob.y, hidden, bias, output, 0.7, prob.loss, prob.kappa)
    np.testing.assert_allclose(net.predict(prob.X), f, rtol=1e-12, atol=1e-12)
    assert prob.value(net) == pytest.approx(value, rel=1e-12, abs=1e-12)
    h = 1e-6
    up = direct_value(raw, prob.y, hidden, bias, output, 0.7 + h, prob.loss, prob.kappa)[0]
    down = direct_value(raw, prob.y, hidden, bias, output, 0.7 - h, prob.loss, prob.kappa)[0]
    assert prob.gradient(net)[1][-1] == pytest.approx((up - down) / (2 * h), rel=1e-6)


@given(
    arrays(np.int64, (3, 2), elements=st.integers(-2, 2)),
    arrays(np.int64, (2, 2), elements=st.integers(-2, 2)),
    arrays(np.int64, (2,), elements=st.integers(-2, 2)),
    st.sampled_from([loss for loss in LOSSES if loss.rational]),
)
def test_exact_problem_agrees_with_floats_and_returns_fractions(samples, W, theta, loss):
    y = LABELS.get(loss.name, [0.5, -1.25, 0.75])
    prob = Problem(samples, y, loss, 0.125, NormalizedWeights())
    exact, net = prob.exact(), Network(W, theta)
    assert exact.is_exact
    assert exact.exact().fingerprint == exact.fingerprint
    assert exact.domain == prob.domain
    value = exact.value(net.exact())
    assert isinstance(value, Fraction)
    assert float(value) == pytest.approx(prob.value(net), rel=1e-13, abs=1e-13)
    for rational, floats in zip(exact.gradient(net.exact()), prob.gradient(net), strict=True):
        np.testing.assert_allclose(rational.astype(float), floats, atol=1e-13)
        assert not any(isinstance(entry, float) for entry in rational.ravel().tolist())


def test_exact_labels_and_kappa_alone_decide_the_arithmetic():
    third = Fraction(1, 3)
    assert Problem(X, np.array([third, third, third]), Squared(), third).kappa == third
    assert isinstance(Problem(X, [0.0, 1.0, 2.0], Squared(), third).kappa, float)
    with pytest.raises(TypeError, match=r"loss: found logistic, which has no exact arithmetic"):
        problem(Logistic()).exact()


def test_fingerprint_tells_problems_apart():
    prints = {
        p.fingerprint
        for p in (
            problem(Squared()),
            problem(HalfSquared()),
            problem(Huber()),
            problem(Huber(0.5)),
            problem(Squared(), kappa=0.2),
            problem(Squared(), domain=NormalizedWeights()),
            Problem(X[::-1], [0.3, -1.2, 0.7], Squared(), 0.1),
            problem(Squared()).exact(),
        )
    }
    assert len(prints) == 8
    assert problem(Squared()).fingerprint == problem(Squared()).fingerprint
    assert problem(Squared(), Fraction(0.1)).fingerprint in prints


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"X": X[0]}, ValueError, r"^X: found shape \(2,\), allowed is \(any, any\)"),
        ({"X": np.zeros((0, 2)), "y": []}, ValueError, r"^X: found shape \(0, 2\)"),
        ({"X": X * np.nan}, ValueError, r"^X: found nan at index \(0, 0\)"),
        ({"y": [0, 1]}, ValueError, r"^y: found shape \(2,\), allowed is \(3\)"),
        ({"y": [0, np.inf, 1]}, ValueError, r"^y: found inf at index \(1,\)"),
        ({"y": [0, 2, 1]}, ValueError, r"y: found 2.0 at index 1, allowed for the logistic loss"),
        ({"kappa": -1}, ValueError, r"^kappa: found -1.0, allowed is at least 0"),
        ({"kappa": np.nan}, ValueError, r"kappa: found nan"),
        ({"kappa": "much"}, TypeError, r"kappa: found dtype <U4"),
        ({"loss": Logistic}, TypeError, r"loss: found .*allowed is a Loss such as Logistic\(\)"),
        ({"domain": "ball"}, TypeError, r"domain: found 'ball', allowed is UnitBall"),
    ],
)
def test_construction_refuses(arguments, error, message):
    good = {"X": X, "y": [0, 1, 1], "loss": Logistic(), "kappa": 0.1}
    with pytest.raises(error, match=message):
        Problem(**(good | arguments))


def test_networks_that_do_not_fit_are_refused():
    prob = problem(Logistic())
    for call in (prob.value, prob.risk, prob.gradient, prob.check):
        with pytest.raises(ValueError, match=r"W: found 3 columns, allowed are 2"):
            call(random_network(0, n=3))
    with pytest.raises(ValueError, match=r"start\.W: found norm 2.0 in row 0"):
        prob.check(Network([[2.0, 0.0]], [1.0]), "start")
    with pytest.raises(ValueError, match=r"^start\.W: found 3 columns"):
        prob.check(random_network(0, n=3), "start")
    with pytest.raises(ValueError, match=r"^network\.W: found norm 2.0"):
        prob.check(Network([[2.0, 0.0]], [1.0]))


def test_theorems_refuse_what_they_cannot_use():
    assert problem(Huber(0.25)).lipschitz_constant("P3") == 0.25
    assert problem(Huber()).penalty_weight("M7") == 0.1
    with pytest.raises(ValueError, match=r"loss: found squared, .*P3 holds for Lipschitz losses"):
        problem(Squared()).lipschitz_constant("P3")
    with pytest.raises(ValueError, match=r"kappa: found 0.0, allowed is positive \(M7 divides"):
        problem(Huber(), kappa=0).penalty_weight("M7")


def test_one_sample_and_one_neuron():
    prob = Problem([[2.0]], [1.0], HalfSquared(), 0.5)
    net = Network([[0.5]], [3.0])
    assert prob.value(net) == 0.5 * 4 + 0.5 * 3
    assert prob.D == 2
    assert (prob.samples, prob.inputs) == (1, 1)


@pytest.mark.parametrize("exact", [False, True])
def test_value_and_gradient_are_those_of_two_calls(exact):
    problem = Problem([[1.0, 2.0], [-1.0, 0.5]], [1.0, -2.0], Huber(), 0.25)
    network = Network([[0.5, 0.25], [-0.5, 1.0]], [1.0, -2.0])
    if exact:
        problem, network = problem.exact(), network.exact()
    value, (dW, dtheta) = problem.value_and_gradient(network)
    assert value == problem.value(network)
    assert (dW == problem.gradient(network)[0]).all()
    assert (dtheta == problem.gradient(network)[1]).all()


def test_value_and_gradient_need_networks_that_fit():
    with pytest.raises(ValueError, match="3 columns"):
        Problem([[1.0]], [1.0], Huber(), 0.25).value_and_gradient(Network(np.eye(3), np.ones(3)))
