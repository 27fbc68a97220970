"""An economy of which everything is known, and which shows what one likes after an end."""

import dataclasses

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array

import solon


class State(eqx.Module):
    step: Array
    last: Array  # step after which the episode is over
    leaves: Array  # step after which the second member is gone
    params: dict[str, Array]


@dataclasses.dataclass(frozen=True)
class Sudden(solon.Environment):
    """Whatever two members do, step t pays t to the first and 10 t to the second.

    The episode ends at a random step before the horizon, or after `length` steps if that is not 0.
    The second member leaves at a random step, or after `stay` steps. With `cut` the episode is
    cut off instead. What is shown after an end is `after`, or nonsense of its type.
    """

    name = "sudden"

    horizon: int = 10
    leaving: bool = True

    @property
    def roles(self):
        seen = {
            "luck": solon.Box((2,)),
            "code": solon.Box((1,), 0, 3, "integer"),
            "kind": solon.Box((), 0, 1, "integer"),
            "action_mask": solon.Box((3,), 0, 1, "boolean"),
        }
        return {"person": solon.Role(2, solon.Discrete(3), seen, kinds=(1, 1))}

    def default_params(self):
        whole = {"length": 0, "stay": 0, "cut": 0}
        return {name: jnp.asarray(n) for name, n in whole.items()} | {"after": jnp.asarray(0.0)}

    def draw_world(self, key):
        return jax.random.uniform(key, (2,))

    def draw_shocks(self, key, batch_shape=()):
        return jax.random.uniform(key, batch_shape)

    def start(self, world, params):
        drawn = 1 + (world * (self.horizon - 1)).astype(jnp.int32)
        last = jnp.where(params["length"] > 0, params["length"], drawn[0])
        leaves = jnp.where(params["stay"] > 0, params["stay"], drawn[1])
        state = State(jnp.zeros((), jnp.int32), last, leaves, params)
        return state, self._show(state, world[0])

    def transition(self, state, actions, shocks):
        state = State(state.step + 1, state.last, state.leaves, state.params)
        return state, self._show(state, shocks)

    def _show(self, state, luck):
        cut, after = state.params["cut"] > 0, state.params["after"]
        over = state.step >= state.last
        passed = state.step > state.last
        gone = jnp.array([False, True]) & (state.step >= state.leaves) & self.leaving
        long_gone = jnp.array([False, True]) & (state.step > state.leaves) & self.leaving
        # Nobody has to look at a last state, unless it is only cut off there.
        hidden = jnp.where(cut, passed, over) | gone

        def shown(hidden, value):
            wild = jnp.where(after == 0, jnp.zeros_like(value), jnp.full_like(value, 97))
            number = jnp.issubdtype(value.dtype, jnp.floating)
            return jnp.where(hidden, after if number else wild, value)

        codes = jnp.stack([state.step, state.last]) % 4
        odd = after != 0
        return solon.TimeStep(
            observation={
                "person": {
                    "luck": shown(hidden[:, None], jnp.stack([luck * jnp.ones(2), codes / 4])),
                    "code": shown(hidden[:, None], codes[:, None].astype(jnp.int32)),
                    "kind": jnp.arange(2),
                    "action_mask": jnp.where(hidden[:, None], odd, jnp.arange(3) != state.step % 3),
                }
            },
            reward={"person": shown(passed | long_gone, state.step * jnp.array([1.0, 10.0]))},
            acting={"person": jnp.where(hidden, odd, True)},
            terminated=jnp.where(passed, odd, over & ~cut),
            truncated=jnp.where(passed, odd, over & cut),
            metrics={"steps": shown(passed, state.step.astype(float)), "whole": state.step},
            left={"person": gone & ~(long_gone & odd)} if self.leaving else {},
        )

    def potential(self, state):
        hidden = state.step > state.last
        return {"person": jnp.where(hidden, state.params["after"], 0.1 * state.step) * jnp.ones(2)}
