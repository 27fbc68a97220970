"""Episodes of random actions, kept whole: every state, what was shown, and what was done."""

import dataclasses
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from solon.spaces import Box, Discrete

from .by_hand import quick

EPISODES = 48


@dataclasses.dataclass(frozen=True, eq=False)
class Rollouts:
    """Leaves are NumPy arrays with leading axes episode and step (0 is the start).

    `valid` says of each episode whether only allowed actions were taken, or any at all.
    `worlds` has no axis of steps. `transition` takes a batch of `EPISODES` states.
    """

    economy: Any
    params: Any
    worlds: Any
    states: Any
    timesteps: Any
    actions: Any
    shocks: Any
    valid: np.ndarray
    transition: Callable[..., Any]

    @property
    def before(self):
        return jax.tree.map(lambda leaf: leaf[:, :-1], self.states)

    @property
    def after(self):
        return jax.tree.map(lambda leaf: leaf[:, 1:], self.states)

    def some_states(self, count: int) -> Any:
        """Reached states and what was shown in them, from everywhere, with one leading axis."""
        chosen = np.linspace(0, self.states.step.size - 1, count).astype(int)
        return jax.tree.map(
            lambda leaf: leaf.reshape(-1, *leaf.shape[2:])[chosen], (self.states, self.timesteps)
        )


def roll_out(economy: Any, params: Any, seed: int) -> Rollouts:
    """Half of the episodes with allowed actions, half with any."""
    random = np.random.default_rng(seed)
    valid = np.arange(EPISODES) % 2 == 0
    world_key, shock_key = jax.random.split(jax.random.key(seed))

    def start(key):
        world = economy.draw_world(key)
        return world, *without_metrics(*economy.start(world, params))

    def transition(state, actions, shocks):
        return without_metrics(*economy.transition(state, actions, shocks))

    transition = quick(jax.vmap(transition))
    keys = jax.random.split(world_key, EPISODES)
    worlds, state, timestep = quick(jax.vmap(start))(keys)
    keys = jax.random.split(shock_key, (economy.horizon, EPISODES))
    shocks = quick(jax.vmap(jax.vmap(economy.draw_shocks)))(keys)

    path, done = [(state, timestep)], []
    for step in range(economy.horizon):
        done.append(_choose(random, economy, timestep, valid))
        luck = jax.tree.map(lambda leaf, step=step: leaf[step], shocks)
        state, timestep = transition(state, done[-1], luck)
        path.append((state, timestep))

    def stack(trees):
        return jax.tree.map(lambda *leaves: np.stack(leaves, axis=1), *trees)

    by_episode = jax.tree.map(lambda leaf: np.moveaxis(np.asarray(leaf), 0, 1), shocks)
    worlds = jax.tree.map(np.asarray, worlds)
    return Rollouts(
        economy, params, worlds, *stack(path), stack(done), by_episode, valid, transition
    )


def without_metrics(state, timestep):
    return state, dataclasses.replace(timestep, metrics={})


def _choose(random, economy, timestep, valid):
    """Actions at random, where building is about as frequent as trading and moving."""
    actions = {}
    for name, role in economy.roles.items():
        shape = (EPISODES, role.count)
        if isinstance(role.action, Box):
            rates = random.uniform(size=(*shape, *role.action.shape))
            actions[name] = jnp.asarray(rates, float)
            continue
        mask = np.asarray(timestep.observation[name]["action_mask"]) | ~valid[:, None, None]
        luck = random.gumbel(size=mask.shape)
        if isinstance(role.action, Discrete):
            luck += np.log([1.0, 4.0, *[0.4] * (role.action.n - 6), *[2.0] * 4])
        luck = np.where(mask, luck, -np.inf)
        ends = np.cumsum(role.action.sizes)[:-1]
        choices = [part.argmax(axis=-1) for part in np.split(luck, ends, axis=-1)]
        choices = np.stack(choices, axis=-1).reshape(*shape, *role.action.shape)
        actions[name] = jnp.asarray(choices, jnp.int32)
    return actions
