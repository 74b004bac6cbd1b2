"""Bad input to the command: one clear line, exit code 2, nothing computed, nothing lost.

What Python raises for the same input is tested beside each module (`test_problem`,
`test_network`, `test_datasets`, ...); here each case goes through the command, and at the end
through the Python calls the command has no option for.
"""

import zipfile

import numpy as np
import pytest

from proofs_checks.cli import main
from reference import (
    HalfSquared,
    Logistic,
    Network,
    Path,
    Problem,
    connect,
    sample_string,
    theorem_path,
    train,
)
from reference.connection.explicit_path import bridge_bound
from reference.minimum.bracket import global_minimum

GOOD_CSV = "a,b,y\n1,0,1\n0,1,0\n-1,1,1\n"


@pytest.fixture
def files(tmp_path):
    """A folder with good data and two good networks on it."""
    (tmp_path / "data.csv").write_text(GOOD_CSV)
    np.savez(tmp_path / "a.npz", W=[[1.0, 0.0], [0.0, 0.5]], theta=[1.0, -1.0])
    np.savez(tmp_path / "b.npz", W=[[0.0, 1.0], [0.5, 0.5]], theta=[-1.0, 1.0])
    return tmp_path


@pytest.fixture
def refused(files, capsys, monkeypatch):
    """Run the command in that folder and return its one line of complaint."""
    monkeypatch.chdir(files)

    def run(*arguments):
        assert main([str(argument) for argument in arguments]) == 2
        out, err = capsys.readouterr()
        assert out == ""
        assert err.startswith("relupath: error: ")
        assert err.count("\n") == 1
        assert err.endswith("\n")
        return err.removeprefix("relupath: error: ").rstrip("\n")

    return run


def connect_with(refused, *options, first="a.npz", second="b.npz", data="data.csv"):
    return refused("connect", first, second, "--data", data, "--out", "out", *options)


@pytest.mark.parametrize(
    ("arrays", "found"),
    [
        ({"W": [1.0, 0.0], "theta": [1.0]}, r"W: found shape (2,), allowed is (any, any)"),
        ({"W": [[1.0, 0.0]], "theta": [1.0, 2.0]}, r"theta: found shape (2,), allowed is (1)"),
        ({"W": [[1.0]] * 2, "theta": [1.0] * 2}, r"W: found 1 columns, allowed are 2, as X has"),
        ({"W": [[1.0, 0.0]] * 3, "theta": [1.0] * 3}, r"nodes: found shape (2, 2) at node 1"),
        ({"W": [[np.nan, 0.0]] * 2, "theta": [1.0] * 2}, r"W: found nan at index (0, 0)"),
        ({"W": [[1.0, 0.0]] * 2, "theta": [1.0, np.inf]}, r"theta: found inf at index (1,)"),
        ({"W": [[0.0, 2.0]] * 2, "theta": [1.0] * 2}, r"W: found norm 2.0 in row 0, allowed is at"),
        ({"W": [[0.6, 0.8]] * 2, "theta": [1.0] * 2}, None),
        ({"W": [["x"]], "theta": [1.0]}, r"W: found dtype <U1, allowed are real numbers"),
        ({"theta": [1.0]}, r"found no array 'W', only ['theta']"),
        ({"W": np.array([[None]]), "theta": [1.0]}, r"without pickled objects"),
    ],
)
def test_networks_that_are_wrong(files, refused, arrays, found):
    if found is None:  # 0.6 and 0.8 as stored: their exact squares add up to more than 1
        found = "allowed is at most 1 (unit-ball domain)"
    np.savez(files / "bad.npz", **arrays)
    message = connect_with(refused, first="bad.npz")
    assert found in message
    assert "bad.npz" in message or "nodes" in message


