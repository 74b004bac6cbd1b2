"""Adam for many networks side by side, each with its own learning rate and its own plateau.

Everything here is small: arrays of the size of the parameters, first axis the network.
"""

from __future__ import annotations

import numpy as np

from reference.model.exact_arithmetic import Array
from reference.model.problem import Problem

RATE = 0.01
MEAN_DECAY, SQUARE_DECAY = np.float32(0.9), np.float32(0.999)
TINY = np.float32(1e-8)


class AdamState:
    """Decaying means of a gradient (B, ...) and of its square, entry by entry."""

    def __init__(self, like: Array) -> None:
        self.mean = np.zeros_like(like)
        self.square = np.zeros_like(like)
        self.steps = 0

    def update(self, gradient: Array) -> tuple[Array, Array]:
        """Take in a gradient; return its mean and the scale of a step, ``1 / rms``, both (B, ...).

        Both moments start at 0 and are divided by the weight they have gathered.
        """
        self.steps += 1
        self.mean *= MEAN_DECAY
        self.mean += (1 - MEAN_DECAY) * gradient
        self.square *= SQUARE_DECAY
        self.square += (1 - SQUARE_DECAY) * (gradient * gradient)
        mean = self.mean * np.float32(1 / (1 - float(MEAN_DECAY) ** self.steps))
        square = self.square * np.float32(1 / (1 - float(SQUARE_DECAY) ** self.steps))
        return mean, 1 / (np.sqrt(square) + TINY)

    def keep(self, kept: Array) -> None:
        """Forget the networks not selected by ``kept``, booleans (B,)."""
        self.mean, self.square = self.mean[kept], self.square[kept]


class Plateau:
    """Learning rates (B,) that shrink when an objective stops improving.

    Attributes
    ----------
    factor : 0.9
        What a rate is multiplied by.
    patience : 10
        How many epochs without improvement are tolerated.
    threshold : 1e-4
        The least relative decrease that counts as improvement.
    """

    factor, patience, threshold = np.float32(0.9), 10, np.float32(1e-4)

    def __init__(self, networks: int, rate: float = RATE) -> None:
        self.rate = np.full(networks, rate, dtype=np.float32)
        self.best = np.full(networks, np.inf, dtype=np.float32)
        self.stale = np.zeros(networks, dtype=np.int64)

    def update(self, value: Array) -> None:
        """Take in the objectives (B,) of an epoch."""
        improved = value < self.best * (1 - self.threshold)
        self.best = np.where(improved, value, self.best)
        self.stale = np.where(improved, 0, self.stale + 1)
        tired = self.stale > self.patience
        self.rate = np.where(tired, self.rate * self.factor, self.rate)
        self.stale[tired] = 0

    def keep(self, kept: Array) -> None:
        """Forget the networks not selected by ``kept``, booleans (B,)."""
        self.rate, self.best, self.stale = self.rate[kept], self.best[kept], self.stale[kept]


def soft_threshold(values: Array, by: Array) -> Array:
    """Shrink each value towards 0 by ``by >= 0``, to exactly 0 when it is no larger."""
    return np.sign(values) * np.maximum(np.abs(values) - by, 0)


class AdamDescent:
    """Iterates of many networks, and the best each has met.

    Parameters
    ----------
    problem : Problem
    W : (B, m, n), theta : (B, m)
        Where to start; copied to float32.
    proximal : bool
        Whether the penalty enters by a soft threshold after the step on the risk, which sets
        coefficients to exactly 0, instead of by its subgradient.
    rate : float
        Learning rate to begin with.
    """

    def __init__(
        self, problem: Problem, W: Array, theta: Array, proximal: bool, rate: float = RATE
    ) -> None:
        self.problem, self.proximal = problem, proximal
        self.kappa = np.float32(problem.kappa)
        self.W, self.theta = W.astype(np.float32), theta.astype(np.float32)
        self.moments = AdamState(self.W), AdamState(self.theta)
        self.plateau = Plateau(len(W), rate)
        self.best = np.full(len(W), np.inf, dtype=np.float32)
        self.best_W, self.best_theta = self.W.copy(), self.theta.copy()

    def step(self, value: Array, dW: Array, dtheta: Array) -> None:
        """Move against the gradient of the risk and the penalty, then back into the domain.

        Parameters
        ----------
        value : (B,), dW : (B, m, n), dtheta : (B, m)
            Objective and gradient of the risk at the current iterates.
        """
        rate = self.plateau.rate[:, None]
        if not self.proximal:
            dtheta = dtheta + self.kappa * np.sign(self.theta)
        mean, scale = self.moments[0].update(dW)
        W = self.W - rate[..., None] * (mean * scale)
        mean, scale = self.moments[1].update(dtheta)
        theta = self.theta - rate * (mean * scale)
        if self.proximal:
            theta = soft_threshold(theta, rate * self.kappa * scale)
        self.W, self.theta = self.problem.domain.retract(W, theta)
        self.plateau.update(value)

    def record(self, value: Array) -> None:
        """Keep the current iterates that are the best so far, given their objectives (B,)."""
        better = value < self.best
        self.best[better] = value[better]
        self.best_W[better], self.best_theta[better] = self.W[better], self.theta[better]

    def keep(self, kept: Array) -> None:
        """Forget the networks not selected by ``kept``, booleans (B,)."""
        for part in (*self.moments, self.plateau):
            part.keep(kept)
        for name in ("W", "theta", "best", "best_W", "best_theta"):
            setattr(self, name, getattr(self, name)[kept])
