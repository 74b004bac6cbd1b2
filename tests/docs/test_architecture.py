"""The order of packages and modules is the tree: each module once, above all that import it."""

import ast
import importlib
import re
from pathlib import Path as FilePath

import pytest

import reference

ROOT = FilePath(__file__).parents[2]
PAGE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
FLOORS = dict(
    re.findall(r"^\| `((?:reference|proofs_checks)\.\w+)` \| (\d) \|", PAGE, re.MULTILINE)
)
PACKAGES = sorted(name for name in FLOORS if name.startswith("reference."))


def modules_of(package):
    """Return the modules and subpackages of a package, as found in its folder."""
    folder = ROOT / package.replace(".", "/")
    files = {file.stem for file in folder.glob("*.py")} - {"__init__"}
    return files | {item.name for item in folder.iterdir() if (item / "__init__.py").is_file()}


def listed(package):
    """Return the modules that the docstring of a package lists, in its order."""
    return re.findall(r"^- `(\w+)`:", importlib.import_module(package).__doc__, re.MULTILINE)


def imports(file):
    """Return the absolute names that a file imports, at once or where it needs them."""
    names = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
    return names


def files_of(name):
    """Return the files of a module or of a whole package."""
    place = ROOT / name.replace(".", "/")
    return sorted(place.rglob("*.py")) if place.is_dir() else [place.with_suffix(".py")]


@pytest.mark.parametrize("package", PACKAGES)
def test_a_package_lists_each_of_its_modules_once(package):
    assert sorted(listed(package)) == sorted(modules_of(package))


@pytest.mark.parametrize("package", PACKAGES)
def test_modules_import_only_from_those_above(package):
    order = listed(package)
    for place, module in enumerate(order):
        later = {f"{package}.{name}" for name in order[place + 1 :]}
        for file in files_of(f"{package}.{module}"):
            assert not imports(file) & later, file


@pytest.mark.parametrize("package", sorted(FLOORS))
def test_packages_import_only_from_lower_floors(package):
    not_below = {name for name in FLOORS if FLOORS[name] >= FLOORS[package]} - {package}
    not_below = {name for name in not_below if name.split(".")[0] == package.split(".")[0]}
    for file in files_of(package):
        found = {".".join(name.split(".")[:2]) for name in imports(file)}
        assert not found & not_below, file


def test_the_floors_name_every_package():
    folders = {
        f"{top}.{item.name}"
        for top in ("reference", "proofs_checks")
        for item in (ROOT / top).iterdir()
        if (item / "__init__.py").is_file()
    }
    assert folders == set(FLOORS)


def test_the_suite_is_unknown_to_the_library():
    for file in (ROOT / "reference").rglob("*.py"):
        assert not any(name.startswith("proofs_checks") for name in imports(file)), file


def test_every_public_name_is_on_the_page_of_the_api():
    page = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    named = re.findall(r"^ +~reference\.[\w.]*?(\w+)$", page, re.MULTILINE)
    assert len(set(named)) == len(named)
    assert set(reference.__all__) <= set(named)
