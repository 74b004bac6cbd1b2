"""The machinery of the claims: outcomes, search, target, ledger, page, known failures, pytest."""

from __future__ import annotations

import json
import math
import os
import re
import subprocess
import sys
from fractions import Fraction
from html import escape
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

import reference
from proofs_checks.claims.registry import all_claims, find_claims
from proofs_checks.cli import main
from proofs_checks.framework import rounding
from proofs_checks.framework.cases import OneNetwork, ProblemCase, Weights, array
from proofs_checks.framework.claim import (
    CHAPTERS,
    Claim,
    Control,
)
from proofs_checks.framework.contract import PUBLIC_NAMES
from proofs_checks.framework.exact import (
    fractions,
    norm_above,
    precise_logistic,
    root_above,
    sphere_point,
    toward_zero,
)
from proofs_checks.framework.measurement import (
    Measurement,
    at_least,
    at_most,
    check_true,
    equal,
    worst,
)
from proofs_checks.framework.search import check
from proofs_checks.framework.target import MissingName, Target, load
from proofs_checks.ledger.catalogue import catalogue
from proofs_checks.ledger.known_failures import read_known_failures, stale_entries
from proofs_checks.ledger.page import VERDICTS, page
from proofs_checks.ledger.run import Ledger, run, write
from proofs_checks.strategies.general import rationals, whole

NAN = float("nan")
DOCS = Path(__file__).parents[2] / "docs"


# Measurements ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("measurement", "verdict"),
    [
        (at_most(1, 2), "holds"),
        (at_most(2, 2), "holds"),
        (at_most(2.5, 2, 0.25), "refuted"),
        (at_most(2.25, 2, 0.5), "undecided"),
        (at_least(2, 1), "holds"),
        (at_least(1, 2), "refuted"),
        (at_least(1.9, 2, 0.2), "undecided"),
        (equal(1, 1), "holds"),
        (equal(1, 1.1, 0.2), "holds"),
        (equal(1, 1.3, 0.2), "refuted"),
        (equal(Fraction(1, 3), Fraction(1, 3) + Fraction(1, 10**40)), "refuted"),
        (at_most(NAN, 1, 1), "refuted"),
        (at_most(1, NAN, 1), "refuted"),
        (equal(NAN, NAN, 1), "refuted"),
        (at_most(math.inf, math.inf), "refuted"),
        (check_true(True, ""), "holds"),
        (check_true(False, ""), "refuted"),
    ],
)
def test_three_outcomes(measurement, verdict):
    assert measurement.verdict == verdict


def test_an_exact_violation_is_never_undecided():
    """Whatever its size: with no allowance there is no third outcome."""
    assert at_most(Fraction(1, 10**300), 0).verdict == "refuted"


@pytest.mark.parametrize(
    ("measurement", "ratio"),
    [
        (at_most(1, 2), 0.5),
        (at_most(3, 2), 1.5),
        (at_least(2, 1), 0.5),
        (at_least(1, 2), 2.0),
        (at_most(0, 0), None),
        (at_most(1, 0), math.inf),
        (equal(1, 1), None),
        (at_most(Fraction(10) ** 400, 1), None),
    ],
)
def test_ratio_is_above_one_where_violated(measurement, ratio):
    assert measurement.ratio == ratio


def test_slack_is_the_room_left():
    assert at_most(1, 3).slack == 2
    assert at_least(1, 3).slack == -2
    assert equal(1, 3).slack == -2


def test_worst_prefers_verdict_then_ratio_then_order():
    near, far = at_most(9, 10, label="near"), at_most(1, 10, label="far")
    undecided, refuted = at_most(1.1, 1, 0.2), at_most(2, 1)
    assert worst(far, near) is near
    assert worst(near, undecided) is undecided
    assert worst(undecided, refuted, near) is refuted
    first = equal(1, 1, label="first")
    assert worst(first, equal(2, 2)) is first


def test_direction_is_checked():
    with pytest.raises(ValueError, match="direction: found 'below'"):
        Measurement(1, 2, "below")


# Rounding and exact helpers -------------------------------------------------------------------


