"""The explorer: its data are the path's, its words the certificate's, and a browser can walk it."""

from __future__ import annotations

import base64
import json
import re
from html.parser import HTMLParser

import numpy as np
import pytest
from helpers import browser

from reference import (
    HalfSquared,
    Hinge,
    Logistic,
    Network,
    NormalizedWeights,
    Path,
    Problem,
    Squared,
    certify,
)
from reference.report.explorer import (
    FRAMES,
    NEUTRAL,
    SIDE,
    STEPS,
    boundary,
    frame_steps,
    quantised,
    write_explorer,
)
from reference.report.projection import plane_through


def problem_for(loss, inputs=2, samples=30, kappa=0.01):
    """Samples with a column of ones; targets that take two values."""
    generator = np.random.default_rng(0)
    X = np.column_stack([generator.normal(size=(samples, inputs)), np.ones(samples)])
    y = (X[:, 0] * X[:, 1] > 0).astype(float)
    return Problem(X, y if loss.labels != (-1, 1) else 2 * y - 1, loss, kappa)


def path_for(problem, seed=0):
    """Still, convex, chord: an idle row moves, takes weight, and moves again."""
    generator = np.random.default_rng(seed)
    W = problem.domain.project(generator.normal(size=(4, problem.inputs)))
    theta = np.append(generator.normal(size=3), 0.0)
    moved = W.copy()
    moved[3] = W[0]
    weighted = np.array([0.0, *theta[1:3], theta[0]])
    last = problem.domain.project(generator.normal(size=(4, problem.inputs)))
    ends = [Network(W, theta), Network(moved, theta), Network(moved, weighted)]
    return Path([*ends, Network(last, weighted)])


