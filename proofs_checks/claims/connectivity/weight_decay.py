"""C10. Weight decay and the l1 penalty are two views of one landscape.

With rows free and ``F_wd = R + kappa / 2 sum_i (theta_i^2 + ||w_i||^2)``:

- the lift ``(a, u) -> (sign(a) sqrt|a|, sqrt|a| u)`` keeps the predictor, and ::

      F_wd(lifted) = F - kappa / 2 sum_i |a_i| (1 - ||u_i||^2)

  so it is equal to F for unit rows, and every path under the l1 penalty has a twin of equal height;
- the flow ``theta' = theta (||w||^2 - theta^2)``, ``w' = w (theta^2 - ||w||^2)`` keeps the
  predictor, never raises F_wd, and ends where ``|theta_i| = ||w_i||``; where one of the two is 0
  the other fades as ``s / sqrt(1 + 2 t s^2)``.

The lift of coefficients that are squares is measured in exact arithmetic, the flow in float64.

**Direction:** exact (lift), upper (flow).

**Source:** docs/theory/06-connectivity.md, C10.

**Controls:** equality of the lift for rows inside the ball; the flow backwards; a lift without
roots.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np
from hypothesis import strategies as st

from proofs_checks.framework.cases import RATIONAL, OneNetwork, Weights
from proofs_checks.framework.claim import Claim, Control
from proofs_checks.framework.measurement import Measurement, at_most, equal, worst
from proofs_checks.framework.rounding import UNIT, gamma
from proofs_checks.framework.target import Target
from proofs_checks.strategies.general import (
    Draw,
    ball_rows,
    pick,
    problems,
    rationals,
    whole,
)
from proofs_checks.strategies.small import small_case


@dataclass(frozen=True)
class Case:
    """A network whose coefficients are squares up to sign, and a time to flow for."""

    base: OneNetwork
    time: Fraction


@st.composite
def cases(draw: Draw) -> Case:
    """Draw rows of the ball, signed squares, and a time."""
    problem = draw(problems(losses=RATIONAL, domains=("UnitBall",)))
    rows: tuple[Any, ...] = ()
    for _ in range(draw(whole(1, 4))):
        rows = (*rows, draw(ball_rows(len(problem.X[0]), rows, problem.X)))
    theta = tuple(draw(pick(1, -1)) * draw(rationals()) ** 2 for _ in rows)
    time = draw(pick(Fraction(1, 4), Fraction(0), Fraction(3)))
    return Case(OneNetwork(problem, Weights(rows, theta)), time)


def decayed(problem: Any, network: Any) -> Any:
    """Return ``F_wd``, from the target's risk."""
    squares = (network.theta * network.theta).sum() + (network.W * network.W).sum()
    return problem.risk(network) + problem.kappa * squares / 2


def noise(target: Target, case: OneNetwork, *networks: Any) -> Any:
    """Bound the rounding of two values of ``F_wd``: of the risk, of the squares, of their roots."""
    if isinstance(networks[0].theta[0], Fraction):
        return 0
    squares = max(float((net.theta**2).sum() + (net.W**2).sum()) for net in networks)
    size = sum(networks[0].W.shape) + 16
    moved = max(
        float((np.abs(net.theta) * np.linalg.norm(net.W, axis=1)).sum()) for net in networks
    )
    reach = float(max(np.linalg.norm(np.array(case.problem.X, dtype=float), axis=1)))
    slope = 2 * (moved * reach + max(abs(float(y)) for y in case.problem.y)) + 4
    floating = replace(target, exact=False)
    risk = max(case.problem.rounding(floating, net) for net in networks)
    return 4 * (risk + gamma(size) * (float(case.problem.kappa) * squares + slope * moved * reach))


