"""
The gradient at a kink
======================

Away from kinks the hand-derived gradient is the gradient. At a kink back-propagation returns
*something*, and this something need not be a slope of the objective in any direction: it need not
even be a Clarke subgradient (:doc:`claim M1 </theory/02-calculus>`).
"""

# %%
# One input, one neuron, two samples at +1 and -1 whose losses pull in opposite directions. Near
# ``w = 0`` the objective is linear in ``w`` with slope ``theta / 2``, because each sample sees
# the neuron on its own side only. Back-propagation takes ``relu'(0) = 0`` and returns 0.

import matplotlib.pyplot as plt
import numpy as np

from reference import Absolute, HalfSquared, Network, Problem
from reference.report.plotting import COLOURS, STYLE

problem = Problem([[1.0], [-1.0]], [-2.0, 2.0], Absolute(), kappa=0.1)
theta = 1.0
dW, _ = problem.gradient(Network([[0.0]], [theta]))
print("back-propagation at w = 0:", dW[0, 0])
for h in (-1e-3, 1e-3):
    rise = problem.value(Network([[h]], [theta])) - problem.value(Network([[0.0]], [theta]))
    print(f"slope measured from 0 to {h:+}: {rise / h:.6f}")

# %%
# A gradient is judged by its Taylor remainder ``|F(p + h v) - F(p) - h <g, v>| / h``. Off the kinks
# it vanishes with ``h``; at the kink it stays at 1/2, however small the step. (The jump of the blue
# curve: longer steps run into a kink of their own.)

generator = np.random.default_rng(0)
smooth = Problem(
    generator.standard_normal((30, 3)), generator.standard_normal(30), HalfSquared(), 0.1
)
start = Network(
    smooth.domain.project(generator.uniform(-0.5, 0.5, (5, 3))), generator.standard_normal(5)
)
V, eta = generator.standard_normal((5, 3)), generator.standard_normal(5)


def remainder(problem, network, V, eta, h):
    """Return the Taylor remainder of first order, over ``h``."""
    dW, dtheta = problem.gradient(network)
    moved = Network(network.W + h * V, network.theta + h * eta)
    linear = h * ((dW * V).sum() + dtheta @ eta)
    return abs(problem.value(moved) - problem.value(network) - linear) / h


steps = np.logspace(-7, -1, 25)
generic = [remainder(smooth, start, V, eta, h) for h in steps]
kink = [
    remainder(problem, Network([[0.0]], [theta]), np.ones((1, 1)), np.zeros(1), h) for h in steps
]

with plt.rc_context(STYLE):
    figure, (left, right) = plt.subplots(1, 2, figsize=(8.6, 3.6), layout="constrained")
    w = np.linspace(-1, 1, 201)
    left.plot(
        w, [problem.value(Network([[x]], [theta])) for x in w], color=COLOURS[0], label="F(w)"
    )
    centre = problem.value(Network([[0.0]], [theta]))
    left.plot(w, centre + dW[0, 0] * w, "--", color=COLOURS[1], label="back-propagation")
    left.plot(0, centre, "o", color="black")
    left.set(xlabel="hidden weight w", ylabel="objective F")
    left.legend(frameon=False)
    right.loglog(steps, kink, "s-", color=COLOURS[1], markersize=4, label="at the kink")
    right.loglog(steps, generic, "o-", color=COLOURS[0], markersize=4, label="off the kinks")
    right.set(xlabel="step h", ylabel="Taylor remainder / h")
    right.legend(frameon=False)
plt.show()

# %%
# The library therefore never takes a claim about the landscape from a gradient alone. Descent
# uses it to *find* networks; what is stated of a path is certified from values.
