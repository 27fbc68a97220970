"""The pandemic study with the days after the last one, and in further draws. Nothing needs jax.

Welfare ends with the last day, so that what a policy leaves behind costs it nothing. Here the
deaths of the days after it are charged at the model's own price of a death.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from jaxtyping import Float

from .files import AFTER, FURTHER, LENGTHS, read_columns
from .numbers import NO_HIGHER, THRESHOLD, Comparison, mean_of, spread
from .study import LEARNED, REAL

__all__ = ["CHARGED", "DAYS", "Charged", "charged_rows", "further_rows", "length_rows"]

#: Days after the last one that are charged unless something else is said.
DAYS = 60

#: What is charged -> what people read. Rewards are deaths, output and unemployment together.
CHARGED: Mapping[str, str] = {
    "": "to the last day",
    **{f"deaths_{days}": f"{days} days" for days in LENGTHS},
    **{f"deaths_{days}_own": f"{days} days, own levels" for days in LENGTHS[1:]},
    **{f"reward_{days}": f"{days} days, whole reward" for days in (DAYS,)},
}

#: The learners each of whose trainings is shown, since one of them is in the zoo.
_APART = (LEARNED["ppo-capped"],)


class Charged:
    """What follows the last day, by policy, training and draw.

    Args:
        found: the comparison of all policies to the last day.
        cell: result of the cell that has what follows.
    """

    def __init__(self, found: Comparison, cell: Mapping[str, Any]):
        self.found = found
        self.price = cell["points_per_100k_deaths"] / 1e5
        columns = read_columns(found.folder.parent / "after" / AFTER)
        self.names = [name for name in found.shown if "subsidy" not in name]
        self._after = {
            name: {
                key: np.stack([values[columns["policy"] == one].astype(float) for one in trainings])
                for key, values in columns.items()
                if key not in ("policy", "draw")
            }
            for name, trainings in found.trainings.items()
            if trainings[0] in columns["policy"]
        }

    def deaths_after(self, name: str) -> Float[np.ndarray, "trainings draws"]:
        """Deaths in the days after the last one, levels as they really were then."""
        return self._after[name][f"deaths_{DAYS}"]

    def deaths(self, name: str) -> Float[np.ndarray, "trainings draws"]:
        """Deaths with those in the days after the last one."""
        return self.found.usual[name]["deaths"] + self.deaths_after(name)

    def welfare(
        self, name: str, charged: str = f"deaths_{DAYS}"
    ) -> Float[np.ndarray, "trainings draws"]:
        """Federal welfare with what one of `CHARGED` says."""
        usual = self.found.welfare(name)
        if not charged:
            return usual
        later = self._after[name][charged]
        return usual + later if charged.startswith("reward") else usual - self.price * later


def charged_rows(charged: Charged) -> list[dict[str, Any]]:
    """How policies stand with the deaths of the days after the last one, in the same draws.

    Trainings of those who learned under a cap have rows of their own behind that of all together.
    """
    found, real = charged.found, charged.deaths(REAL)
    rows = []
    for name in charged.names:
        welfare = charged.welfare(name)
        numbers = {
            "deaths_after": charged.deaths_after(name),
            "ratio_at_the_end": found.usual[name]["deaths"] / found.usual[REAL]["deaths"],
            "ratio": charged.deaths(name) / real,
            "over_real": welfare - charged.welfare(REAL),
            "over_threshold": welfare - charged.welfare(THRESHOLD),
        }
        rows.append({"policy": found.title(name), **_stands(numbers)})
        trainings = found.trainings[name] if name in _APART else ()
        for i, one in enumerate(trainings if len(trainings) > 1 else ()):
            own = {key: values[i : i + 1] for key, values in numbers.items()}
            rows.append({"policy": one, **_stands(own)})
    return rows


def _stands(numbers: Mapping[str, np.ndarray]) -> dict[str, Any]:
    return {
        "deaths_after": spread(numbers["deaths_after"]),
        "ratio_at_the_end": float(np.median(numbers["ratio_at_the_end"])),
        "ratio": float(np.median(numbers["ratio"])),
        "fewer_deaths": float((numbers["ratio"] < 1).mean()),
        "over_real": mean_of(numbers["over_real"]),
        "above_real": float((numbers["over_real"] > 0).mean()),
        "over_threshold": mean_of(numbers["over_threshold"]),
        "above_threshold": float((numbers["over_threshold"] > 0).mean()),
    }


def length_rows(charged: Charged) -> dict[str, dict[str, dict[str, float]]]:
    """Policy -> what is charged -> mean welfare over the threshold rule and the real policy."""
    rows: dict[str, dict[str, dict[str, float]]] = {}
    for name in charged.names:
        found = {
            key: {
                "over_threshold": charged.welfare(name, key) - charged.welfare(THRESHOLD, key),
                "over_real": charged.welfare(name, key) - charged.welfare(REAL, key),
            }
            for key in CHARGED
        }
        trainings = charged.found.trainings[name]
        rows[charged.found.title(name)] = _means(found, slice(None))
        if name in _APART and len(trainings) > 1:
            rows |= {one: _means(found, slice(i, i + 1)) for i, one in enumerate(trainings)}
    return rows


def _means(
    found: Mapping[str, Mapping[str, np.ndarray]], where: slice
) -> dict[str, dict[str, float]]:
    return {
        key: {over: float(values[where].mean()) for over, values in own.items()}
        for key, own in found.items()
    }


def further_rows(found: Comparison, cell: Mapping[str, Any]) -> list[dict[str, Any]]:
    """How policies do in draws that were made after all others, seed by seed and in all of them."""
    columns = read_columns(found.folder.parent / "further" / FURTHER)
    price = cell["points_per_100k_deaths"] / 1e5

    def of(name: str, key: str) -> np.ndarray:
        trainings = found.trainings.get(name, [name])
        return np.stack([columns[key][columns["policy"] == one].astype(float) for one in trainings])

    def charged(name: str) -> np.ndarray:
        return of(name, "federal_welfare") - price * of(name, f"deaths_{DAYS}")

    known = set(columns["policy"].tolist())
    best = found.best_constant()
    shown = [best, *(name for name in found.names if not name.startswith("level "))]
    names = []
    for name in shown:
        trainings = found.trainings[name]
        if name not in (REAL, THRESHOLD) and known.issuperset(trainings):
            names += [name, *(trainings if name in _APART and len(trainings) > 1 else ())]
    seed = columns["seed"][columns["policy"] == REAL]
    rows = []
    for name in names:
        lead = of(name, "federal_welfare") - of(THRESHOLD, "federal_welfare")
        later = charged(name) - charged(THRESHOLD)
        three = of(name, "federal_welfare") > of(REAL, "federal_welfare")
        three &= of(name, "deaths") < of(REAL, "deaths")
        three &= of(name, "unemployment") <= of(REAL, "unemployment") + NO_HIGHER
        rows.append(
            {
                "policy": found.title(name) if name in found.trainings else name,
                "all_three": float(three.mean()),
                "over_threshold": mean_of(lead),
                "by_seed": {str(one): float(lead[:, seed == one].mean()) for one in cell["seeds"]},
                "above_threshold": float((lead > 0).mean()),
                "charged_over_threshold": mean_of(later),
                "charged_above_threshold": float((later > 0).mean()),
                "charged_over_real": mean_of(charged(name) - charged(REAL)),
            }
        )
    return rows
