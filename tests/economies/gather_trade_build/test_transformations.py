"""The economy under jax: compiled or not, in batches, in either precision, and by its keys."""

import dataclasses

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import solon
from solon.spaces import Box, Discrete, MultiDiscrete

from .by_hand import ByHand, endow, quick, small_economy, with_params

APART = [(5, 0), (5, 2), (5, 4), (2, 3)]

# Three of the compositions that the other tests use, by what is different for jax.
COMPOSITIONS = {
    "default": {},
    "original": {
        "several_actions": False,
        "compatibility": "foundation",
        "observation": "foundation",
        "planner_sees_map": True,
        "periodic_bracket_tax": {"period": 5, "set_by": "levels"},
    },
    "many workers": {"workers": 7, "build": {"skills": "pareto"}, "gather": {"skills": "pareto"}},
}


def assert_same(one, other, **tolerance):
    """Integers and truth values exactly, and numbers to a tolerance."""
    jax.tree.map(lambda a, b: _assert_same_leaf(a, b, **tolerance), one, other)


def _assert_same_leaf(a, b, rtol=0.0, atol=0.0):
    a, b = np.asarray(a), np.asarray(b)
    assert a.dtype == b.dtype
    if np.issubdtype(a.dtype, np.floating):
        np.testing.assert_allclose(a, b, rtol=rtol, atol=atol)
    else:
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("name", ["continuous-double-auction", "gather"])
def test_without_jit(name):
    """The two components that loop over orders and workers."""
    economy = solon.make(
        "gather-trade-build",
        workers=2,
        layout=("W..", "S..", "..."),
        several_actions=True,
        placement="uniform",
        starting_coin=9.0,
        continuous_double_auction={"max_price": 3, "order_duration": 1, "max_orders": 2},
    )
    part, play = economy.component(name), ByHand(economy)
    luck = play.shocks(order=[1, 0], bonus=[0.0, 0.0]).parts[name]
    start, _ = play.start([(0, 1), (1, 1)], bonus_probability=[1.0, 0.0])
    plain = compiled = endow(start, stone=[2, 2], wood=[2, 2])

    def step(state, actions):
        return part.step(economy, state, {"worker": actions}, luck)

    compiled_step = quick(step)
    for actions in (
        {"move": [1, 1], "sell_wood": [2, 0], "buy_wood": [0, 4], "buy_stone": [1, 1]},
        {"move": [4, 4], "sell_wood": [2, 0], "buy_wood": [0, 0], "buy_stone": [1, 1]},
        {"move": [2, 2], "sell_wood": [0, 0], "buy_wood": [4, 4], "buy_stone": [0, 1]},
    ):
        actions = {key: jnp.asarray(chosen) for key, chosen in actions.items()}
        actions["sell_stone"] = actions["sell_wood"][::-1]
        with jax.disable_jit():
            plain = step(plain, actions)
        compiled = compiled_step(compiled, actions)
        assert_same(compiled, plain, rtol=1e-6)
    assert (np.asarray(compiled.inventory.goods) != 2).any()


def test_a_batch_is_what_each_of_its_economies_is_alone(single_rollouts):
    alone = quick(single_rollouts.economy.transition)
    for episode, step in ((0, 3), (1, 7), (4, 15), (5, 23), (20, 31), (33, 39)):

        def at(tree, step=step, episode=episode):
            return jax.tree.map(lambda leaf: jnp.asarray(leaf[episode, step]), tree)

        done, luck = at(single_rollouts.actions), at(single_rollouts.shocks)
        state, timestep = alone(at(single_rollouts.states), done, luck)
        in_batch = single_rollouts.states, single_rollouts.timesteps
        timestep = dataclasses.replace(timestep, metrics={})
        assert_same((state, timestep), at(in_batch, step + 1), rtol=1e-5, atol=1e-6)


def test_the_same_key_gives_the_same_luck(by_hand):
    economy = by_hand.economy
    draw_world, draw_shocks = quick(economy.draw_world), quick(economy.draw_shocks)
    for draw in (draw_world, draw_shocks):
        assert_same(draw(jax.random.key(1)), draw(jax.random.key(1)))
    places = {tuple(draw_world(jax.random.key(i)).location.ravel().tolist()) for i in range(20)}
    assert len(places) == 20
    luck = [draw_shocks(jax.random.key(i)).regrowth.tolist() for i in range(20)]
    assert len(np.unique(np.ravel(luck))) == np.size(luck)


@pytest.mark.parametrize("composition", COMPOSITIONS)
@pytest.mark.parametrize("batch_shape", [(), (3,), (5, 2)])
def test_luck_comes_in_any_number(composition, batch_shape):
    economy = small_economy(**COMPOSITIONS[composition])
    one = jax.eval_shape(economy.draw_shocks, jax.random.key(0))
    many = jax.eval_shape(lambda key: economy.draw_shocks(key, batch_shape), jax.random.key(0))
    assert jax.tree.structure(one) == jax.tree.structure(many)
    for single, batch in zip(jax.tree.leaves(one), jax.tree.leaves(many), strict=True):
        assert batch.shape == (*batch_shape, *single.shape) and batch.dtype == single.dtype


def test_all_of_the_luck_is_drawn_anew(by_hand):
    luck = quick(lambda key: by_hand.economy.draw_shocks(key, (7, 4)))(jax.random.key(0))
    gather = luck.parts["gather"]
    for leaf in (luck.regrowth, gather.bonus):
        assert len(np.unique(leaf)) == leaf.size
    assert len(np.unique(gather.order.reshape(-1, 4), axis=0)) > 10


