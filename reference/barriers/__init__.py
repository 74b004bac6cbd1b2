"""What no path stays below: certified lower bounds of barriers (claims C6, C8, C9, R).

Modules in reading order; each imports only from those above it and from lower packages:

- `one_coefficient`: the best single coefficient, and the slopes that prove it
- `planar_separator`: the infimum over rows on one line, certified
- `separation`: `separation_bound`: a level every path between two networks reaches
- `reduced_landscape`: R1: the best objective for given rows, at many rows at once
- `cell_bounds`: R2: a lower bound over a whole cell of rows
- `covering`: R3: cells that cover all rows, and the lowest chains through them
- `row_path`: R1: a path of networks along a curve of rows
- `two_sided`: `barrier`: the least level of a path between two networks, from both sides
- `sublevel_tree`: C9: how components merge as the level rises
"""

from reference.barriers.separation import LowerBound, exact_barrier, separation_bound
from reference.barriers.sublevel_tree import merge_tree
from reference.barriers.two_sided import Barrier, barrier

__all__ = ["Barrier", "LowerBound", "barrier", "exact_barrier", "merge_tree", "separation_bound"]
