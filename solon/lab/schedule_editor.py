"""A tax schedule to be changed by dragging or by keys, over the incomes that it falls on."""

import functools
import pathlib
from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

__all__ = ["schedule_editor"]

_PLACE = '<div id="schedule"></div>'
_CSS = """
#schedule { width: 100%; touch-action: none; user-select: none; font-family: var(--st-font); }
.grid { stroke: var(--st-border-color); stroke-width: 1; opacity: 0.5; }
.mark { stroke: var(--st-text-color); stroke-width: 1; }
.bar { fill: var(--st-text-color); opacity: 0.16; }
.tick, .title, .value { fill: var(--st-text-color); font-size: 12px; }
.tick { opacity: 0.8; }
.value { font-weight: 600; }
.schedule { fill: none; stroke: var(--st-primary-color); stroke-width: 2.5; }
.wall { stroke: var(--st-primary-color); stroke-width: 1; stroke-dasharray: 3 3; opacity: 0.7; }
.grip { fill: transparent; }
.knob { fill: var(--st-primary-color); stroke: var(--st-background-color); stroke-width: 1.5; }
.rate { cursor: ns-resize; }
.edge { cursor: ew-resize; }
.handle { outline: none; }
.handle:focus .knob { stroke: var(--st-text-color); stroke-width: 3; }
.handle:hover .knob { stroke: var(--st-text-color); }
"""


@functools.cache
def _component() -> Any:
    script = pathlib.Path(__file__).with_suffix(".js").read_text(encoding="utf-8")
    return st.components.v2.component("solon_schedule", html=_PLACE, css=_CSS, js=script)


def schedule_editor(
    cutoffs: Sequence[float],
    rates: Sequence[float],
    *,
    edges: Sequence[float],
    shares: Sequence[float],
    key: str,
    changed: Callable[[], None],
) -> None:
    """Draw the editor.

    Args:
        cutoffs: lower edges of the brackets (coin), the first 0.
        rates: marginal rates in percent.
        edges: of the bins of the histogram of incomes behind it (coin); may be empty.
        shares: of incomes in each bin.
        key: where `st.session_state` has `schedule`, with `cutoffs` and `rates` that were drawn.
        changed: called when something was drawn.
    """
    data = {
        **{"cutoffs": list(map(float, cutoffs)), "rates": list(map(float, rates))},
        **{"edges": list(map(float, edges)), "shares": list(map(float, shares)), "end": 600.0},
    }
    _component()(key=key, data=data, on_schedule_change=changed)
