"""Data sets: the published splits, the ridge teacher, and files of one's own."""

import numpy as np
import pytest

from reference import load, published_problem
from reference.model.datasets import Data, ridge_teacher


@pytest.mark.parametrize(("name", "shape"), [("moons", (800, 3)), ("breast-cancer", (455, 31))])
def test_published_data_have_the_published_size_and_scale(name, shape):
    data = load(name)
    assert data.X.shape == shape
    assert data.name == name
    assert set(data.y) == {0.0, 1.0}
    assert (data.X[:, -1] == 1).all()
    np.testing.assert_allclose(data.X[:, :-1].mean(axis=0), 0, atol=1e-13)
    np.testing.assert_allclose(data.X[:, :-1].std(axis=0), 1, atol=1e-13)
    np.testing.assert_array_equal(load(name, bias=False).X, data.X[:, :-1])


def test_breast_cancer_split_is_stratified():
    # 357 of the 569 women were benign (label 1); a stratified 80 % holds their share.
    assert load("breast-cancer").y.sum() == round(455 * 357 / 569)


@pytest.mark.parametrize(("name", "loss"), [("moons", "squared"), ("breast-cancer", "logistic")])
def test_published_problem(name, loss):
    problem = published_problem(name)
    assert problem.loss.name == loss
    assert problem.kappa == 1e-3
    assert problem.domain.name == "normalized-weights"
    assert (problem.X[:, -1] == 1).all()


def test_published_problem_refuses_other_names():
    with pytest.raises(ValueError, match=r"name: found 'iris', allowed are moons, breast-cancer"):
        published_problem("iris")


@pytest.mark.parametrize("inputs", [1, 2, 4])
def test_ridge_teacher_follows_its_recipe(inputs):
    data = ridge_teacher(inputs, "regression", seed=3)
    norms = np.linalg.norm(data.X, axis=1)
    assert data.X.shape == (384, inputs)
    assert norms.max() <= 1
    # Uniform in the ball: the n-th power of the radius is uniform on [0, 1].
    assert abs((norms**inputs).mean() - 0.5) < 0.06
    np.testing.assert_allclose([data.y.mean(), data.y.std()], [0, 0.8], atol=1e-13)
    labels = ridge_teacher(inputs, "classification", seed=3).y
    np.testing.assert_array_equal(labels, data.y > 0)


def test_ridge_teacher_of_one_input_is_two_rays():
    data = ridge_teacher(1, seed=0)
    for side in (data.X[:, 0] > 0, data.X[:, 0] < 0):
        line = np.polyfit(data.X[side, 0], data.y[side], 1)
        np.testing.assert_allclose(np.polyval(line, data.X[side, 0]), data.y[side], atol=1e-12)


def test_ridge_teacher_depends_on_the_seed_alone():
    np.testing.assert_array_equal(ridge_teacher(2, seed=1).X, ridge_teacher(2, seed=1).X)
    assert (ridge_teacher(2, seed=1).X != ridge_teacher(2, seed=2).X).any()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"inputs": 0}, r"inputs: found 0, allowed is at least 1"),
        ({"inputs": 2, "samples": 1}, r"samples: found 1, allowed is at least 2"),
        ({"inputs": 2, "ridges": 0}, r"ridges: found 0"),
        ({"inputs": 2, "task": "ranking"}, r"task: found 'ranking', allowed are regression"),
    ],
)
def test_ridge_teacher_refuses(arguments, message):
    with pytest.raises(ValueError, match=message):
        ridge_teacher(**arguments)


def test_csv_holds_the_target_in_its_last_column(tmp_path):
    file = tmp_path / "mine.csv"
    file.write_text("\ufeffage,dose,effect\n1, 2.5,0\n\n-3e1,4,1\n", encoding="utf-8")
    data = load(file)
    np.testing.assert_array_equal(data.X, [[1, 2.5, 1], [-30, 4, 1]])
    np.testing.assert_array_equal(data.y, [0, 1])
    assert data.name == "mine"
    assert load(file, bias=False).X.shape == (2, 2)


