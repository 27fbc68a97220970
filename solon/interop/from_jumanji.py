"""Environments of Jumanji as economies with one player, or several that are paid apart."""

import dataclasses
import functools
import importlib.metadata
import inspect
from collections.abc import Mapping
from typing import Any, ClassVar

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Int, Key, PyTree

from .._plain import plain_fields
from ..environment import ACTION_MASK, Environment, Role, TimeStep
from ..errors import ConfigurationError, require_whole
from ..luck import key_of
from ..spaces import Box, Discrete, Space
from .games import ROLE, array_box, as_typed, fields_of, known_name, types_of
from .jumanji_actions import Choices
from .libraries import library

__all__ = ["JumanjiEconomy", "jumanji_economy"]

_LIMIT = "time_limit"


class State(eqx.Module):
    """A game of Jumanji between two steps.

    Attributes:
        game: Jumanji's own state.
        step: how many steps led to it.
    """

    game: PyTree[Array]
    step: Int[Array, ""]


@dataclasses.dataclass(frozen=True)
class JumanjiEconomy(Environment):
    """An environment that Jumanji has registered, played by the members of one role, `player`.

    There is one player, unless rewards are paid to several. Several see all that Jumanji shows and
    which of them they are (`self`). Where a mask is of several choices together, they are one
    choice. The last step of an episode is a truncation if Jumanji discounts what would follow by
    more than 0, or if only the horizon ends it; otherwise it is an end of the game.

    Attributes:
        environment: its name, such as `Snake-v1`.
        horizon: steps after which an episode is cut off.
        options: what Jumanji makes it with, by name.
    """

    name: ClassVar[str] = "jumanji"

    environment: str
    horizon: int = 1_000
    options: tuple[tuple[str, Any], ...] = ()

    def __post_init__(self) -> None:
        plain_fields(self)

    @property
    def rules(self) -> str:
        """Its name, and the version of Jumanji."""
        version = importlib.metadata.version("jumanji")
        return f"{self.name}:{self.environment}@{version}"

    @property
    def _game(self) -> Any:
        return _made(self.environment, self.options)

    @functools.cached_property
    def _choices(self) -> Choices:
        with jax.ensure_compile_time_eval():
            return Choices.of(self._game, f"{self.name}:{self.environment}")

    @property
    def _alone(self) -> bool:
        return self._game.reward_spec.shape == ()

    @property
    def roles(self) -> Mapping[str, Role]:
        return {ROLE: self._role}

    @functools.cached_property
    def _role(self) -> Role:
        with jax.ensure_compile_time_eval():
            seen = jax.eval_shape(lambda key: self._fields(self._game.reset(key)[1]), key_of(0))
            spec = self._game.observation_spec
            fields: dict[str, Space] = {
                name: _field(leaf, _spec_at(spec, name)) for name, leaf in seen.items()
            }
            if self._choices.mask_shape is not None:
                fields[ACTION_MASK] = Box(self._choices.mask_shape, 0, 1, "boolean")
            shared: tuple[str, ...] = ()
            if not self._alone:
                shared = tuple(seen)
                fields["self"] = Box((self._choices.players,), 0, 1)
            return Role(self._choices.players, self._choices.space, fields, shared=shared)

    def default_params(self) -> tuple[()]:
        """None: what Jumanji can vary are options."""
        return ()

    def draw_world(self, key: Key[Array, ""]) -> Key[Array, ""]:
        """The key that Jumanji starts with: it keeps it in its state and draws by itself."""
        return key

    def draw_shocks(self, key: Key[Array, ""], batch_shape: tuple[int, ...] = ()) -> tuple[()]:
        """Nothing: all luck of an episode comes from the key of its start."""
        return ()

    def start(self, world: Key[Array, ""], params: tuple[()]) -> tuple[State, TimeStep]:
        game, shown = self._game.reset(world)
        state = State(as_typed(game, self._types), jnp.zeros((), jnp.int32))
        nobody = jnp.zeros((), bool)
        return state, self._shown(shown, self.no_reward()[ROLE], nobody, nobody, state.step)

    def transition(
        self, state: State, actions: Mapping[str, Array], shocks: tuple[()]
    ) -> tuple[State, TimeStep]:
        game, shown = self._game.step(state.game, self._choices.theirs(actions[ROLE]))
        step = state.step + 1
        last = shown.last()
        goes_on = jnp.any(shown.discount > 0)
        terminated = last & ~goes_on
        truncated = (last & goes_on) | ((step >= self.horizon) & ~last)
        shown = self._shown(shown, shown.reward, terminated, truncated, step)
        return State(as_typed(game, self._types), step), shown

    def _fields(self, shown: Any) -> dict[str, Array]:
        """What is seen besides the mask."""
        fields = fields_of(shown.observation)
        if self._choices.mask_shape is not None:
            fields.pop(ACTION_MASK)
        elif ACTION_MASK in fields:
            # Not one that a role can have.
            fields["jumanji_mask"] = fields.pop(ACTION_MASK)
        return fields

    @functools.cached_property
    def _types(self) -> PyTree[jax.ShapeDtypeStruct]:
        role = self._role
        kind = jnp.zeros(()).dtype if isinstance(role.action, Box) else jnp.int32

        def step(key: Any, game: Any) -> Any:
            return self._game.step(
                game, self._choices.theirs(jnp.zeros((role.count, *role.action.shape), kind))
            )[0]

        return types_of(lambda key: self._game.reset(key)[0], step)

    def _shown(
        self, shown: Any, reward: Any, terminated: Any, truncated: Any, step: Any
    ) -> TimeStep:
        fields = self._fields(shown)
        if self._alone:
            fields = {name: x[None] for name, x in fields.items()}
        else:
            fields["self"] = jnp.eye(self._choices.players)
        if self._choices.mask_shape is not None:
            fields[ACTION_MASK] = self._choices.masks(shown.observation)
        number = jnp.zeros(()).dtype
        return TimeStep(
            observation={ROLE: fields},
            reward={ROLE: jnp.asarray(reward, number).reshape(self._choices.players)},
            acting=self.everyone_acts(),
            terminated=terminated,
            truncated=truncated,
            metrics={"steps": step},
        )


