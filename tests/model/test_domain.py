"""Where rows may lie: membership is exact, projection and normalisation round inward."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from reference import NormalizedWeights, UnitBall
from reference.model.domain import DOMAINS
from reference.model.exact_arithmetic import to_exact

REALS = st.floats(-1e100, 1e100)
ROWS = st.integers(1, 6).flatmap(
    lambda n: (
        arrays(np.float64, (3, n), elements=REALS)
        # Rows so short that their squares are subnormal or 0, or just not.
        | arrays(np.float64, (3, n), elements=st.floats(-1, 1)).map(lambda W: W * 2.0**-511)
    )
)
SHORTEST = Fraction(1, 2**1022)  # the least normal square


def exact_squares(W):
    exact = to_exact(W)
    return (exact * exact).sum(axis=-1)


def on_the_sphere(generator, count, n):
    rows = generator.standard_normal((count, n))
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def test_rows_are_normalised_from_the_least_normal_square_on():
    W = np.array([[0, 2.0**-511], [0, np.nextafter(2.0**-511, 0)]])
    normalised, theta = UnitBall().normalise(W, np.ones(2))
    np.testing.assert_allclose(normalised[0], [0, 1], rtol=1e-14)
    np.testing.assert_allclose(theta[0], 2.0**-511, rtol=1e-14)
    assert (normalised[1].tolist(), theta[1]) == (W[1].tolist(), 1)


@pytest.mark.parametrize("inputs", [2, 3, 20])
def test_membership_on_the_sphere_is_decided_exactly(inputs):
    # Rows divided by their norm land within an ulp of the sphere, on either side of it.
    W = on_the_sphere(np.random.default_rng(0), 2000, inputs)
    inside = UnitBall().rows_inside(W)
    np.testing.assert_array_equal(inside, exact_squares(W) <= 1)
    assert 400 < inside.sum() < 1600


def test_squares_that_a_sum_loses_still_count():
    """Eighteen squares below half an ulp of the sum each: together they are more than 4 eps."""
    eps = np.finfo(float).eps
    row = np.zeros((1, 128))
    row[0, 0] = 1 - 2 * eps
    # NumPy adds every eighth square, then those eight sums by pairs: each of these is lost.
    row[0, [1, 2, 4, *range(8, 128, 8)]] = np.sqrt(0.24 * eps)
    assert exact_squares(row)[0] > 1
    assert not UnitBall().contains(row)


@pytest.mark.parametrize("norm", [1 + 1e-13, 1.2, 1.4])
def test_rows_a_little_too_long_are_outside(norm):
    assert UnitBall().rows_inside(np.diag([norm, 1 / norm])).tolist() == [False, True]


def test_float_squares_alone_would_decide_wrongly():
    W = on_the_sphere(np.random.default_rng(0), 2000, 3)
    naive = (W * W).sum(axis=1) <= 1
    assert (naive & ~UnitBall().rows_inside(W)).any()


def test_exact_points_on_the_sphere():
    ball = UnitBall()
    on = np.array([[Fraction(3, 5), Fraction(4, 5)]])
    assert ball.contains(on)
    assert not ball.contains(on + Fraction(1, 10**40))
    # 0.6 and 0.8 are stored above 3/5 and 4/5: the float row is outside, if only just.
    assert ball.contains(np.array([[0.6, 0.8]])) == (exact_squares(np.array([0.6, 0.8])) <= 1)


@given(ROWS)
def test_projection_lands_inside_and_keeps_what_is_inside(W):
    ball = UnitBall()
    projected = ball.project(W)
    assert (exact_squares(projected) <= 1).all()
    kept = exact_squares(W) <= 1
    np.testing.assert_array_equal(projected[kept], W[kept])
    norms = np.linalg.norm(projected[~kept], axis=1)
    np.testing.assert_allclose(norms, 1, rtol=1e-14)
    np.testing.assert_allclose(
        projected[~kept], W[~kept] / np.linalg.norm(W[~kept], axis=1, keepdims=True), rtol=1e-14
    )


def test_projection_of_fractions_keeps_the_ball_and_refuses_the_rest():
    inside = to_exact(np.array([[0.5, 0.5]]))
    np.testing.assert_array_equal(UnitBall().project(inside), inside)
    with pytest.raises(TypeError, match=r"W: found fractions, allowed are floats"):
        UnitBall().project(4 * inside)


@given(ROWS, st.integers(0, 2**32 - 1))
def test_normalisation_gives_unit_rows_and_keeps_the_product(W, seed):
    theta = np.random.default_rng(seed).standard_normal(len(W))
    normalised, scaled = UnitBall().normalise(W, theta)
    stays = (scaled == theta) & (normalised == W).all(axis=1)
    squares = exact_squares(W)
    np.testing.assert_array_equal(stays[squares < SHORTEST * (1 - Fraction(1, 10**14))], True)
    np.testing.assert_array_equal(stays[squares > SHORTEST * (1 + Fraction(1, 10**14))], False)
    assert (exact_squares(normalised) <= 1).all()
    np.testing.assert_allclose(np.linalg.norm(normalised[~stays], axis=1), 1, rtol=1e-14)
    product, same = theta[:, None] * W, scaled[:, None] * normalised
    # An entry far below the row's norm may become subnormal: half a step of 2**-1074 is lost.
    lost = 2.0**-1074 * (1 + np.abs(scaled[:, None]))
    assert (np.abs(same - product) <= 1e-13 * np.abs(product) + lost).all()


@pytest.mark.parametrize("inputs", [1, 2, 5])
def test_rows_are_scaled_inward_by_the_derived_margin_and_no_more(inputs):
    row = np.eye(inputs)[:1]
    normalised, _ = UnitBall().normalise(row, np.ones(1))
    assert normalised[0, 0] == 1 - (inputs + 4) * np.finfo(float).eps


@given(ROWS, st.integers(0, 2**32 - 1))
def test_retraction_to_the_ball_keeps_short_rows_and_the_coefficients(W, seed):
    theta = np.random.default_rng(seed).standard_normal(len(W))
    retracted, same = UnitBall().retract(W, theta)
    assert (exact_squares(retracted) <= 1).all()
    np.testing.assert_array_equal(same, theta)
    assert same is not theta
    short = np.linalg.norm(W, axis=1) < 1 - 1e-12
    np.testing.assert_array_equal(retracted[short], W[short])
    np.testing.assert_allclose(retracted[~short], UnitBall().project(W)[~short], rtol=1e-14)


def test_retraction_to_normalised_weights_is_normalisation():
    domain, generator = NormalizedWeights(), np.random.default_rng(3)
    W = np.vstack([generator.standard_normal((4, 3)), domain.constant_row(3)])
    theta = generator.standard_normal(5)
    for found, expected in zip(domain.retract(W, theta), domain.normalise(W, theta), strict=True):
        np.testing.assert_array_equal(found, expected)


def test_normalisation_of_a_stack_equals_one_by_one():
    generator = np.random.default_rng(1)
    W, theta = generator.standard_normal((4, 5, 3)), generator.standard_normal((4, 5))
    for domain in (UnitBall(), NormalizedWeights()):
        stacked = domain.normalise(W, theta)
        for k in range(4):
            for whole, single in zip(stacked, domain.normalise(W[k], theta[k]), strict=True):
                np.testing.assert_array_equal(whole[k], single)


def test_arguments_are_left_alone():
    W, theta = np.full((2, 2), 3.0), np.ones(2)
    UnitBall().project(W)
    UnitBall().normalise(W, theta)
    assert (W == 3).all()
    assert (theta == 1).all()


def test_normalized_weights_frees_the_bias_and_freezes_the_last_row():
    domain = NormalizedWeights()
    W = np.array([[0.6, 0.0, 1e6], [0.0, -1.0, -5.0], [0.0, 0.0, 1.0]])
    assert domain.contains(W)
    theta = np.array([2.0, 3.0, 7.0])
    normalised, scaled = domain.normalise(W, theta)
    np.testing.assert_array_equal(normalised[-1], W[-1])
    assert scaled[-1] == 7
    np.testing.assert_allclose(normalised[0], [1, 0, 1e6 / 0.6])
    np.testing.assert_allclose(scaled[0], 1.2)
    np.testing.assert_array_equal(domain.project(W), W)
    assert domain.contains(domain.project(10 * W - 9 * np.eye(3)[2] * (np.arange(3) == 2)[:, None]))


@given(st.floats(0, 1))
def test_normalized_weights_is_convex(t):
    domain = NormalizedWeights()
    generator = np.random.default_rng(2)
    ends = [
        domain.normalise(
            np.vstack([generator.standard_normal((4, 3)), domain.constant_row(3)]), np.ones(5)
        )[0]
        for _ in range(2)
    ]
    exact = [to_exact(W) for W in ends]
    assert domain.contains((1 - Fraction(t)) * exact[0] + Fraction(t) * exact[1])


@pytest.mark.parametrize(
    ("domain", "W", "message"),
    [
        (UnitBall(), [[1.0], [1.5]], r"W: found norm 1.5 in row 1, allowed is at most 1"),
        (NormalizedWeights(), [[2.0, 0.0], [0.0, 1.0]], r"found norm 2.0 in row 0"),
        (NormalizedWeights(), [[1.0, 0.0], [0.0, 2.0]], r"found \[0.0, 2.0\] as last row"),
    ],
)
def test_check_names_the_first_offender(domain, W, message):
    with pytest.raises(ValueError, match=message):
        domain.check(np.array(W))
    assert not domain.contains(np.array(W))


def test_check_uses_the_name_it_is_given():
    W = np.array([[2.0, 0.0, 5.0], [0.0, 0.0, 1.0]])
    for domain in (UnitBall(), NormalizedWeights()):
        with pytest.raises(ValueError, match=r"^start: found norm"):
            domain.check(W, "start")
        with pytest.raises(ValueError, match=r"^W: found norm"):
            domain.check(W)
    with pytest.raises(ValueError, match=r"^start: found \[1.0, 0.0, 1.0\] as last row"):
        NormalizedWeights().check(np.array([[1.0, 0.0, 1.0]]), "start")


def test_check_tells_a_norm_just_above_one():
    W = on_the_sphere(np.random.default_rng(0), 2000, 3)
    row = W[~UnitBall().rows_inside(W)][:1]
    with pytest.raises(ValueError, match=r"allowed is at most 1"):
        UnitBall().check(row)


def test_networks_of_bias_or_constant_alone():
    domain = NormalizedWeights()
    assert domain.contains(np.ones((1, 1)))
    assert domain.contains(np.array([[0.0, 0.0, 1.0]]))
    W, theta = domain.normalise(np.array([[7.0], [1.0]]), np.ones(2))
    np.testing.assert_array_equal(W, [[7], [1]])
    np.testing.assert_array_equal(theta, 1)


def test_domains_are_found_by_name():
    assert {name: kind().name for name, kind in DOMAINS.items()} == {
        "unit-ball": "unit-ball",
        "normalized-weights": "normalized-weights",
    }
    assert UnitBall().frozen == 0
    assert NormalizedWeights().frozen == 1
