"""The numbers of the pandemic study, from what its cells have left. Nothing here needs jax."""

import pathlib
from collections.abc import Mapping
from typing import Any

import numpy as np

from ....evidence.bootstrap import Estimate, bootstrap
from ..outcome import SUMMARY
from .files import OUTCOMES, STATES, read_columns
from .study import REAL, SEARCHED
from .worlds import CHANGES

__all__ = [
    *("NO_HIGHER", "THRESHOLD", "Comparison", "Spread", "mean_of", "outcome_rows"),
    *("practice_rows", "regret_rows", "spread", "state_rows", "training_rows"),
]

THRESHOLD = SEARCHED["threshold"]

#: Percentage points of unemployment that are no difference.
NO_HIGHER = 1e-3

_RESAMPLED = 2000

Spread = tuple[float, float, float]
"""Median, 5th and 95th percentile over draws, and over trainings of those who learn."""


class Comparison:
    """All policies of a world, draw by draw.

    Several trainings of the same learner are one policy here. Its numbers are tables (trainings,
    draws); those of all others have a single row.

    Args:
        folder: of the cell that compared them.
        pooled: otherwise each training is a policy by itself.
    """

    def __init__(self, folder: pathlib.Path, *, pooled: bool = True):
        self.folder = folder
        columns = read_columns(folder / OUTCOMES)
        self.states = read_columns(folder / STATES)
        self.trainings: dict[str, list[str]] = {}
        for name in dict.fromkeys(columns["policy"].tolist()):
            learner = name.partition(", seed ")[0]
            self.trainings.setdefault(learner if pooled else name, []).append(name)
        self.names = list(self.trainings)
        where = {
            name: columns["policy"] == name for names in self.trainings.values() for name in names
        }
        # change -> policy -> number -> (trainings, draws)
        self.numbers: dict[str, dict[str, dict[str, np.ndarray]]] = {}
        for change in dict.fromkeys(columns["change"].tolist()):
            changed = columns["change"] == change
            self.numbers[change] = {
                name: {
                    key: np.stack(
                        [columns[key][where[one] & changed].astype(float) for one in names]
                    )
                    for key in SUMMARY
                }
                for name, names in self.trainings.items()
            }

    @property
    def usual(self) -> dict[str, dict[str, np.ndarray]]:
        """By policy, where nothing was different from what was expected."""
        return self.numbers["none"]

    def welfare(self, name: str, change: str = "none") -> np.ndarray:
        """Federal welfare by training and draw."""
        return self.numbers[change][name]["federal_welfare"]

    @property
    def constants(self) -> list[str]:
        """Constant levels without a subsidy."""
        return [name for name in self.names if name.startswith("level ") and "," not in name]

    def best_constant(self, subsidy: str = "") -> str:
        """The constant level that these very draws like best: the opponent at its best."""
        names = [name + subsidy for name in self.constants]
        return max(names, key=lambda name: float(self.welfare(name).mean()))

    @property
    def shown(self) -> list[str]:
        """Policies of the tables: the real one, the best constant levels, and all others."""
        best = [self.best_constant(), self.best_constant(", subsidy 20")]
        return [REAL, *best, *(name for name in self.names[1:] if not name.startswith("level "))]

    def title(self, name: str) -> str:
        """What people read: how often it was trained."""
        count = len(self.trainings[name])
        return f"{name}, {count} times" if count > 1 else name

    def mean(self, name: str, by_training: Mapping[str, Any]) -> np.ndarray:
        """The mean over trainings of something that is recorded by policy."""
        values: np.ndarray = np.mean([by_training[one] for one in self.trainings[name]], axis=0)
        return values


def spread(values: np.ndarray) -> Spread:
    """Median, 5th and 95th percentile."""
    low, middle, high = np.percentile(values, [5, 50, 95])
    return float(middle), float(low), float(high)


def outcome_rows(found: Comparison) -> list[dict[str, Any]]:
    """What each policy came to, and how it stands to the real one in the same draws."""
    rows = []
    for name in found.shown:
        own, real = found.usual[name], found.usual[REAL]
        differences = {key: own[key] - real[key] for key in SUMMARY}
        rows.append(
            {
                "policy": found.title(name),
                "trainings": len(found.trainings[name]),
                "numbers": {key: spread(own[key]) for key in SUMMARY},
                "difference": {key: spread(values) for key, values in differences.items()},
                "mean_difference": mean_of(differences["federal_welfare"]),
                "over_threshold": mean_of(found.welfare(name) - found.welfare(THRESHOLD)),
                **{key: float(values.mean()) for key, values in _holds(found, name).items()},
            }
        )
    return rows


