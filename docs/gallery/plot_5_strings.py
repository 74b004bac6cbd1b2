"""
Why a string over- and understates a barrier
============================================

Dynamic String Sampling looks for a low path by training beads between two networks
(:doc:`chapter 7 </theory/07-strings>`). Two numbers have been called its *gap*. This page draws
both for one pair of networks trained on Moons, beside the barrier itself, which is 0.
"""

import matplotlib.pyplot as plt
import numpy as np

from reference import (
    connect,
    published_problem,
    sample_string,
    segment_table,
    train_pool,
)
from reference.model.path import distance
from reference.report.figures import profile
from reference.report.plotting import COLOURS, STYLE

problem = published_problem("moons")
a, b = train_pool(problem, width=20, count=4)[2:]
string = sample_string(problem, a, b)
explicit = connect(problem, a, b)
print(f"beads: {string.beads}, segments above the level at the depth limit: {string.unresolved}")
print(f"released estimator:           {string.released_gap:.1e}")
print(f"certified rise of the string: {string.gap:.1e}")
print(f"certified rise of connect:    {explicit.gap}")

# %%
# **Understated.** The released estimator takes the *smallest* maximum among all segments that were
# ever found above the level. One segment that almost made it hides all those that did not.
#
# **Overstated.** The string itself is higher than it would have to be: its certified rise is that
# of one path among all, and the explicit path between the same networks does not rise at all.

points = np.linspace(0, 1, 200)
maxima = np.array([segment_table(problem, *ends, points).max() for ends in string.path.segments])
lengths = np.array([distance(*ends) for ends in string.path.segments])
ends = np.concatenate([[0], np.cumsum(lengths)]) / lengths.sum()
above = maxima - string.level > 1e-12

with plt.rc_context(STYLE):
    figure, (left, right) = plt.subplots(1, 2, figsize=(9.2, 3.8), layout="constrained")
    for k, (name, path) in enumerate(
        {"string": string.path, "explicit path": explicit.path}.items()
    ):
        place, value = profile(problem, path, 4000)
        left.plot(place, value, color=COLOURS[k], linewidth=1.3, label=name)
    left.axhline(string.level, color="black", linewidth=1, linestyle=":", label="level")
    left.set(xlabel="position along the path", ylabel="objective F", xlim=(0, 1))
    left.legend(frameon=False)
    heights = maxima[above] - string.level
    middles = (ends[:-1] + ends[1:])[above] / 2
    right.semilogy(middles, heights, "o", color=COLOURS[0], label="segments above the level")
    right.axhline(string.gap, color=COLOURS[1], label="rise of the string")
    right.axhline(string.released_gap, color=COLOURS[3], linestyle="--", label="released estimator")
    right.set(xlabel="position along the string", ylabel="height above the level", xlim=(0, 1))
    right.legend(frameon=False, loc="center right")
plt.show()

# %%
# So neither number is a barrier. The first bounds nothing; the second bounds the barrier from above
# and measures the search as much as the landscape.
