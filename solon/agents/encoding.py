"""Observations by name turned into the arrays that a network reads."""

import dataclasses
import itertools
import math
from collections.abc import Mapping

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Integer, Shaped

from ..environment import ACTION_MASK, KIND, Role
from ..errors import ConfigurationError, require
from ..spaces import Box, Discrete, MultiDiscrete, Space
from .distributions import BoxNormal, Distribution, MultiCategorical, in_box

__all__ = ["GROUPS", "OF_ALL", "OF_CRITIC", "Encoded", "Encoding", "Field", "Fields", "Parts"]

GROUPS = ("critic", "critic_shared", "shared")
"""Fields that are not a member's own: those of the critic, those that all see alike, and both. In
the order of their names, as jax puts them."""

OF_ALL = ("shared", "critic_shared")
"""The groups without an axis for members."""

OF_CRITIC = ("critic", "critic_shared")
"""The groups that the policy does not see."""

_MOST_CODES = 1024


class Parts(eqx.Module):
    """What is seen of some fields.

    Attributes:
        features: all fields of quantities, in the order of their names.
        codes: the fields of codes, each flattened, in the type they were observed in.
    """

    features: Float[Array, "*batch features"]
    codes: dict[str, Integer[Array, "*batch _"]]


class Encoded(eqx.Module):
    """Observations as a network reads them.

    Attributes:
        features: all fields of quantities, in the order of their names.
        codes: the fields of codes, each flattened, in the type they were observed in.
        mask: the choices of all sub-actions, one sub-action after the other; True where allowed.
            Of width 0 where numbers are chosen, and where all choices are always allowed: 100
            members who choose among 11 units of each of 10 goods have 11,000 of them.
        more: what else is seen, by the names of `GROUPS`, where there is any: by all members alike
            (without their axis), or by the critic alone.
    """

    features: Float[Array, "*batch features"]
    codes: dict[str, Integer[Array, "*batch _"]]
    mask: Bool[Array, "*batch choices"]
    more: dict[str, Parts] = eqx.field(default_factory=dict)

    def of_actor(self) -> "Encoded":
        """The same without what the critic alone sees."""
        more = {name: parts for name, parts in self.more.items() if name not in OF_CRITIC}
        return dataclasses.replace(self, more=more)


@dataclasses.dataclass(frozen=True)
class Field:
    """A field of an observation: codes from 0 to `codes - 1`, or quantities if that is 0.

    Attributes:
        name: of what is read.
        shape: of what one member sees.
        codes: how many there are.
        source: the field of the observation that it is read from, if it has another name: that of
            each member, for a critic that sees what all of them see.
    """

    name: str
    shape: tuple[int, ...]
    codes: int = 0
    source: str = ""

    @property
    def size(self) -> int:
        """How many entries one member sees."""
        return math.prod(self.shape)

    def read(self, observation: Mapping[str, Shaped[Array, "..."]]) -> Shaped[Array, "..."]:
        """It, as it was observed."""
        return observation[self.source or self.name]


@dataclasses.dataclass(frozen=True)
class Fields:
    """Some fields of an observation.

    Attributes:
        features: those of quantities, by name.
        codes: those of codes, by name.
    """

    features: tuple[Field, ...] = ()
    codes: tuple[Field, ...] = ()

    @property
    def width(self) -> int:
        """The number of features."""
        return sum(field.size for field in self.features)

    def encode(
        self, observation: Mapping[str, Shaped[Array, "..."]], batch: tuple[int, ...]
    ) -> Parts:
        """What is seen of these fields, in arrays with the axes `batch` in front."""
        dtype = jnp.zeros(()).dtype
        features = [
            field.read(observation).reshape(*batch, field.size).astype(dtype)
            for field in self.features
        ]
        return Parts(
            features=jnp.concatenate(features, axis=-1) if features else jnp.zeros((*batch, 0)),
            codes={f.name: f.read(observation).reshape(*batch, f.size) for f in self.codes},
        )