def training_rows(found: Comparison) -> list[dict[str, Any]]:
    """Each training of those who were trained more than once."""
    rows = []
    for name, trainings in found.trainings.items():
        held = _holds(found, name)
        for i, one in enumerate(trainings if len(trainings) > 1 else ()):
            own, real = found.usual[name], found.usual[REAL]
            gain = own["federal_welfare"][i] - real["federal_welfare"][0]
            rows.append(
                {
                    "policy": one,
                    "mean_difference": float(gain.mean()),
                    "deaths": float(np.median(own["deaths"][i])),
                    "unemployment": float(np.median(own["unemployment"][i])),
                    **{key: float(values[i].mean()) for key, values in held.items()},
                }
            )
    return rows


def mean_of(values: np.ndarray) -> dict[str, float | None]:
    """The mean with its interval over trainings and draws, which are the same for all trainings."""
    found: Estimate = bootstrap(
        lambda sample: sample.mean(axis=(1, 2)), values, same_luck=True, draws=_RESAMPLED
    )
    return {"mean": found.value, "low": found.low, "high": found.high}


def _holds(found: Comparison, name: str) -> dict[str, np.ndarray]:
    """What is true of a policy, by training and draw."""
    own, real = found.usual[name], found.usual[REAL]
    better = own["federal_welfare"] > real["federal_welfare"]
    fewer = own["deaths"] < real["deaths"]
    no_higher = own["unemployment"] <= real["unemployment"] + NO_HIGHER
    return {
        "above_real": better,
        "fewer_deaths": fewer,
        "no_higher_unemployment": no_higher,
        "all_three": better & fewer & no_higher,
        "above_constant": found.welfare(name) > found.welfare(found.best_constant()),
        "above_threshold": found.welfare(name) > found.welfare(THRESHOLD),
    }


def regret_rows(found: Comparison) -> dict[str, dict[str, float]]:
    """Policy -> change -> what it falls short of the best policy that is compared, mean of draws.

    In each change the best policy is picked by those who know of it, so that no policy has a
    regret of 0 everywhere. Constant levels are candidates, too.
    """
    few = min(found.welfare(REAL, change).shape[1] for change in CHANGES)
    regrets: dict[str, dict[str, float]] = {found.title(name): {} for name in found.shown}
    for change in ("none", *CHANGES):
        means = {name: float(found.welfare(name, change)[:, :few].mean()) for name in found.names}
        best = max(means.values())
        for name in found.shown:
            regrets[found.title(name)][change] = best - means[name]
    return regrets


def state_rows(found: Comparison) -> list[dict[str, Any]]:
    """In how many states a policy does better than the real one, by the mean over draws."""
    columns = found.states
    kept = ("deaths_per_100k", "unemployment", "welfare")
    by_policy = {}
    for name in found.shown:
        where = [columns["policy"] == one for one in found.trainings[name]]
        by_policy[name] = {
            key: np.mean([columns[key][place].astype(float) for place in where], axis=0)
            for key in kept
        }
    states = columns["state"][columns["policy"] == REAL]
    real, rows = by_policy[REAL], []
    for name, own in by_policy.items():
        if name == REAL:
            continue
        gain = own["welfare"] - real["welfare"]
        rows.append(
            {
                "policy": found.title(name),
                "states": len(gain),
                "fewer_deaths": int((own["deaths_per_100k"] < real["deaths_per_100k"]).sum()),
                "lower_unemployment": int((own["unemployment"] < real["unemployment"]).sum()),
                "higher_welfare": int((gain > 0).sum()),
                "worst": [str(states[gain.argmin()]), float(gain.min())],
            }
        )
    return rows


def practice_rows(
    found: Comparison, practice: Mapping[str, Mapping[str, Any]]
) -> dict[str, dict[str, Any]]:
    """How policies are carried out: means over trainings, and `within_cooldown` if any is."""
    rows: dict[str, dict[str, Any]] = {}
    for name in found.shown:
        own = [practice[one] for one in found.trainings[name]]
        rows[found.title(name)] = {
            "changes": float(np.mean([one["changes"] for one in own])),
            "within_cooldown": any(one["within_cooldown"] for one in own),
            "deaths_after": np.mean([one["deaths_after"] for one in own], axis=0).tolist(),
        }
    return rows
