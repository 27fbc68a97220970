"""The numbers of the pandemic study, from what its cells have left. Nothing here needs jax."""

import pathlib
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ..policy_outcome import SUMMARY, number_text
from .pandemic import REAL
from .pandemic_files import OUTCOMES, STATES, read_columns
from .pandemic_worlds import CHANGES, WORLDS

__all__ = ["Comparison", "outcome_rows", "regret_rows", "state_rows", "tables"]

CONSTANT, THRESHOLD = "constant", "threshold rule, tuned"

Spread = tuple[float, float, float]
"""Median, 5th and 95th percentile over draws."""


class Comparison:
    """All policies of a world, draw by draw.

    Args:
        folder: of the cell that compared them.
    """

    def __init__(self, folder: pathlib.Path):
        columns = read_columns(folder / OUTCOMES)
        self.states = read_columns(folder / STATES)
        self.names = [str(name) for name in dict.fromkeys(columns["policy"])]
        where = {name: np.flatnonzero(columns["policy"] == name) for name in self.names}
        changes = list(dict.fromkeys(columns["change"]))
        # change -> policy -> number -> by draw
        self.numbers: dict[str, dict[str, dict[str, np.ndarray]]] = {
            change: {
                name: {
                    key: columns[key][place[columns["change"][place] == change]].astype(float)
                    for key in SUMMARY
                }
                for name, place in where.items()
            }
            for change in changes
        }

    @property
    def usual(self) -> dict[str, dict[str, np.ndarray]]:
        """By policy, where nothing was different from what was expected."""
        return self.numbers["none"]

    def welfare(self, name: str, change: str = "none") -> np.ndarray:
        """Federal welfare by draw."""
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

    def share_above(self, name: str, other: str) -> float:
        """Share of the draws in which a policy has the higher federal welfare."""
        return float((self.welfare(name) > self.welfare(other)).mean())


def spread(values: np.ndarray) -> Spread:
    """Median, 5th and 95th percentile."""
    low, middle, high = np.percentile(values, [5, 50, 95])
    return float(middle), float(low), float(high)


def outcome_rows(found: Comparison) -> list[dict[str, Any]]:
    """What each policy came to, and how it stands to the real one in the same draws."""
    real = found.usual[REAL]
    constant = found.best_constant()
    rows = []
    for name in found.shown:
        own = found.usual[name]
        better = own["federal_welfare"] > real["federal_welfare"]
        fewer = own["deaths"] < real["deaths"]
        # The unit of unemployment is a percentage point: a thousandth is no difference.
        no_higher = own["unemployment"] <= real["unemployment"] + 1e-3
        rows.append(
            {
                "policy": name,
                "numbers": {key: spread(own[key]) for key in SUMMARY},
                "difference": {key: spread(own[key] - real[key]) for key in SUMMARY},
                "above_real": float(better.mean()),
                "fewer_deaths": float(fewer.mean()),
                "no_higher_unemployment": float(no_higher.mean()),
                "all_three": float((better & fewer & no_higher).mean()),
                "above_constant": found.share_above(name, constant),
                "above_threshold": found.share_above(name, THRESHOLD),
            }
        )
    return rows


def regret_rows(found: Comparison) -> dict[str, dict[str, float]]:
    """Policy -> change -> what it falls short of the best policy that is compared, mean of draws.

    In each change the best policy is picked by those who know of it, so that no policy has a
    regret of 0 everywhere. Constant levels are candidates, too.
    """
    few = min(len(next(iter(found.numbers[change].values()))["deaths"]) for change in CHANGES)
    regrets: dict[str, dict[str, float]] = {name: {} for name in found.shown}
    for change in ("none", *CHANGES):
        means = {name: float(found.welfare(name, change)[:few].mean()) for name in found.names}
        best = max(means.values())
        for name in found.shown:
            regrets[name][change] = best - means[name]
    return regrets


def state_rows(found: Comparison) -> list[dict[str, Any]]:
    """In how many states a policy does better than the real one, by the mean over draws."""
    columns = found.states
    by_policy = {
        name: {
            key: columns[key][columns["policy"] == name]
            for key in ("state", "deaths_per_100k", "unemployment", "welfare")
        }
        for name in found.shown
    }
    real, rows = by_policy[REAL], []
    for name, own in by_policy.items():
        if name == REAL:
            continue
        gain = own["welfare"] - real["welfare"]
        rows.append(
            {
                "policy": name,
                "states": len(gain),
                "fewer_deaths": int((own["deaths_per_100k"] < real["deaths_per_100k"]).sum()),
                "lower_unemployment": int((own["unemployment"] < real["unemployment"]).sum()),
                "higher_welfare": int((gain > 0).sum()),
                "worst": [str(own["state"][gain.argmin()]), float(gain.min())],
            }
        )
    return rows


def tables(
    results: Mapping[str, Any], comparisons: Mapping[str, Comparison]
) -> Sequence[tuple[str, str]]:
    """The tables of the page on the study, in Markdown, each with a name."""
    made = []
    for world, found in comparisons.items():
        rows = outcome_rows(found)
        practice = results[f"{world}/compared"]["practice"]
        made.append((f"{world}-outcomes", _outcomes(rows, practice)))
        made.append((f"{world}-against", _against(rows)))
        made.append((f"{world}-states", _states(state_rows(found))))
        made.append((f"{world}-regret", _regret(regret_rows(found))))
        for kind, text in (("heard", _heard), ("exploited", _exploited)):
            if f"{world}/{kind}" in results:
                made.append((f"{world}-{kind}", text(results[f"{world}/{kind}"])))
    known = [world for world in WORLDS if f"{world}/distilled" in results]
    if known:
        made.append(("distilled", _distilled({w: results[f"{w}/distilled"] for w in known})))
    return made


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [f"| {' | '.join(heads)} |", "|" + "---|" * len(heads)]
    return "\n".join([*lines, *(f"| {' | '.join(cells)} |" for cells in rows)])