@pytest.mark.parametrize("loss", ["Absolute", "Huber", "Hinge", "HalfSquared", "Squared"])
def test_rounding_bound_covers_the_error_and_is_not_loose(loss):
    """Against exact arithmetic at the stored numbers: covered, within a factor of 1e4."""
    generator = np.random.default_rng(3)
    errors, bounds = [], []
    for _ in range(40):
        X, W = generator.normal(size=(5, 3)), generator.normal(size=(4, 3)) / 4
        y, theta = np.sign(generator.normal(size=5)), generator.normal(size=4)
        problem = reference.Problem(X, y, getattr(reference, loss)(), 0.3)
        network = reference.Network(W, theta)
        error = abs(Fraction(problem.value(network)) - problem.exact().value(network.exact()))
        slope = None if "Squared" in loss else 1.0
        bound = rounding.of_objective(X, y, W, theta, 0.3, slope)
        assert error <= bound
        errors.append(float(error))
        bounds.append(bound)
    assert max(errors) > 0
    assert max(bounds) < 1e4 * max(errors)


def test_root_above_is_above_and_close():
    for square in (Fraction(2), Fraction(1, 3), Fraction(4), Fraction(10**40 + 1)):
        root = root_above(square)
        assert root * root >= square
        assert (root - Fraction(1, 2**79)) ** 2 < square
    assert root_above(Fraction(4)) == 2
    assert root_above(0) == 0
    assert norm_above([Fraction(3), Fraction(4)]) == 5


def test_sphere_points_have_norm_one():
    for parameters in ([], [Fraction(1, 3)], [Fraction(-2), Fraction(5, 7)]):
        point = sphere_point(parameters)
        assert len(point) == len(parameters) + 1
        assert sum(x * x for x in point) == 1


def test_toward_zero_never_grows():
    for number in (Fraction(1, 3), Fraction(-1, 3), Fraction(1, 2), Fraction(2, 3), Fraction(0)):
        rounded = Fraction(toward_zero(number))
        assert abs(rounded) <= abs(number)
        assert abs(rounded - number) <= abs(number) * Fraction(1, 2**52)


def test_rows_of_the_sphere_stay_in_the_ball_when_rounded():
    row = sphere_point([Fraction(1, 3), Fraction(2, 7)])
    stored = fractions(array((row,), float, inward=True))
    assert (stored * stored).sum() <= 1


def test_precise_logistic_agrees_with_more_digits():
    mpmath = pytest.importorskip("mpmath")
    loss = precise_logistic(load("reference"))
    with mpmath.workdps(80):
        for y, f in ((0, Fraction(1, 3)), (1, Fraction(-40)), (1, Fraction(300)), (0, Fraction(0))):
            labels = array((y,), Fraction), array((f,), Fraction)
            x = mpmath.mpf(f.numerator) / f.denominator
            value = mpmath.log1p(mpmath.exp(x)) - y * x
            slope = 1 / (1 + mpmath.exp(-x)) - y
            for found, true in ((loss.value, value), (loss.derivative, slope)):
                number = found(*labels)[0]
                assert isinstance(number, Fraction)
                assert abs(mpmath.mpf(number.numerator) / number.denominator - true) < 1e-50


# Search -----------------------------------------------------------------------------------------


def claim_on_numbers(measure, **changes):
    """Return a claim about whole numbers up to 100, with a control that fails above 50."""
    control = Control("smallness", whole(0, 100), lambda target, k: at_most(k, 50))
    fields = {
        "id": "M0",
        "title": "A claim about numbers",
        "source": "nowhere",
        "direction": "upper",
        "cases": whole(0, 100),
        "measure": measure,
        "controls": (control,),
        "module": "proofs_checks.claims.model.output_mass",
        "exact": False,
        "examples": 200,
    }
    return Claim(**{**fields, **changes})


TARGET = load("reference")


def test_a_claim_that_holds_reports_its_worst_ratio():
    result = check(claim_on_numbers(lambda target, k: at_most(k, 100)), TARGET)
    assert (result.verdict, result.worst_ratio) == ("holds", 1.0)
    assert result.worst_case == "100 at most 100 at 100"
    assert result.controls[0].refuted
    assert result.controls[0].case == "51 at most 50 at 51"
    assert result.passed


