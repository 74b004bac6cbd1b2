"""Losses by name, as the command, studies and files write them: ``logistic``, ``huber:0.25``."""

from __future__ import annotations

import dataclasses

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


def parse_loss(text: str) -> Loss:
    """Return the loss that a text names, with its constant after a colon if it has one.

    Parameters
    ----------
    text : str
        ``name`` or ``name:constant``; `LOSSES` lists the names.

    Returns
    -------
    Loss

    Raises
    ------
    ValueError
        If no loss has that name, the loss has no constant, or the constant is not allowed.

    Examples
    --------
    >>> parse_loss("huber:0.25")
    Huber(delta=0.25)
    >>> parse_loss("hinge:3")
    Traceback (most recent call last):
    ValueError: loss: found 'hinge:3', but hinge has no constant; write 'hinge'
    """
    name, colon, constant = text.partition(":")
    if name not in LOSSES:
        raise ValueError(f"loss: found {text!r}, allowed are {', '.join(LOSSES)}")
    if not colon:
        return LOSSES[name]()
    fields = dataclasses.fields(LOSSES[name])
    if not fields:
        raise ValueError(f"loss: found {text!r}, but {name} has no constant; write {name!r}")
    try:
        value = float(constant)
    except ValueError:
        raise ValueError(f"loss: found {text!r}, allowed is a number after the colon") from None
    return LOSSES[name](**{fields[0].name: value})
