"""The Lasso solver, held against the optimality conditions and against brute force."""

import numpy as np
import pytest

from reference import (
    Absolute,
    HalfSquared,
    Hinge,
    Huber,
    Logistic,
    Pinball,
    Problem,
    Squared,
)
from reference.training.output_layer import output_layer

SMOOTH = [Logistic(), Huber(0.25), HalfSquared(), Squared()]
PIECEWISE = [Absolute(), Hinge(), Pinball(0.3)]


def problem_for(loss, kappa=1e-3, samples=60, seed=0):
    generator = np.random.default_rng(seed)
    y = generator.choice(loss.labels, samples) if loss.labels else generator.normal(size=samples)
    return Problem(np.ones((samples, 1)), y, loss, kappa)


def features(columns=12, samples=60, seed=1):
    return np.maximum(np.random.default_rng(seed).normal(size=(samples, columns)), 0)


def alike_features():
    """Columns so alike that plain Newton steps stall: one ray, its copies and near copies."""
    ray = features(1)
    return np.hstack([ray, ray, 2 * ray, ray + 1e-9 * features(5), features(3, seed=2)])


@pytest.mark.parametrize("loss", SMOOTH, ids=lambda loss: loss.name)
@pytest.mark.parametrize("H", [features(), alike_features(), np.zeros((60, 2))])
@pytest.mark.parametrize("kappa", [1e-3, 0.05])
def test_smooth_solutions_meet_the_optimality_conditions(loss, H, kappa):
    problem = problem_for(loss, kappa)
    c = output_layer(problem, H, np.ones(H.shape[1]))
    slope = H.T @ loss.derivative(problem.y, H @ c) / problem.samples
    assert np.abs(slope).max(initial=0) <= kappa + 1e-7
    assert slope[c != 0] == pytest.approx(-kappa * np.sign(c[c != 0]), abs=1e-5)


@pytest.mark.parametrize("loss", PIECEWISE, ids=lambda loss: loss.name)
def test_piecewise_linear_solutions_have_a_dual_point_of_the_same_value(loss):
    """Subgradients at the solution, kinks resolved by a linear program, prove optimality."""
    from scipy.optimize import linprog

    problem, H = problem_for(loss, 0.02), features(5)
    c = output_layer(problem, H, np.zeros(5))
    f = H @ c
    left, right = loss.derivative(problem.y, f - 1e-9), loss.derivative(problem.y, f + 1e-9)
    sign = np.sign(c)
    low = np.where(c == 0, -problem.kappa, -problem.kappa * sign) - 1e-9
    high = np.where(c == 0, problem.kappa, -problem.kappa * sign) + 1e-9
    A = H.T / problem.samples
    found = linprog(
        np.zeros(len(f)),
        A_ub=np.vstack([A, -A]),
        b_ub=np.concatenate([high, -low]),
        bounds=list(zip(left, right, strict=True)),
    )
    assert found.success


@pytest.mark.parametrize("loss", SMOOTH + PIECEWISE, ids=lambda loss: loss.name)
@pytest.mark.parametrize("kappa", [0.0, 1e-6, 10.0])
def test_the_solution_is_never_worse_than_the_start(loss, kappa):
    problem, H = problem_for(loss, kappa), alike_features()
    for start in (np.zeros(H.shape[1]), np.full(H.shape[1], 3.0)):
        c = output_layer(problem, H, start)
        assert problem.objective(c, H @ c) <= problem.objective(start, H @ start)
    if kappa == 10:
        assert not c.any()


def test_no_column_is_no_problem():
    problem = problem_for(Logistic())
    assert output_layer(problem, np.empty((60, 0)), np.empty(0)).shape == (0,)


def test_equal_columns_of_huge_targets_stay_solvable():
    problem = Problem(np.ones((2, 1)), [0.0, 2.0**19], HalfSquared(), 0.5)
    H = np.ones((2, 2))
    c = output_layer(problem, H, np.zeros(2))
    assert c.sum() == pytest.approx(2.0**18 - 0.5)
