"""The words of a report, each explained in a sentence; only those that the report uses."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from reference.report.section import PATHS
from reference.study.design import STRINGS, Design

GENERAL = {
    "objective F": "mean loss plus penalty.",
    "level": "the objective that a path should not exceed; the title of each section says which.",
    "certified gap": "a proven upper bound of how far F rises above the level anywhere on a whole "
    "continuous path. A certified gap of 0 says that both networks lie in one connected part of "
    "the set of networks at or below the level.",
    "block": "pairs that share a network, or a group of networks, are one block; pairs of "
    "different blocks are independent of each other.",
}
RULES = {
    "pairwise": "the higher of the two ends' objectives, for each pair its own.",
    "moving": "one for each width, which most networks of that width lie below.",
    "fixed": "one for all widths, which most networks of every width lie below.",
}
FINDERS = {
    "straight": "the segment between the two networks.",
    "string": "Dynamic String Sampling: the middle of a segment that rises is trained until it "
    "meets the level, then both halves are treated alike. A trained middle is called a bead.",
    "late-string": "the same, each bead trained for one step more after it has met the level.",
    "margin-string": "the same, each bead trained until it lies below the level by a margin, a "
    "fixed share of the level.",
    "output-layer-string": "a string whose beads get their best output layer before their rows are "
    "trained.",
    "theorem": "the path that the theorem's proof constructs.",
    "explicit": "a path built without training: neurons that are not in use are moved, and output "
    "layers are exchanged where no neuron moves (the library's connect).",
}
RELEASED = (
    "what the paper's released code computes of a string. It looks at some points only and bounds "
    "nothing, so it may lie below the true rise."
)
NAIVE = (
    "naive: computed as if all pairs were independent; by block: whole blocks are drawn together."
)


def glossary(design: Design) -> str:
    """Return a list of the words that a study's report uses, in HTML."""
    words = dict(GENERAL)
    words["level"] = " ".join([GENERAL["level"], "Here:", *(RULES[rule] for rule in design.levels)])
    words |= {PATHS[name]: FINDERS[name] for name in FINDERS if name in design.finders}
    if set(STRINGS) & set(design.finders):
        words["released estimator"] = RELEASED
    words["naive, by block"] = NAIVE
    return f'<h2>Words</h2><dl class="words">{"".join(_items(words.items()))}</dl>'


def _items(words: Iterable[tuple[str, str]]) -> Iterable[str]:
    for word, meaning in words:
        yield f"<dt>{escape(word)}</dt><dd>{escape(meaning)}</dd>"
