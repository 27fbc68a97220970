"""What each regime came to, episode by episode, and the difference on the same luck."""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Float, Num

from ..errors import require
from ..evidence.outcomes import OUTCOMES, Outcomes
from .panels import finish, panels
from .theme import PAGE, Style, label, wrapped

if TYPE_CHECKING:
    import plotly.graph_objects

__all__ = [
    *("Spread", "names_in_common", "number", "outcomes", "paired"),
    *("paired_differences", "spread", "title_and_unit"),
]

_TITLES = {
    "productivity": ("Productivity", "coin"),
    "equality": ("Equality", "0 to 1"),
    "equality_times_productivity": ("Equality × productivity", "coin"),
    "utilitarian_welfare": ("Utilitarian welfare", "sum of utilities"),
}


# Of numbers that an economy of one's own reports, so many are drawn; tables have all.
_MOST = 8


def title_and_unit(name: str) -> tuple[str, str]:
    """How a number is headed. Numbers of other economies go by their own names."""
    return _TITLES.get(name) or (name.replace("_", " "), "")


def names_in_common(found: Sequence[Outcomes]) -> tuple[str, ...]:
    """The numbers that are compared: `OUTCOMES`, or else all that every regime has.

    Numbers that are not defined in some episode are left out.
    """
    episodes = [one.episodes for one in found]
    if all(set(OUTCOMES) <= set(columns) for columns in episodes):
        return OUTCOMES
    return tuple(
        name
        for name in episodes[0]
        if all(name in columns and np.isfinite(columns[name]).all() for columns in episodes)
    )


@dataclasses.dataclass(frozen=True)
class Spread:
    """How a number is spread over episodes: nothing is inferred from it.

    Attributes:
        mean, deviation: mean and standard deviation (of the sample, n - 1).
        low, high: 10th and 90th percentile.
        count: how many numbers.
    """

    mean: float
    deviation: float
    low: float
    high: float
    count: int


def spread(values: Num[np.ndarray, " E"]) -> Spread:
    """Mean, standard deviation and 10th to 90th percentile of some numbers."""
    low, high = np.percentile(values, [10, 90])
    deviation = float(np.std(values, ddof=1)) if len(values) > 1 else 0.0
    return Spread(float(np.mean(values)), deviation, float(low), float(high), len(values))


def paired(
    evaluation: Outcomes, baseline: Outcomes, name: str
) -> tuple[Float[np.ndarray, " E"], float | None]:
    """Difference to the baseline, episode by episode on the same luck.

    Args:
        evaluation: the regime of interest.
        baseline: another regime, evaluated on as many episodes with the same luck.
        name: one of the names in `episodes`.

    Returns:
        The differences, in the unit of the number, and the correlation between the two regimes
        over episodes: what pairing was worth. None where one of them does not vary.

    Raises:
        ConfigurationError: if the numbers of episodes differ.
    """
    ours = np.asarray(evaluation.episodes[name], float)
    theirs = np.asarray(baseline.episodes[name], float)
    require(
        len(ours) == len(theirs),
        "evaluations",
        [len(theirs), len(ours)],
        "the same number of episodes under every regime",
    )
    varied = len(ours) > 1 and min(np.ptp(ours), np.ptp(theirs)) > 0
    return ours - theirs, float(np.corrcoef(ours, theirs)[0, 1]) if varied else None


def outcomes(evaluations: Sequence[Outcomes], style: Style = PAGE) -> "plotly.graph_objects.Figure":
    """A dot for every episode, the mean and the 10th to 90th percentile, by regime.

    Args:
        evaluations: one a regime.
        style: colours and width.
    """
    columns = {
        name: [np.asarray(evaluation.episodes[name], float) for evaluation in evaluations]
        for name in names_in_common(evaluations)[:_MOST]
    }
    words = "; ".join(
        f"{title_and_unit(name)[0]}: "
        + ", ".join(
            f"{e.regime} {number(v.mean())}" for e, v in zip(evaluations, values, strict=True)
        )
        for name, values in columns.items()
    )
    figure = _dots(columns, [e.regime for e in evaluations], 0, style)
    return finish(
        figure,
        style,
        legend=False,
        description=f"Dots, one an episode, by regime. Means over episodes: {words}.",
    )