def test_npz_round_trip(tmp_path):
    file = tmp_path / "mine.npz"
    np.savez(file, X=[[1, 2], [3, 4]], y=[0.5, 1.5])
    np.testing.assert_array_equal(load(str(file)).X, [[1, 2, 1], [3, 4, 1]])
    np.testing.assert_array_equal(load(str(file)).y, [0.5, 1.5])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"", r"line 1: found '', allowed is a header"),
        (b"a,y\n", r"found a header and no samples"),
        (b"a,y\n1,2\n", r"found 1 sample, allowed are at least 2"),
        (b"1,2\n3,4\n5,6\n", r"line 1: found '1,2', allowed is a header"),
        (b"y\n1\n2\n", r"line 1: found 'y'"),
        (b"a,y\n1,2\n1,two\n", r"line 3: found 'two' in column 'y', allowed are finite reals"),
        (b"a,y\n1,2\nnan,2\n", r"line 3: found 'nan' in column 'a'"),
        (b"a,y\n1,2\n\n1,inf\n", r"line 4: found 'inf' in column 'y'"),
        (b"a,y\n1,2,3\n", r"line 2: found 3 values, allowed are 2"),
        (b'a,y\n1,2\n"1"x,2\n', r"line 3: found .*expected"),
        (b"a,y\n1,2\n\xff\xfe,2\n", r"line 3: found '\ufffd+' in column 'a'"),
    ],
)
def test_unreadable_csv_names_the_line(tmp_path, text, message):
    file = tmp_path / "bad.csv"
    file.write_bytes(text)
    with pytest.raises(ValueError, match=message) as raised:
        load(file)
    assert str(file) in str(raised.value)


def test_npz_is_never_unpickled(tmp_path):
    file = tmp_path / "pickled.npz"
    np.savez(file, X=np.array([[1, None]], dtype=object), y=[1.0])
    with pytest.raises(ValueError, match=r"pickled\.npz: found .*allowed is an NPZ file with X, y"):
        load(file)


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"X": [[1.0], [2.0]]}, r"no array 'y'"),
        ({"X": [[1.0], [np.nan]], "y": [0, 1]}, r"X: found nan at index \(1, 0\)"),
        ({"X": [[1.0], [2.0]], "y": [0, 1, 1]}, r"y: found shape \(3,\), allowed is \(2\)"),
        ({"X": np.zeros((0, 2)), "y": []}, r"X: found shape \(0, 2\)"),
        ({"X": [["a"], ["b"]], "y": [0, 1]}, r"X: found dtype <U1, allowed are real numbers"),
    ],
)
def test_npz_of_the_wrong_content(tmp_path, arrays, message):
    file = tmp_path / "bad.npz"
    np.savez(file, **arrays)
    with pytest.raises(ValueError, match=message):
        load(file)


def test_truncated_npz(tmp_path):
    file = tmp_path / "cut.npz"
    np.savez(file, X=np.ones((50, 2)), y=np.ones(50))
    file.write_bytes(file.read_bytes()[:300])
    with pytest.raises(ValueError, match=r"cut\.npz: found"):
        load(file)


def test_unknown_source_lists_the_known():
    with pytest.raises(ValueError, match=r"data: found 'mooons', allowed are moons, breast-cancer"):
        load("mooons")
    with pytest.raises(FileNotFoundError):
        load("absent.csv")


def test_data_are_checked_and_read_only():
    with pytest.raises(ValueError, match=r"y: found shape \(1,\)"):
        Data([[1.0], [2.0]], [1.0], "short")
    with pytest.raises(ValueError, match="read-only"):
        load("moons").X[0, 0] = 0


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (",a,y\n0,1,0\n1,2,1\n", "column 1 has no name; row labels are no input"),
        ('"","a","y"\n"1",1,0\n', "column 1 has no name; row labels are no input"),
        ("a,a,y\n0,1,0\n", "'a' names 2 columns"),
        ("a;b;y\n0;1;0\n", "this looks like semicolons"),
        ("a\tb\ty\n0\t1\t0\n", "this looks like tabs"),
        ("a,b,y\n0;1;0\n", "found 1 values, allowed are 3.*; this looks like semicolons"),
        ("a,y\n1,setosa\n", "found 'setosa' in column 'y'.*; write labels as 0 and 1"),
        ("a,y\n1,\n", "found '' in column 'y', allowed are finite reals$"),
        ("a,y\n1,inf\n", "found 'inf' in column 'y', allowed are finite reals$"),
    ],
)
def test_a_table_that_is_something_else_says_what_to_do(tmp_path, text, message):
    file = tmp_path / "d.csv"
    file.write_text(text)
    with pytest.raises(ValueError, match=message):
        load(file)


def test_true_and_false_are_one_and_zero(tmp_path):
    file = tmp_path / "d.csv"
    file.write_text("a,y\nTrue,FALSE\nfalse,true\n")
    data = load(file)
    assert data.X.tolist() == [[1, 1], [0, 1]]
    assert data.y.tolist() == [0, 1]
