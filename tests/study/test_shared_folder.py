"""Several commands in one folder, killed workers, shadowing files, and pools of other bits."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from proofs_checks.cli import main
from reference.study import runner
from reference.study.database import DATABASE, Records
from reference.study.design import Design, ProblemChoice
from reference.study.folder_lock import folder_lock
from reference.study.runner import run_study
from reference.study.workers import WorkerEnded, Workers

MAIN = "import sys; from proofs_checks.cli import main; sys.exit(main())"


@pytest.fixture
def data(tmp_path):
    """Write a CSV of 12 samples with labels 0 and 1."""
    X = np.random.default_rng(3).standard_normal((12, 2))
    file = tmp_path / "data.csv"
    rows = np.column_stack([X, X[:, 0] * X[:, 1] > 0])
    np.savetxt(file, rows, delimiter=",", header="a,b,target", comments="")
    return file


@pytest.fixture
def design(data):
    problems = (ProblemChoice(str(data), "logistic"),)
    sizes = {"networks": 8, "pairs": 4, "epochs": 5, "kept_paths": 0, "draws": 20}
    return Design(problems, (2,), pairing="disjoint", finders=("straight", "explicit"), **sizes)


def arguments(data, folder, *more):
    size = [
        "--replicates",
        "1",
        "--widths",
        "2",
        "--networks",
        "6",
        "--pairs",
        "3",
        "--epochs",
        "5",
        "--depth",
        "1",
    ]
    chosen = ["--finders", "straight,explicit", "--out", str(folder), *more]
    return ["gap", str(data), *size, *chosen]


def rows(folder):
    with Records(folder) as records:
        return records.read()


def test_two_commands_started_together_both_finish_with_one_table(data, tmp_path):
    folder = tmp_path / "run"
    call = [sys.executable, "-c", MAIN, *arguments(data, folder, "--jobs", "1")]
    both = [subprocess.Popen(call, stderr=subprocess.PIPE, stdout=subprocess.PIPE) for _ in "ab"]
    said = [process.communicate() for process in both]
    assert [process.returncode for process in both] == [0, 0], said
    assert said[0][0] == said[1][0]
    assert len(rows(folder)) == 6


def test_another_study_is_refused_while_one_runs_and_the_same_one_waits(design, tmp_path):
    with folder_lock(tmp_path, design), pytest.raises(ValueError, match="found another study"):
        run_study(replace(design, seed=1), tmp_path)
    run_study(design, tmp_path)  # nobody holds the folder any more
    assert len(rows(tmp_path)) == 8


def test_a_report_never_answers_for_another_study(data, design, tmp_path, capsys, monkeypatch):
    def overtaken(found, folder, *_):
        run_study(design, folder)
        return []

    monkeypatch.setattr(runner, "run_study", overtaken)
    assert main(arguments(data, tmp_path / "run", "--jobs", "1")) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert "found another study that has been run here since" in err


class Killer:
    """A progress bar that kills the worker processes once, when the first piece of work is done."""

    def __init__(self, total, label, unit):
        pass

    def __enter__(self):
        return self

    def __exit__(self, *_):
        return None

    def update(self, count):
        from joblib.externals.loky import reusable_executor

        for process in list(reusable_executor._executor._processes.values()):
            os.kill(process.pid, signal.SIGKILL)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("trained", [False, True], ids=["while training", "while measuring"])
def test_a_killed_worker_is_one_sentence_and_the_study_goes_on(
    trained, design, tmp_path, monkeypatch
):
    monkeypatch.setattr(runner, "BATCH", 1)
    folder, whole = tmp_path / "run", tmp_path / "whole"
    folder.mkdir()
    whole.mkdir()
    many = replace(design, networks=96, pairs=24)
    run_study(many, whole)
    if trained:
        shutil.copytree(whole / "pools", folder / "pools")
    with pytest.raises(WorkerEnded, match="the same command goes on"):
        run_study(many, folder, Workers(jobs=2), Killer)
    run_study(many, folder)
    assert rows(folder) == rows(whole)


def test_a_killed_worker_has_an_exit_code_of_its_own(data, tmp_path, capsys, monkeypatch):
    def killed(*_):
        raise WorkerEnded("a worker process was ended from outside")

    monkeypatch.setattr(runner, "run_study", killed)
    assert main(arguments(data, tmp_path / "run", "--jobs", "1")) == 4
    assert capsys.readouterr().err == "relupath: error: a worker process was ended from outside\n"


def test_workers_import_no_file_of_the_working_folder(data, tmp_path):
    here = tmp_path / "here"
    here.mkdir()
    for name in ("random", "signal", "json", "queue", "tokenize"):
        (here / f"{name}.py").write_text("raise SystemExit('a file of the folder was imported')\n")
    call = [sys.executable, "-P", "-c", MAIN, *arguments(data, tmp_path / "run", "--jobs", "2")]
    found = subprocess.run(call, cwd=here, capture_output=True, text=True)
    assert found.returncode == 0, found.stderr
    assert len(rows(tmp_path / "run")) == 6


def test_a_pool_of_other_bits_is_noticed_and_its_pairs_are_measured_again(design, tmp_path):
    assert run_study(design, tmp_path) == []
    before = rows(tmp_path)
    (pool,) = (tmp_path / "pools").glob("*.npz")
    with np.load(pool) as archive:
        arrays = dict(archive)
    arrays["theta"] = np.nextafter(arrays["theta"], np.inf)
    np.savez(pool, **arrays)
    (note,) = run_study(design, tmp_path)
    assert "not those measured before, bit for bit" in note
    assert not {record.key for record in before} & {record.key for record in rows(tmp_path)}
    assert run_study(design, tmp_path) == []


def test_records_say_what_computed_them(design, tmp_path):
    run_study(design, tmp_path)
    for record in rows(tmp_path):
        assert record.environment.startswith(f"NumPy {np.__version__}, SciPy ")


def test_a_database_of_another_version_is_refused_in_words(tmp_path):
    Records(tmp_path, create=True).close()
    with sqlite3.connect(tmp_path / DATABASE) as database:
        database.execute("PRAGMA user_version = 1")
    database.close()
    with pytest.raises(ValueError, match="found a run of another version of relupath"):
        Records(tmp_path)
