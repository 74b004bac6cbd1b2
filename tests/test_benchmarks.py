"""The benchmarks compare what they say: the baselines do the same work, and the table prints."""

import numpy as np
import pytest

from benchmarks.segment import TIMES, TOLERANCE, forward_passes, mesh_points
from benchmarks.timing import compare, table
from benchmarks.training_step import bare_work, our_step
from reference.datasets import published_problem
from reference.path import stack
from reference.segment import segment_table
from reference.training import train_pool


@pytest.fixture(scope="module")
def segment():
    problem = published_problem("breast-cancer")
    return problem, *train_pool(problem, 5, 2, epochs=20)


def test_forward_passes_and_table_agree(segment):
    np.testing.assert_allclose(forward_passes(*segment)(), segment_table(*segment, TIMES))


def test_the_mesh_has_the_slope_it_is_charged_for(segment):
    slopes = np.abs(np.diff(segment_table(*segment, TIMES))) / np.diff(TIMES)
    assert slopes.max() <= 2 * TOLERANCE * mesh_points(*segment)


def test_a_row_holds_the_ratio_of_its_times(segment):
    problem, a, b = segment
    W, theta = (part.astype("f") for part in stack([a, b]))
    row = compare(
        "step", our_step(problem, W, theta), "array work", bare_work(problem, W, theta), 1
    )
    assert row.seconds > 0 < row.against_seconds
    assert row.ratio > 0
    assert len(table([row, row]).splitlines()) == 3
