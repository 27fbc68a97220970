"""The one thing that the lab draws by itself, for what Streamlit lacks: a canvas, keys, a drag.

It has four parts, each a function here and a file of JavaScript beside it:

- `episodes` plays years on a map, without asking the server for anything;
- `board` is the map of a game, which hands over moves in words and draws what comes back;
- `schedule` is a tax schedule to be changed by dragging or by keys;
- `watch_width` tells whether the screen is narrow, which Streamlit does not say.

The maps are drawn by what draws the report's episodes (`solon.figures.player`). What a part
reports stands in `st.session_state[KEY].said`.
"""

import functools
import importlib.resources
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import streamlit as st

from ...figures.player import MAP_PARTS, asset, player_script
from ...figures.theme import DARK, LIGHT, css_variables

__all__ = ["board", "episodes", "is_narrow", "said", "schedule", "watch_width"]

_WIDTH = "width"
_WIDEST = 640
"""Pixels, up to which a screen is narrow."""


def episodes(
    packed: Mapping[str, Any], *, name: str, follow: int, key: str, changed: Callable[[], None]
) -> None:
    """Episodes as an animation.

    Args:
        packed: what `solon.applications.taxation.figures.pack` gave.
        name: changes with what is shown.
        follow: the worker that is followed at first, counted from 0, or -1.
        key: for `said`, which is the worker that is followed now.
        changed: called when another one is.
    """
    _draw("episodes", {"name": name, "packed": packed, "follow": follow}, key, changed)


def board(screen: Mapping[str, Any], *, key: str, changed: Callable[[], None]) -> None:
    """The board of a game.

    Args:
        screen: what `solon.applications.taxation.game.screen` gave.
        key: for `said`, a mapping: `game` names it, `moves` are words, and `first` is the number of
            the first of them among all that the game has had from the browser.
        changed: called when moves arrive.
    """
    _draw("board", screen, key, changed)


def schedule(
    cutoffs: Sequence[float],
    rates: Sequence[float],
    *,
    edges: Sequence[float],
    shares: Sequence[float],
    key: str,
    changed: Callable[[], None],
) -> None:
    """A tax schedule over the incomes that it falls on.

    Args:
        cutoffs: lower edges of the brackets (coin), the first 0.
        rates: marginal rates in percent.
        edges: of the bins of the histogram of incomes behind it (coin); may be empty.
        shares: of incomes in each bin.
        key: for `said`, a mapping with the `cutoffs` and `rates` that were drawn.
        changed: called when something was drawn.
    """
    data = {
        **{"cutoffs": list(map(float, cutoffs)), "rates": list(map(float, rates))},
        **{"edges": list(map(float, edges)), "shares": list(map(float, shares)), "end": 600.0},
    }
    _draw("schedule", data, key, changed)


def watch_width() -> None:
    """Listen for changes of the width, and draw the page again on each. Once a page, at its end."""
    _draw("width", {"widest": _WIDEST, "narrow": is_narrow()}, _WIDTH, _ignore)


def is_narrow() -> bool:
    """Whether figures are to have one column, as far as is known."""
    return bool(said(_WIDTH))


def said(key: str) -> Any:
    """What a part reported last; None if it has not. It comes from the browser: check it."""
    return getattr(st.session_state.get(key), "said", None)


def _draw(part: str, data: Mapping[str, Any], key: str, changed: Callable[[], None]) -> None:
    _component()(key=key, data={"part": part, part: data}, on_said_change=changed)


def _ignore() -> None:
    """That the page is drawn again is enough."""


@functools.cache
def _component() -> Any:
    return st.components.v2.component("solon", css=_css(), js=_script())


def _script() -> str:
    # Each in a scope of its own: they share names.
    board_parts = (*(asset(f"{part}.js") for part in MAP_PARTS), _own("board.js"))
    scopes = (
        _scope("makeBoard", *board_parts),
        *(_scope(f"make{name}", _own(f"{name.lower()}.js")) for name in ("Schedule", "Width")),
    )
    return "\n".join((player_script(), *scopes, _own("mount.js")))


def _scope(name: str, *parts: str) -> str:
    body = "\n".join(parts)
    return f"const {name} = (() => {{\n{body}\nreturn {name};\n}})();\n"


def _css() -> str:
    colours = f".solon {{ {css_variables(LIGHT)} }}\n.solon.dark {{ {css_variables(DARK)} }}"
    shared = (asset("report.css"), asset("player.css"))
    return "\n".join((colours, *shared, _own("board.css"), _own("schedule.css")))


def _own(name: str) -> str:
    return (importlib.resources.files(__package__) / name).read_text("utf-8")
