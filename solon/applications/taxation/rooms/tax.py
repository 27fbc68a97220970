"""The room Tax: change the brackets, and see how shipped workers live a year under them."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import streamlit as st

from ....evidence import OUTCOMES
from ....evidence.social_measures import SOCIAL_MEASURES
from ....lab import component, style
from ....lab.foreign import plain
from ....lab.state import select
from ....runs.schedules import NamedSchedule
from . import controls as tax_controls
from . import reaction
from . import year as tax_year

if TYPE_CHECKING:
    from ..outcomes import Evaluation

__all__ = ["render", "warm_up"]

_TITLES = {
    "productivity": "Productivity",
    "equality": "Equality",
    "equality_times_productivity": "Equality × productivity",
    "utilitarian_welfare": "Utilitarian welfare",
    "rawlsian_welfare": "Rawlsian welfare",
    "inverse_income_weighted_utility": "Utility weighted by inverse income",
    "atkinson_welfare_0.5": "Atkinson welfare, aversion 0.5",
    "atkinson_welfare_1": "Atkinson welfare, aversion 1",
}
_ARROWS: Mapping[int, Literal["up", "down", "off"]] = {1: "up", -1: "down", 0: "off"}
_COLOURS: Mapping[int, Literal["green", "red", "off"]] = {1: "green", -1: "red", 0: "off"}
_AS_TRAINED = "as-trained:"
_WELFARE = "equality_times_productivity"
_LONGEST = 80


def warm_up() -> None:
    """Compile the year, and have the first comparison ready."""
    population = tax_year.populations()[0]
    first = tax_year.year(population, tax_controls.named("us-federal"))
    second = tax_year.year(population, tax_controls.named("free-market"))
    tax_year.compared(first, second)


def render() -> None:
    """Draw the room."""
    st.title("What would this tax do?")
    populations = tax_year.populations()
    if not populations:
        st.warning("No workers were shipped with this installation: the zoo is empty.")
        return
    places = st.columns(4)
    with places[0]:
        schedule = tax_controls.preset()
    with places[1]:
        population = select(
            "Whose workers",
            {name: tax_year.words(name).capitalize() for name in populations},
            key="workers",
            default=populations[0],
            help="Workers act as they were trained. Others may react otherwise to the same tax.",
        )
    with places[2]:
        against = select(
            "Compare with", _opponents(), key="against", default="free-market",
            help="A schedule is lived by the same workers. 'As it was' is a planner of the zoo "
            "with the workers that learned with it.",
        )  # fmt: skip
    with places[3]:
        welfare = select(
            "Judge by", _TITLES, key="welfare", default=_WELFARE,
            help="Which policy is better depends on what is valued. The table under 'Who wins' "
            "has them all.",
        )  # fmt: skip

    drawing, numbers = st.columns([11, 9], gap="medium")
    with numbers:
        place = st.container()
    slow = " Another economy may have to be compiled: a minute." if _is_slow(against) else ""
    with st.spinner(f"The workers live their years …{slow}"):
        mine, other = _years(population, schedule, against)
    with drawing:
        edges, shares = _incomes(mine)
        tax_controls.edit(edges.tolist(), shares.tolist())
    gaps = tax_year.compared(mine, other)
    with place:
        _headline(gaps, welfare, mine, other)
    reaction.note(population)
    _figures(gaps, mine, other)
    reaction.details(population)


def _is_slow(against: str) -> bool:
    return against.startswith(_AS_TRAINED)


def _opponents() -> dict[str, str]:
    schedules = {n: w for n, w in tax_controls.PRESETS.items() if n != "us-federal-year"}
    entries = {
        f"{_AS_TRAINED}{name}": f"{tax_year.words(name).capitalize()}, as it was"
        for name in tax_year.populations()
    }
    return schedules | entries


def _years(
    population: str, schedule: NamedSchedule, against: str
) -> "tuple[Evaluation, Evaluation]":
    mine = tax_year.year(population, schedule)
    if _is_slow(against):
        return mine, tax_year.as_trained(against.removeprefix(_AS_TRAINED))
    other = tax_controls.named(against)
    if other.name == schedule.name:
        other = NamedSchedule(f"{other.name}, again", other.rates, other.cutoffs)
    return mine, tax_year.year(population, other)


def _incomes(evaluation: "Evaluation") -> tuple[np.ndarray, np.ndarray]:
    """Edges (coin) and shares of a histogram with bins as wide as the editor's axis has them."""
    edges = 25 * np.expm1(np.linspace(0, np.log1p(600 / 25), 36))
    income = np.maximum(evaluation.periods["income"], 0.0)
    counts = np.histogram(income, edges)[0]
    return edges, counts / max(1, income.size)


