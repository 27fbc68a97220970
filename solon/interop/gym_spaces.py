"""Spaces of Gymnasium, which PettingZoo uses too, and arrays of NumPy that are in them."""

from collections.abc import Mapping
from typing import Any

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Shaped

from ..environment import Role
from ..spaces import Box, Discrete, MultiDiscrete, Space
from .libraries import library
from .members import Vector, seen_fields

__all__ = ["action_space", "in_space", "mask_space", "masks", "observation_space", "seen"]


def action_space(space: Space) -> Any:
    """A space of Gymnasium for one of Solon."""
    spaces = library("gymnasium.spaces")
    if isinstance(space, Discrete):
        return spaces.Discrete(space.n)
    if isinstance(space, MultiDiscrete):
        return spaces.MultiDiscrete(np.asarray(space.sizes))
    if space.kind == "boolean":
        return spaces.MultiBinary(space.shape)
    if space.kind == "float":
        return spaces.Box(space.low, space.high, space.shape, np.float32)
    limits = np.iinfo(np.int32)
    low, high = max(space.low, limits.min), min(space.high, limits.max)
    return spaces.Box(int(low), int(high), space.shape, np.int32)


def observation_space(role: Role, flat: bool) -> Any:
    """What a member sees, but for its mask.

    Args:
        role: of the member.
        flat: as one vector of numbers (`Vector`), rather than a space for each field.
    """
    spaces = library("gymnasium.spaces")
    if flat:
        low, high = Vector(role).bounds
        return spaces.Box(low, high, low.shape, np.float32)
    return spaces.Dict({name: action_space(each) for name, each in seen_fields(role).items()})


def mask_space(space: Space) -> Any:
    """What a mask is: an array of 0 and 1; of several choices at once, one such array for each."""
    spaces = library("gymnasium.spaces")
    assert not isinstance(space, Box)
    each = tuple(spaces.MultiBinary(size) for size in space.sizes)
    return each[0] if isinstance(space, Discrete) else spaces.Tuple(each)


def masks(space: Space, mask: Shaped[np.ndarray, "*copies choices"]) -> Any:
    """The same in `mask_space`, where `sample` of Gymnasium's spaces takes it."""
    assert not isinstance(space, Box)
    parts = tuple(np.split(np.asarray(mask, np.int8), np.cumsum(space.sizes)[:-1], axis=-1))
    return parts[0] if isinstance(space, Discrete) else parts


def in_space(space: Any, value: Any) -> Any:
    """Arrays of jax as arrays of NumPy of the types that a space of Gymnasium has.

    A single whole number is one of NumPy's.
    """
    if isinstance(value, Mapping):
        return {name: in_space(space[name], each) for name, each in value.items()}
    found = np.asarray(value).astype(space.dtype)
    return found[()] if found.shape == () and type(space).__name__ == "Discrete" else found


def seen(
    role: Role, observation: Mapping[str, Array], flat: bool, copies: int
) -> Array | dict[str, Array]:
    """What all members of a role see, but for their masks, with axes for copies and members."""
    if flat:
        return Vector(role).read(observation, copies)
    fields = {}
    for name, space in seen_fields(role).items():
        value = observation[name]
        if name in role.shared:
            value = jnp.broadcast_to(value[:, None], (copies, role.count, *space.shape))
        fields[name] = value
    return fields
