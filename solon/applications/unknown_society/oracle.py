"""The best rates of each society, for who knows everything, and what rates are worth in it."""

import functools
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from ...economies.unknown_society.economy import UnknownSociety
from ...economies.unknown_society.state import State
from .several_rates import best_of_several

__all__ = ["Best", "best_rates", "worth_of_rates"]

#: Rates that are tried, and halvings around the best of them: to seven digits of a rate.
_TRIED, _HALVINGS = 100, 25
_GOLDEN = 0.6180339887498949
#: Societies at once: a search for several rates tries many more.
_BATCH, _BATCH_OF_SEVERAL = 500, 25


class Best(NamedTuple):
    """The best rate of each society.

    Attributes:
        rate: that nobody in the economy knows, one a bracket if there are any.
        welfare: of a year under it.
    """

    rate: Float[Array, "societies *brackets"]
    welfare: Float[Array, " societies"]


@functools.partial(jax.jit, static_argnums=0)
def best_rates(env: UnknownSociety, states: State) -> Best:
    """The rate that is best in the coming year of each society, by a search over one number.

    Welfare may have jumps, where workers stop working: all rates in steps of .01 are tried, and the
    neighbourhood of the best of them is searched by golden section. Up to a jump welfare rises or
    falls, so that the search ends beside it. With brackets the best linear tax is found so, and the
    best rates by a search from there, see `best_of_several`.

    Args:
        env: whose objective counts (static).
        states: of the societies, with one leading axis.
    """

    def best(state: State) -> Best:
        def worth(rate: Array) -> Array:
            return env.worth(state, jnp.broadcast_to(rate, env.rates))

        rates = jnp.arange(_TRIED, dtype=state.rate.dtype) / _TRIED
        tried = jax.vmap(worth)(rates)
        top = jnp.argmax(tried)
        found = Best(rates[top], tried[top])

        def narrower(_: Any, carry: tuple[Array, Array, Best]) -> tuple[Array, Array, Best]:
            low, high, found = carry
            width = _GOLDEN * (high - low)
            left, right = high - width, low + width
            at_left, at_right = worth(left), worth(right)
            goes_left = at_left > at_right
            rate = jnp.where(goes_left, left, right)
            welfare = jnp.maximum(at_left, at_right)
            better = welfare > found.welfare
            found = Best(
                jnp.where(better, rate, found.rate), jnp.where(better, welfare, found.welfare)
            )
            return jnp.where(goes_left, low, left), jnp.where(goes_left, right, high), found

        low = jnp.maximum(found.rate - 1 / _TRIED, 0.0)
        high = jnp.minimum(found.rate + 1 / _TRIED, 1 - 1 / (10 * _TRIED))
        found = jax.lax.fori_loop(0, _HALVINGS, narrower, (low, high, found))[2]
        if not env.cutoffs:
            return found
        linear = jnp.broadcast_to(found.rate, env.rates)
        return Best(*best_of_several(functools.partial(env.worth, state), linear))

    return jax.lax.map(best, states, batch_size=_BATCH_OF_SEVERAL if env.cutoffs else _BATCH)


@functools.partial(jax.jit, static_argnums=0)
def worth_of_rates(
    env: UnknownSociety, states: State, rates: Float[Array, "rates *brackets"]
) -> Float[Array, "societies rates"]:
    """What each rate is worth in the coming year of each society.

    Args:
        env: whose objective counts (static).
        states: of the societies, with one leading axis.
        rates: to compare, one a bracket if there are any.
    """

    def worths(state: State) -> Array:
        return jax.vmap(functools.partial(env.worth, state))(rates)

    return jax.lax.map(worths, states, batch_size=_BATCH)
