"""A game beside the machine's, step by step."""

from typing import TYPE_CHECKING

from ....figures.panels import finish, panels
from ....figures.theme import PAGE, Style
from .game import Game

if TYPE_CHECKING:
    import plotly.graph_objects

__all__ = ["course"]

_SERIES = (("utility", "utility"), ("coin", "coin"), ("labor", "units of labor"))


def course(game: Game, style: Style = PAGE) -> "plotly.graph_objects.Figure":
    """Utility, coin and labor over the steps, yours and the machine's in your place.

    Args:
        game: as far as it has been played.
        style: colours and width.
    """
    figure, places = panels(
        len(_SERIES),
        style,
        most=3,
        titles=[name.capitalize() for name, _ in _SERIES],
        height=250 if style.narrow else 320,
        gap=(90, 0.08),
    )
    words = []
    for (name, unit), (row, column) in zip(_SERIES, places, strict=True):
        for i, (who, machine) in enumerate((("you", False), ("the machine in your place", True))):
            values = game.course(name, machine=machine)
            figure.add_scatter(
                y=values,
                mode="lines",
                name=who,
                legendgroup=who,
                showlegend=column == 1 and row == 1,
                line={"color": style.regime(i), "width": 2.5, "dash": style.dash(i)},
                hovertemplate="step %{x}: %{y:.1f}<extra>" + who + "</extra>",
                row=row,
                col=column,
            )
            words.append(f"{name} of {who}: {values[-1]:.1f}")
        figure.update_yaxes(title_text=unit, row=row, col=column)
        figure.update_xaxes(title_text="step", range=[0, game.setup.steps], row=row, col=column)
    return finish(
        figure,
        style,
        description=f"After {game.step} of {game.setup.steps} steps: {'; '.join(words)}.",
    )
