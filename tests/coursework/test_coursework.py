"""The coursework: full marks for the library, the right loss for planted mistakes, one source."""

import ast
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from proofs_checks.coursework.assignment import all_assignments, load
from proofs_checks.coursework.export import otter
from proofs_checks.coursework.export.build import documents, graders, main
from proofs_checks.coursework.export.notebooks import notebook, without_links
from proofs_checks.coursework.export.skeleton import library_imports, pieces, skeleton
from proofs_checks.coursework.grading import marking, notebook_checks
from proofs_checks.coursework.grading.grade import grade_functions
from proofs_checks.coursework.grading.submission import code_cells
from reference import Network
from reference import Path as NetworkPath

ASSIGNMENTS = all_assignments()
RENEW = "python -m proofs_checks.coursework.export.build docs/coursework renews the pages"
ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def short_search(monkeypatch):
    """Small counterexamples are for readers."""
    monkeypatch.setattr(marking, "SHRINKS", 5)


def marks(number, name, function):
    """Grade one function of one assignment."""
    assignment = load(number)
    alone = replace(assignment, tasks=(assignment.task(name),))
    return grade_functions(alone, {name: function})


def relu(u):
    return np.maximum(u, 0)


def predict_absolute(X, W, theta):
    return np.abs(X @ W.T) @ theta


def predict_mean(X, W, theta):
    return relu(X @ W.T).dot(theta) / W.shape[0]


def naive_logistic(y, f):
    return np.log(1 + np.exp(f)) - y * f


def slope_without_label(y, f):
    return np.exp(-np.logaddexp(0, -f))


def gradient(X, W, theta, slope, kappa, penalty=1.0, mean=True, error=0.0, dead=0.0):
    U = X @ W.T
    s = slope / len(X) if mean else slope
    gate = np.where(U > 0, 1.0, dead)
    dW = (1 + error) * theta[:, None] * ((gate * s[:, None]).T @ X)
    return dW, relu(U).T @ s + penalty * kappa * np.sign(theta)


def gradient_with(**mistake):
    return lambda *arguments: gradient(*arguments, **mistake)


def gradient_as_column(*arguments):
    dW, dtheta = gradient(*arguments)
    return dW, dtheta[:, None]


def scale_by_trace(X):
    return np.sqrt(np.trace(X.T @ X) / len(X))


def mean_radius(D, W, theta, V, eta):
    radius = np.mean([np.linalg.norm(w - v) for w, v in zip(W, V, strict=True)])
    return D * (np.abs(theta - eta).sum() + np.abs(eta).sum() * radius)


def backwards(W, theta, V, eta, t):
    return t * W + (1 - t) * V, t * theta + (1 - t) * eta


def bridge_without_half(L, D, kappa, radius, level, lower):
    return L * D / kappa * radius * (level - lower)


def bridge_too_small(L, D, kappa, radius, level, lower):
    return L * D / kappa * radius * (level - lower) / 4


def prune_signed(theta, count):
    return np.where(np.argsort(np.argsort(theta)) < count, 0, theta)


def prune_rescaled(theta, count):
    kept = np.argsort(np.argsort(np.abs(theta))) >= count
    mass = np.abs(theta[kept]).sum()
    return kept * theta * (np.abs(theta).sum() / mass if mass else 1)


def merge_first(W, theta, groups):
    merged = np.zeros_like(theta)
    for group in groups:
        merged[group[0]] = sum(theta[i] for i in group)
    return merged


def merge_unsigned(W, theta, groups):
    merged = np.zeros_like(theta)
    for group in groups:
        costs = [sum(abs(theta[i]) * np.linalg.norm(W[i] - W[k]) for i in group) for k in group]
        merged[group[int(np.argmin(costs))]] = sum(abs(theta[i]) for i in group)
    return merged


def sample_uniform(theta, size, seed):
    active = np.flatnonzero(theta)
    drawn = np.random.default_rng(seed).choice(active, size=size)
    counts = np.bincount(drawn, minlength=len(theta))
    return np.abs(theta).sum() / size * np.sign(theta) * counts


def one_step(Z, theta):
    active = np.flatnonzero(theta)
    if len(active) <= len(Z):
        return theta
    null = np.linalg.svd(Z[:, active])[2][-1]
    null = -null if np.sign(theta[active]) @ null > 0 else null
    falling = np.flatnonzero(theta[active] * null < 0)
    reached = falling[np.argmin(-theta[active][falling] / null[falling])]
    moved = theta.copy()
    moved[active] -= theta[active][reached] / null[reached] * null
    moved[active[reached]] = 0
    return moved


