"""Assignment 3: functions that make known mistakes."""

from __future__ import annotations

import numpy as np


def merged_by(W: np.ndarray, theta: np.ndarray, groups: list[list[int]], kind: str) -> np.ndarray:
    """Merge with a mistake: ``"first"`` member kept, sums ``"unsigned"``, or the ``"mean"``."""
    merged = np.zeros(len(theta))
    for group in groups:
        W_group, size = W[group], np.abs(theta[group])
        costs = [size @ np.linalg.norm(W_group - row, axis=1) for row in W_group]
        kept = group[0] if kind == "first" else group[int(np.argmin(costs))]
        if kind == "mean":
            merged[kept] = theta[group].mean()
        else:
            merged[kept] = size.sum() if kind == "unsigned" else theta[group].sum()
    return merged


def keep_smallest(theta: np.ndarray, count: int) -> np.ndarray:
    """Drop the largest instead."""
    pruned = theta.copy()
    pruned[np.argsort(-np.abs(theta))[:count]] = 0
    return pruned


def by_signed_value(theta: np.ndarray, count: int) -> np.ndarray:
    """Sort without magnitudes."""
    pruned = theta.copy()
    pruned[np.argsort(theta)[:count]] = 0
    return pruned


def keep_count(theta: np.ndarray, count: int) -> np.ndarray:
    """Keep ``count`` instead of dropping them."""
    pruned = theta.copy()
    pruned[np.argsort(np.abs(theta))[: len(theta) - count]] = 0
    return pruned


def least_squares(Z: np.ndarray, theta: np.ndarray) -> np.ndarray:
    """Fit the predictions on the first N neurons, whatever the mass."""
    first, found = min(Z.shape), np.zeros(len(theta))
    found[:first] = np.linalg.lstsq(Z[:, :first], Z @ theta, rcond=None)[0]
    return found
