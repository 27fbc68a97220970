"""Environments of gymnax as economies with one player."""

import dataclasses
import functools
import importlib.metadata
import inspect
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Int, Key, PyTree

from .._plain import plain_fields
from ..environment import Environment, Role, TimeStep
from ..errors import ConfigurationError, require_whole
from ..luck import key_of
from ..spaces import Discrete, Space
from .games import ROLE, array_box, as_typed, fields_of, known_name, plain_array, scaled, types_of
from .libraries import library

__all__ = ["GymnaxEconomy", "gymnax_economy"]

_LIMIT = "max_steps_in_episode"


class State(eqx.Module):
    """A game of gymnax between two steps.

    Attributes:
        game: gymnax's own state.
        step: how many steps led to it.
        params: gymnax's own, of this episode.
    """

    game: PyTree[Array]
    step: Int[Array, ""]
    params: PyTree[Array]


@dataclasses.dataclass(frozen=True)
class GymnaxEconomy(Environment):
    """An environment that gymnax has registered, with one `player`.

    What gymnax calls params are the economy's. An episode that the limit of steps ends is
    truncated, any other end is one of the game; what is seen last is that of the game, not of the
    next start. Bounds that differ between the entries of an action are scaled to -1 and 1.

    Attributes:
        environment: its name, such as `CartPole-v1`.
        horizon: steps after which an episode is cut off.
        options: what gymnax makes it with, by name.
    """

    name: ClassVar[str] = "gymnax"

    environment: str
    horizon: int = 1_000
    options: tuple[tuple[str, Any], ...] = ()

    def __post_init__(self) -> None:
        plain_fields(self)

    @property
    def rules(self) -> str:
        """Its name, and the version of gymnax."""
        version = importlib.metadata.version("gymnax")
        return f"{self.name}:{self.environment}@{version}"

    @property
    def _made(self) -> tuple[Any, Any]:
        return _made(self.environment, self.options)

    @property
    def _game(self) -> Any:
        return self._made[0]

    @property
    def roles(self) -> Mapping[str, Role]:
        return {ROLE: self._role[0]}

    @functools.cached_property
    def _role(self) -> tuple[Role, Callable[[Array], Array] | None]:
        """The role, and what makes gymnax's action of the player's; None where it is the same."""
        with jax.ensure_compile_time_eval():
            game, params = self._made
            seen = jax.eval_shape(lambda key: fields_of(game.reset_env(key, params)[0]), key_of(0))
            spaces = _spaces(game.observation_space(params))
            fields = {name: _field(leaf, spaces.get(name)) for name, leaf in seen.items()}
            chosen = game.action_space(params)
            if hasattr(chosen, "n"):
                return Role(1, Discrete(int(chosen.n)), fields), None
            box, theirs = scaled(tuple(chosen.shape), chosen.low, chosen.high)
            return Role(1, box, fields), theirs

    def default_params(self) -> PyTree[Array]:
        params = self._made[1]
        if hasattr(params, _LIMIT):
            params = params.replace(**{_LIMIT: self.horizon})
        return jax.tree.map(plain_array, params)

    def param_bounds(self) -> Mapping[str, tuple[float, float]]:
        return {_LIMIT: (1, self.horizon)} if hasattr(self._made[1], _LIMIT) else {}

    def draw_world(self, key: Key[Array, ""]) -> Key[Array, ""]:
        """The key that gymnax starts with: it draws by itself."""
        return key

    def draw_shocks(self, key: Key[Array, ""], batch_shape: tuple[int, ...] = ()) -> Any:
        """A key for each step."""
        return jax.random.split(key, batch_shape)

    def start(self, world: Key[Array, ""], params: PyTree[Array]) -> tuple[State, TimeStep]:
        observation, game = self._game.reset_env(world, params)
        state = State(as_typed(game, self._types), jnp.zeros((), jnp.int32), params)
        nobody = jnp.zeros((), bool)
        return state, self._shown(observation, 0.0, nobody, nobody, state.step)

    def transition(
        self, state: State, actions: Mapping[str, Array], shocks: Key[Array, ""]
    ) -> tuple[State, TimeStep]:
        params, action = state.params, self._theirs(actions[ROLE][0])
        observation, game, reward, terminated, _ = self._game.step_env(
            shocks, state.game, action, params
        )
        step = state.step + 1
        cut = self._game.is_truncated(game, params) | (step >= self.horizon)
        terminated = jnp.asarray(terminated, bool)
        shown = self._shown(observation, reward, terminated, cut & ~terminated, step)
        return State(as_typed(game, self._types), step, params), shown

    def _theirs(self, action: Array) -> Array:
        theirs = self._role[1]
        return action if theirs is None else theirs(action)

    @functools.cached_property
    def _types(self) -> PyTree[jax.ShapeDtypeStruct]:
        game, space = self._game, self._role[0].action

        def start(key: Any, params: Any) -> Any:
            return game.reset_env(key, params)[1]

        def step(key: Any, state: Any, params: Any) -> Any:
            whole = isinstance(space, Discrete)
            action = jnp.zeros(space.shape, jnp.int32 if whole else jnp.zeros(()).dtype)
            return game.step_env(key, state, self._theirs(action), params)[1]

        return types_of(start, step, self.default_params())

    def _shown(
        self, observation: Any, reward: Any, terminated: Any, truncated: Any, step: Any
    ) -> TimeStep:
        number = jnp.zeros(()).dtype
        return TimeStep(
            observation={ROLE: {name: x[None] for name, x in fields_of(observation).items()}},
            reward={ROLE: jnp.asarray(reward, number).reshape(1)},
            acting=self.everyone_acts(),
            terminated=terminated,
            truncated=truncated,
            metrics={"steps": step},
        )


