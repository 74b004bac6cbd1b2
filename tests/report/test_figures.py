"""Figures: both files written, equal inputs give equal files, and the curves are the objective."""

from __future__ import annotations

import numpy as np
import pytest

from reference import HalfSquared, Network, Path, Problem
from reference.report.figures import (
    gap_against_width,
    gap_distribution,
    length_against_level,
    objective_along_paths,
    profile,
)

PNG = b"\x89PNG\r\n\x1a\n"


@pytest.fixture
def problem():
    return Problem([[1.0, 1.0], [-1.0, 1.0]], [1.0, 0.0], HalfSquared(), 0.1)


@pytest.fixture
def path():
    a = Network([[0.5, 0.0], [0.0, 0.5]], [1.0, -1.0])
    b = Network([[0.0, 0.5], [-0.5, 0.0]], [0.0, 1.0])
    return Path([a, b, a])


def check_written(files):
    png, svg = files
    assert png.suffix == ".png"
    assert png.read_bytes().startswith(PNG)
    assert "<svg" in svg.read_text()[:1000]


def test_profile_meets_every_node_and_is_the_objective_between(problem, path):
    places, values = profile(problem, path, points=38)
    nodes = [problem.value(node) for node in path.nodes]
    middle = np.flatnonzero(places == 0.5)[0]
    assert values[[0, middle, -1]] == pytest.approx(nodes, rel=1e-12)
    quarter = problem.value(path.at(0, 0.5))
    assert values[np.isclose(places, 0.25)] == pytest.approx(quarter, rel=1e-12)
    assert places[0] == 0
    assert places[-1] == 1
    assert (np.diff(places) > 0).all()


def test_profile_of_a_path_that_stays_is_constant(problem, path):
    places, values = profile(problem, Path([path.start, path.start]), points=10)
    assert places.tolist() == [0, 1]
    assert values.tolist() == [problem.value(path.start)] * 2


def test_objective_figure_is_reproducible(problem, path, tmp_path):
    arguments = (problem, {"there and back": path, "stay": Path([path.start])}, 0.7)
    first = objective_along_paths(*arguments, tmp_path / "first", points=20)
    second = objective_along_paths(*arguments, tmp_path / "second", points=20)
    check_written(first)
    assert first[1].read_bytes() == second[1].read_bytes()
    assert "<!-- level 0.7 -->" in first[1].read_text()  # letters are shapes, their text comments


def test_gap_figures_take_gaps_that_are_all_zero(tmp_path):
    widths, zeros = np.array([2, 2, 20]), np.zeros(3)
    check_written(gap_against_width({"explicit path": (widths, zeros, zeros)}, tmp_path / "w"))
    check_written(gap_distribution({"width 2": {"explicit path": zeros}}, tmp_path / "d"))


def test_gap_figures_span_many_decades(tmp_path):
    widths = np.array([2, 3, 200])
    gaps = np.array([0.0, 1e-12, 10.0])
    panels = dict.fromkeys(("straight line", "string", "path"), (widths, gaps / 2, gaps))
    check_written(gap_against_width(panels, tmp_path / "w"))
    labels = {"released estimator": gaps / 2, "true maximum": gaps}
    check_written(gap_distribution({"width 2": labels, "width 3": labels}, tmp_path / "d"))


def test_length_figure(tmp_path):
    columns = (np.array([0.1, 0.2]), np.array([1.0, 1.5]), np.array([2, 9]))
    check_written(length_against_level({"width 20": columns}, tmp_path / "l"))
