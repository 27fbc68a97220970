"""Deaths against lost output."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Bool, Float

from ....errors import require
from ....figures.panels import finish, panels
from ....figures.theme import PAGE, Style, label
from ..outcome import PolicyOutcome, summarize

if TYPE_CHECKING:
    import plotly.graph_objects

__all__ = ["frontier", "undominated"]


def undominated(
    deaths: Float[np.ndarray, " n"], lost_output: Float[np.ndarray, " n"]
) -> Bool[np.ndarray, " n"]:
    """Which policies no other one beats in one respect without being worse in the other."""
    worse = (
        (deaths[:, None] >= deaths)
        & (lost_output[:, None] >= lost_output)
        & ((deaths[:, None] > deaths) | (lost_output[:, None] > lost_output))
    )
    return np.logical_not(worse.any(axis=1))


def frontier(
    outcomes: Sequence[PolicyOutcome],
    constant_levels: Mapping[int, PolicyOutcome] | None = None,
    style: Style = PAGE,
) -> "plotly.graph_objects.Figure":
    """Where each policy lies between deaths and output. The lower left is better in both.

    The stairs join the policies that no other one beats. A mark is the median of the draws,
    and a cross runs from the 10th to the 90th percentile where there are several.

    Args:
        outcomes: the policies to compare.
        constant_levels: level -> what follows if every state keeps it, as a yardstick.
        style: colours and width.

    Raises:
        ConfigurationError: if there is nothing to draw.
    """
    levels = dict(sorted((constant_levels or {}).items()))
    require(bool(outcomes or levels), "outcomes", [], "at least one policy")
    figure, _ = panels(1, style, height=430 if style.narrow else 480)
    ours = [_place(outcome) for outcome in outcomes]
    theirs = [_place(outcome) for outcome in levels.values()]
    middle = np.array([np.median(place, axis=1) for place in [*ours, *theirs]])
    best = middle[undominated(middle[:, 0], middle[:, 1])]
    best = best[np.argsort(best[:, 0])]
    muted = style.palette.muted
    if len(best) > 1:
        figure.add_scatter(
            **{"x": best[:, 0], "y": best[:, 1], "mode": "lines", "name": "not beaten in both"},
            **{"line": {"color": muted, "width": 1.5, "shape": "hv"}, "hoverinfo": "skip"},
        )
    if levels:
        place = middle[len(ours) :]
        figure.add_scatter(
            x=place[:, 0],
            y=place[:, 1],
            mode="markers+text",
            marker={"size": 17, "color": style.palette.paper, "line": {"width": 1, "color": muted}},
            text=[str(level) for level in levels],
            textposition="middle center",
            textfont={"color": style.palette.ink, "size": 11},
            name="the same level everywhere",
            hovertemplate="level %{text}: %{x:,.1f} thousand deaths, %{y:.2f} % of output lost"
            "<extra></extra>",
        )
    for i, (outcome, (deaths, lost)) in enumerate(zip(outcomes, ours, strict=True)):
        several = len(deaths) > 1
        figure.add_scatter(
            x=[float(np.median(deaths))],
            y=[float(np.median(lost))],
            error_x=_reach(deaths, style.regime(i)) if several else None,
            error_y=_reach(lost, style.regime(i)) if several else None,
            mode="markers",
            marker={"size": 13, "color": style.regime(i), "symbol": _SYMBOLS[i % len(_SYMBOLS)]},
            name=label(outcome.policy),
            hovertemplate="%{x:,.1f} thousand deaths, %{y:.2f} % of output lost"
            "<extra>%{fullData.name}</extra>",
        )
    lowest, highest = middle[:, 0].min(), middle[:, 0].max()
    wide = lowest > 0 and highest / lowest > 20
    marks = [base * 10**power for power in range(-3, 7) for base in (1, 2, 5)]
    figure.update_xaxes(
        title_text="deaths, thousands" + (", on a logarithmic scale" if wide else ""),
        type="log" if wide else "linear",
        **({"tickvals": marks, "tickformat": ",~g"} if wide else {"rangemode": "tozero"}),
    )
    figure.update_yaxes(title_text="lost output, % of full", rangemode="tozero")
    return finish(figure, style, description=_words(outcomes, ours, levels, theirs), top=16)


_SYMBOLS = ("circle", "diamond", "square", "triangle-up", "star", "x")


def _place(outcome: PolicyOutcome) -> Float[np.ndarray, "2 draws"]:
    """Deaths in thousands and lost output in percent."""
    found = summarize(outcome)
    return np.array([found["deaths"] / 1e3, found["lost_output"] * 100])


def _reach(values: Float[np.ndarray, " draws"], colour: str) -> dict[str, object]:
    low, middle, high = np.percentile(values, [10, 50, 90])
    return {
        **{"type": "data", "symmetric": False, "array": [high - middle]},
        **{"arrayminus": [middle - low], "color": colour, "thickness": 1.2, "width": 4},
    }


def _words(
    outcomes: Sequence[PolicyOutcome],
    ours: Sequence[np.ndarray],
    levels: Mapping[int, PolicyOutcome],
    theirs: Sequence[np.ndarray],
) -> str:
    sentences = ["Deaths against lost output; the lower left is better in both."]
    names = [outcome.policy for outcome in outcomes] + [f"level {level}" for level in levels]
    for name, (deaths, lost) in zip(names, [*ours, *theirs], strict=True):
        sentences.append(
            f"{name}: {np.median(deaths):,.1f} thousand deaths, {np.median(lost):.2f} % lost."
        )
    return " ".join(sentences)
