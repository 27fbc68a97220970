"""The room Pandemic: close and open states, pay people, and see what follows in the model."""

import hashlib
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import streamlit as st

from ....errors import ConfigurationError
from ....lab.foreign import plain
from ....lab.state import arrived, number, select, write
from ....lab.words import in_words
from ..card import ADVICE, simulation_card
from ..outcome import SUMMARY, number_text, summarize
from . import figures as pandemic_figures
from . import upload
from . import year as pandemic_year
from .year import Course, World

if TYPE_CHECKING:
    from ..policies.files import PandemicPolicy

__all__ = ["render", "warm_up"]

_KINDS = {
    "rule": "By a rule",
    "level": "One level everywhere",
    "states": "State by state",
    "file": "From a file",
}
_WORLDS = {
    "published": "Published parameters, from March 2020",
    "fitted": "Fitted to data, from August 2020",
}
_SPREADS = {
    "0": "taken as fitted",
    "2": "up to 2 % off",
    "5": "up to 5 % off",
    "10": "up to 10 % off",
}
Colour = Literal["green", "red", "off"]
_METRICS = ("deaths", "unemployment", "lost_output", "subsidies")
_FILE = "pandemic-file"


def warm_up() -> None:
    """Compile the replay of the real policy, rules and plans."""
    world = next(iter(pandemic_year.WORLDS.values()))
    made = pandemic_year.rule(world, 5, 1, 8, 4, 0)
    pandemic_year.course(world, pandemic_year.real(world), {"real": True}, 0.05, "real policy")
    pandemic_year.course(world, made, _rule(5, 1, 8, 4, 0), 0.05, "yours")
    pandemic_year.levels(world, 0.05)
    _beside(world, next(iter(pandemic_year.learned(world)), ""), 0.05)


def render() -> None:
    """Draw the room."""
    head, card = st.columns([4, 1], vertical_alignment="bottom")
    head.title("What would have saved more lives and jobs?")
    with card.popover("Simulation card", width="stretch"):
        st.markdown(simulation_card())
    st.warning(f"**{ADVICE}** A line without a band says very little: read the simulation card.")
    controls, results = st.columns([4, 9], gap="medium")
    with controls:
        world = pandemic_year.WORLDS[
            select("What is taken for true", _WORLDS, key="world", default="published")
        ]
        spread = _spread(world)
        yours = _yours(world)
        learned = _learned(world)
    if yours is None:
        with results:
            st.info("Your policy is not complete yet: the message beside it says what is missing.")
        return
    slow = " This world may have to be compiled first: a minute." if world.ensemble else ""
    with results, st.spinner(f"The states live through the pandemic …{slow}"):
        courses = _courses(world, yours, learned, spread)
    with results:
        _verdict(courses)
        _metrics(courses)
        pandemic_figures.draw(world, courses, spread)


def _spread(world: World) -> float:
    """By how much transmission may be off, and in words what the bands are."""
    if world.ensemble:
        st.caption(
            f"**Bands** run from the 10th to the 90th percentile of {pandemic_year.FITS} fits to "
            "perturbed data, all of what was known at the end of July 2020: transmission, what "
            "closing does to it, and how work answers differ."
        )
        return 0.0
    chosen = select("Transmission is", _SPREADS, key="transmission", default="5")
    if chosen == "0":
        st.caption("**No bands**: the published parameters say nothing of how sure they are.")
    else:
        st.caption(
            f"**Bands** run from the 10th to the 90th percentile of {pandemic_year.FACTORS} values "
            f"of transmission, evenly from {chosen} % less to {chosen} % more than was published, "
            "in all states alike. They are a choice of yours and no forecast interval."
        )
    return pandemic_year.SPREADS[chosen]


def _yours(world: World) -> "tuple[PandemicPolicy, dict[str, Any]] | None":
    """The visitor's policy, and the same as plain values; None while it is not one."""
    kind = select("Your policy", _KINDS, key="policy", default="rule")
    try:
        if kind == "file":
            return _from_file(world)
        if kind == "rule":
            upper = number("Close above (deaths a day and million)", key="close", default=5,
                           low=1, high=20)  # fmt: skip
            lower = number("Open again below", key="open", default=1, low=0, high=20)
            above = number("Level when closed", key="closed-level", default=8, low=1, high=10)
            below = number("Level when open", key="open-level", default=4, low=1, high=10)
            subsidy = _subsidy()
            made = pandemic_year.rule(world, upper, lower, above, below, subsidy)
            return made, _rule(upper, lower, above, below, subsidy)
        level = number("Level of restrictions", key="level", default=6, low=1, high=10,
                       help="1 is no restriction, 10 the most that the index knows.")  # fmt: skip
        others = _others() if kind == "states" else {}
        subsidy = _subsidy()
        described = {"level": level, "others": others, "subsidy": subsidy}
        return pandemic_year.by_state(world, level, others, subsidy), described
    except ConfigurationError as error:
        st.error(plain(in_words(error)))
        return None


def _subsidy() -> int | str:
    kind = select(
        "Payments to everybody",
        {"none": "None", "real": "As they were", "level": "A level, every day"},
        key="payments",
        default="none",
        help="The federal government pays the same to everybody in all states.",
    )
    if kind == "level":
        return number("Level of payments", key="payment-level", default=5, low=1, high=20)
    return "real" if kind == "real" else 0


