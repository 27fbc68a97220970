"""What it costs that all members see the same: one array for the role beside a copy for each.

`python -m solon.bench.shared_fields` takes two minutes on two cores.
"""

import dataclasses
import statistics
import time
from typing import Any, ClassVar

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Key

from .._terminal import say
from ..environment import Environment, Role, TimeStep
from ..learning import PPO, Learner
from ..learning.update import gather
from ..luck import key_of
from ..spaces import Box, Discrete

__all__ = ["Market", "measure"]


@dataclasses.dataclass(frozen=True)
class Market(Environment):
    """Consumers spend what they have or keep it, under prices that all of them see.

    Attributes:
        consumers: how many there are.
        goods: that have a price.
        shared: prices are one array, and not a copy for each consumer.
    """

    name: ClassVar[str] = "market-of-the-benchmark"

    consumers: int = 10_000
    goods: int = 50
    shared: bool = True

    @property
    def horizon(self) -> int:
        return 10

    @property
    def roles(self) -> dict[str, Role]:
        seen = {"coin": Box((2,)), "prices": Box((self.goods,))}
        shared = ("prices",) if self.shared else ()
        return {"consumer": Role(self.consumers, Discrete(4), seen, shared=shared)}

    def default_params(self) -> dict[str, Array]:
        return {"drift": jnp.asarray(0.01)}

    def draw_world(self, key: Key[Array, ""]) -> Float[Array, " goods"]:
        return jax.random.uniform(key, (self.goods,))

    def draw_shocks(
        self, key: Key[Array, ""], batch_shape: tuple[int, ...] = ()
    ) -> Float[Array, "*batch goods"]:
        return jax.random.normal(key, (*batch_shape, self.goods))

    def start(self, world: Any, params: Any) -> tuple[Any, TimeStep]:
        coin = jnp.linspace(0.5, 1.5, self.consumers)
        state = (jnp.zeros((), jnp.int32), world, coin, params)
        return state, self._show(state, jnp.zeros(self.consumers))

    def transition(self, state: Any, actions: Any, shocks: Any) -> tuple[Any, TimeStep]:
        step, prices, coin, params = state
        spent = 0.1 * coin * actions["consumer"]
        after = (step + 1, prices + params["drift"] * shocks, coin - spent + 0.1, params)
        return after, self._show(after, spent / (1 + prices.mean()))

    def _show(self, state: Any, reward: Float[Array, " count"]) -> TimeStep:
        step, prices, coin, _ = state
        shown = prices if self.shared else jnp.tile(prices, (self.consumers, 1))
        own = jnp.stack([coin, coin**2], axis=1)
        return TimeStep(
            observation={"consumer": {"coin": own, "prices": shown}},
            reward={"consumer": reward},
            acting=self.everyone_acts(),
            terminated=step >= self.horizon,
            truncated=jnp.zeros((), bool),
            metrics={"price": prices.mean()},
        )


def measure(consumers: int = 10_000, pairs: int = 5) -> dict[str, tuple[float, float]]:
    """Costs of a training update with one array, and with copies.

    Returns:
        By name: megabytes of what is kept of observations, and processor seconds of an update
        (median of so many interleaved pairs).
    """
    config = PPO(environments=4, unroll=10, epochs=1, minibatches=2, hidden=(32,))
    found: dict[bool, list[float]] = {True: [], False: []}
    learners = {shared: Learner(Market(consumers, shared=shared), config) for shared in found}
    states, kept = {}, {}
    for shared, learner in learners.items():
        state = learner.init(key_of(0), learner.env.default_params())
        unroll = jax.eval_shape(lambda s, one=learner: gather(one, s, key_of(0))[1], state)
        seen = unroll.experience["consumer"].observation
        leaves = jax.tree.leaves((seen.features, seen.codes, seen.more))
        kept[shared] = sum(leaf.size * leaf.dtype.itemsize for leaf in leaves) / 1e6
        # Compiled before anything is measured.
        states[shared] = jax.block_until_ready(learner.update(state)[0])
    for _ in range(pairs):
        for shared, learner in learners.items():
            began = time.process_time()
            states[shared] = jax.block_until_ready(learner.update(states[shared])[0])
            found[shared].append(time.process_time() - began)
    times = {shared: statistics.median(values) for shared, values in found.items()}
    return {
        "observations kept, MB": (kept[True], kept[False]),
        "processor seconds of an update": (times[True], times[False]),
    }


if __name__ == "__main__":
    for name, (one, copies) in measure().items():
        say(f"{name:32} one array {one:9.3g}   copies {copies:9.3g}   {copies / one:.3g} times")