def test_networks_cut_short_or_missing(files, refused):
    (files / "cut.npz").write_bytes((files / "a.npz").read_bytes()[:200])
    assert connect_with(refused, first="cut.npz").startswith("cut.npz: found ")
    (files / "empty.npz").touch()
    assert connect_with(refused, first="empty.npz").startswith("empty.npz: found ")
    assert connect_with(refused, second="no.npz").startswith("no.npz: found No such file")
    (files / "folder.npz").mkdir()
    assert connect_with(refused, second="folder.npz").startswith("folder.npz: found Is a dir")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", "line 1: found ''"),
        ("a,b,y\n", "found a header and no samples"),
        ("a,b,y\n1,0,1\n", "found 1 sample, allowed are at least 2"),
        ("a,b,y\n1,0,1\n1,nan,0\n", "line 3: found 'nan' in column 'b', allowed are finite reals"),
        ("a,b,y\n1,0,1\n1,-inf,0\n", "line 3: found '-inf' in column 'b'"),
        ("a,b,y\n1,0,1\n1,,0\n", "line 3: found '' in column 'b'"),
        ("a,b,y\n1,0,1\n1,0\n", "line 3: found 2 values, allowed are 3"),
        ("a,b,y\n1,0,1\n0,1,2\n", "y: found 2.0 at index 1, allowed for the logistic loss"),
        ("a,y\n1,0\n0,1\n", "found 2 columns, allowed are 1"),
    ],
)
def test_data_that_are_wrong(files, refused, text, found):
    (files / "bad.csv").write_text(text)
    assert found in connect_with(refused, data="bad.csv")


def test_data_that_are_missing_or_unknown(refused):
    assert connect_with(refused, data="no.csv").startswith("no.csv: found No such file")
    assert "data: found 'iris', allowed are moons, breast-cancer and" in connect_with(
        refused, data="iris"
    )


def test_labels_of_another_loss(refused):
    message = connect_with(refused, "--loss", "hinge")
    assert message == "y: found 0.0 at index 1, allowed for the hinge loss are the labels -1 and 1"


@pytest.mark.parametrize(
    ("options", "found"),
    [
        (["--kappa", "-1"], "kappa: found -1.0, allowed is at least 0"),
        (["--kappa", "nan"], "kappa: found nan"),
        (["--kappa", "x"], "argument --kappa: invalid float value: 'x'"),
        (["--loss", "cubic"], "argument --loss: found 'cubic', allowed are logistic, huber"),
        (
            ["--loss", "huber:-1"],
            "argument --loss: delta: found -1.0, allowed is the open interval",
        ),
        (["--loss", "pinball:2"], "argument --loss: tau: found 2.0"),
        (["--loss", "squared:2"], "argument --loss: found 'squared:2'"),
        (["--loss", "huber:x"], "argument --loss: found 'huber:x', allowed is a number after"),
        (["--domain", "cube"], "argument --domain: invalid choice: 'cube'"),
        (["--domain", "normalized-weights"], "as last row, allowed is the constant neuron"),
        (["--colour"], "unrecognized arguments: --colour"),
        (["--level", "1e-3"], "level: found 0.001, allowed is at least"),
    ],
)
def test_options_that_are_wrong(refused, options, found):
    assert found in connect_with(refused, *options)


def test_commands_that_are_wrong(refused):
    assert "COMMAND" in refused()
    assert "invalid choice: 'conect'" in refused("conect")
    assert "required: --out" in refused("connect", "a.npz", "b.npz", "--data", "data.csv")
    assert "required: B.npz" in refused("connect", "a.npz", "--data", "data.csv", "--out", "o")


def test_a_folder_that_cannot_be_written_is_refused_before_any_work(files, refused):
    (files / "taken").write_text("mine")
    message = refused("connect", "a.npz", "b.npz", "--data", "data.csv", "--out", "taken")
    assert message.startswith("taken: found ")
    message = refused("connect", "a.npz", "b.npz", "--data", "data.csv", "--out", "taken/below")
    assert "taken" in message
    assert (files / "taken").read_text() == "mine"


def test_what_an_earlier_run_wrote_is_kept(files, refused, capsys):
    arguments = ["connect", files / "a.npz", files / "b.npz", "--data", files / "data.csv"]
    assert main([str(argument) for argument in arguments] + ["--out", str(files / "out")]) == 0
    capsys.readouterr()
    before = {file.name: file.read_bytes() for file in (files / "out").iterdir()}
    assert "found" in connect_with(refused, "--level", "1e-3")
    assert {file.name: file.read_bytes() for file in (files / "out").iterdir()} == before


@pytest.mark.parametrize(
    ("options", "found"),
    [
        (["--seed", "-1"], "argument --seed: found '-1', allowed is an integer of at least 0"),
        (["--jobs", "0"], "argument --jobs: found '0', allowed is an integer of at least 1"),
        (["--examples", "few"], "argument --examples: found 'few', allowed is an integer"),
        (["--claim", "Z9"], "found"),
        (["--implementation", "no_such_module"], "no_such_module"),
    ],
)
def test_a_verification_that_cannot_be_run(refused, options, found):
    assert found in refused("verify", "--out", "out", *options)


