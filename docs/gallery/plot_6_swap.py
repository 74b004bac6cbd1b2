"""
Two neurons change places
=========================

A network and its copy with two neurons swapped are the same function. With exactly two neurons
every path between them must rise; one spare neuron, and no rise is needed
(:doc:`claim C8 </theory/06-connectivity>`).
"""

# %%
# Two inputs, two neurons. Swapping the rows of ``W`` turns the sign of its determinant, so every
# path passes a ``W`` of rank at most one: both neurons on one line. The least objective of *those*
# networks is a lower bound of every path, and it can be certified. It also tells a finder of paths
# which level to aim at.

import matplotlib.pyplot as plt
import numpy as np

from reference import (
    Huber,
    Network,
    Path,
    Problem,
    connect,
    sample_string,
    separation_bound,
)
from reference.report.figures import profile
from reference.report.plotting import COLOURS, STYLE

angles = 2 * np.pi * np.arange(24) / 24
X = np.column_stack([np.cos(angles), np.sin(angles)])
rows = np.array([[1.0, 0.0], [0.5, 0.866]])  # 60 degrees apart
y = np.maximum(X @ rows.T, 0).sum(axis=1)
problem = Problem(X, y, Huber(1.0), kappa=0.01)

a = Network(rows, [0.97, 0.97])
b = Network(rows[::-1], [0.97, 0.97])
lower = separation_bound(problem, a, b)
found = {
    "connect": connect(problem, a, b),
    "string": sample_string(problem, a, b, level=1.003 * lower.value),
}
print(f"both ends:            F = {problem.value(a):.6f}")
print(f"every path reaches    {lower.value:.6f}   ({lower.argument})")
for name, path in found.items():
    print(f"{name:<8} stays below  {path.certificate.upper:.6f}")

# %%
# With a third neuron, idle, the swap goes through it: copy a row onto the idle neuron, hand over
# the coefficient, and a place is free. What is certified of this path is rounding, nothing else.

a3, b3 = (Network([*net.W, [0.5, 0.5]], [*net.theta, 0.0]) for net in (a, b))
buffered = connect(problem, a3, b3)
print(f"three neurons: rise at most {buffered.gap:.0e}")

best = min(found.values(), key=lambda path: path.certificate.upper)
with plt.rc_context(STYLE):
    figure, (left, right) = plt.subplots(
        1, 2, figsize=(9.2, 3.8), layout="constrained", sharey=True
    )
    for axis, ends, path in ((left, (a, b), best), (right, (a3, b3), buffered)):
        straight = profile(problem, Path(ends), 400)
        axis.plot(*straight, "--", color=COLOURS[0], label="straight line")
        axis.plot(*profile(problem, path.path, 400), color=COLOURS[1], label="lowest path found")
        axis.axhline(problem.value(a), color="black", linewidth=1, linestyle=":", label="ends")
        axis.set(xlabel="position along the path", xlim=(0, 1))
    left.axhline(lower.value, color=COLOURS[2], label="every path reaches this")
    left.set(title="two neurons", ylabel="objective F")
    right.set(title="three neurons")
    left.legend(frameon=False, loc="lower center", bbox_to_anchor=(0.5, 0.08), fontsize=8)
plt.show()

# %%
# At width two the barrier is enclosed to within a hundredth of its height: from below by the
# separator, from above by the better path.
