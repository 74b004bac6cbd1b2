"""Fixtures of the claims as tests; the options are those of `proofs_checks.plugin`."""

from __future__ import annotations

import pytest

from proofs_checks.framework.target import Target, load
from proofs_checks.ledger.known_failures import read_known_failures


@pytest.fixture(scope="session")
def implementation(request: pytest.FixtureRequest) -> Target:
    """Load the implementation under test."""
    return load(request.config.getoption("--relupath-implementation"))


@pytest.fixture(scope="session")
def known_failures(request: pytest.FixtureRequest) -> dict[str, str]:
    """Read the list of known failures."""
    file = request.config.getoption("--relupath-known-failures")
    return read_known_failures(file) if file else {}
