"""The great fish war: a common stock of fish, of which every member takes a share each year.

Whoever takes a share s of the stock x enjoys log(s x / c), where c is a catch one can just live on.
What is left in the sea grows to z (x - catch)^alpha, where z is the luck of the year.

With m years to come, log(x - catch) is worth A = alpha + ... + alpha^m to everyone. So

    n members who fish for themselves take   1 / (n + A) of the stock each,
    a sole owner would have them take        1 / (n (1 + A)).

For n = 4 and alpha = 0.9, A is almost 9 long before the end: shares of 1/13 instead of 1/40, and
a stock that settles around 0.04 of an unfished one instead of 0.39.

Reference: Levhari and Mirman (1980), "The Great Fish War: An Example Using a Dynamic
Cournot-Nash Solution", Bell Journal of Economics 11(1).
"""

import dataclasses

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Int

import solon


class State(eqx.Module):
    stock: Float[Array, ""]  # 1 is where it settles if nobody fishes
    year: Int[Array, ""]
    params: dict[str, Float[Array, ""]]


@dataclasses.dataclass(frozen=True)
class Fishery(solon.Environment):
    name = "fishery"

    members: int = 4
    efforts: int = 9  # effort e = 0, 1, ... takes (e + 1) / (members * (efforts + 1)) of the stock
    horizon: int = 50  # years

    @property
    def roles(self):
        seen = {"log_stock": solon.Box(()), "years_left": solon.Box((), 0, 1)}
        return {"member": solon.Role(self.members, solon.Discrete(self.efforts), seen)}

    def default_params(self):
        numbers = {"alpha": 0.9, "volatility": 0.1, "c": 0.0025}  # volatility: of log z
        return {name: jnp.array(number) for name, number in numbers.items()}

    def draw_world(self, key):
        return jax.random.uniform(key, minval=0.05, maxval=1.0)  # the first stock

    def draw_shocks(self, key, batch_shape=()):
        return jax.random.normal(key, batch_shape)

    def start(self, world, params):
        return self._show(State(world, jnp.array(0), params), self.no_reward())

    def transition(self, state, actions, shocks):
        share = (actions["member"] + 1) / (self.members * (self.efforts + 1))
        luck = jnp.exp(state.params["volatility"] * shocks)
        stock = luck * (state.stock * (1 - jnp.sum(share))) ** state.params["alpha"]
        reward = {"member": jnp.log(share * state.stock / state.params["c"])}
        return self._show(State(stock, state.year + 1, state.params), reward)

    def _show(self, state, reward):
        seen = {"log_stock": jnp.log(state.stock), "years_left": 1 - state.year / self.horizon}
        return state, solon.TimeStep(
            observation={"member": {k: jnp.full(self.members, v) for k, v in seen.items()}},
            reward=reward,
            acting=self.everyone_acts(),
            terminated=state.year >= self.horizon,
            truncated=jnp.array(False),
            metrics={"stock": state.stock},
        )


solon.register("fishery", Fishery)
