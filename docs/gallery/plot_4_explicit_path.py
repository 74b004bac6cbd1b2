"""
The explicit path, frame by frame
=================================

Two networks trained on Moons from two seeds, and the path between them on which the objective
never exceeds the higher end. Nothing about it is searched blindly: each segment is one of two
kinds, and both have an exact maximum (:doc:`claims P1, P2, P5 </theory/04-paths>`).
"""

# %%
# *Constant*: rows move that carry nothing; the function, and the objective, stay as they are.
# *Convex*: only output coefficients change; the objective is convex in them, so the higher of
# the segment's ends is its maximum.

import matplotlib.pyplot as plt
import numpy as np

from reference import Path, certify, connect, published_problem, train
from reference.report.figures import profile
from reference.report.plotting import COLOURS, STYLE

problem = published_problem("moons")
a, b = train(problem, width=20, seed=0), train(problem, width=20, seed=1)
connection = connect(problem, a, b)
print(f"method: {connection.method}, certified rise above the level: {connection.gap}")
for k, (segment, (start, end)) in enumerate(
    zip(connection.certificate.segments, connection.path.segments, strict=True)
):
    print(
        f"{k}: {segment.kind:<8} {len(start.active):2d} -> {len(end.active):2d} active neurons, "
        f"F at most {segment.upper:.5f}"
    )

# %%
# The objective along both ways. The straight line rises far above its ends; the explicit path
# only falls, or stays.

with plt.rc_context(STYLE):
    figure, axis = plt.subplots(figsize=(7.2, 3.4), layout="constrained")
    for k, (name, path) in enumerate(
        {"straight line": Path([a, b]), "explicit path": connection.path}.items()
    ):
        place, value = profile(problem, path, 600)
        axis.plot(place, value, color=COLOURS[1 - k], linestyle=("--", "-")[k], label=name)
    axis.axhline(connection.level, color="black", linewidth=1, linestyle=":", label="level")
    axis.set(xlabel="position along the path", ylabel="objective F", yscale="log", xlim=(0, 1))
    axis.legend(frameon=False)
plt.show()

# %%
# The decision boundary (prediction 1/2, black) at the nodes. Frames joined by a *constant* segment
# show the same function; between the others the prediction is interpolated linearly.

side = np.linspace(-2.6, 2.6, 121)
grid = np.stack(np.meshgrid(side, side), axis=-1).reshape(-1, 2)
grid = np.column_stack([grid, np.ones(len(grid))])


def boundary(axis, network, title):
    """Draw data, prediction and boundary of one network."""
    f = network.predict(grid).reshape(len(side), -1)
    axis.contourf(
        side, side, f, levels=np.linspace(-0.5, 1.5, 17), cmap="RdBu_r", alpha=0.6, extend="both"
    )
    axis.contour(side, side, f, levels=[0.5], colors="black", linewidths=1.4)
    for label, marker in ((0, "o"), (1, "^")):
        shown = problem.X[problem.y == label][::4]
        axis.plot(*shown[:, :2].T, marker, color=("#0072B2", "#D55E00")[label], markersize=1.6)
    axis.set(xticks=[], yticks=[], title=title)
    axis.grid(visible=False)


frames = np.unique(np.linspace(0, len(connection.path.nodes) - 1, 8).round().astype(int))
with plt.rc_context(STYLE | {"font.size": 8}):
    figure, axes = plt.subplots(2, 4, figsize=(9, 4.9), layout="constrained")
    for axis, k in zip(axes.flat, frames, strict=False):
        node = connection.path.nodes[k]
        boundary(axis, node, f"node {k}: F = {problem.value(node):.4f}, {len(node.active)} active")
    for axis in axes.flat[len(frames) :]:
        axis.set_axis_off()
plt.show()

# %%
# The same seen by the certificate: how close the enclosure of the straight line's maximum is.

line = certify(problem, Path([a, b]), tol=1e-8)
print(
    f"straight line: {line.lower:.9f} <= max F <= {line.upper:.9f}, {line.evaluations} evaluations"
)
