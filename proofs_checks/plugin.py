"""The pytest plugin: options of ``pytest --pyargs proofs_checks`` and what its header shows.

It is an entry point rather than a ``conftest.py``, because pytest reads options before it knows
where a package named by ``--pyargs`` lies. Nothing else is imported until the claims are run.
"""

from __future__ import annotations

import os

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options."""
    group = parser.getgroup("relupath claims")
    group.addoption("--implementation", help="module to check (default: the variable, reference)")
    group.addoption("--claim-examples", type=int, help="cases to try for each claim")
    group.addoption("--claim-seed", type=int, default=0, help="seed of the search (default 0)")
    group.addoption("--known-failures", help="file of lines 'claim: reason'")


def pytest_configure(config: pytest.Config) -> None:
    """Stop before collecting where the implementation cannot be imported."""
    if asks_for_claims(config):
        from proofs_checks.framework.target import load

        try:
            load(config.getoption("--implementation"))
        except ValueError as error:
            raise pytest.UsageError(str(error)) from None


def pytest_report_header(config: pytest.Config) -> list[str]:
    """Show the implementation, and every variable that looks like ours, mistyped or not."""
    if not asks_for_claims(config):
        return []
    from proofs_checks.framework.target import load

    alike = {name: value for name, value in os.environ.items() if "RELUPATH" in name.upper()}
    return [
        f"implementation: {load(config.getoption('--implementation')).name}",
        *(f"environment: {name}={value}" for name, value in sorted(alike.items())),
    ]


def asks_for_claims(config: pytest.Config) -> bool:
    """Whether the claims are among what this session was asked to run."""
    return any("proofs_checks" in str(argument) for argument in config.args)
