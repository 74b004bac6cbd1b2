"""One-hidden-layer ReLU networks, their loss landscape, and paths through it with certificates.

A NumPy implementation of arXiv:2602.17596 (Baturin 2026). Modules are meant to be read in the
order of `docs/architecture.md`; each imports only from those before it.
"""

from reference.barriers.separation import LowerBound, exact_barrier, separation_bound
from reference.barriers.sublevel_tree import merge_tree
from reference.certificate.certificate_file import load_certificate, save_certificate
from reference.certificate.checker import check_file
from reference.certificate.path_maximum import Certificate, certify
from reference.certificate.segment import segment_table, segment_tables
from reference.compression.certified_descent import Descent, descend
from reference.compression.exact_reduction import caratheodory, two_rays
from reference.compression.merging import merge, merge_cube, merge_sphere
from reference.compression.pruning import prune
from reference.compression.refitting import refit
from reference.compression.result import Compression
from reference.compression.sampling import sample
from reference.connection.explicit_path import bridge_bound, theorem_bound, theorem_path
from reference.connection.moves import move_idle, relabel, sphericalise, transfer
from reference.connection.portfolio import Connection, connect
from reference.connection.string_sampling import sample_string, sample_strings
from reference.minimum.bracket import Minimum, energy_gap, global_minimum
from reference.minimum.correlation import max_correlation
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
from reference.training.pools import train, train_pool
from reference.version import __version__

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
