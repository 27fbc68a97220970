"""Kinds of workers, by the order of their skills."""

import jax
import numpy as np
import pytest

import solon
from solon.economies.gather_trade_build.placement import corner_cells


@pytest.mark.parametrize(
    ("workers", "sizes"), [(2, [1, 1]), (4, [1, 1, 1, 1]), (6, [2, 1, 2, 1]), (9, [3, 2, 2, 2])]
)
def test_kinds_follow_the_payment(workers, sizes):
    env = solon.make("gather-trade-build", workers=workers, layout="open-quadrant-9")
    _, timestep = jax.jit(env.reset)(jax.random.key(3), env.default_params())
    kinds = np.asarray(timestep.observation["worker"]["kind"])
    payment = np.asarray(timestep.observation["worker"]["build_payment"])
    assert env.roles["worker"].kinds == tuple(sizes)
    np.testing.assert_array_equal(np.bincount(kinds), sizes)
    assert (np.diff(kinds[np.argsort(payment)]) >= 0).all()


LAYOUT = "open-quadrant"


def many():
    return jax.random.split(jax.random.key(11), 64)


def order(values):
    """Places in the order of size; no two values are the same."""
    return np.argsort(np.argsort(values, axis=-1), axis=-1)


@pytest.mark.parametrize(
    ("skills", "compatibility"),
    [
        *(("ranked", None), ("pareto", None), ("lognormal", None), ("pareto", "foundation")),
        ((5.0, 9.0, 12.0, 7.0) * 2, None),
    ],
)
def test_the_order_of_skill_is_one_in_every_family(skills, compatibility):
    """Rank, kind, payment and corner agree in every draw, and not on average."""
    env = solon.make(
        "gather-trade-build",
        **{"workers": 8, "layout": LAYOUT, "compatibility": compatibility},
        build={"skills": skills, "max_skill_multiplier": 3.0},
    )

    def begin(key):
        world = env.draw_world(key)
        state, timestep = env.start(world, env.default_params())
        return world, state.parts["build"], timestep.observation["worker"]["kind"]

    world, builders, kinds = jax.tree.map(np.asarray, jax.jit(jax.vmap(begin))(many()))
    assert (np.sort(world.rank, axis=1) == np.arange(8)).all()
    drawn = skills in ("pareto", "lognormal")
    if drawn:
        np.testing.assert_array_equal(world.rank, order(builders.skill))
    # Payments are capped, and some are the same: they never fall as the rank rises.
    paid = np.take_along_axis(builders.payment, np.argsort(world.rank, axis=1), axis=1)
    assert (np.diff(paid, axis=1) >= 0).all()
    np.testing.assert_array_equal(kinds, 4 * world.rank // 8)
    cells = corner_cells(env.layout, 8, compatibility=compatibility)
    np.testing.assert_array_equal(world.location, cells[world.rank])
    assert len({tuple(ranks) for ranks in world.rank.tolist()}) > 50
    assert env.rules == f"gather-trade-build@{2 if drawn else 1}"


def test_equal_skills_are_dealt_at_random_and_their_rules_are_the_old_ones():
    env = solon.make("gather-trade-build", build={"skills": "equal"}, layout="open-quadrant-9")
    ranks = jax.jit(jax.vmap(lambda key: env.draw_world(key).rank))(many())
    assert len({tuple(each) for each in ranks.tolist()}) > 15
    assert env.rules == "gather-trade-build@1"
