"""The relaxation for any number of inputs never lies below the truth (claim D6)."""

import warnings
from fractions import Fraction

import numpy as np
import pytest

from reference import Absolute, HalfSquared, Huber, Logistic, Problem, global_minimum
from reference.minimum.correlation import max_correlation
from reference.minimum.dual_bound import dual_point
from reference.minimum.relaxation import Multipliers, relaxed_bound
from reference.minimum.relaxed_dual import relaxed_points


def any_multipliers(generator, N, n):
    """Multipliers nobody chose well: tilts too long, offsets outside [0, 1], all sizes."""
    size = 10.0 ** generator.uniform(-2, 2)
    return Multipliers(
        size * generator.uniform(size=N),
        generator.uniform(-0.2, 1.2, size=N),
        generator.normal(size=(N, n)),
        10.0 ** generator.uniform(-1, 3),
    )


def exact_correlation(X, a, row):
    """Return ``sum_j a_j relu(<w, x_j>)`` in rational arithmetic."""
    heights = [
        sum(Fraction(w) * Fraction(x) for w, x in zip(row, sample, strict=True)) for sample in X
    ]
    return sum(Fraction(weight) * max(0, h) for weight, h in zip(a, heights, strict=True))


def inside(rows):
    """Scale rows so that their exact norm is at most 1."""
    return rows / np.linalg.norm(rows, axis=-1, keepdims=True) * (1 - 2.0**-48)


def test_any_multipliers_bound_every_row():
    """Rational correlation of rows, the samples' own directions among them, against the bound."""
    generator = np.random.default_rng(3)
    finite = 0
    for _ in range(200):
        N, n = int(generator.integers(1, 6)), int(generator.integers(1, 7))
        X, a = generator.normal(size=(N, n)), generator.normal(size=N)
        bound = relaxed_bound(X, a, any_multipliers(generator, N, n))
        finite += bound < np.inf
        for row in inside(np.concatenate([X, -X, generator.normal(size=(5, n))])):
            assert exact_correlation(X, a, row) <= bound
    assert finite > 20


def test_one_sample_is_bounded_tightly():
    """``max relu(<w, x>) = |x| = 13``: ``d = 1 / (4 |x|)`` and ``mu = |x| / 2`` prove it."""
    x = np.array([[3.0, 0.0, 4.0, 12.0]])
    best = Multipliers(np.array([1 / 52]), np.array([0.0]), np.zeros((1, 4)), 6.5)
    bound = relaxed_bound(x, np.array([1.0]), best)
    assert 13 <= bound <= 13 * (1 + 1e-10)


@pytest.mark.parametrize("poison", [np.nan, np.inf, -1.0, 0.0])
def test_poisoned_multipliers_prove_nothing_false(poison):
    X, a = np.eye(4), np.array([1.0, 1.0, -1.0, 1.0])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for field in range(4):
            parts = [np.full(4, 0.25), np.full(4, 0.5), np.zeros((4, 4)), 3.0]
            parts[field] = poison * np.ones_like(parts[field])
            bound = relaxed_bound(X, a, Multipliers(*parts[:3], float(parts[3])))
            assert bound >= np.sqrt(3) or bound == np.inf


def test_tilts_too_long_are_shortened():
    """An unshortened tilt would claim ``a relu(u) <= 10 a u**2`` and a maximum below 0.

    The two samples cancel but for ``relu(u) - relu(-u) / 10``, whose maximum is 1.
    """
    X, a = np.array([[1.0], [-1.0]]), np.array([1.0, -0.1])
    tilt = np.array([[0.0], [-100.0]])
    forged = Multipliers(np.array([0.25, 0.0]), np.array([0.0, 0.5]), tilt, 0.3)
    assert relaxed_bound(X, a, forged) >= 1


@pytest.mark.parametrize(
    ("loss", "n"), [(Logistic(), 3), (Huber(0.25), 2), (Absolute(), 3), (HalfSquared(), 3)]
)
def test_optimised_bounds_stay_below_the_exact_minimum(loss, n):
    """In two and three inputs the minimum is known; the relaxation must stay below, but close."""
    generator = np.random.default_rng(n)
    X = np.column_stack([generator.normal(size=(12, n - 1)), np.ones(12)])
    y = generator.normal(size=12)
    if isinstance(loss, Logistic):
        y = (y > 0).astype(float)
    problem = Problem(X, y, loss, 0.1)
    exact = global_minimum(problem, tol=1e-6, seconds=20)
    start = dual_point(problem, loss.derivative(y, np.zeros(12)))
    with np.errstate(all="ignore"):
        found = [one.point for one in relaxed_points(problem, start, exact.value)]
    assert all(point.bound <= exact.value for point in found)
    assert max(point.bound for point in found) >= 0.5 * exact.dual_bound
    for point in found:
        row = max_correlation(problem, point.v).atom
        attained = abs(np.maximum(X @ row, 0) @ point.v) / 12
        assert attained <= point.correlation * (1 + 1e-12)


def test_five_inputs_are_bracketed_better_than_by_moments():
    generator = np.random.default_rng(0)
    X = generator.normal(size=(40, 5))
    y = (X[:, 0] * X[:, 1] > 0).astype(float)
    minimum = global_minimum(Problem(X, y, Logistic(), 0.02))
    moments = max(step.bound for step in minimum.history if step.kind == "slide")
    assert minimum.bound_kind == "relaxation"
    assert not minimum.exact
    assert moments < minimum.dual_bound <= minimum.value
