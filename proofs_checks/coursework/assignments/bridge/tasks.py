"""Assignment 2: how it is marked."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from proofs_checks.claims.paths import lipschitz_bridge as p3
from proofs_checks.claims.paths import output_segment as p1
from proofs_checks.claims.registry import find_claims
from proofs_checks.coursework.assignment import (
    Assignment,
    Mark,
    Mistake,
    Task,
    library_alone,
)
from proofs_checks.coursework.assignments.bridge import measures, mistakes
from proofs_checks.coursework.definitions import defined
from proofs_checks.coursework.grading import result_checks
from proofs_checks.strategies.general import one_network

M5, M6, M7, P1, P3 = find_claims(["M5", "M6", "M7", "P1", "P3"])
SHARP = "your bound holds, but a smaller one does too"


def scalar(value: Any, *_: Any) -> float:
    """Return one number."""
    return result_checks.number(value)


ASSIGNMENT = Assignment(
    number=2,
    folder="bridge",
    title="The bridge lemma",
    tasks=(
        Task(
            name="feature_scale",
            overlay=measures.with_scale,
            draw=lambda generator: (generator.standard_normal((6, 3)),),
            returns=scalar,
            hint="np.linalg.eigvalsh(X.T @ X / N) has the eigenvalues, or np.linalg.norm(X, 2).",
            labels={
                "mean": "D is too small: features moved further than D times the rows",
                "D is attained": "D is too large: " + SHARP,
            },
            marks=(
                Mark(replace(M5, measure=measures.features_move), 2),
                Mark(
                    defined(
                        "D is no larger than needed",
                        measures.scale_is_sharp,
                        measures.DATA,
                        "sharp",
                    ),
                    2,
                ),
            ),
            mistakes=(
                Mistake(
                    "the root is missing",
                    lambda X: np.linalg.eigvalsh(X.T @ X / len(X))[-1],
                ),
                Mistake(
                    "the mean over samples is missing: divide X^T X by N",
                    lambda X: np.sqrt(np.linalg.eigvalsh(X.T @ X)[-1]),
                ),
                Mistake(
                    "that is the root of the trace, all eigenvalues together: " + SHARP,
                    lambda X: np.sqrt((X**2).sum() / len(X)),
                ),
                Mistake(
                    "that is the smallest eigenvalue, not the largest",
                    lambda X: np.sqrt(np.linalg.eigvalsh(X.T @ X / len(X))[0]),
                ),
            ),
        ),
        Task(
            name="predictor_distance_bound",
            overlay=library_alone,
            draw=lambda generator: (1.5, *measures.draw_pair(generator)),
            returns=scalar,
            hint="The first difference is at most D ||theta - theta'||_1 because ||w_i|| <= 1.",
            labels={
                "distance": "the predictions differ by more than your bound",
                "your bound": SHARP + ", that of M6",
            },
            marks=(
                Mark(replace(M6, measure=measures.distance_holds, cases=measures.TWO_NETWORKS), 3),
                Mark(
                    defined(
                        "The bound is no larger than that of M6",
                        measures.distance_is_sharp,
                        measures.TWO_NETWORKS,
                        "sharp",
                    ),
                    2,
                ),
            ),
            mistakes=(
                Mistake("the largest row distance counts, not the mean", mistakes.mean_radius),
                Mistake(
                    "||theta - theta'||_1 is not the difference of the two norms",
                    mistakes.difference_of_masses,
                ),
            ),
        ),
        Task(
            name="bridge",
            overlay=measures.with_bridge,
            draw=lambda generator: (*measures.draw_pair(generator), 0.3),
            returns=lambda value, W_a, *_: result_checks.node(value, W_a.shape),
            hint="a + t (b - a) in both layers; t = 0 and t = 1 deserve a line of their own.",
            labels={
                "output segment": "F rises above the chord of the ends, although only theta moves",
                "the segment": "an end is not reached bit for bit",
                "the point": "the segment is not straight, or not run at even speed",
            },
            marks=(
                Mark(replace(P1, cases=p1.cases()), 2),
                Mark(
                    defined(
                        "The segment is straight and reaches both ends",
                        measures.ends_and_middle,
                        p3.CLAIM.cases,
                        "segment",
                    ),
                    1,
                ),
            ),
            mistakes=(
                Mistake(
                    "the direction is reversed: at t = 0 you are at b",
                    lambda W_a, theta_a, W_b, theta_b, t: (
                        W_b + t * (W_a - W_b),
                        theta_b + t * (theta_a - theta_b),
                    ),
                ),
                Mistake(
                    "theta does not move: both layers do",
                    lambda W_a, theta_a, W_b, theta_b, t: (W_a + t * (W_b - W_a), theta_a),
                ),
            ),
        ),
        Task(
            name="output_mass_bound",
            overlay=library_alone,
            draw=measures.draw_numbers(3, lower=1),
            returns=scalar,
            hint="F = R + kappa ||theta||_1 and R >= lower.",
            labels={"mass": "a network has more mass than that", "a network": SHARP},
            marks=(
                Mark(replace(M7, measure=measures.mass_holds, cases=one_network()), 1),
                Mark(
                    defined(
                        "The bound is no larger than needed",
                        measures.mass_is_sharp,
                        measures.numbers(3),
                        "sharp",
                    ),
                    1,
                ),
            ),
            mistakes=(
                Mistake(
                    "the lower bound of the risk is not used: " + SHARP,
                    lambda value, lower, kappa: value / kappa,
                ),
                Mistake(
                    "kappa multiplies; it must divide",
                    lambda value, lower, kappa: (value - lower) * kappa,
                ),
            ),
        ),
        Task(
            name="bridge_bound",
            overlay=measures.with_bridge_bound,
            draw=measures.draw_numbers(6, lower=5),
            returns=scalar,
            hint="2 t (1 - t) is at most 1/2; the mass is at most (level - lower) / kappa.",
            labels={
                "bridge_bound": "your bound is smaller than the theorem's, which is attained",
                "your bound": SHARP,
            },
            marks=(
                Mark(replace(P3, measure=p3.rise), 4),
                Mark(
                    defined(
                        "The bound is no larger than needed",
                        measures.bridge_is_sharp,
                        measures.numbers(6),
                        "sharp",
                    ),
                    2,
                ),
            ),
            mistakes=(
                Mistake(
                    "the factor 1/2 is missing: " + SHARP,
                    lambda L, D, kappa, radius, level, lower: (
                        L * D * radius * (level - lower) / kappa
                    ),
                ),
                Mistake(
                    "kappa is missing: the mass is (level - lower) / kappa",
                    lambda L, D, kappa, radius, level, lower: L * D * radius * (level - lower) / 2,
                ),
                Mistake(
                    "the lower bound of the risk is not used: " + SHARP,
                    lambda L, D, kappa, radius, level, lower: L * D * radius * level / (2 * kappa),
                ),
                Mistake(
                    "the feature scale D is missing",
                    lambda L, D, kappa, radius, level, lower: (
                        L * radius * (level - lower) / (2 * kappa)
                    ),
                ),
            ),
        ),
    ),
)
