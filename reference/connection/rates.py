"""What the theorems promise before any path is built: rates in the width, constants explicit.

=========================  =====  =====================================================
`cube_rate`                K2     merging in a cube, ``((l + 1) / m)^(1 / n)``
`sphere_rate`              K3     merging on a sphere, ``((l + 1) / m)^(1 / (n - 1))``
`fixed_level_rate`         C2     thickening of a fixed level, ``l / m``
`moving_level_rate`        C3     thickening of a moving level, ``1 / sqrt(m - l)``
`smooth_level_rate`        C4     the same for losses with a Hölder derivative
`approximation_rate`       C5     ``e(l) - e_inf``, ``1 / sqrt(l)``
=========================  =====  =====================================================

``l`` is the width of a reference network of known value. Exact problems give exact rates: an
irrational root is replaced by a rational number just above it.
"""

from __future__ import annotations

from fractions import Fraction

from reference.certificate.rounding import above, scale_above
from reference.compression.sampling import drawing_error, smooth_drawing_rise
from reference.model.exact_arithmetic import Scalar
from reference.model.feature_scale import root
from reference.model.problem import Problem


def mass_bound(problem: Problem, level: Scalar) -> Scalar:
    """Return ``(level - Rlow) / kappa``, no less than ``||theta||_1`` below ``level`` (claim M7).

    Raises
    ------
    ValueError
        If ``kappa`` is 0 or ``level`` lies below ``Rlow``, where no network is.
    """
    kappa = problem.penalty_weight("M7")
    if level < problem.lower:
        raise ValueError(f"level: found {level}, allowed is at least {problem.lower}")
    return _number(problem, level - problem.lower) / kappa


def sphere_constant(inputs: int) -> float:
    """Return ``c_n = 4 sqrt(n (n - 1)) (2 n)^(1 / (n - 1))`` of claim K3, for ``n >= 2`` inputs."""
    return float(_sphere_constant(float(inputs), inputs))


def cube_rate(problem: Problem, mass: Scalar, width: int, freed: int) -> Scalar:
    """Return ``4 sqrt(n) L D a ((l + 1) / m)^(1 / n)`` (claim K2).

    Some merge of ``l = freed`` neurons of a network of width ``m``, mass ``a = ||theta||_1`` and
    rows in the unit ball raises ``F`` by no more.

    Raises
    ------
    ValueError
        If the loss has no ``L`` or ``freed`` is not in ``0 .. width - 1``.
    """
    _check_share(freed, width - 1, "freed")
    slope = problem.lipschitz_constant("K2") * scale_above(problem)
    share = _number(problem, freed + 1) / width
    n = problem.inputs
    return above(problem, 4 * root(_number(problem, n)) * slope * mass * root(share, n))


def sphere_rate(problem: Problem, mass: Scalar, width: int, freed: int) -> Scalar:
    """Return ``c_n L D a ((l + 1) / m)^(1 / (n - 1))`` (claim K3), as `cube_rate` for unit rows.

    Raises
    ------
    ValueError
        If ``n = 1``, the loss has no ``L`` or ``freed`` is not in ``0 .. width - 1``.
    """
    _check_share(freed, width - 1, "freed")
    slope = problem.lipschitz_constant("K3") * scale_above(problem)
    n = problem.inputs
    if n < 2:
        raise ValueError("problem: found 1 input, allowed is at least 2 (K3 cuts a sphere)")
    share = _number(problem, freed + 1) / width
    constant = _sphere_constant(_number(problem, n), n)
    return above(problem, constant * slope * mass * root(share, n - 1))


def fixed_level_rate(problem: Problem, level: Scalar, width: int, reference: int) -> Scalar:
    """Return ``(L D - kappa)_+ (l / m) (level - Rlow) / kappa`` (claim C2).

    If a network of width ``l = reference`` has ``F <= level``, any two networks of width ``m``
    below ``level`` are joined by a path that exceeds it by no more.

    Raises
    ------
    ValueError
        If the loss has no ``L``, ``kappa`` is 0 or ``reference`` is not in ``0 .. width``.
    """
    _check_share(reference, width, "reference")
    slope = problem.lipschitz_constant("C2") * scale_above(problem) - problem.penalty_weight("C2")
    rate = max(slope, 0 * slope) * reference * mass_bound(problem, level) / width
    return above(problem, rate)


def moving_level_rate(
    problem: Problem, level: Scalar, width: int, reference: int, value: Scalar
) -> Scalar:
    """Return ``max(L D / sqrt(m - l) (level - Rlow) / kappa, (value - level)_+)`` (claim C3).

    ``value`` is the objective of some network of width ``l = reference``, for instance ``e(l)``:
    any two networks of width ``m`` below ``level`` are joined by a path that exceeds it by no
    more.

    Raises
    ------
    ValueError
        If the loss has no ``L``, ``kappa`` is 0 or ``reference`` is not in ``0 .. width - 1``.
    """
    _check_share(reference, width - 1, "reference")
    slope = problem.lipschitz_constant("C3")
    drawn = drawing_error(problem, mass_bound(problem, level), width - reference)
    return max(above(problem, slope * drawn), value - level)


def smooth_level_rate(
    problem: Problem, level: Scalar, width: int, reference: int, value: Scalar
) -> Scalar:
    """Return `moving_level_rate` for a loss with an ``(alpha, H)``-Hölder derivative (claim C4).

    With ``a = (level - Rlow) / kappa`` its first entry becomes
    ``H / (1 + alpha) (a D / sqrt(m - l))^(1 + alpha)``; the loss needs no Lipschitz constant.

    Raises
    ------
    ValueError
        If the loss has no Hölder pair, ``kappa`` is 0 or ``reference`` is not in
        ``0 .. width - 1``.
    """
    _check_share(reference, width - 1, "reference")
    if problem.loss.holder is None:
        raise ValueError(
            f"loss: found {problem.loss.name}, whose derivative jumps; C4 needs a Hölder pair"
        )
    rise = smooth_drawing_rise(problem, mass_bound(problem, level), width - reference)
    return max(above(problem, rise), value - level)


def approximation_rate(problem: Problem, width: int, slack: Scalar = 0) -> Scalar:
    """Return ``L D T / sqrt(l) + slack`` with ``T = (F(0) - Rlow) / kappa`` (claim C5).

    The best network of width ``l = width`` is no further above the infimum over all widths;
    ``slack`` is by how much a near-minimiser may miss that infimum, its value at most ``F(0)``.

    Raises
    ------
    ValueError
        If the loss has no ``L``, ``kappa`` is 0 or ``width`` is below 1.
    """
    if width < 1:
        raise ValueError(f"width: found {width}, allowed is at least 1")
    slope = problem.lipschitz_constant("C5")
    drawn = drawing_error(problem, mass_bound(problem, problem.zero_value), width)
    return above(problem, slope * drawn) + slack


def _sphere_constant(n: Scalar, inputs: int) -> Scalar:
    return 4 * root(n * (inputs - 1)) * root(2 * n, inputs - 1)


def _number(problem: Problem, value: Scalar) -> Scalar:
    return Fraction(value) if problem.is_exact else float(value)


def _check_share(found: int, most: int, name: str) -> None:
    if not 0 <= found <= most:
        raise ValueError(f"{name}: found {found}, allowed is 0 .. {most}")
