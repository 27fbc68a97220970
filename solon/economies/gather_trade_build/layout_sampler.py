"""How the sources of an episode are drawn on a generated layout.

Seeds are scattered where the layout makes them likely, and clumps grow around them until enough
cells are covered. What is off its target by too much is drawn anew.
"""

from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float, Int, Key

from .generated_layouts import (
    TOLERANCE,
    GeneratedLayout,
    MultiZoneLayout,
    QuadrantLayout,
    UniformLayout,
)
from .layouts import NO_SOURCE, STONE, WOOD

__all__ = ["checkered", "draw_sources"]

_ATTEMPTS = 100
_SEED_SHARE = 0.1
_THINNING, _MOST_THINNINGS = 0.9, 201
_MOST_CLUMPED = 0.99
# Clumps grow through windows of this many cells a side. The bound on growth is far beyond the
# thousand rounds that the slowest maps take.
_WINDOW = 7
_MOST_ROUNDS = 10_000


class _Attempt(NamedTuple):
    key: Key[Array, ""]
    number: Int[Array, ""]
    stone: Bool[Array, "height width"]
    wood: Bool[Array, "height width"]
    accepted: Bool[Array, ""]


def draw_sources(layout: GeneratedLayout, key: Key[Array, ""]) -> Int[Array, "height width"]:
    """The commodity that grows in each cell in an episode, or `NO_SOURCE`.

    By default stone is as likely as its own coverage asks for, and the quadrants' cross is kept
    free. With the original's rules the likelihood of stone goes by the coverage of wood, and
    the cross is cleared after the coverages have been found good, so that they end up lower.

    Args:
        layout: the kind of layout and its numbers.
        key: its luck.

    Returns:
        int8, with at most `layout.source_slots` sources.
    """
    implementation = jax.random.key_impl(key)

    # Each map of a batch takes its own time, so they are drawn one after the other. The key goes
    # in as numbers: jax's check for reused keys does not see through batches of batches here.
    @jax.custom_batching.sequential_vmap
    def draw(numbers):
        key = jax.random.wrap_key_data(numbers, impl=implementation)
        deal_key, draw_key, trim_key = jax.random.split(key, 3)
        stone_likelihood, wood_likelihood = _likelihoods(layout, deal_key)

        def attempt(last: _Attempt) -> _Attempt:
            key, wood_key, stone_key = jax.random.split(last.key, 3)
            foundation = layout.compatibility == "foundation"
            taken = np.zeros_like(layout.water) if foundation else layout.kept_free
            free = jnp.asarray(~taken)
            stone_target, wood_target = layout.targets
            wood = _cover(wood_key, wood_likelihood, wood_target, layout.wood_clumpiness, free)
            free = free & ~wood
            stone = _cover(stone_key, stone_likelihood, stone_target, layout.stone_clumpiness, free)
            good = _near(stone, stone_target) & _near(wood, wood_target)
            return _Attempt(key, last.number + 1, stone, wood, good)

        nothing = jnp.zeros((layout.height, layout.width), bool)
        first = _Attempt(draw_key, jnp.zeros((), jnp.int32), nothing, nothing, jnp.asarray(False))
        last = jax.lax.while_loop(lambda a: (a.number < _ATTEMPTS) & ~a.accepted, attempt, first)
        stone, wood = last.stone, last.wood
        if layout.compatibility is None:
            # Only where a hundred attempts were off does this take anything away.
            most_stone, most_wood = layout.most_sources
            stone_key, wood_key = jax.random.split(trim_key)
            stone, wood = (
                _at_most(stone_key, stone, most_stone),
                _at_most(wood_key, wood, most_wood),
            )
        kept = ~jnp.asarray(layout.kept_free)
        if layout.checkered:
            kept = kept & jnp.asarray(checkered(layout.height, layout.width))
        source = jnp.where(stone, STONE, jnp.where(wood, WOOD, NO_SOURCE))
        return jnp.where(kept, source, NO_SOURCE).astype(jnp.int8)

    return draw(jax.random.key_data(key))


