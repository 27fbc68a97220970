"""Make what the room Play quotes: what shipped workers come to in short years and in long ones.

python -m solon.applications.taxation.rooms.make_short_years results/lab/short-years.json
"""

import json
import pathlib
import sys
from typing import Any

import numpy as np

from .... import zoo
from ....learning.playing import play
from ....luck import key_of
from ....runs.atomic import write_file

__all__ = ["facts", "main"]

REGIMES = ("us-federal", "learned")
LENGTHS = (100, 300)
YEARS = 100


def facts(years: int = YEARS) -> dict[str, Any]:
    """Utility of all four workers together, by regime and step: mean over years, standard error.

    `short` is at the end of a year of so many steps, `long` after as many steps of a usual one.
    """
    found = {
        regime: {
            str(steps): {
                "short": _mean(_utility(regime, steps, years)[-1]),
                "long": _mean(usual[steps]),
            }
            for steps in LENGTHS
        }
        for regime in REGIMES
        for usual in [_utility(regime, None, years)]
    }
    command = f"python -m {__spec__.name} results/lab/short-years.json"
    return {"command": command, "years": years, "utility": found}


def _utility(regime: str, horizon: int | None, years: int) -> np.ndarray:
    """By step and year."""
    options = {} if horizon is None else {"horizon": horizon}
    entry = zoo.load(f"tax/open-quadrant/{regime}", **options)
    played = play(
        entry.env,
        entry.policies,
        key_of(0),
        entry.params,
        episodes=years,
        record=lambda state, timestep: timestep.metrics["utilitarian_welfare"],
        memories=entry.memories,
    )
    return np.asarray(played, float)


def _mean(values: np.ndarray) -> list[float]:
    error = values.std(ddof=1) / len(values) ** 0.5
    return [round(float(values.mean()), 2), round(float(error), 2)]


def main(path: str) -> None:
    """Write it there."""
    text = json.dumps(facts(), indent=1) + "\n"
    place = pathlib.Path(path)
    place.parent.mkdir(parents=True, exist_ok=True)
    write_file(place, text.encode())


if __name__ == "__main__":
    main(sys.argv[1])
