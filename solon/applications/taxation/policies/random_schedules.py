"""Another tax schedule in each episode, so that those who pay learn what each of them means."""

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Key, Shaped

from ....errors import require_number, require_whole
from ....policy import Policy

__all__ = ["RandomMemory", "RandomSchedules", "random_rates"]

_ROUGHNESS = 0.15


class RandomMemory(eqx.Module):
    """What is remembered.

    Attributes:
        rates: marginal rates of the running episode.
        begins: the coming step is the first of an episode.
    """

    rates: Float[Array, " brackets"]
    begins: Bool[Array, ""]


class RandomSchedules(Policy):
    """Draws a schedule at the beginning of an episode, and keeps to it until its end.

    Schedules lie all over the range: flat ones, rates that rise or fall with income by as much as
    the range, and rough ones (see `random_rates`). Workers who see the rates learn an answer
    to each, and not to one alone; what they do under a schedule that nobody tried before is worth
    more for it.

    Args:
        brackets: how many rates there are.
        rate_max: the highest rate.

    Raises:
        ConfigurationError: for a value that is not allowed.
    """

    brackets: int = eqx.field(static=True)
    rate_max: float = eqx.field(static=True)

    def __init__(self, brackets: int, *, rate_max: float = 1.0):
        brackets = require_whole("brackets", brackets, low=1, high=10_000)
        rate_max = require_number("rate_max", rate_max, low=0, high=1)
        self.brackets = brackets
        self.rate_max = float(rate_max)

    def init(self, key: Key[Array, ""]) -> RandomMemory:
        return RandomMemory(jnp.zeros(self.brackets), jnp.ones((), bool))

    def begin(self, memory: RandomMemory, new_world: Bool[Array, ""] | None = None) -> RandomMemory:
        return RandomMemory(memory.rates, jnp.ones((), bool))

    def act(
        self,
        memory: RandomMemory,
        observation: dict[str, Shaped[Array, "..."]],
        key: Key[Array, ""],
    ) -> tuple[Float[Array, "1 brackets"], RandomMemory]:
        drawn = self.rate_max * random_rates(key, self.brackets)
        rates = jnp.where(memory.begins, drawn, memory.rates)
        return rates[None], RandomMemory(rates, jnp.zeros((), bool))


def random_rates(key: Key[Array, ""], brackets: int) -> Float[Array, " brackets"]:
    """Rates from 0 to 1: a level, a slope over the brackets, and some roughness.

    Level and slope are uniform, from 0 to 1 and from -1 to 1 over all brackets; the roughness is
    normal, .15 for each bracket. What leaves the range is cut off.
    """
    level_key, slope_key, rough_key = jax.random.split(key, 3)
    level = jax.random.uniform(level_key)
    slope = jax.random.uniform(slope_key, minval=-1.0)
    place = jnp.linspace(-0.5, 0.5, brackets)
    rough = _ROUGHNESS * jax.random.normal(rough_key, (brackets,))
    return jnp.clip(level + slope * place + rough, 0, 1)
