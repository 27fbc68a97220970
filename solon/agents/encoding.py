"""Observations by name turned into the arrays that a network reads."""

import dataclasses
import math
from collections.abc import Mapping

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Integer, Shaped

from ..environment import ACTION_MASK, Role
from ..errors import ConfigurationError, require
from ..spaces import Box, Discrete, MultiDiscrete, Space
from .distributions import BoxNormal, Distribution, MultiCategorical, in_box

__all__ = ["Encoded", "Encoding", "Field"]

_MOST_CODES = 1024


class Encoded(eqx.Module):
    """Observations as a network reads them.

    Attributes:
        features: all fields of quantities, in the order of their names.
        codes: the fields of codes, each flattened, in the type they were observed in.
        mask: the choices of all sub-actions, one sub-action after the other; True where allowed.
            Of width 0 where numbers are chosen.
    """

    features: Float[Array, "*batch features"]
    codes: dict[str, Integer[Array, "*batch _"]]
    mask: Bool[Array, "*batch choices"]


@dataclasses.dataclass(frozen=True)
class Field:
    """A field of an observation: codes from 0 to `codes - 1`, or quantities if that is 0."""

    name: str
    shape: tuple[int, ...]
    codes: int = 0

    @property
    def size(self) -> int:
        """How many entries one member sees."""
        return math.prod(self.shape)


@dataclasses.dataclass(frozen=True)
class Encoding:
    """How observations of a role become arrays, and arrays its actions.

    Attributes:
        features: the fields of quantities, by name.
        codes: the fields of codes, by name.
        masked: whether the role is told which choices have an effect.
        action: what a member chooses: discrete choices, or numbers.
    """

    features: tuple[Field, ...]
    codes: tuple[Field, ...]
    masked: bool
    action: Space

    @classmethod
    def of(cls, name: str, role: Role) -> "Encoding":
        """The encoding of a role.

        Args:
            name: the role's name, for messages.
            role: its spaces. Integers which run from 0 to a number below 1,024 are taken for
                codes without an order, other integers for quantities.

        Raises:
            ConfigurationError: if the action is neither made of discrete choices nor of real
                numbers, or a field cannot be encoded.
        """
        action = role.action
        if isinstance(action, Box):
            real = action.kind == "float" and math.prod(action.shape) >= 1
            bounds = math.isfinite(action.low) == math.isfinite(action.high)
            allowed = "a Box of real numbers with two finite bounds or none, for a role that learns"
            require(
                real and bounds and action.low < action.high, f"action of {name}", action, allowed
            )
        require(len(role.observation) > 0, f"observation of {name}", {}, "at least one field")
        features, codes = [], []
        for field, space in sorted(role.observation.items()):
            where = f"observation of {name}, field {field}"
            if field == ACTION_MASK:
                discrete = not isinstance(action, Box)
                require(discrete, where, space, "none, as real numbers are not masked")
                choices = sum(_sizes(action))
                require(
                    space.shape == (choices,), where, space, f"{choices} booleans, one a choice"
                )
            elif count := _count_codes(where, space):
                codes.append(Field(field, space.shape, count))
            else:
                features.append(Field(field, space.shape))
        return cls(
            features=tuple(features),
            codes=tuple(codes),
            masked=ACTION_MASK in role.observation,
            action=action,
        )

    @property
    def sizes(self) -> tuple[int, ...]:
        """How many choices each sub-action has; none where numbers are chosen."""
        return _sizes(self.action)

    @property
    def outputs(self) -> int:
        """What a policy head says: a logit a choice, or a mean and a log deviation a number."""
        if isinstance(self.action, Box):
            return 2 * math.prod(self.action.shape)
        return sum(self.sizes)

    def distribution(
        self, outputs: Float[Array, "*batch outputs"], mask: Bool[Array, "*batch choices"]
    ) -> Distribution:
        """The distribution over choices that a policy head describes."""
        if isinstance(self.action, Box):
            return BoxNormal(outputs, self.action.low, self.action.high)
        return MultiCategorical(outputs, mask, self.sizes)

    @property
    def width(self) -> int:
        """The number of features."""
        return sum(field.size for field in self.features)

    def encode(self, observation: Mapping[str, Shaped[Array, "..."]]) -> Encoded:
        """Encode the observations of many members.

        Args:
            observation: by field, with any leading axes, the same ones in each field.
        """
        batch = self._batch(observation)
        dtype = jnp.zeros(()).dtype
        features = [
            observation[field.name].reshape(*batch, field.size).astype(dtype)
            for field in self.features
        ]
        mask = (
            observation[ACTION_MASK] if self.masked else jnp.ones((*batch, sum(self.sizes)), bool)
        )
        return Encoded(
            features=jnp.concatenate(features, axis=-1) if features else jnp.zeros((*batch, 0)),
            codes={f.name: observation[f.name].reshape(*batch, f.size) for f in self.codes},
            mask=mask,
        )

    def decode(self, choices: Shaped[Array, "*batch subactions"]) -> Shaped[Array, "..."]:
        """The array that the economy takes as the action."""
        if isinstance(self.action, Box):
            numbers = in_box(choices, self.action.low, self.action.high)
            return numbers.reshape(*choices.shape[:-1], *self.action.shape)
        return choices[..., 0] if isinstance(self.action, Discrete) else choices

    def _batch(self, observation: Mapping[str, Shaped[Array, "..."]]) -> tuple[int, ...]:
        fields = (*self.features, *self.codes)
        name, rank = (fields[0].name, len(fields[0].shape)) if fields else (ACTION_MASK, 1)
        shape = observation[name].shape
        return shape[: len(shape) - rank]


def _sizes(action: Space) -> tuple[int, ...]:
    return () if isinstance(action, Box) else action.sizes


def _count_codes(where: str, space: Space) -> int:
    """How many codes a field distinguishes, or 0 if it holds quantities."""
    if isinstance(space, Discrete):
        return space.n
    if isinstance(space, MultiDiscrete):
        raise ConfigurationError(where, space, "a Box, or one Discrete choice")
    coded = space.kind == "integer" and space.low == 0 and space.high < _MOST_CODES
    return int(space.high) + 1 if coded else 0
