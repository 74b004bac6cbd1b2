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
    group.addoption(
        "--relupath-implementation", help="module to check (default: the variable, reference)"
    )
    group.addoption("--relupath-claim-examples", type=int, help="cases to try for each claim")
    group.addoption(
        "--relupath-claim-seed", type=int, default=0, help="seed of the search (default 0)"
    )
    group.addoption("--relupath-known-failures", help="file of lines 'claim: reason'")


def pytest_configure(config: pytest.Config) -> None:
    """Stop before collecting where an option makes no sense, with one sentence."""
    if not asks_for_claims(config):
        return
    from proofs_checks.framework.target import load
    from proofs_checks.ledger.known_failures import read_known_failures
    from proofs_checks.ledger.run import keep_no_folder

    keep_no_folder()
    known = config.getoption("--relupath-known-failures")
    examples = config.getoption("--relupath-claim-examples")
    try:
        load(config.getoption("--relupath-implementation"))
        if known:
            read_known_failures(known)
        if examples is not None and examples < 1:
            raise ValueError(f"--relupath-claim-examples: found {examples}, allowed is at least 1")
    except (OSError, ValueError) as error:
        raise pytest.UsageError(str(error)) from None


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail a session in which every claim was skipped: nothing was shown."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if reporter is None or not asks_for_claims(session.config):
        return
    tried = {word for word, reports in reporter.stats.items() if reports and word != "deselected"}
    if tried - {""} == {"skipped"}:
        reporter.write_line("relupath: every claim was skipped, so nothing was checked")
        session.exitstatus = pytest.ExitCode.NO_TESTS_COLLECTED


def pytest_report_header(config: pytest.Config) -> list[str]:
    """Show the implementation, and every variable that looks like ours, mistyped or not."""
    if not asks_for_claims(config):
        return []
    from proofs_checks.framework.target import load

    alike = {name: value for name, value in os.environ.items() if "RELUPATH" in name.upper()}
    return [
        f"implementation: {load(config.getoption('--relupath-implementation')).name}",
        *(f"environment: {name}={value}" for name, value in sorted(alike.items())),
    ]


def asks_for_claims(config: pytest.Config) -> bool:
    """Whether the claims are among what this session was asked to run."""
    return any("proofs_checks" in str(argument) for argument in config.args)
