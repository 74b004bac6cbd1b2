"""The forward pass, the backward pass beside it, and networks on disk."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from reference import Network
from reference.model.exact_arithmetic import to_exact
from reference.model.network import backward, forward, relu, relu_derivative
from reference.model.npz import read_npz

SMALL = st.integers(-3, 3)


@st.composite
def small_cases(draw):
    """Integer samples and parameters: kinks, zero rows, dead and duplicate neurons are common."""
    N, n, m = (draw(st.integers(1, 4)) for _ in range(3))
    shapes = ((N, n), (m, n), (m,), (N,))
    return tuple(draw(arrays(np.int64, shape, elements=SMALL)) for shape in shapes)


def loops(X, W, theta):
    """The definition, one scalar at a time."""
    return [
        sum(a * max(0, sum(w_k * x_k for w_k, x_k in zip(w, x, strict=True))) for w, a in rows)
        for x in X.tolist()
        for rows in [list(zip(W.tolist(), theta.tolist(), strict=True))]
    ]


@given(small_cases())
def test_forward_is_the_definition_in_floats_and_fractions(case):
    X, W, theta, _ = case
    net = Network(W, theta)
    assert net.predict(X.astype(float)).tolist() == loops(X, W, theta)
    exact = net.exact().predict(to_exact(X))
    assert exact.tolist() == loops(X, W, theta)
    assert all(isinstance(f, Fraction) for f in exact)


@given(small_cases(), st.data())
def test_backward_is_the_exact_derivative_off_the_kinks(case, data):
    X, W, theta, slope = (to_exact(array) for array in case)
    U, f = forward(X, W, theta)
    dW, dtheta = backward(X, U, theta, slope)
    direction = data.draw(arrays(np.int64, W.shape, elements=SMALL))
    # A row that meets a kink does not move; a step this short creates no new sign change.
    direction[(U == 0).any(axis=0)] = 0
    step = Fraction(1, 1000)
    moved = forward(X, W + step * to_exact(direction), theta)[1]
    assert (moved - f) @ slope == step * (dW * direction).sum()
    push = to_exact(data.draw(arrays(np.int64, theta.shape, elements=SMALL)))
    assert (forward(X, W, theta + push)[1] - f) @ slope == dtheta @ push


def test_at_a_kink_the_derivative_of_relu_is_zero():
    np.testing.assert_array_equal(relu_derivative(np.array([-1.0, 0.0, 1.0])), [0, 0, 1])
    dW, dtheta = backward(np.ones((1, 1)), np.zeros((1, 1)), np.ones(1), np.ones(1))
    assert dW == dtheta == 0


def test_relu_of_fractions_stays_fractions():
    assert relu(to_exact(np.array([-1, 2]))).tolist() == [0, 2]
    assert {type(value) for value in relu(to_exact(np.array([-1, 2])))} == {Fraction}


def test_arrays_are_copied_and_read_only():
    W = np.ones((2, 1))
    net = Network(W, [1, 2])
    W[:] = 0
    assert (net.W == 1).all()
    with pytest.raises(ValueError, match="read-only"):
        net.theta[0] = 0


def test_one_exact_array_makes_both_exact():
    net = Network([[0.5]], [Fraction(1, 3)])
    assert net.is_exact
    assert net.W[0, 0] == Fraction(1, 2)
    assert not net.rounded().is_exact
    assert net.exact() is net


@pytest.mark.parametrize(
    ("W", "theta", "message"),
    [
        ([1.0, 2.0], [1.0], r"W: found shape \(2,\)"),
        ([[1.0], [2.0]], [1.0], r"theta: found shape \(1,\), allowed is \(2\)"),
        ([[]], [1.0], r"W: found shape \(1, 0\)"),
        ([[np.nan]], [1.0], r"W: found nan at index \(0, 0\)"),
        ([[1.0]], [np.inf], r"theta: found inf at index \(0,\)"),
    ],
)
def test_wrong_parameters_are_refused(W, theta, message):
    with pytest.raises(ValueError, match=message):
        Network(W, theta)


def test_sizes_and_active_neurons():
    net = Network(np.ones((3, 2)), [0.0, -0.0, 5e-324])
    assert (net.width, net.inputs) == (3, 2)
    assert net.active.tolist() == [2]


def test_identical_means_labelled_arrays_not_functions():
    net = Network([[1.0], [2.0]], [1.0, 3.0])
    assert net.identical(Network(net.W, net.theta))
    assert net.identical(net.exact())
    assert not net.identical(Network(net.W[::-1], net.theta[::-1]))
    assert not net.identical(Network([[1.0]], [1.0]))


def test_save_and_load_keep_every_bit(tmp_path):
    net = Network([[np.pi, 5e-324], [-0.0, 1e150]], [np.e, -1 / 3])
    net.save(tmp_path / "net.npz")
    back = Network.load(tmp_path / "net.npz")
    assert back.W.tobytes() == net.W.tobytes()
    assert back.theta.tobytes() == net.theta.tobytes()


def test_files_that_are_no_networks(tmp_path):
    single, pickled, partial = (tmp_path / f"{k}.npz" for k in ("single", "pickled", "partial"))
    with open(single, "wb") as stream:
        np.save(stream, np.ones(3))
    np.savez(pickled, W=np.array([[None]]), theta=[1.0])
    np.savez(partial, W=[[1.0]])
    for file, found in (
        (single, "found one array"),
        (pickled, "found .*allow_pickle=False"),
        (partial, r"found no array 'theta', only \['W'\]"),
    ):
        with pytest.raises(ValueError, match=rf"{file.name}: {found}.*allowed is an NPZ file"):
            Network.load(file)
    with pytest.raises(FileNotFoundError):
        Network.load(tmp_path / "absent.npz")
    np.savez(partial, W=[1.0], theta=[1.0])
    with pytest.raises(ValueError, match=r"partial\.npz: W: found shape \(1,\)"):
        Network.load(partial)


@pytest.mark.parametrize("compress", [False, True])
def test_a_damaged_file_is_a_value_error_or_read(tmp_path, compress):
    """Cut or overwrite a good archive in 300 ways: no other exception gets out."""
    file = tmp_path / "net.npz"
    (np.savez_compressed if compress else np.savez)(file, W=np.ones((3, 2)), theta=np.ones(3))
    good, generator, refused = file.read_bytes(), np.random.default_rng(0), 0
    for k in range(300):
        damaged = bytearray(good[: generator.integers(len(good))] if k % 2 else good)
        for place in generator.integers(max(len(damaged), 1), size=(k % 3) * bool(damaged)):
            damaged[place] ^= 1 << generator.integers(8)
        file.write_bytes(damaged)
        try:
            read_npz(file, ("W", "theta"))
        except ValueError as error:
            refused += 1
            assert "allowed is an NPZ file" in str(error)  # noqa: PT017
    assert refused > 150


@pytest.mark.parametrize("name", ["net", "net.v1.2", "A.NPZ", "net.npz"])
def test_what_is_saved_under_a_name_is_loaded_by_it(tmp_path, name):
    network = Network([[0.5, -0.25]], [2.0])
    network.save(tmp_path / name)
    assert [file.name for file in tmp_path.iterdir()] == [name]
    assert Network.load(tmp_path / name).identical(network)
