"""What the how-to pages tell a reader to type works, in an empty folder, in the order printed."""

import re
import shlex
import subprocess
import sys
from pathlib import Path as FilePath

import pytest

from proofs_checks.cli import main, parser

PAGES = FilePath(__file__).parents[2] / "docs" / "howto"
BLOCK = re.compile(r"^```(python|text)\n(.*?)^```", re.MULTILINE | re.DOTALL)
ALL_PAGES = sorted(page.name for page in PAGES.glob("*.md"))


def blocks(page):
    """Return the page's blocks in order: ("python", code) and ("relupath", arguments)."""
    found = []
    for language, text in BLOCK.findall((PAGES / page).read_text(encoding="utf-8")):
        if language == "python":
            found.append(("python", text))
        else:
            text = text.replace("\\\n", "")
            lines = re.findall(r"^(?:PYTHONPATH=\. )?relupath (.*)$", text, re.MULTILINE)
            found += [("relupath", shlex.split(line)) for line in lines]
    return found


@pytest.mark.parametrize("page", ALL_PAGES)
def test_every_command_parses(page):
    for kind, arguments in blocks(page):
        if kind == "relupath":
            parser().parse_args(arguments)


@pytest.fixture
def _empty_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONWARNINGS", "ignore")


def run_python(code):
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.usefixtures("_empty_folder")
def test_two_networks_are_trained_connected_and_certified(capsys):
    printed = ""
    for kind, content in blocks("connect-your-networks.md"):
        if kind == "python":
            printed += run_python(content)
        else:
            assert main(content) == 0
    said = capsys.readouterr().out
    assert re.search(r"^path +\S+ +0$", said, re.MULTILINE)
    assert re.search(r"^holds: ", said, re.MULTILINE)
    assert re.search(r"straight line rises 0\.0\d+, the path 0$", printed, re.MULTILINE)


@pytest.mark.usefixtures("_empty_folder")
def test_a_path_is_certified_by_two_programs(capsys):
    code = [content for kind, content in blocks("certify-a-path.md") if kind == "python"]
    printed = run_python("\n".join(code))
    for verdict in ("above", "below", "undecided", "True"):
        assert re.search(rf"{verdict}$", printed, re.MULTILINE)
    (command,) = [content for kind, content in blocks("certify-a-path.md") if kind == "relupath"]
    assert main(command) == 0
    assert capsys.readouterr().out.startswith("holds: ")


@pytest.mark.usefixtures("_empty_folder")
def test_the_planted_fault_is_refuted(capsys):
    content = blocks("check-your-implementation.md")
    (code,) = [text for kind, text in content if kind == "python"]
    FilePath("my_networks.py").write_text(code, encoding="utf-8")
    command = next(text for kind, text in content if kind == "relupath" and "--claim" in text)
    assert main(command) == 1
    assert re.search(r"^M1 +refuted", capsys.readouterr().out, re.MULTILINE)
