"""Wrong implementations, each with one planted error that the claims must refute, and say where."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import reference
from proofs_checks.claims.registry import find_claims
from proofs_checks.framework.contract import PUBLIC_NAMES
from proofs_checks.framework.exact import root_above
from proofs_checks.framework.search import check
from proofs_checks.framework.target import Target
from reference.compression.result import measured
from reference.model.domain import NormalizedWeights, UnitBall


def implementation(**changed: Any) -> Target:
    """The reference with some names replaced."""
    names = {name: getattr(reference, name) for name in PUBLIC_NAMES}
    return Target(SimpleNamespace(**{**names, **changed}), "planted")


class Problem(reference.Problem):
    """Base of planted problems."""


class GradientOfSum(Problem):
    def gradient(self, network):
        dW, dtheta = super().gradient(network)
        return self.samples * dW, dtheta


class KinkCountsAsActive(Problem):
    def gradient(self, network):
        U = self.X @ network.W.T
        f = network.predict(self.X)
        slope = self.loss.derivative(self.y, f) / self.samples
        dW = network.theta[:, None] * (((U >= 0) * slope[:, None]).T @ self.X)
        return dW, super().gradient(network)[1]


class PenaltyOnRows(Problem):
    def objective(self, theta, f):
        return super().objective(theta, f)

    def value(self, network):
        return super().value(network) + self.kappa * np.abs(network.W).sum()


class ScaleHalved(Problem):
    @property
    def D(self):
        return super().D / 2


class ScaleDoubled(Problem):
    @property
    def D(self):
        return 2 * super().D


class ScaleOfTrace(Problem):
    """Takes the trace of the second moments for their largest eigenvalue: an upper bound of D."""

    @property
    def D(self):
        return root_above((self.X * self.X).sum() / self.samples)


class LipschitzHalved(Problem):
    @property
    def L(self):
        return None if super().L is None else super().L / 2


class LowerRaised(Problem):
    @property
    def lower(self):
        return self.zero_value / 100


class FloatNetwork(reference.Network):
    def __init__(self, W, theta):
        super().__init__(np.asarray(W, float), np.asarray(theta, float))


class FloatProblem(reference.Problem):
    def __init__(self, X, y, *rest, **named):
        super().__init__(np.asarray(X, float), np.asarray(y, float), *rest, **named)


class FloatKinkCountsAsActive(FloatProblem):
    def gradient(self, network):
        U, f = self.X @ network.W.T, network.predict(self.X)
        slope = self.loss.derivative(self.y, f) / self.samples
        dW = network.theta[:, None] * (((U >= 0) * slope[:, None]).T @ self.X)
        return dW, super().gradient(network)[1]


class FloatZeroCountsAsPositive(FloatProblem):
    def gradient(self, network):
        dW, dtheta = super().gradient(network)
        return dW, dtheta + self.kappa * (network.theta == 0)


class NoPenalty(Problem):
    def value(self, network):
        return self.risk(network)


class WrongWay:
    """Multiplies rows by their norm where it should divide."""

    def normalise(self, W, theta):
        W, theta = W.copy(), theta.copy()
        part = self.weight_part(W)
        norm = np.sqrt((part * part).sum(axis=-1, keepdims=True))
        scale = np.where(norm > 0, norm, 1)
        W[..., : part.shape[-2], :] *= scale
        theta[..., : part.shape[-2]] /= scale[..., 0]
        return W, theta


@dataclass(frozen=True)
class BallWrongWay(WrongWay, UnitBall):
    pass


@dataclass(frozen=True)
class BoxWrongWay(WrongWay, NormalizedWeights):
    pass


@dataclass(frozen=True)
class GenerousBall(UnitBall):
    def rows_inside(self, W):
        return np.ones(len(W), dtype=bool)


@dataclass(frozen=True)
class TolerantBall(UnitBall):
    """Takes rows within a tolerance of the ball for rows of the ball."""

    def rows_inside(self, W):
        part = self.weight_part(W)
        return (part * part).sum(axis=-1) <= 1 + 1e-9


def doubled_bridge(problem, radius, level):
    return 2 * reference.bridge_bound(problem, radius, level)


def bridge_for_every_loss(problem, radius, level):
    if problem.L is None:
        return radius * level / problem.kappa
    return reference.bridge_bound(problem, radius, level)


def flow_without_fading(network, time):
    later = reference.flow(network, time)
    still = (network.theta == 0) | (network.W == 0).all(axis=1)
    W = np.where(still[:, None], network.W, later.W)
    return type(network)(W, np.where(still, network.theta, later.theta))


def halved_bridge(problem, radius, level):
    return reference.bridge_bound(problem, radius, level) / 2


def path_to_permuted_end(problem, a, b, reference, compressed):
    """Forget the relabelling: stop at a permuted copy of B."""
    path = theorem_path(problem, a, b, reference, compressed)
    movable = b.width - problem.domain.frozen
    order = [*reversed(range(movable)), *range(movable, b.width)]
    turned = type(b)(b.W[order], b.theta[order])
    return type(path)([a, *path.nodes[1:-1], turned])


def path_outside(problem, a, b, reference, compressed):
    """Take a detour through doubled rows."""
    path = theorem_path(problem, a, b, reference, compressed)
    far = type(a)(2 * a.W, a.theta)
    return type(path)([a, far, *path.nodes])


def straight_path(problem, a, b, reference, compressed):
    return theorem_path(problem, a, a, reference, (compressed[0],) * 2).__class__([a, b])


def bound_without_compressions(problem, a, b, reference, compressed):
    return max(problem.value(net) for net in (a, b, reference))


theorem_path = reference.theorem_path


def unsigned_merge(problem, network, groups):
    theta = network.theta.copy()
    for group in groups:
        theta[list(group)] = 0 * theta[list(group)]
        theta[group[0]] = np.abs(network.theta[list(group)]).sum()
    right = reference.merge(problem, network, groups)
    after = type(network)(network.W, theta)
    return measured(problem, network, after, "merge", "K1", right.bound)


def prune_largest(problem, network, count):
    right = reference.prune(problem, network, count)
    movable = network.width - problem.domain.frozen
    theta = network.theta.copy()
    theta[np.argsort(-np.abs(theta[:movable]), kind="stable")[:count]] = 0 * theta[0]
    after = type(network)(network.W, theta)
    return measured(problem, network, after, "prune", "K5", right.bound)


def biased_sample(problem, network, size, seed=0, draws=1):
    """Draw every active neuron alike, whatever its mass."""
    flat = type(network)(network.W, np.sign(network.theta.astype(float)))
    drawn = reference.sample(problem, flat, size, seed, draws)
    mass = np.abs(network.theta).sum() / max(np.abs(flat.theta).sum(), 1)
    after = type(network)(network.W, drawn.network.theta * mass)
    return measured(problem, network, after, "sample", "K4", drawn.bound)


def sampled_certificate(problem, path, tol=1e-9, max_evaluations=200, level=None):
    """Report the largest value on a grid as an upper bound."""
    right = reference.certify(problem, path, tol, max_evaluations, level)
    number = type(problem.kappa)
    times = [number(k) / 8 for k in range(9)]
    values = [problem.value(node) for node in path.nodes]
    values += [problem.value(path.at(k, t)) for k in range(len(path.segments)) for t in times]
    return replace(right, upper=max(values), lower=min(right.lower, max(values)))


def string_of_smallest_segment(*arguments, **options):
    string = reference.sample_string(*arguments, **options)
    return replace(string, gap=string.released_gap)


def string_repaired_on_the_left(problem, a, b, **options):
    """Divide again only the first half, as the printed algorithm does."""
    string = reference.sample_string(problem, a, b, **options)
    depth = options["depth"]
    if depth < 2 or string.depth < 2:
        return string
    first = reference.sample_string(problem, a, b, **{**options, "depth": 1})
    middle = first.path.nodes[1]
    where = next(k for k, node in enumerate(string.path.nodes) if node.identical(middle))
    nodes = [*string.path.nodes[: where + 1], b]
    path = type(string.path)(nodes)
    return replace(
        string,
        path=path,
        beads=len(nodes) - 2,
        trained=len(nodes) - 2,
        normalized_length=path.normalized_length(),
    )


def forgetful_relabel(network, targets, frozen=0):
    return [network]


def move_any(network, rows, frozen=0):
    W, theta = network.W.copy(), network.theta.copy()
    for slot, row in rows.items():
        W[slot], theta[slot] = row, theta[slot] + 1
    return type(network)(W, theta)


class LeakyNetwork(reference.Network):
    def predict(self, X):
        return super().predict(X) + super().predict(-X) / 100


class QuarterHuber(reference.Huber):
    @property
    def lipschitz(self):
        return self.delta / 4


PLANTED: list[tuple[str, Callable[[], Target], str, str]] = [
    ("gradient missing a factor 1/N", lambda: implementation(Problem=GradientOfSum), "M1", "grad"),
    ("relu'(0) = 1", lambda: implementation(Problem=KinkCountsAsActive), "M1", "kink"),
    (
        "relu'(0) = 1 in float64",
        lambda: implementation(Problem=FloatKinkCountsAsActive, Network=FloatNetwork),
        "M1",
        "convention at kinks",
    ),
    (
        "sign(0) = 1 in float64",
        lambda: implementation(Problem=FloatZeroCountsAsPositive, Network=FloatNetwork),
        "M1",
        "convention at kinks",
    ),
    ("penalty on W", lambda: implementation(Problem=PenaltyOnRows), "M3", "objective"),
    ("penalty on W", lambda: implementation(Problem=PenaltyOnRows), "M4", "objective"),
    ("penalty on W", lambda: implementation(Problem=PenaltyOnRows), "P2", "sphericalisation"),
    ("no penalty", lambda: implementation(Problem=NoPenalty), "M7", "output mass"),
    ("D halved", lambda: implementation(Problem=ScaleHalved), "M5", "D, Problem.D"),
    ("D halved", lambda: implementation(Problem=ScaleHalved), "P3", "D, Problem.D"),
    ("D doubled", lambda: implementation(Problem=ScaleDoubled), "M5", "D, Problem.D"),
    ("D doubled", lambda: implementation(Problem=ScaleDoubled), "M6", "D, Problem.D"),
    ("D from the trace", lambda: implementation(Problem=ScaleOfTrace), "M5", "D, Problem.D"),
    ("L halved", lambda: implementation(Problem=LipschitzHalved), "P3", "L, Problem.L"),
    ("Rlow raised by 1 %", lambda: implementation(Problem=LowerRaised), "M7", "Problem.lower"),
    ("bridge doubled", lambda: implementation(bridge_bound=doubled_bridge), "P3", "not sharp"),
    (
        "bridge for a loss without L",
        lambda: implementation(bridge_bound=bridge_for_every_loss),
        "P3",
        "refuses a loss without L",
    ),
    ("a tolerant ball", lambda: implementation(UnitBall=TolerantBall), "P6", "one ulp too long"),
    ("nothing fades", lambda: implementation(flow=flow_without_fading), "C10", "fades"),
    ("bridge with D/2", lambda: implementation(bridge_bound=halved_bridge), "P3", "bridge_bound"),
    (
        "normalisation in the wrong direction",
        lambda: implementation(UnitBall=BallWrongWay, NormalizedWeights=BoxWrongWay),
        "M3",
        "normalis",
    ),
    ("everything inside the ball", lambda: implementation(UnitBall=GenerousBall), "P6", "contains"),
    (
        "merge that drops a sign",
        lambda: implementation(merge=unsigned_merge),
        "K1",
        "signed sum of a cluster",
    ),
    (
        "pruning of the largest",
        lambda: implementation(prune=prune_largest),
        "K5",
        "only the smallest go",
    ),
    (
        "biased sampler",
        lambda: implementation(sample=biased_sample),
        "K4",
        "frequencies of 4000 draws",
    ),
    (
        "path to a permuted B",
        lambda: implementation(theorem_path=path_to_permuted_end),
        "P6",
        "ends at B",
    ),
    (
        "path outside the domain",
        lambda: implementation(theorem_path=path_outside),
        "P6",
        "in the domain",
    ),
    (
        "straight path",
        lambda: implementation(theorem_path=straight_path),
        "P5",
        "only idle rows move",
    ),
    (
        "bound that forgets the compressions",
        lambda: implementation(theorem_bound=bound_without_compressions),
        "P4",
        "theorem_bound",
    ),
    (
        "relabelling that does nothing",
        lambda: implementation(relabel=forgetful_relabel),
        "P2",
        "arrives at its new place",
    ),
    ("idle row that wakes up", lambda: implementation(move_idle=move_any), "P2", "idle row"),
    (
        "certificate that samples",
        lambda: implementation(certify=sampled_certificate),
        "S1",
        "certi",
    ),
    (
        "barrier as a minimum over segments",
        lambda: implementation(sample_string=string_of_smallest_segment),
        "S3",
        "gap",
    ),
    (
        "one half repaired",
        lambda: implementation(sample_string=string_repaired_on_the_left),
        "S4",
        "unresolved segments",
    ),
    ("leaky ReLU", lambda: implementation(Network=LeakyNetwork), "M1", "gradient"),
    ("wrong Lipschitz constant", lambda: implementation(Huber=QuarterHuber), "M2", "Lipschitz"),
]


def located(result):
    """Return what the worst case says was measured, without the case itself."""
    return re.split(r" at \w+\(", result.worst_case)[0]


@pytest.mark.parametrize(
    ("target", "claim", "where"),
    [(target, claim, where) for _, target, claim, where in PLANTED],
    ids=[f"{claim}: {name}" for name, _, claim, _ in PLANTED],
)
def test_a_planted_error_is_refuted_and_located(target, claim, where):
    result = check(*find_claims([claim]), target(), examples=300, shrink=False)
    assert result.verdict == "refuted"
    assert where
    assert where in located(result)
    assert "problem=ProblemCase(" in result.worst_case


def test_the_reference_itself_is_not_refuted():
    """The planted errors are told apart from the reference by the same claims."""
    ids = sorted({claim for _, _, claim, _ in PLANTED})
    for claim in find_claims(ids):
        result = check(claim, implementation(), examples=30, shrink=False, control_examples=1)
        assert result.verdict != "refuted", result.worst_case