def test_a_refutation_is_shrunk():
    result = check(claim_on_numbers(lambda target, k: at_most(k, 30)), TARGET)
    assert result.verdict == "refuted"
    assert result.worst_case == "31 at most 30 at 31"
    assert not result.passed


def test_an_error_refutes_a_claim_but_not_a_control():
    def fails(target, k):
        raise ZeroDivisionError("no")

    result = check(claim_on_numbers(fails), TARGET)
    assert result.verdict == "refuted"
    assert "raised ZeroDivisionError: no" in result.worst_case
    blind = Control("nothing", whole(0, 9), fails)
    result = check(claim_on_numbers(lambda target, k: at_most(k, 100), controls=(blind,)), TARGET)
    assert result.verdict == "undecided"
    assert result.worst_case == "control not refuted: nothing"
    assert not result.passed


def test_warnings_of_an_implementation_do_not_refute():
    def warns(target, k):
        return at_most(float(np.float64(k) / np.float64(0) * 0 == 1), 1)

    assert check(claim_on_numbers(warns), TARGET).verdict == "holds"


def test_what_rounding_leaves_open_is_undecided_unless_exact_arithmetic_settles_it():
    def close(target, k):
        return at_most(0.5 if target.precise else 2, 1, 3)

    undecided = check(claim_on_numbers(close), TARGET)
    assert undecided.verdict == "undecided"
    assert not undecided.passed  # nor is it refuted: the exit code is 3, not 1
    assert check(claim_on_numbers(close, direction="tight"), TARGET).verdict == "holds"
    assert check(claim_on_numbers(close, exact=True), TARGET).verdict == "holds"

    def really(target, k):
        return at_most(Fraction(2) if target.precise else 2, 1, 0 if target.precise else 3)

    assert check(claim_on_numbers(really, exact=True), TARGET).verdict == "refuted"


def test_a_missing_name_skips_the_claim():
    def needs(target, k):
        return at_most(target.certify(k), 1)

    bare = Target(SimpleNamespace(), "bare")
    result = check(claim_on_numbers(needs), bare)
    assert (result.verdict, result.worst_case) == ("skipped", "bare has no certify")
    assert not result.passed


def test_the_same_seed_gives_the_same_result_and_another_seed_other_cases():
    seen = {0: [], 1: []}
    for seed in (0, 0, 1):
        cases = []

        def record(target, k, cases=cases):
            cases.append(k)
            return at_most(k, 1000)

        claim = claim_on_numbers(record, cases=rationals(100), examples=30)
        check(claim, TARGET, seed=seed)
        seen[seed].append(cases)
    assert seen[0][0] == seen[0][1]
    assert seen[0][0] != seen[1][0]


def test_examples_are_counted():
    claim = claim_on_numbers(lambda target, k: at_most(k, 10**7), cases=rationals(10**6))
    assert check(claim, TARGET, examples=37).examples == 37


# The claims -------------------------------------------------------------------------------------


def test_ids_are_unique_and_ordered_by_chapter_and_number():
    ids = [claim.id for claim in all_claims()]
    assert len(ids) == len(set(ids))
    assert {claim.chapter for claim in all_claims()} <= set(CHAPTERS)
    assert ids.index("K0") + 1 == ids.index("K0'")
    assert ids.index("C9") + 1 == ids.index("C10")


@pytest.mark.parametrize("claim", all_claims(), ids=lambda claim: claim.id)
def test_every_claim_states_itself_and_can_fail(claim):
    first = " ".join(claim.statement.split("\n\n")[0].split())
    assert first.startswith(f"{claim.id}. {claim.title}")
    for part in ("**Direction:**", "**Source:**", "**Control"):
        assert part in claim.statement
    assert claim.controls
    assert claim.direction in ("upper", "lower", "tight", "exact")


EXACT = ("P1", "P2", "P5", "P6", "K1", "K4", "K5", "K6", "K7", "K8", "C1", "C2", "C6", "C7")


