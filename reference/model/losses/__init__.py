"""The losses shipped, by class and by the name the command line uses."""

from reference.model.losses.base import Loss
from reference.model.losses.classification import Hinge, Logistic
from reference.model.losses.regression import (
    Absolute,
    HalfSquared,
    Huber,
    Pinball,
    Squared,
)

LOSSES: dict[str, type[Loss]] = {
    kind().name: kind for kind in (Logistic, Huber, Absolute, Hinge, Pinball, HalfSquared, Squared)
}

__all__ = [
    "LOSSES",
    "Absolute",
    "HalfSquared",
    "Hinge",
    "Huber",
    "Logistic",
    "Loss",
    "Pinball",
    "Squared",
]
