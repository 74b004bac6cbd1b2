"""Notebooks are graded as Jupyter runs them, uploads as they come, and endings are named."""

import codecs
import json
import os
import signal
import subprocess
import sys

import pytest

from proofs_checks.cli import main
from proofs_checks.coursework.assignment import load
from proofs_checks.coursework.grading import notebook_checks
from proofs_checks.coursework.grading.grade import grade_file
from proofs_checks.coursework.grading.notebook_cells import python_of
from proofs_checks.coursework.sandbox.limits import Limits
from proofs_checks.coursework.sandbox.process import Stopped, sandboxed

ANSWER = """
import numpy as np
def output_mass_bound(level, lower, kappa):
    return (level - lower) / kappa
"""
TASK = "output_mass_bound"


def notebook(*cells):
    """Return a notebook of format 4 with these code cells."""
    found = [{"cell_type": "code", "source": cell, "metadata": {}, "outputs": []} for cell in cells]
    return json.dumps({"cells": found, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


def earned(file):
    """Return the points of the one task that the answers here solve, and the whole grade."""
    grade = grade_file(file, load(2), Limits(call_seconds=5), examples=3)
    return sum(mark.earned for mark in grade.marks if mark.task == TASK), grade


FULL = sum(mark.points for mark in load(2).task(TASK).marks)


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("%matplotlib inline\nx = 1", {"x": 1}),
        ("x = (7\n% 4\n)", {"x": 3}),
        ("n = 4\nx = (7 +\n  1\n  % n\n)", {"x": 8}),
        ('x = """\n%b\n!c\n"""', {"x": "\n%b\n!c\n"}),
        ("x = '%d' \\\n% 3", {"x": "3"}),
        ("import math\nmath.sqrt?\n?math\nx = 2", {"x": 2}),
        ("math??\nx = 2", {"x": 2}),
        ("files = !ls -l 'a\nx = 2", {"files": [], "x": 2}),
        ("t = %timeit -o sum([1])\nx = 2", {"t": [], "x": 2}),
        ("%time x = sum([1, 2])", {"x": 3}),
        ("if True:\n    %matplotlib inline\n    x = 2", {"x": 2}),
        ("%%time\nx = 2", {"x": 2}),
        ("%%bash\nx=$(ls)\nif", {}),
        ('x = 7 # \' """ (\ny = 8', {"x": 7, "y": 8}),
        ("x = '#(' + \"'\"\n%ls", {"x": "#('"}),
        ("x = 5 != 4\ny = 7 % 4", {"x": True, "y": 3}),
    ],
)
def test_only_the_notebooks_own_syntax_is_taken_out(cell, expected):
    names = {}
    code = python_of(cell)
    assert code.count("\n") == cell.count("\n")
    exec(code, names)
    assert {name: names[name] for name in expected} == expected


@pytest.mark.parametrize(
    "before",
    [
        "np.maximum?",
        "files = !ls",
        "await_me = 1\nimport asyncio\nawait asyncio.sleep(0)",
        "from IPython.display import display, Markdown\ndisplay(Markdown('x'))\ndisplay(1)",
        "get_ipython().run_line_magic('matplotlib', 'inline')",
        "1 / 0",
        "x = = 3",
        "from no_such_module import *",
        "raise SystemExit",
    ],
)
def test_a_statement_in_front_costs_at_most_itself(tmp_path, before):
    file = tmp_path / "a.ipynb"
    file.write_text(notebook(before + "\n" + ANSWER))
    points, grade = earned(file)
    assert points == FULL, grade.printed


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("mark.py", codecs.BOM_UTF8 + ANSWER.encode()),
        ("latin.py", b"# -*- coding: latin-1 -*-\n# caf\xe9\n" + ANSWER.encode()),
        ("lines.py", ANSWER.replace("\n", "\r\n").encode()),
        ("UPPER.PY", ANSWER.encode()),
        ("mark.ipynb", codecs.BOM_UTF8 + notebook(ANSWER).encode()),
    ],
)
def test_any_encoding_that_python_accepts(tmp_path, name, content):
    file = tmp_path / name
    file.write_bytes(content)
    assert earned(file)[0] == FULL


