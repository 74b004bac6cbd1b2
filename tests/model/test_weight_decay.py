"""Weight decay: the flow against its differential equation, the lift, the balanced end."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reference import HalfSquared, Network, Problem
from reference.model.weight_decay import balance, decayed_value, flow, lift


def velocity(theta, W):
    norms = (W**2).sum(axis=1)
    return theta * (norms - theta**2), W * (theta**2 - norms)[:, None]


def integrated(network, time, steps=400):
    """Runge-Kutta of order four on the differential equation itself."""
    theta, W, h = network.theta, network.W, time / steps
    for _ in range(steps):
        a, A = velocity(theta, W)
        b, B = velocity(theta + h / 2 * a, W + h / 2 * A)
        c, C = velocity(theta + h / 2 * b, W + h / 2 * B)
        d, D = velocity(theta + h * c, W + h * C)
        theta, W = theta + h / 6 * (a + 2 * b + 2 * c + d), W + h / 6 * (A + 2 * B + 2 * C + D)
    return Network(W, theta)


SAMPLES = Problem([[1.0, 0.5], [-0.5, 2.0]], [1.0, -1.0], HalfSquared(), 0.1)
NETWORK = Network([[1.0, 0.5], [0.0, 0.0], [0.3, -2.0], [0.1, 0.0]], [2.0, -1.5, 0.0, -0.7])


@pytest.mark.parametrize("time", [0.0, 0.01, 0.5, 3.0])
def test_the_closed_form_solves_the_differential_equation(time):
    closed, stepped = flow(NETWORK, time), integrated(NETWORK, time)
    assert pytest.approx(stepped.W, abs=1e-7) == closed.W
    assert closed.theta == pytest.approx(stepped.theta, abs=1e-7)


def test_the_flow_ends_balanced():
    end, late = balance(NETWORK), flow(NETWORK, 1e12)
    assert pytest.approx(end.W, abs=1e-5) == late.W
    assert late.theta == pytest.approx(end.theta, abs=1e-5)
    assert np.abs(end.theta) == pytest.approx(np.linalg.norm(end.W, axis=1), abs=1e-15)


numbers = st.floats(-3, 3, width=32)
networks = st.integers(1, 3).flatmap(
    lambda m: st.builds(
        Network,
        st.lists(st.lists(numbers, min_size=2, max_size=2), min_size=m, max_size=m),
        st.lists(numbers, min_size=m, max_size=m),
    )
)


@settings(max_examples=100)
@given(networks, st.floats(0, 5))
def test_predictor_kept_objective_falls_and_times_add_up(network, time):
    later = flow(network, time)
    assert later.predict(SAMPLES.X) == pytest.approx(network.predict(SAMPLES.X), abs=1e-12)
    assert decayed_value(SAMPLES, later) <= decayed_value(SAMPLES, network) + 1e-13
    twice = flow(later, 1.0)
    at_once = flow(network, time + 1.0)
    assert pytest.approx(at_once.W, abs=1e-9) == twice.W
    assert twice.theta == pytest.approx(at_once.theta, abs=1e-9)


@settings(max_examples=100)
@given(networks)
def test_the_balanced_network_is_the_least_of_its_scalings(network):
    end = balance(network)
    least = decayed_value(SAMPLES, end)
    assert end.predict(SAMPLES.X) == pytest.approx(network.predict(SAMPLES.X), abs=1e-12)
    for g in (0.5, 0.9, 1.1, 2.0):
        scaled = Network(network.W * g, network.theta / g)
        assert least <= decayed_value(SAMPLES, scaled) + 1e-13


def test_the_lift_of_unit_rows_keeps_the_objective_exactly():
    exact = SAMPLES.exact()
    W = [[Fraction(3, 5), Fraction(4, 5)], [Fraction(-1), Fraction(0)]]
    network = Network(np.array(W, dtype=object), [Fraction(9, 4), Fraction(-25)])
    assert decayed_value(exact, lift(network)) == exact.value(network)
    assert (lift(network).predict(exact.X) == network.predict(exact.X)).all()
    short = Network(network.W / 2, network.theta)
    saved = exact.kappa / 2 * (Fraction(9, 4) + 25) * Fraction(3, 4)
    assert decayed_value(exact, lift(short)) == exact.value(short) - saved


def test_a_time_before_the_start_is_refused():
    with pytest.raises(ValueError, match="time: found -1"):
        flow(NETWORK, -1)


def test_short_rows_and_large_coefficients_keep_their_predictor():
    network = Network([[1e-170]], [1e150])
    balanced = balance(network)
    sample = np.array([[1.0]])
    # Five roundings of relative size 2**-53 each, and the root of the row's norm.
    np.testing.assert_allclose(balanced.predict(sample), network.predict(sample), rtol=1e-14)
    np.testing.assert_allclose(np.abs(balanced.theta), balanced.W[:, 0], rtol=1e-14)
    for time in (0.0, 1.0, 1e30):
        flowed = flow(network, time).predict(sample)
        np.testing.assert_allclose(flowed, network.predict(sample), rtol=1e-14)
