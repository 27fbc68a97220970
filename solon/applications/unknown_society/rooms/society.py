"""The room Society: watch planners who are told nothing find a tax, or set it yourself."""

import streamlit as st

from ....lab.state import select

__all__ = ["render", "warm_up"]

_MODES = {"watch": "Watch the planners", "play": "Set the rate yourself"}


def warm_up() -> None:
    """Compile all planners, and have the first society ready."""
    from ..game import Society, govern
    from .shown import FIRST, found

    found(Society(luck=FIRST))
    govern(Society(luck=FIRST, played=True), [])


def render() -> None:
    """Draw the room."""
    from . import govern, watch

    st.title("Which tax suits a society that nobody described?")
    st.markdown(
        "Four workers earn more the more they keep of a coin, and revenue is handed back in equal "
        "shares. How strongly they answer (the **elasticity**), how unequal their skills are and "
        "which model of behavior holds, no planner is told. It sees incomes, year after year, and "
        "has ten years. What counts is **equality × output**, relative to no tax."
    )
    mode = select(
        "What to do",
        _MODES,
        key="mode",
        default="watch",
        in_a_row=True,
        label_visibility="collapsed",
    )
    (watch if mode == "watch" else govern).render()
    with st.expander("Who is compared, and what the numbers mean"):
        st.markdown(_WHO)


_WHO = """
- **The best rates** are those of somebody who knows everything: found by a search over one number.
- **The single rate** is the same in all years: the best one for all societies together, before
  anything is seen. A planner is judged by the **share of the gap** that it closes: what it gains
  over the single rate, by what the best rates gain over it. 100 % is perfect, 0 % is no better than
  the single rate, and a negative share is worse.
- **The learned planner** was trained by reinforcement learning in simulated societies of all five
  models. **The formula** is that of the best linear rate, with an elasticity from a regression on
  the years so far. **The estimator** computes a posterior over elasticities and spreads, and takes
  the standard model for true. **Model averaging** does the same over all five models. Both spend
  year two on a rate from which they learn more.
- All see incomes of past years as they were filed. Where these have yearly shocks, all were
  prepared for them, and shocks are the same under all. They do not count in welfare.
- **One society is one draw**, and says little about who is better. The study of this economy
  (`solon reproduce unknown-society`) compares planners in 2,000 societies of each model.
"""
