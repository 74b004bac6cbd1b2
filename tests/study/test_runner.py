"""The runner: equal records whatever the workers, the batches or the interruptions."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from dataclasses import replace

import numpy as np
import pytest

from reference import Path, check_file, load_certificate
from reference.study import runner
from reference.study.database import DATABASE, Records
from reference.study.design import FINDERS, Design, ProblemChoice
from reference.study.runner import run_study
from reference.study.workers import Workers

MAIN = "import sys; from proofs_checks.cli import main; sys.exit(main())"
FIXED_THREADS = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


@pytest.fixture
def data(tmp_path):
    """Write a CSV of 12 samples with labels 0 and 1."""
    generator = np.random.default_rng(3)
    X = generator.standard_normal((12, 2))
    rows = np.column_stack([X, X[:, 0] * X[:, 1] > 0])
    file = tmp_path / "data.csv"
    np.savetxt(file, rows, delimiter=",", header="a,b,target", comments="")
    return file


@pytest.fixture
def design(data):
    return Design(
        problems=(ProblemChoice(str(data), "logistic"),),
        widths=(2, 3),
        replicates=2,
        networks=4,
        pairs=1,
        pairing="disjoint",
        epochs=20,
        depth=2,
        midpoint_epochs=5,
        points=12,
        tolerance=1e-6,
        kept_paths=1,
        draws=20,
    )


def results(folder):
    with Records(folder) as records:
        return records.read()


def run(design, folder, workers=None, progress=None):
    folder.mkdir()
    run_study(design, folder, workers, progress)
    return results(folder)


def test_two_runs_are_equal_bit_for_bit(design, tmp_path):
    first, second = (run(design, tmp_path / name) for name in ("first", "second"))
    assert first == second
    assert len(first) == 2 * 2 * len(FINDERS)
    assert {record.finder for record in first} == set(design.finders)


def test_records_do_not_depend_on_jobs_or_batches(design, tmp_path, monkeypatch):
    alone = run(design, tmp_path / "alone")
    monkeypatch.setattr(runner, "BATCH", 1)
    monkeypatch.setattr(runner, "STRING_BATCH", 1)
    assert run(design, tmp_path / "single") == alone
    assert run(design, tmp_path / "workers", Workers(jobs=2)) == alone


def test_three_barriers_are_consistent_intervals(design, tmp_path):
    for record in run(design, tmp_path / "run"):
        assert record.lower <= record.upper
        for kind in ("level", "end", "chord"):
            lower, upper = getattr(record, f"{kind}_lower"), getattr(record, f"{kind}_upper")
            assert 0 <= lower <= upper
        # The chord lies below the higher end, so the barrier above it is not the smaller one.
        assert record.chord_upper >= record.end_lower
        assert record.end_upper == record.level_upper
        higher_end = max(record.first_value, record.second_value)
        assert record.upper - higher_end == pytest.approx(record.end_upper, abs=1e-6)


def test_kept_paths_join_the_recorded_ends(design, tmp_path):
    problem = design.problems[0].problem(0)
    rows = [record for record in run(design, tmp_path / "run") if record.path]
    assert len(rows) == 2 * len(FINDERS)
    for record in rows:
        path = Path.load(tmp_path / "run" / record.path)
        assert problem.value(path.start) == record.first_value
        assert problem.value(path.end) == record.second_value
        assert len(path.nodes) == record.beads + 2


def test_kept_paths_are_certificates_that_the_checker_confirms(design, tmp_path):
    problem = design.problems[0].problem(0)
    for record in run(design, tmp_path / "run"):
        if record.path:
            file = tmp_path / "run" / record.path
            verdict, reasons = check_file(file, problem.X, problem.y, "Logistic()", problem.kappa)
            assert verdict is True, (record.finder, reasons)
            assert record.upper <= load_certificate(file).bound <= record.upper + 2e-9


def test_extending_a_study_keeps_rows_and_adds_the_missing(design, tmp_path):
    folder = tmp_path / "run"
    before = run(replace(design, widths=(2,)), folder)
    seen = []
    run_study(design, folder, progress=lambda total, label, unit: Bar(seen, total, label))
    assert results(folder)[: len(before)] == before
    trained = [total for label, total in seen if label in design.finders]
    assert sum(trained) == 2 * len(FINDERS)


class Bar:
    """A progress bar that notes what it is asked to show."""

    def __init__(self, seen, total, label):
        seen.append((label, total))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        return None

    def update(self, count):
        pass


def test_levels_are_held_by_both_ends(design, tmp_path):
    both = replace(design, levels=("fixed", "moving"))
    for record in run(both, tmp_path / "run"):
        assert max(record.first_value, record.second_value) <= record.level
        assert record.level_upper <= record.end_upper


def command(data, folder):
    size = ["--widths", "2,3,4", "--networks", "8", "--pairs", "4", "--replicates", "2"]
    options = ["--finders", "straight,string", "--depth", "3", "--kept-paths", "0"]
    options += ["--jobs", "1", "--out", str(folder)]
    return [sys.executable, "-c", MAIN, "gap", str(data), *size, *options]


def rows(folder):
    try:
        with sqlite3.connect(f"file:{folder / DATABASE}?mode=ro", uri=True, timeout=5) as database:
            return database.execute("SELECT count(*) FROM record").fetchone()[0]
    except sqlite3.OperationalError:
        return 0


def stop_after(count, arguments, folder, how):
    """Start the command, stop it once so many rows are written, and return its exit code."""
    process = subprocess.Popen(
        arguments, env=FIXED_THREADS, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    while process.poll() is None and rows(folder) < count:
        time.sleep(0.002)
    process.send_signal(how)
    return process.wait()


def test_killed_and_interrupted_runs_resume_to_the_same_table(data, tmp_path):
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    done = subprocess.run(command(data, whole), env=FIXED_THREADS, capture_output=True, check=True)
    assert b"report:" in done.stdout
    arguments = command(data, broken)
    assert stop_after(1, arguments, broken, signal.SIGKILL) == -signal.SIGKILL
    kept = rows(broken)
    assert 1 <= kept < 48
    assert stop_after(kept + 1, arguments, broken, signal.SIGINT) == 130
    assert kept < rows(broken) < 48
    subprocess.run(arguments, env=FIXED_THREADS, capture_output=True, check=True)
    table = (whole / "records.csv").read_bytes()
    assert (broken / "records.csv").read_bytes() == table
    assert table.count(b"\n") == 49


def refused(arguments, **options):
    """Run a command that must fail as a user error; return its one line."""
    found = subprocess.run(arguments, env=FIXED_THREADS, capture_output=True, text=True, **options)
    assert found.returncode == 2
    assert found.stdout == ""
    assert found.stderr.startswith("relupath: error: ")
    assert found.stderr.count("\n") == 1
    return found.stderr


def test_foreign_database_stops_the_command_and_is_left(data, tmp_path):
    (tmp_path / DATABASE).write_bytes(b"precious")
    assert "foreign" in refused(command(data, tmp_path))
    assert (tmp_path / DATABASE).read_bytes() == b"precious"


def test_workers_are_validated():
    with pytest.raises(ValueError, match="backend: found 'spark'"):
        Workers(backend="spark")
    with pytest.raises(ValueError, match="scheduler: found None with backend dask"):
        Workers(backend="dask")


class Assassin(Bar):
    """A progress bar that kills a worker when the first path is done."""

    def __init__(self, seen, total, label, cluster):
        super().__init__(seen, total, label)
        self.cluster, self.seen = cluster, seen

    def update(self, count):
        if "killed" not in self.seen and self.seen[-1][0] == "string":
            self.seen.append("killed")
            os.kill(next(iter(self.cluster.workers.values())).pid, signal.SIGKILL)


@pytest.mark.filterwarnings("ignore")
def test_dask_cluster_with_a_killed_worker_gives_the_same_records(design, tmp_path, monkeypatch):
    distributed = pytest.importorskip("distributed", reason="extra [distributed] not installed")
    alone = run(design, tmp_path / "alone")
    monkeypatch.setattr(runner, "BATCH", 1)
    monkeypatch.setattr(runner, "STRING_BATCH", 1)
    seen = []
    options = {"n_workers": 2, "threads_per_worker": 1, "dashboard_address": None}
    with distributed.LocalCluster(processes=True, silence_logs=50, **options) as cluster:
        workers = Workers(backend="dask", scheduler=cluster.scheduler_address)
        found = run(
            design,
            tmp_path / "cluster",
            workers,
            lambda total, label, unit: Assassin(seen, total, label, cluster),
        )
    assert "killed" in seen
    assert found == alone
