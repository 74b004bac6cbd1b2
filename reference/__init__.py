"""One-hidden-layer ReLU networks, their loss landscape, and paths through it with certificates.

A NumPy implementation of arXiv:2602.17596 (Baturin 2026). Modules are meant to be read in the
order of `docs/architecture.md`; each imports only from those before it.
"""

from reference.certificate import Certificate, certify
from reference.checker import check_file
from reference.compression import Compression
from reference.connection import Connection, connect
from reference.datasets import load, published_problem
from reference.descent import Descent, descend
from reference.domain import NormalizedWeights, UnitBall
from reference.elimination import caratheodory, two_rays
from reference.explicit_path import bridge_bound, theorem_bound, theorem_path
from reference.losses import (
    Absolute,
    HalfSquared,
    Hinge,
    Huber,
    Logistic,
    Pinball,
    Squared,
)
from reference.merge_tree import merge_tree
from reference.merging import merge, merge_cube, merge_sphere
from reference.minimum import Minimum, energy_gap, global_minimum
from reference.moves import move_idle, relabel, sphericalise, transfer
from reference.network import Network
from reference.oracle import max_correlation
from reference.path import Path
from reference.path_certificate import load_certificate, save_certificate
from reference.problem import Problem
from reference.pruning import prune
from reference.refitting import refit
from reference.sampling import sample
from reference.segment import segment_table, segment_tables
from reference.separation import LowerBound, exact_barrier, separation_bound
from reference.string_sampling import sample_string, sample_strings
from reference.training import train, train_pool
from reference.weight_decay import balance, decayed_value, flow, lift

__version__ = "0.1.0"

__all__ = [
    "Absolute",
    "Certificate",
    "Compression",
    "Connection",
    "Descent",
    "HalfSquared",
    "Hinge",
    "Huber",
    "Logistic",
    "LowerBound",
    "Minimum",
    "Network",
    "NormalizedWeights",
    "Path",
    "Pinball",
    "Problem",
    "Squared",
    "UnitBall",
    "balance",
    "bridge_bound",
    "caratheodory",
    "certify",
    "check_file",
    "connect",
    "decayed_value",
    "descend",
    "energy_gap",
    "exact_barrier",
    "flow",
    "global_minimum",
    "lift",
    "load",
    "load_certificate",
    "max_correlation",
    "merge",
    "merge_cube",
    "merge_sphere",
    "merge_tree",
    "move_idle",
    "prune",
    "published_problem",
    "refit",
    "relabel",
    "sample",
    "sample_string",
    "sample_strings",
    "save_certificate",
    "segment_table",
    "segment_tables",
    "separation_bound",
    "sphericalise",
    "theorem_bound",
    "theorem_path",
    "train",
    "train_pool",
    "transfer",
    "two_rays",
]