def test_the_claims_of_the_list_run_in_exact_arithmetic():
    for claim in find_claims(EXACT):
        assert claim.exact, claim.id


def test_an_unknown_claim_is_named():
    with pytest.raises(ValueError, match="claim: found 'Z9', allowed are M1, M2"):
        find_claims(["Z9"])


def test_the_table_of_claims_is_current():
    assert (DOCS / "claims.md").read_text(encoding="utf-8") == catalogue(), (
        "run: python -m proofs_checks.ledger.catalogue docs/claims.md"
    )


def test_the_table_has_one_line_for_each_claim():
    lines = [line for line in catalogue().splitlines() if re.match(r"\| [A-Z]\d", line)]
    assert len(lines) == len(all_claims())
    for file in re.findall(r"\]\(\.\./(.*?)\)", catalogue()):
        assert (DOCS.parent / file).is_file()


# Target -----------------------------------------------------------------------------------------


def test_the_reference_provides_every_public_name():
    assert set(PUBLIC_NAMES) <= set(reference.__all__)


def test_every_public_name_is_documented():
    text = (DOCS / "conformance.md").read_text(encoding="utf-8")
    missing = [name for name in PUBLIC_NAMES if f"`{name}" not in text]
    assert not missing


def test_a_stub_raises_only_when_touched():
    target = Target(SimpleNamespace(Network=1), "half")
    assert target.Network == 1
    stub = target.certify
    with pytest.raises(MissingName, match="has no certify"):
        stub(1)
    with pytest.raises(MissingName, match="has no certify"):
        _ = stub.upper
    with pytest.raises(AttributeError, match="not a public name"):
        _ = target.cretify


def test_exact_arithmetic_is_found_out():
    assert load("reference").supports_exact()
    rounded = SimpleNamespace(
        Network=reference.Network,
        Absolute=reference.Absolute,
        Problem=lambda X, y, loss, kappa: reference.Problem(
            X.astype(float), y.astype(float), loss, float(kappa)
        ),
    )
    assert not Target(rounded, "floats only").supports_exact()


def test_the_implementation_comes_from_argument_variable_or_default(monkeypatch):
    monkeypatch.delenv("RELUPATH_IMPLEMENTATION", raising=False)
    assert load().name == "reference"
    monkeypatch.setenv("RELUPATH_IMPLEMENTATION", "reference.model.network")
    assert load().name == "reference.model.network"
    assert load("reference").name == "reference"
    with pytest.raises(ValueError, match="implementation: found 'no_such_module'"):
        load("no_such_module")


def test_cases_print_as_python_and_build_in_both_arithmetics():
    case = OneNetwork(
        ProblemCase(((Fraction(1, 3),),), (1,), "Huber", Fraction(1, 4), Fraction(1, 2)),
        Weights(((Fraction(2, 3),),), (Fraction(1, 7),)),
    )
    again = eval(repr(case), {"Fraction": Fraction, **globals()})
    assert again == case
    problem, network = case.build(TARGET.in_exact_arithmetic())
    assert isinstance(problem.value(network), Fraction)
    problem, network = case.build(TARGET)
    assert isinstance(problem.value(network), float)
    assert case.problem.rounding(TARGET.in_exact_arithmetic(), network) == 0


# Ledger -----------------------------------------------------------------------------------------

KEYS = {
    "id", "title", "source", "verdict", "direction", "examples", "worst_ratio", "worst_case",
    "exact", "controls", "seconds",
}  # fmt: skip


@pytest.fixture(scope="module")
def ledger() -> Ledger:
    return run("reference", ["M7", "M3", "M2"], examples=15, seed=2)


def without_times(ledger: Ledger) -> list[dict]:
    return [{**claim, "seconds": 0} for claim in ledger.record()["claims"]]


def test_the_ledger_has_its_form(ledger, tmp_path):
    record, readable = write(ledger, tmp_path / "out")
    content = json.loads(record.read_text(encoding="utf-8"))
    assert set(content) == {"target", "seed", "claims", "complete"}
    assert (content["target"], content["seed"]) == ("reference", 2)
    assert [claim["id"] for claim in content["claims"]] == ["M2", "M3", "M7"]
    for claim in content["claims"]:
        assert set(claim) == KEYS
        assert set(claim["controls"][0]) == {"dropped", "refuted", "case"}
        assert claim["verdict"] == "holds"
        assert claim["exact"] is True
    assert readable.name == "index.html"


