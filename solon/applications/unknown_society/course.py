"""The figure of one society over its years: rates above, incomes of the workers below."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Float

from ...figures.panels import finish, stacked
from ...figures.theme import PAGE, Style, label

if TYPE_CHECKING:
    import plotly.graph_objects

__all__ = ["course"]

_BEST, _LAW = "best rates", "single rate"
#: A planner has the same colour in all figures, also where others are left out.
_COLOURS = {
    "learned planner": 0,
    "you": 1,
    "formula": 2,
    "estimator": 3,
    "model averaging": 4,
}


def course(
    rates: Mapping[str, Float[np.ndarray, " _"]],
    incomes: Float[np.ndarray, "past n"],
    whose: str,
    style: Style = PAGE,
    *,
    years: int = 10,
) -> "plotly.graph_objects.Figure":
    """Rates by year, and what workers earned under one of those who set them.

    Args:
        rates: who -> rates of the years so far. `best rates` and `single rate` are drawn as what
            others are held against.
        incomes: of each worker before tax (coin) in the years so far, the least able first.
        whose: rates led to these incomes, a key of `rates`.
        style: colours and width.
        years: of the whole course.
    """
    figure, ((upper, lower),) = stacked(1, style, height=520, titles=[""])
    for who, line in rates.items():
        look, width = _look(who, style)
        figure.add_scatter(
            x=np.arange(1, len(line) + 1),
            y=line,
            mode="lines" if who in (_BEST, _LAW) else "lines+markers",
            line={**look, "width": width},
            marker={"size": 6},
            name=label(who),
            hovertemplate="%{y:.0%}",
            **upper,
        )
    colours = style.palette.workers(incomes.shape[1])
    for i, colour in enumerate(colours):
        figure.add_bar(
            x=np.arange(1, len(incomes) + 1),
            y=incomes[:, i],
            marker={"color": colour},
            name=label(f"income of worker {i + 1}"),
            hovertemplate="%{y:.2f} coin",
            **lower,
        )
    figure.update_layout(barmode="stack", bargap=0.35, hovermode="x")
    # Plotly turns the key around where bars are stacked.
    figure.update_layout(legend={"traceorder": "normal"})
    axis = {"range": [0.4, years + 0.6], "dtick": 1}
    figure.update_xaxes(**axis, showticklabels=False, **upper)
    figure.update_xaxes(**axis, title_text="year", **lower)
    figure.update_yaxes(range=[-0.02, 1.0], tickformat=".0%", title_text="rate", **upper)
    figure.update_yaxes(zeroline=False, **upper)
    figure.update_yaxes(title_text="coin", rangemode="tozero", **lower)
    return finish(figure, style, description=_words(rates, incomes, whose))


def _look(who: str, style: Style) -> tuple[dict[str, str], float]:
    """Colour and dashes of a line, and its width."""
    if who == _BEST:
        return {"color": style.palette.ink, "dash": "dash"}, 2
    if who == _LAW:
        return {"color": style.palette.muted, "dash": "dot"}, 1.5
    number = _COLOURS.get(who, len(_COLOURS))
    dash = style.dash(number) if number > 1 else "solid"
    return {"color": style.regime(number), "dash": dash}, 3 if number < 2 else 2


def _words(
    rates: Mapping[str, Float[np.ndarray, " _"]], incomes: Float[np.ndarray, "past n"], whose: str
) -> str:
    lines = [f"{who}: {', '.join(f'{rate:.0%}' for rate in line)}" for who, line in rates.items()]
    means = ", ".join(f"{mean:.2f}" for mean in incomes.mean(axis=1))
    return (
        f"Rates by year. {'; '.join(lines)}. Mean income by year (coin), under {whose}: "
        f"{means or 'no year yet'}."
    )
