"""Skills that a prior draws: a number for each of those who live in a world."""

import dataclasses
import itertools
from collections.abc import Mapping
from typing import Any

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Key

from .._plain import is_number, plain
from ..environment import SkillRange
from ..errors import ConfigurationError, did_you_mean, require
from .distribution import KINDS, Distribution
from .params import check_bounds

__all__ = ["Skills", "read_skills"]


@dataclasses.dataclass(frozen=True)
class Skills:
    """How the skills of a world are drawn: one of some vectors, or each from a distribution.

    Attributes:
        count: how many members have one.
        vectors: each a number a member; they are all as likely. Nothing for a distribution.
        kind: of the distribution, see `Distribution`.
        numbers: that describe it, each drawn once a world.
    """

    count: int
    vectors: tuple[tuple[float, ...], ...] = ()
    kind: str = ""
    numbers: tuple[Distribution, ...] = ()

    @classmethod
    def of(cls, content: Any, argument: str, allowed: SkillRange) -> "Skills":
        """From what a file says.

        Args:
            content: a vector; `{"choice": [vector, ...]}`; or a distribution, whose numbers may
                be distributions of their own.
            argument: what the user knows it as, for errors.
            allowed: how many skills there are, and within which bounds.

        Raises:
            ConfigurationError: if it is none of these, or does not fit.
        """
        content = plain(content)
        if isinstance(content, list | tuple):
            return cls(allowed.members, (_vector(content, argument, allowed),))
        one = isinstance(content, Mapping) and len(content) == 1
        words = (
            f"{allowed.members} numbers, one each, or one of {', '.join(KINDS)} with its numbers"
        )
        require(one, argument, content, words)
        kind, given = next(iter(content.items()))
        require(kind in KINDS, argument, kind, f"{words}{did_you_mean(kind, KINDS)}")
        given = given if isinstance(given, list | tuple) else [given]
        argument = f"{argument}.{kind}"
        if kind == "choice" and any(isinstance(each, list | tuple) for each in given):
            vectors = tuple(_vector(each, argument, allowed) for each in given)
            return cls(allowed.members, vectors)
        numbers = tuple(Distribution.of(each, f"{argument}[{i}]") for i, each in enumerate(given))
        skills = cls(allowed.members, (), kind, numbers)
        for corner in skills._corners():
            problem = KINDS[kind].problem(corner)
            if problem is not None:
                raise ConfigurationError(argument, given, problem)
        check_bounds(argument, given, skills.reach, (allowed.low, allowed.high))
        return skills

    def draw(self, key: Key[Array, ""]) -> Float[Array, " count"]:
        """Those of one world."""
        number_key, own_key = jax.random.split(key)
        if self.vectors:
            number = jax.random.randint(number_key, (), 0, len(self.vectors))
            return jnp.asarray(self.vectors, float)[number]
        keys = jax.random.split(number_key, len(self.numbers))
        numbers: tuple[Any, ...] = tuple(
            one.numbers[0] if one.kind == "constant" else one.draw(own)
            for one, own in zip(self.numbers, keys, strict=True)
        )
        return KINDS[self.kind].draw(own_key, (self.count,), numbers)

    @property
    def reach(self) -> tuple[float, float]:
        """The lowest and the highest skill."""
        if self.vectors:
            entries = [skill for vector in self.vectors for skill in vector]
            return min(entries), max(entries)
        ends = [Distribution(self.kind, corner).reach for corner in self._corners()]
        return min(low for low, _ in ends), max(high for _, high in ends)

    def plain(self) -> Any:
        """What `of` takes, as a value of JSON."""
        if self.vectors:
            vectors = [list(vector) for vector in self.vectors]
            return vectors[0] if len(vectors) == 1 else {"choice": vectors}
        numbers = [
            one.numbers[0] if one.kind == "constant" else one.plain() for one in self.numbers
        ]
        return {self.kind: numbers[0] if self.kind == "constant" else numbers}

    def _corners(self) -> list[tuple[float, ...]]:
        """Lowest and highest values of the numbers: what suits them all suits whatever is drawn."""
        ends = [one.numbers * 2 if one.kind == "constant" else one.reach for one in self.numbers]
        # Numbers of a choice have nothing to do with one another.
        return [*zip(*ends, strict=True)] if len(ends) > 2 else [*itertools.product(*ends)]


def read_skills(content: Any, ranges: Mapping[str, SkillRange]) -> tuple[tuple[str, Skills], ...]:
    """The skills that a prior's file sets, as pairs of a name and how they are drawn.

    Args:
        content: a mapping from names to what `Skills.of` takes; or that alone, where the economy
            has skills of one name.
        ranges: `Environment.skill_ranges`.

    Raises:
        ConfigurationError: if the economy has no such skills, or they do not suit it.
    """
    argument = "prior.skills"
    require(bool(ranges), argument, content, "none, as this economy has no skills that can be set")
    names = ", ".join(ranges)
    named = isinstance(content, Mapping) and not (len(content) == 1 and set(content) <= set(KINDS))
    if not named:
        (name, *others) = ranges
        allowed = f"skills by name ({names}), such as {{{name}: {{uniform: [10, 20]}}}}"
        require(not others, argument, content, allowed)
        return ((name, Skills.of(content, argument, ranges[name])),)
    require(len(content) > 0, argument, content, f"a mapping from some of {names}")
    for name in content:
        close = did_you_mean(name, [*ranges, *KINDS])
        require(name in ranges, argument, name, f"{names}, or one distribution for all{close}")
    return tuple(
        (name, Skills.of(each, f"{argument}.{name}", ranges[name]))
        for name, each in content.items()
    )


def _vector(content: Any, argument: str, allowed: SkillRange) -> tuple[float, ...]:
    words = f"{allowed.members} numbers, one each"
    fits = isinstance(content, list | tuple) and all(is_number(skill) for skill in content)
    require(fits, argument, content, words)
    shown = content if len(content) <= 10 else f"{len(content)} numbers"
    require(len(content) == allowed.members, argument, shown, words)
    check_bounds(argument, shown, (min(content), max(content)), (allowed.low, allowed.high))
    return tuple(float(skill) for skill in content)
