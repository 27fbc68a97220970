"""A prior over params: each copy of an economy has a world of its own."""

import dataclasses
import zlib
from collections.abc import Mapping
from typing import Any

import jax
import jax.numpy as jnp
from jaxtyping import Array, Key, PyTree, Shaped

from .._plain import plain_fields
from ..environment import Environment
from ..errors import ConfigurationError, did_you_mean, require, require_whole
from ..luck import worlds_key
from .distribution import Distribution
from .params import check_bounds, param_at, param_places, with_params
from .shown import ShownParams

__all__ = ["Prior"]

_FIELDS = ("params", "episodes_per_world", "shown")
_MOST_EPISODES = 1_000_000


@dataclasses.dataclass(frozen=True)
class Prior:
    """Some params of an economy are drawn, independently of one another, for each of its copies.

    What is not drawn is the same in all copies. An array among the params has independent draws in
    its entries.

    Attributes:
        params: pairs of a param's place (names joined by dots) and its distribution.
        lasts: episodes for which a copy keeps its world. A policy with memory can learn it: what
            it remembers lasts as long (`Policy.begin`).
        shown: pairs of a role and the places of drawn params that its members see, in the economy
            that `view` gives. The others are told of none.

    Example:
        ```python
        Prior.of({"params": {"labor_cost": {"uniform": [0.8, 1.3]}}}, env)
        ```
    """

    params: tuple[tuple[str, Distribution], ...] = ()
    lasts: int = 1
    shown: tuple[tuple[str, tuple[str, ...]], ...] = ()

    def __post_init__(self):
        plain_fields(self)
        require_whole("episodes_per_world", self.lasts, low=1, high=_MOST_EPISODES)

    @classmethod
    def of(cls, content: Any, env: Environment) -> "Prior":
        """A prior from what a file says, which is checked.

        Args:
            content: a mapping with `params`: place -> distribution, see `Distribution`; if worlds
                last more than one episode, `episodes_per_world`; if roles see what is drawn,
                `shown`: role -> list of places.
            env: the economy whose params are drawn, without what is `shown`.

        Raises:
            ConfigurationError: if there is no such param, or a distribution does not suit it.
        """
        allowed = "a mapping with params, such as {params: {labor_cost: {uniform: [0.8, 1.3]}}}"
        require(isinstance(content, Mapping) and "params" in content, "prior", content, allowed)
        for field in content:
            known = ", ".join(_FIELDS)
            require(field in _FIELDS, "prior", field, f"{known}{did_you_mean(field, _FIELDS)}")
        params = content["params"]
        some = isinstance(params, Mapping) and len(params) > 0
        require(some, "prior.params", params, "a mapping from params of the economy")
        for place in params:
            require(isinstance(place, str), "prior.params", place, "a param of the economy")
        drawn = tuple(
            (place, Distribution.of(one, f"prior.{place}")) for place, one in params.items()
        )
        lasts = content.get("episodes_per_world", 1)
        lasts = require_whole("prior.episodes_per_world", lasts, low=1, high=_MOST_EPISODES)
        shown = content.get("shown", {})
        require(isinstance(shown, Mapping), "prior.shown", shown, "a mapping from roles to params")
        pairs = []
        for role, places in shown.items():
            places = [places] if isinstance(places, str) else places
            require(isinstance(places, list | tuple), f"prior.shown.{role}", places, "a list")
            for place in places:
                allowed = f"a param that is drawn: {', '.join(params)}"
                require(
                    isinstance(place, str) and place in params,
                    f"prior.shown.{role}",
                    place,
                    allowed,
                )
            pairs.append((role, tuple(dict.fromkeys(places))))
        prior = cls(drawn, lasts, tuple(pairs))
        try:
            viewed = prior.view(env)
        except ConfigurationError as error:
            raise error.renamed(f"prior.{error.argument}") from None
        prior.check(viewed)
        return prior

    def view(self, env: Environment) -> Environment:
        """The economy as it is seen: itself, unless params are `shown`.

        Raises:
            ConfigurationError: if nobody can be shown these.
        """
        return ShownParams(env, self.shown) if self.shown else env

    def check(self, env: Environment) -> None:
        """Raise `ConfigurationError` unless the economy has these params."""
        params = env.default_params()
        for place, distribution in self.params:
            try:
                leaf = param_at(params, place)
            except KeyError:
                allowed = "a param of the economy, names joined by dots"
                close = did_you_mean(place, param_places(params))
                require(False, "prior.params", place, f"{allowed}{close}")
            number = getattr(leaf, "dtype", None)
            real = number is not None and jnp.issubdtype(number, jnp.floating)
            counts = number is not None and jnp.issubdtype(number, jnp.integer)
            allowed = "a param that is a number or an array of numbers"
            require(real or counts, "prior.params", place, allowed)
            allowed = "constant or choice of whole numbers up to 16777216, as the param is one"
            whole = real or distribution.whole
            require(whole, f"prior.{place}", distribution.plain(), allowed)
            limits = env.param_bounds().get(place)
            check_bounds(f"prior.{place}", distribution.plain(), distribution.reach, limits)
        for role, places in self.shown:
            seen = env.roles[role].observation if role in env.roles else {}
            for place in places:
                allowed = "what the role sees, in the economy that Prior.view gives"
                require(place in seen, f"prior.shown.{role}", place, allowed)

    def content(self) -> dict[str, Any]:
        """What `of` takes, as values of JSON."""
        content: dict[str, Any] = {"params": {place: one.plain() for place, one in self.params}}
        if self.lasts > 1:
            content["episodes_per_world"] = self.lasts
        if self.shown:
            content["shown"] = {role: list(places) for role, places in self.shown}
        return content

    def draw(self, key: Key[Array, ""], params: PyTree[Array]) -> PyTree[Array]:
        """The params of one world.

        Args:
            key: luck of the world. A param's draw depends on nothing but the key and its place.
            params: of the economy, for whatever is not drawn.
        """
        return with_params(params, self.values(key, params))

    def values(self, key: Key[Array, ""], params: PyTree[Array]) -> dict[str, Shaped[Array, "..."]]:
        """What is drawn for one world, by place."""
        result = {}
        for place, distribution in self.params:
            leaf = jnp.asarray(param_at(params, place))
            own = jax.random.fold_in(key, zlib.crc32(place.encode()))
            result[place] = distribution.draw(own, leaf.shape).astype(leaf.dtype)
        return result

    def worlds(
        self, key: Key[Array, ""], params: PyTree[Array], count: int, purpose: str
    ) -> dict[str, Shaped[Array, "count ..."]]:
        """What is drawn for many worlds, by place.

        Args:
            key: luck of the worlds.
            params: of the economy.
            count: how many worlds.
            purpose: what they are for, a name of `solon.luck.WORLDS`. Under each, worlds are
                others, whatever the key.
        """
        keys = jax.random.split(worlds_key(key, purpose), count)
        return jax.vmap(self.values, in_axes=(0, None))(keys, params)