def test_a_notebook_of_the_old_format_is_read(tmp_path):
    cells = [{"cell_type": "code", "input": ANSWER, "language": "python"}]
    file = tmp_path / "old.ipynb"
    file.write_text(json.dumps({"worksheets": [{"cells": cells}], "nbformat": 3}))
    assert earned(file)[0] == FULL


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("empty.ipynb", "", "found an empty file"),
        ("cut.ipynb", notebook(ANSWER)[:40], "allowed is a Jupyter notebook"),
        ("answer.txt", ANSWER, "allowed is a .py or .ipynb file"),
        (None, "", "No such file"),
    ],
)
def test_every_upload_gets_a_results_file_with_its_reason(tmp_path, capsys, name, content, reason):
    file = tmp_path / (name or "missing.py")
    if name:
        file.write_text(content)
    record = tmp_path / "results.json"
    assert main(["grade", str(file), "--assignment", "2", "--json", str(record)]) == 2
    assert capsys.readouterr().err.count("\n") == 1
    results = json.loads(record.read_text())
    assert results["score"] == 0
    assert len(results["tests"]) == sum(len(task.marks) for task in load(2).tasks)
    assert all(reason in " ".join(test["output"].split()) for test in results["tests"])


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("import os; os._exit(0)", "ended itself with exit status 0"),
        ("import os; os._exit(7)", "ended itself with exit status 7"),
        (f"import os; os.kill(os.getpid(), {int(signal.SIGKILL)})", "by the signal SIGKILL"),
        (f"import os; os.kill(os.getpid(), {int(signal.SIGSEGV)})", "by the signal SIGSEGV"),
        ("import itertools; sum(0 for _ in itertools.count())", "no answer within 0.5 s"),
    ],
)
def test_what_ended_a_call_is_named(body, words):
    limited = sandboxed(f"def f(): {body}", Limits(call_seconds=0.5))
    with limited as sandbox, pytest.raises(Stopped, match=words) as stopped:
        sandbox.call("f")
    assert ("memory" in str(stopped.value)) == ("SEGV" in words or "KILL" in words)


def test_an_import_of_the_solutions_while_running_is_noticed(tmp_path):
    source = ANSWER + (
        "import importlib\n"
        "m = importlib.import_module('proofs_checks.coursework.assignments.' + 'bridge.solution')\n"
        "bridge_bound = m.bridge_bound\n"
    )
    file = tmp_path / "borrowed.py"
    file.write_text(source)
    grade = earned(file)[1]
    assert any(name.endswith("bridge.solution.bridge_bound") for name in grade.imports)
    file.write_text(
        "def bridge_bound(*numbers):\n"
        "    import proofs_checks.coursework.assignments.bridge.solution as s\n"
        "    return s.bridge_bound(*numbers)\n"
    )
    assert any(name.endswith("bridge.solution") for name in earned(file)[1].imports)
    file.write_text(ANSWER)
    assert earned(file)[1].imports == ()


def test_hidden_tests_mark_the_cells_and_not_the_kernels_functions():
    [right] = {mark.claim.id for mark in load(2).task(TASK).marks} & {"M7"}
    cheat = "import proofs_checks.coursework.grading.notebook_checks as c\nc.claim = print"
    empty = f"{cheat}\ndef {TASK}(level, lower, kappa):\n    raise NotImplementedError"
    good = notebook_checks.mark_cells(2, TASK, right, ["%matplotlib inline", ANSWER])
    bad = notebook_checks.mark_cells(2, TASK, right, [empty])
    assert (good.earned, bad.earned) == (good.points, 0)
    assert bad.problem == "not written yet"


def test_the_judge_of_a_notebook_runs_in_a_process_of_its_own():
    asked = {"number": 2, "name": TASK, "id": "M7", "cells": [ANSWER]}
    done = subprocess.run(
        [sys.executable, "-c", f"from {notebook_checks.__name__} import main; main()"],
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ},
    )
    result = json.loads(done.stdout.splitlines()[-1])
    assert result["earned"] == result["points"] > 0
