"""The losses shipped, by class and by the name the command line uses."""

from reference.model.losses.base import Loss
from reference.model.losses.classification import Hinge, Logistic
from reference.model.losses.parsing import LOSSES, parse_loss
from reference.model.losses.regression import (
    Absolute,
    HalfSquared,
    Huber,
    Pinball,
    Squared,
)

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
    "parse_loss",
]
