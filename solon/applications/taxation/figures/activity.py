"""Who gathers, trades and builds, and what it earns them."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Float, Num

from ....figures.panels import finish, panels
from ....figures.theme import PAGE, Style, label
from ..outcomes import Evaluation

if TYPE_CHECKING:
    import plotly.graph_objects

__all__ = ["activity", "by_skill", "coin_sources"]

#: Up to so many workers have a bar each; more are put into ten groups of equal size.
_MOST_WORKERS = 12

# Title of a panel, what is counted up and what is counted down in it.
_PANELS = (
    ("Houses built", "houses", None),
    ("Stone gathered", "gathered_stone", None),
    ("Wood gathered", "gathered_wood", None),
    ("Stone sold (+)<br>and bought (−)", "sold_stone", "bought_stone"),
    ("Wood sold (+)<br>and bought (−)", "sold_wood", "bought_wood"),
)

# Flow of coin, its name, its sign and its colour in the palette.
_FLOWS = (
    ("build_income", "building", 1, "build"),
    ("sales_income", "sales", 1, "sales"),
    ("transfers", "transfers", 1, "transfers"),
    ("purchases", "purchases", -1, "purchases"),
    ("tax_paid", "taxes", -1, "taxes"),
)


def by_skill(values: Num[np.ndarray, "E n"]) -> Float[np.ndarray, "E groups"]:
    """One column a worker, or ten columns with the means of tenths if there are many workers.

    Args:
        values: by episode and worker, in ascending order of skill.
    """
    if values.shape[1] <= _MOST_WORKERS:
        return np.asarray(values, float)
    return np.stack([g.mean(1) for g in np.array_split(values, 10, axis=1)], axis=1)


def activity(
    evaluations: Sequence[Evaluation], style: Style = PAGE
) -> "plotly.graph_objects.Figure":
    """Houses, gathering and trade by worker: mean over episodes, whisker 10th to 90th percentile.

    Args:
        evaluations: one a regime.
        style: colours and width.
    """
    figure, places = panels(
        len(_PANELS),
        style,
        most=5,
        titles=[title.replace("<br>", " ") if style.narrow else title for title, _, _ in _PANELS],
        height=260 if style.narrow else 330,
        gap=(95, 0.045),
    )
    for panel, ((_, up, down), (row, column)) in enumerate(zip(_PANELS, places, strict=True)):
        place = {"row": row, "col": column}
        for i, evaluation in enumerate(evaluations):
            names = _names(evaluation)
            for name, sign in ((up, 1), (down, -1)):
                if name is None:
                    continue
                values = by_skill(evaluation.workers[name])
                mean = values.mean(0)
                low, high = np.percentile(values, [10, 90], axis=0)
                rising, falling = (high - mean, mean - low)[::sign]
                figure.add_bar(
                    x=np.arange(len(mean)),
                    y=sign * mean,
                    name=label(evaluation.regime),
                    legendgroup=f"regime {i}",
                    offsetgroup=f"regime {i}",
                    showlegend=panel == 0,
                    marker={"color": style.regime(i), "line": {"width": 0}},
                    error_y={
                        **{"array": rising, "arrayminus": falling, "symmetric": False},
                        **{"thickness": 1, "width": 0, "color": style.palette.ink},
                    },
                    customdata=[
                        [tick, abs(value)] for tick, value in zip(names, mean, strict=True)
                    ],
                    hovertemplate="%{customdata[0]}: %{customdata[1]:.1f} "
                    f"{name.replace('_', ' ')}<extra>%{{fullData.name}}</extra>",
                    **place,
                )
        below = style.narrow or column == (len(_PANELS) + 1) // 2
        _worker_axis(figure, evaluations[0], below, place, brief=not style.narrow)
        if column == 1:
            figure.update_yaxes(title_text="units a year", **place)
    figure.update_layout(barmode="group", bargap=0.25, bargroupgap=0.05)
    return finish(
        figure,
        style,
        top=34 if style.narrow else 50,
        description="By worker, from the lowest payment to the highest, means over episodes. "
        + " ".join(_activity_words(evaluation) for evaluation in evaluations),
    )


def coin_sources(
    evaluations: Sequence[Evaluation], style: Style = PAGE
) -> "plotly.graph_objects.Figure":
    """One panel a regime: what coin came from and went to, by worker, as a mean over episodes.

    Args:
        evaluations: one a regime.
        style: colours and width.
    """
    palette = style.palette
    figure, places = panels(
        len(evaluations),
        style,
        most=3,
        titles=[label(e.regime, 34) for e in evaluations],
        height=310 if style.narrow else 350,
        gap=(95, 0.05),
    )
    words = []
    for i, (evaluation, (row, column)) in enumerate(zip(evaluations, places, strict=True)):
        place = {"row": row, "col": column}
        net = np.zeros(len(_names(evaluation)))
        for name, title, sign, colour in _FLOWS:
            mean = sign * by_skill(evaluation.workers[name]).mean(0)
            net = net + mean
            figure.add_bar(
                x=np.arange(len(mean)),
                y=mean,
                name=title,
                legendgroup=name,
                showlegend=i == 0,
                marker={
                    "color": getattr(palette, colour),
                    "line": {"width": 1, "color": palette.paper},
                },
                customdata=_names(evaluation),
                hovertemplate="%{customdata}: %{y:+,.1f} coin<extra>%{fullData.name}</extra>",
                **place,
            )
        figure.add_scatter(
            x=np.arange(len(net)),
            y=net,
            mode="markers",
            name="net",
            legendgroup="net",
            showlegend=i == 0,
            marker={
                **{"symbol": "diamond", "size": 10, "color": palette.ink},
                "line": {"width": 1.5, "color": palette.paper},
            },
            customdata=_names(evaluation),
            hovertemplate="%{customdata}: %{y:+,.1f} coin<extra>net</extra>",
            **place,
        )
        bottom = style.narrow or row == places[-1][0]
        _worker_axis(figure, evaluation, bottom, place)
        figure.update_yaxes(
            title_text="coin a year" if column == 1 else None,
            matches="y" if i else None,
            nticks=8,
            **place,
        )
        words.append(f"{evaluation.regime}, net: " + _listed(net) + ".")
    figure.update_layout(barmode="relative", bargap=0.3)
    return finish(
        figure,
        style,
        description="Coin from building, sales and transfers less purchases and taxes, by worker "
        "from the lowest payment to the highest. " + " ".join(words),
    )


def _names(evaluation: Evaluation) -> list[str]:
    kind = "worker" if evaluation.worker_count <= _MOST_WORKERS else "tenth"
    payment = by_skill(evaluation.workers["payment"]).mean(0)
    return [f"{kind} {i + 1}, paid {value:.1f} a house" for i, value in enumerate(payment)]


def _worker_axis(
    figure: "plotly.graph_objects.Figure",
    evaluation: Evaluation,
    titled: bool,
    place: dict[str, int],
    brief: bool = False,
) -> None:
    """Number the workers and say what they are paid; the latter only if there is room."""
    who = "worker" if evaluation.worker_count <= _MOST_WORKERS else "tenth of workers"
    payment = by_skill(evaluation.workers["payment"]).mean(0)
    if brief and len(payment) > 6:
        title, every = f"{who}, by payment for a house", 3
        ticks = [str(i + 1) for i in range(0, len(payment), every)]
    else:
        title, every = f"{who}, and payment (coin a house)", 1
        ticks = [f"{i + 1}<br>{value:.1f}" for i, value in enumerate(payment)]
    figure.update_xaxes(
        **{"tickmode": "array", "tickvals": list(range(0, len(payment), every))},
        **{"ticktext": ticks, "tickangle": 0, "showgrid": False},
        title_text=title if titled else None,
        **place,
    )


def _activity_words(evaluation: Evaluation) -> str:
    parts = [
        f"{title.lower()} {_listed(by_skill(evaluation.workers[name]).mean(0))}"
        for title, name in (
            *(("Houses", "houses"), ("stone gathered", "gathered_stone")),
            *(("wood gathered", "gathered_wood"), ("stone sold", "sold_stone")),
            *(("stone bought", "bought_stone"), ("wood sold", "sold_wood")),
            ("wood bought", "bought_wood"),
        )
    ]
    return f"{evaluation.regime}: {'; '.join(parts)}."


def _listed(values: Float[np.ndarray, " groups"]) -> str:
    return ", ".join(f"{value:.1f}" for value in values).replace("-", "\N{MINUS SIGN}")
