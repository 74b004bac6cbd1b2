"""The networks as scikit-learn estimators; imported on its own, since it needs scikit-learn.

Fitting appends the homogeneous coordinate, descends from one random start (module `training`)
and then takes the best output layer on the rows found (claim K0), so that idle neurons are
common. Rows lie in the unit ball and the penalty is ``kappa ||theta||_1``: the model of the
theorems, and what `connect` joins::

    a, b = (ShallowReLUClassifier(random_state=seed).fit(X, y) for seed in (0, 1))
    connect(a.problem(X, y), a.network_, b.network_)
"""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin
from sklearn.utils import check_random_state
from sklearn.utils.multiclass import check_classification_targets, type_of_target
from sklearn.utils.validation import check_is_fitted, validate_data

from reference.model.datasets import with_ones
from reference.model.exact_arithmetic import Array
from reference.model.losses import LOSSES, Loss
from reference.model.network import Network
from reference.model.problem import Problem
from reference.training.output_layer import output_layer
from reference.training.pools import train

CLASSIFICATION = ("logistic", "hinge")
REGRESSION = tuple(name for name in LOSSES if name not in CLASSIFICATION)


class _ShallowReLU(BaseEstimator):
    """What both estimators share: parameters, fitting, and the score ``Phi(x)``."""

    network_: Any
    n_features_in_: int

    def _descend(self, problem: Problem) -> None:
        seed = check_random_state(self.random_state).randint(np.iinfo(np.int32).max)
        found = train(problem, self.width, int(seed), self.epochs)
        best = Network(found.W, output_layer(problem, found.features(problem.X), found.theta))
        self.network_ = min(found, best, key=problem.value)

    def _score(self, X: Any) -> Array:
        check_is_fitted(self)
        return self.network_.predict(with_ones(validate_data(self, X, reset=False, dtype=float)))


class ShallowReLUClassifier(ClassifierMixin, _ShallowReLU):
    """Two classes told apart by the sign of a one-hidden-layer ReLU network.

    Minimises ``mean_j log(1 + exp(f_j)) - y_j f_j + kappa ||theta||_1`` with label ``y = 1`` for
    the second class. For more classes wrap it in scikit-learn's ``OneVsRestClassifier``.

    Parameters
    ----------
    width : int, default 20
        Number of hidden neurons.
    kappa : float, default 1e-3
        Weight of the penalty, at least 0.
    epochs : int, default 300
        Full-batch steps of Adam.
    random_state : int, RandomState or None
        Of the start.

    Attributes
    ----------
    network_ : Network
        Rows in the unit ball; the last column belongs to the appended ones.
    classes_ : (2,)
    n_features_in_ : int
    feature_names_in_ : (d,)
        Only where ``X`` has column names.
    """

    classes_: Array

    def __init__(
        self,
        width: int = 20,
        kappa: float = 1e-3,
        epochs: int = 300,
        random_state: Any = None,
    ) -> None:
        self.width = width
        self.kappa = kappa
        self.epochs = epochs
        self.random_state = random_state

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_class = False
        return tags

    def fit(self, X: Any, y: Any) -> ShallowReLUClassifier:
        """Train on ``X`` (N, d) and labels ``y`` (N,) of exactly two classes.

        Raises
        ------
        TypeError, ValueError
            If the data are not finite reals, there is one class or more than two, or a
            parameter is out of its range.
        """
        X, y = validate_data(self, X, y, dtype=float)
        check_classification_targets(y)
        kind = type_of_target(y, input_name="y")
        if kind != "binary":
            raise ValueError(
                "Only binary classification is supported. The type of the target is "
                f"{kind}; OneVsRestClassifier reduces it to binary."
            )
        self.classes_ = np.unique(y)
        if len(self.classes_) < 2:
            raise ValueError(
                f"y: found the one class {self.classes_.tolist()[0]!r}, allowed are two classes"
            )
        self._descend(self._problem(X, y))
        return self

    def problem(self, X: Any, y: Any) -> Problem:
        """Return the `Problem` that fitting on these data minimises."""
        check_is_fitted(self)
        return self._problem(*validate_data(self, X, y, reset=False, dtype=float))

    def decision_function(self, X: Any) -> Array:
        """Return the log-odds of the second class, (N,)."""
        return self._score(X)

    def predict_proba(self, X: Any) -> Array:
        """Return the probabilities of both classes, (N, 2)."""
        from scipy.special import expit

        odds = self.decision_function(X)
        return np.column_stack([expit(-odds), expit(odds)])

    def predict(self, X: Any) -> Array:
        """Return the likelier class of each sample, (N,)."""
        second = self.decision_function(X) > 0
        return self.classes_[second.astype(int)]

    def _problem(self, X: Array, y: Array) -> Problem:
        unknown = np.setdiff1d(y, self.classes_)
        if len(unknown):
            raise ValueError(
                f"y: found {unknown.tolist()[0]!r}, allowed are {self.classes_.tolist()}"
            )
        label = (y == self.classes_[1]).astype(float)
        return Problem(with_ones(X), label, LOSSES["logistic"](), self.kappa)


class ShallowReLURegressor(RegressorMixin, _ShallowReLU):
    """Regression by a one-hidden-layer ReLU network.

    Minimises ``mean_j L(y_j, f_j) + kappa ||theta||_1``. The penalty and Huber's ``delta`` are in
    the unit of ``y``: bring targets to scale 1 first (``TransformedTargetRegressor``).

    Parameters
    ----------
    width : int, default 20
        Number of hidden neurons.
    kappa : float, default 1e-3
        Weight of the penalty, at least 0.
    epochs : int, default 300
        Full-batch steps of Adam.
    loss : {"huber", "absolute", "pinball", "half-squared", "squared"} or Loss, default "huber"
        The theorems on barriers need a Lipschitz loss: not the squared ones.
    random_state : int, RandomState or None
        Of the start.

    Attributes
    ----------
    network_ : Network
        Rows in the unit ball; the last column belongs to the appended ones.
    n_features_in_ : int
    feature_names_in_ : (d,)
        Only where ``X`` has column names.
    """

    def __init__(
        self,
        width: int = 20,
        kappa: float = 1e-3,
        epochs: int = 300,
        loss: str | Loss = "huber",
        random_state: Any = None,
    ) -> None:
        self.width = width
        self.kappa = kappa
        self.epochs = epochs
        self.loss = loss
        self.random_state = random_state

    def fit(self, X: Any, y: Any) -> ShallowReLURegressor:
        """Train on ``X`` (N, d) and targets ``y`` (N,).

        Raises
        ------
        TypeError, ValueError
            If the data are not finite reals or a parameter is out of its range.
        """
        self._descend(self._problem(*validate_data(self, X, y, dtype=float, y_numeric=True)))
        return self

    def problem(self, X: Any, y: Any) -> Problem:
        """Return the `Problem` that fitting on these data minimises."""
        check_is_fitted(self)
        return self._problem(*validate_data(self, X, y, reset=False, dtype=float, y_numeric=True))

    def predict(self, X: Any) -> Array:
        """Return the predictions, (N,)."""
        return self._score(X)

    def _problem(self, X: Array, y: Array) -> Problem:
        loss = self.loss
        if not isinstance(loss, Loss):
            if loss not in REGRESSION:
                raise ValueError(
                    f"loss: found {loss!r}, allowed are {', '.join(REGRESSION)} or a Loss"
                )
            loss = LOSSES[loss]()
        return Problem(with_ones(X), y, loss, self.kappa)
