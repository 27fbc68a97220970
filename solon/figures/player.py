"""What plays an episode on a map, in a page or in the lab: a canvas that needs no library."""

import importlib.resources

__all__ = ["MAP_PARTS", "asset", "player_script"]

#: What draws the map, without what plays an episode on it.
MAP_PARTS = ("dom", "episode", "pen", "map_view", "legend")


def asset(name: str) -> str:
    """The text of a file in the folder assets."""
    return (importlib.resources.files(__package__) / "assets" / name).read_text("utf-8")


def player_script() -> str:
    """JavaScript that defines `solonPlayer(element, payload)`, the payload being what an
    application packs for it, such as `solon.applications.taxation.figures.pack`.

    The element gets its look from assets/player.css, and its colours from CSS variables.
    """
    parts = (*MAP_PARTS, "coin_chart", "account", "player")
    body = "\n".join(asset(f"{part}.js") for part in parts)
    return f'const solonPlayer = (() => {{\n"use strict";\n{body}\nreturn solonPlayer;\n}})();\n'