def hand_over_twice(node, source, target):
    W, theta = node[0].copy(), node[1].copy()
    W[target] = W[source]
    theta[target] = theta[source]
    return [(W, node[1]), (W, theta)]


def all_at_once(node, places):
    W, theta = node[0].copy(), np.zeros_like(node[1])
    for old, new in places.items():
        W[new] = node[0][old]
        theta[new] = node[1][old]
    return [node, (W, theta)]


def splice_to_a_copy(a, b):
    nodes = load(4).solution("splice")(a, b)
    W, theta = nodes[-1]
    return [*nodes[:-1], (W[::-1], theta[::-1])]


def theorem_without_reference(a, b, reference, ca, cb):
    return [a, ca, cb, b]


def left_half(problem, a, b, level, depth, points, epochs):
    times = np.linspace(0, 1, points)
    segment = NetworkPath([a, b])
    values = [problem.value(segment.at(0, float(t))) for t in times]
    if depth == 0 or max(values) <= level:
        return [a, b]
    t = float(times[int(np.argmax(values))])
    middle = segment.at(0, t if 0 < t < 1 else 0.5)
    from proofs_checks.coursework.assignments.strings.solution import trained

    bead = trained(problem, middle, level, epochs)
    return [*left_half(problem, a, bead, level, depth - 1, points, epochs), b]


def without_left_end(problem, a, b, *_):
    return [Network(0 * a.W, 0 * a.theta), b]


def grid_maximum(problem, a, b, cells):
    path = NetworkPath([a, b])
    return max(problem.value(path.at(0, float(t))) for t in np.linspace(0, 1, cells + 1))


def mass_bound(problem, a, b, cells):
    mass = max(np.abs(a.theta).sum(), np.abs(b.theta).sum())
    return problem.zero_value + (problem.L * problem.D * 1.001 + problem.kappa) * mass


def unscaled_dual(problem, f, M):
    v = problem.loss.derivative(problem.y, f)
    return -np.mean(problem.loss.conjugate(problem.y, v))


PLANTED = [
    (1, "predict", predict_absolute, {"forward"}, "absolute value"),
    (1, "predict", predict_mean, {"forward", "M4"}, "number of neurons"),
    (1, "logistic_value", naive_logistic, {"M2"}, "infinity"),
    (1, "logistic_derivative", slope_without_label, {"M2"}, "label is missing"),
    (1, "gradient", gradient_with(penalty=0), {"M1 output layer", "M1"}, "penalty is missing"),
    (
        1,
        "gradient",
        gradient_with(mean=False),
        {"M1 output layer", "M1 hidden layer", "M1"},
        "divide by N",
    ),
    (1, "gradient", gradient_with(dead=1.0), {"M1 hidden layer", "M1"}, "relu' is missing"),
    (1, "gradient", gradient_with(error=1e-3), {"M1 hidden layer", "M1"}, "shrink like h^2"),
    (
        1,
        "gradient",
        gradient_as_column,
        {"M1 output layer", "M1 hidden layer", "M1"},
        "found shape (4, 1), allowed is (4,)",
    ),
    (2, "feature_scale", scale_by_trace, {"sharp"}, "root of the trace"),
    (2, "predictor_distance_bound", mean_radius, {"M6"}, "not the mean"),
    (2, "bridge", backwards, {"P1", "segment"}, "reversed"),
    (2, "bridge_bound", bridge_without_half, {"sharp"}, "factor 1/2 is missing"),
    (2, "bridge_bound", bridge_too_small, {"P3", "sharp"}, "smaller than the theorem's"),
    (3, "prune", prune_signed, {"K5"}, "magnitudes count"),
    (3, "prune", prune_rescaled, {"K5"}, "kept as it is, or 0"),
    (3, "merge", merge_first, {"cheapest"}, "another is cheaper"),
    (3, "merge", merge_unsigned, {"K1"}, "has to keep signs"),
    (3, "sample", sample_uniform, {"K4"}, "in proportion to |theta_i|"),
    (3, "caratheodory", lambda Z, theta: theta, {"K6", "predictions"}, "theta itself is returned"),
    (3, "caratheodory", one_step, {"K6"}, "more than N neurons are active"),
    (4, "hand_over", hand_over_twice, {"P2"}, "old coefficient is not removed"),
    (4, "relabel", all_at_once, {"P2"}, "all neurons jump at once"),
    (4, "splice", lambda a, b: [a, b], {"P7"}, "straight segment"),
    (4, "splice", splice_to_a_copy, {"P6", "P7"}, "the last node is not b, bit for bit"),
    (4, "theorem_path", theorem_without_reference, {"P5"}, "reference is not visited"),
    (5, "string_barrier", lambda maxima, level: max(0, min(maxima) - level), {"S3"}, "smallest"),
    (5, "sample_string", left_half, {"S4"}, "only the left half"),
    (5, "sample_string", without_left_end, {"S1", "S4"}, "the first bead is not a"),
    (
        5,
        "segment_upper_bound",
        grid_maximum,
        {"upper bound", "chord bound"},
        "bounds nothing in between",
    ),
    (5, "segment_upper_bound", mass_bound, {"chord bound"}, "wider than the chord bound"),
    (5, "dual_bound", lambda problem, f, M: 0.0, {"D1", "sharp"}, "whatever the arguments"),
    (5, "dual_bound", unscaled_dual, {"D1", "sharp"}, "not scaled"),
]


