"""The report of a sweep: a table of its settings, and their learning curves."""

import functools
import html
import os
import pathlib
from collections.abc import Mapping, Sequence
from typing import Any

from ..evidence.sweeps import SweptPoint
from .learning_curves import learning_curves, panels_of
from .outcomes import number
from .page import write_page
from .sections import Figures
from .tables import fact_table, html_table

__all__ = ["write_sweep_report"]

_LINES, _MOST = 6, 24
"""Settings in a figure, which has as many colours, and in all figures."""


def write_sweep_report(
    path: str | os.PathLike[str],
    points: Sequence[SweptPoint],
    metrics: Sequence[str],
    *,
    title: str,
    note: str,
    content: Mapping[str, Any],
) -> pathlib.Path:
    """Write a page that opens in a browser without a network.

    Args:
        path: the file to write, atomically.
        points: the settings.
        metrics: columns of the table.
        title: the heading.
        note: how to read the numbers.
        content: of the file that the sweep was made from.

    Returns:
        The path of the file.

    Raises:
        ConfigurationError: if the place cannot be written.
    """
    figures = Figures()
    curves = {point.name: columns for point in points if (columns := point.curves())}
    rows = [(html.escape(p.name), [_seeds(p), *(_cell(p, m) for m in metrics)]) for p in points]
    heads = ["", "seeds", *(html.escape(name.replace("_", " ")) for name in metrics)]
    parts = ["<h2>What came out</h2>", html_table(html.escape(note), heads, rows)]
    shown = list(curves)[:_MOST]
    if len(shown) < len(curves):
        parts.append(f"<p>Learning curves of the first {_MOST} of {len(curves)} settings.</p>")
    for first in range(0, len(shown), _LINES):
        some = {name: curves[name] for name in shown[first : first + _LINES]}
        if panels_of(some):
            caption = "Mean over seeds, as logged (thin) and as a moving average (thick)."
            parts.append(
                figures.add(f"curves-{first}", functools.partial(learning_curves, some), caption)
            )
    parts += ["<h2>How it was made</h2>", fact_table(content)]
    count = sum(len(point.runs) for point in points)
    return write_page(
        path,
        title=title,
        labels=f"settings: {len(points)} · trainings: {count}",
        note=note,
        parts=parts,
        figures=figures,
    )


def _seeds(point: SweptPoint) -> str:
    done, asked = len(point.done), len(point.runs)
    return str(done) if done == asked else f"{done} of {asked}"


def _cell(point: SweptPoint, metric: str) -> str:
    found = point.level(metric)
    if found is None:
        return "none"
    if found.low is None or found.high is None:
        return number(found.value)
    return f"{number(found.value)}<small>{number(found.low)} to {number(found.high)}</small>"