class Page(HTMLParser):
    """Notes addresses, labels, tags left open, and the page's data."""

    def __init__(self, file):
        super().__init__()
        self.addresses, self.labelled, self.open, self.ids = [], set(), [], set()
        self._in_data = False
        self.feed(file.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        self.addresses += [attrs[name] for name in ("src", "href") if name in attrs]
        self.labelled |= {attrs["for"]} if "for" in attrs else set()
        self.ids |= {attrs["id"]} if "id" in attrs else set()
        self._in_data = attrs.get("id") == "data"
        if tag not in ("meta", "input"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag
        self._in_data = False

    def handle_data(self, data):
        if self._in_data:
            self.data = json.loads(data)

    def pictures(self):
        frames = np.frombuffer(base64.b64decode(self.data["frames"]), dtype=np.uint8)
        return frames.reshape(-1, self.data["side"], self.data["side"])


def written(problem, path, folder, **options):
    file = folder / "explorer.html"
    write_explorer(problem, path, certify(problem, path), file, **options)
    return Page(file)


@pytest.fixture
def problem():
    return problem_for(Logistic())


def test_page_is_whole_and_needs_no_other_file(problem, tmp_path):
    page = written(problem, path_for(problem), tmp_path)
    assert page.open == []
    assert page.addresses == []
    assert page.labelled <= page.ids
    text = (tmp_path / "explorer.html").read_text(encoding="utf-8")
    assert set(re.findall(r"https?://[^\s\"']+", text)) == {"http://www.w3.org/2000/svg"}
    assert "{{" not in text
    assert not re.search(r"@import|url\(|fetch\(|XMLHttpRequest|import ", text)


def test_numbers_are_those_of_the_path(problem, tmp_path):
    path = path_for(problem)
    data = written(problem, path, tmp_path).data
    each = data["stepsPerSegment"]
    assert data["kinds"] == ["constant", "convex", "general"]
    assert len(data["objective"]) == 3 * each + 1
    for step in (0, 5, each, each + 7, 2 * each, 2 * each + 9, 3 * each):
        k = min(step // each, 2)
        node = path.at(k, (step - k * each) / each)
        assert data["objective"][step] == pytest.approx(problem.value(node), rel=1e-12)
        assert data["active"][step] == len(node.active)
        assert data["norm"][step] == pytest.approx(np.abs(node.theta).sum(), rel=1e-5)
    assert data["objective"][0] == problem.value(path.start)
    assert data["objective"][-1] == problem.value(path.end)


def test_pictures_are_predictions_on_the_plane(problem, tmp_path):
    path = path_for(problem)
    page = written(problem, path, tmp_path)
    data, each = page.data, page.data["stepsPerSegment"]
    assert len(page.pictures()) == len(data["frameSteps"]) <= FRAMES
    inputs = plane_through(problem.X, problem.y).grid(SIDE)
    for place in (0, 1, len(data["frameSteps"]) - 1):
        step = data["frameSteps"][place]
        k = min(step // each, 2)
        f = path.at(k, (step - k * each) / each).predict(inputs).reshape(SIDE, SIDE)
        shown = (page.pictures()[place].astype(float) / NEUTRAL - 1) * data["scale"]
        inside = np.abs(f) < data["scale"]
        assert inside.mean() > 0.5
        assert np.abs(f - shown)[inside].max() <= 0.51 / NEUTRAL * data["scale"]
        assert ((shown > 0) == (f > 0))[np.abs(f) > data["scale"] / NEUTRAL].all()


def test_words_follow_the_certificate(problem, tmp_path):
    path = path_for(problem)
    certificate = certify(problem, path)
    level = float(certificate.upper) + 1
    still, convex, chord = written(problem, path, tmp_path, level=level).data["reasons"]
    assert still.startswith("Constant")
    assert "claim P2" in still
    assert convex.startswith("Convex")
    assert "claims P1 and P2" in convex
    assert f"{certificate.segments[2].upper:.9g}" in chord
    assert all("Certified: not above the level" in text for text in (still, convex, chord))


def test_a_rise_is_told_by_the_segment_that_rises(problem, tmp_path):
    low, high = Network([[0.0, 0.0, 1.0]], [0.0]), Network([[0.0, 0.0, 1.0]], [9.0])
    data = written(problem, Path([low, high, low]), tmp_path).data
    assert data["level"] == problem.value(low)
    assert all("It certainly rises above the level" in text for text in data["reasons"])
    assert data["rise"] == pytest.approx(problem.value(high) - problem.value(low), rel=1e-9)


def test_the_ends_are_at_the_level_by_definition(problem, tmp_path):
    a, b = Network([[0.0, 0.0, 1.0]], [0.0]), Network([[0.0, 0.0, 1.0]], [0.1])
    data = written(problem, Path([a, b]), tmp_path).data
    assert data["rise"] == 0
    assert "Certified: not above the level" in data["reasons"][0]


def test_a_path_of_one_network_and_one_of_many_segments(problem, tmp_path):
    path = path_for(problem)
    data = written(problem, Path([path.start]), tmp_path).data
    assert data["kinds"] == ["constant"]
    assert data["reasons"] == ["The path is a single network: nothing moves."]
    assert data["objective"] == pytest.approx([problem.value(path.start)] * (STEPS + 1), rel=1e-12)
    ends = [path.start, path.end]
    page = written(problem, Path([ends[k % 2] for k in range(2 * STEPS)]), tmp_path)
    assert page.data["stepsPerSegment"] == 1
    assert len(page.pictures()) == FRAMES
    assert page.data["frameSteps"][-1] == 2 * STEPS - 1
    assert (tmp_path / "explorer.html").stat().st_size < 3e6


def test_only_chord_segments_need_pictures_inside():
    assert frame_steps(["constant", "convex"], 10) == [0, 10, 20]
    assert frame_steps(["general", "constant"], 4) == [0, 1, 2, 3, 4, 8]


def test_bytes_are_neutral_on_the_boundary_and_end_at_the_scale():
    values = np.array([-9.0, -1.0, 0.5, 2.0, 9.0])
    assert quantised(values, 0.5, 1.5).tolist() == [0, 0, 127, 254, 254]


@pytest.mark.parametrize(
    ("loss", "neutral"), [(Logistic(), 0.0), (Hinge(), 0.0), (Squared(), 0.5)], ids=str
)
def test_boundary_of_two_classes(loss, neutral):
    problem = problem_for(loss)
    found, classes = boundary(problem)
    assert found == neutral
    assert classes == (problem.y == problem.y.max()).astype(int).tolist()


def test_other_targets_have_no_classes():
    problem = Problem([[1.0], [2.0], [3.0]], [0.0, 5.0, 1.0], HalfSquared(), 0.1)
    assert boundary(problem) == (1.0, [])


def test_two_inputs_are_drawn_as_they_are(problem):
    plane = plane_through(problem.X, problem.y)
    assert (plane.places == problem.X[:, :2]).all()
    assert (plane.origin == [0, 0, 1]).all()
    inputs = plane.grid(5).reshape(5, 5, 3)
    low, high = plane.box
    assert (low < problem.X.min(axis=0)[:2]).all()
    assert (high > problem.X.max(axis=0)[:2]).all()
    assert (np.diff(inputs[0, :, 0]) > 0).all()
    assert (np.diff(inputs[:, 0, 1]) < 0).all()
    assert (inputs[..., 2] == 1).all()


def test_more_inputs_are_projected_and_the_page_says_so(tmp_path):
    problem = problem_for(Logistic(), inputs=6)
    plane = plane_through(problem.X, problem.y)
    assert plane.axes @ plane.axes.T == pytest.approx(np.eye(2), abs=1e-12)
    assert not plane.axes[:, -1].any()
    variances = np.linalg.eigvalsh(np.cov(problem.X[:, :6].T, bias=True))
    assert plane.places.var(axis=0) == pytest.approx(variances[:-3:-1])
    data = written(problem, path_for(problem), tmp_path).data
    assert data["note"].startswith("A projection: 6 inputs vary")
    assert data["axes"] == ["first principal component", "second principal component"]


@pytest.mark.parametrize("X", [[[1.0, 1.0], [2.0, 1.0], [3.0, 1.0]], [[1.0, 2.0]] * 3])
def test_fewer_than_two_inputs(X, tmp_path):
    """Samples stand at the height of their targets, above which predictions are constant."""
    problem = Problem(X, [0.0, 1.0, 2.0], HalfSquared(), 0.1)
    plane = plane_through(problem.X, problem.y)
    assert (plane.places[:, 1] == problem.y).all()
    pictures = written(problem, path_for(problem), tmp_path).pictures()
    assert (pictures == pictures[:, :1]).all()


def test_text_cannot_leave_its_element(problem, tmp_path):
    page = written(problem, path_for(problem), tmp_path, title="</script><b>&")
    assert page.open == []
    assert (
        "<title>&lt;/script&gt;&lt;b&gt;&amp;</title>" in (tmp_path / "explorer.html").read_text()
    )


def test_a_title_that_looks_like_a_placeholder_stays_as_it_is(problem, tmp_path):
    title = "run {{data}} {{script}} {{other}}"
    written(problem, path_for(problem), tmp_path, title=title)
    text = (tmp_path / "explorer.html").read_text()
    assert f"<title>{title}</title>" in text
    assert text.count('"use strict"') == 1


def test_wrong_input_is_refused(problem, tmp_path):
    path, file = path_for(problem), tmp_path / "explorer.html"
    certificate = certify(problem, path)
    with pytest.raises(ValueError, match="found 3 segments, allowed are 1"):
        write_explorer(problem, Path(path.nodes[:2]), certificate, file)
    with pytest.raises(ValueError, match=r"level: found 0\.0"):
        write_explorer(problem, path, certificate, file, level=0.0)
    exact = problem_for(Squared()).exact()
    with pytest.raises(TypeError, match="found exact entries, allowed is float64"):
        write_explorer(exact, path, certificate, file)
    assert not file.exists()


def test_the_constant_neuron_of_the_published_domain(tmp_path):
    plain = problem_for(Squared())
    problem = Problem(plain.X, plain.y, Squared(), 0.01, NormalizedWeights())
    W = np.array([[0.6, 0.0, 2.0], [0.0, 0.0, 1.0]])
    path = Path([Network(W, [1.0, 0.2]), Network(W, [0.5, 0.4])])
    data = written(problem, path, tmp_path).data
    assert data["width"] == 2
    assert data["active"] == [2] * (STEPS + 1)


@pytest.fixture(scope="module")
def chromium(tmp_path_factory):
    if browser.installed() is None:
        pytest.skip("no Chromium or Chrome is installed to look at the page with")
    opened = browser.Browser(tmp_path_factory.mktemp("profile"))
    yield opened
    opened.close()


SHOWN = """({
    place: Number(document.getElementById("place").value),
    picture: document.getElementById("picture").toDataURL(),
    cursor: document.querySelector(".dot").getAttribute("cx"),
    numbers: [...document.querySelectorAll("dd")].map((cell) => cell.textContent),
    reason: document.getElementById("reason").textContent,
    spoken: document.getElementById("place").getAttribute("aria-valuetext"),
})"""


def test_a_browser_walks_the_path_by_keyboard(chromium, problem, tmp_path):
    path = path_for(problem)
    data = written(problem, path, tmp_path).data
    each, steps = data["stepsPerSegment"], len(data["objective"]) - 1
    chromium.open(f"file://{tmp_path}/explorer.html")
    seen = [chromium.value(SHOWN)]
    chromium.press("Tab")
    assert chromium.value("document.activeElement.id") == "place"
    assert chromium.value("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    for key, place in (("ArrowRight", 1), ("End", steps), ("ArrowLeft", steps - 1), ("Home", 0)):
        chromium.press(key)
        seen.append(chromium.value(SHOWN))
        assert seen[-1]["place"] == place
    start, first, end, before, again = seen
    assert again == start
    assert start["picture"] == first["picture"]  # the first segment is still
    assert start["cursor"] != first["cursor"]
    for name in start:
        assert start[name] != end[name], name
    for name in ("place", "picture", "cursor", "numbers", "spoken"):
        assert before[name] != end[name], name
    assert end["numbers"][1] == f"{data['objective'][-1]:#.6g}"
    assert end["reason"] == data["reasons"][-1]
    chromium.press("Tab")
    chromium.press("Tab")
    chromium.value("document.activeElement.click()")
    assert chromium.value(SHOWN)["place"] == each
    assert chromium.complaints == []


@pytest.mark.parametrize("inputs", [1, 2, 6])
def test_a_browser_opens_the_page_at_a_place(chromium, inputs, tmp_path):
    problem = problem_for(Logistic(), inputs=inputs)
    data = written(problem, path_for(problem), tmp_path).data
    pictures = set()
    for share in (0.5, 1, "nonsense"):
        chromium.open(f"file://{tmp_path}/explorer.html#t={share}")
        steps = len(data["objective"]) - 1
        place = 0 if share == "nonsense" else int(share * steps + 0.5)
        assert chromium.value(SHOWN)["place"] == place
        pictures.add(chromium.screenshot())
    assert len(pictures) == 3
    assert data["note"] in chromium.value("document.body.textContent")
    assert chromium.complaints == []


def test_a_browser_shows_a_path_that_stays(chromium, problem, tmp_path):
    zero = Network(np.zeros((2, 3)), np.zeros(2))
    written(problem, Path([zero]), tmp_path)
    chromium.open(f"file://{tmp_path}/explorer.html")
    assert chromium.value(SHOWN)["numbers"][3] == "0 of 2"
    assert chromium.complaints == []
