"""
The global minimum and its certificate
======================================

Over all widths at once the problem is convex, so a dual vector can prove that no network of any
width does better (:doc:`claims D1 to D4 </theory/08-minimum>`). A trained network's distance from
the global minimum is then a bracket, not a guess.
"""

# %%
# 200 samples of Moons, logistic loss, rows in the unit ball. Each round adds neurons where the dual
# constraint is violated most, moves all of them, and bounds the minimum from below.

import matplotlib.pyplot as plt
import numpy as np

from reference import Logistic, Problem, load, train_pool
from reference.minimum.bracket import energy_gap, global_minimum
from reference.report.plotting import COLOURS, STYLE

data = load("moons")
problem = Problem(data.X[:200], data.y[:200], Logistic(), kappa=1e-3)
minimum = global_minimum(problem, tol=1e-8)
print(f"{minimum.dual_bound:.10f} <= infimum over all widths <= {minimum.value:.10f}")
print(f"{len(minimum.network.active)} neurons attain the upper one")

# %%
# How far from it do trained networks end? The bracket is as narrow as the certificate.

brackets = {}
for width in (4, 8, 16, 32, 64, 128):
    pool = train_pool(problem, width, count=5, epochs=400)
    brackets[width] = [energy_gap(problem, network, minimum) for network in pool]
low, high = brackets[128][0]
print(f"width 128, first network: F - infimum is in [{low:.9f}, {high:.9f}]")

side = np.linspace(-2.6, 2.6, 161)
grid = np.stack(np.meshgrid(side, side), axis=-1).reshape(-1, 2)
f = minimum.network.predict(np.column_stack([grid, np.ones(len(grid))])).reshape(len(side), -1)

with plt.rc_context(STYLE):
    figure, (left, middle, right) = plt.subplots(1, 3, figsize=(11, 3.6), layout="constrained")
    rounds = np.arange(1, len(minimum.history) + 1)
    gap = [step.value - step.bound for step in minimum.history]
    left.semilogy(rounds, gap, "o-", color=COLOURS[0])
    left.set(xlabel="round", ylabel="value - dual bound", title="the certificate closes")
    middle.contourf(side, side, np.tanh(f / 4), levels=16, cmap="RdBu_r", alpha=0.6)
    middle.contour(side, side, f, levels=[0], colors="black", linewidths=1.4)
    for label, marker in ((0, "o"), (1, "^")):
        shown = problem.X[problem.y == label]
        middle.plot(*shown[:, :2].T, marker, color=COLOURS[label], markersize=2.5)
    for row in minimum.network.W[minimum.network.active]:
        if row[:2].any():
            foot = -row[2] * row[:2] / (row[:2] @ row[:2])
            ends = foot + np.outer([-9, 9], [-row[1], row[0]] / np.linalg.norm(row[:2]))
            middle.plot(*ends.T, color="black", linewidth=0.6, alpha=0.6)
    middle.set(
        xlim=(-2.6, 2.6), ylim=(-2.6, 2.6), xticks=[], yticks=[], title="its kinks and boundary"
    )
    middle.grid(visible=False)
    for width, pairs in brackets.items():
        right.loglog(
            [width] * len(pairs), [high for _, high in pairs], "o", color=COLOURS[1], alpha=0.6
        )
    right.set(xlabel="width m", ylabel="F - infimum", title="networks trained 400 epochs")
    right.set_xticks(list(brackets), [str(width) for width in brackets])
    right.minorticks_off()
plt.show()

# %%
# Thin lines are the neurons' kinks. At the optimum they pass through samples: that is why a smooth
# descent stalls and the last digits come from a convex program over the cells.
