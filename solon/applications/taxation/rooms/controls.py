"""The schedule that a visitor is working on: presets, typing, dragging, files, and its address."""

import math
from collections.abc import Sequence
from typing import TypeGuard

import streamlit as st

from ....economics.us_federal import FILING_STATUSES, us_federal_years
from ....errors import ConfigurationError, require
from ....lab import component, uploads
from ....lab.foreign import plain
from ....lab.state import arrived, write
from ....lab.words import in_words
from ....runs.schedules import NamedSchedule, schedule, schedule_text
from .year import BRACKETS, fitted

__all__ = ["OWN", "PRESETS", "current", "edit", "held", "named", "preset"]

OWN = "own"
PRESETS = {
    "free-market": "Free market: no tax",
    "us-federal": "US federal, as published",
    "us-federal-year": "US federal, by year and status",
    "saez": "Saez's formula: mean of a year",
    "learned": "Learned planner: mean of a year",
    "camelback": "Camelback",
}
"""Schedules to begin with: name in the address -> words."""

_MEANS = {"saez": "tax/open-quadrant/saez", "learned": "tax/open-quadrant/learned"}
_SHORT = {
    "free-market": "free market",
    "us-federal": "US federal",
    "saez": "Saez, mean",
    "learned": "learned, mean",
    "camelback": "camelback",
}
_FIRST = "us-federal"
_ADDRESS = "schedule"
_HELD, _FAULT, _FILE = "tax-held", "tax-fault", "tax-file"
_PRESET, _YEAR, _STATUS, _EDITOR = "tax-preset", "tax-year", "tax-status", "tax-editor"
_MOST_COIN = 2000.0


def named(name: str, year: int | None = None, status: str = "single") -> NamedSchedule:
    """A preset as a schedule of seven brackets.

    Raises:
        ConfigurationError: if it is not there: the policies that it is the mean of were not
            shipped.
    """
    if name in _MEANS:
        found = schedule(_MEANS[name], "schedule")
        return fitted(NamedSchedule(_SHORT[name], found.rates, found.cutoffs))
    if name == "us-federal-year":
        year = year or us_federal_years()[-1]
        found = schedule(f"us-federal-{year}-{status}")
        return fitted(NamedSchedule(f"US federal {year}", found.rates, found.cutoffs))
    found = schedule(name)
    return fitted(NamedSchedule(_SHORT[name], found.rates, found.cutoffs))


def preset() -> NamedSchedule:
    """Choose what to begin with."""
    _begin()
    options = {OWN: "Your own", **PRESETS}
    names = list(options)
    st.selectbox(
        "Begin with",
        names,
        format_func=lambda name: options[name],
        key=_PRESET,
        on_change=_take_preset,
        persist_state="session",
    )
    if st.session_state[_PRESET] == "us-federal-year":
        year, status = st.columns([2, 3])
        years = sorted(us_federal_years(), reverse=True)
        year.selectbox("Tax year", years, key=_YEAR, on_change=_take_preset)
        status.selectbox(
            "Filing status",
            FILING_STATUSES,
            format_func=lambda name: name.replace("-", " "),
            key=_STATUS,
            on_change=_take_preset,
        )
    return current()


def held() -> NamedSchedule:
    """The schedule as it is, with seven brackets, for other rooms."""
    _begin()
    found: NamedSchedule = st.session_state[_HELD]
    return found


def current() -> NamedSchedule:
    """The same, and write it into the address."""
    found = held()
    write(_ADDRESS, _as_text(found))
    return found


def edit(edges: Sequence[float], shares: Sequence[float]) -> None:
    """Draw the schedule to be dragged and typed, and its files.

    Args:
        edges: of the bins of the histogram of incomes behind it (coin).
        shares: of incomes in each bin.
    """
    shown = current()
    assert shown.rates is not None and shown.cutoffs is not None
    component.schedule(
        shown.cutoffs,
        [_percent(rate) for rate in shown.rates],
        edges=edges,
        shares=shares,
        key=_EDITOR,
        changed=_take_drawn,
    )
    st.caption(
        "Drag a dot for a marginal rate and a triangle for the edge of a bracket. Grey: how often "
        "the workers had such incomes under this schedule."
    )
    fault = st.session_state.get(_FAULT)
    # Always there, so that what is open below stays open when something is said in it.
    with st.container():
        if fault:
            st.error(plain(fault))
    with st.expander("Type rates and edges"):
        _numbers(shown)
    with st.expander("Load or save a file"):
        st.download_button(
            "Save this schedule",
            schedule_text(shown),
            file_name="schedule.yaml",
            mime="application/yaml",
            on_click="ignore",
        )
        st.file_uploader(
            "Load a schedule (YAML or JSON with `rates` and `cutoffs`)",
            type=["yaml", "yml", "json"],
            key=_FILE,
            on_change=_take_file,
        )


