"""Grid Tag: taggers chase one runner over the cells of a square."""

import dataclasses
import functools
from collections.abc import Mapping
from typing import Any, ClassVar

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float, Int, Key

from ..._plain import plain_fields
from ...environment import Environment, Role, TimeStep
from ...errors import require, require_whole
from ...spaces import Box, Discrete, Space

__all__ = ["GridTag"]

_OBSERVATIONS = ("full", "partial")
_STARTS = ("fixed", "pool")
#: Stay, then one cell to either side along x, then along y.
_ACTIONS = 5
_MOST = 1e6


class Params(eqx.Module):
    """What a step pays.

    Attributes:
        tag_reward: of every tagger when the runner is tagged.
        tag_penalty: of the runner then.
        step_cost: of every tagger in a step without a tag.
        step_reward: of the runner in such a step.
        wall_penalty: of who walks against a wall.
    """

    tag_reward: Float[Array, ""]
    tag_penalty: Float[Array, ""]
    step_cost: Float[Array, ""]
    step_reward: Float[Array, ""]
    wall_penalty: Float[Array, ""]


class World(eqx.Module):
    """The luck of a start.

    Attributes:
        layout: number of the layout in the pool; None where there is none.
    """

    layout: Int[Array, ""] | None


class Cells(eqx.Module):
    """Where the members of a role are, in cells from 0 to the length of the square."""

    x: Int[Array, " count"]
    y: Int[Array, " count"]


class State(eqx.Module):
    """The game between two steps."""

    step: Int[Array, ""]
    taggers: Cells
    runner: Cells
    params: Params


