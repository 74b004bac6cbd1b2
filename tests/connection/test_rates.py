"""The explicit rates: their values by hand, their shape in the width, what they refuse."""

from fractions import Fraction

import numpy as np
import pytest

from reference import Absolute, HalfSquared, Hinge, Huber, Logistic, Problem
from reference.connection.rates import (
    approximation_rate,
    cube_rate,
    fixed_level_rate,
    mass_bound,
    moving_level_rate,
    smooth_level_rate,
    sphere_constant,
    sphere_rate,
)


def problem(loss=None, kappa=0.5, inputs=1):
    """One sample on each axis, scaled so that D = 1; targets 1, hence F(0) = 1 (absolute)."""
    X = np.sqrt(inputs) * np.eye(inputs)
    return Problem(X, np.ones(inputs), loss or Absolute(), kappa)


def exact_problem(kappa=Fraction(1, 3)):
    X = np.array([[Fraction(2)], [Fraction(-2)]], dtype=object)
    y = np.array([Fraction(1), Fraction(1)], dtype=object)
    return Problem(X, y, Absolute(), kappa)


def test_each_rate_by_hand():
    p = problem(kappa=0.5, inputs=4)
    assert abs(p.D - 1) < 1e-12
    assert mass_bound(p, 3.0) == 6
    assert cube_rate(p, mass=2.0, width=32, freed=1) == pytest.approx(4 * 2 * 2 / 2)
    assert sphere_constant(4) == pytest.approx(4 * np.sqrt(12) * 2)
    assert sphere_rate(p, 2.0, width=16, freed=1) == pytest.approx(sphere_constant(4) * 2 / 2)
    assert fixed_level_rate(p, 3.0, width=8, reference=2) == pytest.approx(0.5 * 2 / 8 * 6)
    assert moving_level_rate(p, 3.0, 13, 4, value=1.0) == pytest.approx(6 / 3)
    assert moving_level_rate(p, 3.0, 13, 4, value=8.0) == 5
    assert approximation_rate(p, 4, slack=0.25) == pytest.approx(2 / 2 + 0.25)
    assert smooth_level_rate(problem(Huber(2.0), inputs=4), 3.0, 13, 4, 0.0) == pytest.approx(2)
    assert smooth_level_rate(problem(Logistic(), inputs=4), 3.0, 13, 4, 0) == pytest.approx(0.5)


def test_a_heavy_penalty_leaves_nothing_of_the_fixed_level_rate():
    assert fixed_level_rate(problem(kappa=1.5), 3.0, 8, 2) == 0
    assert fixed_level_rate(exact_problem(kappa=Fraction(5)), Fraction(3), 8, 2) == 0


@pytest.mark.parametrize("inputs", [1, 2, 3, 5])
def test_rates_fall_with_the_width_at_their_order(inputs):
    p = problem(inputs=inputs)
    assert cube_rate(p, 1.0, 2**inputs * 10, 1) == pytest.approx(cube_rate(p, 1.0, 10, 1) / 2)
    if inputs > 1:
        wide = sphere_rate(p, 1.0, 2 ** (inputs - 1) * 10, 1)
        assert wide == pytest.approx(sphere_rate(p, 1.0, 10, 1) / 2)
    assert fixed_level_rate(p, 1.0, 20, 1) == pytest.approx(fixed_level_rate(p, 1.0, 10, 1) / 2)
    assert approximation_rate(p, 40) == pytest.approx(approximation_rate(p, 10) / 2)


def test_exact_rates_are_fractions_at_or_just_above_the_root():
    p = exact_problem()
    assert p.D == 2
    level = Fraction(1)
    assert fixed_level_rate(p, level, 3, 1) == Fraction(5, 3)
    c3 = moving_level_rate(p, level, 3, 1, Fraction(0))
    assert isinstance(c3, Fraction)
    assert 0 <= c3**2 - Fraction(36, 2) < Fraction(1, 2**30)
    c5 = approximation_rate(p, 4)
    assert 0 <= c5 - 3 < Fraction(1, 2**30)
    k2 = cube_rate(p, Fraction(1), 4, 1)
    assert 0 <= k2 - 4 < Fraction(1, 2**30)


def test_what_the_rates_refuse():
    p, smooth = problem(), problem(HalfSquared())
    for call in (
        lambda: cube_rate(smooth, 1.0, 4, 1),
        lambda: fixed_level_rate(smooth, 1.0, 4, 1),
        lambda: moving_level_rate(smooth, 1.0, 4, 1, 0.0),
        lambda: approximation_rate(smooth, 4),
    ):
        with pytest.raises(ValueError, match="no Lipschitz constant"):
            call()
    assert smooth_level_rate(smooth, 1.0, 4, 1, 0.0) > 0
    with pytest.raises(ValueError, match="C4 needs"):
        smooth_level_rate(problem(Hinge()), 1.0, 4, 1, 0.0)
    with pytest.raises(ValueError, match="kappa: found 0"):
        fixed_level_rate(problem(kappa=0.0), 1.0, 4, 1)
    with pytest.raises(ValueError, match="at least 2"):
        sphere_rate(p, 1.0, 4, 1)
    with pytest.raises(ValueError, match="level: found -1"):
        mass_bound(p, -1)
    for call in (
        lambda: cube_rate(p, 1.0, 4, 4),
        lambda: fixed_level_rate(p, 1.0, 4, 5),
        lambda: moving_level_rate(p, 1.0, 4, 4, 0.0),
        lambda: approximation_rate(p, 0),
    ):
        with pytest.raises(ValueError, match="found"):
            call()
