"""No claim passes on an implementation whose functions return constants."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

import reference
from proofs_checks.claims.registry import all_claims
from proofs_checks.framework.contract import PUBLIC_NAMES
from proofs_checks.framework.search import check
from proofs_checks.framework.target import Target


class ConstantProblem(reference.Problem):
    def value(self, network):
        return 0 * self.kappa

    def gradient(self, network):
        return 0 * network.W, 0 * network.theta


class ConstantNetwork(reference.Network):
    def features(self, X):
        return 0 * (X @ self.W.T)

    def predict(self, X):
        return 0 * X[:, 0]


class Constant:
    """Answers everything with itself: called, compared, indexed, added."""

    lower = 0

    def __init__(self, *arguments, **options):
        pass

    def __call__(self, *arguments, **options):
        return 0.0

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return Constant()


def constant_functions() -> Target:
    """An implementation whose functions, forward pass and objective all return 0."""
    names = {name: getattr(reference, name) for name in PUBLIC_NAMES}
    functions = {name: Constant() for name, kind in names.items() if not isinstance(kind, type)}
    classes = {"Network": ConstantNetwork, "Problem": ConstantProblem}
    return Target(SimpleNamespace(**{**names, **functions, **classes}), "constants")


@pytest.mark.parametrize("claim", all_claims(), ids=lambda claim: claim.id)
def test_no_claim_passes_on_constants(claim):
    """Neither where nothing is real, nor where shapes are right and every number is 0."""
    nothing = Target(SimpleNamespace(**dict.fromkeys(PUBLIC_NAMES, Constant)), "constants")
    briefly = {"examples": 40, "shrink": False, "control_examples": 40}
    assert not check(claim, nothing, **briefly).passed
    if claim.id != "M2":  # the losses are right here
        assert not check(claim, constant_functions(), **briefly).passed
