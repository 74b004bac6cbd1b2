"""The global minimum of the objective over all widths, certified (claims D1, D3, D4, D5)."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from reference.certificate.rounding import node_bounds
from reference.minimum.atom_generation import atom_rounds
from reference.minimum.column_generation import cell_rounds
from reference.minimum.free_bias_oracle import check_constant_column
from reference.minimum.neuron_merging import zero_network
from reference.minimum.relaxed_dual import relaxed_rounds
from reference.minimum.sliding import Round, sliding_rounds
from reference.minimum.unit_scale import unit_problem
from reference.model.network import Network
from reference.model.problem import Problem

PATIENCE = 6  # rounds without a gap a tenth smaller before giving up


class Step(NamedTuple):
    """What was known after one round of the search.

    Attributes
    ----------
    kind : str
        "slide", "atoms" or "cells", how the round found its network; "relax": it kept the network
        and improved the bound.
    neurons : int
        Neurons of that network.
    value, bound : float
        Best objective and best dual bound so far.
    seconds : float
        Wall time since the search began.
    """

    kind: str
    neurons: int
    value: float
    bound: float
    seconds: float


@dataclass(frozen=True, eq=False)
class Minimum:
    """A network, its objective, and a bound that no network of any width goes below.

    Attributes
    ----------
    network : Network
        The best found; its width is whatever it needs.
    value : float
        Its objective.
    dual_bound : float
        At most ``e_inf``, the infimum over all widths, in exact arithmetic (claim D1).
    exact : bool
        Whether the oracle of claim D2 was exact; if not, the gap measures the oracle as well.
    bound_kind : str
        The oracle that proved the bound: "rays", "circle" or "sphere" (exact, for one to three
        inputs), "relaxation" (claim D6) or "moments"; with free biases "shifted rays" or "shifted
        circles" (exact, for one and two data inputs), or "shifted moments".
    history : tuple of Step
    """

    network: Network
    value: float
    dual_bound: float
    exact: bool
    bound_kind: str
    history: tuple[Step, ...]

    def __repr__(self) -> str:
        """State the value, the bound below it and how the bound was proved."""
        return (
            f"Minimum(value = {self.value}, dual_bound = {self.dual_bound}, "
            f"relative gap = {self.relative_gap:.1e}, {self.bound_kind}, "
            f"{len(self.network.active)} active neurons)"
        )

    @property
    def gap(self) -> float:
        """``value - dual_bound``, at least 0."""
        return max(0.0, self.value - self.dual_bound)

    @property
    def relative_gap(self) -> float:
        """The gap over the value; 0 when both are 0."""
        return self.gap / self.value if self.value > 0 else 0.0


def global_minimum(
    problem: Problem,
    tol: float = 1e-8,
    seconds: float = 900.0,
    progress: Callable[[Step], object] | None = None,
) -> Minimum:
    """Minimise ``F`` over all widths until the duality gap is below ``tol`` times the value.

    Parameters
    ----------
    problem : Problem
        Float64 data, ``kappa > 0``, any loss shipped, either domain. With free biases
        (`NormalizedWeights`) a constant costs nothing in the limit, so the network returned has a
        neuron with a large bias; its value is attained, the limit only bounded (claim D5).
    tol : float, optional
        Relative duality gap to stop at. Rounding allows about 1e-9 at N = 800.
    seconds : float, optional
        Wall time after which no new round starts.
    progress : callable, optional
        Called with each `Step`.

    Returns
    -------
    Minimum
        With the gap reached, whether or not it is below ``tol``.

    Raises
    ------
    TypeError
        If the data are exact.
    ValueError
        If ``kappa`` is 0, biases are free and the last column of the data is not 1, or sizes
        of data or of the network found leave the range that certificates allow.
    """
    if problem.is_exact:
        raise TypeError("problem: found exact data, allowed is float64")
    problem.penalty_weight("D1")
    begin = time.monotonic()
    if not problem.domain.bounded_rows:
        check_constant_column(problem.X)
    unit = unit_problem(problem)
    network, value = unit.network(zero_network(unit.problem)), np.inf
    bound, exact, kind = float(problem.lower), True, "risk at least 0"
    history: list[Step] = []
    for name, candidate, point in _rounds(unit.problem):
        candidate = unit.network(candidate)
        reached = float(problem.value(candidate))
        if reached < value:
            network, value = candidate, reached
        proven = unit.objective(point.bound, up=False)
        exact = exact and point.exact
        if proven > bound:
            bound, kind = proven, point.kind
        step = Step(name, len(candidate.active), value, bound, time.monotonic() - begin)
        history.append(step)
        if progress is not None:
            progress(step)
        if value - bound <= tol * value or step.seconds > seconds or _stalled(history):
            break
    return Minimum(network, value, bound, exact, kind, tuple(history))


def energy_gap(problem: Problem, network: Network, minimum: Minimum) -> tuple[float, float]:
    """Bracket how far ``network`` is above the global minimum over all widths (claim D4).

    Returns
    -------
    low, high : float
        ``F(network) - e_inf`` lies in ``[F - best network found, F - dual bound]``, widened by
        the rounding of each objective.
    """
    upper, lower = node_bounds(problem, network)
    best = node_bounds(problem, minimum.network)[0]
    return max(0.0, float(lower - best)), float(np.nextafter(upper - minimum.dual_bound, np.inf))


def _rounds(problem: Problem) -> Iterator[Round]:
    """Yield rounds; a solver that meets a singular system ends them, and what was reached stands.

    Numbers that overflow on the way are no error either: each network is evaluated on its own.
    """
    rounds = _search(problem)
    while True:
        try:
            with np.errstate(all="ignore"):
                found = next(rounds)
        except (StopIteration, np.linalg.LinAlgError, OverflowError):
            return
        yield found


def _search(problem: Problem) -> Iterator[Round]:
    """Slide; where an exact oracle lets the gap close, look for missing rows, then for cells.

    The restricted program over cells takes over where rows one by one stop helping. Without an
    exact oracle the dual vector is optimised against the relaxation of claim D6.
    """
    for best in sliding_rounds(problem):
        yield best
    if not best.point.exact:
        if problem.domain.bounded_rows:
            yield from relaxed_rounds(problem, best)
        return
    gaps = []
    for last in atom_rounds(problem, best.network, best.point):
        yield last
        best = min(best, last, key=lambda found: problem.value(found.network))
        gaps.append(problem.value(best.network) - last.point.bound)
        if len(gaps) > PATIENCE and min(gaps[-PATIENCE:]) > 0.9 * min(gaps[:-PATIENCE]):
            break
    if problem.domain.bounded_rows:
        yield from cell_rounds(problem, best.network, last.point)


def _stalled(history: list[Step]) -> bool:
    """Whether the gap shrank by less than a tenth over the last `PATIENCE` rounds."""
    if len(history) <= PATIENCE or history[-1 - PATIENCE].kind != "cells":
        return False
    before, now = history[-1 - PATIENCE], history[-1]
    return now.value - now.bound > 0.9 * (before.value - before.bound)
