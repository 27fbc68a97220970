"""The best rates of several brackets at once, by a search that needs no derivatives."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

__all__ = ["HIGHEST", "best_of_several"]

HIGHEST = 0.999
"""Of a rate that is tried: nobody works for nothing."""

#: Schedules that are drawn, of which the best of each group is a start; steps from each start, and
#: how many are tried in each; the first reach of a step.
_DRAWN, _GROUPS = 1000, 4
_ROUNDS, _STEPS, _REACH = 80, 24, 0.1
#: Of the reach, after a step that led higher and after none that did: to six digits of a rate.
_LONGER, _SHORTER = 1.5, 0.7


def best_of_several(
    worth: Callable[[Float[Array, " brackets"]], Float[Array, ""]],
    linear: Float[Array, " brackets"],
) -> tuple[Float[Array, " brackets"], Float[Array, ""]]:
    """The best rates that are found, and what they are worth.

    Welfare has kinks where workers stay at an edge and jumps where they leave one, so that
    gradients lead nowhere. From the best linear tax, and from the best of some schedules at random,
    steps in random directions are tried, half of them of a single rate. Steps get longer when one
    leads higher and shorter when none does. The result is never worse than the linear tax.

    Args:
        worth: of rates.
        linear: the best rate, the same in all brackets.
    """
    count, dtype = linear.shape[0], linear.dtype
    generator = np.random.default_rng(0)
    drawn = jnp.asarray(HIGHEST * generator.random((_GROUPS, _DRAWN // _GROUPS, count)), dtype)
    values = jax.vmap(jax.vmap(worth))(drawn)
    top = jnp.argmax(values, axis=1)
    starts = jnp.take_along_axis(drawn, top[:, None, None], axis=1)[:, 0]
    starts = jnp.concatenate([linear[None], starts])

    steps = generator.normal(size=(_ROUNDS, _STEPS, count))
    single = np.arange(_STEPS // 2)
    alone = single[:, None] % count == np.arange(count)
    steps[:, : len(single)] *= alone

    def closer(carry: Any, steps: Array) -> tuple[Any, None]:
        rates, value, reach = carry
        tried = jnp.clip(rates[None] + reach * steps, 0.0, HIGHEST)
        values = jax.vmap(worth)(tried)
        k = jnp.argmax(values)
        higher = values[k] > value
        rates = jnp.where(higher, tried[k], rates)
        reach = jnp.where(higher, reach * _LONGER, reach * _SHORTER)
        return (rates, jnp.where(higher, values[k], value), reach), None

    def climb(start: Array) -> tuple[Array, Array]:
        first = start, worth(start), jnp.asarray(_REACH, dtype)
        (rates, value, _), _ = jax.lax.scan(closer, first, jnp.asarray(steps, dtype))
        return rates, value

    rates, values = jax.vmap(climb)(starts)
    best = jnp.argmax(values)
    return rates[best], values[best]
