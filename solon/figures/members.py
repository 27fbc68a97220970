"""Who gets what: values of the members of each role."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from ..errors import require
from ..evidence.outcomes import Outcomes
from .outcomes import number
from .panels import finish, panels
from .theme import PAGE, Style, label

if TYPE_CHECKING:
    import plotly.graph_objects

__all__ = ["members", "values_in_common"]

_MOST = 8
"""Panels that are drawn."""


def values_in_common(found: Sequence[Outcomes]) -> tuple[tuple[str, str], ...]:
    """Role and name of what every regime has for as many members, of roles of several members."""
    first = found[0].members
    pairs = [(role, name) for role, values in first.items() for name in values]
    return tuple(
        (role, name)
        for role, name in pairs
        if first[role][name].shape[1] > 1
        and all(
            name in one.members.get(role, {})
            and one.members[role][name].shape[1] == first[role][name].shape[1]
            and np.isfinite(one.members[role][name]).all()
            for one in found
        )
    )


def members(found: Sequence[Outcomes], style: Style = PAGE) -> "plotly.graph_objects.Figure":
    """A panel a value: by member its mean over episodes, and the 10th to 90th percentile.

    Args:
        found: one a regime, with values of members in common.
        style: colours and width.

    Raises:
        ConfigurationError: if there is no value that all have for the same members.
    """
    shown = values_in_common(found)[:_MOST]
    owned = [sorted(one.members) for one in found]
    require(bool(shown), "evaluations", owned, "values of the same members in each")
    figure, places = panels(
        len(shown),
        style,
        titles=[
            label(f"{name.replace('_', ' ')}, {role}".capitalize(), 40) for role, name in shown
        ],
        height=250 if style.narrow else 290,
        gap=(85, 0.08),
    )
    words = []
    for panel, ((role, name), (row, column)) in enumerate(zip(shown, places, strict=True)):
        place = {"row": row, "col": column}
        for i, one in enumerate(found):
            values = np.asarray(one.members[role][name], float)
            mean, (low, high) = values.mean(axis=0), np.percentile(values, [10, 90], axis=0)
            count = len(mean)
            # Regimes stand beside each other, within the place of a member.
            aside = 0.5 * ((i + 0.5) / len(found) - 0.5)
            figure.add_scatter(
                x=np.arange(1, count + 1) + aside,
                y=mean,
                mode="markers",
                error_y={
                    **{"type": "data", "symmetric": False, "thickness": 1.2, "width": 0},
                    **{"array": high - mean, "arrayminus": mean - low, "color": style.regime(i)},
                },
                marker={"color": style.regime(i), "size": 8 if count <= 20 else 5},
                name=label(one.regime),
                legendgroup=f"regime {i}",
                showlegend=panel == 0,
                hovertemplate="%{y:,.3~f}<extra>%{fullData.name}</extra>",
                **place,
            )
            words.append(
                f"{one.regime}, {name.replace('_', ' ')} of the {count} members of {role}: "
                f"{number(mean.min())} to {number(mean.max())}."
            )
        few = {"tickvals": list(range(1, count + 1))} if count <= 10 else {"nticks": 6}
        figure.update_xaxes(title_text="member", range=[0.4, count + 0.6], **few, **place)
    return finish(figure, style, description="Means over episodes by member. " + " ".join(words))
