"""The parts of a report as HTML, in the order in which they are read."""

import html
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ..evidence.outcomes import Outcomes
from .course import course, series_in_common
from .learning_curves import learning_curves, panels_of
from .members import members, values_in_common
from .outcomes import outcomes, paired_differences
from .panels import describe
from .tables import difference_table, fact_table, outcome_table
from .theme import DARK, LIGHT, Style

if TYPE_CHECKING:
    import plotly.graph_objects

__all__ = ["Figures", "economy", "headline", "learning", "making"]

_STYLES = {
    "light-wide": Style(LIGHT),
    "light-narrow": Style(LIGHT, narrow=True),
    "dark-wide": Style(DARK),
    "dark-narrow": Style(DARK, narrow=True),
}


class Figures:
    """The figures of one page, numbered as they come.

    Attributes:
        drawn: name -> style -> the figure as plotly.js takes it.
    """

    def __init__(self) -> None:
        self.drawn: dict[str, dict[str, Any]] = {}

    def add(
        self, name: str, make: Callable[[Style], "plotly.graph_objects.Figure"], caption: str
    ) -> str:
        """Draw a figure in all styles and return the place for it, with caption and words."""
        figures = {key: make(style) for key, style in _STYLES.items()}
        self.drawn[name] = {key: figure.to_plotly_json() for key, figure in figures.items()}
        words = html.escape(describe(figures["light-wide"]))
        number = len(self.drawn)
        return (
            f'<figure aria-labelledby="{name}-caption">'
            f'<div data-figure="{name}" role="img" aria-label="{words}"></div>'
            f'<figcaption id="{name}-caption"><b>Figure {number}.</b> {caption}</figcaption>'
            f"<details><summary>In words</summary><p>{words}</p></details></figure>"
        )


def headline(found: Sequence[Outcomes], figures: Figures) -> list[str]:
    """What each regime came to, and the differences on the same luck."""
    several = len(found) > 1
    parts = [
        "<h2>What came out</h2>",
        f'<div class="tables">{outcome_table(found)}',
        f"{difference_table(found) if several else ''}</div>",
        figures.add(
            "outcomes",
            lambda style: outcomes(found, style),
            "Each dot is an evaluation episode. Diamonds are means, bars run from the 10th to the "
            "90th percentile of the episodes.",
        ),
    ]
    if several:
        baseline = html.escape(found[0].regime)
        parts += [
            figures.add(
                "differences",
                lambda style: paired_differences(found, style),
                f"Difference to {baseline} in the same episode. Zero is no difference.",
            )
        ]
    return parts


def economy(found: Sequence[Outcomes], figures: Figures) -> list[str]:
    """Who got what, and how the episodes went, in an economy of any kind."""
    parts = []
    if values_in_common(found):
        parts += [
            "<h2>Who gets what</h2>",
            figures.add(
                "members",
                lambda style: members(found, style),
                "By member: mean over episodes; lines run from the 10th to the 90th percentile of "
                "the episodes.",
            ),
        ]
    if series_in_common(found):
        count = found[0].series[series_in_common(found)[0]].shape[0]
        parts += [
            "<h2>How an episode goes</h2>",
            figures.add(
                "course",
                lambda style: course(found, style),
                f"By step: mean over {count} episode{'s' * (count > 1)}; bands run from the 10th "
                "to the 90th percentile of the episodes.",
            ),
        ]
    return parts


def learning(curves: Mapping[str, Mapping[str, np.ndarray]] | None, figures: Figures) -> list[str]:
    """Learning curves, if anything was logged that they show."""
    if not curves or not panels_of(curves):
        return []
    return [
        "<h2>How it was learned</h2>",
        figures.add(
            "learning",
            lambda style: learning_curves(curves, style),
            "As logged (thin) and as a moving average over a fiftieth of it (thick).",
        ),
    ]


def making(configuration: Mapping[str, Any], provenance: Mapping[str, Any]) -> list[str]:
    """How the numbers came about."""
    return [
        "<h2>How it was made</h2>",
        f"<details><summary>Configuration</summary>{fact_table(configuration)}</details>",
        f"<details><summary>Provenance</summary>{fact_table(provenance)}</details>",
    ]