def _others() -> dict[str, int]:
    """Levels of single states, which the address holds as codes with levels."""
    from ....data.us_states import POSTAL_CODES

    names = {code: state for state, code in POSTAL_CODES.items()}
    key = "states"
    brought = arrived("states")
    if brought or key not in st.session_state:
        given = [part for part in (brought or "").split(".") if part]
        found = [(p[:2], p[2:]) for p in given if p[:2] in names and p[2:].isdigit()]
        st.session_state[key] = [names[code] for code, _ in found]
        for code, level in found:
            st.session_state[f"level-{code}"] = min(10, max(1, int(level[:2])))
    chosen = st.multiselect(
        "States with a level of their own", list(POSTAL_CODES), key=key, persist_state="session"
    )
    levels = {}
    for state in chosen:
        code = POSTAL_CODES[state]
        st.session_state.setdefault(f"level-{code}", 9)
        levels[state] = int(st.slider(state, 1, 10, key=f"level-{code}", persist_state="session"))
    write("states", ".".join(f"{POSTAL_CODES[s]}{n}" for s, n in levels.items()) or None)
    return levels


def _from_file(world: World) -> "tuple[PandemicPolicy, dict[str, Any]] | None":
    file = st.file_uploader(
        "A rule (YAML, JSON) or a table by state and date (CSV)",
        type=["yaml", "yml", "json", "csv"],
        key=_FILE,
        help="See docs/pandemic-policies.md. A link to this page cannot hold a file.",
    )
    if file is None:
        st.caption("Nothing is loaded yet.")
        return None
    data = file.getvalue()
    found = upload.policy(file.name, data, pandemic_year.economy(world))
    for remark in found.remarks:
        st.caption(plain(remark))
    if found.governor is None or found.planner is None:
        return None
    return found, {"file": hashlib.sha256(data).hexdigest()}


def _rule(upper: float, lower: float, above: int, below: int, subsidy: int | str) -> dict[str, Any]:
    thresholds = [float(upper), float(lower), above, below]
    return {"thresholds": thresholds, "subsidy": subsidy}


def _learned(world: World) -> str:
    """The form of a learned policy to stand beside the others; empty for none."""
    shipped = pandemic_year.learned(world)
    if not shipped:
        st.caption("No learned policy for this economy comes with this version.")
        return ""
    first = next(iter(shipped))
    chosen = select("Learned policy", {**shipped, "none": "None"}, key="learned", default=first)
    return "" if chosen == "none" else chosen


def _courses(
    world: World, yours: "tuple[PandemicPolicy, dict[str, Any]]", learned: str, spread: float
) -> list[Course]:
    """Real, learned if there is one, and the visitor's."""
    real = pandemic_year.real(world)
    found = [pandemic_year.course(world, real, {"real": True}, spread, "real policy")]
    if learned:
        try:
            found.append(_beside(world, learned, spread))
        except ConfigurationError as error:
            st.error(plain(in_words(error)))
    policy, described = yours
    found.append(pandemic_year.course(world, policy, described, spread, "yours"))
    return found


def _beside(world: World, learned: str, spread: float) -> Course:
    trained = pandemic_year.learned_policy(world, learned)
    return pandemic_year.course(world, trained, {"zoo": learned}, spread, "learned")


def _verdict(courses: Sequence[Course]) -> None:
    weight = number(
        "What counts: the economy (0) or health (100)", key="health", default=50, low=0, high=100,
        help="Welfare is a weighted mean of an index of health and one of the economy, as in the "
        "published model: about 0 and 1 are the worse and the better of everything closed and "
        "everything open. The weight is a judgement of yours and no finding. Nothing after the "
        "last day counts, so that a policy that opens before it looks better than it is.",
    )  # fmt: skip
    scores = [course.welfare(weight / 100) for course in courses]
    gap = scores[-1] - scores[0]
    low, middle, high = np.percentile(gap, [10, 50, 90])
    if low > 0 or high < 0:
        ahead = "**Yours** does better than **the real policy**"
        behind = "**The real policy** does better than **yours**"
        sentence = ahead if low > 0 else behind
    elif low == high == 0:
        sentence = "**Yours** and **the real policy** do the same"
    else:
        sentence = "Whether **yours** does better than **the real policy** hangs on the draw"
    said = ", ".join(
        f"{plain(course.outcome.policy)} {np.median(score):.3f}"
        for course, score in zip(courses, scores, strict=True)
    )
    span = f" [{_signed(low)}, {_signed(high)}]" if len(gap) > 1 else ""
    st.markdown(
        f"With {weight} % of the weight on health: {sentence}. Yours less the real "
        f"policy's: {_signed(middle)}{span}. "
        f"Index of welfare: {said}."
    )


def _signed(value: float) -> str:
    return f"{value:+.3f}".replace("-", "\N{MINUS SIGN}")


def _metrics(courses: Sequence[Course]) -> None:
    mine, theirs = (summarize(courses[k].outcome) for k in (-1, 0))
    with st.container(key="numbers-pandemic"):
        places = st.columns(len(_METRICS))
    for place, name in zip(places, _METRICS, strict=True):
        quantity = SUMMARY[name]
        middle, _ = number_text(quantity, mine[name])
        gap, span = number_text(quantity, mine[name] - theirs[name])
        signed = gap if gap.startswith("\N{MINUS SIGN}") else f"+{gap}"
        low, high = np.percentile(mine[name] - theirs[name], [10, 90])
        # Less is better of all of them; what payments are worth is another question.
        colour: Colour = "green" if high < 0 else "red" if low > 0 else "off"
        place.metric(
            f"{quantity.title}, {quantity.unit.partition(',')[0].removesuffix(' of full')}",
            middle,
            delta=f"{signed} to real",
            delta_arrow="down" if gap.startswith("\N{MINUS SIGN}") else "up",
            delta_color="off" if name == "subsidies" else colour,
            border=True,
            help=f"{quantity.title} in {quantity.unit}. Median over the draws."
            + (
                f" Difference to the real policy: {span} (10th to 90th percentile)." if span else ""
            ),
        )
