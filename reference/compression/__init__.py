"""The same network with fewer active neurons, and what that costs (claims K0 to K8).

Modules in reading order; each imports only from those above it and from lower packages:

- `result`: `Compression`: a sparser network and what it cost
- `refitting`: K0: the best output layer on given rows
- `merging`: K1, K2, K3: rows close to each other become one
- `sampling`: K4: neurons drawn by their mass
- `pruning`: K5: the smallest coefficients dropped
- `exact_reduction`: K6, K8: the same predictions from fewer neurons
- `backward_elimination`: the fewest neurons on given rows below a level
- `certified_descent`: K0': a descent certified step by step is a path
"""

from reference.compression.certified_descent import Descent, descend
from reference.compression.exact_reduction import caratheodory, two_rays
from reference.compression.merging import merge, merge_cube, merge_sphere
from reference.compression.pruning import prune
from reference.compression.refitting import refit
from reference.compression.result import Compression
from reference.compression.sampling import sample

__all__ = [
    "Compression",
    "Descent",
    "caratheodory",
    "descend",
    "merge",
    "merge_cube",
    "merge_sphere",
    "prune",
    "refit",
    "sample",
    "two_rays",
]
