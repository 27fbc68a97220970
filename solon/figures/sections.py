"""The parts of a report as HTML, in the order in which they are read."""

import html
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ..evidence import Evaluation
from ..evidence.outcomes import Outcomes
from .activity import activity, coin_sources
from .course import course, series_in_common
from .learning_curves import learning_curves, panels_of
from .lorenz import lorenz
from .members import members, values_in_common
from .outcomes import outcomes, paired_differences
from .panels import describe
from .prices import prices
from .tables import difference_table, fact_table, outcome_table
from .tax_schedule import tax_schedule
from .theme import DARK, LIGHT, Style

if TYPE_CHECKING:
    import plotly.graph_objects

__all__ = ["Figures", "economy", "episode", "headline", "learning", "making", "members_and_course"]

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


def members_and_course(found: Sequence[Outcomes], figures: Figures) -> list[str]:
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


def economy(evaluations: Sequence[Evaluation], figures: Figures) -> list[str]:
    """Taxes, incomes, work and trade of Gather-Trade-Build."""
    return [
        "<h2>Taxes and incomes</h2>",
        figures.add(
            "tax-schedule",
            lambda style: tax_schedule(evaluations, style),
            "Marginal and average tax rates, over the distribution of the incomes that they fall "
            "on: share of worker-periods, with the edges of the brackets dotted. Income is what "
            "houses and sales brought in a tax period less purchases, so that it can be negative. "
            "The highest half percent of incomes is beyond the right edge.",
        ),
        figures.add(
            "lorenz",
            lambda style: lorenz(evaluations, style),
            "Lorenz curves of income over the year, before tax and after tax and transfer, as "
            "means over episodes. Gini coefficients are multiplied by n/(n − 1): 1 means that one "
            "worker has everything.",
        ),
        "<h2>Who gathers, trades and builds</h2>",
        figures.add(
            "activity",
            lambda style: activity(evaluations, style),
            "Mean over episodes by worker; thin lines run from the 10th to the 90th percentile of "
            "the episodes. Workers are ranked by what they are paid for a house.",
        ),
        figures.add(
            "coin",
            lambda style: coin_sources(evaluations, style),
            "Where coin comes from (above zero) and where it goes (below), by worker; mean over "
            "episodes.",
        ),
        "<h2>The market</h2>",
        figures.add(
            "prices",
            lambda style: prices(evaluations, style),
            "Mean price of a trade (coin over units of all episodes) in windows of the year, with "
            "the 10th to 90th percentile of the episodes, and units traded an episode below.",
        ),
    ]


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


def episode(evaluations: Sequence[Evaluation]) -> list[str]:
    """The place of the player."""
    starts = ", under each regime from the same start" if len(evaluations) > 1 else ""
    return [
        "<h2>One year on the map</h2>",
        f"<p>The first evaluation episode{starts}. Arrows show a unit going from seller to "
        "buyer.</p>",
        '<div id="player"></div>',
    ]


def making(configuration: Mapping[str, Any], provenance: Mapping[str, Any]) -> list[str]:
    """How the numbers came about."""
    return [
        "<h2>How it was made</h2>",
        f"<details><summary>Configuration</summary>{fact_table(configuration)}</details>",
        f"<details><summary>Provenance</summary>{fact_table(provenance)}</details>",
    ]
