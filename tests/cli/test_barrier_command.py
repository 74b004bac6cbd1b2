"""``relupath barrier``: a bracket printed and written, its path accepted by ``certify``."""

import json
from pathlib import Path

import numpy as np
import pytest

from proofs_checks.cli import main
from reference import Network


@pytest.fixture
def swap(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "d.csv").write_text("p,q,y\n1,0,1\n0,1,-1\n", encoding="utf-8")
    net = Network(np.eye(2), [0.8, -0.8])
    net.save("a.npz")
    Network(net.W[::-1], net.theta[::-1]).save("b.npz")
    return ["--data", "d.csv", "--loss", "huber:0.25", "--kappa", "0.1", "--tol", "1e-2"]


def test_the_bracket_is_written_and_its_path_certified(swap, capsys):
    assert main(["barrier", "a.npz", "b.npz", *swap, "--out", "out"]) == 0
    found = json.loads(Path("out/summary.json").read_text(encoding="utf-8"))
    assert 0.01 < found["rise"][0] <= found["rise"][1]
    assert "barrier above the higher end" in capsys.readouterr().out
    assert main(["certify", "out/path.npz", "--data", "d.csv"]) == 0


def test_relabelling_costs_nothing_where_labels_do_not_count(swap):
    assert main(["barrier", "a.npz", "b.npz", *swap, "--unlabelled", "--out", "out"]) == 0
    assert json.loads(Path("out/summary.json").read_text(encoding="utf-8"))["rise"][1] <= 1e-2


def test_what_is_too_wide_is_a_user_error(swap, capsys):
    Network(np.zeros((5, 2)), np.zeros(5)).save("wide.npz")
    assert main(["barrier", "wide.npz", "wide.npz", *swap, "--out", "out"]) == 2
    assert "found width 5 with 2 inputs" in capsys.readouterr().err
