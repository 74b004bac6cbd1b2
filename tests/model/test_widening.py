"""Idle neurons: wider networks are the same function at the same objective, in either domain."""

import numpy as np
import pytest

from reference import Absolute, Network, NormalizedWeights, Problem, UnitBall, connect, widen


@pytest.mark.parametrize("domain", [UnitBall(), NormalizedWeights()], ids=lambda d: d.name)
@pytest.mark.parametrize("exact", [False, True])
def test_predictions_and_objective_stay_and_the_domain_holds(domain, exact):
    narrow = Network([[0.6, 0.5], [0.0, 1.0]], [2.0, -0.5])
    problem = Problem([[1.0, 1.0], [-0.5, 1.0]], [0.25, 1.0], Absolute(), 0.125, domain)
    if exact:
        narrow, problem = narrow.exact(), problem.exact()
    wide = widen(narrow, 5, domain)
    problem.check(wide)
    assert (wide.width, wide.is_exact) == (5, exact)
    assert wide.predict(problem.X).tolist() == narrow.predict(problem.X).tolist()
    assert problem.value(wide) == problem.value(narrow)
    assert len(wide.active) == 2
    assert wide.W[-1].tolist() == (narrow.W[-1] if domain.frozen else 0 * narrow.W[0]).tolist()


def test_the_same_width_is_the_same_network_and_less_is_refused():
    network = Network([[1.0], [-1.0]], [1.0, 2.0])
    assert widen(network, 2).identical(network)
    with pytest.raises(ValueError, match=r"^width: found 1, allowed is at least 2"):
        widen(network, 1)


def test_connect_of_different_widths_names_the_remedy_and_it_works():
    problem = Problem([[1.0], [-1.0]], [1.0, 2.0], Absolute(), 0.125)
    a, b = Network([[1.0]], [1.0]), Network(np.array([[1.0], [-1.0]]), [1.0, 2.0])
    with pytest.raises(ValueError, match=r"^b: found width 2, .* widen\("):
        connect(problem, a, b)
    path = connect(problem, widen(a, 2), b).path
    assert path.start.identical(widen(a, 2))
    assert path.end.identical(b)