@dataclasses.dataclass(frozen=True)
class GridTag(Environment):
    """Taggers try to come to the cell of the runner before time is up.

    All move at once by one cell or stay. A tag ends the episode, and so does the last step.
    Chasing pays if it is done together: every tagger is paid for any tag.

    Source: the rules are those of the discrete tag game in Lan, Srinivasa, Wang and Zheng (2021),
    WarpDrive.

    Attributes:
        taggers: how many there are; there is one runner.
        length: of the square's sides in cells; coordinates run from 0 to it, both included.
        horizon: steps in an episode.
        observation: `full` for where everyone is, or `partial`: taggers see themselves and the
            runner, who sees the nearest tagger, the first of them if several are as near.
        starts: `fixed`, with taggers in the middle and the runner in a corner, or from a `pool` of
            layouts, of which luck picks one for each episode.
        layouts: how many the pool has.
        seed: of the pool, which is drawn once: all coordinates uniformly from 1 to length - 1.
    """

    name: ClassVar[str] = "grid-tag"
    version: ClassVar[int] = 1

    taggers: int = 4
    length: int = 100
    horizon: int = 100
    observation: str = _OBSERVATIONS[0]
    starts: str = _STARTS[0]
    layouts: int = 5
    seed: int = 0

    def __post_init__(self):
        plain_fields(self)
        require_whole("taggers", self.taggers, low=1, high=100_000)
        require_whole("length", self.length, low=2, high=10_000)
        require_whole("horizon", self.horizon, low=1, high=1_000_000)
        require_whole("layouts", self.layouts, low=1, high=10_000)
        require_whole("seed", self.seed, low=0, high=2**32 - 1)
        for field, known in (("observation", _OBSERVATIONS), ("starts", _STARTS)):
            value = getattr(self, field)
            require(value in known, field, value, ", ".join(known))

    @property
    def roles(self) -> Mapping[str, Role]:
        return {name: self._role(count) for name, count in self._counts.items()}

    @property
    def _counts(self) -> dict[str, int]:
        return {"tagger": self.taggers, "runner": 1}

    def _role(self, count: int) -> Role:
        share, everyone = Box((1,), 0.0, 1.0), Box((self.taggers + 1,), 0.0, 1.0)
        seen: dict[str, Space]
        if self.observation == "full":
            seen = dict.fromkeys(("x", "y", "runner", "self"), everyone)
            shared = ("x", "y", "runner", "time")
        else:
            seen = dict.fromkeys(("x", "y", "other_x", "other_y", "runner"), share)
            shared = ("other_x", "other_y", "runner", "time")
        return Role(count, Discrete(_ACTIONS), seen | {"time": share}, shared=shared)

    def default_params(self) -> Params:
        numbers = {
            "tag_reward": 10.0,
            "tag_penalty": 2.0,
            "step_cost": 0.01,
            "step_reward": 0.01,
            "wall_penalty": 0.1,
        }
        return Params(**{name: jnp.asarray(value, float) for name, value in numbers.items()})

    def param_bounds(self) -> Mapping[str, tuple[float, float]]:
        return {field.name: (-_MOST, _MOST) for field in dataclasses.fields(Params)}

    @functools.cached_property
    def pool(self) -> Int[np.ndarray, "layouts 2 agents"]:
        """The layouts of the pool: x and y of all taggers, then of the runner."""
        shape = (self.layouts, 2, self.taggers + 1)
        return np.random.default_rng(self.seed).integers(1, self.length, shape, dtype=np.int32)

    def draw_world(self, key: Key[Array, ""]) -> World:
        if self.starts == "fixed":
            return World(None)
        return World(jax.random.randint(key, (), 0, self.layouts))

    def draw_shocks(self, key: Key[Array, ""], batch_shape: tuple[int, ...] = ()) -> tuple[()]:
        """Nothing: what everyone does decides a step."""
        return ()

    def start(self, world: World, params: Params) -> tuple[State, TimeStep]:
        if world.layout is None:
            middle = jnp.full(self.taggers, self.length // 2, jnp.int32)
            corner = jnp.zeros(1, jnp.int32)
            taggers, runner = Cells(middle, middle), Cells(corner, corner)
        else:
            x, y = jnp.asarray(self.pool)[world.layout]
            taggers, runner = Cells(x[:-1], y[:-1]), Cells(x[-1:], y[-1:])
        state = State(jnp.zeros((), jnp.int32), taggers, runner, params)
        return state, self._shown(state, jnp.zeros((), bool), self.no_reward())

    def transition(
        self, state: State, actions: Mapping[str, Array], shocks: tuple[()]
    ) -> tuple[State, TimeStep]:
        params = state.params
        taggers, taggers_hit = self._moved(state.taggers, actions["tagger"])
        runner, runner_hits = self._moved(state.runner, actions["runner"])
        tagged = jnp.any((taggers.x == runner.x) & (taggers.y == runner.y))
        state = State(state.step + 1, taggers, runner, params)
        chase = jnp.where(tagged, params.tag_reward, -params.step_cost)
        flight = jnp.where(tagged, -params.tag_penalty, params.step_reward)
        reward = {
            "tagger": chase - jnp.where(taggers_hit, params.wall_penalty, 0),
            "runner": flight - jnp.where(runner_hits, params.wall_penalty, 0),
        }
        return state, self._shown(state, tagged, reward)

    def _moved(
        self, cells: Cells, action: Int[Array, " count"]
    ) -> tuple[Cells, Bool[Array, " count"]]:
        """Where they come to, and who walked against a wall."""
        x = cells.x + (action == 1) - (action == 2)
        y = cells.y + (action == 3) - (action == 4)
        inside = Cells(jnp.clip(x, 0, self.length), jnp.clip(y, 0, self.length))
        return inside, (inside.x != x) | (inside.y != y)

    def _shown(self, state: State, tagged: Bool[Array, ""], reward: dict[str, Array]) -> TimeStep:
        number = jnp.zeros(()).dtype
        observation = self._everyone(state) if self.observation == "full" else self._few(state)
        time = (state.step.astype(number) / self.horizon)[None]
        return TimeStep(
            observation={role: seen | {"time": time} for role, seen in observation.items()},
            reward=reward,
            acting=self.everyone_acts(),
            terminated=tagged | (state.step >= self.horizon),
            truncated=jnp.zeros((), bool),
            metrics={"tagged": tagged.astype(number), "steps": state.step},
        )

    def _everyone(self, state: State) -> dict[str, dict[str, Any]]:
        """Where all are, alike for all members of a role, and which of them one is."""
        taggers, runner = state.taggers, state.runner
        agents = self.taggers + 1
        own = jnp.eye(agents)
        same = {
            "x": self._share(jnp.concatenate([taggers.x, runner.x])),
            "y": self._share(jnp.concatenate([taggers.y, runner.y])),
            "runner": own[-1],
        }
        return {"tagger": same | {"self": own[:-1]}, "runner": same | {"self": own[-1:]}}

    def _few(self, state: State) -> dict[str, dict[str, Any]]:
        """Where oneself is, and who matters most."""
        taggers, runner = state.taggers, state.runner
        distance = (taggers.x - runner.x) ** 2 + (taggers.y - runner.y) ** 2
        near = jnp.argmin(distance)
        return {
            "tagger": {
                "x": self._share(taggers.x)[:, None],
                "y": self._share(taggers.y)[:, None],
                "other_x": self._share(runner.x),
                "other_y": self._share(runner.y),
                "runner": jnp.zeros(1),
            },
            "runner": {
                "x": self._share(runner.x)[:, None],
                "y": self._share(runner.y)[:, None],
                "other_x": self._share(taggers.x[near])[None],
                "other_y": self._share(taggers.y[near])[None],
                "runner": jnp.ones(1),
            },
        }

    def _share(self, cells: Int[Array, "..."]) -> Float[Array, "..."]:
        return cells.astype(jnp.zeros(()).dtype) / self.length
