"""Trend: a power law is recovered, and none is claimed where gaps are 0."""

from __future__ import annotations

import numpy as np
import pytest

from reference.report.trend import trend


def test_trend_recovers_a_power_law_and_refuses_a_slope_of_zeros():
    widths = np.repeat([2, 4, 8, 16], 6)
    blocks = np.tile(np.repeat([0, 1], 3), 4)
    values = 3.0 * widths**-1.5
    found = trend(widths, values, blocks)
    assert found.slope == pytest.approx(-1.5, rel=1e-12)
    assert found.tau == pytest.approx(-1)
    assert found.block_tau == pytest.approx(-1)
    assert found.block_p > found.p
    values[widths == 16] = [0, 0, 0, 1e-3, 1e-3, 1e-3]
    assert trend(widths, values, blocks).slope is None
    flat = trend(widths, np.zeros(24), blocks)
    assert np.isnan(flat.tau)
    assert flat.slope is None
