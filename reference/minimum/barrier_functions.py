"""Logarithmic barriers that make kinked losses and the norm smooth, for Newton's method.

Both are partial minima of a barrier over the epigraph variable ``t``, in closed form:

- norm: ``min_t kappa t - mu log(t^2 - ||u||^2)``;
- kinked loss: every one shipped is ``max(low r, high r)`` with ``r = f - y`` and ``[low, high]``
  its dual interval, smoothed as ``min_t t - nu log(t - low r) - nu log(t - high r)``.

Their slopes stay strictly inside the dual interval and the ball of radius ``kappa``, which is what
makes the slopes of a barrier solution nearly feasible in claim D1.
"""

from __future__ import annotations

import numpy as np

from reference.model.exact_arithmetic import Array
from reference.model.losses import Loss


def smoothed_loss(loss: Loss, y: Array, f: Array, nu: float) -> tuple[Array, Array, Array]:
    """Return value, slope and curvature (N,) of the loss, smoothed where it has kinks.

    Parameters
    ----------
    loss : Loss
    y, f : (N,)
    nu : float, positive
        Weight of the barrier; ignored where the loss is smooth already.
    """
    if loss.smooth:
        return loss.value(y, f), loss.derivative(y, f), loss.curvature(y, f)
    low, high = loss.dual_interval(y)
    spread, residual = high - low, f - y
    step = spread * residual
    root = np.hypot(step, 2 * nu)
    # With a = t - low r and b = t - high r: a - b = step and 1/a + 1/b = 1/nu.
    excess = 4 * nu * nu / (root + np.abs(step))
    small, large = nu + excess / 2, nu + (root + np.abs(step)) / 2
    above = step > 0
    a, b = np.where(above, large, small), np.where(above, small, large)
    value = low * residual + a - nu * np.log(a) - nu * np.log(b)
    slope = nu * (low / a + high / b)
    falling = np.where(above, excess, root + np.abs(step))
    curvature = nu * spread * spread * falling / (2 * root * b * b)
    return value, slope, curvature


def smoothed_norm(U: Array, kappa: float, mu: float) -> tuple[float, Array, Array]:
    """Return ``sum_c`` of the smoothed ``kappa ||u_c||`` with gradients and Hessians.

    Parameters
    ----------
    U : (C, n)
    kappa, mu : float, positive

    Returns
    -------
    value : float, gradient : (C, n), hessian : (C, n, n)
    """
    offset = mu / kappa
    root = np.sqrt(offset * offset + (U * U).sum(axis=1))
    t = offset + root
    value = float((kappa * t - mu * np.log(2 * offset * t)).sum())
    outer = U[:, :, None] * U[:, None, :] / (t * root)[:, None, None]
    hessian = kappa * (np.eye(U.shape[1]) - outer) / t[:, None, None]
    return value, kappa * U / t[:, None], hessian
