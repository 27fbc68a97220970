"""A page that opens in a browser without a network: whatever its parts are."""

import base64
import hashlib
import html
import json
import os
import pathlib
import string
from collections.abc import Sequence
from typing import Any

from ..errors import ConfigurationError
from ..runs.atomic import write_file
from .player import asset, player_script
from .sections import Figures
from .theme import DARK, LIGHT, css_variables

__all__ = ["write_page"]


def write_page(
    path: str | os.PathLike[str],
    *,
    title: str,
    labels: str,
    note: str,
    parts: Sequence[str],
    figures: Figures,
    episodes: Any = None,
    argument: str = "report",
) -> pathlib.Path:
    """Write an HTML file that needs nothing else.

    The page forbids the browser to ask any other place for anything, and to run any script that
    was not in it when it was written (a content security policy with hashes).

    Args:
        path: the file to write, atomically. Missing folders above it are made.
        title: plain text, like the next two.
        labels: what it is about, below the title.
        note: what a reader has to know first.
        parts: of its body, as HTML.
        figures: that have a place in the parts.
        episodes: what the player of episodes shows, if it has a place in the parts.
        argument: what the user knows the file as.

    Returns:
        The path of the file.

    Raises:
        ConfigurationError: if the place cannot be written.
    """
    from plotly.offline import get_plotlyjs

    scripts = {
        "plotly": get_plotlyjs(),
        "player": player_script(),
        "script": asset("report.js"),
    }
    page = string.Template(asset("report.html")).substitute(
        policy=_policy(scripts.values()),
        version=_version(),
        title=html.escape(title),
        labels=html.escape(labels),
        note=html.escape(note),
        colours=_colours(),
        css=asset("report.css") + asset("player.css"),
        sections="\n".join(parts),
        figures=_json(figures.drawn),
        episodes=_json(episodes),
        **scripts,
    )
    target = pathlib.Path(path)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        # Names of files may be bytes that are no text: they are shown as they are in messages.
        write_file(target, page.encode(errors="backslashreplace"))
    except OSError as error:
        allowed = f"a place for a file that can be written ({error.strerror})"
        raise ConfigurationError(argument, str(path), allowed) from None
    return target


def _version() -> str:
    from .. import __version__

    return __version__


def _json(value: Any) -> str:
    """JSON that can stand in a script element: no character of it can end the element."""
    from plotly.utils import PlotlyJSONEncoder

    text = json.dumps(value, cls=PlotlyJSONEncoder, separators=(",", ":"))
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


def _policy(scripts: Any) -> str:
    hashes = " ".join(
        f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
        for text in scripts
    )
    return (
        f"default-src 'none'; script-src {hashes}; style-src 'unsafe-inline'; "
        "img-src data: blob:; base-uri 'none'; form-action 'none'"
    )


def _colours() -> str:
    """The palettes as CSS variables: page, figures and map share them."""
    return (
        f":root {{ {css_variables(LIGHT)} color-scheme: light dark; }}\n"
        f"@media (prefers-color-scheme: dark) {{ :root {{ {css_variables(DARK)} }} }}\n"
        f"@media print {{ :root {{ {css_variables(LIGHT)} color-scheme: light; }} }}"
    )
