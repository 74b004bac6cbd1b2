"""Assignment 2: functions that make known mistakes."""

from __future__ import annotations

from typing import Any

import numpy as np


def mean_radius(D: float, W_a: Any, theta_a: Any, W_b: Any, theta_b: Any) -> float:
    """Make the mistake of a mean row distance."""
    radius = np.linalg.norm(W_a - W_b, axis=1).mean()
    return float(D * (np.abs(theta_a - theta_b).sum() + np.abs(theta_b).sum() * radius))


def difference_of_masses(D: float, W_a: Any, theta_a: Any, W_b: Any, theta_b: Any) -> float:
    """Make the mistake of comparing norms instead of coefficients."""
    radius = np.linalg.norm(W_a - W_b, axis=1).max()
    mass_a, mass_b = np.abs(theta_a).sum(), np.abs(theta_b).sum()
    return float(D * (abs(mass_a - mass_b) + mass_b * radius))
