"""The objects of the theory: network, loss, problem, path and data.

Modules in reading order; each imports only from those above it and from lower packages:

- `version`: the version of the distribution, in one place
- `exact_arithmetic`: arrays of `Fraction`, on which the kernels run unchanged
- `validation`: the checks each public input passes once, and the grammar of their errors
- `npz`: reading NPZ files: named arrays, never a pickled object
- `domain`: where rows may lie; membership exact, projection rounded inward
- `conversion`: layers trained by scikit-learn, PyTorch or Keras
- `network`: `Network`: the forward pass and, beside it, the hand-derived backward pass
- `feature_scale`: the feature scale $D$, and rational bounds of irrational roots
- `losses`: the losses shipped: constants, conjugates, one-sided derivatives
- `problem`: `Problem`: data, loss, penalty and domain; objective and gradient
- `widening`: M4: more neurons, the same predictor
- `path`: `Path`: straight pieces between nodes
- `weight_decay`: C10: the l1 penalty is weight decay at its balanced points
- `csv_table`: a CSV file of numbers with a header, and what to do about one that is not
- `datasets`: the data of the experiments, and your own
"""

from reference.model.datasets import load, published_problem
from reference.model.domain import NormalizedWeights, UnitBall
from reference.model.losses import (
    Absolute,
    HalfSquared,
    Hinge,
    Huber,
    Logistic,
    Pinball,
    Squared,
)
from reference.model.network import Network
from reference.model.path import Path
from reference.model.problem import Problem
from reference.model.weight_decay import balance, decayed_value, flow, lift
from reference.model.widening import widen

__all__ = [
    "Absolute",
    "HalfSquared",
    "Hinge",
    "Huber",
    "Logistic",
    "Network",
    "NormalizedWeights",
    "Path",
    "Pinball",
    "Problem",
    "Squared",
    "UnitBall",
    "balance",
    "decayed_value",
    "flow",
    "lift",
    "load",
    "published_problem",
    "widen",
]
