"""The report: self-contained, its numbers those of the records, its sentences true."""

from __future__ import annotations

import csv
import re
from dataclasses import fields, replace
from html import escape
from html.parser import HTMLParser

import numpy as np
import pytest

from reference.report.aggregate import collect, sections
from reference.report.findings import findings
from reference.report.html import interval, links, number, page, table
from reference.report.html_tables import comparison_table, cost_table, gap_table, string_table
from reference.report.section import ESTIMATORS, vanishing_width
from reference.report.theory_bounds import theory_bounds
from reference.report.write import PAGE, TABLE, write_csv, write_report
from reference.study.database import Records
from reference.study.design import FINDERS, Design, ProblemChoice, choose
from reference.study.record import Measured, PoolRecord, Record
from reference.study.runner import run_study

MOONS = "moons, squared loss"


def record(key, **changes):
    """Return a record in which every number not given is 0.25."""
    plain = {item.name: 0.25 for item in fields(Record)}
    unknown = dict.fromkeys(("released", "depth", "trained", "unresolved", "path"))
    return Record(**plain | unknown | {"key": key, "block": 0, "environment": "e"} | changes)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Return a small finished run on a ridge teacher, rows in the unit ball."""
    found = tmp_path_factory.mktemp("run")
    design = Design(
        problems=(ProblemChoice("ridge-2", "logistic", 2e-3, "unit-ball", bias=False),),
        widths=(4, 8),
        replicates=2,
        networks=4,
        pairs=1,
        pairing="disjoint",
        epochs=40,
        depth=2,
        midpoint_epochs=10,
        draws=40,
        name="small",
    )
    run_study(design, found)
    write_report(found)
    return found


class Checker(HTMLParser):
    """Notes every address a page refers to and every tag left open."""

    def __init__(self):
        super().__init__()
        self.addresses, self.open = [], []

    def handle_starttag(self, tag, attrs):
        self.addresses += [value for name, value in attrs if name in ("src", "href")]
        if tag not in ("meta", "img", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def test_page_is_whole_and_needs_no_other_file(folder):
    checker = Checker()
    text = (folder / PAGE).read_text()
    checker.feed(text)
    assert checker.open == []
    inlined = [a for a in checker.addresses if a.startswith("data:image/svg+xml;base64,")]
    assert len(inlined) == 5
    linked = set(checker.addresses) - set(inlined)
    assert linked == {f"explorers/{file.name}" for file in (folder / "explorers").iterdir()}
    assert {address.rsplit("-", 1)[1] for address in linked} == {"explicit.html", "string.html"}
    assert not re.search(r"https?://", text)


def test_page_shows_what_the_records_say(folder):
    text = (folder / PAGE).read_text()
    with Records(folder) as records:
        rows = records.read()
    for width in (4, 8):
        largest = max(r.level_upper for r in rows if (r.width, r.finder) == (width, "straight"))
        assert f"<td>{number(largest)}</td>" in text
    assert "Theory bounds beside what was found" in text
    assert "Median gaps at width 4" in text


def test_csv_holds_every_record_bit_for_bit(folder, tmp_path):
    with Records(folder) as records:
        rows = records.read()
    with open(folder / TABLE, newline="") as stream:
        found = list(csv.DictReader(stream))
    assert [float(line["level_upper"]) for line in found] == [row.level_upper for row in rows]
    assert [line["key"] for line in found] == [row.key for row in rows]
    write_csv(rows, tmp_path / "again.csv")
    assert (tmp_path / "again.csv").read_bytes() == (folder / TABLE).read_bytes()


def test_promises_bound_what_is_found(folder):
    with Records(folder) as records:
        design, _, _ = records.study()
        section = sections(records.read(), design)[0]
        found = theory_bounds(design.choice(section.problem).problem(0), section, records.pools())
    assert [row.width for row in found] == [4, 8]
    for row in found:
        assert row.explicit <= row.theorem
        assert row.explicit <= min(bound for bound in (row.moving, row.smooth, np.inf) if bound)


def test_no_promise_is_made_off_the_unit_ball(folder):
    with Records(folder) as records:
        section = sections(records.read(), records.study()[0])[0]
    assert theory_bounds(choose("moons").problem(0), section, []) == []


@pytest.mark.parametrize("finder", FINDERS)
def test_any_finder_alone_yields_a_page(finder, tmp_path):
    design = Design((choose("moons"),), (2,), networks=4, pairs=1, kept_paths=0, draws=10)
    row = record("k", width=2, finder=finder, rule="pairwise", problem=MOONS)
    with Records(tmp_path, create=True) as records:
        records.begin(design, "v", [("k", 0)])
        records.add([Measured(row, 0.25, None)])
    assert escape(ESTIMATORS[finder]) in write_report(tmp_path).page.read_text()


def test_unfinished_run_says_so(tmp_path):
    design = Design((choose("moons"),), (2, 3), networks=4, pairs=1, kept_paths=0, draws=10)
    rows = [
        record(f"k{width}{finder}", width=width, finder=finder, rule="pairwise", problem=MOONS)
        for width in (2, 3)
        for finder in ("straight", "explicit")
    ]
    with Records(tmp_path, create=True) as records:
        records.begin(design, "v", [*((row.key, 0) for row in rows), ("later", 0)])
        records.add_pool(PoolRecord(MOONS, 2, 0.1, 0.05, 1.0, "f", "d", "e"))
        records.add([Measured(row, 0.25, None) for row in rows])
    assert "Unfinished: 4 of 5" in write_report(tmp_path).page.read_text()


def pairs(width, finder, values, released=None):
    """Return records of one width and finder, each pair a block of its own."""
    return [
        record(
            f"{width}{finder}{k}",
            width=width,
            finder=finder,
            rule="pairwise",
            problem=MOONS,
            first=2 * k,
            second=2 * k + 1,
            block=k,
            level_lower=value,
            level_upper=value,
            released=released,
        )
        for k, value in enumerate(values)
    ]


def published_design(**changes):
    """Return a design of the paper's problem, pairing and level rule, with few permutations."""
    return Design(
        name="test",
        problems=(replace(ProblemChoice("moons", "squared"), **changes),),
        widths=(20, 200),
        draws=200,
    )


