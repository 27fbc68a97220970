"""The second part of the room: the visitor sets the rate, and is told what planners are told."""

import functools
from collections.abc import Sequence

import numpy as np
import streamlit as st
from jaxtyping import Float

from ....errors import ConfigurationError
from ....lab import style
from ....lab.foreign import plain
from ....lab.state import arrived, write
from ....lab.words import in_words
from ..game import Course, Society, govern, standing
from ..game.files import LONGEST_NAME, pack_rates, save, unpack_rates
from ..game.govern import BEST, YEARS
from .ranking import upload
from .shown import drawn_by, found, percent, society_words, table, verdict

__all__ = ["render"]

_LINK = "rates"
_RATES, _PLAYED, _RATE = "society-rates", "society-played", "society-rate"
_FIRST = 50
"""Percent at which the slider stands at first: it is to suggest nothing."""


def render() -> None:
    """Draw this part."""
    # What another society was made of has no place in the address of a game.
    for key in ("from", "elasticity", "spread", "model"):
        write(key, None)
    luck, shocks = drawn_by(st.columns([5, 5, 4], vertical_alignment="bottom")[:2])
    society = Society(luck=luck, shocks=shocks, played=True)
    rates = _rates(society)
    lived = govern(society, rates)
    if len(rates) < YEARS:
        _next_year(society, lived)
    else:
        _end(society, lived)
    _keep(society, lived)
    upload()


def _rates(society: Society) -> list[float]:
    """Those of the game so far: of this session, or of a link."""
    state, linked = st.session_state, arrived(_LINK)
    if state.get(_PLAYED) != society or _RATES not in state or linked:
        rates: list[float] = []
        if linked:
            try:
                rates = unpack_rates(linked)
            except ConfigurationError as error:
                st.error(plain(in_words(error)))
        _begin(society, rates)
    held: list[float] = state[_RATES]
    return held


def _begin(society: Society, rates: Sequence[float] = ()) -> None:
    st.session_state[_PLAYED], st.session_state[_RATES] = society, list(rates)
    write(_LINK, pack_rates(rates) or None)


def _set_rate() -> None:
    rates: list[float] = st.session_state[_RATES]
    if len(rates) < YEARS:
        rates.append(st.session_state[_RATE] / 100)
    write(_LINK, None)


def _next_year(society: Society, lived: Course) -> None:
    """Set the next rate, beside what is known of the years so far."""
    year = len(lived.rates) + 1
    left, right = st.columns([9, 11], gap="medium")
    with left:
        st.subheader(f"Year {year} of {YEARS}")
        with st.form("society-year", border=False):
            st.slider(
                f"Rate of the tax in year {year} (%)",
                0,
                99,
                value=_FIRST if not len(lived.rates) else round(100 * float(lived.rates[-1])),
                key=_RATE,
            )
            st.form_submit_button(f"Tax year {year}", type="primary", on_click=_set_rate)
        st.caption(
            "You see what a planner sees: the rate, incomes as they were filed, and who works. How "
            "strongly this society answers, you will be told after year ten."
        )
        _last_year(lived)
    with right:
        if len(lived.rates):
            _figure({"you": lived.rates}, lived)
    if len(lived.rates):
        _files(lived)


def _last_year(lived: Course) -> None:
    if not len(lived.rates):
        return
    numbers = {
        "Handed back to each": f"{lived.transfer[-1]:.2f} coin",
        "Who work": f"{lived.working[-1] * lived.incomes.shape[1]:.0f} of 4",
        "Mean income": f"{lived.incomes[-1].mean():.2f} coin",
        "Equality": f"{lived.equality[-1]:.2f}",
    }
    with st.container(key="numbers-society"):
        for pair in (list(numbers)[:2], list(numbers)[2:]):
            for place, name in zip(st.columns(2), pair, strict=True):
                place.metric(name, numbers[name], border=True)


def _files(lived: Course) -> None:
    """What the tax office has on file: a line a year."""
    workers = lived.incomes.shape[1]
    heads = ["year", "rate", *(f"worker {i + 1}" for i in range(workers)), "handed back to each"]
    heads += ["share who work", "mean income", "equality", "equality × mean income"]
    lines = [f"| {' | '.join(heads)} |", "|" + "---:|" * len(heads)]
    for year in range(len(lived.rates)):
        mean, equal = lived.incomes[year].mean(), lived.equality[year]
        coin = [*lived.incomes[year], lived.transfer[year]]
        cells = [str(year + 1), percent(float(lived.rates[year])), *(f"{one:.2f}" for one in coin)]
        cells += [percent(float(lived.working[year])), f"{mean:.2f}", f"{equal:.2f}"]
        lines.append(f"| {' | '.join([*cells, f'{mean * equal:.3f}'])} |")
    st.markdown("\n".join(lines))
    st.caption("Incomes before tax, in coin; worker 1 is the least able.")


def _figure(rates: dict[str, Float[np.ndarray, " _"]], lived: Course) -> None:
    from ..course import course

    style.figure(
        course(rates, lived.incomes, "you", style.figure_style()),
        key="society-played",
        caption="Above: rates, year by year. Below: incomes before tax under your rates.",
    )


def _end(society: Society, lived: Course) -> None:
    """What the society was, and how the visitor did beside the planners."""
    with st.spinner("The planners govern the same society …"):
        known = found(society)
    mine = standing(lived, known)
    if mine.all_years is None:
        st.subheader("There was nothing to gain in this society")
    else:
        lost = "" if mine.all_years >= 0 else ": the single rate would have done better"
        st.subheader(f"You closed {percent(mine.all_years)} of the gap{lost}")
    st.markdown(f"{verdict(known, lived)} This society: {society_words(known)}.")
    left, right = st.columns([11, 9], gap="medium")
    with left:
        drawn = {"you": lived.rates, BEST: known.best.rates}
        _figure(drawn | {who: one.rates for who, one in known.courses.items()}, lived)
    with right:
        table(known, lived)
    with st.expander("All years"):
        _files(lived)


def _keep(society: Society, lived: Course) -> None:
    """Save, a link, and another game."""
    places = st.columns([4, 4, 4, 3], vertical_alignment="bottom")
    rates: list[float] = st.session_state[_RATES]
    over = len(rates) == YEARS
    with places[0]:
        player = st.text_input(
            "Your name, for the file", "player", max_chars=LONGEST_NAME, disabled=not over
        )
    with places[1]:
        try:
            reached = standing(lived, found(society)) if over else None
            content = save(player, society, rates, reached) if reached is not None else ""
        except ConfigurationError as error:
            st.error(plain(in_words(error)))
            content = ""
        st.download_button(
            "Save the game",
            content,
            f"solon-society-{society.luck}.json",
            "application/json",
            on_click="ignore",
            disabled=not content,
            help="A small file with your rates. Several are ranked below.",
            width="stretch",
        )
    places[2].button(
        "Put my rates into the address",
        help="The address then opens this game with the rates that you have set.",
        disabled=not rates,
        on_click=functools.partial(write, _LINK, pack_rates(rates)),
        width="stretch",
    )
    places[3].button("Begin again", on_click=functools.partial(_begin, society), width="stretch")
    st.caption(
        "The address of this page is a link to the same society, with the same shocks. Who opens "
        "it in a lab of their own plays what you played."
    )
