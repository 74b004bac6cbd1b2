"""Objective and gradient of many networks at once, in float32 and in reused buffers.

`Problem.gradient` says what is computed, in float64 and one network at a time; this module says
how to do it at little more than the cost of the unavoidable matrix products. With pre-activations
``U_b = W_b X^T`` (m, N) of network ``b``, slopes ``s_j = L'(y_j, f_j) / N`` and ``1[U > 0]``::

    f_b   = theta_b relu(U_b)            (N,)
    G_b   = 1[U_b > 0] diag(s_b) X       (m, n)
    dW_b  = theta_b G_b                  row by row
    dtheta_i = <w_i, G_i>                since relu(u_ij) = 1[u_ij > 0] <w_i, x_j>

so the features are read once forward and once backward, in place: the buffer that held ``relu(U)``
then holds the indicator. Every product is stacked, one call of the linear algebra library per
network, so the bits of a network do not depend on the networks beside it.
"""

from __future__ import annotations

import numpy as np

from reference.model.exact_arithmetic import Array
from reference.model.problem import Problem

FEATURE_FLOATS = 1 << 18  # features in flight: 1 MiB of float32, about one core's L2 cache

ZERO, INFINITY = np.float32(0), np.float32(np.inf)


class BatchGradient:
    """The smooth part of the objective's gradient, for blocks of networks of ``m`` rows.

    Parameters
    ----------
    problem : Problem
        Float64 data; copied to float32.
    rows : int
        Number of rows ``m`` of each ``W``, the constant neuron included.

    Notes
    -----
    Not shared between threads: it owns the buffers its products are written to.
    """

    def __init__(self, problem: Problem, rows: int) -> None:
        self.problem = problem
        self.XT = np.ascontiguousarray(problem.X.T, dtype=np.float32)
        self.share = self.XT / np.float32(problem.samples)  # each sample's part of the mean
        self.y = problem.y.astype(np.float32)
        inputs, samples = self.XT.shape
        self.group = max(1, FEATURE_FLOATS // (rows * samples))
        self.features = np.empty((self.group, rows, samples), dtype=np.float32)
        self.sloped = np.empty((self.group, inputs, samples), dtype=np.float32)

    def __call__(self, W: Array, theta: Array) -> tuple[Array, Array, Array]:
        """Return objectives and the gradient of the risk.

        Parameters
        ----------
        W : (B, m, n), theta : (B, m)
            Float32.

        Returns
        -------
        value : (B,), dW : (B, m, n), dtheta : (B, m)
            Float32; ``value`` includes the penalty, the gradient does not. Rows the domain
            freezes have gradient 0 in ``dW``.
        """
        f = np.empty((len(W), 1, self.XT.shape[1]), dtype=np.float32)
        G = np.empty_like(W)
        for first in range(0, len(W), self.group):
            part = slice(first, first + self.group)
            self._pass(W[part], theta[part], f[part], G[part])
        dtheta = (W * G).sum(axis=-1)
        dW = np.multiply(G, theta[..., None], out=G)
        dW[:, W.shape[1] - self.problem.domain.frozen :] = 0
        return self._objective(theta, f[:, 0]), dW, dtheta

    def _pass(self, W: Array, theta: Array, f: Array, G: Array) -> None:
        """Write predictions to ``f`` and ``1[U > 0] diag(s) X`` to ``G``."""
        H, sloped = self.features[: len(W)], self.sloped[: len(W)]
        np.matmul(W, self.XT, out=H)
        np.clip(H, ZERO, INFINITY, out=H)
        np.matmul(theta[:, None, :], H, out=f)
        slope = self.problem.loss.derivative(self.y, f)
        np.multiply(slope, self.share, out=sloped, casting="same_kind")
        np.greater(H, ZERO, out=H, casting="unsafe")
        np.matmul(H, sloped.transpose(0, 2, 1), out=G)

    def _objective(self, theta: Array, f: Array) -> Array:
        risk = self.problem.loss.value(self.y, f).mean(axis=-1, dtype=np.float32)
        return risk + np.float32(self.problem.kappa) * np.abs(theta).sum(axis=-1)