def _range(key: str, values: Spread) -> str:
    number = SUMMARY[key]
    middle, low, high = (number_text(number, np.array([value]))[0] for value in values)
    return f"{middle} ({low} to {high})"


def _signed(values: Spread, digits: int = 1) -> str:
    middle, low, high = (f"{value:+.{digits}f}".replace("-", "−") for value in values)
    return f"{middle} ({low} to {high})"


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"


def _outcomes(rows: Sequence[Mapping[str, Any]], practice: Mapping[str, Any]) -> str:
    keys = ("federal_welfare", "deaths", "unemployment", "lost_output", "subsidies", "debt")
    heads = [f"{SUMMARY[key].title.lower()}, {SUMMARY[key].unit}" for key in keys]
    body = []
    for row in rows:
        cells = [_range(key, row["numbers"][key]) for key in keys[:4]]
        cells += [number_text(SUMMARY[k], np.array([row["numbers"][k][0]]))[0] for k in keys[4:]]
        own = practice[row["policy"]]
        cells += [f"{own['deaths_after'][0] / 1e3:,.1f}", f"{own['changes']:.1f}"]
        body.append([row["policy"], *cells])
    return _table(
        ["policy", *heads, "deaths in the 60 days after, thousands", "changes a state"], body
    )


def _against(rows: Sequence[Mapping[str, Any]]) -> str:
    heads = ["policy", "welfare over the real policy", "higher", "fewer deaths"]
    heads += ["unemployment not higher", "all three", "above best level", "above threshold rule"]
    body = []
    for row in rows[1:]:
        keys = ("above_real", "fewer_deaths", "no_higher_unemployment", "all_three")
        cells = [_percent(row[key]) for key in (*keys, "above_constant", "above_threshold")]
        body.append([row["policy"], _signed(row["difference"]["federal_welfare"]), *cells])
    return _table(heads, body)


def _states(rows: Sequence[Mapping[str, Any]]) -> str:
    heads = ["policy", "fewer deaths", "lower unemployment", "higher own welfare", "worst off"]
    body = [
        [
            row["policy"],
            *(f"{row[k]} of {row['states']}" for k in ("fewer_deaths", "lower_unemployment")),
            f"{row['higher_welfare']} of {row['states']}",
            f"{row['worst'][0]}, {row['worst'][1]:+.1f}".replace("-", "−"),
        ]
        for row in rows
    ]
    return _table(heads, body)


def _regret(rows: Mapping[str, Mapping[str, float]]) -> str:
    short = {"none": "as expected"} | {name: name for name in CHANGES}
    body = [[name, *(f"{one[change]:.1f}" for change in short)] for name, one in rows.items()]
    return _table(["policy", *short.values()], body)


def _heard(found: Mapping[str, Any]) -> str:
    columns = (found["signals"], found["weights"], found["standardized"], found["lost"])
    body = [
        [f"`{name}`", f"{weight:+.2f}", f"{moved:+.2f}", f"{lost:.2f}"]
        for name, weight, moved, lost in zip(*columns, strict=True)
    ]
    body = [[cell.replace("-", "−") if i else cell for i, cell in enumerate(row)] for row in body]
    return _table(["signal", "weight", "times its deviation", "welfare lost without it"], body)


def _exploited(found: Mapping[str, Any]) -> str:
    heads = ["policy", "own welfare, mean of states", "gain, mean", "gain, largest"]
    heads += ["mean level", "deaths, thousands", "federal welfare", "planner’s gain"]
    body = []
    for name, one in found.items():
        own = one["governors"]
        level, dead = own["mean_level"], [value / 1e3 for value in own["deaths"]]
        federal = own["federal_welfare"]
        body.append(
            [
                name,
                f"{own['welfare']:.1f}",
                f"{own['mean_gain']:.2f}",
                f"{own['largest_gain']:.2f} ({own['state']})",
                f"{level[0]:.2f} → {level[1]:.2f}",
                f"{dead[0]:.0f} → {dead[1]:.0f}",
                f"{federal[0]:.1f} → {federal[1]:.1f}",
                f"{max(0.0, one['planner']['gain']):.2f}",
            ]
        )
    return _table(heads, body)


def _distilled(found: Mapping[str, Mapping[str, Any]]) -> str:
    heads = [
        "world",
        "of",
        "levels",
        "same level",
        "within one",
        "R²",
        "welfare",
        "of the original",
    ]
    body = [
        [
            WORLDS[world].title,
            one["teacher"],
            str(one["leaves"]),
            _percent(one["same_level"]),
            _percent(one["within_one"]),
            f"{one['r_squared']:.2f}".replace("-", "−"),
            f"{one['welfare']:.1f}",
            f"{one['teacher_welfare']:.1f}",
        ]
        for world, one in found.items()
    ]
    return _table(heads, body)
