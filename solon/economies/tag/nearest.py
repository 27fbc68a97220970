"""Who is near: the first few of many by distance, without sorting all of them.

On a CPU a program for many copies is fast where it takes numbers one by one and slow where it
sorts, searches or sums. So distance and number of an agent become one whole number, a network of
comparators finds the smallest ones, and what is handed over is packed: each array that leaves such
a network costs it once more.
"""

from collections.abc import Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float, Int, Shaped

__all__ = ["nearest", "nearest_by_sorting", "smallest"]

#: Beyond these a network takes long to compile, and the ready-made search is about as fast.
_MOST_AGENTS, _MOST_NEAR = 128, 16
#: Lists of this length are sorted before any are merged.
_BLOCK = 16
#: Agents are taken in so many parts, since compilers undo a loop of one, and by so many at once, as
#: many as fit into a register.
_PARTS, _LANES = 2, 8


def nearest(
    x: Float[Array, " agents"],
    y: Float[Array, " agents"],
    there: Bool[Array, " agents"],
    count: int,
) -> Shaped[Array, "agents count"]:
    """For each agent the numbers of the `count` others that are nearest, the nearest first.

    Of those at the same distance the one with the lower number comes first. Among up to 128 agents
    squared distances in single precision count as the same where they differ by less than 1 in
    32,000.

    Args:
        x: coordinates.
        y: likewise.
        there: who is near anybody at all.
        count: how many to find, fewer than there are agents (static).

    Returns:
        Their numbers; the number of agents where there are no more of them.
    """
    agents = x.shape[0]

    def squares(own_x: Array, own_y: Array) -> Array:
        return (x[:, None] - own_x[None]) ** 2 + (y[:, None] - own_y[None]) ** 2

    if agents > _MOST_AGENTS or count > _MOST_NEAR:
        out = ~there[None] | np.eye(agents, dtype=bool)
        minus, found = jax.lax.top_k(jnp.where(out, -jnp.inf, -squares(x, y)), count)
        return jnp.where(jnp.isinf(minus), agents, found).astype(jnp.uint32)
    bits = agents.bit_length()
    low = (1 << bits) - 1
    whole = jnp.int64 if x.dtype == jnp.float64 else jnp.int32
    numbers = jnp.arange(agents, dtype=whole)

    def words(own: tuple[Array, Array, Array]) -> list[Array]:
        """Who is near some of the agents, these side by side."""
        own_x, own_y, own_number = own
        # What is not negative is ordered as its bits are. The last ones make room for a number.
        keys = jax.lax.bitcast_convert_type(squares(own_x, own_y), whole)
        keys = keys & ~low | numbers[:, None]
        out = ~there[:, None] | (numbers[:, None] == own_number[None])
        keys = jnp.where(out, jnp.iinfo(whole).max, keys)
        found = smallest([keys[i] for i in range(agents)], count)
        return _packed([key & low for key in found], bits)

    # In parts, one after the other: what leaves a loop is written down once, while compilers would
    # repeat the network for each array that is made of it. It leaves as what the loop carries: what
    # a loop stacks is the work of one core alone.
    wide = -(-agents // (_PARTS * _LANES)) * _LANES
    own = [
        jnp.pad(part, (0, _PARTS * wide - agents)).reshape(_PARTS, wide) for part in (x, y, numbers)
    ]
    size = len(range(0, count, 32 // bits))
    nothing = jnp.zeros((size, wide), jnp.uint32)

    def further(kept: tuple[list[Array], ...], own: Any) -> tuple[tuple[list[Array], ...], None]:
        return (*kept[1:], words(own)), None

    parts, _ = jax.lax.scan(further, ([*nothing],) * _PARTS, tuple(own))
    packed = jnp.stack([jnp.concatenate(word)[:agents] for word in zip(*parts, strict=True)])
    return jnp.minimum(_unpacked(packed, bits, count), agents)


def nearest_by_sorting(
    x: Float[np.ndarray, " agents"], y: Float[np.ndarray, " agents"], count: int
) -> Shaped[np.ndarray, "agents count"]:
    """The same, by NumPy, where all are there and their places are known before anything runs."""
    square = (x[:, None] - x) ** 2 + (y[:, None] - y) ** 2
    np.fill_diagonal(square, np.inf)
    return np.argsort(square, axis=1, kind="stable")[:, :count].astype(np.uint32)


def smallest(
    values: Sequence[Shaped[Array, "*lanes"]], count: int
) -> list[Shaped[Array, "*lanes"]]:
    """The `count` smallest of many numbers, in their order, lane by lane.

    It is Batcher's odd-even merge sort without what nobody asks for: compilers leave out
    comparators whose results are not used.

    Source: Knuth (1998), The Art of Computer Programming, volume 3, section 5.3.4.

    Args:
        values: arrays of one shape.
        count: how many to find; all are sorted if there are fewer.
    """
    lists = [
        _sorted(list(values[first : first + _BLOCK]), count)
        for first in range(0, len(values), _BLOCK)
    ]
    while len(lists) > 1:
        pairs = [lists[first : first + 2] for first in range(0, len(lists), 2)]
        lists = [_merged(*pair)[:count] if len(pair) == 2 else pair[0] for pair in pairs]
    return lists[0]


def _sorted(values: list[Array], count: int) -> list[Array]:
    if len(values) == 1:
        return values
    half = (len(values) + 1) // 2
    return _merged(_sorted(values[:half], count), _sorted(values[half:], count))[:count]


def _merged(a: list[Array], b: list[Array]) -> list[Array]:
    """Two sorted lists as one."""
    if not a or not b:
        return a or b
    if len(a) == len(b) == 1:
        return [jnp.minimum(a[0], b[0]), jnp.maximum(a[0], b[0])]
    even, odd = _merged(a[::2], b[::2]), _merged(a[1::2], b[1::2])
    # Only neighbours may be in the wrong order now.
    merged = [even[0]]
    for i in range(max(len(odd), len(even) - 1)):
        pair = [*odd[i : i + 1], *even[i + 1 : i + 2]]
        merged += [jnp.minimum(*pair), jnp.maximum(*pair)] if len(pair) == 2 else pair
    return merged


def _packed(numbers: list[Int[Array, " agents"]], bits: int) -> list[Shaped[Array, " agents"]]:
    """As many numbers to a word as fit into 32 bits."""
    words = []
    each = 32 // bits
    for first in range(0, len(numbers), each):
        word = jnp.zeros((), jnp.uint32)
        for place, number in enumerate(numbers[first : first + each]):
            word = word | (number.astype(jnp.uint32) << (place * bits))
        words.append(word)
    return words


def _unpacked(
    words: Shaped[Array, "words agents"], bits: int, count: int
) -> Shaped[Array, "agents count"]:
    """The numbers in their order, one after the other on an axis of their own."""
    each = 32 // bits
    place = np.arange(count)[None]
    shift = jnp.asarray(place % each * bits, jnp.uint32)

    def one(found: Array, word: tuple[Array, Array]) -> tuple[Array, None]:
        number, packed = word
        own = (packed[:, None] >> shift) & ((1 << bits) - 1)
        return jnp.where(place // each == number, own, found), None

    # In a loop for the same reason.
    nothing = jnp.zeros((words.shape[1], count), jnp.uint32)
    return jax.lax.scan(one, nothing, (jnp.arange(words.shape[0]), words))[0]
