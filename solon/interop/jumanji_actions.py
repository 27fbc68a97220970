"""What players of a Jumanji game choose, what of it is allowed, and what Jumanji makes of it."""

import dataclasses
import math
from typing import Any, Literal

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Shaped

from ..environment import ACTION_MASK
from ..errors import require
from ..luck import key_of
from ..spaces import Discrete, MultiDiscrete, Space
from .games import scaled

__all__ = ["Choices"]

_MOST_JOINT = 100_000
"""Choices into which several are joined where a mask is of all of them together."""


@dataclasses.dataclass(frozen=True)
class Choices:
    """The actions of a game.

    Attributes:
        game: Jumanji's environment.
        sizes: how many values each entry of Jumanji's action has; None where it is real numbers.
        mask: what Jumanji's mask is of: the `one` choice there is, `each` of several by itself,
            all of them in a `joint` array; or there is `none` that a role can have.
    """

    game: Any
    sizes: tuple[int, ...] | None
    mask: Literal["one", "each", "joint", "none"]

    @classmethod
    def of(cls, game: Any, name: str) -> "Choices":
        """Those of a game.

        Args:
            game: Jumanji's environment.
            name: what the user knows it as, for errors.

        Raises:
            ConfigurationError: if choices are not numbered from 0.
        """
        spec = game.action_spec
        if not np.issubdtype(np.dtype(spec.dtype), np.integer):
            return cls(game, None, "none")
        lowest = np.broadcast_to(np.asarray(spec.minimum), spec.shape)
        require(not lowest.any(), "economy", name, "a game whose choices are numbered from 0")
        highest = np.broadcast_to(np.asarray(spec.maximum, np.int64), spec.shape)
        sizes = tuple(int(size) + 1 for size in highest.ravel())
        shown = jax.eval_shape(lambda key: game.reset(key)[1].observation, key_of(0))
        mask = getattr(shown, ACTION_MASK, None)
        shape = None if mask is None else tuple(mask.shape)
        if shape == sizes and len(sizes) == 1:
            return cls(game, sizes, "one")
        if shape == sizes and game.reward_spec.shape == () and math.prod(sizes) <= _MOST_JOINT:
            return cls(game, sizes, "joint")
        if shape == (len(sizes), sizes[0]) and len(set(sizes)) == 1:
            return cls(game, sizes, "each")
        return cls(game, sizes, "none")

    @property
    def players(self) -> int:
        """How many are paid apart."""
        return math.prod(self.game.reward_spec.shape)

    @property
    def _own(self) -> tuple[int, ...]:
        """The shape of what one of them chooses."""
        spec = self.game.action_spec
        return tuple(spec.shape if self.game.reward_spec.shape == () else spec.shape[1:])

    @property
    def space(self) -> Space:
        """What one of them chooses."""
        spec, sizes = self.game.action_spec, self.sizes
        if sizes is None:
            return scaled(self._own, spec.minimum, spec.maximum)[0]
        if self.mask == "joint":
            return Discrete(math.prod(sizes))
        if self._own == ():
            return Discrete(sizes[0])
        return MultiDiscrete(sizes[: math.prod(self._own)])

    @property
    def mask_shape(self) -> tuple[int, ...] | None:
        """The shape of the mask of one of them; None where there is none."""
        space = self.space
        if self.mask == "none" or not isinstance(space, Discrete | MultiDiscrete):
            return None
        return (sum(space.sizes),)

    def masks(self, observation: Any) -> Bool[Array, "players choices"]:
        """What is allowed to each. Where Jumanji allows nothing, anything is: it ends the game."""
        space = self.space
        assert isinstance(space, Discrete | MultiDiscrete)
        mask = jnp.asarray(observation.action_mask, bool).reshape(self.players, sum(space.sizes))
        parts = jnp.split(mask, np.cumsum(space.sizes)[:-1], axis=-1)
        free = [part | ~jnp.any(part, axis=-1, keepdims=True) for part in parts]
        return jnp.concatenate(free, axis=-1)

    def theirs(self, actions: Shaped[Array, "players ..."]) -> Shaped[Array, "..."]:
        """Jumanji's action, of those of all players."""
        spec = self.game.action_spec
        if self.sizes is None:
            numbers = scaled(spec.shape, spec.minimum, spec.maximum)[1]
            chosen = actions.reshape(spec.shape)
            return (chosen if numbers is None else numbers(chosen)).astype(spec.dtype)
        if self.mask == "joint":
            actions = jnp.stack(jnp.unravel_index(actions[0], self.sizes))
        return actions.reshape(spec.shape).astype(spec.dtype)