@dataclasses.dataclass(frozen=True)
class Encoding:
    """How observations of a role become arrays, and arrays its actions.

    Attributes:
        features: a member's own fields of quantities, by name.
        codes: its own fields of codes, by name.
        masked: whether the role is told which choices have an effect.
        action: what a member chooses: discrete choices, or numbers.
        more: pairs of a name of `GROUPS` and its fields, where there are any.
        members: how many there are, if nothing else tells: a role may have no fields of its own.
    """

    features: tuple[Field, ...]
    codes: tuple[Field, ...]
    masked: bool
    action: Space
    more: tuple[tuple[str, Fields], ...] = ()
    members: int | None = None

    @classmethod
    def of(cls, name: str, role: Role, *, critic_sees_all: bool = False) -> "Encoding":
        """The encoding of a role.

        Args:
            name: the role's name, for messages.
            role: its spaces. Integers which run from 0 to a number below 1,024 are taken for
                codes without an order, other integers for quantities.
            critic_sees_all: whether the critic of each member sees what all of them see. The
                numbers are kept once for all members.

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
        found: dict[str, tuple[list[Field], list[Field]]] = {}
        for field, space in sorted(role.observation.items()):
            where = f"observation of {name}, field {field}"
            group = _group(field, role)
            own = group == "" or field not in (ACTION_MASK, KIND)
            require(own, where, group, "a field of each member, which its policy sees")
            features, codes = found.setdefault(group, ([], []))
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
        if critic_sees_all:
            everybodys = tuple(
                [_of_all_members(field, role.count) for field in fields]
                for fields in found.get("", ((), ()))
            )
            shared = found.setdefault("critic_shared", ([], []))
            for fields, more in zip(shared, everybodys, strict=True):
                fields.extend(more)
        whole = {group: Fields(*map(tuple, both)) for group, both in found.items()}
        seen = whole.pop("", Fields())
        masked = ACTION_MASK in role.observation
        own = bool(seen.features or seen.codes or masked)
        return cls(
            features=seen.features,
            codes=seen.codes,
            masked=masked,
            action=action,
            more=tuple((group, whole[group]) for group in GROUPS if group in whole),
            members=None if own else role.count,
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
        self, outputs: Float[Array, "*batch outputs"], mask: Bool[Array, "*batch _"]
    ) -> Distribution:
        """The distribution over choices that a policy head describes, under `Encoded.mask`."""
        if isinstance(self.action, Box):
            return BoxNormal(outputs, self.action.low, self.action.high)
        if not self.masked:
            mask = jnp.ones(outputs.shape, bool)
        return MultiCategorical(outputs, mask, self.sizes)

    @property
    def width(self) -> int:
        """The number of features, of all groups."""
        return sum(fields.width for _, fields in self.groups)

    @property
    def groups(self) -> tuple[tuple[str, Fields], ...]:
        """All fields by group, a member's own first, under no name."""
        return (("", Fields(self.features, self.codes)), *self.more)

    @property
    def of_actor(self) -> "Encoding":
        """The same without what the critic alone sees."""
        more = tuple((name, fields) for name, fields in self.more if name not in OF_CRITIC)
        return dataclasses.replace(self, more=more)

    def places(self) -> dict[str, slice]:
        """Where the features of each group stand among all features."""
        ends = itertools.accumulate(fields.width for _, fields in self.groups)
        return {
            name: slice(end - fields.width, end)
            for end, (name, fields) in zip(ends, self.groups, strict=True)
        }

    def encode(self, observation: Mapping[str, Shaped[Array, "..."]]) -> Encoded:
        """Encode the observations of many members.

        Args:
            observation: by field, with any leading axes, the same ones in each field; those that
                all members see alike without the last of these axes.
        """
        batch = self._batch(observation)
        parts = {
            name: fields.encode(observation, batch[:-1] if name in OF_ALL else batch)
            for name, fields in self.groups
        }
        own = parts.pop("")
        mask = observation[ACTION_MASK] if self.masked else jnp.ones((*batch, 0), bool)
        return Encoded(features=own.features, codes=own.codes, mask=mask, more=parts)

    def decode(self, choices: Shaped[Array, "*batch subactions"]) -> Shaped[Array, "..."]:
        """The array that the economy takes as the action."""
        if isinstance(self.action, Box):
            numbers = in_box(choices, self.action.low, self.action.high)
            return numbers.reshape(*choices.shape[:-1], *self.action.shape)
        return choices[..., 0] if isinstance(self.action, Discrete) else choices

    def _batch(self, observation: Mapping[str, Shaped[Array, "..."]]) -> tuple[int, ...]:
        fields = (*self.features, *self.codes)
        if self.members is not None:
            # Nothing tells of the members but how many they are.
            group, seen = self.more[0]
            field = (*seen.features, *seen.codes)[0]
            shape = field.read(observation).shape
            lead = shape[: len(shape) - len(field.shape)]
            return (*lead, self.members) if group in OF_ALL else lead
        name, rank = (fields[0].name, len(fields[0].shape)) if fields else (ACTION_MASK, 1)
        shape = observation[name].shape
        return shape[: len(shape) - rank]


def _group(field: str, role: Role) -> str:
    """To which of `GROUPS` a field belongs; no name for a member's own."""
    names = (["critic"] if field in role.critic else []) + (
        ["shared"] if field in role.shared else []
    )
    return "_".join(names)


def _of_all_members(field: Field, count: int) -> Field:
    return Field(f"{field.name} of all", (count, *field.shape), field.codes, field.name)


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
