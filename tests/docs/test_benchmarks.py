"""The benchmarks compare what they say: the baselines do the same work, and the table prints."""

import numpy as np
import pytest

from benchmarks import growth, large_study
from benchmarks.finders import join
from benchmarks.scaling import SIZES, certificate_work, random_segment, table_work
from benchmarks.segment import TIMES, TOLERANCE, forward_passes, mesh_points
from benchmarks.timing import compare, table
from benchmarks.training_step import bare_work, our_step
from reference.certificate.path_maximum import certify
from reference.certificate.segment import segment_table
from reference.model.datasets import published_problem
from reference.model.path import Path, stack
from reference.training.pools import train_pool


@pytest.fixture(scope="module")
def segment():
    problem = published_problem("breast-cancer")
    return problem, *train_pool(problem, 5, 2, epochs=20)


def test_forward_passes_and_table_agree(segment):
    np.testing.assert_allclose(forward_passes(*segment)(), segment_table(*segment, TIMES))


def test_the_mesh_has_the_slope_it_is_charged_for(segment):
    slopes = np.abs(np.diff(segment_table(*segment, TIMES))) / np.diff(TIMES)
    assert slopes.max() <= 2 * TOLERANCE * mesh_points(*segment)


def test_sizes_reach_the_work_they_scale():
    problem, a, b = random_segment({**SIZES, "N": 30, "n": 4, "m": 7})
    assert problem.X.shape == (30, 4)
    assert a.W.shape == b.W.shape == (7, 4)
    assert len(table_work({**SIZES, "T": 9})()) == 9
    certificate = certificate_work(SIZES)()
    assert 0 <= certificate.upper - certificate.lower <= 1e-9


@pytest.mark.parametrize("finder", ["straight", "theorem", "explicit"])
def test_finders_join_the_pair_they_are_timed_on(segment, finder):
    problem, a, b = segment
    found = join(finder, problem, a, b)
    assert found.path.start.identical(a)
    assert found.path.end.identical(b)
    assert found.certificate.upper <= certify(problem, Path((a, b))).upper


def test_a_row_holds_the_ratio_of_its_times(segment):
    problem, a, b = segment
    W, theta = (part.astype("f") for part in stack([a, b]))
    row = compare(
        "step", our_step(problem, W, theta), "array work", bare_work(problem, W, theta), 1
    )
    assert row.seconds > 0 < row.against_seconds
    assert row.ratio > 0
    assert len(table([row, row]).splitlines()) == 3


def test_growth_measures_every_job_and_names_the_exponent(monkeypatch):
    monkeypatch.setattr(growth, "MIDDLE", {"N": 20, "n": 2, "m": 3})
    monkeypatch.setattr(growth, "SIZES", {"N": (20, 40, 10**9)})
    monkeypatch.setattr(growth, "EPOCHS", 2)
    lines = list(growth.rows(largest=40))
    assert len(lines) == 2 + 2 + 1
    assert lines[-1].startswith("| exponent in N |")
    assert all(line.count("|") == len(growth.JOBS) + 2 for line in lines)


def test_a_large_study_is_made_up_whole(capsys, monkeypatch):
    monkeypatch.setattr(large_study, "NETWORKS", 20)
    large_study.simulate(30)
    printed = capsys.readouterr().out
    assert "| resume: tasks left |" in printed
    assert "| tables |" in printed
