"""Hypothesis profiles: the same examples on every machine, or, for a developer, new ones.

``pytest --hypothesis-profile=dev`` draws at random and prints how to repeat a failure;
``--hypothesis-profile=mutants`` does not shrink one, for which mutation testing has no use.
"""

import signal

import pytest
from hypothesis import HealthCheck, Phase, settings

settings.register_profile(
    "ci",
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile("dev", deadline=None, print_blob=True)
settings.register_profile(
    "mutants", settings.get_profile("ci"), phases=(Phase.explicit, Phase.generate)
)
settings.load_profile("ci")


@pytest.fixture(autouse=True, scope="session")
def _interruptible():
    """Give tests of Ctrl-C its usual meaning: a shell's background job starts with it ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)