def _headline(
    gaps: Mapping[str, tax_year.Gap], welfare: str, mine: "Evaluation", other: "Evaluation"
) -> None:
    gap, title = gaps[welfare], _TITLES[welfare]
    ours, theirs = (plain(one.regime, _LONGEST) for one in (mine, other))
    sentence = {
        1: f"**{ours}** is ahead of **{theirs}**",
        -1: f"**{theirs}** is ahead of **{ours}**",
        0: f"**{ours}** and **{theirs}** cannot be told apart",
    }[gap.winner]
    st.markdown(f"##### {title}\n{sentence}. {ours} less {theirs}: {_interval(welfare, gap)}.")
    shown = [*OUTCOMES] if welfare in OUTCOMES else [*OUTCOMES[:3], welfare]
    with st.container(key="numbers-tax"):
        for row in (shown[:2], shown[2:]):
            for place, name in zip(st.columns(2), row, strict=True):
                _metric(place, name, gaps[name])
    st.caption(
        f"{mine.episode_count} years each, on the same luck. Beneath each number: the difference "
        f"to {theirs}, and the interval that holds it with 95 % confidence over years; another "
        "training of the workers may differ by more."
    )


def _metric(place: Any, name: str, gap: tax_year.Gap) -> None:
    unit = SOCIAL_MEASURES[name].unit
    value = _number(name, gap.mine) + (" coin" if unit == "coin" else "")
    place.metric(
        _TITLES[name],
        value,
        delta=_interval(name, gap, short=True),
        delta_color=_COLOURS[gap.winner],
        delta_arrow=_ARROWS[gap.winner],
        border=True,
    )


def _number(name: str, value: float, signed: bool = False) -> str:
    digits = 3 if name == "equality" else 0 if abs(value) >= 100 else 1
    text = f"{value:{'+' if signed else ''},.{digits}f}"
    return text.replace("-", "\N{MINUS SIGN}")


def _interval(name: str, gap: tax_year.Gap, *, short: bool = False) -> str:
    found = gap.difference
    assert found.low is not None and found.high is not None
    value, low, high = (_number(name, x, signed=True) for x in (found.value, found.low, found.high))
    unit = SOCIAL_MEASURES[name].unit
    words = "" if short or unit == "share" else f" {unit}"
    return f"{value}{words} [{low}, {high}]"


def _figures(gaps: Mapping[str, tax_year.Gap], mine: "Evaluation", other: "Evaluation") -> None:
    from ..figures import gains, lorenz, tax_schedule

    drawn = style.figure_style()
    pair = [mine, other]
    first, second, third, fourth = st.tabs(
        ["Who gains and who loses", "Schedule and incomes", "Lorenz curves", "Who wins"]
    )
    with first:
        style.figure(
            gains(mine, other, drawn),
            key="tax-gains",
            caption="Mean over years of the difference between the two policies, by worker, from "
            "the one that is paid least for a house (below) to the one that is paid most. "
            "Bars hold 95 %; open circles cannot be told from zero.",
        )
    with second:
        style.figure(
            tax_schedule(pair, drawn),
            key="tax-schedule",
            caption="Marginal and average rates over the incomes that they fall on. Income is what "
            "houses and sales brought in a tax period, less purchases: it can be negative.",
        )
    with third:
        style.figure(
            lorenz(pair, drawn),
            key="tax-lorenz",
            caption="Income over the year, before and after tax and transfer; mean over years. "
            "Gini coefficients times n/(n − 1).",
        )
    with fourth:
        _winners(gaps, mine, other)


def _winners(gaps: Mapping[str, tax_year.Gap], mine: "Evaluation", other: "Evaluation") -> None:
    ours, theirs = (plain(one.regime, _LONGEST) for one in (mine, other))
    lines = [
        f"| Welfare function | {ours} | {theirs} | difference, 95 % | ahead |",
        "|---|---:|---:|---:|---|",
    ]
    for name, gap in gaps.items():
        ahead = {1: f"**{ours}**", -1: f"**{theirs}**", 0: "not told apart"}[gap.winner]
        cells = [_number(name, gap.mine), _number(name, gap.other), _interval(name, gap)]
        # A narrow screen has room for the numbers or for what is meant.
        meant = "" if component.is_narrow() else f": {SOCIAL_MEASURES[name].words}"
        measure = f"{_TITLES[name]}{meant}"
        lines.append("| " + " | ".join([measure, *cells, ahead]) + " |")
    st.markdown("\n".join(lines))
    together = gaps["productivity"].correlation
    said = "does not vary" if together is None else f"is {together:.2f}"
    st.caption(
        "Utilities have no zero of their own, so differences and no percentages. Eight measures "
        "are eight looks at the same years: an interval that just misses zero is weak evidence. "
        f"The correlation of productivity under the two policies over years {said}; "
        "pairing narrows intervals where it is high."
    )
