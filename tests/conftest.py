"""Hypothesis profiles: the same examples on every machine, or, for a developer, new ones.

``pytest --hypothesis-profile=dev`` draws at random and prints how to repeat a failure.
"""

from hypothesis import HealthCheck, settings

settings.register_profile(
    "ci",
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile("dev", deadline=None, print_blob=True)
settings.load_profile("ci")
