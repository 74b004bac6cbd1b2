"""Paths between two networks: explicit, searched and sampled (claims P and S).

Modules in reading order; each imports only from those above it and from lower packages:

- `moves`: P2: moves at constant predictor
- `explicit_path`: P4, P5: the path of the theorem, given its witnesses
- `rates`: what the theorems promise before any path is built
- `freeing_neurons`: room at one end, by steps that keep below a level
- `neuron_exchange`: one network into another, a few neurons at a time
- `bead_training`: how a bead gets below its target: trained, or its output layer solved first
- `string_search`: strings of beads that grow until they lie below a level
- `string_sampling`: `sample_string`: Dynamic String Sampling and its two different gaps
- `least_level`: a level no path stays below, where it is cheap to know
- `portfolio`: `connect`: the lowest path that can be found, certified
"""

from reference.connection.explicit_path import bridge_bound, theorem_bound, theorem_path
from reference.connection.moves import move_idle, relabel, sphericalise, transfer
from reference.connection.portfolio import Connection, connect
from reference.connection.string_sampling import sample_string, sample_strings

__all__ = [
    "Connection",
    "bridge_bound",
    "connect",
    "move_idle",
    "relabel",
    "sample_string",
    "sample_strings",
    "sphericalise",
    "theorem_bound",
    "theorem_path",
    "transfer",
]
