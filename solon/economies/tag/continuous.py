"""Continuous Tag: many taggers and runners with speed and heading in a square."""

import dataclasses
import functools
import math
from collections.abc import Mapping
from typing import Any, ClassVar

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float, Key, Shaped

from ..._plain import plain_fields
from ...environment import Environment, Role, TimeStep
from ...errors import require, require_number, require_whole
from ...spaces import Box, MultiDiscrete, Space
from .continuous_state import Bodies, Params, State
from .nearest import nearest_by_sorting
from .sight import observe, shown_others

__all__ = ["ContinuousTag"]

_ACT_BY = ("levels", "numbers")
_TURN = 2 * math.pi
_MOST = 1e6


@dataclasses.dataclass(frozen=True)
class ContinuousTag(Environment):
    """Taggers hunt runners in a square; all set how they accelerate and turn.

    A step moves everyone, then shows, then tags: a runner whose nearest tagger is close enough is
    tagged by that tagger, which alone is rewarded. The episode is over when time is up or no runner
    is left. There is no luck: all start where they were put when the economy was built.

    Source: the rules are those of the continuous tag game in Lan, Srinivasa, Wang and Zheng
    (2021), WarpDrive.

    Attributes:
        taggers: how many there are. They have the first numbers among all agents.
        runners: how many there are.
        length: of the square's sides.
        horizon: steps in an episode.
        act_by: one of several `levels` each of acceleration and of turning, or any `numbers`: two
            from -1 to 1, for the lowest and the highest that the params allow.
        acceleration_levels: how many there are beside doing nothing, from the lowest to the
            highest.
        turn_levels: likewise.
        nearest: of how many others one sees something, the nearest ones that are still there; None
            for all others, in the order of their numbers.
        runners_leave: whether a runner that is tagged is out of the game; if not, it can be tagged
            again in the next step.
        seed: of where everyone starts: positions uniformly in the square, headings along the axes.
    """

    name: ClassVar[str] = "continuous-tag"
    version: ClassVar[int] = 1

    taggers: int = 10
    runners: int = 100
    length: float = 20.0
    horizon: int = 500
    act_by: str = _ACT_BY[0]
    acceleration_levels: int = 20
    turn_levels: int = 20
    nearest: int | None = 10
    runners_leave: bool = True
    seed: int = 0

    def __post_init__(self):
        plain_fields(self)
        for field in ("taggers", "runners"):
            require_whole(field, getattr(self, field), low=1, high=10_000)
        require_number("length", self.length, low=0, high=_MOST, above=True)
        require_whole("horizon", self.horizon, low=1, high=1_000_000)
        require(self.act_by in _ACT_BY, "act_by", self.act_by, ", ".join(_ACT_BY))
        for field in ("acceleration_levels", "turn_levels"):
            require_whole(field, getattr(self, field), low=2, high=1000)
        if self.nearest is not None:
            require_whole("nearest", self.nearest, low=1, high=self.agents - 1)
        leave = self.runners_leave
        require(isinstance(leave, bool), "runners_leave", leave, "true or false")
        require_whole("seed", self.seed, low=0, high=2**32 - 1)

    @property
    def agents(self) -> int:
        """How many there are of both roles."""
        return self.taggers + self.runners

    @functools.cached_property
    def roles(self) -> Mapping[str, Role]:
        seen: dict[str, Space] = {
            **dict.fromkeys(shown_others(), Box((self.nearest or self.agents - 1,))),
            "time": Box((1,), 0.0, 1.0),
        }
        action: Space = Box((2,), -1.0, 1.0)
        if self.act_by == "levels":
            action = MultiDiscrete((self.acceleration_levels + 1, self.turn_levels + 1))
        return {
            name: Role(count, action, seen, shared=("time",))
            for name, count in (("tagger", self.taggers), ("runner", self.runners))
        }

    def default_params(self) -> Params:
        numbers: dict[str, Any] = {
            "accelerations": self._choices(0.1, self.acceleration_levels),
            "turns": self._choices(2.356, self.turn_levels),
            "speed_limit": 1.0,
            "tagger_skill": 1.0,
            "runner_skill": 1.0,
            "tagging_distance": 0.02,
            "tag_reward": 10.0,
            "tag_penalty": 10.0,
            "end_bonus": 1.0,
            "step_cost": 0.0,
            "step_reward": 0.0,
            "edge_penalty": 0.0,
        }
        return Params(**{name: jnp.asarray(value, float) for name, value in numbers.items()})

    def _choices(self, most: float, levels: int) -> Float[np.ndarray, " choices"]:
        if self.act_by == "numbers":
            return np.array([-most, most])
        # By NumPy, to the last bit: some sums of levels are 0, and who stands still may not be the
        # work of rounding.
        return np.concatenate([[0.0], np.linspace(-most, most, levels)])

    def param_bounds(self) -> Mapping[str, tuple[float, float]]:
        anything = {field.name: (-_MOST, _MOST) for field in dataclasses.fields(Params)}
        sizes = ("speed_limit", "tagger_skill", "runner_skill", "tagging_distance")
        return {
            **anything,
            **dict.fromkeys(sizes, (0.0, _MOST)),
            # One turn more or less is all that a heading is corrected by.
            "turns": (-_TURN, _TURN),
        }

    @functools.cached_property
    def starts(self) -> Float[np.ndarray, "3 agents"]:
        """Where all start: x, y and heading in radians, of taggers and then of runners."""
        luck = np.random.default_rng(self.seed)
        x, y = luck.uniform(0, self.length, (2, self.agents))
        return np.stack([x, y, luck.integers(4, size=self.agents) * (math.pi / 2)])

    def draw_world(self, key: Key[Array, ""]) -> tuple[()]:
        """Nothing: where all start was drawn when the economy was built."""
        return ()

    def draw_shocks(self, key: Key[Array, ""], batch_shape: tuple[int, ...] = ()) -> tuple[()]:
        """Nothing: what everyone does decides a step."""
        return ()

    def start(self, world: tuple[()], params: Params) -> tuple[State, TimeStep]:
        x, y, heading = (jnp.asarray(place, float) for place in self.starts)
        still = jnp.zeros(self.agents)
        state = State(
            step=jnp.zeros((), jnp.int32),
            bodies=Bodies(x, y, heading, still, still),
            left=jnp.zeros(self.runners, bool),
            params=params,
        )
        # Known beforehand: to find it anew would take as long to compile as the whole step.
        near = None
        if self.nearest is not None:
            near = jnp.asarray(nearest_by_sorting(self.starts[0], self.starts[1], self.nearest))
        return state, self.shown(state, state.left, self.no_reward(), near)

    def transition(
        self, state: State, actions: Mapping[str, Array], shocks: tuple[()]
    ) -> tuple[State, TimeStep]:
        params, before = state.params, state.left
        bodies, crossed = self._moved(state, actions)
        tagged, by = self._tagged(bodies, before, params)
        step = state.step + 1
        left = before | tagged if self.runners_leave else before
        state = State(step, bodies, left, params)
        tags = jnp.sum(tagged[None] & (by[None] == jnp.arange(self.taggers)[:, None]), axis=1)
        number = params.tag_reward.dtype
        ends = (step >= self.horizon) & ~left
        edge = jnp.where(crossed, params.edge_penalty, 0)
        chase = tags.astype(number) * params.tag_reward - params.step_cost
        flight = params.step_reward - jnp.where(tagged, params.tag_penalty, 0)
        flight = flight + jnp.where(ends, params.end_bonus, 0)
        reward = {
            "tagger": chase - edge[: self.taggers],
            "runner": jnp.where(before, 0, flight - edge[self.taggers :]),
        }
        return state, self.shown(state, before, reward)

    def _moved(
        self, state: State, actions: Mapping[str, Array]
    ) -> tuple[Bodies, Bool[Array, " agents"]]:
        """Where and how fast all are after a step, and who would have left the square."""
        params, old = state.params, state.bodies
        both = [jnp.concatenate([actions["tagger"][:, i], actions["runner"][:, i]]) for i in (0, 1)]
        push = self._amount(both[0], params.accelerations)
        turn = self._amount(both[1], params.turns)
        there = self.there(state.left)
        heading = old.heading + turn
        heading = jnp.where(heading < 0, heading + _TURN, heading)
        heading = jnp.where(heading >= _TURN, heading - _TURN, heading)
        runs = np.arange(self.agents) >= self.taggers
        most = params.speed_limit * jnp.where(runs, params.runner_skill, params.tagger_skill)
        push = old.acceleration + push
        speed = jnp.where(there, jnp.clip(old.speed + push, 0, most), 0)
        push = jnp.where((speed > 0) & (speed < most), push, 0)
        heading = jnp.where(there, heading, 0)

        def moved(one: tuple[Array, Array]) -> tuple[Array, Array]:
            before, direction = one
            place = before + speed * direction
            inside = jnp.clip(place, 0, self.length)
            return inside, inside != place

        # One axis after the other: what leaves a loop is written down once. Compilers would find
        # sines and cosines anew for each pair of agents.
        axes = jnp.stack([old.x, old.y]), jnp.stack([jnp.cos(heading), jnp.sin(heading)])
        (x, y), beyond = jax.lax.map(moved, axes)
        return Bodies(x, y, heading, speed, push), beyond[0] | beyond[1]

    def _amount(
        self, chosen: Shaped[Array, " agents"], choices: Float[Array, " choices"]
    ) -> Float[Array, " agents"]:
        """The acceleration or turn that was chosen."""
        if self.act_by == "levels":
            return choices.at[chosen].get(mode="clip")
        low, high = choices
        return low + (high - low) * (jnp.clip(chosen, -1, 1) + 1) / 2

    def _tagged(
        self, bodies: Bodies, left: Bool[Array, " runners"], params: Params
    ) -> tuple[Bool[Array, " runners"], Array]:
        """Which runners are tagged, and the number of each one's nearest tagger."""
        n = self.taggers
        gap_x = bodies.x[:n, None] - bodies.x[None, n:]
        gap_y = bodies.y[:n, None] - bodies.y[None, n:]
        square = gap_x**2 + gap_y**2
        close = jnp.min(square, axis=0) < (params.tagging_distance * self.length) ** 2
        return close & ~left, jnp.argmin(square, axis=0)

    def there(self, left: Bool[Array, " runners"]) -> Bool[Array, " agents"]:
        """Who is in the game: all taggers, and the runners that have not left."""
        return jnp.concatenate([jnp.ones(self.taggers, bool), ~left])

    def shown(
        self,
        state: State,
        before: Bool[Array, " runners"],
        reward: dict[str, Array],
        near: Shaped[Array, "agents count"] | None = None,
    ) -> TimeStep:
        """What is shown: who was still there before anybody was tagged, and then who has left."""
        number = jnp.zeros(()).dtype
        there = self.there(before)
        time = (state.step.astype(number) / self.horizon)[None]
        seen = observe(state.bodies, there, state.params.speed_limit, self, near)
        over = (state.step >= self.horizon) | jnp.all(state.left)
        return TimeStep(
            observation={role: fields | {"time": time} for role, fields in seen.items()},
            reward=reward,
            acting=self.everyone_acts() | {"runner": ~state.left},
            terminated=over,
            truncated=jnp.zeros((), bool),
            metrics={"runners_left": jnp.sum(~state.left), "steps": state.step},
            left={"runner": state.left} if self.runners_leave else {},
        )
