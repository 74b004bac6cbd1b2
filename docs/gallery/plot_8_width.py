"""
Barrier against width
=====================

Three ways between the same pairs of trained networks, at widths 1 to 64: the straight line, Dynamic
String Sampling, and `connect`. Every height is certified, so each is an upper bound of the barrier.
"""

# %%
# Moons as published, six networks per width joined in three disjoint pairs. The full study is
# ``relupath gap moons --preset widths``; this is its sketch.

import matplotlib.pyplot as plt
import numpy as np

from reference import (
    Path,
    certify,
    connect,
    published_problem,
    sample_string,
    train_pool,
)
from reference.report.plotting import COLOURS, MARKERS, STYLE

problem = published_problem("moons")
widths = (1, 2, 3, 4, 6, 8, 16, 32, 64)
rises = {"straight line": [], "string": [], "connect": []}
for width in widths:
    pool = train_pool(problem, width, count=6, epochs=300)
    pairs = list(zip(pool[::2], pool[1::2], strict=True))
    rises["straight line"].append([certify(problem, Path(pair), tol=1e-6).gap for pair in pairs])
    rises["string"].append([sample_string(problem, *pair, depth=5).gap for pair in pairs])
    rises["connect"].append([connect(problem, *pair).gap for pair in pairs])
    largest = ", ".join(f"{name} {max(found[-1]):.1e}" for name, found in rises.items())
    print(f"width {width:2d}, largest of three: {largest}")

# %%
# From width 4 on the way `connect` finds does not rise at all; straight lines and most strings
# do, at every width. At the smallest widths a rise is left, and no finder is lowest for each pair.
# Upper bounds alone cannot tell whether the landscape demands it; lower bounds can
# (:doc:`plot_6_swap`).

with plt.rc_context(STYLE):
    figure, axis = plt.subplots(figsize=(7.4, 4), layout="constrained")
    for k, (name, found) in enumerate(rises.items()):
        place = np.repeat(np.array(widths) * 1.07 ** (k - 1), 3)
        height = np.array(found).ravel()
        axis.plot(place, height, MARKERS[k], color=COLOURS[k], alpha=0.7, label=name, clip_on=False)
        axis.plot(widths, np.median(found, axis=1), color=COLOURS[k], linewidth=1)
    axis.set_yscale("symlog", linthresh=1e-6)
    axis.set(
        xscale="log", xlabel="width m", ylabel="certified rise above the higher end", ylim=(0, 40)
    )
    axis.set_xticks(widths, [str(width) for width in widths])
    axis.set_yticks([0, 1e-6, 1e-4, 1e-2, 1], ["0", "$10^{-6}$", "$10^{-4}$", "$10^{-2}$", "1"])
    axis.minorticks_off()
    axis.legend(frameon=False)
plt.show()
