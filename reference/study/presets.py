"""The studies shipped: quick, as published, as revised, and the curve over widths."""

from __future__ import annotations

from collections.abc import Callable

from reference.study.design import REVISED_KAPPA, Design, ProblemChoice

CURVE_WIDTHS = (2, 3, 4, 6, 8, 12, 20, 50, 100, 200)
REVISED_WIDTHS = (8, 16, 32, 64, 128)


def quick(choice: ProblemChoice) -> Design:
    """Return a study of two narrow widths that ends within two minutes on two cores."""
    return Design(
        problems=(choice,),
        widths=(5, 20),
        replicates=4,
        networks=6,
        pairs=3,
        pairing="disjoint",
        name="quick",
    )


def paper(choice: ProblemChoice) -> Design:
    """Return the study of [B26]: 1000 networks and 200 random pairs at widths 20 and 200."""
    return Design(problems=(choice,), widths=(20, 200), name="paper")


def widths(choice: ProblemChoice) -> Design:
    """Return ten widths from 2 to 200, three disjoint pairs in each of eight groups (E4)."""
    return Design(
        problems=(choice,),
        widths=CURVE_WIDTHS,
        replicates=8,
        networks=6,
        pairs=3,
        pairing="disjoint",
        name="widths",
    )


def revision(choice: ProblemChoice) -> Design:
    """Return the study of [B26r] (E5): six ridge-teacher problems, whatever the choice is."""
    del choice
    return Design(
        problems=tuple(
            ProblemChoice(f"ridge-{n}", loss, REVISED_KAPPA, "unit-ball", bias=False)
            for loss in ("huber:0.25", "logistic")
            for n in (1, 2, 4)
        ),
        widths=REVISED_WIDTHS,
        replicates=10,
        networks=8,
        pairs=3,
        pairing="disjoint",
        levels=("fixed", "moving"),
        name="revision",
    )


PRESETS: dict[str, Callable[[ProblemChoice], Design]] = {
    "quick": quick,
    "paper": paper,
    "widths": widths,
    "revision": revision,
}
