"""The estimators keep scikit-learn's contract and hand over networks of the theorems' model."""

import subprocess
import sys
import warnings

import numpy as np
import pytest
from sklearn.compose import TransformedTargetRegressor
from sklearn.datasets import make_moons
from sklearn.dummy import DummyRegressor
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks

from reference import Absolute, Logistic, UnitBall, connect
from reference.model.datasets import with_ones
from reference.training.estimators import ShallowReLUClassifier, ShallowReLURegressor

X, Y = make_moons(200, noise=0.15, random_state=0)
NAMES = np.array(["left", "right"])[Y]
TARGET = np.sin(3 * X[:, 0]) + X[:, 1]
ESTIMATORS = [ShallowReLUClassifier(), ShallowReLURegressor()]


@parametrize_with_checks(ESTIMATORS)
def test_scikit_learn_agrees(estimator, check, monkeypatch):
    monkeypatch.setenv("SCIPY_ARRAY_API", "1")  # without it scikit-learn skips a check
    with warnings.catch_warnings():
        warnings.simplefilter("default")  # checks provoke warnings
        check(estimator)


def test_the_package_is_imported_without_scikit_learn():
    code = "import reference, sys; sys.exit('sklearn' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_bent_boundary_is_learnt():
    scores = cross_val_score(ShallowReLUClassifier(random_state=0), X, Y, cv=3)
    assert scores.mean() > cross_val_score(LogisticRegression(), X, Y, cv=3).mean() + 0.03


def test_classes_and_probabilities_follow_the_network():
    model = ShallowReLUClassifier(random_state=0).fit(X, NAMES)
    odds = model.network_.predict(with_ones(X))
    np.testing.assert_array_equal(model.decision_function(X), odds)
    np.testing.assert_array_equal(model.predict(X), np.where(odds > 0, "right", "left"))
    np.testing.assert_allclose(model.predict_proba(X)[:, 1], 1 / (1 + np.exp(-odds)), rtol=1e-12)


@pytest.mark.parametrize("loss", ["huber", "absolute", "half-squared", "squared", "pinball"])
def test_every_regression_loss_beats_the_constant_on_its_own_scale(loss):
    model = ShallowReLURegressor(loss=loss, random_state=0).fit(X, TARGET)
    problem = model.problem(X, TARGET)
    constant = DummyRegressor(strategy="median").fit(X, TARGET).predict(X)
    assert problem.value(model.network_) < problem.loss.value(TARGET, constant).mean() / 2


def test_a_loss_may_be_given_with_its_constant():
    model = ShallowReLURegressor(loss=Absolute(), width=3, epochs=1).fit(X, TARGET)
    assert model.problem(X, TARGET).loss == Absolute()


def test_the_output_layer_is_the_best_on_its_rows():
    model = ShallowReLUClassifier(random_state=0).fit(X, Y)
    problem = model.problem(X, Y)
    _, slope = problem.gradient(model.network_)
    idle = model.network_.theta == 0
    assert np.abs(slope[~idle]).max() < 1e-6
    assert np.abs(slope[idle]).max(initial=0) <= problem.kappa + 1e-6


def test_two_fits_are_connected_with_no_rise_but_rounding():
    a, b = (ShallowReLUClassifier(random_state=seed).fit(X, NAMES) for seed in (0, 1))
    problem = a.problem(X, NAMES)
    assert problem.loss == Logistic()
    assert problem.domain == UnitBall()
    assert problem.domain.contains(a.network_.W)
    assert problem.fingerprint == b.problem(X, NAMES).fingerprint
    assert connect(problem, a.network_, b.network_).gap < 1e-12


def test_seeds_make_fits_equal_or_different():
    one, same, other = (
        ShallowReLURegressor(width=5, epochs=20, random_state=seed).fit(X, TARGET).network_
        for seed in (3, 3, 4)
    )
    assert one.identical(same)
    assert not one.identical(other)


def test_a_pipeline_is_searched_over_a_grid():
    pipeline = make_pipeline(StandardScaler(), ShallowReLUClassifier(epochs=60, random_state=0))
    grid = {"shallowreluclassifier__kappa": [1e-3, 10.0]}
    search = GridSearchCV(pipeline, grid, cv=2).fit(X, NAMES)
    assert search.best_params_ == {"shallowreluclassifier__kappa": 1e-3}  # at 10 all is idle


def test_more_classes_need_one_network_each():
    three = np.digitize(X[:, 0], [0.0, 1.0])
    with pytest.raises(ValueError, match="Only binary classification is supported"):
        ShallowReLUClassifier().fit(X, three)
    many = OneVsRestClassifier(ShallowReLUClassifier(random_state=0)).fit(X, three)
    assert many.score(X, three) > 0.9


def test_large_targets_are_brought_to_scale():
    model = TransformedTargetRegressor(
        ShallowReLURegressor(random_state=0), transformer=StandardScaler()
    )
    assert model.fit(X, 1e4 + 1e3 * TARGET).score(X, 1e4 + 1e3 * TARGET) > 0.9


@pytest.mark.parametrize(
    ("estimator", "y", "message"),
    [
        (ShallowReLUClassifier(), 0 * Y, "y: found the one class 0, allowed are two classes"),
        (ShallowReLUClassifier(width=0), Y, "width: found 0, allowed is at least 1"),
        (ShallowReLUClassifier(kappa=-1.0), Y, "kappa: found -1.0, allowed is at least 0"),
        (ShallowReLURegressor(epochs=-1), TARGET, "epochs: found -1, allowed is at least 0"),
        (ShallowReLURegressor(loss="logistic"), TARGET, "loss: found 'logistic', allowed are hub"),
    ],
)
def test_what_is_not_allowed_is_named(estimator, y, message):
    with pytest.raises(ValueError, match=message):
        estimator.fit(X, y)


def test_a_problem_needs_the_classes_of_the_fit():
    with pytest.raises(NotFittedError):
        ShallowReLUClassifier().problem(X, Y)
    model = ShallowReLUClassifier(width=2, epochs=1).fit(X, Y)
    with pytest.raises(ValueError, match=r"y: found 2, allowed are \[0, 1\]"):
        model.problem(X, Y + 1)
