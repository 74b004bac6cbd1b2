"""The checker against forged files, and the forgeries against checkers with a planted fault."""

import types
from itertools import islice
from pathlib import Path as FilePath

import pytest
from helpers import forgeries
from helpers.forged_certificates import cases, forged, honest, verdicts

from reference.certificate import checker

FAULTS = [
    ("UNIT = 2.0**-53 * (1 + 1e-6)", "UNIT = 0.0", forgeries.below_the_maximum),
    ("(curve + tilt * (tilt / curve)) / 2", "0", forgeries.below_the_maximum),
    ("if not upper <= limit:", "if upper > 2 * abs(limit):", forgeries.below_the_maximum),
    ("min(stated.bound, stated.level) if", "stated.bound if", forgeries.below_an_end),
    ("stated.kinds[k] != kind", "False", forgeries.of_a_wrong_kind),
    ('("<f8", ">f8")', '("<f8", ">f8", "<i8")', forgeries.of_another_type),
    (
        "not np.isfinite(size).all() or not (size <= LARGEST)",
        "(size > LARGEST)",
        forgeries.not_finite,
    ),
    ("if packed or names !=", "if False and names !=", forgeries.of_other_arrays),
    ("        check_domain(stated)\n", "", forgeries.outside_the_domain),
    ("and (W[:, -1, :-1] == 0).all()", "", forgeries.outside_the_domain),
    (
        "if not all(np.array_equal(found, end) for end, found in ends)",
        "if not ends",
        forgeries.of_other_ends,
    ),
    ("!= stated.fingerprint", '== ""', forgeries.of_another_problem),
    ("or CONSTANTS.get(name) != parameter", "", forgeries.of_no_problem),
    ("if not (stated.kappa >= 0 and stated.rise >= 0)", "if False", forgeries.of_no_problem),
    ('stated.domain != "unit-ball"', "False", forgeries.of_no_problem),
    ("if name in LABELS and", "if False and", forgeries.of_no_problem),
    ("digest.hexdigest() != stated_digest", "False", forgeries.altered),
]


def faulty(old, new):
    """Return `check_file` of a checker in which one piece of the source is replaced."""
    source = FilePath(checker.__file__).read_text(encoding="utf-8")
    assert source.count(old) == 1
    module = types.ModuleType("faulty_checker")
    exec(compile(source.replace(old, new), "faulty_checker", "exec"), vars(module))
    return module.check_file


def accepted(counts):
    return sum(found["accepted"] for found in counts.values())


@pytest.fixture(scope="module")
def drawn():
    """Sixty honest cases, from which all files are made."""
    return list(islice(cases(11), 60))


def test_no_forged_file_is_accepted(drawn):
    counts = verdicts(forged(drawn, 12))
    assert set(counts) == {forgery.__name__ for forgery in forgeries.FORGERIES}
    assert accepted(counts) == 0, counts


def test_no_honest_file_is_refused(drawn):
    (found,) = verdicts(honest(drawn)).values()
    assert found["refused"] == 0
    assert found["accepted"] >= 55  # the rest may be undecided: its rounding exceeds the margin


@pytest.mark.parametrize(("old", "new", "forgery"), FAULTS, ids=range(len(FAULTS)))
def test_a_planted_fault_is_found(drawn, old, new, forgery):
    files = list(forged(drawn, 13, [forgery]))
    assert accepted(verdicts(files)) == 0
    assert accepted(verdicts(files, faulty(old, new))) > 0
