"""The correlation oracle, held against brute force and degenerate positions (claim D2)."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reference import Absolute, NormalizedWeights, Problem, max_correlation
from reference.minimum.moment_oracle import moment_bound
from reference.minimum.sphere_oracle import evaluate, sphere_peaks
from reference.model.network import relu


def problem_of(X, domain=None):
    X = np.atleast_2d(X)
    return Problem(X, np.zeros(len(X)), Absolute(), 0.1, *([] if domain is None else [domain]))


def correlation(X, v, rows):
    return np.abs(relu(rows @ X.T) @ v) / len(v)


def directions(n, count, seed=0):
    rows = np.random.default_rng(seed).normal(size=(count, n))
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def samples(kind, n, generator):
    """Return (N, n) samples of one kind of position, general or degenerate."""
    N = int(generator.integers(1, 10))
    X = generator.normal(size=(N, n))
    if kind == "lattice":  # zero, repeated, opposite samples; many circles through one vertex
        return generator.integers(-2, 3, size=(N, n)).astype(float)
    if kind == "parallel":
        return X[generator.integers(0, N, N)] * generator.choice([-1, 1, 2, -0.3], N)[:, None]
    if kind == "near":
        size = generator.choice([1e-5, 1e-9, 1e-13])
        return X[generator.integers(0, N, N)] + size * generator.normal(size=(N, n))
    return X


@pytest.mark.parametrize("n", [2, 3])
@pytest.mark.parametrize("kind", ["general", "lattice", "parallel", "near"])
def test_the_bound_is_above_every_direction_and_attained(n, kind):
    """Upper bound against a dense set of directions; attained by its atom, which is tight.

    Samples 1e-5 apart are the one case the sphere's oracle does not resolve to rounding: it then
    leaves the difference of the two samples in the bound.
    """
    generator = np.random.default_rng(7)
    rows = directions(n, 20_000)
    for _ in range(25):
        X = samples(kind, n, generator)
        v = generator.normal(size=len(X))
        bound, atom, exact = max_correlation(problem_of(X), v)
        attained = correlation(X, v, atom[None])[0]
        assert exact
        assert correlation(X, v, rows).max() <= bound
        assert attained <= bound
        slack = 1e-4 if kind == "near" and n == 3 else 1e-9
        assert bound - attained <= slack * bound + 1e-12 * np.abs(v).sum()


@settings(max_examples=40)
@given(st.integers(0, 10_000), st.sampled_from([2, 3]))
def test_it_is_exact_against_all_cells(seed, n):
    """Every cell's own peak, found by enumerating sign patterns, against the sweep."""
    generator = np.random.default_rng(seed)
    X = generator.normal(size=(int(generator.integers(1, 7)), n))
    v = generator.normal(size=len(X))
    best = 0.0
    for signs in np.ndindex(*(2,) * len(X)):
        s = (np.array(signs) * v) @ X / len(v)
        if (length := np.linalg.norm(s)) > 0:
            best = max(best, correlation(X, v, np.array([s, -s]) / length).max())
    # Peaks on boundaries: directions orthogonal to one sample or, for n = 3, to two.
    normals = X / np.linalg.norm(X, axis=1, keepdims=True)
    for normal in normals:
        plane = np.linalg.svd(normal[None])[2][1:]
        for signs in np.ndindex(*(2,) * len(X)):
            s = plane.T @ (plane @ ((np.array(signs) * v) @ X))
            if (length := np.linalg.norm(s)) > 1e-12:
                best = max(best, correlation(X, v, np.array([s, -s]) / length).max())
    if n == 3:
        corners = np.array([np.cross(a, b) for a in normals for b in normals])
        corners = corners[np.linalg.norm(corners, axis=1) > 1e-9]
        if len(corners):
            corners /= np.linalg.norm(corners, axis=1, keepdims=True)
            best = max(best, correlation(X, v, corners).max())
    bound = max_correlation(problem_of(X), v).bound
    assert best <= bound <= best * (1 + 1e-8) + 1e-11


def test_one_input_is_exact_in_fractions():
    X = np.array([[Fraction(1, 3)], [Fraction(-2)], [Fraction(5, 7)]], dtype=object)
    v = np.array([Fraction(1), Fraction(1, 2), Fraction(-3)], dtype=object)
    bound, atom, exact = max_correlation(problem_of(X), v)
    right = abs(Fraction(1, 3) - 3 * Fraction(5, 7)) / 3
    assert (bound, exact) == (max(right, Fraction(1, 3)), True)
    assert atom.tolist() == [1.0]


def test_one_sample_is_met_head_on():
    for n in (1, 2, 3):
        x = np.arange(1.0, n + 1)
        bound, atom, _ = max_correlation(problem_of(x), np.array([-2.0]))
        assert bound == pytest.approx(2 * np.linalg.norm(x), rel=1e-12)
        assert atom == pytest.approx(x / np.linalg.norm(x), abs=1e-12)


def test_nothing_to_correlate_with():
    for n in (1, 2, 3, 5):
        assert max_correlation(problem_of(np.zeros((3, n))), np.ones(3)).bound == 0
        assert max_correlation(problem_of(np.ones((3, n))), np.zeros(3)).bound == 0


def test_many_inputs_give_a_bound_and_say_that_it_is_one():
    generator = np.random.default_rng(3)
    X, v = generator.normal(size=(40, 6)), generator.normal(size=40)
    problem = problem_of(X)
    bound, atom, exact = max_correlation(problem, v)
    assert not exact
    assert correlation(X, v, directions(6, 50_000)).max() <= bound
    assert correlation(X, v, atom[None])[0] <= bound
    assert bound <= problem.D * np.sqrt((v**2).mean()) * (1 + 1e-9)


def test_the_moment_bound_holds_where_the_maximum_is_known():
    generator = np.random.default_rng(4)
    for _ in range(20):
        X, weights = generator.normal(size=(12, 3)), generator.normal(size=12) / 12
        assert sphere_peaks(X, weights)[0] <= moment_bound(X, weights) * (1 + 1e-9)


def test_chunks_do_not_change_the_result(monkeypatch):
    generator = np.random.default_rng(5)
    X, weights = generator.normal(size=(60, 3)), generator.normal(size=60)
    whole = sphere_peaks(X, weights)[0]
    monkeypatch.setattr("reference.minimum.sphere_oracle.CHUNK", 200)
    assert sphere_peaks(X, weights)[0] == pytest.approx(whole, rel=1e-12)
    rows = directions(3, 100)
    assert evaluate(X, weights, rows) == pytest.approx(60 * correlation(X, weights, rows))


def test_it_refuses_sums_other_than_0_with_free_biases_and_wrong_shapes():
    problem = problem_of(np.ones((2, 3)), NormalizedWeights())
    with pytest.raises(ValueError, match=r"v: found sum 2\.0, allowed is exactly 0"):
        max_correlation(problem, np.ones(2))
    with pytest.raises(ValueError, match=r"v: found shape \(3,\)"):
        max_correlation(problem_of(np.ones((2, 3))), np.ones(3))
