"""What no network of any width goes below: the global minimum with a dual certificate (claims D).

Modules in reading order; each imports only from those above it and from lower packages:

- `unit_scale`: data of any size, brought to unit size by powers of two
- `circle_oracle`: two inputs: the neuron that correlates most, exactly
- `sphere_oracle`: three inputs: the same on the sphere
- `correlation`: D2: the largest correlation, from above
- `dual_bound`: D1: a bound that no network of any width goes below
- `barrier_functions`: barriers that make kinks and norms smooth
- `activation_cell_program`: the convex program over cells of constant activation
- `neuron_merging`: the same minimum with fewer neurons
- `column_generation`: D3: which neurons the minimum needs, round by round
- `bracket`: `global_minimum`: a network and how far it can be from the best
"""

from reference.minimum.bracket import Minimum, energy_gap, global_minimum
from reference.minimum.correlation import max_correlation

__all__ = ["Minimum", "energy_gap", "global_minimum", "max_correlation"]
