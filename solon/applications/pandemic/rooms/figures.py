"""What the room Pandemic draws: maps, curves, deaths against output, and all numbers."""

from collections.abc import Sequence

import numpy as np
import streamlit as st

from ....lab import style
from ....lab.foreign import plain
from ....lab.state import select
from ..outcome import SUMMARY, number_text, summarize
from . import year as pandemic_year
from .year import Course, World

__all__ = ["draw"]

_QUANTITIES = {
    "restrictions": "Restrictions",
    "deaths": "New deaths",
    "unemployment": "Unemployment",
    "subsidy": "Subsidies",
}
_FEW = ("New York", "Texas", "Florida")


def draw(world: World, courses: Sequence[Course], spread: float) -> None:
    """Draw them in tabs.

    Args:
        world: in which they were.
        courses: what followed from each policy.
        spread: share by which transmission may be off, for the constant levels.
    """
    from ..figures import frontier

    drawn = style.figure_style()
    outcomes = [course.outcome for course in courses]
    names = ["Map", "Over time", "Deaths against output", "All numbers"]
    first, second, third, fourth = st.tabs(names)
    with first:
        _map(courses)
    with second:
        _curves(world, courses)
    with third:
        style.figure(
            frontier(outcomes, pandemic_year.levels(world, spread), drawn),
            key="pandemic-frontier",
            caption="The lower left is better in both. Numbers in circles: that level in every "
            "state, all the time, without payments. Marks are medians over the draws; crosses run "
            "from the 10th to the 90th percentile.",
        )
    with fourth:
        _table(courses)


def _values(course: Course, quantity: str) -> np.ndarray:
    outcome = course.outcome
    return {
        "restrictions": outcome.stringency.astype(float),
        "deaths": outcome.new_deaths,
        "unemployment": outcome.unemployment,
        "subsidy": outcome.subsidy / outcome.population,
    }[quantity]


_UNITS = {
    "restrictions": "level",
    "deaths": "a day and million",
    "unemployment": "%",
    "subsidy": "$ a day and person",
}


def _map(courses: Sequence[Course]) -> None:
    from ..figures import TileMap, tile_map

    left, _ = st.columns([2, 3])
    with left:
        quantity = select("Colour shows", _QUANTITIES, key="colour", default="restrictions")
    maps = [
        TileMap(course.outcome.policy, np.median(_values(course, quantity), axis=0))
        for course in courses
    ]
    first = courses[0].outcome
    levels = {"highest": 10.0, "lowest": 1.0} if quantity == "restrictions" else {}
    style.figure(
        tile_map(
            maps,
            first.states,
            first.dates,
            quantity=_QUANTITIES[quantity],
            unit=_UNITS[quantity],
            style=style.figure_style(),
            **levels,
        ),
        key=f"pandemic-map-{quantity}",
        caption="A square for each state, about where it lies. Drag the date, or play. Medians "
        "over the draws.",
    )


def _curves(world: World, courses: Sequence[Course]) -> None:
    from ..figures import state_curves

    first = courses[0].outcome
    left, right = st.columns([2, 3])
    options = {k: v for k, v in _QUANTITIES.items() if k != "subsidy"}
    with left:
        quantity = select("Shown", options, key="curves", default="deaths")
    with right:
        st.session_state.setdefault("curve-states", list(_FEW))
        chosen = st.multiselect(
            "States (none: all of them)", list(first.states), key="curve-states",
            persist_state="session",
        )  # fmt: skip
    places = [first.states.index(state) for state in chosen or first.states]
    found = pandemic_year.reported(world)
    known = {
        "restrictions": found.stringency,
        "deaths": found.deaths,
        "unemployment": found.unemployment,
    }[quantity]
    style.figure(
        state_curves(
            {c.outcome.policy: _values(c, quantity)[:, :, places] for c in courses},
            [first.states[k] for k in places],
            first.dates,
            quantity=_QUANTITIES[quantity],
            unit=_UNITS[quantity],
            reported=known[:, places],
            steps=quantity == "restrictions",
            style=style.figure_style(),
        ),
        key=f"pandemic-curves-{quantity}-{len(places)}",
        caption="Lines are medians over the draws, bands run from the 10th to the 90th "
        "percentile. Grey is what was reported. All panels have the same axes; what is above "
        "them is cut off.",
    )


def _table(courses: Sequence[Course]) -> None:
    lines = ["| | " + " | ".join(plain(c.outcome.policy) for c in courses) + " |"]
    lines.append("|---|" + "---:|" * len(courses))
    summaries = [summarize(course.outcome) for course in courses]
    for name, quantity in SUMMARY.items():
        if name.endswith("welfare"):
            # These are sums by weights that were set to 0 and 1 here.
            continue
        cells = []
        for found in summaries:
            middle, span = number_text(quantity, found[name])
            cells.append(f"{middle}<br>{span}" if span else middle)
        lines.append(f"| {quantity.title}, {quantity.unit} | " + " | ".join(cells) + " |")
    for title, index in (("Index of health", "health"), ("Index of the economy", "economy")):
        values = [getattr(course, index) for course in courses]
        cells = [f"{np.median(v):.3f}<br>{v.min():.3f} to {v.max():.3f}" for v in values]
        lines.append(f"| {title}, mean over days | " + " | ".join(cells) + " |")
    st.markdown("\n".join(lines), unsafe_allow_html=True)
    st.caption(
        "Medians over the draws; below them the 10th to 90th percentile (lowest "
        "and highest for the indices)."
    )