def test_economies_are_equal_if_their_options_are():
    def fresh(**options):
        return solon.make("gather-trade-build", **options)

    economy = fresh(workers=5, periodic_bracket_tax={"cutoffs": (0.0, 10.0)})
    twin = fresh(workers=5, periodic_bracket_tax={"cutoffs": (0.0, 10.0)})
    assert economy == twin and hash(economy) == hash(twin) and economy is not twin
    assert len({economy, twin, fresh(workers=5)}) == 2
    for options in (
        {"workers": 6}, {"horizon": 999}, {"layout": "closed-quadrant"}, {"view": 4},
        {"components": ("gather", "build")}, {"build": {"labor": 9.0}}, {"starting_coin": 1.0},
        {"compatibility": "foundation"},
    ):  # fmt: skip
        assert fresh(**options) != fresh()
    with pytest.raises(dataclasses.FrozenInstanceError):
        economy.workers = 3


def test_it_can_be_a_static_argument():
    traced = []

    def sources(economy):
        traced.append(economy)
        return jnp.asarray((economy.layout.source >= 0).sum())

    sources = jax.jit(sources, static_argnums=0)
    assert sources(small_economy()) == sources(small_economy()) == 6
    assert sources(small_economy(horizon=30)) == 6
    assert len(traced) == 2


def test_other_luck_rates_and_tax_parameters_compile_nothing(by_hand):
    state, _ = by_hand.start(APART)
    by_hand.step(state)
    before = by_hand.traces
    for i in range(3):
        tax = {"cutoffs": [0, 1 + i, 20, 30, 40, 50, 60], "rate_cap": 0.5, "initial_rates": 0.1}
        params = with_params(
            by_hand.economy, labor_cost=0.1 * i, parts={"periodic-bracket-tax": tax}
        )
        state, _ = by_hand.start(APART, params=params, rank=[3, 2, 1, 0])
        for rate in (0.0, 0.3):
            state, _ = by_hand.step(state, {i: {"move": 1}}, planner=[rate] * 7, regrowth=0.0)
    assert by_hand.traces == before


@pytest.mark.parametrize("composition", COMPOSITIONS)
def test_any_array_can_stand_in_for_a_default(composition):
    """A weakly typed default would compile again for the first array in its place."""
    params = small_economy(**COMPOSITIONS[composition]).default_params()
    leaves = jax.tree_util.tree_leaves_with_path(params)
    assert not [jax.tree_util.keystr(path) for path, leaf in leaves if leaf.weak_type]


@pytest.mark.parametrize("composition", COMPOSITIONS)
@pytest.mark.parametrize("precision", [32, 64])
def test_states_keep_their_types(composition, precision):
    """From step to step, so that a loop can carry them; and floats have the precision asked for."""
    with jax.enable_x64(precision == 64):
        economy = small_economy(**COMPOSITIONS[composition])
        params = economy.default_params()
        first = jax.eval_shape(economy.reset, jax.random.key(0), params)
        luck = jax.eval_shape(economy.draw_shocks, jax.random.key(0))
        second = jax.eval_shape(economy.transition, first[0], no_actions(economy), luck)
    assert types(first) == types(second)
    floats = {dtype for _, dtype in types(second).values() if "float" in dtype}
    assert floats == {f"float{precision}"}


def types(tree):
    leaves = jax.tree_util.tree_leaves_with_path(tree)
    return {jax.tree_util.keystr(path): (leaf.shape, str(leaf.dtype)) for path, leaf in leaves}


def no_actions(economy):
    return {
        name: jnp.zeros(
            (role.count, *role.action.shape), float if isinstance(role.action, Box) else jnp.int32
        )
        for name, role in economy.roles.items()
    }


def test_spaces_of_actions():
    prices, moves = 11, 4
    economy = solon.make("gather-trade-build")
    assert economy.roles["worker"].action == Discrete(1 + 1 + 4 * prices + moves)
    assert economy.roles["worker"].action.n == 50
    assert economy.roles["planner"].action == Box((7,), 0.0, 1.0)
    economy = small_economy(**COMPOSITIONS["default"])
    assert economy.roles["worker"].action == MultiDiscrete((2, 12, 12, 12, 12, 5))
    economy = small_economy(**COMPOSITIONS["original"])
    assert economy.roles["planner"].action == MultiDiscrete((22,) * 7)


@pytest.mark.parametrize("kind", ["single", "several"])
def test_what_is_shown_is_in_its_space(kind, request):
    episodes = request.getfixturevalue(f"{kind}_rollouts")
    observation = episodes.timesteps.observation
    assert list(episodes.economy.roles) == ["worker", "planner"] == sorted(observation)[::-1]
    for name, role in episodes.economy.roles.items():
        assert set(observation[name]) == set(role.observation)
        for field, space in role.observation.items():
            leaf = observation[name][field]
            assert leaf.shape[2:] == (role.count, *space.shape), field
            kinds = {"float": np.floating, "integer": np.integer, "boolean": np.bool_}
            assert np.issubdtype(leaf.dtype, kinds[space.kind]), field
            assert leaf.min() >= space.low and leaf.max() <= space.high, field
        assert episodes.timesteps.reward[name].shape[2:] == (role.count,)
        assert episodes.timesteps.acting[name].shape[2:] == (role.count,)


def test_no_tracer_escapes_and_no_key_is_used_twice(no_leaks):
    """Key reuse is an error in all tests; this one goes once through everything that draws."""
    economy = small_economy(**COMPOSITIONS["many workers"])

    def first_step(key):
        world_key, step_key = jax.random.split(key)
        state, _ = economy.reset(world_key, economy.default_params())
        return economy.step(step_key, state, no_actions(economy))

    jax.make_jaxpr(first_step)(jax.random.key(0))
