"""The rounding bounds against the formulas of their derivation, number for number."""

from fractions import Fraction

import numpy as np
import pytest
from helpers.exact_certificates import check_case
from hypothesis import given
from hypothesis import strategies as st

from reference import Absolute, Huber, Network, Path, Problem, Squared
from reference.certificate.rounding import (
    TINY,
    gamma,
    node_bounds,
    objective_error,
    prediction_error,
)
from reference.model.exact_arithmetic import to_exact

X = np.array([[1.0, -2.0, 0.5], [0.0, 3.0, -1.0], [-4.0, 0.25, 2.0], [1.5, 1.0, 1.0]])
A = Network([[1.0, -2.0, 0.5], [0.0, -0.25, 3.0]], [0.5, -3.0])
B = Network([[-2.0, 1.0, 0.5], [0.5, -0.5, -1.0]], [-1.5, 2.0])


def problem(loss=None, kappa=0.125):
    return Problem(X, [1.0, -1.0, 0.0, 2.0], loss or Huber(0.5), kappa)


@given(st.integers(0, 10**9))
def test_gamma_bounds_the_product_of_that_many_roundings(k):
    u = Fraction(1, 2**53)
    assert gamma(k) == pytest.approx(float(k * u / (1 - k * u)), rel=1e-15, abs=0)


def test_predictions_err_by_gamma_times_the_sum_of_all_contributions():
    n, m = 3, 2
    expected = [
        sum(
            max(abs(A.theta[i]), abs(B.theta[i]))
            * sum(abs(x[k]) * max(abs(A.W[i, k]), abs(B.W[i, k])) for k in range(n))
            for i in range(m)
        )
        for x in X
    ]
    found = prediction_error(problem(), A, B)
    np.testing.assert_allclose(found, gamma(n + 2 * m + 32) * np.array(expected), rtol=1e-15)


def test_underflow_is_covered_where_all_contributions_vanish():
    idle, still = Network(A.W, 0 * A.theta), Network(0 * A.W, A.theta)
    zero = Problem(0 * X, [1.0, -1.0, 0.0, 2.0], Huber(0.5), 0)
    for case in ((problem(), idle), (problem(), still), (zero, A)):
        assert (prediction_error(*case, case[1]) > 0).all()
    assert objective_error(zero, idle, idle, np.zeros(1)) == TINY


def test_means_and_penalty_err_by_gammas_of_their_lengths():
    sizes = np.array([0.0, 1.0, 1e6])
    penalty = gamma(2 + 16) * 0.125 * (1.5 + 3.0)
    found = objective_error(problem(), A, B, sizes)
    np.testing.assert_allclose(found, gamma(4 + 64) * sizes + penalty, rtol=1e-15)


@pytest.mark.parametrize(("power", "refused"), [(479, False), (480, True), (499, True)])
def test_predictions_whose_squares_may_overflow_are_refused(power, refused):
    large, net = Problem([[1.0]], [0.0], Squared(), 0), Network([[1.0]], [2.0**power])
    if refused:
        with pytest.raises(ValueError, match=r"^network: found predictions of size"):
            prediction_error(large, net, net)
    else:
        assert np.isfinite(prediction_error(large, net, net)).all()


@pytest.mark.parametrize("kappa", [2.0**268, 2.0**500])
@pytest.mark.parametrize("last", [7, -7, 5])
def test_subnormal_coefficients_magnified_by_the_penalty_are_covered(kappa, last):
    """Half of 7 units of 2**-1074 rounds to 4 of them: the computed penalty is 8/7 of the true."""
    unit = 2.0**-1074
    absolute = Problem([[1.0]], [0.0], Absolute(), kappa)
    path = Path([Network([[1.0]], [7 * unit]), Network([[-1.0]], [last * unit])])
    assert check_case(absolute, path, "subnormal", tol=0.0, max_evaluations=400) > 8


def test_an_overflow_of_the_bound_itself_is_refused_without_a_warning():
    net = Network([[1e150, 1e150]], [1e150])
    with pytest.raises(ValueError, match=r"found predictions of size up to (inf|nan)"):
        prediction_error(Problem([[1e150, 0.0]], [0.0], Squared(), 0), net, net)


@pytest.mark.parametrize(
    ("sample", "row", "coefficient"),
    [(2.0**-80, 2.0**-1000, 2.0**500), (2.0**-500, 2.0**-600, 2.0**499), (1.0, 5e-324, 1e150)],
)
def test_underflow_is_part_of_the_bound(sample, row, coefficient):
    """The product of sample and row vanishes in float64; its multiple need not."""
    tiny, net = Problem([[sample]], [0.0], Absolute(), 0), Network([[row]], [coefficient])
    exact = tiny.exact().value(net.exact())
    upper, lower = node_bounds(tiny, net)
    assert Fraction(lower) <= exact <= Fraction(upper)


@pytest.mark.parametrize("loss", [Huber(0.5), Squared()], ids=lambda loss: loss.name)
def test_a_node_is_enclosed_by_its_slope_times_its_errors(monkeypatch, loss):
    """With errors far above rounding, the width of the enclosure shows every term."""
    error = np.array([0.5, 0.25, 0.125, 0.75])
    monkeypatch.setattr("reference.certificate.rounding.prediction_error", lambda *arguments: error)
    for block in (2**15, 2):  # all samples at once, or one at a time
        monkeypatch.setattr("reference.certificate.segment.BLOCK", block)
        upper, lower = node_bounds(problem(loss), A)
        f = A.predict(X)
        slope = [
            loss.slope_bound(y, low, high)
            for y, low, high in zip(problem().y, f - error, f + error, strict=True)
        ]
        assert (upper + lower) / 2 == pytest.approx(problem(loss).value(A), rel=1e-15)
        assert (upper - lower) / 2 == pytest.approx(2 * np.mean(slope * error), rel=1e-12)


def test_a_node_without_penalty():
    bare = problem(kappa=0)
    upper, lower = node_bounds(bare, A)
    assert lower < bare.value(A) < upper < lower + 1e-12


def test_the_rounding_of_the_objective_enters_a_node_once():
    """All samples fitted where the loss is flat: what remains is the error of the penalty."""
    flat = Problem([[1.0]], [1.0], Huber(0.5), 1e6)
    net = Network([[0.0]], [3.0])
    upper, lower = node_bounds(flat, net)
    value = flat.value(net)
    expected = gamma(1 + 64) * value + gamma(1 + 16) * 3e6
    assert (upper - lower) / 2 == pytest.approx(expected, rel=1e-2)
    assert lower < value < upper


def test_in_exact_arithmetic_nothing_is_rounded():
    exact, a, b = problem().exact(), A.exact(), B.exact()
    errors = prediction_error(exact, a, b)
    assert errors.tolist() == [0] * 4
    assert {type(error) for error in errors} == {Fraction}
    sizes = to_exact(np.array([1.0, 0.0]))
    assert objective_error(exact, a, b, sizes).tolist() == [0, 0]
    assert node_bounds(exact, a) == (exact.value(a), exact.value(a))
