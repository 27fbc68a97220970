"""Continuous Tag in NumPy: as a loop over agents, and with arrays of all of them."""

import dataclasses
import math
from typing import Any

import numpy as np

__all__ = ["ContinuousLoop", "ContinuousRules", "ContinuousVector"]

_TURN = 2 * math.pi


@dataclasses.dataclass(frozen=True)
class ContinuousRules:
    """Sizes and numbers of a game; see `solon.economies.tag.ContinuousTag` for what they are."""

    taggers: int = 10
    runners: int = 100
    length: float = 20.0
    horizon: int = 500
    levels: bool = True
    acceleration_levels: int = 20
    turn_levels: int = 20
    nearest: int | None = 10
    runners_leave: bool = True
    lowest_acceleration: float = -0.1
    highest_acceleration: float = 0.1
    lowest_turn: float = -2.356
    highest_turn: float = 2.356
    speed_limit: float = 1.0
    tagger_skill: float = 1.0
    runner_skill: float = 1.0
    tagging_distance: float = 0.02
    tag_reward: float = 10.0
    tag_penalty: float = 10.0
    end_bonus: float = 1.0
    step_cost: float = 0.0
    step_reward: float = 0.0
    edge_penalty: float = 0.0

    @property
    def agents(self) -> int:
        """Taggers, and runners after them."""
        return self.taggers + self.runners

    @property
    def width(self) -> int:
        """How many numbers an agent sees."""
        return 7 * (self.agents - 1 if self.nearest is None else self.nearest) + 1


def _choices(lowest: float, highest: float, levels: int) -> np.ndarray:
    return np.concatenate([[0.0], np.linspace(lowest, highest, levels)])


