"""K0'. A descent whose steps are certified is itself a legal path.

Let a trajectory start at a network, and let the maximum of ``F`` along *every straight step* of it
be certified below a level. Then its end is joined to its start below the level: the trajectory is
the path. `descend` returns such a path, certified at most ``F(start)`` plus 1e-10, and an end no
higher than its start::

    F(end) <= F(start),    max F <= F(start) + 1e-10,    path[0] = start, path[-1] = end

**Direction:** upper.

**Source:** docs/theory/05-compression.md, K0'.

**Control:** a step of which only the two nodes are below the level.
"""

from __future__ import annotations

from proofs_checks.framework.cases import OneNetwork, TwoNetworks
from proofs_checks.framework.claim import Claim, Control
from proofs_checks.framework.measurement import Measurement, at_most, check_true, worst
from proofs_checks.framework.target import Target
from proofs_checks.strategies.along_path import max_along_path
from proofs_checks.strategies.general import one_network
from proofs_checks.strategies.small import swaps
from proofs_checks.strategies.witnesses import same_arrays

STEP_ALLOWANCE = 1e-10
STEPS = 10


def measure(target: Target, case: OneNetwork) -> Measurement:
    """Walk along the descent and check its ends and nodes."""
    problem, network = case.build(target)
    found = target.descend(problem, network, steps=STEPS)
    top, rounding = max_along_path(target, case.problem, found.path)
    start = problem.value(network)
    return worst(
        check_true(same_arrays(found.path.nodes[0], network), "starts at the network"),
        check_true(same_arrays(found.path.nodes[-1], found.network), "ends at the result"),
        check_true(
            all(problem.domain.contains(node.W) for node in found.path.nodes), "stays inside"
        ),
        at_most(problem.value(found.network), start, 2 * rounding, "F at the end"),
        at_most(top - start, STEP_ALLOWANCE, 2 * rounding, "rise along the descent"),
    )


def nodes_only(target: Target, case: TwoNetworks) -> Measurement:
    """Call the straight step between two networks of equal value a descent."""
    problem, a, b = case.build(target)
    top, _ = max_along_path(target, case.problem, target.Path([a, b]))
    return at_most(top - max(problem.value(a), problem.value(b)), 0, 0, "rise along the step")


CLAIM = Claim(
    id="K0'",
    title="A descent whose steps are certified is itself a legal path",
    source="theory K0'",
    direction="upper",
    cases=one_network(width_at_most=3),
    measure=measure,
    controls=(Control("steps are certified, not nodes", swaps(), nodes_only),),
    module=__name__,
    exact=False,
    examples=40,
)
