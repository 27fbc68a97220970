"""What holds in every step of every episode, whatever is done."""

import functools

import equinox as eqx
import jax
import numpy as np
import pytest

from .by_hand import quick
from .properties import AUCTION, PROPERTIES, check_all

STONE, WOOD = 0, 1


@pytest.fixture(params=["single", "several", "drawn"])
def episodes(request):
    return request.getfixturevalue(f"{request.param}_rollouts")


@pytest.fixture(scope="module")
def holds():
    """Whether each property holds at each step of episodes; computed once for all properties."""

    @functools.cache
    def of(episodes):
        check = functools.partial(check_all, episodes.economy)
        shown = jax.tree.map(lambda leaf: leaf[:, 1:], episodes.timesteps)
        check = quick(jax.vmap(jax.vmap(check)))
        return jax.device_get(check(episodes.before, episodes.after, shown))

    return of


@pytest.mark.parametrize("name", PROPERTIES)
def test_property(episodes, holds, name):
    held = holds(episodes)[name]
    assert held.shape == episodes.after.step.shape
    wrong = np.argwhere(~held)
    assert len(wrong) == 0, f"first at episode, step {wrong[0].tolist()}"


def market(states):
    return states.parts[AUCTION]


def test_enough_happens_for_the_properties_to_mean_something(episodes):
    last = episodes.states.parts
    for kind in (episodes.valid, ~episodes.valid):
        end = market(episodes.states)
        assert end.sold[kind, -1].sum(axis=(0, 2)).min() >= 10, "stone and wood are traded"
        assert last["build"].houses[kind, -1].sum() >= 10
        gathered = last["gather"].gathered[kind, -1]
        assert gathered.sum(axis=(0, 1)).min() >= 100
        assert (last["periodic-bracket-tax"].total_paid[kind, -1].sum()) > 50
    orders = market(episodes.states)
    duration = episodes.economy.component(AUCTION).order_duration
    assert (orders.age == duration).any(), "orders live until they expire"
    assert (orders.side > 0).all(axis=-1).any(), "some have no slot left"
    assert (episodes.states.escrow.coin > 10).any()
    gained = episodes.after.parts["gather"].gathered - episodes.before.parts["gather"].gathered
    assert {1, 2} <= set(np.unique(gained.sum(axis=-1))), "some units come with a second one"
    terrain = episodes.states.terrain
    for commodity, capacity in zip((STONE, WOOD), episodes.economy.source_capacity, strict=True):
        lying = terrain.resource[terrain.source == commodity]
        assert set(np.unique(lying)) == set(range(capacity + 1))


def test_properties_can_fail(single_rollouts):
    """A unit, a coin or an order too many, someone on another's cell: each is noticed."""
    episodes = single_rollouts
    shown = jax.tree.map(lambda leaf: leaf[:, 1:], episodes.timesteps)
    before, after, shown = jax.tree.map(
        lambda leaf: leaf[0, 20], (episodes.before, episodes.after, shown)
    )
    check = quick(functools.partial(check_all, episodes.economy))
    plus_one = lambda leaf: leaf + np.ones_like(leaf)  # noqa: E731
    changes = {
        "goods_are_conserved": lambda s: s.inventory.goods,
        "coin_comes_from_building_only": lambda s: s.inventory.coin,
        "each_workers_coin_adds_up": lambda s: s.escrow.coin,
        "escrow_is_what_open_orders_bind": lambda s: s.escrow.goods,
        "taxes_are_handed_out_again": lambda s: s.parts["periodic-bracket-tax"].total_paid,
        "labor_is_the_sum_of_what_was_done": lambda s: s.location,
        "houses_stay_and_are_never_on_a_source": lambda s: s.parts["build"].houses,
        "resources_lie_on_sources_only": lambda s: s.terrain.resource,
        "episodes_end_at_the_horizon": lambda s: s.step,
        "rewards_are_what_was_gained": lambda s: s.utility,
        "nothing_is_negative": lambda s: s.labor,
        "workers_stand_apart_on_ground_they_may_enter": lambda s: s.location,
    }
    sound = check(before, after, shown)
    for name, where in changes.items():
        change = plus_one
        if name == "nothing_is_negative":
            change = lambda leaf: leaf - 1_000  # noqa: E731
        if name.startswith("workers_stand_apart"):
            change = lambda leaf: np.broadcast_to(leaf[:1], leaf.shape)  # noqa: E731
        wrong = eqx.tree_at(where, after, replace_fn=change)
        assert sound[name] and not check(before, wrong, shown)[name], name


def test_the_map_is_the_layouts_or_the_one_that_was_drawn(episodes):
    layout, source = episodes.economy.layout, episodes.states.terrain.source[:, 0]
    resource = episodes.states.terrain.resource[:, 0]
    np.testing.assert_array_equal(resource, source >= 0)
    drawn = episodes.worlds.source
    if drawn is None:
        np.testing.assert_array_equal(source, layout.source[None] + 0 * source)
        return
    np.testing.assert_array_equal(source, drawn)
    assert len(np.unique(source.reshape(len(source), -1), axis=0)) == len(source), "each its own"
    assert (episodes.states.terrain.water == layout.water).all()
    cells = episodes.states.terrain.source_cells[:, 0]
    for episode in range(len(source)):
        there = np.flatnonzero(source[episode].ravel() >= 0)
        np.testing.assert_array_equal(cells[episode][: len(there)], there)
        assert (cells[episode][len(there) :] == source[episode].size).all()


def test_rewards_add_up_to_what_was_gained(episodes):
    states, reward = episodes.states, episodes.timesteps.reward
    gained = np.cumsum(reward["worker"], axis=1)
    np.testing.assert_allclose(gained, states.utility - states.utility[:, :1], atol=1e-3)
    welfare = np.cumsum(reward["planner"][..., 0], axis=1)
    np.testing.assert_allclose(welfare, states.welfare - states.welfare[:, :1], atol=1e-3)
    assert not reward["worker"][:, 0].any() and not reward["planner"][:, 0].any()


def test_parameters_stay_as_they_were(episodes):
    states = episodes.states
    for name in ("risk_aversion", "labor_cost", "regeneration", "productive_steps"):
        given = np.asarray(getattr(episodes.params, name))
        assert (getattr(states.params, name) == given).all()
