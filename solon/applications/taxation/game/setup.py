"""What a game is played on: which regime, whose part, how long, and with which luck."""

import dataclasses

from .... import zoo
from ...._plain import plain_fields
from ....errors import require, require_whole
from ....zoo.files import read_entry

__all__ = ["LENGTHS", "TITLES", "WORKERS", "Setup", "patience", "regimes"]

#: Steps of a game: whole tax periods, so that it ends after a tax day.
LENGTHS = (100, 200, 300)
#: How many workers the shipped economies have.
WORKERS = 4
#: What people call the regimes.
TITLES = {
    "tax/open-quadrant/free-market": "Free market",
    "tax/open-quadrant/us-federal": "US federal rates",
    "tax/open-quadrant/saez": "Saez's formula",
    "tax/open-quadrant/search": "Rates found by search",
    "tax/open-quadrant/learned": "A planner that learned",
    "tax/open-quadrant/learned-seed-2": "A planner that learned, second training",
    "tax/open-quadrant/mixture": "Random taxes",
}


def regimes() -> list[str]:
    """The entries of the zoo whose workers and tax a game can be played with."""
    return [name for name in zoo.names() if name.startswith("tax/")]


def patience(regime: str) -> str:
    """Words for whoever waits for a regime whose planner is more than a table of rates."""
    planner = read_entry(regime).record["config"]["planner"] or {"options": None}
    if "options" not in planner:
        return ""
    return " This planner is compiled when it is met for the first time: half a minute."


@dataclasses.dataclass(frozen=True)
class Setup:
    """What a game is played on. With the actions it is all there is to know about a game.

    Attributes:
        regime: an entry of the zoo: its tax, and the workers who were trained under it.
        worker: whose part the person takes, 1 for the lowest payment for a house.
        steps: length of the game, one of `LENGTHS`.
        seed: all luck.

    Raises:
        ConfigurationError: if there is no such game.
    """

    regime: str = "tax/open-quadrant/us-federal"
    worker: int = WORKERS
    steps: int = LENGTHS[0]
    seed: int = 1

    def __post_init__(self):
        plain_fields(self)
        known = regimes()
        require(self.regime in known, "regime", self.regime, ", ".join(known))
        require_whole("worker", self.worker, low=1, high=WORKERS)
        allowed = "100, 200 or 300 steps"
        require(type(self.steps) is int and self.steps in LENGTHS, "steps", self.steps, allowed)
        require_whole("seed", self.seed, low=0, high=2**32 - 1)
