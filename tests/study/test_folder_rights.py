"""A folder or database that may not be written is one clear line, and nothing is lost."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path as FilePath

import pytest

import reference.report.write  # noqa: F401  (imported before rights are given up)
from proofs_checks.cli import main
from reference.study.database import DATABASE, Records
from reference.study.design import Design, choose

NOBODY = 65534
DESIGN = Design((choose("moons"),), (2,), networks=4, pairs=1)


@pytest.fixture
def folder():
    """Return a run's folder that anybody can look into; pytest's own are private."""
    found = FilePath(tempfile.mkdtemp(prefix="relupath-"))
    with Records(found, create=True) as records:
        records.begin(DESIGN, "v", [("k0", 0)])
    yield found
    found.chmod(0o755)
    shutil.rmtree(found)


@pytest.fixture
def read_only(folder):
    """Take the right to write; the superuser becomes nobody for the test."""
    (folder / DATABASE).chmod(0o444)
    folder.chmod(0o555)
    superuser = os.geteuid() == 0
    if superuser:
        os.seteuid(NOBODY)
    yield folder
    if superuser:
        os.seteuid(0)


def test_command_refuses_a_read_only_folder(read_only, capsys):
    assert main(["gap", "moons", "--out", str(read_only)]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith(f"relupath: error: {read_only}")
    assert "Permission denied" in printed.err
    assert printed.err.count("\n") == 1


def test_read_only_records_can_be_read_but_not_begun_again(read_only):
    with Records(read_only) as records:
        assert records.study() == (DESIGN, "v", 1)
        with pytest.raises(OSError, match="Read-only"):
            records.begin(DESIGN, "w", [])
        assert records.study() == (DESIGN, "v", 1)


def test_report_of_a_read_only_run_is_refused(read_only, capsys):
    assert main(["report", str(read_only)]) == 2
    assert "Permission denied" in capsys.readouterr().err
