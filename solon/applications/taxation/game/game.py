"""A game: a person takes the part of one worker among shipped ones, step by step."""

import functools
from collections.abc import Iterable, Mapping
from typing import Any

import jax
import numpy as np

from .... import zoo
from ....economies.gather_trade_build import GatherTradeBuild
from ....errors import require
from ....runs.players import Players
from ..outcomes import Evaluation, from_recordings
from . import engine
from .moves import AUTOPILOT, moves, why_not
from .news import news
from .setup import Setup

__all__ = ["Game", "players_for"]

_SCORES = ("coin", "labor", "utility", "houses", "total_paid", "total_transfer")


@functools.lru_cache(maxsize=8)
def players_for(regime: str) -> Players:
    """The shipped workers and the tax of a regime."""
    return zoo.load(regime)


def _economy(players: Players) -> GatherTradeBuild:
    assert isinstance(players.env, GatherTradeBuild), players.regime
    return players.env


class Game:
    """A game as far as it has been played.

    Setup, luck and the actions so far fix everything: the same actions give the same game again.

    Attributes:
        setup: what it is played on.
        players: the shipped workers and the tax.
        env: their economy.
        person: the worker that the person is, in the economy's order.
        done: the moves so far, in words.
        shown: what the start and each step have shown, of two economies (leading axis): that of
            the person, and the one in which the shipped worker plays the person's part.
        told: what happened in each step, in sentences; nothing at the start.
    """

    def __init__(self, setup: Setup, actions: Iterable[str] = ()):
        """Start a game, and replay moves.

        Args:
            setup: what it is played on.
            actions: moves to begin with.

        Raises:
            ConfigurationError: if one of them is not possible when its turn comes.
        """
        self.setup = setup
        self.players = players_for(setup.regime)
        self.env = _economy(self.players)
        self._luck = engine.draw_luck(self.env, setup.seed, setup.steps)
        self._situation, start = engine.first(self.players, self._luck, setup.steps)
        self.shown = [jax.device_get(start)]
        self.done: list[str] = []
        self.told: list[list[str]] = [[]]
        ranks = self.shown[0]["recorded"]["workers"]["rank"][0, 0]
        self.person = int(np.flatnonzero(ranks == setup.worker - 1)[0])
        for number, move in enumerate(actions, start=1):
            refusal = self.act(move)
            require(refusal is None, f"actions[{number}]", move, f"what is possible: {refusal}")

    @property
    def step(self) -> int:
        """Steps so far."""
        return len(self.done)

    @property
    def over(self) -> bool:
        """Whether the last step has been taken."""
        return self.step >= self.setup.steps

    def act(self, move: str) -> str | None:
        """Take a step, unless the rules or the end of the game forbid the move.

        Args:
            move: one of `moves`, or `AUTOPILOT`.

        Returns:
            Why nothing was done, in a sentence for the person; None if the step was taken.
        """
        if self.over:
            return "The game is over."
        words = moves(self.env)
        number = engine.SHIPPED
        if move != AUTOPILOT:
            if move not in words:
                return f"There is no move {move!r}."
            refusal = why_not(self.env, self.seen(), self.person, move)
            if refusal is not None:
                return refusal
            number = words.index(move)
        self._situation, shown = engine.following(
            self.players, self._situation, self._luck, self.step, self.person, number
        )
        self.shown.append(jax.device_get(shown))
        self.done.append(move)
        self.told.append(news(self, self.step))
        return None

    def seen(self, step: int = -1, *, machine: bool = False) -> Mapping[str, Any]:
        """What a step has shown of the person's economy, or of the machine's."""
        return jax.tree.map(lambda leaf: leaf[int(machine)], self.shown[step])

    def score(self, step: int = -1, *, machine: bool = False) -> dict[str, float]:
        """Where the worker stands whose part the person took.

        Args:
            step: after which step; the latest by default.
            machine: in the economy in which the shipped worker plays this part.

        Returns:
            `coin`, `labor`, `utility`, `houses`, and `tax_paid` and `transfers` (coin) so far.
        """
        workers = self.shown[step]["recorded"]["workers"]
        own = {name: float(workers[name][int(machine), 0, self.person]) for name in _SCORES}
        own["tax_paid"], own["transfers"] = own.pop("total_paid"), own.pop("total_transfer")
        return own

    def course(self, name: str, *, machine: bool = False) -> np.ndarray:
        """A number of `score` after the start and after each step so far."""
        return np.array(
            [self.score(step, machine=machine)[name] for step in range(len(self.shown))]
        )

    def evaluation(self, *, machine: bool = False) -> Evaluation:
        """The game that was played, or the machine's, as an evaluation of one short year.

        Raises:
            ConfigurationError: if it has not come to the first tax day yet.
        """
        period = self.env.component("periodic-bracket-tax").period
        require(self.step >= period, "game", f"{self.step} steps", f"one of at least {period}")
        rows = [jax.tree.map(lambda leaf: leaf[int(machine)], s["recorded"]) for s in self.shown]
        played = jax.tree.map(lambda *leaves: np.stack(leaves), *rows)
        return from_recordings(
            self.env,
            played,
            params=self.players.params,
            regime="the machine in your place" if machine else "you",
            labels={"regime": self.players.regime, "seed": str(self.setup.seed)},
        )
