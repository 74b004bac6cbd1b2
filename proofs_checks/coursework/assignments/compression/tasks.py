"""Assignment 3: how it is marked."""

from __future__ import annotations

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

import numpy as np

import reference
from proofs_checks.claims.compression import cluster_merge as k1
from proofs_checks.claims.compression.caratheodory import FLOAT_AGREEMENT
from proofs_checks.claims.registry import find_claims
from proofs_checks.coursework.assignment import (
    Assignment,
    Function,
    Mark,
    Mistake,
    Task,
)
from proofs_checks.coursework.assignments.compression import mistakes
from proofs_checks.coursework.definitions import defined
from proofs_checks.coursework.grading import result_checks
from proofs_checks.framework.cases import OneNetwork
from proofs_checks.framework.measurement import Measurement, at_most, check_true, equal, worst
from proofs_checks.framework.target import Target

K1, K4, K5, K6 = find_claims(["K1", "K4", "K5", "K6"])


def compression(network: Any, theta: np.ndarray) -> Any:
    """Return what the library's compressions return, as far as claims look at it."""
    return SimpleNamespace(network=reference.Network(network.W, theta))


def with_prune(prune: Function) -> Mapping[str, Any]:
    """Return the student's pruning as the library calls it."""
    return {
        "prune": lambda problem, network, count: compression(network, prune(network.theta, count))
    }


def with_merge(merge: Function) -> Mapping[str, Any]:
    """Return the student's merge as the library calls it."""
    return {
        "merge": lambda problem, network, groups: compression(
            network, merge(network.W, network.theta, groups)
        )
    }


def with_sample(sample: Function) -> Mapping[str, Any]:
    """Return the student's sampler as the library calls it."""
    return {
        "sample": lambda problem, network, size, seed=0: compression(
            network, sample(network.theta, size, seed)
        )
    }


def with_caratheodory(caratheodory: Function) -> Mapping[str, Any]:
    """Return the student's sparsification as the library calls it."""
    return {
        "caratheodory": lambda problem, network: compression(
            network, caratheodory(network.features(problem.X), network.theta)
        )
    }


def cheapest_member(target: Target, case: k1.Case) -> Measurement:
    """Compare the transport onto the members kept with the least possible."""
    problem, network = case.base.build(target)
    merged = target.merge(problem, network, case.groups).network
    parts = []
    for group in case.groups:
        W, mass = network.W[group], np.abs(network.theta[group])
        costs = np.array([mass @ np.linalg.norm(W - row, axis=1) for row in W])
        kept = np.flatnonzero(merged.theta[group])
        found = costs[kept].min() if len(kept) else costs.min()
        parts.append(at_most(found, costs.min(), 1e-12 * costs.max(), "transport of a group"))
    return worst(*parts)


def kept_on_the_data(target: Target, case: OneNetwork) -> Measurement:
    """Compare predictions and mass; where more than N neurons are active, one has to go."""
    problem, network = case.build(target)
    sparse = target.caratheodory(problem, network).network
    mass = np.abs(network.theta).sum()
    reach = FLOAT_AGREEMENT * (1 + network.features(problem.X).max()) * (1 + mass)
    change = np.abs(sparse.predict(problem.X) - network.predict(problem.X)).max()
    return worst(
        equal(change, 0, reach, "largest change of a prediction"),
        at_most(np.abs(sparse.theta).sum(), mass, reach, "mass"),
        check_true(
            len(sparse.active) < len(network.active) or len(network.active) <= problem.samples,
            "no neuron",
        ),
    )


def vector(value: Any, size: int) -> np.ndarray:
    """Return coefficients."""
    return result_checks.array(value, (size,), "theta")


def draw_merge(generator: np.random.Generator) -> tuple[Any, ...]:
    """Draw rows, coefficients and two groups."""
    W = generator.standard_normal((5, 2)) / 3
    return W, generator.standard_normal(5), [[0, 2, 3], [1, 4]]


