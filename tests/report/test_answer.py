"""The report's first sentences, its words, and what every page needs to be read."""

from __future__ import annotations

from dataclasses import fields, replace
from html import escape

import pytest

from reference.report.aggregate import sections
from reference.report.answer import answer
from reference.report.glossary import FINDERS as EXPLAINED
from reference.report.glossary import glossary
from reference.report.html import STYLE, table
from reference.report.plotting import COLOURS
from reference.report.section import PATHS
from reference.study.design import FINDERS, LEVELS, STRINGS, Design, choose
from reference.study.record import Record

DESIGN = Design((choose("moons"),), (2, 3), networks=4, pairs=2, kept_paths=0, draws=10)


def records(gaps):
    """Return one record for each (width, finder, pair, gap)."""
    plain = {item.name: 0.25 for item in fields(Record)}
    texts = {"problem": DESIGN.problems[0].label, "rule": "pairwise", "environment": "e"}
    unknown = dict.fromkeys(("released", "depth", "trained", "unresolved", "path"))
    return [
        Record(
            **plain
            | unknown
            | texts
            | {"width": width, "finder": finder, "first": pair, "second": pair + 1}
            | {"level_lower": 0.0, "level_upper": gap, "block": pair, "key": str(k)}
        )
        for k, (width, finder, pair, gap) in enumerate(gaps)
    ]


def answered(*gaps):
    (section,) = sections(records(gaps), DESIGN)
    return answer(section)


def test_the_answer_counts_pairs_whose_best_path_does_not_rise():
    said = answered(
        (2, "straight", 0, 0.5),
        (2, "explicit", 0, 0.0),
        (3, "straight", 0, 0.25),
        (3, "explicit", 0, 0.125),
    )
    assert len(said) == 3
    assert said[0].startswith("2 pairs were joined by paths at widths 2, 3 (moons")
    assert said[1].startswith("For 1 of 2 pairs it need not")
    assert said[1].endswith("rises by at most 0.12.")
    assert "straight line the rise is at most 0.38 for the median pair" in said[2]
    assert "at most 0.5 for every pair" in said[2]


@pytest.mark.parametrize("finder", FINDERS)
def test_one_pair_and_one_finder_are_answered_in_the_singular(finder):
    said = answered((2, finder, 0, 0.0))
    assert said[0].startswith("1 pair was joined by paths at width 2 ")
    assert said[1].startswith("For every pair measured it need not")


def test_every_finder_and_level_is_explained_where_it_is_used():
    assert set(EXPLAINED) == set(FINDERS)
    for finder in FINDERS:
        words = glossary(replace(DESIGN, finders=(finder,)))
        assert escape(EXPLAINED[finder]) in words
        assert ("released estimator" in words) == (finder in STRINGS)
        shown = [other for other in FINDERS if f"<dt>{escape(PATHS[other])}</dt>" in words]
        assert shown == [finder]
    for rule in LEVELS:
        assert "Here:" in glossary(replace(DESIGN, levels=(rule,)))


def luminance(colour):
    parts = [int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("colour", COLOURS)
@pytest.mark.parametrize("ground", ["#ffffff", "#161616"])
def test_every_colour_of_a_curve_has_a_contrast_of_three(colour, ground):
    darker, lighter = sorted((luminance(colour), luminance(ground)))
    assert (lighter + 0.05) / (darker + 0.05) >= 3


def test_pages_know_dark_mode_and_tables_scroll():
    assert "prefers-color-scheme: dark" in STYLE
    assert table("t", [{"a": 1}]).startswith('<div class="scroll">')


def test_a_column_without_a_single_number_is_left_out():
    text = table("t", [{"a": 1, "b": ""}, {"a": 2, "b": ""}])
    assert ">a</th>" in text
    assert ">b</th>" not in text
