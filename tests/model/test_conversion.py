"""Networks from scikit-learn, PyTorch and Keras: the same function, in the domain asked for."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier, MLPRegressor

from reference import Network, NormalizedWeights, UnitBall
from reference.model.datasets import with_ones

X = np.random.default_rng(0).standard_normal((60, 3))
Y = np.sin(X[:, 0]) + X[:, 1]
OPTIONS = {"hidden_layer_sizes": (7,), "solver": "lbfgs", "max_iter": 20000, "random_state": 0}


def layers(seed=1, m=5, d=3):
    generator = np.random.default_rng(seed)
    shapes = ((m, d), (m,), (1, m), (1,))
    return [generator.standard_normal(shape) for shape in shapes]


def direct(hidden, hidden_bias, output, output_bias):
    return (np.maximum(X @ hidden.T + hidden_bias, 0) @ output.T + output_bias)[:, 0]


@pytest.mark.parametrize("domain", [NormalizedWeights(), UnitBall()], ids=lambda d: d.name)
def test_a_regressor_keeps_its_function(domain):
    estimator = MLPRegressor(**OPTIONS).fit(X, Y)
    net = Network.from_sklearn(estimator, domain)
    assert net.W.shape == (8, 4)
    assert domain.contains(net.W)
    np.testing.assert_allclose(net.predict(with_ones(X)), estimator.predict(X), atol=1e-12)


def test_a_classifier_gives_its_score():
    estimator = MLPClassifier(**OPTIONS).fit(X, Y > 0)
    score = Network.from_sklearn(estimator).predict(with_ones(X))
    probability = estimator.predict_proba(X)[:, 1]
    np.testing.assert_allclose(1 / (1 + np.exp(-score)), probability, atol=1e-12)


def test_torch_and_keras_layouts_are_transposes():
    hidden, bias, output, constant = layers()
    torch = Network.from_arrays(hidden, bias, output, constant)
    keras = Network.from_arrays(hidden.T, bias, output.T, constant, layout="keras")
    assert torch.identical(keras)
    np.testing.assert_allclose(torch.predict(with_ones(X)), direct(*layers()), rtol=1e-12)


def test_rows_land_on_the_sphere_and_the_constant_neuron_comes_last():
    hidden, bias, output, constant = layers()
    net = Network.from_arrays(hidden, bias, output, constant)
    assert NormalizedWeights().contains(net.W)
    np.testing.assert_allclose(np.linalg.norm(net.W[:-1, :-1], axis=1), 1, rtol=1e-14)
    np.testing.assert_array_equal(net.W[-1], [0, 0, 0, 1])
    assert net.theta[-1] == constant[0]
    ball = Network.from_arrays(hidden, bias, output, constant, domain=UnitBall())
    assert UnitBall().contains(ball.W)
    np.testing.assert_allclose(ball.predict(with_ones(X)), net.predict(with_ones(X)), rtol=1e-12)


def test_single_precision_is_taken_at_its_stored_value():
    arrays = [array.astype(np.float32) for array in layers()]
    assert Network.from_arrays(*arrays).identical(
        Network.from_arrays(*(array.astype(np.float64) for array in arrays))
    )


def test_missing_biases_are_zeros_and_zero_rows_stay():
    hidden, _, output, _ = layers()
    hidden[2] = 0
    net = Network.from_arrays(hidden, None, output, None)
    np.testing.assert_array_equal(net.W[2], 0)
    assert net.theta[2] == output[0, 2]
    np.testing.assert_array_equal(net.W[:-1, -1], 0)
    assert net.theta[-1] == 0


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"layout": "jax"}, r"layout: found 'jax', allowed are torch, keras"),
        ({"layout": "keras"}, r"output: found shape \(1, 5\), allowed is \(3, 1\)"),
        ({"output": np.ones((2, 5))}, r"output: found shape \(2, 5\), allowed is \(1, 5\)"),
        ({"hidden_bias": np.ones(4)}, r"hidden_bias: found shape \(4,\), allowed is \(5\)"),
        ({"output_bias": [np.nan]}, r"output_bias: found nan"),
        ({"hidden": np.ones(5)}, r"hidden: found shape \(5,\)"),
    ],
)
def test_arrays_that_do_not_fit_are_named(change, message):
    names = ("hidden", "hidden_bias", "output", "output_bias")
    with pytest.raises(ValueError, match=message):
        Network.from_arrays(**(dict(zip(names, layers(), strict=True)) | change))


def test_other_estimators_are_refused():
    for estimator in (MLPRegressor(**OPTIONS), LogisticRegression().fit(X, Y > 0)):
        with pytest.raises(TypeError, match=r"allowed is a fitted MLPClassifier or MLPRegressor"):
            Network.from_sklearn(estimator)
    deep = MLPRegressor(**(OPTIONS | {"hidden_layer_sizes": (3, 3)})).fit(X, Y)
    with pytest.raises(ValueError, match=r"found 2 hidden layers, allowed is 1"):
        Network.from_sklearn(deep)
    smooth = MLPRegressor(**OPTIONS, activation="tanh").fit(X, Y)
    with pytest.raises(ValueError, match=r"found activation 'tanh', allowed is 'relu'"):
        Network.from_sklearn(smooth)
    many = MLPClassifier(**OPTIONS).fit(X, np.arange(60) % 3)
    with pytest.raises(ValueError, match=r"output: found shape \(7, 3\), allowed is \(7, 1\)"):
        Network.from_sklearn(many)
