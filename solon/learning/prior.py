"""A prior over params, skills and layouts: each copy of an economy has a world of its own."""

import dataclasses
import json
import pathlib
import zlib
from collections.abc import Mapping
from typing import Any

import jax
import jax.numpy as jnp
from jaxtyping import Array, Key, PyTree, Shaped

from .._plain import is_number, plain, plain_fields
from ..environment import Environment, Given
from ..errors import ConfigurationError, did_you_mean, require, require_whole
from ..luck import worlds_key
from .distribution import Distribution
from .params import check_bounds, param_at, param_places, with_params
from .shown import ShownParams
from .skills import Skills, read_skills

__all__ = ["Prior"]

_DRAWN = ("params", "skills", "layouts")
_FIELDS = (*_DRAWN, "episodes_per_world", "shown")
_MOST_EPISODES = 1_000_000
_MOST_WEIGHT = 1e6


@dataclasses.dataclass(frozen=True)
class Prior:
    """Some of an economy's params, its skills and its layout are drawn for each of its copies.

    What is not drawn is the same in all copies. All draws are independent of one another. An array
    among the params has independent draws in its entries.

    Attributes:
        params: pairs of a param's place (names joined by dots) and its distribution.
        lasts: episodes for which a copy keeps its world. A policy with memory can learn it: what
            it remembers lasts as long (`Policy.begin`).
        shown: pairs of a role and the places of drawn params that its members see, in the economy
            that `view` gives. The others are told of none.
        skills: pairs of a name among `Environment.skill_ranges` and how these are drawn.
        layouts: of which a world has one, in the economy that `view` gives.
        weights: how likely each of them is; all are alike if left out.
        files: what the layouts are called, or the files that they are read from.

    Example:
        ```python
        Prior.of({"params": {"labor_cost": {"uniform": [0.8, 1.3]}}}, env)
        ```
    """

    params: tuple[tuple[str, Distribution], ...] = ()
    lasts: int = 1
    shown: tuple[tuple[str, tuple[str, ...]], ...] = ()
    skills: tuple[tuple[str, Skills], ...] = ()
    layouts: tuple[Any, ...] = ()
    weights: tuple[float, ...] = ()
    # The same map may lie in several places.
    files: tuple[str, ...] = dataclasses.field(default=(), compare=False)

    def __post_init__(self):
        plain_fields(self)
        require_whole("episodes_per_world", self.lasts, low=1, high=_MOST_EPISODES)

    @classmethod
    def of(cls, content: Any, env: Environment) -> "Prior":
        """A prior from what a file says, which is checked.

        Args:
            content: a mapping with one or more of `params`: place -> distribution, see
                `Distribution`; `skills`: see `read_skills`; `layouts`: a list of names and files,
                or a mapping from them to weights. If worlds last more than one episode,
                `episodes_per_world`; if roles see params that are drawn, `shown`: role -> list of
                places.
            env: the economy whose worlds are drawn, without what is `shown`.

        Raises:
            ConfigurationError: if the economy has nothing of the kind, or it does not suit it.
        """
        allowed = (
            "a mapping with params, skills or layouts, "
            "such as {params: {labor_cost: {uniform: [0.8, 1.3]}}}"
        )
        some = isinstance(content, Mapping) and any(name in content for name in _DRAWN)
        require(some, "prior", content, allowed)
        for field in content:
            known = ", ".join(_FIELDS)
            require(field in _FIELDS, "prior", field, f"{known}{did_you_mean(field, _FIELDS)}")
        params = content.get("params", {})
        some = isinstance(params, Mapping) and (len(params) > 0 or "params" not in content)
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
                allowed = f"a param that is drawn: {', '.join(params) or 'there is none'}"
                require(
                    isinstance(place, str) and place in params,
                    f"prior.shown.{role}",
                    place,
                    allowed,
                )
            pairs.append((role, tuple(dict.fromkeys(places))))
        skills = read_skills(content["skills"], env.skill_ranges()) if "skills" in content else ()
        files, weights = _layouts(content["layouts"]) if "layouts" in content else ((), ())
        prior = cls(drawn, lasts, tuple(pairs), skills, files, weights, files)
        try:
            viewed = prior.view(env)
        except ConfigurationError as error:
            raise error.renamed(f"prior.{error.argument}") from None
        if files:
            # As they are now: a file may change.
            prior = dataclasses.replace(prior, layouts=viewed.layout_choices())
        prior.check(viewed)
        return prior

    def view(self, env: Environment) -> Environment:
        """The economy on the prior's layouts, as it is seen if params are `shown`.

        Raises:
            ConfigurationError: if it has no such layouts, or nobody can be shown these.
        """
        env = env.with_layouts(self.layouts) if self.layouts else env
        return ShownParams(env, self.shown) if self.shown else env

    def check(self, env: Environment) -> None:
        """Raise `ConfigurationError` unless the economy has what is drawn."""
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
        ranges = env.skill_ranges()
        for name, skills in self.skills:
            require(name in ranges, "prior.skills", name, ", ".join(ranges) or "none")
            members, low, high = ranges[name]
            fits = skills.count == members
            require(fits, f"prior.skills.{name}", skills.count, f"skills of {members}")
            check_bounds(f"prior.skills.{name}", skills.plain(), skills.reach, (low, high))
        allowed = "those of the economy that Prior.view gives"
        fits = self.layouts in ((), env.layout_choices())
        require(fits, "prior.layouts", [*self.files], allowed)
        for role, places in self.shown:
            seen = env.roles[role].observation if role in env.roles else {}
            for place in places:
                allowed = "what the role sees, in the economy that Prior.view gives"
                require(place in seen, f"prior.shown.{role}", place, allowed)

    def content(self) -> dict[str, Any]:
        """What `of` takes, as values of JSON."""
        content: dict[str, Any] = {}
        if self.params:
            content["params"] = {place: one.plain() for place, one in self.params}
        if self.skills:
            content["skills"] = {name: one.plain() for name, one in self.skills}
        if self.files:
            weighed = dict(zip(self.files, self.weights, strict=True)) if self.weights else None
            content["layouts"] = weighed or [*self.files]
        if self.lasts > 1:
            content["episodes_per_world"] = self.lasts
        if self.shown:
            content["shown"] = {role: list(places) for role, places in self.shown}
        return content

    @property
    def label(self) -> str:
        """What tables and captions say of it: its content, wherever files lie."""
        files = tuple(pathlib.PurePath(file).name for file in self.files)
        return json.dumps(dataclasses.replace(self, files=files).content())

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

    def given(self, key: Key[Array, ""]) -> Given | None:
        """What else of one world is drawn; None where a prior draws nothing but params."""
        several = len(self.layouts) > 1
        if not self.skills and not several:
            return None

        def own(name: str) -> Key[Array, ""]:
            # No place of a param has a colon.
            return jax.random.fold_in(key, zlib.crc32(name.encode()))

        shares = jnp.asarray(self.weights, float) / sum(self.weights) if self.weights else None
        number = jax.random.choice(own("layout:"), len(self.layouts), p=shares) if several else None
        skills = {name: one.draw(own(f"skills:{name}")) for name, one in self.skills}
        return Given(skills, number)

    def settings(
        self, key: Key[Array, ""], params: PyTree[Array], count: int, purpose: str
    ) -> tuple[dict[str, Shaped[Array, "count ..."]], Given | None]:
        """What is drawn for many worlds: params by place, and what else is given.

        Args:
            key: luck of the worlds.
            params: of the economy.
            count: how many worlds.
            purpose: what they are for, a name of `solon.luck.WORLDS`. Under each, worlds are
                others, whatever the key.

        Returns:
            Both with a leading axis for the worlds.
        """
        keys = jax.random.split(worlds_key(key, purpose), count)
        return jax.vmap(self.values, in_axes=(0, None))(keys, params), jax.vmap(self.given)(keys)

    def worlds(
        self, key: Key[Array, ""], params: PyTree[Array], count: int, purpose: str
    ) -> dict[str, Shaped[Array, "count ..."]]:
        """The params of `settings` alone."""
        return self.settings(key, params, count, purpose)[0]


def _layouts(content: Any) -> tuple[tuple[str, ...], tuple[float, ...]]:
    """Names or files, and their weights where they have any."""
    content = plain(content)
    names = [*content] if isinstance(content, Mapping | list | tuple) else []
    proper = len(names) > 0 and all(isinstance(name, str) and name for name in names)
    allowed = "a list of names and map files, or a mapping from them to weights"
    require(proper, "prior.layouts", content, allowed)
    require(len({*names}) == len(names), "prior.layouts", names, "each layout once")
    if not isinstance(content, Mapping):
        return tuple(names), ()
    for name, weight in content.items():
        fits = is_number(weight) and 0 < weight <= _MOST_WEIGHT
        allowed = f"a weight above 0, at most {_MOST_WEIGHT:g}"
        require(fits, f"prior.layouts.{name}", weight, allowed)
    return tuple(names), tuple(float(weight) for weight in content.values())
