"""Whether gaps rise or fall over many widths, pair by pair and block by block."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from reference.model.exact_arithmetic import Array


@dataclass(frozen=True)
class Trend:
    """Whether gaps rise or fall with width.

    Attributes
    ----------
    widths : int
        Number of different widths.
    tau, p : float
        Kendall's tau-b of width and gap, and its p-value; nan where all gaps are equal.
    block_tau, block_p : float
        The same with each block reduced to its median.
    slope : float or None
        Theil-Sen slope of log median gap against log width; None where, at some width, half the
        gaps or more are exactly 0 and the median has no logarithm.
    """

    widths: int
    tau: float
    p: float
    block_tau: float
    block_p: float
    slope: float | None


def trend(widths: Array, values: Array, blocks: Array) -> Trend:
    """Return rank correlation of width and gap, (k,) each, and a slope where one exists."""
    from scipy.stats import theilslopes

    different = np.unique(widths)
    medians = np.array([np.median(values[widths == width]) for width in different])
    reduced = [
        (width, np.median(values[(widths == width) & (blocks == block)]))
        for width in different
        for block in np.unique(blocks[widths == width])
    ]
    tau, p = _kendall(widths, values)
    block_tau, block_p = _kendall(*np.array(reduced).T)
    slope = None
    if len(different) > 1 and all(
        (values[widths == width] == 0).mean() < 0.5 for width in different
    ):
        slope = float(theilslopes(np.log(medians), np.log(different)).slope)
    return Trend(len(different), tau, p, block_tau, block_p, slope)


def _kendall(widths: Array, values: Array) -> tuple[float, float]:
    from scipy.stats import kendalltau

    if len(np.unique(widths)) < 2 or len(np.unique(values)) < 2:
        return (float("nan"), float("nan"))
    found = kendalltau(widths, values)
    return (float(found.statistic), float(found.pvalue))
