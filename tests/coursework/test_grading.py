"""Grading from outside: hostile submissions, limits, forged results, records, the command."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from proofs_checks.cli import main
from proofs_checks.coursework.assignment import load
from proofs_checks.coursework.export.gradescope import results
from proofs_checks.coursework.export.notebooks import notebook
from proofs_checks.coursework.export.skeleton import pieces
from proofs_checks.coursework.grading import marking
from proofs_checks.coursework.grading.feedback import report
from proofs_checks.coursework.grading.grade import grade_file
from proofs_checks.coursework.sandbox import process, protocol
from proofs_checks.coursework.sandbox.limits import Limits
from proofs_checks.coursework.sandbox.process import Stopped, SubmissionError, sandboxed
from reference import Huber, Network, NormalizedWeights, Problem, UnitBall

QUICK = Limits(call_seconds=3, total_seconds=240, memory=2**31, output=500)
RIGHT = {
    "feature_scale": "return np.linalg.norm(X, 2) / np.sqrt(len(X))",
    "predictor_distance_bound": (
        "return D * (np.abs(theta_a - theta_b).sum() + np.abs(theta_b).sum()"
        " * np.linalg.norm(W_a - W_b, axis=1).max())"
    ),
    "bridge": (
        "return (W_b, theta_b) if t == 1 else "
        "(W_a + t * (W_b - W_a), theta_a + t * (theta_b - theta_a))"
    ),
    "output_mass_bound": "return (value - lower) / kappa",
    "bridge_bound": "return L * D * radius * (level - lower) / (2 * kappa)",
}


@pytest.fixture(autouse=True)
def short_search(monkeypatch):
    """Small counterexamples are for readers."""
    monkeypatch.setattr(marking, "SHRINKS", 3)


def submission(top="", **bodies):
    """Return source for assignment 2: right answers, some bodies replaced."""
    heads = {piece.name: piece.head for piece in pieces(load(2)) if piece.name}
    functions = [
        f"{head}\n    " + bodies.get(name, RIGHT[name]).replace("\n", "\n    ")
        for name, head in heads.items()
    ]
    return "\n\n".join(["import numpy as np", top, *functions]) + "\n"


def graded(tmp_path, source, limits=QUICK, examples=5):
    file = tmp_path / "submission.py"
    file.write_text(source)
    return grade_file(file, load(2), limits, examples)


def earned(grade):
    points = {}
    for mark in grade.marks:
        points[mark.task] = points.get(mark.task, 0) + mark.earned
    return points


def problems(grade):
    return {mark.task: mark.problem for mark in grade.marks}


FULL = {task.name: task.points for task in load(2).tasks}


def test_right_answers_get_full_marks_through_the_sandbox(tmp_path):
    grade = graded(tmp_path, submission())
    assert [mark.problem for mark in grade.marks if mark.problem] == []
    assert earned(grade) == FULL
    assert grade.score == 20
    assert grade.imports == ()


def test_functions_that_do_not_end_or_end_the_process_lose_their_own_points_only(tmp_path):
    source = submission(
        feature_scale="while True: pass",
        predictor_distance_bound="import os; os._exit(0)",
        bridge="import time; time.sleep(1e6)",
        output_mass_bound="import sys; sys.exit(0)",
    )
    grade = graded(tmp_path, source)
    assert earned(grade) == {name: 6 * (name == "bridge_bound") for name in FULL}
    told = problems(grade)
    assert "no answer within 3 s: an endless loop" in told["feature_scale"]
    assert "the process ended" in told["predictor_distance_bound"]
    assert "no answer within" in told["bridge"]
    assert told["output_mass_bound"].startswith("raised sys.exit was called (line ")


def test_memory_files_output_and_results_are_bounded(tmp_path):
    source = submission(
        feature_scale="x = np.ones(10**10)\nreturn x[0]",
        predictor_distance_bound="return [0.0] * 50_000_000",
        bridge="open('big', 'wb').write(bytes(2**26))\nreturn W_a, theta_a",
        output_mass_bound="print('x' * 10**6)\n" + RIGHT["output_mass_bound"],
        bridge_bound="raise ValueError('y' * 10**6)",
    )
    grade = graded(tmp_path, source)
    assert earned(grade) == {name: 2 * (name == "output_mass_bound") for name in FULL}
    told = problems(grade)
    assert "MemoryError" in told["feature_scale"]
    assert told["predictor_distance_bound"]
    assert told["bridge"]
    assert len(grade.printed) == 500
    assert report(replace(grade, printed="x\n" * 500)).count("  | x") == 20
    assert 500 < len(told["bridge_bound"]) < 1200
    assert max(map(len, told.values())) < 5000


def test_no_processes_and_no_threads(tmp_path):
    source = submission(
        top="import os, threading",
        feature_scale="while True:\n    os.fork()",
        bridge_bound="threading.Thread(target=print).start()",
    )
    grade = graded(tmp_path, source)
    assert earned(grade)["feature_scale"] == 0
    assert "BlockingIOError" in problems(grade)["feature_scale"]
    assert "can't start new thread" in problems(grade)["bridge_bound"]


def test_results_cannot_be_forged_by_printing_patching_or_writing(tmp_path):
    """Everything a cheat can reach is in its own process; only values come back."""
    top = """
