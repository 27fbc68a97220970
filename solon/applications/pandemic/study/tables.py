"""The tables of the pandemic study in Markdown."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ..outcome import SUMMARY, number_text
from .charged import CHARGED, Charged, charged_rows, further_rows, length_rows
from .numbers import (
    Comparison,
    Spread,
    outcome_rows,
    practice_rows,
    regret_rows,
    state_rows,
    training_rows,
)
from .worlds import CHANGES, WORLDS

__all__ = ["percent", "tables"]

#: What is counted -> the head of its column.
_SHARES = {
    "above_real": "higher",
    "fewer_deaths": "fewer deaths",
    "no_higher_unemployment": "unemployment not higher",
    "all_three": "all three",
    "above_constant": "above best level",
    "above_threshold": "above threshold rule",
}


def tables(
    results: Mapping[str, Any], comparisons: Mapping[str, Comparison]
) -> Sequence[tuple[str, str]]:
    """The tables of the page on the study, in Markdown, each with a name."""
    made = []
    for world, found in comparisons.items():
        rows = outcome_rows(found)
        practice = practice_rows(found, results[f"{world}/compared"]["practice"])
        made.append((f"{world}-outcomes", _outcomes(rows, practice)))
        made.append((f"{world}-against", _against(rows)))
        if f"{world}/after" in results:
            charged = Charged(found, results[f"{world}/after"])
            made.append((f"{world}-charged", _charged(charged_rows(charged))))
            made.append((f"{world}-lengths", _lengths(length_rows(charged))))
        if f"{world}/further" in results:
            again = further_rows(found, results[f"{world}/further"])
            made.append((f"{world}-further", _further(again)))
        trainings = training_rows(found)
        if trainings:
            made.append((f"{world}-trainings", _trainings(trainings)))
        made.append((f"{world}-states", _states(state_rows(found))))
        made.append((f"{world}-regret", _regret(regret_rows(found))))
        for kind, cell, text in _OTHERS:
            if f"{world}/{cell}" in results:
                made.append((f"{world}-{kind}", text(results[f"{world}/{cell}"])))
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


def _interval(found: Mapping[str, float | None], digits: int = 1) -> str:
    values = (found[key] for key in ("mean", "low", "high"))
    middle, low, high = (_minus(f"{value:+.{digits}f}") for value in values)
    return f"{middle} ({low} to {high})"


def _minus(number: str) -> str:
    return number.replace("-", "−")


def percent(share: float) -> str:
    """A share in whole percent. 100 % is all, and 0 % is none."""
    text = f"{100 * share:.0f}"
    if share < 1 and text == "100":
        return ">99 %"
    return "<1 %" if share > 0 and text == "0" else f"{text} %"


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
    heads = ["policy", "welfare over the real policy, mean", "over the threshold rule, mean"]
    heads += list(_SHARES.values())
    body = []
    for row in rows[1:]:
        gains = [_interval(row[key]) for key in ("mean_difference", "over_threshold")]
        body.append([row["policy"], *gains, *(percent(row[key]) for key in _SHARES)])
    return _table(heads, body)


def _charged(rows: Sequence[Mapping[str, Any]]) -> str:
    heads = ["policy", "deaths in the 60 days after, thousands"]
    heads += ["of the real policy’s deaths, to the last day", "with the 60 days", "fewer deaths"]
    heads += ["welfare over the real policy, mean", "higher"]
    heads += ["over the threshold rule, mean", "above it"]
    body = []
    for row in rows:
        middle, low, high = (f"{value / 1e3:,.1f}" for value in row["deaths_after"])
        ratios = [f"{row[key]:.2f}" for key in ("ratio_at_the_end", "ratio")]
        cells = [f"{middle} ({low} to {high})", *ratios, percent(row["fewer_deaths"])]
        for over in ("real", "threshold"):
            cells += [_interval(row[f"over_{over}"]), percent(row[f"above_{over}"])]
        body.append([row["policy"], *cells])
    return _table(heads, body)


def _lengths(rows: Mapping[str, Mapping[str, Mapping[str, float]]]) -> str:
    body = [
        [name, *(_minus(f"{one[key]['over_threshold']:+.1f}") for key in CHARGED)]
        for name, one in rows.items()
    ]
    return _table(["policy", *CHARGED.values()], body)


def _further(rows: Sequence[Mapping[str, Any]]) -> str:
    heads = ["policy", "all three", "over the threshold rule, mean", "by seed", "above it"]
    heads += ["with the 60 days after, mean", "above it then", "over the real policy then, mean"]
    body = []
    for row in rows:
        seeds = ", ".join(_minus(f"{value:+.1f}") for value in row["by_seed"].values())
        cells = [percent(row["all_three"]), _interval(row["over_threshold"]), seeds]
        cells += [percent(row["above_threshold"]), _interval(row["charged_over_threshold"])]
        cells += [percent(row["charged_above_threshold"]), _interval(row["charged_over_real"])]
        body.append([row["policy"], *cells])
    return _table(heads, body)


def _trainings(rows: Sequence[Mapping[str, Any]]) -> str:
    heads = ["training", "welfare over the real policy, mean", "deaths, thousands"]
    heads += ["unemployment, %", *_SHARES.values()]
    body = []
    for row in rows:
        cells = [row["policy"], _minus(f"{row['mean_difference']:+.1f}")]
        cells += [f"{row['deaths'] / 1e3:,.1f}", f"{row['unemployment']:.2f}"]
        body.append([*cells, *(percent(row[key]) for key in _SHARES)])
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
    rule = found["rule"]
    columns = (rule["signals"], rule["weights"], rule["standardized"], rule["lost"])
    body = [
        [f"`{name}`", *(_minus(number) for number in (f"{w:+.2f}", f"{moved:+.2f}", f"{lost:.2f}"))]
        for name, w, moved, lost in zip(*columns, strict=True)
    ]
    return _table(["signal", "weight", "times its deviation", "welfare lost without it"], body)


def _unheard(found: Mapping[str, Any]) -> str:
    governors = [name for name in found if name != "rule"]
    heads = ["observation", *(f"{name.partition(', seed')[0]}" for name in governors)]
    signals = found[governors[0]]
    body = [
        [f"`{signal}`", *(_minus(f"{found[name][signal]:.2f}") for name in governors)]
        for signal in signals
    ]
    return _table(heads, body)


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
            percent(one["same_level"]),
            percent(one["within_one"]),
            f"{one['r_squared']:.2f}".replace("-", "−"),
            f"{one['welfare']:.1f}",
            f"{one['teacher_welfare']:.1f}",
        ]
        for world, one in found.items()
    ]
    return _table(heads, body)


_OTHERS = (
    ("heard", "heard", _heard),
    ("unheard", "heard", _unheard),
    ("exploited", "exploited", _exploited),
)
