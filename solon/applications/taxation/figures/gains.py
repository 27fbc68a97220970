"""Who gains and who loses when one policy takes the place of another."""

from typing import TYPE_CHECKING

from ....errors import require
from ....evidence.statistics import difference
from ....figures.outcomes import number
from ....figures.panels import finish, panels
from ....figures.theme import PAGE, Style, label
from ..outcomes import Evaluation

if TYPE_CHECKING:
    import plotly.graph_objects

__all__ = ["gains"]

_DRAWS = 2000
_SHOWN = (("coin", "Coin at the end of the year", "coin"), ("utility", "Utility", "utility"))


def gains(
    evaluation: Evaluation, baseline: Evaluation, style: Style = PAGE
) -> "plotly.graph_objects.Figure":
    """The mean difference of each worker's coin and utility, with 95 % intervals over episodes.

    Workers are in order of what they are paid for a house. A filled mark is a worker whose interval
    does not hold zero.

    Args:
        evaluation: of the policy.
        baseline: of the one whose place it takes, on the same luck.
        style: colours and width.

    Raises:
        ConfigurationError: if the two cannot be paired.
    """
    shapes = [each.workers["coin"].shape for each in (evaluation, baseline)]
    require(shapes[0] == shapes[1], "baseline", shapes[1], f"episodes and workers {shapes[0]}")
    count = evaluation.worker_count
    titles = [title for _, title, _ in _SHOWN]
    height = 150 + 42 * min(count, 10)
    figure, places = panels(len(_SHOWN), style, titles=titles, height=height, gap=(85, 0.08))
    payment = evaluation.workers["payment"].mean(0)
    names = [f"worker {i + 1}, {p:.0f} coin a house" for i, p in enumerate(payment)]
    words = []
    for (name, title, unit), (row, column) in zip(_SHOWN, places, strict=True):
        place = {"row": row, "col": column}
        said = []
        for i in range(count):
            pair = (each.workers[name][None, :, i] for each in (evaluation, baseline))
            found = difference(*pair, draws=_DRAWS)
            low, high = found.low or 0.0, found.high or 0.0
            sure = low > 0 or high < 0
            colour = style.regime(0) if found.value >= 0 else style.regime(1)
            figure.add_scatter(
                x=[found.value],
                y=[i],
                error_x={
                    **{"type": "data", "symmetric": False, "array": [high - found.value]},
                    **{"arrayminus": [found.value - low], "color": colour, "thickness": 2},
                    "width": 5,
                },
                mode="markers",
                marker={
                    **{"size": 11, "symbol": "circle" if sure else "circle-open"},
                    **{"color": colour, "line": {"color": colour, "width": 2}},
                },
                hovertemplate=f"{names[i]}: {number(found.value, signed=True)} {unit} "
                f"[{number(low, signed=True)}, {number(high, signed=True)}]<extra></extra>",
                showlegend=False,
                **place,
            )
            said.append(f"{names[i]} {number(found.value, signed=True)}")
        # Panels without marks get no line.
        line = {"color": style.palette.muted, "width": 1}
        figure.add_vline(x=0, line=line, layer="below", **place)
        words.append(f"{title} ({unit}): {', '.join(said)}.")
        figure.update_xaxes(title_text=f"difference ({unit})", showgrid=True, nticks=6, **place)
        figure.update_yaxes(
            **{"tickmode": "array", "tickvals": list(range(count)), "ticks": ""},
            ticktext=[label(one).replace(", ", "<br>") for one in names],
            showticklabels=column == 1,
            **{"range": [-0.6, count - 0.4], "showgrid": False, "zeroline": False},
            **place,
        )
    return finish(
        figure,
        style,
        legend=False,
        description=f"Mean difference to {baseline.regime} for each worker under "
        f"{evaluation.regime}. {' '.join(words)}",
    )
