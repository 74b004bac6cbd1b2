"""The README says what is so: its session, commands, links, and the version beside it."""

import configparser
import doctest
import re
import shlex
from pathlib import Path as FilePath

import pytest

from proofs_checks.cli import parser
from reference import __version__

ROOT = FilePath(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_session_prints_what_it_says():
    failed, tried = doctest.testfile(str(ROOT / "README.md"), module_relative=False)
    assert tried > 10
    assert failed == 0


@pytest.mark.parametrize("target", re.findall(r"`?make (\w+)", README))
def test_make_targets_exist(target):
    assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(), re.MULTILINE)


@pytest.mark.parametrize("line", re.findall(r"^    relupath (.*)$", README, re.MULTILINE))
def test_commands_parse(line):
    parser().parse_args(shlex.split(line, comments=True))


@pytest.mark.parametrize("target", re.findall(r"\]\(([^)#:]+)\)", README))
def test_links_lead_somewhere(target):
    assert (ROOT / target).exists()


def test_one_version_everywhere():
    assert f"\nversion: {__version__}\n" in (ROOT / "CITATION.cff").read_text()
    assert f"\n## {__version__}" in (ROOT / "CHANGELOG.md").read_text()


def test_every_requirement_is_pinned_once_without_a_place_to_fetch_it_from():
    config = configparser.ConfigParser()
    config.read(ROOT / "setup.cfg")
    extras = dict(config["options.extras_require"])
    del extras["bench"]
    wanted = "\n".join([config["options"]["install_requires"], *extras.values()])
    names = re.findall(r"^([\w-]+)", wanted, re.MULTILINE)
    pins = [line for line in (ROOT / "constraints.txt").read_text().splitlines() if line[0] != "#"]
    assert all(re.fullmatch(r"[a-z0-9-]+==[0-9][\w.]*", pin) for pin in pins)
    pinned = [pin.split("==")[0] for pin in pins]
    assert len(set(pinned)) == len(pinned)
    assert set(names) <= set(pinned)
