"""Observations by name turned into the arrays that a network reads."""

import dataclasses
import math
from collections.abc import Mapping

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Integer, Shaped

from ..environment import ACTION_MASK, Role
from ..errors import ConfigurationError, require
from ..spaces import Discrete, MultiDiscrete, Space

__all__ = ["Encoded", "Encoding", "Field"]

_MOST_CODES = 1024


class Encoded(eqx.Module):
    """Observations as a network reads them.

    Attributes:
        features: all fields of quantities, in the order of their names.
        codes: the fields of codes, each flattened, in the type they were observed in.
        mask: the choices of all sub-actions, one sub-action after the other; True where allowed.
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
        sizes: how many choices each sub-action has.
        single: the action is one `Discrete` choice, an array without an axis for sub-actions.
    """

    features: tuple[Field, ...]
    codes: tuple[Field, ...]
    masked: bool
    sizes: tuple[int, ...]
    single: bool

    @classmethod
    def of(cls, name: str, role: Role) -> "Encoding":
        """The encoding of a role.

        Args:
            name: the role's name, for messages.
            role: its spaces. Integers which run from 0 to a number below 1,024 are taken for
                codes without an order, other integers for quantities.

        Raises:
            ConfigurationError: if the action is not made of discrete choices or a field cannot
                be encoded.
        """
        action = role.action
        if not isinstance(action, Discrete | MultiDiscrete):
            allowed = "Discrete or MultiDiscrete for a role that learns"
            raise ConfigurationError(f"action of {name}", action, allowed)
        require(len(role.observation) > 0, f"observation of {name}", {}, "at least one field")
        features, codes = [], []
        for field, space in sorted(role.observation.items()):
            where = f"observation of {name}, field {field}"
            if field == ACTION_MASK:
                choices = sum(action.sizes)
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
            sizes=action.sizes,
            single=isinstance(action, Discrete),
        )

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

    def decode(self, choices: Integer[Array, "*batch subactions"]) -> Integer[Array, "..."]:
        """The array that the economy takes as the action."""
        return choices[..., 0] if self.single else choices

    def _batch(self, observation: Mapping[str, Shaped[Array, "..."]]) -> tuple[int, ...]:
        fields = (*self.features, *self.codes)
        name, rank = (fields[0].name, len(fields[0].shape)) if fields else (ACTION_MASK, 1)
        shape = observation[name].shape
        return shape[: len(shape) - rank]


def _count_codes(where: str, space: Space) -> int:
    """How many codes a field distinguishes, or 0 if it holds quantities."""
    if isinstance(space, Discrete):
        return space.n
    if isinstance(space, MultiDiscrete):
        raise ConfigurationError(where, space, "a Box, or one Discrete choice")
    coded = space.kind == "integer" and space.low == 0 and space.high < _MOST_CODES
    return int(space.high) + 1 if coded else 0