def measure(target: Target, case: Case) -> Measurement:
    """Compare the lift with its formula, then flow and compare values and predictions."""
    problem, network = case.base.build(target)
    lifted = target.lift(network)
    shorter = 1 - (network.W * network.W).sum(axis=1)
    saved = problem.kappa * (np.abs(network.theta) * shorter).sum() / 2
    allowance = noise(target, case.base, network, lifted)
    formula = problem.value(network) - saved
    return worst(
        equal(decayed(problem, lifted), formula, allowance, "F_wd of the lift"),
        equal(target.decayed_value(problem, lifted), formula, allowance, "decayed_value"),
        *_flowing(replace(target, exact=False, precise=False), case),
    )


def _flowing(target: Target, case: Case) -> list[Measurement]:
    """Flow in float64 for the time of the case, and for ever."""
    problem, network = case.base.build(target)
    later, end = target.flow(network, float(case.time)), target.balance(network)
    before, parts = network.predict(problem.X), []
    for flowed, label in ((later, "flow"), (end, "balance")):
        allowance = noise(target, case.base, network, flowed)
        change = np.abs(flowed.predict(problem.X) - before).max()
        size = np.abs(problem.X) @ np.abs(network.W).T @ np.abs(network.theta)
        reach = 4 * gamma(sum(network.W.shape) + 16) * size.max()
        fallen = decayed(problem, flowed), decayed(problem, network)
        parts.append(equal(change, 0, float(reach), f"change of a prediction by the {label}"))
        parts.append(at_most(fallen[0], fallen[1] + allowance, 0, f"F_wd after the {label}"))
    parts += faded(network, later, float(case.time), "flow") + faded(
        network, end, np.inf, "balance"
    )
    norms, sizes = np.linalg.norm(end.W, axis=1), np.abs(end.theta)
    unit = 32 * (network.W.shape[1] + 8) * UNIT
    parts.append(
        equal(np.abs(norms - sizes).max(), 0, float(unit * sizes.max()), "balance at the end")
    )
    return parts


def faded(network: Any, later: Any, time: float, label: str) -> list[Measurement]:
    """Compare a neuron one of whose layers is 0 with the closed form of its flow.

    The other layer, of size s, obeys ``s' = -s^3``, so ``s(t) = s / sqrt(1 + 2 t s^2)``.
    """
    parts = []
    sizes, norms = np.abs(network.theta), np.linalg.norm(network.W, axis=1)
    for i in np.flatnonzero((sizes == 0) | (norms == 0)):
        start = max(sizes[i], norms[i])
        left = max(abs(later.theta[i]), np.linalg.norm(later.W[i]))
        shrink = 0.0 if np.isinf(time) else 1 / np.sqrt(1 + 2 * time * start**2)
        room = 64 * (network.W.shape[1] + 8) * UNIT * start
        said = f"a neuron with a layer of 0 fades under the {label}"
        parts.append(equal(left, start * shrink, float(room), said))
    return parts


def inside_the_ball(target: Target, case: OneNetwork) -> Measurement:
    """Halve the rows and claim equality of the lift."""
    problem, network = case.build(target)
    halved = target.Network(network.W / 2, network.theta)
    return equal(
        decayed(problem, target.lift(halved)), problem.value(halved), 0, "F_wd of the lift"
    )


def backwards(target: Target, case: OneNetwork) -> Measurement:
    """Flow and claim that F_wd was lower before."""
    floating = replace(target, exact=False, precise=False)
    problem, network = case.build(floating)
    later = floating.flow(network, 1.0)
    return at_most(decayed(problem, network), decayed(problem, later), 0, "F_wd before the flow")


def without_roots(target: Target, case: OneNetwork) -> Measurement:
    """Leave the network as it is."""
    problem, network = case.build(target)
    return at_most(decayed(problem, network), problem.value(network), 0, "F_wd of the network")


CLAIM = Claim(
    id="C10",
    title="Weight decay and the l1 penalty are two views of one landscape",
    source="theory C10",
    direction="exact",
    cases=cases(),
    measure=measure,
    controls=(
        Control("unit rows", small_case(), inside_the_ball),
        Control("the flow runs forwards", small_case(), backwards),
        Control("the lift takes roots", small_case(), without_roots),
    ),
    module=__name__,
)
