"""Grid Tag in NumPy: as a loop over agents, and with arrays of all of them."""

import dataclasses
from typing import Any

import numpy as np

__all__ = ["GridLoop", "GridRules", "GridVector"]

_MOVES = ((0, 0), (1, 0), (-1, 0), (0, 1), (0, -1))


@dataclasses.dataclass(frozen=True)
class GridRules:
    """Sizes and numbers of a game; see `solon.economies.tag.GridTag` for what they are."""

    taggers: int = 4
    length: int = 100
    horizon: int = 100
    partial: bool = False
    tag_reward: float = 10.0
    tag_penalty: float = 2.0
    step_cost: float = 0.01
    step_reward: float = 0.01
    wall_penalty: float = 0.1

    @property
    def agents(self) -> int:
        """Taggers and the runner, who is the last."""
        return self.taggers + 1


class GridLoop:
    """One game, agent by agent.

    Args:
        rules: of the game.
        dtype: of the observations and rewards.
    """

    def __init__(self, rules: GridRules, dtype: Any = np.float32):
        self.rules = rules
        self.dtype = dtype

    def reset(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        """Start with the agents in these cells.

        Returns:
            What each agent sees: [agents, 4 agents + 1], or [agents, 6] in part.
        """
        self.x, self.y = [int(cell) for cell in x], [int(cell) for cell in y]
        self.time = 0
        return self._observations()

    def step(self, actions: np.ndarray) -> tuple[np.ndarray, np.ndarray, bool]:
        """Observations, rewards, and whether the game is over.

        Args:
            actions: of each agent, from 0 to 4.
        """
        rules, runner = self.rules, self.rules.taggers
        self.time += 1
        hits = []
        for agent, action in enumerate(actions.tolist()):
            move_x, move_y = _MOVES[action]
            x, y = self.x[agent] + move_x, self.y[agent] + move_y
            hits.append(x < 0 or x > rules.length or y < 0 or y > rules.length)
            self.x[agent] = min(max(x, 0), rules.length)
            self.y[agent] = min(max(y, 0), rules.length)
        tagged = False
        for agent in range(rules.taggers):
            if self.x[agent] == self.x[runner] and self.y[agent] == self.y[runner]:
                tagged = True
        rewards = np.zeros(rules.agents, self.dtype)
        for agent in range(rules.agents):
            if agent == runner:
                reward = -rules.tag_penalty if tagged else rules.step_reward
            else:
                reward = rules.tag_reward if tagged else -rules.step_cost
            if hits[agent]:
                reward -= rules.wall_penalty
            rewards[agent] = reward
        return self._observations(), rewards, tagged or self.time >= rules.horizon

    def _observations(self) -> np.ndarray:
        seen = self._few if self.rules.partial else self._everyone
        return np.array([seen(agent) for agent in range(self.rules.agents)], self.dtype)

    def _everyone(self, own: int) -> list[float]:
        rules = self.rules
        seen = [x / rules.length for x in self.x]
        seen += [y / rules.length for y in self.y]
        seen += [1.0 if agent == rules.taggers else 0.0 for agent in range(rules.agents)]
        seen += [1.0 if agent == own else 0.0 for agent in range(rules.agents)]
        return [*seen, self.time / rules.horizon]

    def _few(self, own: int) -> list[float]:
        rules, other = self.rules, self.rules.taggers
        if own == other:
            distances = [
                (self.x[agent] - self.x[own]) ** 2 + (self.y[agent] - self.y[own]) ** 2
                for agent in range(rules.taggers)
            ]
            other = distances.index(min(distances))
        places = (self.x[own], self.y[own], self.x[other], self.y[other])
        kind = 1.0 if own == rules.taggers else 0.0
        return [*(place / rules.length for place in places), kind, self.time / rules.horizon]


class GridVector:
    """One game, with arrays of all agents.

    Args:
        rules: of the game.
        dtype: of the observations and rewards.
    """

    def __init__(self, rules: GridRules, dtype: Any = np.float32):
        self.rules = rules
        self.dtype = dtype
        agents = rules.agents
        self.moves = np.array(_MOVES)
        if rules.partial:
            self.seen = np.zeros((agents, 6), dtype)
            self.seen[-1, 4] = 1
        else:
            self.seen = np.zeros((agents, 4 * agents + 1), dtype)
            self.seen[:, 3 * agents - 1] = 1
            self.seen[:, 3 * agents : 4 * agents] = np.eye(agents)

    def reset(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        """As `GridLoop.reset`."""
        self.place = np.stack([x, y], axis=1).astype(int)
        self.time = 0
        return self._observations()

    def step(self, actions: np.ndarray) -> tuple[np.ndarray, np.ndarray, bool]:
        """As `GridLoop.step`."""
        rules = self.rules
        self.time += 1
        place = self.place + self.moves[actions]
        self.place = np.clip(place, 0, rules.length)
        hits = (place != self.place).any(axis=1)
        tagged = bool((self.place[:-1] == self.place[-1]).all(axis=1).any())
        rewards = np.full(rules.agents, rules.tag_reward if tagged else -rules.step_cost)
        rewards[-1] = -rules.tag_penalty if tagged else rules.step_reward
        rewards[hits] -= rules.wall_penalty
        over = tagged or self.time >= rules.horizon
        return self._observations(), rewards.astype(self.dtype), over

    def _observations(self) -> np.ndarray:
        rules, seen = self.rules, self.seen.copy()
        agents, place = rules.agents, self.place / rules.length
        if rules.partial:
            gaps = ((self.place[:-1] - self.place[-1]) ** 2).sum(axis=1)
            seen[:, :2] = place
            seen[:-1, 2:4] = place[-1]
            seen[-1, 2:4] = place[gaps.argmin()]
        else:
            seen[:, : 2 * agents] = place.T.ravel()
        seen[:, -1] = self.time / rules.horizon
        return seen
