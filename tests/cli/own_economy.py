"""A user's economy in one file: people who eat what they harvest, or let it grow."""

import dataclasses
import pathlib

import equinox as eqx
import jax
import jax.numpy as jnp

import solon


class Stock(eqx.Module):
    step: jax.Array
    amount: jax.Array
    params: dict


@dataclasses.dataclass(frozen=True)
class Harvest(solon.Environment):
    """People eat what they harvest, or let it grow."""

    name = "harvest"

    people: int = 2
    horizon: int = 10

    def __post_init__(self):
        solon.errors.require(1 <= self.people <= 9, "people", self.people, "1 to 9")

    @property
    def roles(self):
        seen = {"amount": solon.Box((1,))}
        return {"person": solon.Role(self.people, solon.Discrete(2), seen)}

    def default_params(self):
        return {"growth": jnp.asarray(1.1)}

    def draw_world(self, key):
        return jax.random.uniform(key)

    def draw_shocks(self, key, batch_shape=()):
        return jax.random.uniform(key, batch_shape)

    def start(self, world, params):
        state = Stock(jnp.zeros((), jnp.int32), 1 + world, params)
        return state, self._show(state, jnp.zeros(self.people))

    def transition(self, state, actions, shocks):
        eaten = actions["person"] * 0.1 * state.amount
        left = (state.amount - eaten.sum()) * state.params["growth"] * (0.9 + 0.2 * shocks)
        state = Stock(state.step + 1, left, state.params)
        return state, self._show(state, eaten)

    def _show(self, state, eaten):
        return solon.TimeStep(
            observation={"person": {"amount": jnp.full((self.people, 1), state.amount)}},
            reward={"person": eaten},
            acting=self.everyone_acts(),
            terminated=state.step >= self.horizon,
            truncated=jnp.zeros((), bool),
            metrics={"stock": state.amount},
        )


@dataclasses.dataclass(frozen=True)
class Fields(Harvest):
    """On one of several fields: files with the amount to begin with, or that amount."""

    amounts: tuple[float, ...] = (1.0,)

    def layout_choices(self):
        return self.amounts

    def with_layouts(self, layouts):
        read = (pathlib.Path(x).read_text() if isinstance(x, str) else x for x in layouts)
        return dataclasses.replace(self, amounts=tuple(float(amount) for amount in read))

    def draw_world(self, key):
        return self.amounts[0] + super().draw_world(key)

    def draw_world_given(self, key, given):
        return jnp.asarray(self.amounts)[given.layout] + super().draw_world(key)