@pytest.mark.parametrize(
    ("number", "name", "function", "lost", "words"),
    PLANTED,
    ids=[f"{number}-{name}-{k}" for k, (number, name, *_) in enumerate(PLANTED)],
)
def test_a_planted_mistake_loses_its_points_and_is_named(number, name, function, lost, words):
    results = marks(number, name, function)
    assert {result.claim for result in results if not result.earned} == lost
    assert all(result.earned in (0, result.points) for result in results)
    told = [result.problem for result in results]
    assert any(words in problem for problem in told), told
    for result in results:
        if not result.earned:
            assert f"\n{name}(" in result.case
            compile(result.case.split(" ...")[0], "case", "exec")


def test_the_planted_mistakes_are_many_and_reach_every_assignment():
    assert len(PLANTED) >= 12
    assert {number for number, *_ in PLANTED} == {each.number for each in ASSIGNMENTS}


@pytest.mark.parametrize("assignment", ASSIGNMENTS, ids=lambda each: each.folder)
def test_the_library_gets_full_marks(assignment):
    functions = {task.name: assignment.solution(task.name) for task in assignment.tasks}
    results = grade_functions(assignment, functions, examples=10, seed=1)
    assert [result.problem for result in results if not result.earned] == []
    assert sum(result.earned for result in results) == assignment.points


@pytest.mark.parametrize("assignment", ASSIGNMENTS, ids=lambda each: each.folder)
def test_no_known_mistake_is_the_solution(assignment):
    for task in assignment.tasks:
        assert marking.diagnose(assignment, task, assignment.solution(task.name)) == ""
        for mistake in task.mistakes:
            assert marking.diagnose(assignment, task, mistake.function) == mistake.message


@pytest.mark.parametrize("assignment", ASSIGNMENTS, ids=lambda each: each.folder)
def test_a_skeleton_runs_is_worth_nothing_and_gives_nothing_away(assignment):
    source = skeleton(assignment)
    names = {}
    exec(compile(source, "skeleton", "exec"), names)
    results = grade_functions(assignment, names)
    assert all(result.problem == "not written yet" for result in results)
    for piece in pieces(assignment):
        body = piece.body.strip()
        assert not body or body not in source
    assert assignment.number == 5 or not library_imports(source)


def test_points_rise_and_every_task_has_a_section_a_hint_and_partial_credit():
    assert [each.points for each in ASSIGNMENTS] == [20, 20, 25, 30, 30]
    for assignment in ASSIGNMENTS:
        sections = [line[3:] for line in assignment.text.splitlines() if line.startswith("## ")]
        assert sections == [task.name for task in assignment.tasks]
        for task in assignment.tasks:
            assert task.hint
            assert len({mark.claim.id for mark in task.marks}) == len(task.marks)
        assert any(len(task.marks) > 1 for task in assignment.tasks) or assignment.number == 4


def test_the_documentation_is_current():
    folder = ROOT / "docs" / "coursework"
    for name, text in documents().items():
        assert (folder / name).read_text(encoding="utf-8") == text, RENEW


