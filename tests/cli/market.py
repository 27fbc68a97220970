"""A user's economy of three roles, with a policy and an algorithm of the user's own."""

import dataclasses

import equinox as eqx
import jax
import jax.numpy as jnp

import solon
from solon.learning import PPO
from solon.policy import Policy


class Shop(eqx.Module):
    step: jax.Array
    params: dict


@dataclasses.dataclass(frozen=True)
class Market(solon.Environment):
    """Consumers buy 0, 1 or 2 goods at the price of a firm, less what a regulator grants."""

    name = "market"

    consumers: int = 3
    horizon: int = 6

    @property
    def roles(self):
        seen = {"price": solon.Box((1,))}
        return {
            "consumer": solon.Role(self.consumers, solon.Discrete(3), seen),
            "firm": solon.Role(1, solon.Box((1,), 0, 2), seen),
            "regulator": solon.Role(1, solon.Discrete(2), seen),
        }

    def default_params(self):
        return {"cost": jnp.asarray(0.5)}

    def draw_world(self, key):
        return ()

    def draw_shocks(self, key, batch_shape=()):
        return ()

    def start(self, world, params):
        state = Shop(jnp.zeros((), jnp.int32), params)
        return state, self._show(state, jnp.ones(()), self.no_reward(), jnp.zeros(()))

    def transition(self, state, actions, shocks):
        price, grant = actions["firm"][0, 0], 0.25 * actions["regulator"][0]
        bought = actions["consumer"].astype(float)
        reward = {
            "consumer": jnp.sqrt(bought) - bought * (price - grant),
            "firm": (bought.sum() * (price - state.params["cost"]))[None],
            "regulator": -(bought.sum() * grant)[None],
        }
        state = Shop(state.step + 1, state.params)
        return state, self._show(state, price - grant, reward, bought.mean())

    def _show(self, state, price, reward, bought):
        shown = {"price": jnp.broadcast_to(price, (1,))}
        return solon.TimeStep(
            observation={
                role: {"price": jnp.broadcast_to(shown["price"], (one.count, 1))}
                for role, one in self.roles.items()
            },
            reward=reward,
            acting=self.everyone_acts(),
            terminated=state.step >= self.horizon,
            truncated=jnp.zeros((), bool),
            metrics={"price": jnp.asarray(price, float), "bought": bought},
        )


class Rising(Policy):
    """A price that goes up by a step a day; it remembers the day beyond the end of an episode."""

    first: jax.Array
    step: jax.Array
    count: int = eqx.field(static=True)

    def __init__(self, role, first=1.0, step=0.0):
        solon.errors.require(step >= 0, "step", step, "at least 0")
        self.first, self.step, self.count = jnp.asarray(first), jnp.asarray(step), role.count

    def init(self, key):
        return jnp.zeros((), jnp.int32)

    def act(self, memory, observation, key):
        price = self.first + self.step * memory
        return jnp.full((self.count, 1), price), memory + 1


class Broken(Policy):
    """Gives one number too many."""

    def init(self, key):
        return ()

    def act(self, memory, observation, key):
        return jnp.zeros((1, 2)), memory


class Forgetful(Policy):
    """Its code has a mistake."""

    def init(self, key):
        return ()

    def act(self, memory, observation, key):
        return observation["prize"], memory


@dataclasses.dataclass(frozen=True)
class Timid(PPO):
    """PPO that takes smaller steps."""

    timidity: float = 2.0

    def __post_init__(self):
        super().__post_init__()
        solon.errors.require(self.timidity > 0, "timidity", self.timidity, "a number above 0")

    def improve(self, policy, kept, experience, key, steps):
        slow = dataclasses.replace(self, learning_rate=1e-3 / self.timidity, timidity=1.0)
        return super(Timid, slow).improve(policy, kept, experience, key, steps)