class ContinuousLoop:
    """One game, agent by agent.

    Args:
        rules: of the game.
        dtype: of the observations and rewards.
    """

    def __init__(self, rules: ContinuousRules, dtype: Any = np.float32):
        self.rules = rules
        self.dtype = dtype
        lows = rules.lowest_acceleration, rules.lowest_turn
        highs = rules.highest_acceleration, rules.highest_turn
        self.ranges = tuple(zip(lows, highs, strict=True))
        levels = rules.acceleration_levels, rules.turn_levels
        self.choices = [
            _choices(*ends, count).tolist() for ends, count in zip(self.ranges, levels, strict=True)
        ]

    def reset(self, x: np.ndarray, y: np.ndarray, heading: np.ndarray) -> np.ndarray:
        """Start with the agents in these places, turned this way, in radians.

        Returns:
            What each agent sees: [agents, 7 others + 1].
        """
        self.x, self.y, self.heading = ([float(v) for v in values] for values in (x, y, heading))
        self.speed = [0.0] * self.rules.agents
        self.acceleration = [0.0] * self.rules.agents
        self.there = [True] * self.rules.agents
        self.time = 0
        return self._observations()

    def step(self, actions: np.ndarray) -> tuple[np.ndarray, np.ndarray, bool]:
        """Observations, rewards, and whether the game is over.

        Args:
            actions: of each agent two numbers: of a level each, or from -1 to 1.

        Returns:
            Zeros in the rows of those who had left before.
        """
        rules = self.rules
        self.time += 1
        rewards = np.zeros(rules.agents, self.dtype)
        for agent, (push, turn) in enumerate(actions.tolist()):
            if self.there[agent]:
                rewards[agent] = self._move(agent, push, turn)
            else:
                self.heading[agent] = self.speed[agent] = self.acceleration[agent] = 0.0
        observations = self._observations()
        for runner in range(rules.taggers, rules.agents):
            if not self.there[runner]:
                continue
            near, least = 0, math.inf
            for tagger in range(rules.taggers):
                distance = self._distance(runner, tagger)
                if distance < least:
                    near, least = tagger, distance
            if least < rules.tagging_distance * rules.length:
                rewards[runner] -= rules.tag_penalty
                rewards[near] += rules.tag_reward
                if rules.runners_leave:
                    self.there[runner] = False
        over = self.time >= rules.horizon
        if over:
            for runner in range(rules.taggers, rules.agents):
                if self.there[runner]:
                    rewards[runner] += rules.end_bonus
        return observations, rewards, over or not any(self.there[rules.taggers :])

    def _move(self, agent: int, push: float, turn: float) -> float:
        """Move an agent; what it is paid for that."""
        rules = self.rules
        if rules.levels:
            push, turn = self.choices[0][int(push)], self.choices[1][int(turn)]
        else:
            push, turn = (
                low + (high - low) * (min(max(chosen, -1.0), 1.0) + 1) / 2
                for chosen, (low, high) in zip((push, turn), self.ranges, strict=True)
            )
        tagger = agent < rules.taggers
        limit = rules.speed_limit * (rules.tagger_skill if tagger else rules.runner_skill)
        heading = (self.heading[agent] + turn) % _TURN
        push = self.acceleration[agent] + push
        speed = min(max(self.speed[agent] + push, 0.0), limit)
        if speed <= 0 or speed >= limit:
            push = 0.0
        x = self.x[agent] + speed * math.cos(heading)
        y = self.y[agent] + speed * math.sin(heading)
        crossed = x < 0 or x > rules.length or y < 0 or y > rules.length
        self.x[agent] = min(max(x, 0.0), rules.length)
        self.y[agent] = min(max(y, 0.0), rules.length)
        self.heading[agent], self.speed[agent], self.acceleration[agent] = heading, speed, push
        reward = -rules.step_cost if tagger else rules.step_reward
        return reward - rules.edge_penalty if crossed else reward

    def _distance(self, a: int, b: int) -> float:
        return math.sqrt((self.x[a] - self.x[b]) ** 2 + (self.y[a] - self.y[b]) ** 2)

    def _observations(self) -> np.ndarray:
        seen = np.zeros((self.rules.agents, self.rules.width), self.dtype)
        for agent in range(self.rules.agents):
            if self.there[agent]:
                seen[agent] = self._seen(agent)
        return seen

    def _seen(self, own: int) -> list[float]:
        rules = self.rules
        others = [agent for agent in range(rules.agents) if agent != own]
        missing = 0
        if rules.nearest is not None:
            alive = [agent for agent in others if self.there[agent]]
            # Sorting leaves those at the same distance in the order of their numbers.
            others = sorted(alive, key=lambda agent: self._distance(own, agent))[: rules.nearest]
            missing = rules.nearest - len(others)
        diagonal, fast = math.sqrt(2) * rules.length, rules.speed_limit + 1e-10
        seen: list[float] = []
        for values, unit in (
            (self.x, diagonal),
            (self.y, diagonal),
            (self.speed, fast),
            (self.acceleration, fast),
            (self.heading, _TURN),
        ):
            seen += [(values[agent] - values[own]) / unit for agent in others] + [0.0] * missing
        seen += [1.0 if agent >= rules.taggers else 0.0 for agent in others] + [0.0] * missing
        seen += [1.0 if self.there[agent] else 0.0 for agent in others] + [0.0] * missing
        return [*seen, self.time / rules.horizon]


