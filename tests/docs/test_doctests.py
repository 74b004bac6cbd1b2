"""Every example in a docstring of the library runs and prints what it says."""

import doctest
import importlib
import pkgutil

import pytest

import reference

MODULES = sorted(
    item.name
    for item in pkgutil.walk_packages(reference.__path__, "reference.")
    if not item.name.startswith("reference.cli")
)
FLAGS = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS


@pytest.mark.parametrize("name", MODULES)
def test_examples(name):
    module = importlib.import_module(name)
    assert doctest.testmod(module, optionflags=FLAGS).failed == 0
