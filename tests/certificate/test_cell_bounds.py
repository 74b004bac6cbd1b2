"""Bounds on the cells of a segment against the formulas of their derivation, written as loops."""

from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from reference import Absolute, Huber, Logistic, Network, Problem, Squared
from reference.certificate import segment
from reference.certificate.cell_bounds import (
    CellBounds,
    cell_bounds,
    deviations,
    parabola_peak,
)
from reference.certificate.rounding import objective_error, prediction_error
from reference.model.exact_arithmetic import to_exact

SMALL = st.integers(-2, 2)
TIMES = to_exact(np.array([Fraction(1, 8), Fraction(1, 3), Fraction(1, 2), Fraction(1)]))


def relu(u):
    return max(u, 0)


def blended(a, b, t):
    return (1 - t) * a + t * b


def cell_deviations(x, a, b, s, e):
    """Return ``low`` and ``high`` of one sample on one cell, neuron by neuron."""
    low = high = Fraction(0)
    for i in range(a.width):
        u_a, u_b = a.W[i] @ x, b.W[i] @ x
        u = [blended(u_a, u_b, t) for t in (s, e)]
        theta = [blended(a.theta[i], b.theta[i], t) for t in (s, e)]
        bend = (theta[1] - theta[0]) * (relu(u[1]) - relu(u[0]))
        # A kink on a grid time counts to the cell that ends there.
        turns = (u_a > 0) != (u_b > 0) and s < u_a / (u_a - u_b) <= e
        kink = abs(u[1] - u[0]) if turns else 0
        low -= bend + kink * max(*theta, 0)
        high -= bend + kink * min(*theta, 0)
    return low, high


@given(
    hnp.arrays(int, (3, 2), elements=SMALL),
    hnp.arrays(int, (2, 3, 2), elements=SMALL),
    hnp.arrays(int, (2, 3), elements=SMALL),
)
@settings(max_examples=60)
def test_deviations_are_the_formula_neuron_by_neuron(X, W, theta):
    X = to_exact(X)
    a, b = (Network(to_exact(w), to_exact(c)) for w, c in zip(W, theta, strict=True))
    between = np.stack([blended(a.theta, b.theta, t) for t in TIMES])
    f, low, high = deviations(X @ a.W.T, X @ b.W.T, a, b, TIMES, between)
    assert f.shape == (4, 3)
    assert low.shape == high.shape == (3, 3)
    for j, x in enumerate(X):
        for k, t in enumerate(TIMES):
            middle = Network(blended(a.W, b.W, t), between[k])
            assert f[k, j] == middle.predict(x[None])[0]
        for k, (s, e) in enumerate(pairwise(TIMES)):
            assert (low[k, j], high[k, j]) == cell_deviations(x, a, b, s, e)


def random_case(loss, samples=5, width=4, seed=0):
    rng = np.random.default_rng(seed)
    y = rng.normal(size=samples)
    if loss.labels:
        y = np.where(y > 0, loss.labels[1], loss.labels[0])
    problem = Problem(rng.normal(size=(samples, 3)), y, loss, 0.25)
    a, b = (Network(rng.normal(size=(width, 3)), rng.normal(size=width)) for _ in range(2))
    return problem, a, b


def expected_cells(problem, a, b, times, error):
    """Return values, peaks, tops and rounding of every cell by the formulas of the docstring."""
    loss, N = problem.loss, problem.samples
    values, cells = [], []
    for t in times:
        values.append(problem.value(Network(blended(a.W, b.W, t), blended(a.theta, b.theta, t))))
    for k, (s, e) in enumerate(pairwise(times)):
        curve = reach = slack = 0.0
        for x, y, wrong in zip(problem.X, problem.y, error, strict=True):
            ends = [
                Network(blended(a.W, b.W, t), blended(a.theta, b.theta, t)).predict(x[None])[0]
                for t in (s, e)
            ]
            low, high = cell_deviations(x, a, b, s, e)
            far = max(abs(low), abs(high))
            margin = far / 4 + 4 * wrong
            slopes = (
                loss.one_sided(y, min(ends) - margin)[1],
                loss.one_sided(y, max(ends) + margin)[0],
            )
            curve += max(p * d for p in slopes for d in (low, high)) / N
            reach += max(map(abs, slopes)) * far / N
            slack += max(map(abs, slopes)) * wrong / N
        top = max(values[k : k + 2])
        mu = np.linspace(0, 1, 20_001)
        peak = (blended(values[k], values[k + 1], mu) + mu * (1 - mu) * curve).max()
        cells.append((peak, top, 4 * slack + (top + reach) / 8))
    return np.array(values), *np.array(cells).T


