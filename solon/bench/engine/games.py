"""The games that the engine is measured on, and their rules in NumPy, played at random."""

import dataclasses
import time
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

import numpy as np

from ..numpy_tag import (
    ContinuousLoop,
    ContinuousRules,
    ContinuousVector,
    GridLoop,
    GridRules,
    GridVector,
)

__all__ = ["CONTINUOUS_TAG", "GAMES", "GRID_TAG", "MANY_TAG", "STAYING_TAG", "Game", "play"]

Rules: TypeAlias = GridRules | ContinuousRules

_DRAWN = 1000
"""Steps whose actions are drawn at once."""
_KEPT = 100
"""Steps of observations that are kept, in a ring."""


@dataclasses.dataclass(frozen=True)
class Game:
    """A size of a game.

    Attributes:
        name: as the table shows it.
        economy: Solon's name for it.
        options: of Solon's economy.
        environments: copies of Solon's economy, on all cores together.
        rules: of the same game in NumPy.
        written: how it is written in NumPy: agent by agent, and with arrays of all of them.
    """

    name: str
    economy: str
    options: Mapping[str, Any]
    environments: int
    rules: Rules
    written: Mapping[str, type]

    @property
    def agents(self) -> int:
        """How many there are in one copy."""
        return self.rules.agents


_GRID = {"loop": GridLoop, "arrays": GridVector}

GRID_TAG = Game("grid tag, 5 agents", "grid-tag", {}, 2000, GridRules(), _GRID)
MANY_TAG = Game(
    "grid tag, 1,000 agents",
    "grid-tag",
    {"taggers": 999, "observation": "partial"},
    64,
    GridRules(taggers=999, partial=True),
    _GRID,
)
CONTINUOUS_TAG = Game(
    "continuous tag, 110 agents",
    "continuous-tag",
    {},
    64,
    ContinuousRules(),
    {"loop": ContinuousLoop, "arrays": ContinuousVector},
)
# A loop over agents skips those who have left, and within an episode of random actions most do.
STAYING_TAG = dataclasses.replace(
    CONTINUOUS_TAG,
    name="continuous tag, nobody leaves",
    options={"runners_leave": False},
    rules=ContinuousRules(runners_leave=False),
)
GAMES = (GRID_TAG, MANY_TAG, CONTINUOUS_TAG, STAYING_TAG)


def begin(game: Any, rules: Rules, rng: np.random.Generator) -> np.ndarray:
    """Start a game; what all agents see."""
    if isinstance(rules, GridRules):
        middle = np.full(rules.agents, rules.length // 2)
        middle[-1] = 0
        return np.asarray(game.reset(middle, middle))
    x, y = rng.uniform(0, rules.length, (2, rules.agents))
    heading = rng.integers(0, 4, rules.agents) * np.pi / 2
    return np.asarray(game.reset(x, y, heading))


def play(
    rules: Rules, written: type, seconds: float, *, ready: Callable[[], Any]
) -> dict[str, Any]:
    """Play one game after another at random in NumPy, and keep what is seen in a buffer.

    Args:
        rules: of the game.
        written: the class that plays it.
        seconds: for how long.
        ready: called when all is set up, to begin together with others.

    Returns:
        `steps_per_second` of the game, without the time in which actions are drawn.
    """
    rng = np.random.default_rng(0)
    game = written(rules)
    seen = begin(game, rules, rng)
    kept = np.zeros((_KEPT, *seen.shape), seen.dtype)
    ready()
    spent, steps = 0.0, 0
    while spent < seconds:
        actions = _drawn(rules, rng)
        began = time.perf_counter()
        for action in actions:
            observation, _, over = game.step(action)
            kept[steps % _KEPT] = observation
            steps += 1
            if over:
                begin(game, rules, rng)
            # A loop over a thousand agents takes long for all that was drawn.
            if steps % 10 == 0 and time.perf_counter() - began > seconds:
                break
        spent += time.perf_counter() - began
    return {"steps_per_second": steps / spent}


def _drawn(rules: Rules, rng: np.random.Generator) -> np.ndarray:
    if isinstance(rules, GridRules):
        return rng.integers(0, 5, (_DRAWN, rules.agents))
    levels = 1 + np.array([rules.acceleration_levels, rules.turn_levels])
    return rng.integers(0, levels, (_DRAWN, rules.agents, 2))