def test_the_same_seed_gives_the_same_ledger_whatever_the_jobs(ledger):
    seen = []
    parallel = run(
        "reference",
        ["M2", "M3", "M7"],
        examples=15,
        seed=2,
        jobs=2,
        progress=lambda result, done, total: seen.append((result.id, done, total)),
    )
    assert without_times(parallel) == without_times(ledger)
    assert [(done, total) for _, done, total in seen] == [(1, 3), (2, 3), (3, 3)]
    assert {name for name, _, _ in seen} == {"M2", "M3", "M7"}


@pytest.mark.parametrize(("option", "value"), [("examples", 0), ("jobs", 0), ("jobs", -2)])
def test_ledger_options_are_checked(option, value):
    with pytest.raises(ValueError, match=f"{option}: found {value}, allowed"):
        run("reference", ["M7"], **{option: value})


def test_an_infinite_ratio_is_valid_json(ledger):
    result = check(claim_on_numbers(lambda target, k: at_most(k + 1, 0, 200)), TARGET)
    assert result.worst_ratio == math.inf
    record = Ledger("x", 0, (result,)).record()
    assert json.loads(json.dumps(record, allow_nan=False))["claims"][0]["worst_ratio"] == "inf"


def test_the_page_is_self_contained_and_says_everything(ledger):
    text = page(ledger.record())
    assert not re.search(r"(src|href)\s*=|@import|url\(", text)
    for claim in ledger.claims:
        assert f'id="{claim.id}"' in text
        for control in claim.controls:
            assert escape(control.dropped) in text
    assert "3 holds" in text


def test_the_page_escapes_what_it_is_given(ledger):
    record = ledger.record()
    record["target"] = "<script>"
    record["claims"][0]["worst_case"] = "<b>"
    assert "<script>" not in page(record)
    assert "<b>" not in page(record)


def test_every_verdict_has_a_sign_of_its_own_beside_its_colour():
    said = {verdict: sign for verdict, (sign, _, _) in VERDICTS.items()}
    assert said["holds"] == said["refuted as printed"]  # both mean: as the theory says
    rest = [sign for verdict, sign in said.items() if verdict != "refuted as printed"]
    assert len(set(rest)) == len(rest)
    for verdict in ("holds", "refuted", "undecided", "skipped", "reported", "refuted as printed"):
        record = {"target": "x", "seed": 0, "claims": [{**CLAIM_RECORD, "verdict": verdict}]}
        assert verdict in page(record)


CLAIM_RECORD = {
    "id": "M1", "title": "t", "source": "s", "verdict": "holds", "direction": "exact",
    "examples": 1, "worst_ratio": None, "worst_case": "", "exact": False,
    "controls": [{"dropped": "h", "refuted": False, "case": ""}], "seconds": 0.1,
}  # fmt: skip


# Known failures and pytest ----------------------------------------------------------------------


def test_known_failures_are_read_and_stale_ones_found(tmp_path, ledger):
    file = tmp_path / "known.txt"
    file.write_text("# not yet\nM7: kappa is not divided by\n\nP3: later  # week 4\n")
    known = read_known_failures(file)
    assert known == {"M7": "kappa is not divided by", "P3": "later"}
    assert stale_entries(known, ledger.claims) == ["M7"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Z1: what", "line 1: found claim 'Z1'"),
        ("M7\n", "line 1: found no reason for M7"),
        ("M7: a\nM7: b", "line 2: found M7 twice"),
    ],
)
def test_bad_known_failures_are_refused(tmp_path, text, said):
    file = tmp_path / "known.txt"
    file.write_text(text)
    with pytest.raises(ValueError, match=said):
        read_known_failures(file)


HALF = """
from reference import *
from reference import Problem as _Problem
del certify
class Problem(_Problem):
    def value(self, network):
        return self.risk(network)
"""


