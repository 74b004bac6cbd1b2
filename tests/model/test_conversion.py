"""Networks from scikit-learn, PyTorch and Keras: the same function, in the domain asked for."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

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
    with pytest.raises(ValueError, match="found 3 outputs, allowed is one; output=k takes"):
        Network.from_sklearn(many)


def test_one_score_of_three_classes_is_the_classifiers():
    model = MLPClassifier(**OPTIONS).fit(X, np.arange(60) % 3)
    hidden = np.maximum(X @ model.coefs_[0] + model.intercepts_[0], 0)
    scores = hidden @ model.coefs_[1] + model.intercepts_[1]
    for k in range(3):
        predicted = Network.from_sklearn(model, output=k).predict(with_ones(X))
        np.testing.assert_allclose(predicted, scores[:, k], rtol=0, atol=1e-12 * abs(scores).max())
    with pytest.raises(ValueError, match=r"output: found 3, allowed are 0 .. 2"):
        Network.from_sklearn(model, output=3)


def test_an_exponential_output_is_refused_by_name():
    model = MLPRegressor(**OPTIONS).fit(X, Y)
    model.out_activation_ = "exp"  # what loss="poisson" sets where scikit-learn has it
    with pytest.raises(ValueError, match="found output activation 'exp', allowed are identity"):
        Network.from_sklearn(model)


def test_a_pipeline_gives_its_last_step_with_a_reminder():
    pipeline = make_pipeline(StandardScaler(), MLPRegressor(**OPTIONS)).fit(X, Y)
    with pytest.warns(UserWarning, match="the last step is taken"):
        network = Network.from_sklearn(pipeline)
    scaled = with_ones(pipeline[0].transform(X))
    np.testing.assert_allclose(network.predict(scaled), pipeline.predict(X), rtol=0, atol=1e-12)


@pytest.mark.parametrize("biased", [True, False])
def test_a_mapping_is_read_whole(biased):
    arrays = {"0.weight": np.array([[3.0, 4.0], [0.0, -2.0]]), "0.bias": np.array([1.0, 2.0])}
    arrays |= {"2.weight": np.array([[1.0, -1.0]]), "2.bias": np.array([0.5])}
    if not biased:
        arrays = {name: array for name, array in arrays.items() if "bias" not in name}
    network = Network.from_arrays(arrays)
    values = [arrays.get(name) for name in ("0.weight", "0.bias", "2.weight", "2.bias")]
    assert network.identical(Network.from_arrays(*values))
    with pytest.raises(ValueError, match="found 1 layers in the mapping, allowed are 2"):
        Network.from_arrays({"0.weight": arrays["0.weight"]})


def test_keras_matrices_without_their_layout_are_recognised():
    with pytest.raises(ValueError, match="layout='keras'"):
        Network.from_arrays(np.ones((2, 3)), None, np.ones((3, 1)), None)
