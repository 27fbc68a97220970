"""One page with everything that an evaluation found, in a file that needs nothing else."""

import base64
import hashlib
import html
import json
import os
import pathlib
import string
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ..errors import ConfigurationError, require
from ..evidence import Evaluation
from ..runs.atomic import write_file
from . import sections
from .episode_map import asset, pack, player_script
from .outcomes import Found, names_in_common
from .theme import DARK, FONT, LIGHT, Palette

__all__ = ["write_report"]


def write_report(
    path: str | os.PathLike[str],
    evaluations: Sequence[Found],
    *,
    title: str,
    configuration: Mapping[str, Any],
    provenance: Mapping[str, Any],
    curves: Mapping[str, Mapping[str, np.ndarray]] | None = None,
    note: str,
) -> pathlib.Path:
    """Write a report.html that opens in a browser without a network.

    The page forbids the browser to ask any other place for anything, and to run any script that
    was not in it when it was written (a content security policy with hashes).

    Args:
        path: the file to write, atomically. Missing folders above it are made.
        evaluations: one a regime, the first being the baseline of comparisons. Regimes have
            different names; those compared ran the same number of episodes on the same luck. An
            `Evaluation` shows the whole economy, `Outcomes` only what episodes came to.
        title: the heading.
        configuration: what was run, as a mapping that may be nested.
        provenance: with what it was run: seed, versions, machine, time.
        curves: regime -> column -> values over the training, named like the metrics of a run.
        note: what kind of evidence this is, in one plain sentence, shown above all numbers.

    Returns:
        The path of the file.

    Raises:
        ConfigurationError: if the place can not be written or the evaluations do not belong
            together.
    """
    _check(evaluations)
    from plotly.offline import get_plotlyjs

    whole = [one for one in evaluations if isinstance(one, Evaluation)]
    if len(whole) < len(evaluations):
        whole = []
    figures = sections.Figures()
    parts = [
        *sections.headline(evaluations, figures),
        *(sections.economy(whole, figures) if whole else []),
        *sections.learning(curves, figures),
        *(sections.episode(whole) if whole else []),
        *sections.making(configuration, provenance),
    ]
    scripts = {
        "plotly": get_plotlyjs(),
        "player": player_script(),
        "script": asset("report.js"),
    }
    page = string.Template(asset("report.html")).substitute(
        policy=_policy(scripts.values()),
        version=_version(),
        title=html.escape(title),
        labels=html.escape(_labels(evaluations)),
        note=html.escape(note),
        colours=_colours(),
        css=asset("report.css"),
        sections="\n".join(parts),
        figures=_json(figures.drawn),
        episodes=_json(pack(whole) if whole else None),
        **scripts,
    )
    target = pathlib.Path(path)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        write_file(target, page.encode())
    except OSError as error:
        allowed = f"a place for a file that can be written ({error.strerror})"
        raise ConfigurationError("report", str(path), allowed) from None
    return target


def _check(found: Sequence[Found]) -> None:
    names = [one.regime for one in found]
    require(bool(names), "evaluations", names, "at least one")
    require(len(set(names)) == len(names), "evaluations", names, "a different name for each regime")
    numbers = [sorted(one.episodes) for one in found]
    require(bool(names_in_common(found)), "evaluations", numbers, "numbers that all regimes have")
    whole = [one for one in found if isinstance(one, Evaluation)]
    for what, counts in (
        ("worker", [one.worker_count for one in whole]),
        ("episode", [len(next(iter(one.episodes.values()))) for one in found]),
    ):
        same = len(set(counts)) <= 1
        require(same, "evaluations", counts, f"the same number of {what}s under every regime")


def _labels(evaluations: Sequence[Found]) -> str:
    """What the evaluations have in common."""
    first, *others = (evaluation.labels for evaluation in evaluations)
    shared = {
        name: value
        for name, value in first.items()
        if all(other.get(name) == value for other in others)
    }
    return " · ".join(f"{name}: {value}" for name, value in shared.items())


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

    def variables(palette: Palette) -> str:
        names = (
            *("paper", "ink", "muted", "grid", "stone", "wood"),
            *("build", "taxes", "ground", "water"),
        )
        return " ".join(f"--{name}: {getattr(palette, name)};" for name in names)

    return (
        f":root {{ --font: {FONT}; {variables(LIGHT)} color-scheme: light dark; }}\n"
        f"@media (prefers-color-scheme: dark) {{ :root {{ {variables(DARK)} }} }}\n"
        f"@media print {{ :root {{ {variables(LIGHT)} color-scheme: light; }} }}"
    )