def checkered(height: int, width: int) -> np.ndarray:
    """bool[height, width]: every second cell, without the top left one."""
    return (np.arange(height)[:, None] + np.arange(width)[None]) % 2 == 1


def _likelihoods(
    layout: GeneratedLayout, key: Key[Array, ""]
) -> tuple[Float[Array, "height width"], Float[Array, "height width"]]:
    """Of stone and of wood. Zones are dealt anew for each episode, gradients stay."""
    if isinstance(layout, UniformLayout | QuadrantLayout):
        stone, wood = (jnp.asarray(values, float) for values in layout.likelihoods)
        return stone, wood
    assert isinstance(layout, MultiZoneLayout)
    dealt = jax.random.permutation(key, jnp.asarray(layout.zone_kinds))[layout.zone_of]
    # Where no such zone is on the map, nothing is likely.
    share = jnp.maximum(jnp.mean(dealt, axis=(0, 1), dtype=float), 1e-9)
    stone, wood = (
        dealt[..., kind] / share[kind] * layout.zone_coverages[kind] for kind in (STONE, WOOD)
    )
    return stone, wood


def _cover(
    key: Key[Array, ""],
    likelihood: Float[Array, "height width"],
    target: float,
    clumpiness: float,
    free: Bool[Array, "height width"],
) -> Bool[Array, "height width"]:
    """Cover at least the `target` share of all cells, with free ones."""
    scattered = 1 - min(clumpiness, _MOST_CLUMPED)
    chance = likelihood * _SEED_SHARE * scattered
    seed_key, grow_key = jax.random.split(key)
    draws = jax.random.uniform(seed_key, free.shape)

    def share(covered):
        return jnp.mean(covered, dtype=float)

    def seeds(draws):
        return (draws < chance) & free

    def too_few_seeds(carry):
        draws, times = carry
        return (share(seeds(draws)) < target * scattered) & (times < _MOST_THINNINGS)

    draws, _ = jax.lax.while_loop(
        too_few_seeds,
        lambda carry: (carry[0] * _THINNING, carry[1] + 1),
        (draws, jnp.zeros((), jnp.int32)),
    )

    def too_few(carry):
        _, covered, rounds = carry
        return (share(covered) < target) & (rounds < _MOST_ROUNDS)

    def grow(carry):
        key, covered, rounds = carry
        key, window_key, noise_key = jax.random.split(key, 3)
        window = jax.random.bernoulli(window_key, 0.5, (_WINDOW, _WINDOW)).astype(float)
        noise = jax.random.normal(noise_key, free.shape)
        pull = _around(covered + 0.2 * noise - 0.25, window)
        return key, ((pull > 0) | covered) & free, rounds + 1

    carry = (grow_key, seeds(draws), jnp.zeros((), jnp.int32))
    return jax.lax.while_loop(too_few, grow, carry)[1]


def _around(
    field: Float[Array, "height width"], window: Float[Array, "7 7"]
) -> Float[Array, "height width"]:
    """The weighted sum of the cells around each cell; there is nothing beyond the map."""
    return jax.lax.conv(field[None, None], window[None, None], (1, 1), "SAME")[0, 0]


def _near(covered: Bool[Array, "height width"], target: float) -> Bool[Array, ""]:
    quotient = jnp.mean(covered, dtype=float) / target
    return (quotient >= 1 / TOLERANCE) & (quotient <= TOLERANCE)


def _at_most(
    key: Key[Array, ""], covered: Bool[Array, "height width"], most: int
) -> Bool[Array, "height width"]:
    """Keep at most so many cells, chosen at random."""
    draws = jnp.where(covered, jax.random.uniform(key, covered.shape), -1).ravel()
    chosen = jax.lax.top_k(draws, min(most, draws.size))[1]
    kept = jnp.zeros(draws.shape, bool).at[chosen].set(True).reshape(covered.shape)
    return covered & kept