def paired_differences(
    evaluations: Sequence[Outcomes], style: Style = PAGE
) -> "plotly.graph_objects.Figure":
    """A dot for the difference to the first regime in every episode, on the same luck.

    Args:
        evaluations: two or more, the first being the baseline.
        style: colours and width.

    Raises:
        ConfigurationError: if there are fewer than two, or their episodes cannot be paired.
    """
    require(len(evaluations) >= 2, "evaluations", len(evaluations), "two or more regimes")
    baseline, *others = evaluations
    names = names_in_common(evaluations)[:_MOST]
    columns = {name: [paired(e, baseline, name)[0] for e in others] for name in names}
    words = "; ".join(
        f"{title_and_unit(name)[0]}: "
        + ", ".join(
            f"{e.regime} {number(v.mean(), signed=True)} on average, higher in "
            f"{int((v > 0).sum())} of {len(v)} episodes"
            for e, v in zip(others, values, strict=True)
        )
        for name, values in columns.items()
    )
    figure = _dots(columns, [e.regime for e in others], 1, style)
    figure.add_vline(x=0, line={"color": style.palette.ink, "width": 1})
    return finish(
        figure,
        style,
        legend=False,
        description=f"Difference to {baseline.regime} in each episode. {words}.",
    )


def number(value: float, signed: bool = False) -> str:
    """A number with about three digits that matter, as tables and captions print it."""
    digits = 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2
    text = f"{value:{'+' if signed else ''},.{digits}f}"
    return text.replace("-", "\N{MINUS SIGN}")


def _dots(
    columns: Mapping[str, Sequence[Float[np.ndarray, " E"]]],
    regimes: Sequence[str],
    first: int,
    style: Style,
) -> "plotly.graph_objects.Figure":
    """A panel a number, a line a regime; `first` is the place of the first of them in the list."""
    figure, places = panels(
        len(columns),
        style,
        titles=[label(title_and_unit(name)[0], 30) for name in columns],
        height=130 + 50 * len(regimes),
        gap=(85, 0.03),
    )
    for (name, values), (row, column) in zip(columns.items(), places, strict=True):
        place = {"row": row, "col": column}
        for i, (regime, dots) in enumerate(zip(regimes, values, strict=True)):
            found, colour = spread(dots), style.regime(first + i)
            # Dots are set apart in a fixed pattern: random jitter would change the figure.
            apart = (np.arange(len(dots)) * 0.618034) % 1 - 0.5
            figure.add_scatter(
                x=dots,
                y=i + 0.1 + 0.36 * apart,
                mode="markers",
                name=label(regime),
                marker={"color": colour, "size": 6, "opacity": 0.45},
                hovertemplate="%{x:,.3~f}<extra>an episode</extra>",
                **place,
            )
            figure.add_scatter(
                x=[found.low, found.high],
                y=[i - 0.28, i - 0.28],
                mode="lines",
                line={"color": colour, "width": 2},
                hoverinfo="skip",
                **place,
            )
            figure.add_scatter(
                x=[found.mean],
                y=[i - 0.28],
                mode="markers",
                marker={"color": colour, "size": 10, "symbol": "diamond"},
                name=label(regime),
                hovertemplate="%{x:,.3~f}<extra>mean</extra>",
                **place,
            )
        figure.update_xaxes(
            title_text=title_and_unit(name)[1], showgrid=True, nticks=5, tickangle=0, **place
        )
        figure.update_yaxes(
            **{"tickmode": "array", "tickvals": list(range(len(regimes))), "ticks": ""},
            ticktext=[wrapped(regime) for regime in regimes],
            showticklabels=column == 1,
            range=[len(regimes) - 0.4, -0.6],
            **{"showgrid": False, "zeroline": False},
            **place,
        )
    return figure
