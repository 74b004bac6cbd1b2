"""
Merging, pruning, sampling
==========================

A path needs idle neurons. Three tools make some and say beforehand what they may cost
(:doc:`claims K1, K4, K5 </theory/05-compression>`); a fourth, refitting the output layer, never
costs anything.
"""

# %%
# A network of width 200, trained on Moons with rows in the unit ball. Every tool is asked to leave
# ``q`` of its neurons. Merging joins rows that are closest to each other; sampling draws neurons by
# their mass and keeps the best of 20 draws; pruning drops the smallest coefficients.

import matplotlib.pyplot as plt
import numpy as np
from scipy.cluster.hierarchy import fcluster, linkage

from reference import Logistic, Problem, load, merge, prune, refit, sample, train
from reference.report.plotting import COLOURS, MARKERS, STYLE

data = load("moons")
problem = Problem(data.X, data.y, Logistic(), kappa=1e-3)
network = train(problem, width=200, seed=0, epochs=300)
tree = linkage(network.W, "complete")


def merged(count):
    """Merge the rows of each cluster, ``count`` clusters in all."""
    labels = fcluster(tree, count, "maxclust")
    return merge(problem, network, [np.flatnonzero(labels == k) for k in np.unique(labels)])


tools = {
    "merge (K1)": merged,
    "sample (K4)": lambda count: sample(problem, network, count, seed=0, draws=20),
    "prune (K5)": lambda count: prune(problem, network, network.width - count),
}
kept = np.unique(np.logspace(np.log10(4), np.log10(190), 14).astype(int))
found = {name: [tool(count) for count in kept] for name, tool in tools.items()}

# %%
# The proven bounds are dashed. Merging and pruning pay in proportion to what they move or drop; the
# bound of sampling falls like ``1 / sqrt(q)`` with no regard to dimension. After a refit none of
# them costs anything down to some thirty neurons: what matters is which *rows* are left.

with plt.rc_context(STYLE):
    figure, (left, right) = plt.subplots(
        1, 2, figsize=(9.4, 4.0), layout="constrained", sharey=True
    )
    for k, (name, compressions) in enumerate(found.items()):
        style = {"color": COLOURS[k], "marker": MARKERS[k], "markersize": 4}
        increase = np.array([c.increase for c in compressions])
        bound = np.array([c.bound for c in compressions])
        left.plot(kept, np.maximum(increase, 0), label=name, **style)
        left.plot(kept, bound, color=COLOURS[k], linestyle="--", linewidth=1)
        after = [refit(problem, c.network, support=c.network.active).network for c in compressions]
        rise = np.array([problem.value(net) for net in after]) - problem.value(network)
        right.plot(kept, np.maximum(rise, 0), label=name, **style)
    for axis, title in ((left, "as compressed, bounds dashed"), (right, "after a refit")):
        axis.set(xscale="log", xlabel="neurons kept q", title=title)
        axis.set_yscale("symlog", linthresh=1e-5)
        axis.set_ylim(0, 100)
    left.set_ylabel("rise of the objective")
    right.legend(frameon=False)
plt.show()

# %%
# Refitting alone leaves this many of the 200 neurons active, and lowers the objective:

best = refit(problem, network)
print(len(best.network.active), "active,", f"rise {best.increase:.2g}")
