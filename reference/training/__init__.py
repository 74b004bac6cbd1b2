"""Training: both layers by Adam, or the output layer alone, which is a convex problem.

Modules in reading order; each imports only from those above it and from lower packages:

- `parallel`: threads over independent blocks, one linear-algebra thread each
- `batch_gradient`: objective and gradient of many networks at once
- `adam`: Adam for many networks side by side
- `pools`: pools trained as published; equal bits whatever the number of workers
- `output_layer`: the best output layer, solved
- `lbfgs`: descent in both layers: where to, not how to get there
- `estimators`: a classifier and a regressor whose `network_` feeds `connect`
"""

from reference.training.pools import train, train_pool

__all__ = ["train", "train_pool"]
