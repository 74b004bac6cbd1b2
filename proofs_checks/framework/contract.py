"""What the suite reads off an implementation: its public names and attributes of their objects.

``docs/conformance.md`` says the same in words; a test records every read of a run and compares.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Callable
from typing import Any

LOSS_ATTRIBUTES = (
    "value", "derivative", "one_sided", "conjugate", "dual_interval", "slope_bound", "lipschitz",
    "holder",
)  # fmt: skip
DOMAIN_ATTRIBUTES = ("contains", "weight_part", "normalise")

LOSSES = ("Absolute", "Huber", "Pinball", "Hinge", "HalfSquared", "Squared", "Logistic")
DOMAINS = ("UnitBall", "NormalizedWeights")
STRING_ATTRIBUTES = (
    "path", "level", "certificate", "gap", "released_gap", "beads", "trained", "depth",
    "unresolved", "normalized_length",
)  # fmt: skip

# Public name -> attributes read off what it makes.
CONTRACT: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(LOSSES, LOSS_ATTRIBUTES),
    **dict.fromkeys(DOMAINS, DOMAIN_ATTRIBUTES),
    "Network": ("W", "theta", "predict", "features"),
    "Multipliers": (),
    "Path": ("nodes", "segments", "at"),
    "Problem": (
        "X", "y", "loss", "kappa", "domain", "samples", "inputs", "value", "risk", "gradient",
        "D", "L", "lower", "zero_value",
    ),
    "balance": (),
    "bridge_bound": (),
    "caratheodory": ("network",),
    "certify": ("upper", "lower", "argmax"),
    "connect": ("path", "gap", "certificate", "node_upper", "node_lower"),
    "decayed_value": (),
    "descend": ("network", "path"),
    "flow": (),
    "global_minimum": ("network", "value", "dual_bound"),
    "lift": (),
    "max_correlation": (),
    "merge": ("network",),
    "merge_cube": ("network",),
    "merge_sphere": ("network",),
    "merge_tree": ("upper", "bars", "birth", "death", "count"),
    "move_idle": (),
    "prune": ("network",),
    "refit": ("network",),
    "relabel": (),
    "relaxed_bound": (),
    "sample": ("network",),
    "sample_string": STRING_ATTRIBUTES,
    "separation_bound": ("value",),
    "sphericalise": (),
    "theorem_bound": (),
    "theorem_path": (),
    "transfer": (),
    "two_rays": ("network",),
}  # fmt: skip

PUBLIC_NAMES = tuple(CONTRACT)
ATTRIBUTES = frozenset(name for attributes in CONTRACT.values() for name in attributes)


def missing_attribute(error: AttributeError) -> str | None:
    """Return ``Class.attribute`` where an object of the implementation lacks a name it documents.

    An answer of None or of another kind altogether is a wrong answer, not a missing name.
    """
    kind = type(error.obj)
    if error.name not in ATTRIBUTES or kind.__module__.partition(".")[0] in ("builtins", "numpy"):
        return None
    return f"{kind.__name__}.{error.name}"


def names_needed(function: Callable[..., Any], seen: frozenset[Any] = frozenset()) -> set[str]:
    """Return the public names that a measure, and the functions it calls, take from its target."""
    if function in seen or not inspect.isfunction(function):
        return set()
    tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            if node.value.id in ("target", "floating", "plain") and node.attr in CONTRACT:
                found.add(node.attr)
        elif isinstance(node, ast.Name):
            other = function.__globals__.get(node.id)
            if inspect.isfunction(other) and other.__module__.startswith("proofs_checks"):
                found |= names_needed(other, seen | {function})
    return found