ASSIGNMENT = Assignment(
    number=3,
    folder="compression",
    title="Compressions",
    tasks=(
        Task(
            name="prune",
            overlay=with_prune,
            draw=lambda generator: (generator.standard_normal(6), 2),
            returns=lambda value, theta, count: vector(value, len(theta)),
            hint="np.argsort(np.abs(theta)) lists neurons by mass; do not change the argument.",
            labels={
                "coefficients kept": "a coefficient was changed: each is kept as it is, or 0",
                "l neurons": "fewer than count coefficients are 0",
                "only the smallest": "a larger coefficient went while a smaller one stayed",
            },
            marks=(Mark(K5, 5),),
            mistakes=(
                Mistake(
                    "you drop the largest coefficients, not the smallest", mistakes.keep_smallest
                ),
                Mistake("magnitudes count: -5 is a large coefficient", mistakes.by_signed_value),
                Mistake(
                    "you keep count coefficients; count are to be dropped", mistakes.keep_count
                ),
            ),
        ),
        Task(
            name="merge",
            overlay=with_merge,
            draw=draw_merge,
            returns=lambda value, W, theta, groups: vector(value, len(theta)),
            hint="For each group compute the transport onto each member and take the argmin.",
            labels={
                "signed sum": "the group's coefficients do not add up to what they were, with sign",
                "one neuron is left": "more than one neuron of a group is still active",
                "mass": "the output mass grew",
                "transport": "another member of the group is cheaper to merge onto",
            },
            marks=(
                Mark(K1, 4),
                Mark(
                    defined(
                        "A group is merged onto its cheapest member",
                        cheapest_member,
                        k1.cases(),
                        "cheapest",
                    ),
                    2,
                ),
            ),
            mistakes=(
                Mistake(
                    "you keep the first member; another is cheaper to merge onto",
                    lambda W, theta, groups: mistakes.merged_by(W, theta, groups, "first"),
                ),
                Mistake(
                    "the sum has to keep signs: coefficients of opposite sign cancel",
                    lambda W, theta, groups: mistakes.merged_by(W, theta, groups, "unsigned"),
                ),
                Mistake(
                    "you take the mean of the coefficients; it is their sum",
                    lambda W, theta, groups: mistakes.merged_by(W, theta, groups, "mean"),
                ),
            ),
        ),
        Task(
            name="sample",
            overlay=with_sample,
            draw=lambda generator: (generator.standard_normal(4), 3, 0),
            returns=lambda value, theta, size, seed: vector(value, len(theta)),
            hint="np.random.default_rng(seed).multinomial(size, shares) counts the draws.",
            labels={
                "at most q": "more than size neurons are active",
                "coefficients are": "coefficients are no multiples of ||theta||_1 / size",
                "mass": "the mass is not that of theta, or a sign is lost",
                "frequencies": "neurons are not drawn in proportion to |theta_i|",
            },
            marks=(Mark(K4, 6, 20),),
        ),
        Task(
            name="caratheodory",
            overlay=with_caratheodory,
            draw=lambda generator: (
                np.maximum(generator.standard_normal((3, 6)), 0),
                generator.standard_normal(6),
            ),
            returns=lambda value, Z, theta: vector(value, len(theta)),
            hint="The last row of np.linalg.svd's Vh is a null vector of the active columns.",
            labels={
                "largest change": "a prediction on the data changed",
                "mass": "the output mass grew: walk along the null vector the other way",
                "no neuron": "more than N neurons are active, and none became idle",
                "active neurons": "more than N neurons are active; exactly 0 counts as idle",
            },
            marks=(
                Mark(
                    defined(
                        "Predictions stay, mass does not grow, some neuron goes",
                        kept_on_the_data,
                        K6.cases,
                        "predictions",
                    ),
                    4,
                ),
                Mark(K6, 4, 80),
            ),
            mistakes=(
                Mistake("nothing changes: theta itself is returned", lambda Z, theta: theta),
                Mistake(
                    "the mass is not watched: least squares may raise it", mistakes.least_squares
                ),
            ),
        ),
    ),
)
