"""The map in the browser: to look at (World), and to play on (Play).

It draws with what draws the report's episodes (`solon.figures.episode_map`). An episode plays in
the browser without asking the server for anything. A game hands over moves in words, and draws
what comes back.
"""

import functools
import importlib.resources
from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from ...figures.episode_map import asset, player_script
from ...figures.theme import DARK, LIGHT, css_variables

__all__ = ["board", "episodes"]


def episodes(
    packed: Mapping[str, Any], *, name: str, follow: int, on_follow: Callable[[], None]
) -> None:
    """Episodes as an animation.

    Args:
        packed: what `solon.figures.pack` gave.
        name: changes with what is shown.
        follow: the worker that is followed at first, counted from 0, or -1.
        on_follow: called when another one is; `st.session_state["map"].worker` says which.
    """
    data = {"name": name, "episodes": packed, "follow": follow}
    _component()(key="map", data=data, on_worker_change=on_follow, on_moves_change=_ignore)


def board(screen: Mapping[str, Any], *, on_moves: Callable[[], None]) -> None:
    """The board of a game.

    Args:
        screen: what `solon.lab.game.screen` gave.
        on_moves: called when moves arrive. `st.session_state["board"].moves` is a mapping: `game`
            names it, `moves` are words, and `first` is the number of the first of them among all
            that the game has had from the browser.
    """
    data = {"name": screen["game"], "board": screen}
    _component()(key="board", data=data, on_moves_change=on_moves, on_worker_change=_ignore)


def _ignore() -> None:
    """Nothing is to be done."""


@functools.cache
def _component() -> Any:
    return st.components.v2.component("solon_map", css=_css(), js=_script())


def _script() -> str:
    return "\n".join((player_script(), _board_script(), _own("mount.js")))


def _board_script() -> str:
    from ...figures.episode_map import MAP_PARTS

    body = "\n".join((*(asset(f"{part}.js") for part in MAP_PARTS), _own("board.js")))
    return f"const makeBoard = (() => {{\n{body}\nreturn makeBoard;\n}})();\n"


def _css() -> str:
    colours = (
        f".solon-map {{ {css_variables(LIGHT)} }}\n.solon-map.dark {{ {css_variables(DARK)} }}"
    )
    return "\n".join((colours, asset("report.css"), asset("player.css"), _own("board.css")))


def _own(name: str) -> str:
    return (importlib.resources.files(__package__) / name).read_text("utf-8")
