"""A commons with a regulator: members take shares of a stock, and a regulator sets what that costs.

A member that takes a share s of the stock x enjoys log(s x / c), where c is a catch worth 0.
It pays the fee times s. What all pay comes back to all alike. What is left of the stock grows to
z (x - catch)^alpha, where z is the luck of the year. Every fourth year the regulator sets the fee
from the next year on; it wants the members to be well off on average.

With m years to come, log(x - catch) is worth A = alpha + ... + alpha^m to everyone. So n members
who decide for themselves take the share s for which

    1 / s = (1 - 1 / n) fee + A / (1 - n s).

Without a fee that is 1 / (n + A). Best for all is 1 / (n (1 + A)), which they take under the
corrective fee n (1 + A).

Reference: Levhari and Mirman (1980), "The Great Fish War: An Example Using a Dynamic
Cournot-Nash Solution", Bell Journal of Economics 11(1), for the commons without a regulator.
"""

import dataclasses

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Int

import solon
from solon.runs import Preset


class State(eqx.Module):
    stock: Float[Array, ""]  # 1 is where it settles if nobody takes anything
    fee: Float[Array, ""]  # what it costs to take all of the stock, in units of utility
    year: Int[Array, ""]
    params: dict[str, Float[Array, ""]]


@dataclasses.dataclass(frozen=True)
class Commons(solon.Environment):
    name = "commons"

    members: int = 4
    efforts: int = 39  # effort e = 0, 1, ... takes (e + 1) / (members * (efforts + 1)) of the stock
    fees: int = 11  # fee levels 0, 1, ..., each `fee_step` above the one before
    horizon: int = 40  # years

    @property
    def roles(self):
        seen = {"log_stock": solon.Box(()), "years_left": solon.Box((), 0, 1)}
        told = {**seen, "fee": solon.Box((), 0)}
        return {
            "member": solon.Role(self.members, solon.Discrete(self.efforts), told),
            "regulator": solon.Role(1, solon.Discrete(self.fees), seen, every=4),
        }

    def default_params(self):
        numbers = {"alpha": 0.8, "volatility": 0.1, "c": 0.0125, "fee_step": 2.5}
        return {name: jnp.array(number) for name, number in numbers.items()}

    def param_bounds(self):
        return {"alpha": (0.0, 1.0), "volatility": (0.0, 1.0), "fee_step": (0.0, 100.0)}

    def draw_world(self, key):
        return jax.random.uniform(key, minval=0.05, maxval=1.0)  # the first stock

    def draw_shocks(self, key, batch_shape=()):
        return jax.random.normal(key, batch_shape)

    def start(self, world, params):
        state = State(world, jnp.zeros(()), jnp.array(0), params)
        return state, self._show(state, self.no_reward())

    def transition(self, state, actions, shocks):
        params, fee = state.params, state.fee
        share = (actions["member"] + 1) / (self.members * (self.efforts + 1))
        utility = jnp.log(share * state.stock / params["c"]) - fee * (share - jnp.mean(share))
        left = state.stock * (1 - jnp.sum(share))
        stock = jnp.exp(params["volatility"] * shocks) * left ** params["alpha"]
        new_fee = params["fee_step"] * actions["regulator"][0]
        fee = jnp.where(self._regulator_decides(state), new_fee, fee)
        reward = {"member": utility, "regulator": jnp.mean(utility)[None]}
        state = State(stock, fee, state.year + 1, params)
        return state, self._show(state, reward)

    def _regulator_decides(self, state):
        return state.year % self.roles["regulator"].every == 0

    def _show(self, state, reward):
        seen = {"log_stock": jnp.log(state.stock), "years_left": 1 - state.year / self.horizon}
        told = {**seen, "fee": state.fee / 10}
        return solon.TimeStep(
            observation={
                "member": {name: jnp.full(self.members, value) for name, value in told.items()},
                "regulator": {name: value[None] for name, value in seen.items()},
            },
            reward=reward,
            acting=self.everyone_acts() | {"regulator": self._regulator_decides(state)[None]},
            terminated=state.year >= self.horizon,
            truncated=jnp.array(False),
            metrics={"stock": state.stock, "fee": state.fee},
        )


class Settling(Preset):
    """Everyone explores less and less, and hardly at all in the last quarter of the training."""

    def settings(self, env, steps, role=None, *, experienced=False):
        return {"entropy": ((0, 0.025), (0.75 * steps, 0.002))}


PRESET = Settling()

solon.register("commons", Commons)