def test_the_suite_runs_under_pytest_on_a_partial_wrong_module(tmp_path):
    """M7 fails, S1 is skipped for want of a name, M2 passes; the header names the module."""
    (tmp_path / "half_done.py").write_text(HALF)
    (tmp_path / "known.txt").write_text("M2: not stale yet\n")
    command = [
        sys.executable, "-m", "pytest", "--pyargs", "proofs_checks",
        "--relupath-implementation", "half_done", "--relupath-claim-examples", "10",
        "-p", "no:cacheprovider", "-rfs", "-k", "M7 or S1 or M2",
    ]  # fmt: skip
    folders = os.pathsep.join([str(tmp_path), str(DOCS.parent)])
    environment = {"PYTHONPATH": folders, "RELUPATH_IMPLEMENTATOIN": "typo"}
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, env=environment)
    assert "implementation: half_done" in done.stdout
    assert "environment: RELUPATH_IMPLEMENTATOIN=typo" in done.stdout
    assert "1 failed, 1 passed, 1 skipped" in done.stdout
    assert "M7 refuted" in done.stdout
    assert "half_done has no certify" in done.stdout
    command += ["--relupath-known-failures", "known.txt"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, env=environment)
    assert "stale known failure: M2 passes" in done.stdout
    command[command.index("half_done")] = "no_such_module"
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, env=environment)
    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    assert "implementation: found 'no_such_module'" in done.stderr


@pytest.mark.parametrize(
    ("option", "value", "said"),
    [
        ("implementation", "./half_done", "give the module name without .py and folder, here"),
        ("implementation", "broken", "importing it stops with RuntimeError: CUDA is missing"),
        ("known-failures", "nowhere.txt", "nowhere.txt"),
        ("claim-examples", "0", "found 0, allowed is at least 1"),
    ],
)
def test_a_bad_option_of_the_plugin_is_one_usage_error(tmp_path, option, value, said):
    (tmp_path / "broken.py").write_text("raise RuntimeError('CUDA is missing')")
    command = [sys.executable, "-m", "pytest", "--pyargs", "proofs_checks"]
    command += [f"--relupath-{option}", value, "-p", "no:cacheprovider"]
    environment = {"PYTHONPATH": os.pathsep.join([str(tmp_path), str(DOCS.parent)])}
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, env=environment)
    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    assert said in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


NOTHING = "from reference import Hinge\n"


def test_a_run_in_which_everything_is_skipped_is_no_success(tmp_path, monkeypatch, capsys):
    (tmp_path / "nothing_here.py").write_text(NOTHING)
    monkeypatch.syspath_prepend(tmp_path)
    command = ["verify", "--implementation", "nothing_here", "--claim", "P3", "--claim", "S1"]
    assert main([*command, "--out", str(tmp_path / "o"), "--jobs", "1"]) == 3
    assert "Every claim was skipped" in capsys.readouterr().out
    command = [sys.executable, "-m", "pytest", "--pyargs", "proofs_checks", "-k", "P3 or S1"]
    command += ["--relupath-implementation", "nothing_here", "-p", "no:cacheprovider"]
    environment = {"PYTHONPATH": os.pathsep.join([str(tmp_path), str(DOCS.parent)])}
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, env=environment)
    assert done.returncode == pytest.ExitCode.NO_TESTS_COLLECTED
    assert "every claim was skipped" in done.stdout
    assert not (tmp_path / ".hypothesis").exists()


def test_an_implementation_that_cannot_be_imported_is_a_user_error(tmp_path, monkeypatch, capsys):
    (tmp_path / "broken_here.py").write_text("def f(:\n")
    monkeypatch.syspath_prepend(tmp_path)
    assert main(["verify", "--implementation", "broken_here", "--out", str(tmp_path / "o")]) == 2
    said = capsys.readouterr().err
    assert len(said.strip().splitlines()) == 1
    assert "SyntaxError" in said


def test_an_interrupted_ledger_says_unfinished(ledger):
    record = Ledger(ledger.target, ledger.seed, ledger.claims, complete=False).record()
    assert record["complete"] is False
    assert "Unfinished" in page(record)
    assert "Unfinished" not in page(ledger.record())