@pytest.mark.parametrize(
    "changes",
    [{"loss": "huber:0.25"}, {"kappa": 0.1}, {"domain": "unit-ball"}, {"bias": False}],
    ids=str,
)
def test_the_papers_rows_stand_only_beside_its_problem(changes):
    design = published_design(**changes)
    rows = [
        replace(row, problem=design.problems[0].label)
        for width in (20, 200)
        for row in pairs(width, "string", [0.1] * 3, released=1e-6)
    ]
    section = sections(rows, design)[0]
    shown = gap_table(section, []) + comparison_table(section) + string_table(section)
    shown += cost_table(design, rows, {row.key: 1.0 for row in rows}, [])
    assert "published" not in shown
    paper = replace(published_design(), pairing="disjoint")
    kept = [replace(row, problem=paper.problems[0].label) for row in rows]
    assert "5.6e-05" not in gap_table(sections(kept, paper)[0], [])


def test_the_papers_seconds_stand_only_beside_its_data():
    design = replace(published_design(), problems=(ProblemChoice("moons-mine.csv", "squared"),))
    rows = [
        replace(row, problem=design.problems[0].label)
        for row in pairs(20, "string", [0.1] * 3, released=1e-6)
    ]
    assert "published" not in cost_table(design, rows, {row.key: 1.0 for row in rows}, [])


def test_best_is_the_lowest_certified_gap_of_each_pair():
    rows = pairs(20, "straight", [3.0, 1.0]) + pairs(20, "explicit", [2.0, 0.0])
    rows += pairs(20, "string", [1.0, 4.0], released=0.5)
    found = collect(rows)
    assert found[20, "best"].upper.tolist() == [1.0, 0.0]
    assert found[20, "released"].upper.tolist() == [0.5, 0.5]
    unfinished = collect(rows[:-1])
    assert unfinished[20, "best"].upper.tolist() == [1.0]


def test_findings_follow_from_the_table():
    rows = pairs(20, "string", [0.1] * 12, released=1e-6) + pairs(20, "explicit", [0.0] * 12)
    rows += pairs(200, "string", [1e-3] * 12, released=2e-6)
    rows += pairs(200, "explicit", [0.0] * 11 + [1e-4])
    section = sections(rows, published_design())[0]
    said = " ".join(findings(section))
    assert "exactly 0 on every pair at width 20 (12 pairs" in said
    assert "At width 200 the explicit path has a certified gap of exactly 0 on 11 of 12" in said
    assert "the largest of the others is 0.0001" in said
    assert "On 24 of 24 pairs the string certainly rises above" in said
    assert "by up to 0.1" in said
    assert "Median gaps at width 20: 1e-06 (strings, released estimator), 0.1 (same" in said
    assert "2 widths were measured; a trend over widths needs at least 8" in said
    assert 'Same strings, certified: "the largest gap is larger at width 20' in said
    assert vanishing_width(section, "explicit") is None


def test_vanishing_width_is_where_zeros_begin_for_good():
    values = {2: [1.0], 4: [0.0], 8: [0.5], 16: [0.0], 32: [0.0]}
    rows = [row for width, gap in values.items() for row in pairs(width, "explicit", gap)]
    section = sections(rows, published_design())[0]
    assert vanishing_width(section, "explicit") == 16
    assert "From width 16 on" in " ".join(findings(section))


def test_trend_needs_eight_widths():
    widths = [2, 3, 4, 6, 8, 12, 16, 32]
    rows = [row for w in widths for row in pairs(w, "explicit", [1 / w, 1.1 / w])]
    assert sections(rows[2:], published_design())[0].trends == {}
    trends = sections(rows, published_design())[0].trends
    assert trends["explicit"].slope == pytest.approx(-1, abs=1e-9)
    said = " ".join(findings(sections(rows, published_design())[0]))
    assert "to the power -1.00" in said


def test_published_numbers_stand_beside_ours():
    rows = pairs(20, "string", [0.1] * 3, released=1e-6)
    rows += pairs(200, "string", [0.1] * 3, released=1e-6)
    section = sections(rows, published_design())[0]
    shown = gap_table(section, []) + comparison_table(section)
    for text in ("5.6e-05", "0.0017", "0.0485", "0.00015", "0.0367", "<td>0.27 (one-sided)</td>"):
        assert text in shown


def test_html_pieces_escape_and_leave_gaps():
    assert "&lt;b&gt;" in table("t", [{"a": "<b>"}])
    assert table("t", []) == links([]) == ""
    assert links([("a&b", "<b>")]) == '<ul><li><a href="a&amp;b">&lt;b&gt;</a></li></ul>'
    assert "<td></td>" in table("t", [{"a": 1, "b": 2}], [{"a": 3}])
    assert "<title>a &amp; b</title>" in page("a & b", [])
    assert (number(0.0), number(float("nan")), number(1.234e-9)) == ("0", "", "1.2e-09")
    assert interval((float("nan"), 1.0)) == ""
