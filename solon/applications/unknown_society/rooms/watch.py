"""The first part of the room: all planners in one society, beside the best rates."""

import streamlit as st

from ....lab import style
from ....lab.state import decimal, link, select, write
from ..game import LEARNED, Society
from ..game.govern import BEST
from ..societies import ELASTICITY, SPREAD
from .shown import MODELS, drawn_by, found, refused, society_words, table, verdict

__all__ = ["render"]

_OWN = ("elasticity", "spread", "model")


def render() -> None:
    """Draw this part."""
    society = _society()
    with st.spinner("The planners govern …"):
        known = found(society)
    st.subheader(verdict(known))
    st.markdown(f"This society: {society_words(known)}. None of the planners is told any of it.")
    from ..course import course

    drawn = {BEST: known.best.rates} | {who: one.rates for who, one in known.courses.items()}
    left, right = st.columns([11, 9], gap="medium")
    with left:
        style.figure(
            course(drawn, known.courses[LEARNED].incomes, LEARNED, style.figure_style()),
            key="society-course",
            caption="Above: the rate that each planner sets, year by year. Below: incomes before "
            "tax of the four workers under the learned planner.",
        )
    with right:
        table(known)
        address = {"mode": "play", "society": str(society.luck)}
        address |= {"incomes": "shocks"} if society.shocks else {}
        link("society", "Set the rate yourself", address=address, icon=":material/arrow_forward:")


def _society() -> Society:
    refused({"elasticity": ELASTICITY, "spread": SPREAD})
    places = st.columns([4, 5, 5], vertical_alignment="bottom")
    with places[0]:
        own = select(
            "The society is",
            {"drawn": "drawn by its number", "own": "made of my numbers"},
            key="from",
            default="drawn",
        )
    luck, shocks = drawn_by(places[1:])
    if own == "drawn":
        for key in _OWN:
            write(key, None)
        return Society(luck=luck, shocks=shocks)
    places = st.columns([4, 5, 5], vertical_alignment="bottom")
    with places[0]:
        elasticity = decimal(
            "Elasticity",
            key="elasticity",
            default=0.5,
            low=ELASTICITY[0],
            high=ELASTICITY[1],
            step=0.05,
            help="By how many percent income rises where workers keep one percent more of a coin.",
        )
    with places[1]:
        spread = decimal(
            "Spread of skills",
            key="spread",
            default=0.7,
            low=SPREAD[0],
            high=SPREAD[1],
            step=0.05,
            help="Standard deviation of their logarithm. The number draws which skills these are.",
        )
    with places[2]:
        model = select("Model of behavior", MODELS, key="model", default="standard")
    return Society(luck, shocks, elasticity=elasticity, spread=spread, model=model)
