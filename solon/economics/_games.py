"""Games in normal form: what actions are worth when others mix, and logit answers to that."""

import itertools
import string
from typing import Any

import numpy as np
from jaxtyping import Float

from ..errors import ConfigurationError, require

__all__ = ["ACCURACY", "Game", "LogitSystem"]

# Of log-odds, relative to 1 and the precision; and steps of Newton's method at most.
ACCURACY = 1e-10
_NEWTON = 60
# Of a step of Newton's method: that which leaves least is taken.
_SHARES = np.array([1.0, 0.5, 0.2, 0.05])


class Game:
    """Payoffs of each player, and what they are in expectation.

    Args:
        payoffs: one array a player, each with one axis a player: the actions of all.

    Raises:
        ConfigurationError: if they are not finite numbers of one shape with an axis a player.
    """

    def __init__(self, payoffs: Any):
        try:
            arrays = [np.asarray(each, dtype=np.float64) for each in payoffs]
        except (TypeError, ValueError):
            raise ConfigurationError("payoffs", payoffs, "one array of numbers a player") from None
        players = len(arrays)
        require(2 <= players <= 20, "players", players, "2 to 20, with an array of payoffs each")
        for array in arrays:
            require(
                array.shape == arrays[0].shape and array.ndim == players and array.size > 0,
                "shape of payoffs",
                array.shape,
                f"{players} axes, one a player, and the same for each player's",
            )
            finite = bool(np.isfinite(array).all())
            require(finite, "payoffs", array, "finite numbers")
        self.payoffs = arrays
        self.actions = arrays[0].shape
        self.players = players

    def worth(
        self, profile: list[Float[np.ndarray, "batch _"]], player: int
    ) -> Float[np.ndarray, "batch actions"]:
        """What each action of a player is worth when the others mix so."""
        return self._expected(profile, (player,))

    def worth_against(
        self, profile: list[Float[np.ndarray, "batch _"]], player: int, other: int
    ) -> Float[np.ndarray, "batch actions other_actions"]:
        """The same for each action of one of the others."""
        return self._expected(profile, (player, other))

    def _expected(self, profile, kept):
        axes, batch = string.ascii_lowercase[: self.players], "z"
        mixed = [j for j in range(self.players) if j not in kept]
        inputs = ",".join([axes, *(batch + axes[j] for j in mixed)])
        output = "".join(axes[j] for j in kept)
        # Two players leave nothing to mix over, and nothing to say how many profiles there are.
        if not mixed:
            table = np.einsum(f"{axes}->{output}", self.payoffs[kept[0]])
            return np.broadcast_to(table, (len(profile[0]), *table.shape))
        weights = [profile[j] for j in mixed]
        return np.einsum(f"{inputs}->{batch}{output}", self.payoffs[kept[0]], *weights)


class LogitSystem:
    """y - k (E u(a) - E u(first)) and its derivatives, for many y at once."""

    def __init__(self, game: Game):
        self.game = game
        ends = np.cumsum([0, *(n - 1 for n in game.actions)])
        self.parts = [slice(a, b) for a, b in itertools.pairwise(ends)]
        self.size = int(ends[-1])

    def profile(self, odds):
        mixed = []
        for part in self.parts:
            logs = np.pad(odds[:, part], ((0, 0), (1, 0)))
            weights = np.exp(logs - logs.max(axis=1, keepdims=True))
            mixed.append(weights / weights.sum(axis=1, keepdims=True))
        return mixed

    def advantages(self, profile):
        """E u(a) - E u(first)."""
        worth = [self.game.worth(profile, i) for i in range(self.game.players)]
        return np.concatenate([each[:, 1:] - each[:, :1] for each in worth], axis=1)

    def slopes(self, profile):
        """The derivative of the advantages by the odds."""
        slopes = np.zeros((len(profile[0]), self.size, self.size))
        moves = [p[:, :, None] * (np.eye(p.shape[1]) - p[:, None, :])[:, :, 1:] for p in profile]
        for i, rows in enumerate(self.parts):
            for j, columns in enumerate(self.parts):
                if i != j:
                    worth = self.game.worth_against(profile, i, j)
                    slopes[:, rows, columns] = (worth[:, 1:] - worth[:, :1]) @ moves[j]
        return slopes

    def residual(self, odds, precision):
        return odds - precision * self.advantages(self.profile(odds))

    def derivative(self, odds, precision):
        return np.eye(self.size) - precision * self.slopes(self.profile(odds))

    def newton(self, odds, precision):
        """Solutions from many starts, and which of them are solutions."""
        for _ in range(_NEWTON):
            residual = self.residual(odds, precision)
            size = np.abs(residual).max(axis=1, initial=0)
            if (size <= ACCURACY * (1 + precision)).all():
                break
            derivative = self.derivative(odds, precision)
            # A start in the middle of a fold may go anywhere.
            derivative += 1e-12 * np.eye(self.size)
            step = -np.linalg.solve(derivative, residual[:, :, None])[:, :, 0]
            tried = odds[None] + _SHARES[:, None, None] * step[None]
            flat = tried.reshape(-1, self.size)
            after = np.abs(self.residual(flat, precision)).max(axis=1, initial=0)
            best = after.reshape(tried.shape[:2]).argmin(axis=0)
            odds = tried[best, np.arange(len(odds))]
        size = np.abs(self.residual(odds, precision)).max(axis=1, initial=0)
        return odds, size <= 10 * ACCURACY * (1 + precision)

    def index(self, odds, precision):
        return np.sign(np.linalg.det(self.derivative(odds, precision))).astype(int)
