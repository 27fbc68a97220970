"""From trainings to the entries of the zoo that govern in the lab.

python -m solon.applications.unknown_society.shipping FOLDER --steps 8000000 --seed 3
"""

import dataclasses
import pathlib
from typing import Annotated

import numpy as np
import tyro

from ..._terminal import say
from ...errors import require
from ...evidence.run import evaluate_players
from ...runs.folder import EVALUATION, RunFolder
from ...runs.players import players_of
from ...zoo.packing import pack
from .policies import FixedRate
from .scoring import begun, play_planner, truth_of
from .shipped import CHOSEN, entry_of, governing, prior
from .study.shares import PERIODS, Gains, share
from .training import recipe_of, train_planner

__all__ = ["Options", "ship"]

_KINDS = {"plain": (False,), "shocks": (True,), "both": (False, True)}
_EPISODES = 1000
_SOCIETIES = 500
"""Of each model, for the numbers of the card. They are for choosing: the test stays closed."""
_STATUS = "provisional"


@dataclasses.dataclass(frozen=True)
class Options:
    """Train the planner of the lab, and put it into the zoo."""

    folder: Annotated[pathlib.Path, tyro.conf.Positional]
    """Gets the trainings. Where one was interrupted, it goes on."""
    steps: int = 8_000_000
    """Years of a training, all copies together."""
    seed: int = 3
    """Of all luck of a training."""
    societies: str = "both"
    """Whether incomes have yearly shocks: plain, shocks or both."""


def ship(folder: pathlib.Path, *, steps: int, seed: int, shocks: bool) -> pathlib.Path:
    """Train a planner over five models, evaluate it, and make an entry of it.

    Args:
        folder: gets the run; a training that was interrupted there goes on.
        steps: years, all copies together.
        seed: of all luck.
        shocks: whether incomes have yearly shocks.

    Returns:
        The folder of the entry.
    """
    recipe = recipe_of(prior(shocks), steps=steps, seed=seed)
    trained = train_planner(recipe, folder, quiet=False)
    run = RunFolder.open(folder / "run")
    players = dataclasses.replace(players_of(run), regime="learned planner")
    evaluate_players(players, episodes=_EPISODES, seed=seed).save(run.path / EVALUATION)
    note = _note(governing(recipe, trained, shocks), shocks, seed)
    return pack(run.path, entry_of(shocks), status=_STATUS, note=note)


def _note(planner: object, shocks: bool, seed: int) -> str:
    """What it closes of the gap in each model, on societies for choosing."""
    law = CHOSEN[shocks].standard
    closed: dict[str, list[float]] = {name: [] for name in PERIODS}
    for own in prior(shocks).each():
        drawn = begun(own, count=_SOCIETIES, seed=1000 + seed, purpose="choosing")
        truth, fixed = truth_of(drawn), play_planner(FixedRate(law), drawn)
        played = play_planner(planner, drawn, set_by="levels")  # type: ignore[arg-type]
        gains = Gains((played.welfare - fixed.welfare)[None], truth.welfare - fixed.welfare)
        for name, years in PERIODS.items():
            closed[name].append(share(gains, years))
    mean = {name: float(np.mean(each)) for name, each in closed.items()}
    what = "with yearly shocks to incomes" if shocks else "without shocks to incomes"
    return (
        "It taxes societies of four workers for ten years, and is told neither the elasticity nor "
        f"the skills nor which of five models of behavior holds, {what}. As it governs in the "
        "lab, it sets the best single rate of its prior in the first year and from then on the "
        f"rate that it holds most probable. So it closes {mean['all_years']:.0%} of the gap "
        f"between one rate for all ({law:.0%}, the best under the standard model) and the best "
        f"rates over all ten years, and {mean['last_five']:.0%} in the last five: means over the "
        f"five models, {_SOCIETIES} societies of each, none of them of the study's test."
    )


def main(options: Options) -> None:
    """Train and pack what was asked for."""
    from ...cli._runtime import prepare

    require(options.societies in _KINDS, "societies", options.societies, ", ".join(_KINDS))
    prepare()
    for shocks in _KINDS[options.societies]:
        place = options.folder / ("shocks" if shocks else "plain")
        say(str(ship(place, steps=options.steps, seed=options.seed, shocks=shocks)))


if __name__ == "__main__":
    main(tyro.cli(Options))
