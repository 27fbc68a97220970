"""The functions of an economy for several episodes at once, compiled as a run compiles them."""

import math
from collections.abc import Mapping
from typing import Any

import jax
import jax.numpy as jnp
from jaxtyping import Array, Key, PyTree

from ..agents.scripted import RandomPolicy
from ..environment import Environment, Role, TimeStep
from ..spaces import Box

__all__ = ["Programs", "random_actions"]

_EDGE = 1 / 8
"""How likely a number of a random action is its lowest, and how likely its highest: a function that
fails for some action often fails there."""


class Programs:
    """The functions of an economy, traced anew: no two objects share what was traced.

    Args:
        env: the economy.
        episodes: how many run side by side.

    Attributes:
        episodes: how many run side by side.
        functions: by the name of a method. Each takes and gives arrays with a leading axis for the
            episodes, but for keys and params. `start` and `transition` give a state, a time step
            and the potential.
    """

    def __init__(self, env: Environment, episodes: int):
        self.episodes = episodes
        self._env = env

        def draw_world(key: Key[Array, ""]) -> PyTree[Array]:
            return jax.vmap(env.draw_world)(jax.random.split(key, episodes))

        def draw_shocks(key: Key[Array, ""]) -> PyTree[Array]:
            return env.draw_shocks(key, (episodes,))

        def start(world: PyTree[Array], params: PyTree[Array]) -> tuple[Any, ...]:
            def one(world: PyTree[Array]) -> tuple[Any, ...]:
                return self._shown(*env.start(world, params))

            # The size is named, as a world without luck has no array to tell it from.
            return jax.vmap(one, axis_size=episodes)(world)

        def transition(
            state: Any, actions: Mapping[str, Array], shocks: PyTree[Array]
        ) -> tuple[Any, ...]:
            def one(*given: Any) -> tuple[Any, ...]:
                return self._shown(*env.transition(*given))

            return jax.vmap(one)(state, actions, shocks)

        self.functions: dict[str, Any] = {
            "draw_world": jax.jit(draw_world),
            "draw_shocks": jax.jit(draw_shocks),
            "start": jax.jit(start),
            "transition": jax.jit(transition),
        }

    def _shown(self, state: Any, shown: TimeStep) -> tuple[Any, TimeStep, dict[str, Array]]:
        state, shown = jax.tree.map(_strong, (state, shown))
        return state, shown, dict(self._env.potential(state))


def _strong(leaf: Any) -> Array:
    """The same with a type that does not give way to others, so that nothing compiles twice."""
    leaf = jnp.asarray(leaf)
    if jnp.issubdtype(leaf.dtype, jax.dtypes.extended):
        return leaf
    return jax.lax.convert_element_type(leaf, leaf.dtype)


def random_actions(
    key: Key[Array, ""], roles: Mapping[str, Role], observation: Mapping[str, Mapping[str, Array]]
) -> dict[str, Array]:
    """One allowed action for each member of each role, in one episode.

    Choices are uniform among those that the mask allows. A number is often at one of its bounds,
    and normal where it has none.

    Args:
        key: luck of the choices.
        roles: of the economy.
        observation: role -> field -> array.
    """
    keys = jax.random.split(key, len(roles))
    return {
        name: _numbers(k, role.action, role.count)
        if isinstance(role.action, Box)
        else RandomPolicy(role).act((), dict(observation[name]), k)[0]
        for k, (name, role) in zip(keys, roles.items(), strict=True)
    }


def _numbers(key: Key[Array, ""], space: Box, count: int) -> Array:
    keys = jax.random.split(key, 3)
    shape, low, high = (count, *space.shape), space.low, space.high
    if space.kind == "boolean":
        return jax.random.bernoulli(keys[0], shape=shape)
    if math.isfinite(low) and math.isfinite(high):
        numbers = low + (high - low) * jax.random.uniform(keys[0], shape)
    elif math.isfinite(low):
        numbers = low + jnp.abs(jax.random.normal(keys[0], shape))
    elif math.isfinite(high):
        numbers = high - jnp.abs(jax.random.normal(keys[0], shape))
    else:
        numbers = jax.random.normal(keys[0], shape)
    for k, bound in zip(keys[1:], (low, high), strict=True):
        if math.isfinite(bound):
            numbers = jnp.where(jax.random.uniform(k, shape) < _EDGE, bound, numbers)
    return jnp.round(numbers).astype(int) if space.kind == "integer" else numbers
