"""What no path stays below: certified lower bounds of barriers (claims C6, C8, C9).

Modules in reading order; each imports only from those above it and from lower packages:

- `one_coefficient`: the best single coefficient, and the slopes that prove it
- `planar_separator`: the infimum over rows on one line, certified
- `separation`: `separation_bound`: a level every path between two networks reaches
- `sublevel_tree`: C9: how components merge as the level rises
"""

from reference.barriers.separation import LowerBound, exact_barrier, separation_bound
from reference.barriers.sublevel_tree import merge_tree

__all__ = ["LowerBound", "exact_barrier", "merge_tree", "separation_bound"]
