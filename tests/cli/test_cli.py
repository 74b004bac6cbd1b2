"""The command from outside: help, exit codes, files written, interruption."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path as FilePath

import numpy as np
import pytest

from proofs_checks.cli import main, parser
from reference import (
    Network,
    NormalizedWeights,
    Path,
    Problem,
    Squared,
    UnitBall,
    __version__,
    certify,
)
from reference.cli.options import at_least, loss, positive, write_whole
from reference.model.losses import Huber

X = np.array([[1.0, 0.0], [0.0, 1.0], [-1.0, 1.0], [0.5, -0.5]])
Y = np.array([1.0, 0.0, 0.5, -1.0])


def subcommands():
    [action] = [action for action in parser()._actions if action.dest == "func" or action.choices]
    return list(action.choices)


@pytest.mark.parametrize("command", subcommands())
def test_every_subcommand_has_help_with_a_description(command, capsys):
    with pytest.raises(SystemExit) as stop:
        main([command, "--help"])
    assert stop.value.code == 0
    text = capsys.readouterr().out
    assert f"relupath {command}" in text
    assert len(text.split("options:")[0]) > 150


def test_help_lists_every_subcommand_with_a_summary(capsys):
    with pytest.raises(SystemExit):
        main(["--help"])
    lines = capsys.readouterr().out.splitlines()
    for command in subcommands():
        [line] = [line for line in lines if line.split()[:1] == [command]]
        assert len(line.split()) > 2


def test_version(capsys):
    with pytest.raises(SystemExit):
        main(["--version"])
    assert capsys.readouterr().out == f"relupath {__version__}\n"


@pytest.fixture
def inputs(tmp_path, monkeypatch):
    """Data and two networks in the working folder, and the arguments that name them."""
    monkeypatch.chdir(tmp_path)
    table = np.column_stack([X, Y])
    np.savetxt("data.csv", table, delimiter=",", header="a,b,y", comments="")
    generator = np.random.default_rng(0)
    for name in ("a", "b"):
        W = UnitBall().project(generator.standard_normal((6, 2)))
        Network(W, generator.standard_normal(6)).save(f"{name}.npz")
    return ["--data", "data.csv", "--loss", "squared", "--kappa", "0.01"]


def test_connect_writes_a_path_that_certify_accepts(inputs, tmp_path, capsys):
    assert main(["connect", "a.npz", "b.npz", *inputs, "--out", "out"]) == 0
    text = capsys.readouterr().out
    assert "level" in text
    assert "out: path.npz, summary.json" in text
    folder = tmp_path / "out"
    names = {"path.npz", "summary.json", "paths.png", "paths.svg", "explorer.html"}
    assert {file.name for file in folder.iterdir()} == names
    path = Path.load(folder / "path.npz")
    assert path.start.identical(Network.load("a.npz"))
    assert path.end.identical(Network.load("b.npz"))
    summary = json.loads((folder / "summary.json").read_text())
    problem = Problem(X, Y, Squared(), 0.01)
    assert summary["problem"] == problem.fingerprint
    assert summary["level"] == max(problem.value(path.start), problem.value(path.end))
    assert summary["path"]["upper"] >= certify(problem, path).lower
    assert summary["path"]["rise"] <= summary["straight_line"]["rise"]
    assert main(["certify", "out/path.npz", "--data", "data.csv"]) == 0


def test_connect_under_a_level_of_ones_own(inputs, capsys):
    assert main(["connect", "a.npz", "b.npz", *inputs, "--level", "50", "--out", "o"]) == 0
    summary = json.loads(FilePath("o/summary.json").read_text())
    assert summary["level"] == 50
    assert summary["path"]["rise"] == 0
    assert summary["straight_line"]["rise"] == 0
    assert "both ends are proven" in capsys.readouterr().out


def test_connect_says_when_rounding_hides_an_end(inputs, capsys):
    """Twin rows with coefficients of 1e10 cancel: their value is known to about 1e-4 only."""
    for name in ("a", "b"):
        Network([[1.0, 0.0]] * 2 + [[0.0, 0.0]], [1e10, -1e10, 0.0]).save(f"{name}.npz")
    level = str(Problem(X, Y, Squared(), 0.0).value(Network.load("a.npz")))
    options = [*inputs[:-1], "0", "--level", level, "--out", "o"]
    assert main(["connect", "a.npz", "b.npz", *options]) == 0
    assert "not proven to lie at most at the level" in capsys.readouterr().out


def test_connect_with_a_bias_and_the_published_domain(inputs):
    for name in ("a", "b"):
        net = Network.load(f"{name}.npz")
        W = np.column_stack([net.W, np.ones(6)])
        Network(np.vstack([W, [0, 0, 1]]), np.append(net.theta, 0.3)).save(f"{name}.npz")
    domain = ["--bias", "--domain", "normalized-weights"]
    assert main(["connect", "a.npz", "b.npz", *inputs, *domain, "--out", "out"]) == 0
    path = Path.load("out/path.npz")
    assert all((node.W[-1] == [0, 0, 1]).all() for node in path.nodes)


def test_certify_refuses_what_the_file_does_not_support(inputs, capsys):
    assert main(["connect", "a.npz", "b.npz", *inputs, "--out", "out"]) == 0
    with np.load("out/path.npz") as archive:
        content = dict(archive)
    content["bound"] = content["bound"] - 0.5
    np.savez("altered.npz", **content)
    np.savetxt("other.csv", np.column_stack([X, -Y]), delimiter=",", header="a,b,y", comments="")
    capsys.readouterr()
    for file, data in (("altered.npz", "data.csv"), ("out/path.npz", "other.csv")):
        assert main(["certify", file, "--data", data]) == 1
        out, err = capsys.readouterr()
        assert out.startswith("refused: ")
        assert err == ""


def test_certify_finds_out_whether_a_column_of_ones_is_due(inputs):
    for name in ("a", "b"):
        net = Network.load(f"{name}.npz")
        W = UnitBall().project(np.column_stack([net.W, np.ones(6)]))
        Network(W, net.theta).save(f"{name}.npz")
    assert main(["connect", "a.npz", "b.npz", *inputs, "--bias", "--out", "out"]) == 0
    assert main(["certify", "out/path.npz", "--data", "data.csv"]) == 0


def test_verify_prints_and_writes_the_ledger(tmp_path, capsys):
    out = str(tmp_path / "out")
    assert main(["verify", "--claim", "M7", "--examples", "10", "--jobs", "1", "--out", out]) == 0
    text = capsys.readouterr().out
    assert "M7     holds" in text
    assert "reference: 1 claims, 1 holds" in text
    ledger = json.loads((tmp_path / "out" / "ledger.json").read_text())
    assert [claim["id"] for claim in ledger["claims"]] == ["M7"]
    assert (tmp_path / "out" / "index.html").exists()


def test_verify_exits_1_on_a_wrong_implementation(tmp_path, monkeypatch, capsys):
    (tmp_path / "unpenalised.py").write_text(
        "import reference\n"
        "from reference import *\n"
        "class Problem(reference.Problem):\n"
        "    def value(self, network):\n"
        "        return self.risk(network)\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setenv("RELUPATH_IMPLEMENTATION", "unpenalised")
    arguments = ["--claim", "M7", "--jobs", "1", "--out", str(tmp_path / "out")]
    assert main(["verify", *arguments]) == 1
    assert "unpenalised: 1 claims, 1 refuted" in capsys.readouterr().out


def test_verify_interrupted_keeps_the_claims_that_are_finished(tmp_path, monkeypatch, capsys):
    from proofs_checks.ledger import run as ledger

    check = ledger.check_named

    def interrupted(name, claim, *rest):
        if claim == "M7":
            return check(name, claim, 5, 0)
        raise KeyboardInterrupt

    monkeypatch.setattr(ledger, "check_named", interrupted)
    arguments = ["--claim", "M7", "--claim", "P1", "--jobs", "1", "--out", str(tmp_path)]
    assert main(["verify", *arguments]) == 130
    written = json.loads((tmp_path / "ledger.json").read_text())
    assert [claim["id"] for claim in written["claims"]] == ["M7"]


def test_minimum_writes_a_network_and_its_bound(inputs, tmp_path, capsys):
    assert main(["minimum", *inputs[1:], "--tol", "1e-6", "--out", "out"]) == 0
    assert "neurons" in capsys.readouterr().out
    record = json.loads((tmp_path / "out" / "minimum.json").read_text())
    network = Network.load(tmp_path / "out" / "network.npz")
    problem = Problem(np.column_stack([X, np.ones(4)]), Y, Squared(), 0.01)
    assert record["problem"] == problem.fingerprint
    assert record["value"] == problem.value(network)
    assert 0 <= record["gap"] <= 1e-6 * record["value"]
    assert record["dual_bound"] <= record["value"]
    problem.check(network)


def test_minimum_of_the_published_protocol(inputs, tmp_path, capsys):
    arguments = ["minimum", *inputs[1:], "--protocol", "published", "--tol", "1e-5"]
    assert main([*arguments, "--out", "out"]) == 0
    assert "bound by shifted" in capsys.readouterr().out
    record = json.loads((tmp_path / "out" / "minimum.json").read_text())
    assert record["domain"] == "normalized-weights"
    NormalizedWeights().check(Network.load(tmp_path / "out" / "network.npz").W)
    assert main([*arguments, "--no-bias", "--out", "out"]) == 2
    assert "--no-bias: found with --protocol published" in capsys.readouterr().err


def test_losses_and_numbers_on_the_command_line():
    assert loss("huber:0.25") == Huber(0.25)
    assert loss("huber") == Huber()
    assert loss("half-squared").name == "half-squared"
    assert at_least(0)("0") == 0
    assert positive("1e-3") == 1e-3
    for text in ("0", "-1", "inf", "nan", "x"):
        with pytest.raises(Exception, match=r"allowed is a positive finite number"):
            positive(text)


def test_a_file_is_replaced_whole_or_not_at_all(tmp_path):
    file = tmp_path / "kept.txt"
    file.write_text("before")

    def fail(part):
        part.write_text("half")
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        write_whole(file, fail)
    assert file.read_text() == "before"
    write_whole(file, lambda part: part.write_text("after"))
    assert file.read_text() == "after"


def test_errors_keep_their_traceback_on_request(monkeypatch):
    monkeypatch.setenv("RELUPATH_TRACEBACK", "1")
    with pytest.raises(ValueError, match="invalid choice"):
        main(["conect"])


def test_a_reader_that_leaves_early_gets_no_traceback(inputs):
    script = "from proofs_checks.cli import main; raise SystemExit(main())"
    arguments = ["connect", "a.npz", "b.npz", *inputs, "--out", "out"]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen([sys.executable, "-c", script, *arguments], **pipes) as relupath:
        relupath.stdout.close()
        assert relupath.stderr.read() == b""
        assert relupath.wait() == 141


def test_an_interrupt_is_one_line_and_code_130(inputs, monkeypatch, capsys):
    def interrupted(*_, **__):
        os.kill(os.getpid(), signal.SIGINT)

    monkeypatch.setattr("reference.connection.portfolio.connect", interrupted)
    assert main(["connect", "a.npz", "b.npz", *inputs, "--out", "out"]) == 130
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("relupath: interrupted; ")
    assert err.count("\n") == 1


def test_the_library_does_not_load_what_it_may_not_need():
    heavy = "{'matplotlib', 'sklearn', 'scipy', 'joblib', 'tqdm', 'hypothesis'}"
    for module in ("reference", "reference.cli"):
        script = f"import sys, {module}; print({heavy} & set(sys.modules))"
        loaded = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True)
        assert loaded.stdout.strip() == b"set()"
