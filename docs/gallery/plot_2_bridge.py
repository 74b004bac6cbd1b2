"""
The Lipschitz bridge and its factor one half
============================================

Two networks lie below a level and their rows differ by at most ``r``. How far can the objective
rise on the straight segment between them? By at most ``(1/2) (L D / kappa) r (level - Rlow)``
(:doc:`claim P3 </theory/04-paths>`), and not one bit less can be promised.
"""

# %%
# **Attained.** One sample, two neurons that swap roles: one goes from row 0 to row ``r`` while its
# coefficient fades, the other comes the opposite way. Both ends predict 0. Halfway both carry half
# the mass at half the row, and the objective has risen by exactly the bound. All numbers here are
# fractions: equality is equality.

from fractions import Fraction

import matplotlib.pyplot as plt
import numpy as np

from reference import (
    Absolute,
    Logistic,
    Network,
    Path,
    Problem,
    bridge_bound,
    certify,
    load,
    segment_table,
    train,
)
from reference.report.plotting import COLOURS, STYLE

one = Fraction(1)
problem = Problem(np.array([[one]]), np.array([0 * one]), Absolute(), kappa=Fraction(1, 4))
r, mass = Fraction(1, 2), Fraction(4)
a = Network(np.array([[0 * one], [r]]), np.array([mass, 0 * one]))
b = Network(np.array([[r], [0 * one]]), np.array([0 * one, mass]))
level = problem.value(a)
middle = problem.value(Path([a, b]).at(0, Fraction(1, 2)))
print("ends:", level, problem.value(b))
print("middle:", middle, "   bound:", level + bridge_bound(problem, r, level))

# %%
# **Typical.** Take a trained network of width 200 and let neurons whose rows are at most ``r``
# apart swap places in pairs. Both ends are the same function, so every rise is due to the way
# between them. It stays far below the bound: signs cancel and many neurons share the mass.

data = load("moons")
moons = Problem(data.X, data.y, Logistic(), kappa=1e-2)
trained = train(moons, width=200, seed=0)
level = moons.value(trained)
distances = np.linalg.norm(trained.W[:, None] - trained.W, axis=-1)


def swapped(limit):
    """Return the network after swapping disjoint pairs of rows at most ``limit`` apart."""
    order, free = np.arange(trained.width), np.ones(trained.width, dtype=bool)
    first, second = np.triu_indices(trained.width, 1)
    for k in np.argsort(-distances[first, second]):  # the farthest allowed pairs first
        i, j = first[k], second[k]
        if distances[i, j] <= limit and free[i] and free[j]:
            order[[i, j]], free[[i, j]] = order[[j, i]], False
    return Network(trained.W[order], trained.theta[order])


radii, rises, bounds = [], [], []
for limit in np.logspace(-0.65, 0.2, 12):
    other = swapped(limit)
    radius = np.linalg.norm(other.W - trained.W, axis=1).max()
    certificate = certify(moons, Path([trained, other]), tol=1e-7)
    radii.append(radius)
    rises.append(certificate.upper - level)
    bounds.append(bridge_bound(moons, radius, level))
print(f"largest rise over bound: {max(np.array(rises) / bounds):.4f}")

with plt.rc_context(STYLE):
    figure, (left, right) = plt.subplots(1, 2, figsize=(8.8, 3.7), layout="constrained")
    t = np.linspace(0, 1, 201)
    floating = Problem([[1.0]], [0.0], Absolute(), 0.25)
    left.plot(t, segment_table(floating, a.rounded(), b.rounded(), t), color=COLOURS[0], label="F")
    left.axhline(2, color=COLOURS[1], linestyle="--", label="bound")
    left.axhline(3, color=COLOURS[3], linestyle=":", label="without the 1/2")
    left.set(xlabel="time t on the segment", ylabel="objective F", title="the sharp example")
    left.legend(frameon=False, loc="center left", bbox_to_anchor=(0, 0.78))
    right.loglog(radii, rises, "o", color=COLOURS[0], markersize=4, label="certified rise")
    right.loglog(radii, bounds, "_", color=COLOURS[1], markersize=7, label="bound")
    right.set(xlabel="largest displacement r of a row", ylabel="rise", title="trained on Moons")
    right.set_xticks([0.25, 0.5, 1], labels=["0.25", "0.5", "1"])
    right.minorticks_off()
    right.legend(frameon=False)
plt.show()
