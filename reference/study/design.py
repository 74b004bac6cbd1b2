"""What to run: one frozen configuration, from which every number follows on equal machines.

A study trains, for each problem and width, ``replicates`` independent groups of ``networks``
networks, joins ``pairs`` pairs of each group under each level rule, and measures the barrier of
each pair with every path finder.

=================  ==============================================================================
level              the objective a path should not exceed
=================  ==============================================================================
``pairwise``       the higher of the two ends, as published
``moving``         one level per width: the least with `Design.eligible` of every group below it
``fixed``          one level for all widths: the largest of the moving ones
=================  ==============================================================================

=================  ==============================================================================
pairing            which networks are joined
=================  ==============================================================================
``random``         any two of a group, as published: pairs share ends
``disjoint``       each network in at most one pair of its group
=================  ==============================================================================

=======================  =========================================================================
finder                   the path
=======================  =========================================================================
``straight``             the straight line
``string``               Dynamic String Sampling: midpoints trained down to the level
``late-string``          the same, each midpoint one step past the one that met the level
``margin-string``        Dynamic String Sampling that trains midpoints below the level by a margin
``output-layer-string``  the same, each midpoint's output layer solved before its rows are trained
``theorem``              the path of claim P5 with witnesses from one refit each
``explicit``             `connect`
=======================  =========================================================================
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import Any

from reference.model.datasets import (
    PUBLISHED_KAPPA,
    PUBLISHED_LOSSES,
    load,
    ridge_teacher,
    with_ones,
)
from reference.model.domain import DOMAINS
from reference.model.losses import parse_loss
from reference.model.problem import Problem
from reference.training.adam import RATE

LEVELS = ("pairwise", "moving", "fixed")
PAIRINGS = ("random", "disjoint")
STRINGS = ("string", "late-string", "margin-string", "output-layer-string")
FINDERS = ("straight", *STRINGS, "theorem", "explicit")
RIDGE = "ridge-"
REVISED_KAPPA = 2e-3


@dataclass(frozen=True)
class ProblemChoice:
    """One problem of a study, by name.

    Attributes
    ----------
    source : str
        ``moons``, ``breast-cancer``, ``ridge-4`` (ridge teacher, n = 4) or a CSV or NPZ file.
    loss : str
        Name, with a constant after a colon where it has one: ``huber:0.25``.
    kappa : float
    domain : str
        ``normalized-weights`` for the published protocol, ``unit-ball`` for the theorem's.
    bias : bool
        Whether inputs get the homogeneous coordinate.
    """

    source: str
    loss: str
    kappa: float = PUBLISHED_KAPPA
    domain: str = "normalized-weights"
    bias: bool = True

    @property
    def label(self) -> str:
        """What tables call the problem."""
        return f"{self.source}, {self.loss} loss"

    def problem(self, seed: int) -> Problem:
        """Build the problem; the seed matters to ridge teachers only."""
        loss = parse_loss(self.loss)
        if self.source.startswith(RIDGE):
            task = "regression" if loss.labels is None else "classification"
            data = ridge_teacher(int(self.source.removeprefix(RIDGE)), task, seed)
            X = with_ones(data.X) if self.bias else data.X
        else:
            data = load(self.source, self.bias)
            X = data.X
        return Problem(X, data.y, loss, self.kappa, DOMAINS[self.domain]())


@dataclass(frozen=True)
class Design:
    """A study; the module's docstring says what levels, pairings and finders there are.

    Attributes
    ----------
    problems : tuple of ProblemChoice
    widths : tuple of int
        Hidden neurons; the constant neuron of the published protocol comes on top.
    replicates, networks, pairs : int
        Independent groups per width; networks per group; pairs per group and level.
    eligible : float
        Share of each group that must lie below a moving or fixed level.
    epochs, depth, midpoint_epochs, points : int
        Of training; of the string's recursion, its midpoints, its grid per segment.
    midpoint_rate : float
        Learning rate of the string's midpoints.
    margin : float
        How far below the level ``margin-string`` trains midpoints, as a share of the level.
    tolerance : float
        Width at which a certificate stops refining.
    kept_paths : int
        Paths written per problem, width, level and finder.
    draws : int
        Bootstrap resamples and random permutations.
    seed : int

    Raises
    ------
    ValueError
        If a choice is unknown or a count is too small.
    """

    problems: tuple[ProblemChoice, ...]
    widths: tuple[int, ...]
    replicates: int = 1
    networks: int = 1000
    pairs: int = 200
    pairing: str = "random"
    levels: tuple[str, ...] = ("pairwise",)
    eligible: float = 0.75
    finders: tuple[str, ...] = FINDERS
    epochs: int = 150
    depth: int = 8
    midpoint_epochs: int = 150
    points: int = 200
    midpoint_rate: float = RATE
    margin: float = 0.1
    tolerance: float = 1e-9
    kept_paths: int = 3
    draws: int = 2000
    seed: int = 0
    name: str = field(default="own", compare=False)

    def __post_init__(self) -> None:
        for argument, found, allowed in (
            ("levels", self.levels, LEVELS),
            ("pairing", (self.pairing,), PAIRINGS),
            ("finders", self.finders, FINDERS),
        ):
            if not found or not set(found) <= set(allowed):
                raise ValueError(f"{argument}: found {found}, allowed are {', '.join(allowed)}")
        needed = 2 * self.pairs if self.pairing == "disjoint" else 2
        for argument, count, least in (
            ("problems", len(self.problems), 1),
            ("widths", min(self.widths, default=0), 1),
            ("replicates", self.replicates, 1),
            ("pairs", self.pairs, 1),
            ("networks", self.networks, needed),
        ):
            if count < least:
                raise ValueError(f"{argument}: found {count}, allowed is at least {least}")
        possible = self.members_below * (self.members_below - 1) // 2
        if self.pairs > possible:
            raise ValueError(f"pairs: found {self.pairs}, allowed is at most {possible}")

    @property
    def members_below(self) -> int:
        """How many networks of each group must lie below a moving or fixed level."""
        least = 2 * self.pairs if self.pairing == "disjoint" else 2
        return max(least, -int(-self.eligible * self.networks // 1))

    @property
    def count(self) -> int:
        """Networks per problem and width."""
        return self.replicates * self.networks

    def choice(self, label: str) -> ProblemChoice:
        """Return the problem of a label."""
        return next(choice for choice in self.problems if choice.label == label)

    def to_json(self) -> str:
        """Return all settings as one line of JSON."""
        return json.dumps(asdict(self), sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> Design:
        """Read what `to_json` wrote."""
        found: dict[str, Any] = json.loads(text)
        found["problems"] = tuple(ProblemChoice(**choice) for choice in found["problems"])
        for name in ("widths", "levels", "finders"):
            found[name] = tuple(found[name])
        return cls(**found)


def choose(source: str) -> ProblemChoice:
    """Return a data set as its paper ran it; a file of your own gets the logistic loss.

    Raises
    ------
    ValueError
        If the dimension of a ridge teacher is no number.
    """
    if source.startswith(RIDGE):
        if not source.removeprefix(RIDGE).isdecimal():
            raise ValueError(f"data: found {source!r}, allowed is {RIDGE}N with N inputs")
        return ProblemChoice(source, "huber:0.25", REVISED_KAPPA, "unit-ball", bias=False)
    loss = PUBLISHED_LOSSES[source]().name if source in PUBLISHED_LOSSES else "logistic"
    return ProblemChoice(source, loss)
