"""Training: both layers by Adam, or the output layer alone, which is a convex problem.

Modules in reading order; each imports only from those above it and from lower packages:

- `parallel`: threads over independent blocks, one linear-algebra thread each
- `batch_gradient`: objective and gradient of many networks at once
- `adam`: Adam for many networks side by side
- `pools`: pools trained as published; equal bits whatever the number of workers
- `interior_point`: the output layer of a smooth loss: near the minimum, fast
- `orthant_newton`: what finishes it, with exact zeros
- `active_set`: the same slowly, where interior points lose digits
- `piecewise_linear`: the output layer of a piecewise linear loss: a linear program
- `output_layer`: the best output layer, solved, and the proof of how good it is
- `lbfgs`: descent in both layers: where to, not how to get there
- `estimators`: a classifier and a regressor whose `network_` feeds `connect`
"""

from reference.training.output_layer import OutputLayer, solve_output_layer
from reference.training.pools import train, train_pool

__all__ = ["OutputLayer", "solve_output_layer", "train", "train_pool"]
