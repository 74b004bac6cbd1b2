"""What the papers print, to stand beside what was measured (theory, section E)."""

from __future__ import annotations

from dataclasses import dataclass

from reference.model.datasets import PUBLISHED_LOSSES
from reference.study.design import REVISED_KAPPA, RIDGE, ProblemChoice


@dataclass(frozen=True)
class PublishedGaps:
    """One row of [B26]'s tables: gaps by its released estimator over 200 pairs.

    ``reached`` is the share of pairs whose search met its depth limit, ``pool`` the mean
    objective of the 1000 networks.
    """

    mean: float
    median: float
    maximum: float
    reached: float
    pool: float


GAPS = {
    ("moons", 20): PublishedGaps(5.6e-5, 1.8e-6, 1.72e-3, 0.99, 0.0485),
    ("moons", 200): PublishedGaps(5.5e-6, 1.8e-6, 1.48e-4, 1.0, 0.0367),
    ("breast-cancer", 20): PublishedGaps(7.9e-4, 1.2e-9, 1.07e-2, 0.62, 0.0283),
    ("breast-cancer", 200): PublishedGaps(1.2e-4, 0.0, 1.48e-3, 0.415, 0.0324),
}
# Mann-Whitney, one-sided: gaps at width 200 are smaller than at width 20.
RANK_P_ONE_SIDED = {"moons": 0.266, "breast-cancer": 2.3e-5}
MAXIMUM_P = 0.0
MAXIMUM_DRAWS = 2000
SECONDS = {
    ("moons", 20): 2.3 * 3600,
    ("moons", 200): 12.4 * 3600,
    ("breast-cancer", 20): 3.5 * 3600,
    ("breast-cancer", 200): 6 * 60,
}
REVISED = {
    ("huber:0.25", "fixed"): "at most 1.66e-5 from width 16, over both levels (720 pairs); "
    "largest at width 8: 0.117",
    ("huber:0.25", "moving"): "at most 1.66e-5 from width 16, over both levels (720 pairs); "
    "largest at width 8: 0.117",
    (
        "logistic",
        "fixed",
    ): "up to 7.1e-3 from width 16; n = 4: the median falls from 8.6e-3 "
    "(m = 8) over 2.6e-4 (m = 32) to 1.5e-4 (m = 128)",
    (
        "logistic",
        "moving",
    ): "up to 1.0e-1 from width 16; n = 4: the median rises from 7.8e-4 "
    "(m = 8) over 1.1e-3 (m = 32) to 3.4e-2 (m = 128)",
}


def is_of_paper(choice: ProblemChoice, pairing: str, rule: str) -> bool:
    """Whether a section is of the problem, pairing and level rule that [B26]'s tables are about."""
    return (
        choice.source in PUBLISHED_LOSSES
        and choice == ProblemChoice(choice.source, PUBLISHED_LOSSES[choice.source]().name)
        and (pairing, rule) == ("random", "pairwise")
    )


def is_of_revised_study(choice: ProblemChoice, pairing: str) -> bool:
    """Whether a section is of a problem and pairing of [B26r]'s study."""
    ridge = choice.source.startswith(RIDGE)
    of_teacher = ProblemChoice(choice.source, choice.loss, REVISED_KAPPA, "unit-ball", bias=False)
    return ridge and choice == of_teacher and pairing == "disjoint"
