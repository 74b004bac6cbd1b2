"""A-priori bounds on the rounding of every number a certificate is made of.

A certified number must hold in exact arithmetic at the stored float64 networks, so each computed
value carries a bound on its own rounding, proved before the computation. With ``u = 2**-53``,
``k`` roundings in a row multiply a result by a factor within ``1 +- gamma_k``,
``gamma_k = k u / (1 - k u)`` (Higham, *Accuracy and Stability of Numerical Algorithms*, section
3.1). For sums and dot products of length k, in any order and with fused multiplications::

    |fl(x . w) - x . w| <= gamma_k |x| . |w|

**Predictions.** On the segment from a to b let ``t_i`` be the larger of ``|theta_i|`` at its ends
and ``v_i`` (n,) the larger of ``|w_i|``, entry by entry. Whatever a pair (j, i) contributes is at
most ``t_i |x_j| . v_i`` in size; let ``S_j = |x_j| . sum_i t_i v_i`` be their sum. A computed
prediction differs from the true one by at most ``gamma_k S_j`` with ``k = n + 2 m + 32``:

- ``n`` for the dot product of each pre-activation at the ends;
- ``2 (m + 2)`` for the sums over neurons: a pair enters at most twice, once in the matrix product
  and once at its kink, and passes at most m + 2 additions and products each time;
- 3 for the place of the kinks. Shifting the pre-activation of a pair by its value at the computed
  kink, at most ``3 u |x_j| . v_i``, makes that kink exact; so what is computed belongs to a
  path with exactly these kinks, this close to the true one;
- 8 for the weights ``(1 - t)**2, t (1 - t), t**2`` and their products, the rest to spare for
  the rounding of S itself and of the bound.

**Losses.** Every loss shipped is a nonnegative function computed to a relative error of at most
32 u: subtraction, product and comparison are correctly rounded, no branch cancels (the logistic
one adds ``max(f, 0) - y f``, exact for labels 0 and 1, to ``log1p(exp(-|f|))``, whose two
functions are trusted to 4 units in the last place), and an error in ``exp`` is not amplified by
``log1p``. With the sum, the division and the few operations that follow (adding the penalty, the
peak of a parabola, the difference from a level) a mean over N such values has relative error
``gamma_(N + 64)``.

**Penalty.** ``kappa sum_i |theta_i(t)|`` errs by at most
``gamma_(m + 16) kappa sum_i max(|theta_a|, |theta_b|)_i``.

**Underflow.** A product that falls below the normal numbers errs by at most ``2**-1074`` beside its
relative error; sums and differences do not. A pre-activation meets n such products, each of its
uses is multiplied by at most ``t_i``, and a pair passes at most k operations, so predictions err
by at most ``k 2**-1074 (m + sum_i t_i)`` more; ``2**-1070`` is taken, and likewise in S. A
subnormal coefficient errs by ``2**-1074`` between the ends, and rows or ``kappa`` may magnify
that: so ``t_i``, unless 0, is enlarged by ``2**-1020``, of which ``gamma_k`` is more. Means and
penalties gain ``2**-960``, more than all their other products can lose.

**Overflow.** Data and ``kappa`` are 0 or between ``2**-500`` and ``2**500`` in size, parameters at
most ``2**500`` (checked where a `Problem` and a `Network` are made), and S must stay below
``2**480`` (checked here). Then squares, slopes times deviations, and their sums are finite.

In exact arithmetic nothing is rounded, every bound is 0, and numbers may have any size.
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from reference.certificate.segment import blocks
from reference.model.exact_arithmetic import Array, Scalar
from reference.model.network import Network
from reference.model.problem import Problem

UNIT = 2.0**-53
TINY = 2.0**-960
UNDERFLOW = 2.0**-1070
SUBNORMAL = 2.0**-1020
LARGEST = 2.0**480


def gamma(roundings: int) -> float:
    """Return ``gamma_k = k u / (1 - k u)``."""
    return roundings * UNIT / (1 - roundings * UNIT)


def prediction_error(problem: Problem, a: Network, b: Network) -> Array:
    """Return ``gamma_k S_j`` (N,): how far computed predictions from a to b may be off.

    Raises
    ------
    ValueError
        If predictions may be so large that their squares overflow.
    """
    if problem.is_exact:
        return np.full(problem.samples, Fraction(0))
    coefficient = _largest_coefficients(a, b)
    row = np.maximum(np.abs(a.W), np.abs(b.W))
    with np.errstate(over="ignore", invalid="ignore"):
        weights = coefficient @ row + a.width * UNDERFLOW
        sizes = np.abs(problem.X) @ weights + problem.inputs * UNDERFLOW
    if not (sizes < LARGEST).all():
        raise ValueError(
            f"network: found predictions of size up to {sizes.max():.1e}, allowed below "
            f"{LARGEST:.1e} (2**480): certificates bound the rounding of numbers of such size only"
        )
    roundings = problem.inputs + 2 * a.width + 32
    return gamma(roundings) * sizes + roundings * UNDERFLOW * (a.width + coefficient.sum())


def _largest_coefficients(a: Network, b: Network) -> Array:
    """Return ``t_i`` (m,), enlarged so that ``gamma_k t_i`` covers a subnormal coefficient."""
    coefficient = np.maximum(np.abs(a.theta), np.abs(b.theta))
    return coefficient + SUBNORMAL * (coefficient > 0)


def objective_error(problem: Problem, a: Network, b: Network, sizes: Array) -> Array:
    """Return the rounding of means over the samples and of the penalty, from a to b.

    Parameters
    ----------
    problem : Problem
    a, b : Network
    sizes : array
        For each mean, the mean of the absolute values of its terms.
    """
    if problem.is_exact:
        return 0 * sizes
    mass = _largest_coefficients(a, b).sum()
    return gamma(problem.samples + 64) * sizes + gamma(a.width + 16) * problem.kappa * mass + TINY


def scale_above(problem: Problem) -> Scalar:
    """Return a number at least the true feature scale D: the computed one and its rounding.

    The largest eigenvalue of a symmetric n x n matrix is computed to ``O(n^2) u`` of itself, its
    entries, sums of squares of one sign on the diagonal, to ``gamma_(N + 2)`` of the trace.
    """
    if problem.is_exact:
        return problem.D
    inputs = problem.inputs
    return problem.D * (1 + inputs * gamma(problem.samples + inputs**2 + 64))


def above(problem: Problem, value: Scalar) -> Scalar:
    """Return a number at least the value of a formula of positive numbers that float64 computed.

    For products, quotients, sums and roots of at most 100 operations; a root taken as a power
    errs by the logarithm of its argument, below 1100, in units of u.
    """
    return value if problem.is_exact else value * (1 + gamma(2048)) + TINY * (value > 0)


def node_bounds(problem: Problem, node: Network) -> tuple[Scalar, Scalar]:
    """Return numbers at least and at most the true objective of a network: ``(upper, lower)``."""
    error = prediction_error(problem, node, node)
    risk = slack = 0 * problem.kappa
    for block in blocks(problem.samples, node.width, 1):
        f, y = node.predict(problem.X[block]), problem.y[block]
        slope = problem.loss.slope_bound(y, f - error[block], f + error[block])
        risk = risk + problem.loss.value(y, f).sum()
        slack = slack + (slope * error[block]).sum()
    value = risk / problem.samples + problem.kappa * np.abs(node.theta).sum()
    rounding = 2 * slack / problem.samples + objective_error(problem, node, node, value)
    return value + rounding, value - rounding
