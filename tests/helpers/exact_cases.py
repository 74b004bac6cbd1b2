"""Hypothesis strategies of rational problems and networks, degenerate ones included."""

from fractions import Fraction

import numpy as np
from hypothesis import strategies as st

from reference import (
    Absolute,
    HalfSquared,
    Hinge,
    Huber,
    Network,
    Pinball,
    Problem,
    Squared,
)

LOSSES = (
    Absolute(),
    Hinge(),
    Huber(Fraction(1, 4)),
    Pinball(Fraction(1, 3)),
    HalfSquared(),
    Squared(),
)
LIPSCHITZ = tuple(loss for loss in LOSSES if loss.lipschitz is not None)
EIGHTHS = st.integers(-8, 8).map(lambda k: Fraction(k, 8))


def rows(inputs):
    """Rational rows in the unit ball: zero, short, and on the sphere (stereographic points)."""
    short = st.lists(EIGHTHS, min_size=inputs, max_size=inputs).map(
        lambda row: [x / inputs for x in row]
    )
    sphere = st.lists(EIGHTHS, min_size=inputs - 1, max_size=inputs - 1).map(_stereographic)
    return st.one_of(short, sphere, st.just([Fraction(0)] * inputs))


def _stereographic(point):
    square = sum(x * x for x in point)
    return [2 * x / (1 + square) for x in point] + [(1 - square) / (1 + square)]


@st.composite
def problems(draw, losses=LOSSES, inputs=None, samples=4):
    loss = draw(st.sampled_from(losses))
    n = inputs or draw(st.integers(1, 3))
    N = draw(st.integers(1, samples))
    X = draw(st.lists(st.lists(EIGHTHS, min_size=n, max_size=n), min_size=N, max_size=N))
    targets = st.sampled_from(loss.labels) if loss.labels else EIGHTHS
    y = draw(st.lists(targets, min_size=N, max_size=N))
    kappa = draw(st.sampled_from([Fraction(1, 50), Fraction(1, 2)]))
    return Problem(np.array(X, dtype=object), np.array(y, dtype=object), loss, kappa)


@st.composite
def networks(draw, inputs, width=None, most=6, idle=0):
    """Networks with repeated and opposite rows now and then, and ``idle`` neurons at least."""
    m = width or draw(st.integers(max(1, idle), most))
    W = [draw(rows(inputs)) for _ in range(m)]
    if m > 1 and draw(st.booleans()):
        W[1] = [draw(st.sampled_from([-1, 1])) * x for x in W[0]]
    theta = [draw(EIGHTHS) for _ in range(m)]
    for i in draw(st.permutations(range(m)))[:idle]:
        theta[i] = Fraction(0)
    return Network(np.array(W, dtype=object), np.array(theta, dtype=object))


@st.composite
def cases(draw, losses=LOSSES, inputs=None, idle=0, most=6):
    problem = draw(problems(losses, inputs))
    return problem, draw(networks(problem.inputs, idle=idle, most=most))
