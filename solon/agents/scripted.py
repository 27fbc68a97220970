"""Agents that do not learn."""

import math
from collections.abc import Mapping
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Int, Key, Shaped

from .._plain import plain
from ..environment import ACTION_MASK, Role
from ..errors import require
from ..policy import Policy
from ..spaces import Box, Space
from .distributions import sample_allowed

__all__ = ["ConstantPolicy", "RandomPolicy", "random_actions"]

Observation = dict[str, Shaped[Array, "..."]]

#: How many combinations of choices are made of one random word of 32 bits.
_FINEST = 2**16


class ConstantPolicy(Policy):
    """Always the same action.

    Args:
        role: what its members do.
        action: of all members, in the shape of the role's space; or a number, for all of its
            entries; or one action a member.

    Raises:
        ConfigurationError: if the role cannot do that.
    """

    action: Shaped[Array, "count ..."]

    def __init__(self, role: Role, action: Any):
        space = role.action
        whole = not (isinstance(space, Box) and space.kind == "float")
        low: Any = space.low if isinstance(space, Box) else 0
        high: Any = (
            space.high if isinstance(space, Box) else np.reshape(space.sizes, space.shape) - 1
        )
        shape = (role.count, *space.shape)
        try:
            found = np.asarray(plain(action))
        except ValueError:
            found = np.zeros((), object)
        numbers = found.dtype.kind in ("iu" if whole else "iuf")
        shaped = numbers and found.shape in ((), space.shape, shape)
        inside = shaped and bool(((found >= low) & (found <= high) & np.isfinite(found)).all())
        allowed = f"an action of {space}, for all members or for each of {role.count}"
        require(inside, "action", action, allowed)
        kind = jnp.zeros((), int if whole else float).dtype
        self.action = jnp.broadcast_to(jnp.asarray(found, kind), shape)

    def init(self, key: Key[Array, ""]) -> tuple[()]:
        return ()

    def act(
        self, memory: Any, observation: Observation, key: Key[Array, ""]
    ) -> tuple[Shaped[Array, "count ..."], Any]:
        return self.action, memory


class RandomPolicy(Policy):
    """Any allowed action, each as likely as the others; numbers uniformly from their range.

    Args:
        role: in which space its members act. A `Box` has to be bounded. Any number of them may.
    """

    space: Space = eqx.field(static=True)
    count: int = eqx.field(static=True)

    def __init__(self, role: Role):
        self.space, self.count = role.action, role.count
        if isinstance(self.space, Box):
            bounded = math.isfinite(self.space.low) and math.isfinite(self.space.high)
            require(bounded, "action", self.space, "a bounded Box")

    def init(self, key: Key[Array, ""]) -> tuple[()]:
        return ()

    def act(
        self, memory: Any, observation: Observation, key: Key[Array, ""]
    ) -> tuple[Shaped[Array, "count ..."], Any]:
        space, count = self.space, self.count
        if isinstance(space, Box):
            shape = (count, *space.shape)
            if space.kind == "float":
                return jax.random.uniform(key, shape, minval=space.low, maxval=space.high), memory
            low, high = int(space.low), int(space.high)
            return jax.random.randint(key, shape, low, high + 1), memory
        if ACTION_MASK in observation:
            uniform = jax.random.uniform(key, (count, len(space.sizes)))
            choices = sample_allowed(uniform, observation[ACTION_MASK], space.sizes)
        else:
            choices = _any_choices(key, count, space.sizes)
        return choices.reshape(count, *space.shape), memory


def _any_choices(
    key: Key[Array, ""], count: int, sizes: tuple[int, ...]
) -> Int[Array, "count subactions"]:
    """One choice of each sub-action, all as likely.

    Random words are what takes longest, so that several choices come of one: of a word as a share
    of 1, the whole part of `share * size` is a choice, and the rest is the share that the next one
    is made of. They are as likely to 1 in 65,536 at the worst.
    """
    largest = sorted(sizes, reverse=True)
    together = 1
    while together < len(sizes) and math.prod(largest[: together + 1]) <= _FINEST:
        together += 1
    if together == 1:
        uniform = jax.random.uniform(key, (count, len(sizes)))
        most = jnp.asarray(sizes, jnp.int32)[None]
        return jnp.minimum((uniform * most).astype(jnp.int32), most - 1)
    words = -(-len(sizes) // together)
    table = np.ones(words * together, np.uint32)
    table[: len(sizes)] = sizes
    share, choices = jax.random.bits(key, (count, words), jnp.uint32), []
    for size in table.reshape(1, words, together).transpose(2, 0, 1):
        # The upper half of a product of 32 bits, which has 64.
        upper = (share >> 16) * size + (((share & 0xFFFF) * size) >> 16)
        choices.append((upper >> 16).astype(jnp.int32))
        share = share * size
    return jnp.stack(choices, axis=2).reshape(count, -1)[:, : len(sizes)]


def random_actions(
    key: Key[Array, ""], roles: Mapping[str, Role], observation: Mapping[str, Observation]
) -> dict[str, Shaped[Array, "count ..."]]:
    """One allowed action for each member of each role, uniformly at random.

    Args:
        key: luck of the choices.
        roles: of the economy.
        observation: role -> field -> array with leading axis `count`.
    """
    keys = jax.random.split(key, len(roles))
    return {
        name: RandomPolicy(role).act((), observation[name], k)[0]
        for k, (name, role) in zip(keys, roles.items(), strict=True)
    }
