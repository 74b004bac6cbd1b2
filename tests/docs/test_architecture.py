"""The page of modules is the tree: each module once, above all that import it."""

import ast
import re
from pathlib import Path as FilePath

import pytest

import reference

ROOT = FilePath(__file__).parents[2]
PAGE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
LISTED = re.findall(r"^\| `(reference[\w.]*)` \|", PAGE, re.MULTILINE)
FILES = {
    ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): file
    for file in (ROOT / "reference").rglob("*.py")
}
del FILES["reference"]


def imported(file):
    """Return the modules of the package a file imports, at once or where it needs them."""
    names = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            names |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return names & set(FILES)


def test_every_module_is_listed_once():
    assert sorted(LISTED) == sorted(FILES)


@pytest.mark.parametrize("module", LISTED)
def test_modules_import_only_from_those_above(module):
    above = set(LISTED[: LISTED.index(module)])
    assert imported(FILES[module]) - {module} <= above


def test_the_suite_is_unknown_to_the_library():
    importing = {
        name
        for name, file in FILES.items()
        if re.search(r"^\s*(from|import) proofs_checks", file.read_text(encoding="utf-8"), re.M)
    }
    assert all(name.startswith("reference.cli.") for name in importing)


def test_every_public_name_is_on_the_page_of_the_api():
    page = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    named = re.findall(r"^ +~reference\.[\w.]*?(\w+)$", page, re.MULTILINE)
    assert len(set(named)) == len(named)
    assert set(reference.__all__) <= set(named)
