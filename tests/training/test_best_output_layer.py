"""The best output layer is the minimum: by hand, by its own dual point and by another solver."""

import numpy as np
import pytest
from helpers.best_output_layers import LOSSES, deviations
from helpers.convex_cells import cell_program_value

from reference import (
    HalfSquared,
    Huber,
    Logistic,
    Network,
    Problem,
    UnitBall,
    global_minimum,
    refit,
)
from reference.training.active_set import active_set
from reference.training.interior_point import Lasso, Newton
from reference.training.output_layer import dual_bound, solve_output_layer


def test_one_sample_and_three_neurons_by_hand():
    """Only the largest feature is worth its price: 25 (c - 0.8) = -5 kappa, 0.5 r^2 + kappa c."""
    problem = Problem([[1.0]], [4.0], Huber(), 1e-3)
    best = solve_output_layer(problem, np.array([[2.0, 5.0, 3.0]]))
    assert best.coefficients == pytest.approx([0, 0.79996, 0], abs=1e-12)
    assert best.value == pytest.approx(0.00079998, rel=1e-12)
    assert best.gap <= 1e-11 * best.value


def test_huber_finds_the_minimum_from_zero_where_neurons_outnumber_samples():
    """Version 0.1.0 stopped at 0.013694 from zero and at 0.0031995 from a random start."""
    H = np.array([[4.0, 5, 5], [1, 5, 3]])
    problem = Problem(10 * np.eye(2), [-5.0, 2.0], Huber(), 1e-3, UnitBall())
    starts = [np.zeros(3), np.random.default_rng(0).normal(size=3)]
    values = [problem.value(refit(problem, Network(H.T / 10, c)).network) for c in starts]
    assert values == pytest.approx([0.0031995] * 2, rel=1e-4)
    assert values[0] == pytest.approx(values[1], rel=1e-11)


@pytest.mark.parametrize("wide", [True, False], ids=["more-neurons", "more-samples"])
@pytest.mark.parametrize("loss", LOSSES, ids=str)
def test_no_other_solver_gets_lower_and_the_dual_point_proves_it(loss, wide):
    above, _, gap = deviations(loss, 12, wide, seed=1)
    assert above <= 1e-9
    assert gap <= 1e-8


@pytest.mark.parametrize("loss", [Huber(0.5), HalfSquared(), Logistic()], ids=str)
@pytest.mark.parametrize("kappa", [1e-3, 0.1])
def test_global_minimum_is_that_of_the_convex_program_over_all_cells(loss, kappa):
    generator = np.random.default_rng(3)
    X = np.hstack([generator.normal(size=(5, 1)), np.ones((5, 1))])
    y = (X[:, 0] > 0).astype(float) if loss.labels else generator.normal(size=5)
    problem = Problem(X, y, loss, kappa)
    found = global_minimum(problem)
    other = cell_program_value(problem)
    assert found.value <= other * (1 + 1e-7)
    assert found.dual_bound <= other * (1 + 1e-9)


def test_a_bound_from_any_coefficients_lies_below_every_value():
    generator = np.random.default_rng(0)
    H = np.maximum(generator.normal(size=(6, 9)), 0)
    for loss in LOSSES:
        y = generator.choice(loss.labels, 6) if loss.labels else generator.normal(size=6)
        problem = Problem(np.ones((6, 1)), y, loss, 0.01)
        best = solve_output_layer(problem, H)
        for c in generator.normal(size=(20, 9)) * np.array([[0.01], [1]] * 10):
            bound = dual_bound(problem, H, c)
            assert np.isfinite(bound)
            assert bound <= best.value * (1 + 1e-12)


@pytest.mark.parametrize("loss", [Huber(0.5), HalfSquared(), Logistic()], ids=str)
@pytest.mark.parametrize("shape", [(8, 20), (30, 10)])
def test_the_active_set_alone_finds_the_same_minimum(loss, shape):
    generator = np.random.default_rng(5)
    H = np.maximum(generator.normal(size=shape), 0)
    y = generator.choice((0.0, 1.0), shape[0])
    problem = Problem(np.ones((shape[0], 1)), y, loss, 0.02)
    c = active_set(problem, H, np.full(shape[1], 0.02), np.zeros(shape[1]), 200)
    best = solve_output_layer(problem, H)
    assert problem.objective(c, H @ c) == pytest.approx(best.value, rel=1e-11)


@pytest.mark.parametrize("shifted", [False, True])
def test_newton_steps_do_not_depend_on_which_system_is_factored(shifted):
    """The system of all neurons, the smaller one of the samples, and both built densely."""
    generator = np.random.default_rng(6)
    H, y = generator.normal(size=(4, 9)), generator.normal(size=4)
    k = 9 + 4 * shifted
    pq, uv, dual = generator.uniform(0.5, 2, (3, 2 * k))
    curvature, mu = generator.uniform(0.1, 1, 4), generator.uniform(0, 1, 2 * k)
    steps = []
    for stable in (False, True):
        lasso = Lasso(HalfSquared(), y, H, np.ones(k), shifted, stable)
        steps.append(Newton(lasso, curvature, pq, uv, dual).direction(mu))
    A = np.hstack([H, np.eye(4)]) if shifted else H
    p, q, u, v = pq[:k], pq[k:], uv[:k], uv[k:]
    pull = (mu - pq * dual) / uv
    system = np.diag(1 / (p / u + q / v)) + A.T @ np.diag(curvature) @ A
    dc = np.linalg.solve(system, (pull[:k] - pull[k:]) / (p / u + q / v))
    for step_pq, step_uv in steps:
        assert step_pq[:k] - step_pq[k:] == pytest.approx(dc, rel=1e-9, abs=1e-11)
        assert pq * step_uv + uv * step_pq == pytest.approx(mu - pq * uv, rel=1e-9, abs=1e-11)


def test_nothing_to_solve_without_a_feature_that_is_not_zero():
    problem = Problem(np.ones((3, 1)), [1.0, 2.0, 3.0], HalfSquared(), 0.1)
    best = solve_output_layer(problem, np.zeros((3, 2)))
    assert not best.coefficients.any()
    assert best.value == pytest.approx(7 / 3)
