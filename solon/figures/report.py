"""One page with everything that an evaluation found, in a file that needs nothing else."""

import base64
import hashlib
import html
import json
import os
import pathlib
import string
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import ConfigurationError, require
from ..evidence import Evaluation
from ..runs.atomic import write_file
from .activity import activity, coin_sources
from .episode_map import asset, pack, player_script
from .learning_curves import drawable, learning_curves
from .lorenz import lorenz
from .outcomes import outcomes, paired_differences
from .panels import describe
from .prices import prices
from .tables import difference_table, fact_table, outcome_table
from .tax_schedule import tax_schedule
from .theme import DARK, FONT, LIGHT, Palette, Style

if TYPE_CHECKING:
    import plotly.graph_objects

__all__ = ["write_report"]

_STYLES = {
    "light-wide": Style(LIGHT),
    "light-narrow": Style(LIGHT, narrow=True),
    "dark-wide": Style(DARK),
    "dark-narrow": Style(DARK, narrow=True),
}


def write_report(
    path: str | os.PathLike[str],
    evaluations: Sequence[Evaluation],
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
            different names; those compared ran the same number of episodes on the same luck.
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

    figures: dict[str, dict[str, Any]] = {}
    sections = _sections(evaluations, configuration, provenance, curves, figures)
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
        sections=sections,
        figures=_json(figures),
        episodes=_json(pack(evaluations)),
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


def _check(evaluations: Sequence[Evaluation]) -> None:
    names = [evaluation.regime for evaluation in evaluations]
    require(bool(names), "evaluations", names, "at least one")
    require(len(set(names)) == len(names), "evaluations", names, "a different name for each regime")
    for what, numbers in (
        ("worker", [evaluation.worker_count for evaluation in evaluations]),
        ("episode", [evaluation.episode_count for evaluation in evaluations]),
    ):
        same = len(set(numbers)) == 1
        require(same, "evaluations", numbers, f"the same number of {what}s under every regime")


# ---- what is in it, in the order in which it is read ----


def _sections(
    evaluations: Sequence[Evaluation],
    configuration: Mapping[str, Any],
    provenance: Mapping[str, Any],
    curves: Mapping[str, Mapping[str, np.ndarray]] | None,
    figures: dict[str, dict[str, Any]],
) -> str:
    numbered = 0

    def figure(
        name: str, make: Callable[[Style], "plotly.graph_objects.Figure"], caption: str
    ) -> str:
        nonlocal numbered
        numbered += 1
        drawn = {key: make(style) for key, style in _STYLES.items()}
        figures[name] = {key: value.to_plotly_json() for key, value in drawn.items()}
        words = html.escape(describe(drawn["light-wide"]))
        return (
            f'<figure aria-labelledby="{name}-caption">'
            f'<div data-figure="{name}" role="img" aria-label="{words}"></div>'
            f'<figcaption id="{name}-caption"><b>Figure {numbered}.</b> {caption}</figcaption>'
            f"<details><summary>In words</summary><p>{words}</p></details></figure>"
        )

    baseline = html.escape(evaluations[0].regime)
    several = len(evaluations) > 1
    parts = [
        "<h2>What came out</h2>",
        f'<div class="tables">{outcome_table(evaluations)}',
        f"{difference_table(evaluations) if several else ''}</div>",
        figure(
            "outcomes",
            lambda style: outcomes(evaluations, style),
            "Each dot is an evaluation episode, a year of the economy. Diamonds are means, bars "
            "run from the 10th to the 90th percentile of the episodes.",
        ),
    ]
    if several:
        parts += [
            figure(
                "differences",
                lambda style: paired_differences(evaluations, style),
                f"Difference to {baseline} in the same episode. Zero is no difference.",
            ),
        ]
    parts += [
        "<h2>Taxes and incomes</h2>",
        figure(
            "tax-schedule",
            lambda style: tax_schedule(evaluations, style),
            "Marginal and average tax rates, over the distribution of the incomes that they fall "
            "on: share of worker-periods, with the edges of the brackets dotted. Income is what "
            "houses and sales brought in a tax period less purchases, so that it can be negative.",
        ),
        figure(
            "lorenz",
            lambda style: lorenz(evaluations, style),
            "Lorenz curves of income over the year, before tax and after tax and transfer, as "
            "means over episodes. Gini coefficients are multiplied by n/(n − 1): 1 means that one "
            "worker has everything.",
        ),
        "<h2>Who gathers, trades and builds</h2>",
        figure(
            "activity",
            lambda style: activity(evaluations, style),
            "Mean over episodes by worker; thin lines run from the 10th to the 90th percentile of "
            "the episodes. Workers are ranked by what they are paid for a house.",
        ),
        figure(
            "coin",
            lambda style: coin_sources(evaluations, style),
            "Where coin comes from (above zero) and where it goes (below), by worker; mean over "
            "episodes.",
        ),
        "<h2>The market</h2>",
        figure(
            "prices",
            lambda style: prices(evaluations, style),
            "Mean price of a trade (coin over units of all episodes) in windows of the year, with "
            "the 10th to 90th percentile of the episodes, and units traded an episode below.",
        ),
    ]
    if curves and drawable(curves):
        parts += [
            "<h2>How the workers learned</h2>",
            figure(
                "learning",
                lambda style: learning_curves(curves, style),
                "As logged (thin) and as a moving average over a fiftieth of it (thick).",
            ),
        ]
    parts += [
        "<h2>One year on the map</h2>",
        "<p>The first evaluation episode"
        + (", under each regime from the same start" if several else "")
        + ". Arrows show a unit going from seller to buyer.</p>",
        '<div id="player"></div>',
        "<h2>How it was made</h2>",
        f"<details><summary>Configuration</summary>{fact_table(configuration)}</details>",
        f"<details><summary>Provenance</summary>{fact_table(provenance)}</details>",
    ]
    return "\n".join(parts)


def _labels(evaluations: Sequence[Evaluation]) -> str:
    """What the evaluations have in common."""
    first, *others = (evaluation.labels for evaluation in evaluations)
    shared = {
        name: value
        for name, value in first.items()
        if all(other.get(name) == value for other in others)
    }
    return " · ".join(f"{name}: {value}" for name, value in shared.items())


# ---- how it is put together ----


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
