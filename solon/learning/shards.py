"""Copies of an economy in shards, which any number of devices may share out among them.

Shards decide luck and devices do not: which copies start together and which share a minibatch is
settled within each shard. So one device gives the numbers of four, but for rounding, and no copy
has to move from one to another.
"""

import functools
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.sharding import Mesh, NamedSharding, PartitionSpec
from jaxtyping import Array, Int, Key, PyTree, Shaped

from ..errors import require, require_whole

__all__ = [
    *("AXIS", "MOST_SHARDS", "device_mesh", "placed"),
    *("apart", "joined", "minibatch", "over_shards", "place_in_group", "put", "shuffled", "taken"),
]

MOST_SHARDS = 4096
"""More than there are devices."""

AXIS = "environments"
"""The axis of a mesh over which copies of the economy are shared out."""


def device_mesh(devices: int) -> Mesh | None:
    """A mesh of the first devices there are; None for one, which needs none.

    Raises:
        ConfigurationError: if there are fewer.
    """
    require_whole("devices", devices, low=1, high=MOST_SHARDS)
    if devices == 1:
        return None
    there = jax.device_count()
    require(devices <= there, "devices", devices, f"at most {there}, those of this machine")
    return Mesh(np.array(jax.devices()[:devices]), (AXIS,))


def placed(tree: PyTree[Any], mesh: Mesh, *, shared_out: bool) -> Any:
    """Where each array of a tree is: its first axis shared out, or the same on all devices."""
    spec = PartitionSpec(AXIS) if shared_out else PartitionSpec()
    return jax.tree.map(lambda _: NamedSharding(mesh, spec), tree)


def place_in_group(count: int, groups: int, shards: int) -> np.ndarray:
    """The place of each of `count` copies among those that start together: whole numbers."""
    each = count // groups // shards
    place = np.arange(count) % each
    return place + np.arange(count) // (count // shards) * each