class ContinuousVector:
    """One game, with arrays of all agents.

    Args:
        rules: of the game.
        dtype: of all numbers.
    """

    def __init__(self, rules: ContinuousRules, dtype: Any = np.float32):
        self.rules = rules
        self.dtype = dtype
        agents = rules.agents
        self.lows = np.array([rules.lowest_acceleration, rules.lowest_turn], dtype)
        self.highs = np.array([rules.highest_acceleration, rules.highest_turn], dtype)
        self.choices = [
            _choices(low, high, count).astype(dtype)
            for low, high, count in (
                (rules.lowest_acceleration, rules.highest_acceleration, rules.acceleration_levels),
                (rules.lowest_turn, rules.highest_turn, rules.turn_levels),
            )
        ]
        self.runs = np.arange(agents) >= rules.taggers
        skills = np.where(self.runs, rules.runner_skill, rules.tagger_skill)
        self.limit = (rules.speed_limit * skills).astype(dtype)
        self.step_reward = np.where(self.runs, rules.step_reward, -rules.step_cost).astype(dtype)
        fast = rules.speed_limit + 1e-10
        diagonal = math.sqrt(2) * rules.length
        self.units = np.array([[diagonal], [diagonal], [fast], [fast], [_TURN]], dtype)
        # The numbers of all others, one row an agent.
        self.others = np.array([np.delete(np.arange(agents), agent) for agent in range(agents)])

    def reset(self, x: np.ndarray, y: np.ndarray, heading: np.ndarray) -> np.ndarray:
        """As `ContinuousLoop.reset`."""
        agents = self.rules.agents
        self.x, self.y, self.heading = (np.array(v, self.dtype) for v in (x, y, heading))
        self.speed, self.acceleration = (np.zeros(agents, self.dtype) for _ in range(2))
        self.there = np.ones(agents, bool)
        self.time = 0
        return self._observations(self._squares())

    def step(self, actions: np.ndarray) -> tuple[np.ndarray, np.ndarray, bool]:
        """As `ContinuousLoop.step`."""
        rules, there = self.rules, self.there
        self.time += 1
        if rules.levels:
            push, turn = (self.choices[i][actions[:, i]] for i in (0, 1))
        else:
            shares = (np.clip(actions, -1, 1).astype(self.dtype) + 1) / 2
            push, turn = (self.lows + (self.highs - self.lows) * shares).T
        self.heading = (self.heading + turn) % self.dtype(_TURN) * there
        push = self.acceleration + push
        self.speed = np.clip(self.speed + push, 0, self.limit) * there
        self.acceleration = push * ((self.speed > 0) & (self.speed < self.limit))
        x = self.x + self.speed * np.cos(self.heading)
        y = self.y + self.speed * np.sin(self.heading)
        self.x, self.y = np.clip(x, 0, rules.length), np.clip(y, 0, rules.length)
        crossed = (x != self.x) | (y != self.y)
        rewards = (self.step_reward - rules.edge_penalty * crossed) * there
        squares = self._squares()
        observations = self._observations(squares)

        gaps = squares[rules.taggers :, : rules.taggers]
        near = gaps.argmin(axis=1)
        distance = rules.tagging_distance * rules.length
        runners = np.flatnonzero(there[rules.taggers :] & (gaps.min(axis=1) < distance**2))
        if runners.size:
            rewards[rules.taggers + runners] -= rules.tag_penalty
            rewards[: rules.taggers] += rules.tag_reward * np.bincount(
                near[runners], minlength=rules.taggers
            )
            if rules.runners_leave:
                self.there = there.copy()
                self.there[rules.taggers + runners] = False
        over = self.time >= rules.horizon
        if over:
            rewards += rules.end_bonus * (self.runs & self.there)
        over = over or not self.there[rules.taggers :].any()
        return observations, rewards.astype(self.dtype), over

    def _squares(self) -> np.ndarray:
        return (self.x[:, None] - self.x) ** 2 + (self.y[:, None] - self.y) ** 2

    def _observations(self, squares: np.ndarray) -> np.ndarray:
        rules, agents = self.rules, self.rules.agents
        features = np.stack([self.x, self.y, self.speed, self.acceleration, self.heading])
        features /= self.units
        others, shown = self.others, self.there[self.others]
        if rules.nearest is not None:
            others, shown = self._nearest(squares)
        count = others.shape[1]
        seen = np.empty((agents, 7 * count + 1), self.dtype)
        fields = seen[:, :-1].reshape(agents, 7, count)
        fields[:, :5] = np.moveaxis(features[:, others] - features[:, :, None], 0, 1)
        fields[:, 5] = self.runs[others]
        fields[:, 6] = shown
        if rules.nearest is not None:
            fields *= shown[:, None]
        seen[:, -1] = self.time / rules.horizon
        return seen * self.there[:, None]

    def _nearest(self, squares: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Who is near each agent, and whether there is somebody at all."""
        count = self.rules.nearest
        assert count is not None
        squares = np.where(self.there, squares, np.inf)
        np.fill_diagonal(squares, np.inf)
        if count < self.rules.agents - 1:
            few = np.argpartition(squares, (count - 1, count), axis=1)
            last = np.take_along_axis(squares, few[:, count - 1 : count + 1], axis=1)
            few = np.sort(few[:, :count], axis=1)
            tied = np.flatnonzero((last[:, 0] == last[:, 1]) & np.isfinite(last[:, 0]))
        else:
            few, tied = self.others, np.zeros(0, int)
        order = np.argsort(np.take_along_axis(squares, few, axis=1), axis=1, kind="stable")
        found = np.take_along_axis(few, order, axis=1)
        # Which of those at the same distance are among the nearest is left to chance above.
        found[tied] = np.argsort(squares[tied], axis=1, kind="stable")[:, :count]
        return found, np.isfinite(np.take_along_axis(squares, found, axis=1))
