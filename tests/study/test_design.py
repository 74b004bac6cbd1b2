"""Design and pairing: presets as published, choices validated, pairs as the design says."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reference import Huber, NormalizedWeights, Squared, UnitBall
from reference.model.losses import parse_loss
from reference.study.design import Design, ProblemChoice, choose
from reference.study.pairing import draw_pairs, levels
from reference.study.presets import PRESETS

MOONS = choose("moons")


def small(**changes):
    design = Design((MOONS,), (2, 3), replicates=3, networks=8, pairs=3, pairing="disjoint")
    return replace(design, **changes)


def values(design, seed=0):
    generator = np.random.default_rng(seed)
    return {width: generator.random(design.count) for width in design.widths}


def test_paper_preset_is_the_published_study():
    design = PRESETS["paper"](MOONS)
    assert (design.networks, design.pairs, design.widths) == (1000, 200, (20, 200))
    assert (design.depth, design.midpoint_epochs, design.points, design.epochs) == (
        8,
        150,
        200,
        150,
    )
    assert (design.pairing, design.levels) == ("random", ("pairwise",))
    problem = design.problems[0].problem(0)
    assert (problem.samples, problem.inputs, problem.kappa) == (800, 3, 1e-3)
    assert isinstance(problem.loss, Squared)
    assert isinstance(problem.domain, NormalizedWeights)


def test_revision_preset_has_720_huber_pairs_from_width_16():
    design = PRESETS["revision"](MOONS)
    huber = [choice for choice in design.problems if choice.loss == "huber:0.25"]
    wide = [width for width in design.widths if width >= 16]
    pairs = design.replicates * design.pairs * len(design.levels)
    assert len(huber) * len(wide) * pairs == 720
    problem = huber[2].problem(0)
    assert (problem.samples, problem.inputs, problem.kappa) == (384, 4, 2e-3)
    assert problem.loss == Huber(0.25)
    assert isinstance(problem.domain, UnitBall)
    logistic = design.problems[5].problem(0)
    assert set(logistic.y) == {0, 1}


@pytest.mark.parametrize("preset", PRESETS)
def test_design_survives_json(preset):
    design = PRESETS[preset](MOONS)
    assert Design.from_json(design.to_json()) == design


def test_curve_has_at_least_eight_widths_from_2_to_200():
    design = PRESETS["widths"](MOONS)
    assert len(design.widths) >= 8
    assert (min(design.widths), max(design.widths)) == (2, 200)
    assert design.pairing == "disjoint"


@pytest.mark.parametrize(
    ("changes", "argument"),
    [
        ({"finders": ("teleport",)}, "finders"),
        ({"finders": ()}, "finders"),
        ({"levels": ("high",)}, "levels"),
        ({"pairing": "all"}, "pairing"),
        ({"widths": ()}, "widths"),
        ({"widths": (0,)}, "widths"),
        ({"pairs": 5}, "networks"),
        ({"pairing": "random", "pairs": 29}, "pairs"),
        ({"replicates": 0}, "replicates"),
    ],
)
def test_impossible_designs_are_refused_by_name(changes, argument):
    with pytest.raises(ValueError, match=f"^{argument}: found .*allowed"):
        small(**changes)


def test_unknown_loss_is_refused():
    with pytest.raises(ValueError, match="loss: found 'cubic'"):
        parse_loss("cubic")


def test_disjoint_pairs_stay_in_their_group_and_share_nothing():
    design = small()
    found = draw_pairs(design, 2, None, values(design)[2])
    used = [index for pair in found for index in (pair.first, pair.second)]
    assert len(found) == 9
    assert len(set(used)) == len(used)
    for pair in found:
        assert pair.first // 8 == pair.second // 8 == pair.block
        assert pair.first < pair.second


@given(st.integers(0, 50))
@settings(max_examples=20)
def test_random_pairs_differ_and_blocks_share_no_network(seed):
    design = small(replicates=1, networks=30, pairs=20, pairing="random", seed=seed)
    found = draw_pairs(design, 2, None, values(design)[2])
    assert len({(m.first, m.second) for m in found}) == 20
    owner = {}
    for pair in found:
        assert pair.first < pair.second
        for index in (pair.first, pair.second):
            assert owner.setdefault(index, pair.block) == pair.block


def test_pairs_follow_from_seed_and_width():
    design = small()
    pool = values(design)[2]
    assert draw_pairs(design, 2, None, pool) == draw_pairs(design, 2, None, pool)
    assert draw_pairs(design, 2, None, pool) != draw_pairs(design, 3, None, pool)
    assert draw_pairs(design, 2, None, pool) != draw_pairs(replace(design, seed=1), 2, None, pool)


def test_moving_level_is_the_least_that_leaves_enough_of_every_group():
    design = small(levels=("moving", "fixed"))
    pools = values(design)
    moving = levels(design, "moving", pools)
    for width, level in moving.items():
        below = (pools[width].reshape(3, 8) <= level).sum(axis=1)
        assert below.min() == 6
        assert level in pools[width]
        for pair in draw_pairs(design, width, level, pools[width]):
            assert pools[width][[pair.first, pair.second]].max() <= level
    assert levels(design, "fixed", pools) == dict.fromkeys(pools, max(moving.values()))
    assert levels(design, "pairwise", pools) == dict.fromkeys(pools)


def test_ridge_choice_takes_its_task_from_the_loss():
    regression = ProblemChoice("ridge-2", "huber:0.25", 2e-3, "unit-ball", bias=False).problem(0)
    assert regression.inputs == 2
    assert len(set(regression.y)) > 2
    biased = ProblemChoice("ridge-2", "logistic").problem(0)
    assert biased.inputs == 3
    assert set(biased.y) == {0, 1}
