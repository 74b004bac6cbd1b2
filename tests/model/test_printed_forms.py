"""What problems, networks, paths and results say of themselves: their figures, in one line."""

import pytest

from reference import (
    Absolute,
    Huber,
    Network,
    NormalizedWeights,
    Path,
    Problem,
    certify,
    connect,
    global_minimum,
    prune,
)

PROBLEM = Problem([[1.0], [-2.0]], [1.0, 0.0], Absolute(), 0.5)
A, B = Network([[1.0], [0.5]], [0.5, 0.0]), Network([[1.0], [0.5]], [0.25, 0.0])


def test_inputs_of_every_claim():
    published = Problem([[1.0, 1.0]], [0.0], Huber(0.25), 0.001, NormalizedWeights())
    assert repr(PROBLEM) == "Problem(N = 2, n = 1, absolute, kappa = 0.5, unit-ball)"
    assert repr(published) == (
        "Problem(N = 1, n = 2, huber 0.25, kappa = 0.001, normalized-weights)"
    )
    assert repr(A) == "Network(width 2, inputs 1)"
    assert repr(A.exact()) == "Network(width 2, inputs 1, exact)"
    assert repr(Path([A])) == "Path(1 node, width 2, inputs 1)"
    assert repr(Path([A, B, A])) == "Path(3 nodes, width 2, inputs 1)"


def test_results():
    certificate = certify(PROBLEM.exact(), Path([A.exact(), B.exact()]))
    assert repr(certificate) == "Certificate(1/2 <= max F <= 1/2, 1 segment, 2 evaluations)"
    assert repr(connect(PROBLEM, A, B)).startswith("Connection(gap = 0.0, level = 0.5, ")
    assert repr(global_minimum(PROBLEM)).startswith("Minimum(value = 0.5, dual_bound = 0.")
    assert repr(prune(PROBLEM, A, 1)).startswith("Compression(prune, K5, 1 of 2 neurons active, ")


def test_a_path_is_a_sequence_of_networks():
    path = Path([A, B])
    assert len(path) == 2
    assert list(path) == [A, B]
    with pytest.raises(TypeError, match=r"^nodes: found ndarray at node 0, allowed are Networks"):
        Path([A.W])
    with pytest.raises(TypeError, match=r"^path: found list, allowed is a Path"):
        certify(PROBLEM, [A, B])