def jumanji_economy(environment: str, /, *, horizon: Any = None, **options: Any) -> JumanjiEconomy:
    """An environment of Jumanji as an economy.

    Args:
        environment: a name that Jumanji has registered, such as `Snake-v1`.
        horizon: steps after which an episode is cut off; Jumanji's own limit if left out, where
            there is one.
        **options: what Jumanji makes it with.

    Raises:
        ConfigurationError: if Jumanji is not installed or has no such environment, an option is
            none that it can have, or the horizon is left out where there is no limit.
    """
    known_name(environment, library("jumanji").registered_environments(), "jumanji")
    chosen = tuple(sorted(options.items()))
    limit = getattr(_made(environment, chosen), _LIMIT, None)
    if horizon is None and limit is None:
        allowed = f"a whole number of steps, as {environment} has no limit of its own"
        raise ConfigurationError("horizon", horizon, allowed)
    steps = require_whole("horizon", limit if horizon is None else horizon, low=1, high=1_000_000)
    return JumanjiEconomy(environment, steps, chosen)


@functools.lru_cache(maxsize=256)
def _made(environment: str, options: tuple[tuple[str, Any], ...]) -> Any:
    """The environment: one object for all equal economies, so that nothing compiles twice."""
    jumanji = library("jumanji")
    try:
        return jumanji.make(environment, **dict(options))
    except TypeError:
        if not options:
            raise
        known = inspect.signature(type(jumanji.make(environment))).parameters
        for name, value in options:
            if name not in known:
                allowed = f"one of: {', '.join(['horizon', *known])}"
                raise ConfigurationError(name, value, allowed) from None
        raise


def _spec_at(spec: Any, name: str) -> Any:
    """The spec of a field, names joined by dots; None where there is none."""
    for part in name.split("."):
        spec = getattr(spec, part, None)
    return spec


def _field(leaf: jax.ShapeDtypeStruct, spec: Any) -> Space:
    whole = jnp.issubdtype(leaf.dtype, jnp.integer)
    if isinstance(getattr(spec, "num_values", None), int) and whole and leaf.shape == ():
        return Discrete(spec.num_values)
    if hasattr(spec, "minimum"):
        return array_box(leaf, spec.minimum, spec.maximum)
    return array_box(leaf)
