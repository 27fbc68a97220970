"""Roles of a composed economy come from its components."""

import dataclasses
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

import solon
from solon.agents import ConstantPolicy
from solon.checking import check_economy
from solon.component import Amounts, Component, SubAction
from solon.economies.composed import ComposedEconomy
from solon.learning import PPO, Learner


class Books(eqx.Module):
    step: jax.Array
    parts: dict[str, Any]
    params: Any


@dataclasses.dataclass(frozen=True)
class Shop(Component):
    """A firm sets a price, and households buy a unit or none."""

    name = "shop"

    households: int = 3

    def members(self, economy):
        return {"household": self.households, "firm": 1}

    def default_params(self, economy):
        return jnp.asarray(0.25)

    def sub_actions(self, economy, role):
        own = {"household": SubAction("buy", 1), "firm": Amounts("price", 1, 0.0, 1.0)}
        return (own[role],) if role in own else ()

    def shared(self, economy, role):
        return ("price",) if role == "household" else ()

    def start(self, economy, state, luck):
        parts = {**state.parts, self.name: (jnp.asarray(0.5), jnp.zeros(self.households))}
        return dataclasses.replace(state, parts=parts)

    def step(self, economy, state, actions, luck):
        price, bought = actions["firm"]["price"][0, 0], actions["household"]["buy"].astype(float)
        return dataclasses.replace(state, parts={**state.parts, self.name: (price, bought)})

    def observe(self, economy, state):
        price, bought = state.parts[self.name]
        return {
            "household": {"price": price[None], "bought": bought[:, None]},
            "firm": {"sold": bought.sum()[None, None]},
        }

    def mask(self, economy, state):
        # The last one to come finds an empty shelf.
        return {"household": {"buy": jnp.arange(self.households)[:, None] < self.households - 1}}

    def metrics(self, economy, state):
        return {"price": state.parts[self.name][0]}


@dataclasses.dataclass(frozen=True)
class Grants(Component):
    """A ministry pays for a part of what is bought, every other day."""

    name = "grants"

    households: int = 3

    def members(self, economy):
        return {"household": self.households, "ministry": 1}

    def default_params(self, economy):
        return jnp.asarray(0.1)

    def sub_actions(self, economy, role):
        return (SubAction("grant", 2),) if role == "ministry" else ()

    def every(self, economy, role):
        return 2

    def acting(self, economy, state):
        return {"ministry": (state.step % 2 == 0)[None]}

    def start(self, economy, state, luck):
        return dataclasses.replace(state, parts={**state.parts, self.name: jnp.zeros(())})

    def step(self, economy, state, actions, luck):
        share = state.params.parts[self.name] * actions["ministry"]["grant"][0]
        return dataclasses.replace(state, parts={**state.parts, self.name: share})

    def observe(self, economy, state):
        return {"ministry": {"day": state.step.astype(float)[None, None]}}

    def mask(self, economy, state):
        return {"ministry": {"grant": jnp.ones((1, 2), bool)}}


@dataclasses.dataclass(frozen=True)
class Params:
    parts: dict[str, Any]


jax.tree_util.register_dataclass(Params, data_fields=["parts"], meta_fields=[])


@dataclasses.dataclass(frozen=True)
class Town(ComposedEconomy):
    name = "town"

    components: tuple[Component, ...] = (Shop(), Grants())
    horizon: int = 4

    def __post_init__(self):
        self.check_components()

    def default_params(self):
        return Params({part.name: part.default_params(self) for part in self.components})

    def draw_world(self, key):
        return ()

    def draw_shocks(self, key, batch_shape=()):
        return ()

    def start(self, world, params):
        state = Books(jnp.zeros((), jnp.int32), {}, params)
        for part in self.components:
            state = part.start(self, state, ())
        return state, self._timestep(state, self._no_reward())

    def transition(self, state, actions, shocks):
        done = self._read(actions)
        state = dataclasses.replace(state, step=state.step + 1)
        for part in self.components:
            state = part.step(self, state, done, ())
        (price, bought), share = state.parts["shop"], state.parts["grants"]
        reward = {
            "household": bought * (1 - price * (1 - share)),
            "firm": (bought.sum() * (price - state.params.parts["shop"]))[None],
            "ministry": -(bought.sum() * price * share)[None],
        }
        return state, self._timestep(state, {role: reward[role] for role in self._counts})


