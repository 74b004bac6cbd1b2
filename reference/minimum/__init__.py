"""What no network of any width goes below: the global minimum with a dual certificate (claims D).

Modules in reading order; each imports only from those above it and from lower packages:

- `unit_scale`: data of any size, brought to unit size by powers of two
- `peaks`: what an oracle answers
- `circle_oracle`: two inputs: the neuron that correlates most, exactly
- `sphere_oracle`: three inputs: the same on the sphere
- `moment_oracle`: any number of inputs: a bound, and a search
- `free_bias_oracle`: D5: the largest correlation when biases are free
- `correlation`: D2: the largest correlation, from above
- `zero_sum`: dual vectors whose sum is exactly 0
- `dual_bound`: D1: a bound that no network of any width goes below
- `barrier_functions`: barriers that make kinks and norms smooth
- `central_path`: Newton's method along the central path of a barrier program
- `atom_program`: the best network whose rows are among given ones
- `activation_cell_program`: the convex program over cells of constant activation
- `neuron_merging`: the same minimum with fewer neurons
- `sliding`: D3: neurons found one round at a time, moved freely
- `relaxation`: D6: the largest correlation for any number of inputs, by one factorisation
- `relaxed_dual`: D6: the dual vector that is best for the relaxation
- `atom_generation`: D3, D5: which rows the minimum needs, until none is missing
- `column_generation`: D3: which cells the minimum needs, round by round
- `bracket`: `global_minimum`: a network and how far it can be from the best
"""

from reference.minimum.bracket import Minimum, energy_gap, global_minimum
from reference.minimum.correlation import max_correlation
from reference.minimum.relaxation import Multipliers, relaxed_bound

__all__ = [
    "Minimum",
    "Multipliers",
    "energy_gap",
    "global_minimum",
    "max_correlation",
    "relaxed_bound",
]