@pytest.mark.parametrize("assignment", ASSIGNMENTS, ids=lambda each: each.folder)
def test_the_student_notebook_holds_the_skeleton(assignment):
    source = code_cells(json.dumps(notebook(assignment)))
    written = {node.name for node in ast.parse(source).body if isinstance(node, ast.FunctionDef)}
    assert {task.name for task in assignment.tasks} <= written
    assert source.count("raise NotImplementedError") == len(assignment.tasks)
    assert source.count("interface(") == len(assignment.tasks)


@pytest.mark.parametrize("assignment", ASSIGNMENTS, ids=lambda each: each.folder)
def test_nbgrader_points_are_the_claims_points(assignment):
    cells = notebook(assignment, "nbgrader")["cells"]
    entries = [cell["metadata"].get("nbgrader") for cell in cells]
    graded = [entry for entry in entries if entry and entry["grade"]]
    assert sum(entry["points"] for entry in graded) == assignment.points
    ids = [entry["grade_id"] for entry in entries if entry]
    assert len(set(ids)) == len(ids)
    for cell in cells:
        if "notebook_checks.claim" in cell["source"] or "import claim" in cell["source"]:
            assert "### BEGIN HIDDEN TESTS" in cell["source"]
    solutions = [cell for cell in cells if "### BEGIN SOLUTION" in cell["source"]]
    assert len(solutions) == len(assignment.tasks)
    assert all(cell["metadata"]["nbgrader"]["solution"] for cell in solutions)


@pytest.mark.parametrize("assignment", ASSIGNMENTS, ids=lambda each: each.folder)
def test_otter_points_are_the_claims_points_and_claims_are_hidden(assignment):
    points = 0
    for text in otter.test_files(assignment).values():
        for node in ast.parse(text).body:
            if isinstance(node, ast.FunctionDef) and node.decorator_list:
                given = {
                    key.arg: ast.literal_eval(key.value) for key in node.decorator_list[0].keywords
                }
                assert given["hidden"] == (node.name != "test_interface")
                points += given["points"]
    assert points == assignment.points


def test_all_formats_come_from_one_source():
    for assignment in ASSIGNMENTS:
        files = graders(assignment)
        kinds = {name.split("/")[0] for name in files}
        assert kinds == {"otter", "nbgrader", "gradescope"}
        prose = without_links(assignment.text.split("\n\n")[0])
        for name, text in files.items():
            if name.endswith(".ipynb"):
                sources = [cell["source"] for cell in json.loads(text)["cells"]]
                assert any(prose in source for source in sources)
            if "/tests/" in name:
                assert "assert" not in text


def test_build_writes_files_and_executable_scripts(tmp_path):
    main([str(tmp_path / "docs"), "--graders", str(tmp_path / "graders")])
    assert (tmp_path / "docs" / "2-bridge.py").read_text() == skeleton(load(2))
    script = tmp_path / "graders" / "gradescope" / "2-bridge" / "run_autograder"
    assert script.stat().st_mode & 0o100
    assert "--assignment 2" in script.read_text()


def test_a_notebook_test_passes_or_shows_the_feedback_without_source():
    notebook_checks.interface(1, "gradient", gradient)
    notebook_checks.claim(1, "gradient", "M1 output layer", gradient)
    with pytest.raises(notebook_checks.PointsLost, match="penalty is missing") as lost:
        notebook_checks.claim(1, "gradient", "M1 output layer", gradient_with(penalty=0))
    assert lost.value._render_traceback_() == str(lost.value).splitlines()
    assert "assert" not in str(lost.value)
    with pytest.raises(notebook_checks.PointsLost, match=r"found shape \(4, 1\)"):
        notebook_checks.interface(1, "gradient", gradient_as_column)
    with pytest.raises(ValueError, match="claim: found 'P9', allowed are M1 output layer"):
        notebook_checks.claim(1, "gradient", "P9", gradient)


def test_what_is_not_there_is_refused():
    with pytest.raises(ValueError, match="assignment: found 6, allowed are 1 to 5"):
        load(6)
    with pytest.raises(ValueError, match="task: found 'bridges', allowed are feature_scale"):
        load(2).task("bridges")
    with pytest.raises(ValueError, match="kind: found 'latex'"):
        notebook(load(1), "latex")
    with pytest.raises(ValueError, match="allowed is a Jupyter notebook"):
        code_cells("{}")