def taken(
    running: Shaped[Array, "copies ..."], first: Int[Array, ""] | int, count: int, shards: int
) -> Shaped[Array, "count ..."]:
    """Those copies of a group: `count` of them, alike many in each shard.

    Args:
        running: of all copies.
        first: copies in the groups before this one.
        count: copies in the group.
        shards: how many.
    """
    if shards == 1:
        return jax.lax.dynamic_slice_in_dim(running, first, count, axis=0)
    each, size = count // shards, running.shape[0] // shards
    apart = running.reshape(shards, size, *running.shape[1:])
    found = jax.lax.dynamic_slice_in_dim(apart, first // shards, each, axis=1)
    return found.reshape(count, *running.shape[1:])


def put(
    running: Shaped[Array, "copies ..."],
    fresh: Shaped[Array, "count ..."],
    first: Int[Array, ""] | int,
    shards: int,
) -> Shaped[Array, "copies ..."]:
    """The copies with those of a group replaced, see `taken`."""
    if fresh.dtype != running.dtype:
        fresh = fresh.astype(running.dtype)
    if shards == 1:
        return jax.lax.dynamic_update_slice_in_dim(running, fresh, first, axis=0)
    each, size = fresh.shape[0] // shards, running.shape[0] // shards
    apart = running.reshape(shards, size, *running.shape[1:])
    new = fresh.reshape(shards, each, *fresh.shape[1:])
    return jax.lax.dynamic_update_slice_in_dim(apart, new, first // shards, axis=1).reshape(
        running.shape
    )


def shuffled(
    key: Key[Array, ""], rows: int, minibatches: int, shards: int
) -> Int[Array, "minibatches ..."]:
    """Which rows are in which minibatch: numbers within each shard, alike many of each.

    Args:
        key: luck of the order.
        rows: of the whole batch.
        minibatches: how many there are.
        shards: in an axis of its own if there are several.
    """
    if shards == 1:
        return jax.random.permutation(key, rows).reshape(minibatches, -1)
    each = jax.vmap(lambda key: jax.random.permutation(key, rows // shards))
    order = each(jax.random.split(key, shards)).reshape(shards, minibatches, -1)
    return jnp.moveaxis(order, 1, 0)


def apart(batch: PyTree[Array], shards: int) -> PyTree[Array]:
    """A batch with an axis of shards in front; as it is with one.

    Args:
        batch: with rows on its second axis, shard after shard.
        shards: how many.
    """
    if shards == 1:
        return batch

    def split(leaf: Array) -> Array:
        steps, rows = leaf.shape[:2]
        return jnp.moveaxis(leaf.reshape(steps, shards, rows // shards, *leaf.shape[2:]), 1, 0)

    return jax.tree.map(split, batch)


def joined(pieces: Shaped[Array, "segments ..."], axis: int, shards: int) -> Shaped[Array, "..."]:
    """What segments of an unroll gave, with their copies on one axis: shard after shard.

    Args:
        pieces: of each segment.
        axis: of the copies, segments counted.
        shards: how many.
    """
    segments, copies = pieces.shape[0], pieces.shape[axis]
    rest = pieces.shape[axis + 1 :]
    if shards == 1:
        together = jnp.moveaxis(pieces, 0, axis - 1)
        return together.reshape(*pieces.shape[1:axis], segments * copies, *rest)
    each = pieces.reshape(*pieces.shape[:axis], shards, copies // shards, *rest)
    together = jnp.moveaxis(each, 0, axis)
    return together.reshape(*pieces.shape[1:axis], segments * copies, *rest)


def minibatch(parts: PyTree[Array], chosen: Int[Array, "..."], shards: int) -> PyTree[Array]:
    """Some rows of what `apart` gives, shard after shard on the second axis.

    Args:
        parts: of the whole batch.
        chosen: an entry of `shuffled`.
        shards: how many.
    """

    def take(leaf: Array, rows: Int[Array, " rows"]) -> Array:
        return jnp.take(leaf, rows, axis=1, mode="clip")

    if shards == 1:
        return jax.tree.map(lambda leaf: take(leaf, chosen), parts)

    def take_of_each(leaf: Array) -> Array:
        found = jnp.moveaxis(jax.vmap(take)(leaf, chosen), 0, 1)
        # The size is named, as what is not remembered has none to tell it from.
        return found.reshape(found.shape[0], chosen.size, *found.shape[3:])

    return jax.tree.map(take_of_each, parts)


def over_shards(
    function: Callable[..., Any],
    given: tuple[Any, ...],
    parts: PyTree[Array],
    chosen: Int[Array, "..."],
    *,
    shards: int,
    mesh: Mesh | None,
) -> Any:
    """What a function makes of a minibatch, on each device of those rows that it has.

    Args:
        function: of what is given, of a minibatch or the part of it that a device has, of what
            sums over devices (None for one), and of the number of shards there.
        given: the same on all devices.
        parts: of the whole batch, see `apart`.
        chosen: an entry of `shuffled`.
        shards: how many.
        mesh: the devices, if there are several.

    Returns:
        What it gives, which has to be the same on all devices.
    """
    if mesh is None:
        return function(*given, minibatch(parts, chosen, shards), None, shards)
    own = shards // mesh.size

    def of_one(given: tuple[Any, ...], parts: PyTree[Array], chosen: Array) -> Any:
        # A device has some shards; if it is one, `minibatch` takes it without its axis.
        if own == 1:
            parts, chosen = jax.tree.map(lambda leaf: leaf[0], (parts, chosen))
        total = functools.partial(jax.lax.psum, axis_name=AXIS)
        return function(*given, minibatch(parts, chosen, own), total, own)

    everywhere, here = PartitionSpec(), PartitionSpec(AXIS)
    on_each = jax.shard_map(
        of_one,
        mesh=mesh,
        in_specs=(everywhere, here, here),
        out_specs=everywhere,
        check_vma=False,
    )
    return on_each(given, parts, chosen)
