"""Losses: hand values, constants, derivatives, conjugates, kinks, labels and exactness."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from reference.model.exact_arithmetic import to_exact
from reference.model.losses import (
    LOSSES,
    Absolute,
    HalfSquared,
    Hinge,
    Huber,
    Logistic,
    Loss,
    Pinball,
    Squared,
)

ALL = (
    Logistic(),
    Huber(),
    Huber(0.25),
    Absolute(),
    Hinge(),
    Pinball(),
    Pinball(0.2),
    Pinball(0.9),
    HalfSquared(),
    Squared(),
)
every_loss = pytest.mark.parametrize("loss", ALL, ids=repr)
PREDICTIONS = st.floats(-50, 50)
GRID = np.linspace(-6, 6, 2401)


def targets(loss):
    return st.sampled_from(loss.labels).map(float) if loss.labels else st.floats(-20, 20)


def some_targets(loss):
    return np.array(loss.labels if loss.labels else (-1.5, 0.0, 2.0), dtype=float)


@pytest.mark.parametrize(
    ("loss", "y", "f", "value", "derivative"),
    [
        (Logistic(), 1, 0, np.log(2), -0.5),
        (Logistic(), 0, np.log(3), np.log(4), 0.75),
        (Logistic(), 1, -800, 800, -1),
        (Logistic(), 0, -800, 0, 0),
        (Logistic(), 1, 40, 4.248354255291589e-18, -4.248354255291589e-18),
        (Huber(2), 1, 2, 0.5, 1),
        (Huber(2), 1, 5, 6, 2),
        (Huber(0.25), 0, -1, 0.21875, -0.25),
        (Absolute(), 3, 1, 2, -1),
        (Absolute(), 3, 3, 0, 0),
        (Hinge(), 1, 0.25, 0.75, -1),
        (Hinge(), -1, 0.25, 1.25, 1),
        (Hinge(), 1, 1, 0, 0),
        (Pinball(0.9), 2, 0, 1.8, -0.9),
        (Pinball(0.9), 0, 2, 0.2, 0.1),
        (Pinball(0.9), 2, 2, 0, 0),
        (HalfSquared(), 1, 4, 4.5, 3),
        (Squared(), 1, 4, 9, 6),
    ],
)
def test_values_by_hand(loss, y, f, value, derivative):
    y, f = np.array([float(y)]), np.array([float(f)])
    np.testing.assert_allclose(loss.value(y, f), value, rtol=1e-14)
    np.testing.assert_allclose(loss.derivative(y, f), derivative, rtol=1e-14)


def test_special_cases_of_one_loss_are_another():
    y, f = np.meshgrid([-2.0, 0.5], GRID)
    half = Pinball(0.5)
    np.testing.assert_allclose(2 * half.value(y, f), Absolute().value(y, f))
    np.testing.assert_array_equal(Huber(100).value(y, f), HalfSquared().value(y, f))
    np.testing.assert_array_equal(2 * HalfSquared().value(y, f), Squared().value(y, f))
    small = Huber(1e-9)
    np.testing.assert_allclose(small.value(y, f) / 1e-9, Absolute().value(y, f), atol=1e-9)


def test_logistic_equals_its_textbook_form_in_signs():
    signs = np.array([[-1.0], [1.0]])
    np.testing.assert_allclose(
        Logistic().value((signs + 1) / 2, GRID), np.log1p(np.exp(-signs * GRID)), rtol=1e-13
    )


@every_loss
def test_derivative_agrees_with_fourth_order_differences_off_the_kinks(loss):
    h = 1e-4
    y, f = np.meshgrid(some_targets(loss), GRID + 0.00123)
    v = [loss.value(y, f + k * h) for k in (-2, -1, 1, 2)]
    numerical = (v[0] - 8 * v[1] + 8 * v[2] - v[3]) / (12 * h)
    # Huber's second derivative jumps at |r| = delta: exclude the stencil around it.
    jump = getattr(loss, "delta", np.inf)
    smooth = np.abs(np.abs(f - y) - jump) > 3 * h
    np.testing.assert_allclose(loss.derivative(y, f)[smooth], numerical[smooth], atol=2e-10)


@every_loss
def test_curvature_is_the_slope_of_the_derivative_or_undefined(loss):
    h = 1e-5
    y, f = np.meshgrid(some_targets(loss), GRID + 0.00123)
    if loss.holder is None:
        with pytest.raises(NotImplementedError, match=r"\.curvature"):
            loss.curvature(y, f)
        return
    numerical = (loss.derivative(y, f + h) - loss.derivative(y, f - h)) / (2 * h)
    smooth = np.abs(np.abs(f - y) - getattr(loss, "delta", np.inf)) > 2 * h
    np.testing.assert_allclose(loss.curvature(y, f)[smooth], numerical[smooth], atol=1e-9)


def test_curvature_of_huber_at_its_jump_and_of_logistic_in_the_tails():
    at = Huber(0.5).curvature(np.zeros(4), np.array([-0.5, 0.5, 0.75, -0.75]))
    assert at.tolist() == [1, 1, 0, 0]
    assert Logistic().curvature(np.ones(2), np.array([-800.0, 800.0])).tolist() == [0, 0]


@every_loss
@given(st.data())
def test_one_sided_derivatives_bracket_and_are_limits_of_quotients(loss, data):
    y, f = np.array([data.draw(targets(loss))]), np.array([data.draw(PREDICTIONS)])
    if data.draw(st.booleans()):
        f = y.copy()  # the kink of every loss that has one: zero residual, margin one
    left, right = loss.one_sided(y, f)
    assert left <= loss.derivative(y, f) <= right
    # Convexity: a difference quotient lies on the outer side of the one-sided slope.
    h = 1e-3
    rise = (loss.value(y, f + h) - loss.value(y, f)) / h
    fall = (loss.value(y, f) - loss.value(y, f - h)) / h
    slack = 1e-9 * (1 + np.abs(loss.value(y, f)))
    assert fall <= left + slack
    assert rise >= right - slack
    curvature = (loss.holder or (1, 0))[1]
    # It tends to it, unless a kink lies between (all kinks are at f = y, the hinge's too).
    if loss.holder is not None or not 0 < abs(f - y) <= h:
        assert rise <= right + curvature * h + slack
        assert fall >= left - curvature * h - slack


@every_loss
@given(st.data())
def test_convex_nonnegative_and_derivative_monotone(loss, data):
    y = np.array([data.draw(targets(loss))])
    a, b, t = data.draw(PREDICTIONS), data.draw(PREDICTIONS), data.draw(st.floats(0, 1))
    middle = np.array([(1 - t) * a + t * b])
    low, high = loss.value(y, np.array([a])), loss.value(y, np.array([b]))
    assert loss.value(y, middle) <= (1 - t) * low + t * high + 1e-12 * (1 + low + high)
    assert loss.value(y, middle) >= 0
    assert (loss.derivative(y, np.array([b])) - loss.derivative(y, np.array([a]))) * (b - a) >= 0


@every_loss
@given(st.data())
def test_constants_bound_every_pair(loss, data):
    y = np.array([data.draw(targets(loss))])
    f, g = np.array([data.draw(PREDICTIONS)]), np.array([data.draw(PREDICTIONS)])
    gap = np.abs(f - g)
    if loss.lipschitz is not None:
        rise = np.abs(loss.value(y, f) - loss.value(y, g))
        assert rise <= loss.lipschitz * gap + 1e-13 * (1 + loss.value(y, f) + loss.value(y, g))
    if loss.holder is not None:
        alpha, H = loss.holder
        turn = np.abs(loss.derivative(y, f) - loss.derivative(y, g))
        assert turn <= H * gap**alpha + 1e-13 * (1 + np.abs(f) + np.abs(g) + np.abs(y))


@every_loss
def test_constants_are_attained_or_approached(loss):
    y, f = np.meshgrid(some_targets(loss), np.linspace(-40, 40, 32001))
    values, slopes = loss.value(y, f), loss.derivative(y, f)
    if loss.lipschitz is not None:
        steepest = np.max(np.abs(np.diff(values, axis=0))) / 0.0025
        np.testing.assert_allclose(steepest, loss.lipschitz, rtol=1e-9)
    if loss.holder is not None:
        sharpest = np.max(np.abs(np.diff(slopes, axis=0))) / 0.0025
        np.testing.assert_allclose(sharpest, loss.holder[1], rtol=1e-6)


def test_a_loss_without_constants_grows_past_every_slope():
    for loss in (HalfSquared(), Squared()):
        assert loss.lipschitz is None
        assert np.abs(loss.derivative(np.zeros(1), np.array([1e9]))) > 1e8
    for loss in (Absolute(), Hinge(), Pinball(0.3)):
        assert loss.holder is None


@every_loss
@given(st.data())
def test_slope_bound_is_the_least_over_the_interval(loss, data):
    # On multiples of 1/8, ends on a kink are common, and no kink is too near an end to be seen.
    eighths = st.integers(-160, 160).map(lambda k: k / 8)
    y = np.array([data.draw(targets(loss) if loss.labels else eighths)])
    low, high = sorted((data.draw(eighths), data.draw(eighths)))
    assume(low < high)
    inside = np.linspace(low, high, 2001)
    bound = loss.slope_bound(y, np.array([low]), np.array([high]))
    steepest = np.max(np.abs(np.diff(loss.value(y, inside)))) / (inside[1] - inside[0])
    assert steepest <= bound * (1 + 1e-9) + 1e-8
    curvature = (loss.holder or (1, 0))[1]
    assert bound <= steepest + curvature * (high - low) / 2000 + 1e-8


@every_loss
@given(st.data())
def test_fenchel_young_holds_with_equality_at_the_derivative(loss, data):
    y, f = np.array([data.draw(targets(loss))]), np.array([data.draw(PREDICTIONS)])
    low, high = (np.clip(end, -100, 100) for end in loss.dual_interval(y))
    v = low + data.draw(st.floats(0, 1)) * (high - low)
    scale = 1e-12 * (1 + np.abs(v * f) + np.abs(v * y) + loss.value(y, f))
    assert loss.value(y, f) + loss.conjugate(y, v) >= v * f - scale - 1e-12 * v * v
    slope = np.clip(loss.derivative(y, f), *loss.dual_interval(y))
    touch = loss.value(y, f) + loss.conjugate(y, slope) - slope * f
    np.testing.assert_allclose(touch, 0, atol=1e-11 * (1 + f[0] ** 2 + y[0] ** 2))


@every_loss
def test_conjugate_is_the_supremum_on_a_grid(loss):
    y = some_targets(loss)
    wide = np.linspace(-60, 60, 240_001)
    for target in y:
        low, high = (float(np.clip(end, -5, 5)) for end in loss.dual_interval(target))
        for v in np.linspace(low, high, 9)[1:-1]:
            supremum = np.max(v * wide - loss.value(target, wide))
            found = loss.conjugate(np.array([target]), np.array([v]))
            np.testing.assert_allclose(found, supremum, atol=1e-6)


@every_loss
def test_conjugate_is_infinite_just_outside_its_interval_and_finite_at_its_ends(loss):
    y = some_targets(loss)
    low, high = loss.dual_interval(y)
    assert ((low <= 0) & (high >= 0)).all()
    for end, outward in ((low, -1e-9), (high, 1e-9)):
        finite = np.isfinite(end)
        assert np.isfinite(loss.conjugate(y[finite], end[finite])).all()
        assert np.isposinf(loss.conjugate(y[finite], end[finite] + outward)).all()


@pytest.mark.parametrize("loss", [loss for loss in ALL if loss.lipschitz is not None], ids=repr)
def test_conjugate_of_a_lipschitz_loss_is_infinite_at_infinite_slopes(loss):
    y = some_targets(loss)
    for v in (-np.inf, np.inf):
        assert np.isposinf(loss.conjugate(y, np.full(len(y), v))).all()


@pytest.mark.parametrize("loss", [loss for loss in ALL if loss.rational], ids=repr)
def test_exact_arithmetic_agrees_with_floats_and_stays_exact(loss):
    y = np.tile(some_targets(loss), 5)
    f = np.repeat([-3.0, -1.0, 0.0, 0.25, 2.0], len(y) // 5)
    exact = loss.cast(Fraction)
    v = np.clip(0.125 * f, *loss.dual_interval(y))
    for method, arguments in (
        ("value", (y, f)),
        ("derivative", (y, f)),
        ("conjugate", (y, v)),
        ("slope_bound", (y, f, f + 1)),
    ):
        rational = getattr(exact, method)(*(to_exact(entry) for entry in arguments))
        floats = getattr(loss, method)(*arguments)
        np.testing.assert_allclose(rational.astype(float), floats, atol=1e-15)
        assert not any(isinstance(entry, float) for entry in rational.tolist())


@pytest.mark.parametrize("loss", ALL[1:], ids=repr)
def test_the_minimum_is_zero_with_zero_slope(loss):
    y = some_targets(loss)
    # Attained at the target itself; for the hinge that is margin one.
    np.testing.assert_array_equal(loss.value(y, y), 0)
    left, right = loss.one_sided(y, y)
    assert ((left <= 0) & (right >= 0)).all()


@pytest.mark.parametrize(
    ("loss", "bad"), [(Logistic(), -1.0), (Logistic(), 0.5), (Hinge(), 0.0), (Hinge(), 2.0)]
)
def test_foreign_labels_are_named(loss, bad):
    loss.check_targets(np.array(loss.labels, dtype=float))
    with pytest.raises(
        ValueError,
        match=rf"^y: found {bad} at index 2, allowed for the {loss.name} loss are the labels "
        rf"{loss.labels[0]} and {loss.labels[1]}$",
    ):
        loss.check_targets(np.array([1.0, 1.0, bad]))


@pytest.mark.parametrize("tau", [0, 1, -0.1, np.nan])
def test_pinball_refuses_a_level_outside_the_open_interval(tau):
    with pytest.raises(ValueError, match=r"tau: found .*allowed is the open interval \(0, 1\)"):
        Pinball(tau)


@pytest.mark.parametrize("delta", [0, -1, np.inf, np.nan])
def test_huber_refuses_a_threshold_that_is_not_positive(delta):
    with pytest.raises(ValueError, match=r"delta: found .*allowed is the open interval"):
        Huber(delta)


def test_losses_are_found_by_the_name_the_command_uses():
    assert list(LOSSES) == [
        "logistic",
        "huber",
        "absolute",
        "hinge",
        "pinball",
        "half-squared",
        "squared",
    ]
    assert all(kind().name == name for name, kind in LOSSES.items())


@pytest.mark.parametrize("planted", [1.001, -1.0, 0.5, 2.0])
def test_the_difference_check_catches_a_planted_derivative(planted):
    class Planted(Squared):
        def derivative(self, y, f):
            return planted * super().derivative(y, f)

    with pytest.raises(AssertionError):
        test_derivative_agrees_with_fourth_order_differences_off_the_kinks(Planted())


def test_an_unfinished_loss_names_class_and_method():
    for method in ("value", "derivative", "conjugate"):
        with pytest.raises(NotImplementedError, match=rf"Loss\.{method}"):
            getattr(Loss(), method)(np.ones(1), np.ones(1))
    with pytest.raises(NotImplementedError, match=r"Loss\.lipschitz"):
        _ = Loss().lipschitz