import atexit, gc, json, os, sys
print(json.dumps({"score": 20, "tests": []}))
import proofs_checks.framework.search, proofs_checks.framework.measurement
proofs_checks.framework.search.check = lambda *a, **k: None
proofs_checks.framework.measurement.Measurement.verdict = property(lambda self: "holds")
for fd in range(3, 64):
    try:
        os.write(fd, b"\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x10" + b'{"score": 20}   ')
    except OSError:
        pass
"""
    body = "os.write(3, b'')\nreturn 0.0"
    grade = graded(tmp_path, submission(top, **dict.fromkeys(FULL, body)))
    assert grade.score == 0
    quiet = top.split("for fd")[0]
    grade = graded(tmp_path, submission(quiet, feature_scale="return 0.0"))
    assert earned(grade) == FULL | {"feature_scale": 0}
    assert "score" in grade.printed
    assert grade.imports == (
        "proofs_checks.framework.measurement",
        "proofs_checks.framework.search",
    )


def test_arguments_are_copies(tmp_path):
    source = submission(bridge="W_a *= 0\ntheta_a *= 0\nreturn W_a, theta_a")
    grade = graded(tmp_path, source)
    assert earned(grade) == FULL | {"bridge": 0}


def test_wrong_results_say_what_was_found_and_what_is_allowed(tmp_path):
    source = submission(
        feature_scale="return X",
        predictor_distance_bound="return 'large'",
        bridge="return W_a",
        output_mass_bound="return object()",
        bridge_bound="L * D",
    )
    told = problems(graded(tmp_path, source))
    assert told == {
        "feature_scale": "result: found shape (6, 3), allowed is ()",
        "predictor_distance_bound": "result: found str, allowed are real numbers of shape ()",
        "bridge": "result: found ndarray, allowed is the tuple (W, theta)",
        "output_mass_bound": (
            "raised TypeError: result: found object, allowed are numbers and arrays of them"
        ),
        "bridge_bound": "result: found None, allowed is an array (is a return missing?)",
    }


def test_an_exception_is_told_with_its_line(tmp_path):
    grade = graded(tmp_path, submission(bridge_bound="return [1, 2][int(L) + 7]"))
    told = problems(grade)["bridge_bound"]
    assert told.startswith("raised IndexError: list index out of range (line ")
    assert told.endswith(": return [1, 2][int(L) + 7])")


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("import no_such_module", "No module named 'no_such_module'"),
        ("def f(:", "SyntaxError"),
        ("import sys; sys.exit(0)", "sys.exit was called"),
        ("raise KeyboardInterrupt", "KeyboardInterrupt"),
        ("\0", "cannot be imported"),
    ],
)
def test_what_cannot_be_imported_is_worth_nothing_and_says_why(tmp_path, source, words):
    grade = graded(tmp_path, source)
    assert grade.score == 0
    assert all(words in mark.problem for mark in grade.marks)


def test_an_import_that_never_ends_is_ended(tmp_path):
    grade = graded(tmp_path, "while True: pass", Limits(total_seconds=3))
    assert grade.score == 0
    assert all("while importing" in mark.problem for mark in grade.marks)


def test_missing_functions_lose_only_their_own_points(tmp_path):
    source = submission()
    start = source.index("def bridge(")
    grade = graded(tmp_path, source[:start] + "def brigde(" + source[start + 11 :])
    assert earned(grade) == FULL | {"bridge": 0}
    assert problems(grade)["bridge"] == "there is no function bridge"


def test_nothing_survives_the_sandbox(tmp_path):
    with sandboxed("def f():\n    import os\n    return os.getpid()\n", QUICK) as sandbox:
        pid, folder = int(sandbox.call("f")), sandbox._folder.parent
        os.kill(pid, 0)
        assert folder.exists()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    assert not folder.exists()


def test_the_sandbox_starts_again_after_a_stop():
    source = "import os\ndef bad(): os._exit(1)\ndef good(x): return x\ndef raises(): 1 / 0\n"
    with sandboxed(source, QUICK) as sandbox:
        assert (sandbox.call("good", np.eye(2)) == np.eye(2)).all()
        with pytest.raises(Stopped, match="the process ended"):
            sandbox.call("bad")
        assert sandbox.call("good", [1, "a", None, (2.5, True)]) == [1, "a", None, [2.5, True]]
        with pytest.raises(SubmissionError, match="ZeroDivisionError"):
            sandbox.call("raises")


def test_the_time_of_the_whole_submission_is_bounded():
    limits = Limits(call_seconds=60, total_seconds=6)
    with sandboxed("import time\ndef f(): time.sleep(1)\n", limits) as sandbox:
        calls = iter(range(10))
        with pytest.raises(Stopped, match="time for the whole submission is used up"):
            [sandbox.call("f") for _ in calls]
        assert next(calls) < 8


def test_a_process_that_cannot_start_is_not_the_submissions_fault(monkeypatch):
    monkeypatch.setattr(process, "WORKER", "no.such.module")
    with (
        sandboxed("def f(): pass", QUICK) as sandbox,
        pytest.raises(ValueError, match=r"sandbox: found the process ended before .* No module"),
    ):
        sandbox.start()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives up root")
def test_root_becomes_nobody(tmp_path):
    target = tmp_path / "results.json"
    source = f"def f():\n    import os\n    open({str(target)!r}, 'w')\n"
    with (
        sandboxed(source, QUICK) as sandbox,
        pytest.raises(SubmissionError, match="PermissionError"),
    ):
        sandbox.call("f")
    assert not target.exists()


def test_every_bit_crosses_the_wire():
    values = np.random.default_rng(0).standard_normal((3, 2)) * [1e-140, 1e140]
    back = protocol.decode(protocol.encode([values, 0.1, -0.0, {(1, 2): 3}, np.float64(1 / 3)]))
    assert back[0].tobytes() == values.tobytes()
    assert back[1:] == [0.1, -0.0, {(1, 2): 3}, 1 / 3]
    problem = Problem(values, [0, 1, 2], Huber(0.25), 0.5, NormalizedWeights())
    network = Network(values, [1, 2, 3])
    again, other = protocol.decode(protocol.encode([problem, network]))
    assert again.fingerprint == problem.fingerprint
    assert other.identical(network)
    with pytest.raises(TypeError, match="found UnitBall"):
        protocol.encode(UnitBall())


@pytest.mark.parametrize(
    "frame",
    [
        b"",
        b"nonsense",
        b"{}",
        b'{"array": "AAAA", "shape": [7]}',
        b'{"array": "AAAAAAAAAAA=", "shape": [-1, -1]}',
        b'{"problem": 1}',
        b'{"network": [{"array": "", "shape": [0, 2]}, 1]}',
        b"[" * 100_000,
    ],
)
def test_malformed_frames_are_refused(frame):
    with pytest.raises(protocol.ProtocolError):
        protocol.decode(frame)


def test_a_notebook_is_graded_cell_by_cell(tmp_path):
    content = notebook(load(2))
    for cell in content["cells"]:
        if cell["source"].startswith("def output_mass_bound"):
            cell["source"] = cell["source"].replace(
                "raise NotImplementedError", RIGHT["output_mass_bound"]
            )
    content["cells"].append({"cell_type": "code", "source": ["%matplotlib inline\n", "1 / 0\n"]})
    file = tmp_path / "notebook.ipynb"
    file.write_text(json.dumps(content))
    grade = grade_file(file, load(2), QUICK, 5)
    assert earned(grade) == dict.fromkeys(FULL, 0) | {"output_mass_bound": 2}
    assert problems(grade)["bridge"] == "not written yet"
    assert grade.imports == ()


def test_gradescope_record(tmp_path):
    source = submission("from reference import bridge_bound as answer", bridge="return 1")
    grade = graded(tmp_path, source)
    record = json.loads(json.dumps(results(grade)))
    tests = [test for test in record["tests"] if test["max_score"]]
    assert record["score"] == sum(test["score"] for test in tests) == 17
    assert sum(test["max_score"] for test in tests) == 20
    assert {test["status"] for test in tests} == {"passed", "failed"}
    assert record["stdout_visibility"] == "hidden"
    [note] = [test for test in record["tests"] if test["visibility"] == "hidden"]
    assert "reference.bridge_bound" in note["output"]
    assert len({test["number"] for test in tests}) == len(tests) == 10


def test_feedback_has_measurement_bound_hint_and_a_case_that_runs(tmp_path):
    source = submission(feature_scale="return 0.5 * np.linalg.norm(X, 2) / np.sqrt(len(X))")
    grade = graded(tmp_path, source, examples=15)
    [mark] = [mark for mark in grade.marks if mark.claim == "M5"]
    assert mark.earned == 0
    assert mark.problem == "D is too small: features moved further than D times the rows"
    assert " at most " in mark.measured
    text = report(grade)
    for words in (mark.problem, "measured", "hint", "paste this", "16 of 20", "feature_scale, M5"):
        assert words in text
    done = subprocess.run(
        [sys.executable, "-c", f"from submission import feature_scale\n{mark.case}"],
        cwd=tmp_path,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_the_same_submission_gets_the_same_marks(tmp_path):
    source = submission(bridge="return W_b, theta_b")
    first, second = (graded(tmp_path, source, examples=4) for _ in range(2))
    assert first.marks == second.marks


def test_the_command_grades_prints_and_records(tmp_path, capsys):
    file, record = tmp_path / "mine.py", tmp_path / "results.json"
    file.write_text(submission("from reference import connect", bridge_bound="return 0.0"))
    command = ["grade", str(file), "--assignment", "2", "--examples", "5", "--json", str(record)]
    assert main(command) == 1
    out, err = capsys.readouterr()
    assert out.startswith("Assignment 2, The bridge lemma: 14 of 20 points")
    assert "holds on all 5 cases tried" in out
    assert err == (
        "relupath: note: imports from the library, where the model solutions are: "
        "reference.connect\n"
    )
    assert json.loads(record.read_text())["score"] == 14
    file.write_text(submission())
    assert main(command[:-2]) == 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["missing.py", "--assignment", "2"], "missing.py"),
        (["x.py", "--assignment", "9"], "assignment: found 9, allowed are 1 to 5"),
        (["x.txt", "--assignment", "1"], "allowed is a .py or .ipynb file"),
        (["x.ipynb", "--assignment", "1"], "found an empty file"),
        (["x.py"], "--assignment"),
    ],
)
def test_the_command_refuses_in_one_line(arguments, words, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    for name in ("x.py", "x.txt", "x.ipynb"):
        Path(name).write_text("")
    assert main(["grade", *arguments]) == 2
    err = capsys.readouterr().err
    assert err.startswith("relupath: error: ")
    assert err.count("\n") == 1
    assert words in err
