"""The worlds in which copies of an economy live, episode after episode."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Int, Key, PyTree, Shaped

from ..environment import Given
from .prior import Prior

__all__ = ["Worlds", "first_worlds", "next_worlds"]


class Worlds(eqx.Module):
    """Of each copy, what was drawn for it, and for how long it has held.

    Attributes:
        drawn: place of a param -> values.
        episodes: begun in the world, the running one included.
        given: what else of a world was drawn, where a prior sets any of it.
    """

    drawn: dict[str, Shaped[Array, "copies ..."]]
    episodes: Int[Array, " copies"]
    given: Given | None = None


def first_worlds(
    prior: Prior,
    key: Key[Array, ""],
    params: PyTree[Array],
    count: int,
    *,
    places: np.ndarray,
    together: int,
    steps: int = 1,
) -> Worlds:
    """Worlds for a training, of which not all end at once: a batch has all ages of them.

    Args:
        prior: of which they are drawn.
        key: luck of the worlds.
        params: of the economy, for whatever is not drawn.
        count: how many copies.
        places: of each copy among those that start their episodes together.
        together: how many do.
        steps: episodes after whose multiples a world may end: a divisor of `prior.lasts`.
    """
    drawn, given = prior.settings(key, params, count, "training")
    left = places * (prior.lasts // steps) // together * steps
    return Worlds(drawn, jnp.asarray(prior.lasts - left, jnp.int32), given)


def next_worlds(
    prior: Prior, key: Key[Array, ""], params: PyTree[Array], worlds: Worlds
) -> tuple[Worlds, Bool[Array, " copies"]]:
    """The worlds of the next episode of a training, and which of them are new."""
    (count,) = worlds.episodes.shape
    ends = worlds.episodes >= prior.lasts

    def renewed(fresh: Array, old: Array) -> Array:
        return jnp.where(ends.reshape(-1, *[1] * (fresh.ndim - 1)), fresh, old)

    fresh = prior.settings(key, params, count, "training")
    drawn, given = jax.tree.map(renewed, fresh, (worlds.drawn, worlds.given))
    return Worlds(drawn, jnp.where(ends, 1, worlds.episodes + 1), given), ends
