"""What the suite reads off an implementation is what docs/conformance.md asks for, and no more."""

from __future__ import annotations

import re
import sys
from collections import defaultdict
from pathlib import Path
from types import SimpleNamespace

import pytest

import reference
from proofs_checks.claims.registry import all_claims, find_claims
from proofs_checks.framework.contract import ATTRIBUTES, CONTRACT, PUBLIC_NAMES
from proofs_checks.framework.search import check
from proofs_checks.framework.target import Target
from proofs_checks.framework.verdict import Verdict

PAGE = (Path(__file__).parents[2] / "docs" / "conformance.md").read_text(encoding="utf-8")
BRIEFLY = {"shrink": False, "control_examples": 8}


def bare(**changed):
    """Return the reference with the names of the contract only, some of them replaced."""
    names = {name: getattr(reference, name) for name in PUBLIC_NAMES}
    return SimpleNamespace(**{**names, **changed})


def library_classes():
    """Return every class of the library whose instances a claim can get hold of."""
    modules = [module for name, module in sys.modules.items() if name.startswith("reference.")]
    found = {kind for module in modules for kind in vars(module).values() if isinstance(kind, type)}
    return [
        kind
        for kind in found
        if kind.__module__.startswith("reference.") and "__getattribute__" not in vars(kind)
        if not issubclass(kind, (BaseException, str, int))
    ]


@pytest.fixture(scope="module")
def reads():
    """Run every claim and record the attributes that the suite reads off the library's objects."""
    seen = defaultdict(set)

    def record(self, name):
        if sys._getframe(1).f_globals.get("__name__", "").startswith("proofs_checks"):
            seen[name].add(type(self).__name__)
        return object.__getattribute__(self, name)

    with pytest.MonkeyPatch.context() as patch:
        for kind in library_classes():
            patch.setattr(kind, "__getattribute__", record, raising=False)
        for claim in all_claims():
            check(claim, Target(bare(), "recorded"), examples=8, **BRIEFLY)
    return {name: kinds for name, kinds in seen.items() if not name.startswith("__")}


def test_no_attribute_is_read_that_the_contract_does_not_name(reads):
    assert {name: kinds for name, kinds in reads.items() if name not in ATTRIBUTES} == {}


def test_every_attribute_of_the_contract_is_read(reads):
    assert set(reads) >= ATTRIBUTES


def test_the_page_names_the_whole_contract():
    for name, attributes in CONTRACT.items():
        for asked in (name, *attributes):
            assert re.search(rf"`\.?{asked}\b", PAGE), asked


START = {"Network", "Problem", "Logistic", "UnitBall", "Path"}


def test_a_start_set_of_five_names_has_ten_claims_tried():
    names = {name: getattr(reference, name) for name in START}
    target = Target(SimpleNamespace(**names), "start")
    results = [check(claim, target, examples=20, **BRIEFLY) for claim in all_claims()]
    tried = [result for result in results if result.verdict != Verdict.SKIPPED]
    assert len(tried) >= 10
    assert all(result.verdict != Verdict.REFUTED for result in tried)


def test_a_claim_is_tried_with_the_losses_that_are_there():
    names = {name: getattr(reference, name) for name in PUBLIC_NAMES if name != "Absolute"}
    target = Target(SimpleNamespace(**names), "no absolute loss")
    for claim in find_claims(["M1", "M2", "M3", "M7", "P1", "P3", "K1", "C1"]):
        result = check(claim, target, examples=20, shrink=False, control_examples=300)
        assert result.verdict in (Verdict.HOLDS, Verdict.UNDECIDED), result.worst_case
        assert result.examples == 20


def test_everything_missing_is_named_at_once():
    target = Target(SimpleNamespace(Network=reference.Network), "nearly nothing")
    (claim,) = find_claims(["P7"])
    said = check(claim, target, examples=20, **BRIEFLY).worst_case
    for name in ("move_idle", "relabel", "Path", "connect"):
        assert name in said


@pytest.mark.parametrize(
    ("claim", "kind", "attribute"),
    [("M7", "Problem", "lower"), ("M2", "Absolute", "one_sided"), ("D1", "Absolute", "conjugate")],
)
def test_a_missing_attribute_is_missing_and_no_counterexample(claim, kind, attribute):
    class Lacking(getattr(reference, kind)):
        def __getattribute__(self, name):
            if name == attribute:
                raise AttributeError(f"no {name}", name=name, obj=self)
            return super().__getattribute__(name)

    everything = {name: getattr(reference, name) for name in PUBLIC_NAMES}
    losses = dict.fromkeys(("Huber", "Pinball", "Hinge", "HalfSquared", "Squared", "Logistic"))
    kept = {name: value for name, value in everything.items() if name not in losses}
    target = Target(SimpleNamespace(**{**kept, kind: Lacking}), "lacking")
    result = check(*find_claims([claim]), target, examples=20, **BRIEFLY)
    assert result.verdict == Verdict.SKIPPED
    assert f"Lacking.{attribute}" in result.worst_case


def test_an_answer_of_none_is_wrong_and_not_missing():
    target = Target(bare(theorem_path=lambda *_, **__: None), "none")
    result = check(*find_claims(["P5"]), target, examples=20, **BRIEFLY)
    assert result.verdict == Verdict.REFUTED