def gymnax_economy(environment: str, /, *, horizon: Any = None, **options: Any) -> GymnaxEconomy:
    """An environment of gymnax as an economy.

    Args:
        environment: a name that gymnax has registered, such as `CartPole-v1`.
        horizon: steps after which an episode is cut off; those that gymnax cuts off after if left
            out.
        **options: what gymnax makes it with.

    Raises:
        ConfigurationError: if gymnax is not installed or has no such environment, or an option or
            the horizon is none that it can have.
    """
    known_name(environment, library("gymnax").registered_envs, "gymnax")
    chosen = tuple(sorted(options.items()))
    limit = getattr(_made(environment, chosen)[1], _LIMIT, None)
    if horizon is None and limit is not None:
        horizon = int(limit)
    steps = require_whole("horizon", horizon, low=1, high=1_000_000)
    return GymnaxEconomy(environment, steps, chosen)


@functools.lru_cache(maxsize=256)
def _made(environment: str, options: tuple[tuple[str, Any], ...]) -> tuple[Any, Any]:
    """The environment and its params: one of each for all equal economies."""
    gymnax = library("gymnax")
    try:
        return gymnax.make(environment, **dict(options))
    except TypeError:
        if not options:
            raise
        known = inspect.signature(type(gymnax.make(environment)[0])).parameters
        for name, value in options:
            if name not in known:
                allowed = f"one of: {', '.join(['horizon', *known])}"
                raise ConfigurationError(name, value, allowed) from None
        raise


def _spaces(space: Any) -> dict[str, Any]:
    """The spaces of an observation's fields, as far as they are told."""
    if hasattr(space, "spaces") and isinstance(space.spaces, Mapping):
        inner = {name: _spaces(each) for name, each in space.spaces.items()}
        return {
            name if own == "observation" else f"{name}.{own}": each
            for name, found in inner.items()
            for own, each in found.items()
        }
    return {"observation": space}


def _field(leaf: jax.ShapeDtypeStruct, space: Any) -> Space:
    whole = jnp.issubdtype(leaf.dtype, jnp.integer)
    if hasattr(space, "n") and whole and leaf.shape == ():
        return Discrete(int(space.n))
    if hasattr(space, "low"):
        return array_box(leaf, space.low, space.high)
    return array_box(leaf)
