"""Records: whole tasks only, foreign or damaged files refused and untouched, disk errors told."""

from __future__ import annotations

import errno
import os
import sqlite3
from dataclasses import replace

import numpy as np
import pytest

from reference.study.database import DATABASE, Records
from reference.study.design import Design, choose
from reference.study.record import Measured, Record

DESIGN = Design((choose("moons"),), (2,), networks=4, pairs=1)


def record(key="k0", **changes):
    bounds = [f"{kind}_{side}" for kind in ("level", "end", "chord") for side in ("lower", "upper")]
    values = ("level", "first_value", "second_value", "lower", "upper", "normalized_length")
    numbers = dict.fromkeys([*values, *bounds], 0.1 + 0.2)
    texts = {
        name: name
        for name in ("code", "problem", "fingerprint", "rule", "finder", "method", "environment")
    }
    counts = dict.fromkeys(("width", "first", "second", "beads", "evaluations"), 3)
    unknown = dict.fromkeys(("released", "depth", "trained", "unresolved", "path"))
    found = Record(key=key, block=0, **numbers, **texts, **counts, **unknown)
    return replace(found, **changes)


def measured(key="k0", **changes):
    return Measured(record(key, **changes), 0.5, None)


def test_rows_come_back_bit_for_bit_in_the_planned_order(tmp_path):
    with Records(tmp_path, create=True) as records:
        records.begin(DESIGN, "v", [("k1", 7), ("k0", 8), ("missing", 9)])
        records.add([measured("k0"), measured("k1", released=5e-324, path="paths/k1.npz")])
        records.add([measured("elsewhere")])
    with Records(tmp_path) as records:
        assert records.read() == [
            record("k1", released=5e-324, path="paths/k1.npz", block=7),
            record("k0", block=8),
        ]
        assert records.study() == (DESIGN, "v", 3)
        assert records.known() == {"k0", "k1", "elsewhere"}
        assert records.costs()["k0"] == 0.5


def test_a_row_once_written_stays(tmp_path):
    with Records(tmp_path, create=True) as records:
        records.begin(DESIGN, "v", [("k0", 0)])
        records.add([measured("k0", width=3)])
        records.add([measured("k0", width=4)])
        assert records.read()[0].width == 3


def test_a_failing_task_leaves_no_half(tmp_path):
    with Records(tmp_path, create=True) as records:
        bad = measured("bad", level=object())
        with pytest.raises(sqlite3.ProgrammingError):
            records.add([measured("good"), bad])
        assert records.known() == set()


def test_nodes_are_written_before_their_row(tmp_path):
    arrays = {"W": np.ones((2, 3, 4)), "theta": np.zeros((2, 3))}
    with Records(tmp_path, create=True) as records:
        records.add([Measured(record(path="paths/k0.npz"), 0.0, arrays)])
    with np.load(tmp_path / "paths" / "k0.npz", allow_pickle=False) as archive:
        assert (archive["W"] == arrays["W"]).all()
    assert [file.name for file in (tmp_path / "paths").iterdir()] == ["k0.npz"]


@pytest.mark.parametrize("content", [b"", b"not a database", b"SQLite format 3\0" + bytes(200)])
def test_foreign_file_is_refused_and_left(tmp_path, content):
    file = tmp_path / DATABASE
    file.write_bytes(content)
    with pytest.raises(ValueError, match="found a foreign or damaged file"):
        Records(tmp_path, create=True)
    assert file.read_bytes() == content


def test_another_programs_database_is_refused_and_left(tmp_path):
    file = tmp_path / DATABASE
    database = sqlite3.connect(file)
    database.execute("CREATE TABLE record (key)")
    database.commit()
    database.close()
    before = file.read_bytes()
    with pytest.raises(ValueError, match="foreign"):
        Records(tmp_path)
    assert file.read_bytes() == before


def test_damaged_database_is_refused_and_left(tmp_path):
    with Records(tmp_path, create=True) as records:
        records.begin(DESIGN, "v", [(f"k{i}", i) for i in range(300)])
        records.add([measured(f"k{i}") for i in range(300)])
    file = tmp_path / DATABASE
    damaged = bytearray(file.read_bytes())
    damaged[5000:9000] = b"\xa5" * 4000
    file.write_bytes(damaged)
    with pytest.raises(ValueError, match="damaged"):
        Records(tmp_path)
    assert file.read_bytes() == damaged
    assert os.listdir(tmp_path) == [DATABASE]


def test_missing_run_is_an_os_error(tmp_path):
    with pytest.raises(FileNotFoundError):
        Records(tmp_path)
    assert os.listdir(tmp_path) == []


def test_full_disk_is_reported_and_keeps_what_was_written(tmp_path):
    with Records(tmp_path, create=True) as records:
        records.begin(DESIGN, "v", [(f"k{i}", i) for i in range(2000)])
        records.add([measured("k0")])
        pages = records._database.execute("PRAGMA page_count").fetchone()[0]
        records._database.execute(f"PRAGMA max_page_count = {pages}")
        with pytest.raises(OSError, match="No space") as caught:
            records.add([measured(f"k{i}") for i in range(1, 2000)])
        assert caught.value.errno == errno.ENOSPC
        assert caught.value.filename == str(tmp_path / DATABASE)
    with Records(tmp_path) as records:
        assert records.known() == {"k0"}


def test_a_run_without_study_is_refused(tmp_path):
    with Records(tmp_path, create=True) as records, pytest.raises(ValueError, match="no study"):
        records.study()