def test_roles_come_from_components():
    town = Town()
    check_economy(town)
    roles = town.roles
    assert {name: role.count for name, role in roles.items()} == {
        "household": 3, "firm": 1, "ministry": 1,
    }  # fmt: skip
    assert roles["household"].action == solon.Discrete(2)
    assert roles["firm"].action == solon.Box((1,), 0.0, 1.0)
    assert roles["ministry"].action == solon.Discrete(3) and roles["ministry"].every == 2
    assert roles["household"].shared == ("price",)
    assert roles["household"].observation["price"].shape == (1,)
    assert roles["household"].observation["bought"].shape == (1,)


def test_a_step_by_hand():
    town = Town()
    state, shown = town.reset(jax.random.key(0), town.default_params())
    np.testing.assert_array_equal(shown.acting["ministry"], [True])
    np.testing.assert_array_equal(
        shown.observation["household"]["action_mask"][:, 1], [True, True, False]
    )
    actions = {
        "household": jnp.asarray([1, 0, 1]),
        "firm": jnp.full((1, 1), 0.75),
        "ministry": jnp.asarray([2]),
    }
    state, shown = town.step(jax.random.key(1), state, actions)
    # The ministry pays a fifth of the price of .75, and the firm has a cost of a quarter.
    np.testing.assert_allclose(shown.reward["household"], [0.4, 0, 0.4], rtol=1e-6)
    np.testing.assert_allclose(shown.reward["firm"], [1.0], rtol=1e-6)
    np.testing.assert_allclose(shown.reward["ministry"], [-0.3], rtol=1e-6)
    assert shown.observation["household"]["price"].tolist() == [0.75]
    np.testing.assert_array_equal(shown.acting["ministry"], [False])
    # What is worth 1 to a household and costs a quarter gains three quarters, no matter who pays.
    total = sum(float(reward.sum()) for reward in shown.reward.values())
    assert total == pytest.approx(2 * 0.75)


def test_without_a_component_its_roles_are_gone():
    class Alone(Town):
        def transition(self, state, actions, shocks):
            state = dataclasses.replace(state, step=state.step + 1)
            return state, self._timestep(state, self._no_reward())

    assert list(Alone(components=(Shop(households=2),)).roles) == ["household", "firm"]


def test_components_agree_on_numbers():
    with pytest.raises(solon.ConfigurationError, match="grants, household: got 4; allowed: 3 mem"):
        Town(components=(Shop(), Grants(households=4)))
    with pytest.raises(solon.ConfigurationError, match="shop, household: got 0"):
        Town(components=(Shop(households=0),))
    with pytest.raises(solon.ConfigurationError, match="one that some role acts in"):
        Town(components=())


def test_roles_learn_beside_roles_that_are_driven():
    town = Town()
    small = PPO(environments=4, unroll=4, minibatches=2, hidden=(4,))
    learner = Learner(town, small, learn=("household", "ministry"))
    driven = {"firm": ConstantPolicy(town.roles["firm"], 0.6)}
    state = learner.init(jax.random.key(0), town.default_params(), driven)
    before = jax.tree.leaves(state.policies["household"].network)
    before = [np.asarray(leaf) for leaf in before]
    state, metrics = learner.update(state)
    state, metrics = learner.update(state)
    assert float(metrics["episode/price"]) == pytest.approx(0.6)
    after = jax.tree.leaves(state.policies["household"].network)
    assert any((a != b).any() for a, b in zip(before, after, strict=True))
