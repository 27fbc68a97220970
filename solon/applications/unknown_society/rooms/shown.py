"""What both parts of the room show: numbers of societies, tables of standings, who did best."""

import dataclasses
from collections.abc import Mapping

import streamlit as st

from ....errors import ConfigurationError
from ....lab.foreign import plain
from ....lab.results import result
from ....lab.state import arrived, number, select
from ....lab.words import in_words
from ..game import Course, Society, Standing, Told, standing, told
from ..game.govern import BEST, SINGLE
from ..game.society import MOST_LUCK

__all__ = [
    "FIRST",
    "MODELS",
    "drawn_by",
    "found",
    "percent",
    "refused",
    "society_words",
    "table",
    "verdict",
]

MODELS = {
    "standard": "all have the elasticity e (standard)",
    "abler-more-elastic": "the abler half answers more: 1.6 e, the other .4 e",
    "less-able-more-elastic": "the less able half answers more: 1.6 e, the other .4 e",
    "reservation": "nobody works who keeps less than 70 % of a coin",
    "cost-of-working": "who gains less than .05 coin by working stays at home",
}
"""Models of behavior, in words."""

FIRST = 4
"""The number that the room opens with: in both of its parts there is much to gain."""

_LEVEL = 0.005
"""Shares of the gap that are closer than this are called level."""


def drawn_by(places: list[st.delta_generator.DeltaGenerator]) -> tuple[int, bool]:
    """Choose the number of a society, and whether incomes have shocks."""
    with places[0]:
        luck = number(
            "Number of the society",
            key="society",
            default=FIRST,
            low=0,
            high=MOST_LUCK,
            help="All that is drawn comes from it: the same number is the same society for all.",
        )
    with places[1]:
        shocks = select(
            "Incomes",
            {"steady": "without yearly shocks", "shocks": "with yearly shocks of 20 %"},
            key="incomes",
            default="steady",
            help="Shocks are of each worker and year, and look like answers to the tax.",
        )
    return luck, shocks == "shocks"


def refused(bounds: Mapping[str, tuple[float, float]]) -> None:
    """Say which numbers in the address do not fit, before controls pass over them."""
    for key, (low, high) in bounds.items():
        given = arrived(key)
        if given is None:
            continue
        try:
            fits = low <= float(given) <= high
        except ValueError:
            fits = False
        if not fits:
            allowed = f"a number from {low:g} to {high:g}"
            st.error(plain(in_words(ConfigurationError(key, given, allowed))))


def found(society: Society) -> Told:
    """The truth about a society and all planners in it, computed once for all visitors."""
    key = {"room": "society", **dataclasses.asdict(society)}
    return result(key, lambda: told(society))


def society_words(known: Told) -> str:
    """What a society is, in a line."""
    return (
        f"elasticity **{known.elasticity:.2f}**, standard deviation of the logarithm of skills "
        f"**{known.spread:.2f}**, model: {MODELS[known.model]}. Best rate: "
        f"**{percent(float(known.best.rates[0]))}**"
    )


def percent(share: float | None) -> str:
    """A share in whole percents; a dash where there is none."""
    if share is None:
        return "–"
    # None is below 0 for being rounded.
    number = f"{round(100 * share) or 0}\N{NO-BREAK SPACE}%"
    return number.replace("-", "\N{MINUS SIGN}")


def _all_standings(known: Told, mine: Course | None) -> dict[str, Standing]:
    courses = {"you": mine} if mine is not None else {}
    courses |= {BEST: known.best, **known.courses}
    reached = {who: standing(course, known) for who, course in courses.items()}
    return dict(sorted(reached.items(), key=lambda each: -each[1].welfare))


def table(known: Told, mine: Course | None = None) -> None:
    """A table of all who governed, the best first.

    Args:
        known: of the society.
        mine: the years of the visitor.
    """
    lines = [
        "| | gap closed | last five years | welfare | last rate |",
        "|---|---:|---:|---:|---:|",
    ]
    for who, reached in _all_standings(known, mine).items():
        course = mine if who == "you" else known.best if who == BEST else known.courses[who]
        assert course is not None
        shares = percent(reached.all_years), percent(reached.last_five)
        cells = (*shares, f"{reached.welfare:.3f}", percent(float(course.rates[-1])))
        name = f"**{who}**" if who == "you" else who
        lines.append(f"| {name} | {' | '.join(cells)} |")
    st.markdown("\n".join(lines))
    st.caption(
        "Gap closed: what is gained over the single rate in all ten years, by what the best rates "
        "gain over it. Welfare: equality times output, mean of ten years, relative to the same "
        "society without a tax."
    )


def verdict(known: Told, mine: Course | None = None) -> str:
    """Who did best, in a sentence.

    Args:
        known: of the society.
        mine: the years of the visitor.
    """
    reached = _all_standings(known, mine)
    del reached[BEST]
    rate = percent(float(known.courses[SINGLE].rates[0]))
    if any(each.all_years is None for each in reached.values()):
        return (
            f"There is nothing to gain here: the single rate of {rate} is as good as the best "
            f"rates, within a thousandth. {_listed(_leaders_by_welfare(reached))} lost least."
        )
    shares = {who: each.all_years or 0.0 for who, each in reached.items()}
    top = max(shares.values())
    first = [who for who, share in shares.items() if share > top - _LEVEL]
    if top < _LEVEL:
        return f"Nobody did better than the single rate of {rate}."
    come = "come" if len(first) > 1 or first == ["you"] else "comes"
    said = f"{_listed(first)} {come} first: {percent(top)} of the gap over ten years"
    others = {who: share for who, share in shares.items() if who not in first}
    if not others:
        return f"{said}."
    second = max(others, key=lambda who: others[who])
    return f"{said}. Next: {_named(second)}, with {percent(others[second])}."


def _leaders_by_welfare(reached: Mapping[str, Standing]) -> list[str]:
    top = max(each.welfare for each in reached.values())
    return [who for who, each in reached.items() if each.welfare > top * (1 - 1e-4)]


def _named(who: str) -> str:
    return who if who in ("you", "model averaging") else f"the {who}"


def _listed(names: list[str]) -> str:
    words = [_named(who) for who in names]
    text = " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)
    return text[:1].upper() + text[1:]
