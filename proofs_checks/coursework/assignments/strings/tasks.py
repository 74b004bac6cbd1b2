"""Assignment 5: how it is marked."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

import reference
from proofs_checks.claims.registry import find_claims
from proofs_checks.coursework.assignment import (
    Assignment,
    Mark,
    Mistake,
    Task,
    library_alone,
)
from proofs_checks.coursework.assignments.strings import measures, mistakes
from proofs_checks.coursework.definitions import defined
from proofs_checks.coursework.grading import result_checks

S1, S4 = find_claims(["S1", "S4"])


def draw_problem(generator: np.random.Generator) -> tuple[Any, ...]:
    """Draw a problem and two networks of the unit ball."""
    X, y = generator.standard_normal((6, 2)), generator.integers(0, 2, 6)
    problem = reference.Problem(X, y, reference.Logistic(), 0.05)
    ball = reference.UnitBall()
    ends = [
        reference.Network(
            ball.project(generator.standard_normal((3, 2))), generator.standard_normal(3)
        )
        for _ in range(2)
    ]
    return problem, *ends


def draw_string(generator: np.random.Generator) -> tuple[Any, ...]:
    """Draw arguments of a search that has something to repair."""
    problem, a, b = draw_problem(generator)
    return problem, a, b, 0.9 * max(problem.value(a), problem.value(b)), 2, 9, 2


def bead_list(value: Any, problem: Any, a: Any, *_: Any) -> list[Any]:
    """Return a list of networks of one shape."""
    if not isinstance(value, tuple | list) or len(value) < 2:
        raise ValueError("result: found no list of at least two networks, allowed is one")
    for k, bead in enumerate(value):
        if not isinstance(bead, reference.Network) or bead.W.shape != a.W.shape:
            raise ValueError(f"bead {k}: found no Network of shape {a.W.shape}, allowed is one")
    return [reference.Network(bead.W, bead.theta) for bead in value]


def scalar(value: Any, *_: Any) -> float:
    """Return one number."""
    return result_checks.number(value)


ASSIGNMENT = Assignment(
    number=5,
    folder="strings",
    title="Strings and certificates",
    tasks=(
        Task(
            name="string_barrier",
            overlay=library_alone,
            draw=lambda generator: (generator.random(4).tolist(), 0.1),
            returns=scalar,
            hint="A path is as high as its highest point.",
            marks=(
                Mark(
                    defined(
                        "A string is as high as its highest segment",
                        measures.largest_rise,
                        measures.maxima(),
                        "S3",
                    ),
                    4,
                ),
            ),
            mistakes=(
                Mistake(
                    "the smallest segment counts for nothing; the largest does",
                    lambda maxima, level: max(0.0, min(maxima) - level),
                ),
                Mistake(
                    "a mean over segments hides the highest one",
                    lambda maxima, level: max(0.0, sum(maxima) / len(maxima) - level),
                ),
                Mistake("the level is not subtracted", lambda maxima, level: max(maxima)),
            ),
        ),
        Task(
            name="sample_string",
            overlay=measures.with_string,
            draw=draw_string,
            returns=bead_list,
            hint="Recursion: two calls for the two halves, and the bead between them only once.",
            labels={
                "the path starts": "the first bead is not a, bit for bit",
                "the path ends": "the last bead is not b, bit for bit",
                "nodes in": "a bead leaves the unit ball",
                "beads one level deeper": "one more level of depth does not put one bead into "
                "every segment above the level: are both halves looked at again?",
                "beads stay": "one more level of depth moves beads that were there already",
                "segments of": "there are more segments than 2^depth",
                "depth": "there are more segments than 2^depth",
            },
            marks=(
                Mark(
                    replace(
                        S1,
                        measure=measures.joins_the_ends,
                        cases=measures.STRINGS,
                        title="A string joins the given arrays inside the domain",
                    ),
                    3,
                    60,
                ),
                Mark(replace(S4, cases=measures.STRINGS), 7, 50),
            ),
            mistakes=(
                Mistake(
                    "only the left half is looked at again; both have to be",
                    mistakes.one_half,
                ),
                Mistake("the straight segment is never divided", mistakes.never),
            ),
        ),
        Task(
            name="segment_upper_bound",
            overlay=library_alone,
            draw=lambda generator: (*draw_problem(generator), 4),
            returns=scalar,
            hint="U(t) = X W(t)^T is linear in t: two products give it at all times.",
            labels={
                "your bound against a value": "F exceeds your bound between grid points",
                "your bound against the chord": "your bound is wider than the chord bound",
            },
            marks=(
                Mark(
                    defined(
                        "F exceeds the bound nowhere on the segment",
                        measures.bound_holds,
                        measures.segments(),
                        "upper bound",
                    ),
                    5,
                    100,
                ),
                Mark(
                    defined(
                        "It is a bound, and no wider than the chord bound",
                        measures.bound_is_narrow,
                        measures.segments(),
                        "chord bound",
                    ),
                    5,
                    100,
                ),
            ),
            mistakes=(
                Mistake("a grid's largest value bounds nothing in between", mistakes.grid),
                Mistake(
                    "kinks are left out: a pair that changes sign bends the prediction too",
                    mistakes.without_kinks,
                ),
            ),
        ),
        Task(
            name="dual_bound",
            overlay=library_alone,
            draw=lambda generator: (draw_problem(generator)[0], generator.standard_normal(6), 0.4),
            returns=scalar,
            hint="min(1, kappa / M) keeps v in its constraint and in the conjugate's domain.",
            labels={
                "your bound": "a network comes below your bound: is v scaled into the constraint?",
                "formula": "your bound holds, but is smaller than the formula's",
            },
            marks=(
                Mark(
                    defined(
                        "No network comes below the bound",
                        measures.dual_holds,
                        measures.NETWORKS,
                        "D1",
                    ),
                    2,
                    150,
                ),
                Mark(
                    defined(
                        "The bound is that of the formula",
                        measures.dual_is_sharp,
                        measures.NETWORKS,
                        "sharp",
                    ),
                    4,
                    150,
                ),
            ),
            mistakes=(
                Mistake("v is not scaled into its constraint", mistakes.unscaled),
                Mistake("the sign is wrong: the bound is minus the mean", mistakes.wrong_sign),
                Mistake("the sum over samples has to be a mean", mistakes.summed),
            ),
        ),
    ),
)