def _numbers(shown: NamedSchedule) -> None:
    assert shown.rates is not None and shown.cutoffs is not None
    st.caption("Each bracket: income from which it begins (coin), and its marginal rate (%).")
    for i, (cutoff, rate) in enumerate(zip(shown.cutoffs, shown.rates, strict=True)):
        left, right = st.columns(2)
        keys = (f"tax-edge-{i}", f"tax-rate-{i}")
        # The drag and the presets change what stands here.
        st.session_state[keys[0]] = float(f"{cutoff:.6g}")
        st.session_state[keys[1]] = _percent(rate)
        left.number_input(
            f"Bracket {i + 1} from (coin)",
            min_value=0.0,
            max_value=_MOST_COIN,
            step=1.0,
            format="%g",
            key=keys[0],
            on_change=_take_typed,
            disabled=i == 0,
        )
        right.number_input(
            f"Rate of bracket {i + 1} (%)",
            min_value=0.0,
            max_value=100.0,
            step=1.0,
            format="%g",
            key=keys[1],
            on_change=_take_typed,
        )


def _begin() -> None:
    """Take the schedule that a link brought, or the first preset."""
    given = arrived(_ADDRESS)
    if _HELD not in st.session_state:
        st.session_state[_HELD] = named(_FIRST)
    elif not given:
        return
    if given:
        try:
            _hold(_from_text(given))
        except ConfigurationError as error:
            st.session_state[_FAULT] = in_words(error)
    st.session_state[_PRESET] = _preset_of(st.session_state[_HELD])
    # It has arrived: until another link comes, the schedule is what the visitor makes of it.
    write(_ADDRESS, _as_text(st.session_state[_HELD]))


def _preset_of(given: NamedSchedule) -> str:
    """Which preset a schedule is, whatever it is called."""
    for name in PRESETS:
        if name == "us-federal-year":
            continue
        found = named(name)
        if (found.rates, found.cutoffs) == (given.rates, given.cutoffs):
            st.session_state[_HELD] = found
            return name
    return OWN


def _hold(new: NamedSchedule) -> None:
    st.session_state[_HELD] = new
    st.session_state[_FAULT] = None


def _take_preset() -> None:
    name = st.session_state[_PRESET]
    if name != OWN:
        year = st.session_state.get(_YEAR)
        _hold(named(name, year, st.session_state.get(_STATUS) or "single"))


def _take_drawn() -> None:
    drawn = component.said(_EDITOR)
    if not isinstance(drawn, dict):
        return
    cutoffs, rates = drawn.get("cutoffs"), drawn.get("rates")
    if _are_numbers(cutoffs) and _are_numbers(rates):
        _adopt(cutoffs, [rate / 100 for rate in rates])


def _are_numbers(given: object) -> TypeGuard[list[float]]:
    return isinstance(given, list) and all(type(value) in (int, float) for value in given)


def _percent(rate: float) -> float:
    """A share as percent, without what binary fractions leave behind."""
    return float(f"{100 * rate:.6g}")


def _take_typed() -> None:
    state = st.session_state
    edges = [state[f"tax-edge-{i}"] for i in range(BRACKETS)]
    _adopt(edges, [state[f"tax-rate-{i}"] / 100 for i in range(BRACKETS)])


def _take_file() -> None:
    file = st.session_state.get(_FILE)
    if file is None:
        st.session_state[_FAULT] = None
        return
    try:
        _hold(fitted(uploads.schedule(file.name, file.getvalue()), "file"))
        st.session_state[_PRESET] = OWN
    except ConfigurationError as error:
        st.session_state[_FAULT] = in_words(error)


def _adopt(cutoffs: Sequence[float], rates: Sequence[float]) -> None:
    try:
        _hold(_checked(cutoffs, rates))
        st.session_state[_PRESET] = OWN
    except ConfigurationError as error:
        st.session_state[_FAULT] = in_words(error)


def _checked(cutoffs: Sequence[float], rates: Sequence[float]) -> NamedSchedule:
    from ....economics.tax_schedules import check_schedule

    edges, shares = check_schedule(list(cutoffs), list(rates))
    high = float(edges[-1])
    require(high <= _MOST_COIN, "cutoffs", high, f"edges of up to {_MOST_COIN:g} coin")
    rounded = (tuple(round(float(x), 5) for x in values) for values in (shares, edges))
    return fitted(NamedSchedule("your schedule", *rounded))


def _as_text(shown: NamedSchedule) -> str:
    """`0:10,9.7:12`: edges in coin and rates in percent."""
    assert shown.rates is not None and shown.cutoffs is not None
    pairs = zip(shown.cutoffs, shown.rates, strict=True)
    return ",".join(f"{cutoff:.8g}:{100 * rate:.6g}" for cutoff, rate in pairs)


def _from_text(text: str) -> NamedSchedule:
    allowed = "edges and rates as in 0:10,50:30"
    require(len(text) < 400, "schedule in the address", text, allowed)
    try:
        pairs = [tuple(map(float, part.split(":"))) for part in text.split(",")]
        cutoffs, rates = zip(*((edge, rate / 100) for edge, rate in pairs), strict=True)
    except ValueError:
        raise ConfigurationError("schedule in the address", text, allowed) from None
    finite = all(map(math.isfinite, (*cutoffs, *rates)))
    require(finite, "schedule in the address", text, allowed)
    return _checked(cutoffs, rates)