def test_certificates_that_cannot_be_read(files, refused):
    np.savez(files / "pickled.npz", W=np.array([[[None]]]))
    assert "without pickled objects" in refused("certify", "pickled.npz", "--data", "data.csv")
    (files / "cut.npz").write_bytes((files / "a.npz").read_bytes()[:200])
    assert "cut.npz: found" in refused("certify", "cut.npz", "--data", "data.csv")
    assert "no.npz: found No such file" in refused("certify", "no.npz", "--data", "data.csv")
    assert "no.csv: found No such file" in refused("certify", "a.npz", "--data", "no.csv")


def test_files_that_certify_nothing_say_what_they_are(files, refused):
    assert "this is a network, not a path" in refused("certify", "a.npz", "--data", "data.csv")
    network = Network.load(files / "a.npz")
    Path([network, network]).save(files / "bare.npz")
    said = refused("certify", "bare.npz", "--data", "data.csv")
    assert "a path without a certificate" in said
    np.savez(files / "old.npz", W=network.W, digest=np.array(""))
    assert "version 0.1.0" in refused("certify", "old.npz", "--data", "data.csv")
    np.savez(files / "other.npz", W=network.W, kind=np.array("poem"))
    assert "kind 'poem'" in refused("certify", "other.npz", "--data", "data.csv")


def test_certify_does_not_unpack_what_it_cannot_hold(files, refused):
    """An array of 64 TiB, by its header: refused in one sentence, and none of it is allocated."""
    header = b"{'descr': '<f8', 'fortran_order': False, 'shape': (1, 1, 8796093022208), }"
    array = b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header
    with zipfile.ZipFile(files / "huge.npz", "w") as archive:
        archive.writestr("W.npy", array)
    assert "huge.npz" in refused("certify", "huge.npz", "--data", "data.csv")


def test_a_minimum_needs_a_penalty(refused):
    message = refused("minimum", "data.csv", "--kappa", "0", "--out", "out")
    assert message.startswith("kappa: found 0.0, allowed is positive")


X = np.array([[1.0, 0.0], [0.0, 1.0], [-1.0, 1.0]])
NET = Network([[1.0, 0.0], [0.0, 0.5]], [1.0, -1.0])


def problem(loss=None, kappa=0.1):
    return Problem(X, [1, 0, 1], loss or Logistic(), kappa)


def test_lipschitz_theorems_refuse_a_loss_without_constant():
    with pytest.raises(ValueError, match=r"loss: found half-squared, which has no Lipschitz"):
        bridge_bound(problem(HalfSquared()), 0.1, 1.0)


def test_theorems_that_divide_by_kappa_refuse_zero():
    for call in (lambda p: bridge_bound(p, 0.1, 1.0), global_minimum):
        with pytest.raises(ValueError, match=r"kappa: found 0.0, allowed is positive"):
            call(problem(kappa=0))


@pytest.mark.parametrize("call", [connect, sample_string], ids=lambda call: call.__name__)
def test_finders_refuse_ends_they_cannot_join(call):
    outside = Network([[1.0, 1.0], [0.0, 0.5]], [1.0, -1.0])
    with pytest.raises(ValueError, match=r"found norm 1\.414\d+ in row 0, allowed is at most 1"):
        call(problem(), NET, outside)
    with pytest.raises(ValueError, match=r"found shape|found 1 neurons|found width"):
        call(problem(), NET, Network([[1.0, 0.0]], [1.0]))
    with pytest.raises(ValueError, match=r"columns, allowed are 2"):
        call(problem(), Network([[1.0]], [1.0]), Network([[1.0]], [1.0]))
    with pytest.raises(ValueError, match=r"level: found 0\.001, allowed is at least"):
        call(problem(), NET, NET, level=0.001)


def test_theorem_path_refuses_witnesses_that_do_not_fit():
    with pytest.raises(ValueError, match=r"found"):
        theorem_path(problem(), NET, NET, reference=NET, compressed=(NET, NET))


def test_training_refuses_nonsense():
    for width, epochs in ((0, 10), (5, -1)):
        with pytest.raises(ValueError, match=r"(width|epochs): found"):
            train(problem(), width, epochs=epochs)


def test_a_path_of_nothing():
    with pytest.raises(ValueError, match=r"nodes: found none, allowed is at least one"):
        Path([])