@pytest.mark.parametrize("loss", [Logistic(), Huber(0.5), Absolute(), Squared()], ids=repr)
@pytest.mark.parametrize("seed", range(3))
def test_cell_bounds_are_the_formula_sample_by_sample(monkeypatch, loss, seed):
    """Errors far above rounding make every term of the bound visible."""
    problem, a, b = random_case(loss, seed=seed)
    error = np.linspace(0.01, 0.05, problem.samples)
    monkeypatch.setattr(
        "reference.certificate.cell_bounds.prediction_error", lambda *arguments: error
    )
    monkeypatch.setattr(
        "reference.certificate.cell_bounds.objective_error", lambda *arguments: arguments[-1] / 8
    )
    times = np.array([0.1, 0.3, 0.35, 0.8])
    values, peak, top, rounding = expected_cells(problem, a, b, times, error)
    for block in (2**15, 4):  # all samples at once, or one at a time
        monkeypatch.setattr(segment, "BLOCK", block)
        cells = cell_bounds(problem, a, b, times)
        np.testing.assert_array_equal(cells.times, times)
        np.testing.assert_allclose(cells.values, values, rtol=1e-13)
        np.testing.assert_allclose(cells.upper, peak + rounding, rtol=1e-8)
        np.testing.assert_allclose(cells.lower, top - rounding, rtol=1e-12)
        np.testing.assert_allclose(cells.excess, peak - top, atol=1e-8)
        assert cells.evaluations == 4


def test_cell_bounds_take_the_rounding_of_predictions_and_objective(monkeypatch):
    problem, a, b = random_case(Squared())
    times = np.array([0.0, 0.5, 1.0])
    seen = []
    monkeypatch.setattr(
        "reference.certificate.cell_bounds.prediction_error",
        lambda *arguments: seen.append(arguments) or prediction_error(*arguments),
    )
    monkeypatch.setattr(
        "reference.certificate.cell_bounds.objective_error",
        lambda *arguments: objective_error(*arguments) + 1e3,
    )
    cells = cell_bounds(problem, a, b, times)
    assert seen == [(problem, a, b)]
    top = np.maximum(cells.values[:-1], cells.values[1:])
    np.testing.assert_allclose(cells.lower, top - 1e3, rtol=1e-12)
    np.testing.assert_allclose(cells.upper, top + cells.excess + 1e3, rtol=1e-12)


@pytest.mark.parametrize("sign", [1, -1])
def test_a_kink_of_the_loss_at_the_end_of_the_range_costs_nothing(sign):
    """The prediction ``t (1 - t)`` leaves 0 towards a target at most reached: the loss falls."""
    a, b = (Network(np.array([[w]], object), np.array([c], object)) for w, c in ((0, 1), (1, 0)))
    a, b = (Network(net.W, sign * net.theta) for net in (a, b))
    times = to_exact(np.array([0, 1]))
    touching, beyond = (
        cell_bounds(Problem(to_exact([[1]]), to_exact([y]), Absolute(), 0), a, b, times)
        for y in (Fraction(sign, 4), Fraction(sign, 2))
    )
    assert touching.excess.tolist() == beyond.excess.tolist() == [0]


def test_exact_cells_hold_fractions_alone():
    problem, a, b = random_case(Huber(0.5), samples=2, width=2)
    cells = cell_bounds(problem.exact(), a.exact(), b.exact(), TIMES)
    for array in (cells.values, cells.upper, cells.lower, cells.excess):
        assert {type(entry) for entry in array} == {Fraction}
    assert (cells.lower == np.maximum(cells.values[:-1], cells.values[1:])).all()
    assert (cells.upper == cells.lower + cells.excess).all()


@given(st.fractions(-3, 3), st.fractions(-3, 3), st.fractions(-3, 3))
@example(Fraction(0), Fraction(1), Fraction(-1))
@example(Fraction(0), Fraction(1), Fraction(1))
@example(Fraction(1), Fraction(1), Fraction(0))
def test_parabola_peak_is_attained_and_not_exceeded_exactly(start, end, curve):
    found = parabola_peak(*(to_exact(np.array([x])) for x in (start, end, curve)))[0]
    mu = Fraction(1, 2) + (end - start) / (2 * curve) if curve > 0 else Fraction(0)
    candidates = [Fraction(0), Fraction(1), *([mu] if 0 < mu < 1 else [])]
    assert found == max(blended(start, end, m) + m * (1 - m) * curve for m in candidates)
    assert isinstance(found, Fraction)


def test_replaced_splices_finer_cells_in_place():
    def cells(times, sign):
        times = np.array(times)
        inner = times[:-1]
        return CellBounds(times, sign * times, inner + sign, inner - sign, sign * inner, len(times))

    coarse, finer = cells([0.0, 1.0, 2.0, 3.0, 4.0], 1), cells([1.0, 1.5, 2.5, 3.0], -1)
    found = coarse.replaced(1, 2, finer)
    assert found.times.tolist() == [0, 1, 1.5, 2.5, 3, 4]
    assert found.values.tolist() == [0, -1, -1.5, -2.5, -3, 4]
    assert found.upper.tolist() == [1, 0, 0.5, 1.5, 4]
    assert found.lower.tolist() == [-1, 2, 2.5, 3.5, 2]
    assert found.excess.tolist() == [0, -1, -1.5, -2.5, 3]
    assert found.evaluations == 9
