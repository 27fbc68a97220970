"""One page about policies against a pandemic."""

import html
import os
import pathlib
import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from jaxtyping import Float

from ....figures import sections
from ....figures.page import write_page
from ....figures.theme import Style
from ..card import ADVICE, simulation_card
from ..outcome import SUMMARY, PolicyOutcome, Reported, check_comparable, number_text, summarize
from .frontier import frontier
from .state_curves import state_curves
from .tile_map import TileMap, tile_map

__all__ = ["write_pandemic_report"]

#: So many policies have maps; all have curves, marks and numbers.
_MOST_MAPS = 3

_WEEK = 7

_CUT = "All panels have the same axes; what is above them is cut off."


def write_pandemic_report(
    path: str | os.PathLike[str],
    outcomes: Sequence[PolicyOutcome],
    *,
    constant_levels: Mapping[int, PolicyOutcome] | None = None,
    reported: Reported | None = None,
    remarks: Sequence[str] = (),
    configuration: Mapping[str, Any],
    provenance: Mapping[str, Any],
) -> pathlib.Path:
    """Write a page that opens in a browser without a network.

    Args:
        path: the file to write, atomically. Missing folders above it are made.
        outcomes: one a policy, of the same states and days and with different names.
        constant_levels: level -> what follows if every state keeps it, as a yardstick.
        reported: what was reported on the same days, if data reach that far.
        remarks: what a reader of the numbers has to know, plain text.
        configuration: what was run, as a mapping that may be nested.
        provenance: with what it was run: versions, machine, time.

    Returns:
        The path of the file.

    Raises:
        ConfigurationError: if the place cannot be written or the outcomes do not belong together.
    """
    check_comparable(outcomes)
    figures = sections.Figures()
    first = outcomes[0]
    places = f"{len(first.states)} states" if len(first.states) > 1 else first.states[0]
    draws = len(first.federal_welfare)
    return write_page(
        path,
        title="Policies against a pandemic",
        labels=f"{places} · {first.dates[0]} to {first.dates[-1]} · "
        + ("one set of parameters" if draws == 1 else f"{draws} draws of the parameters"),
        note=f"{ADVICE} The card at the end of this page says what it leaves out.",
        parts=[
            *_headline(outcomes, constant_levels, remarks, figures),
            *_maps(outcomes, figures),
            *_curves(outcomes, reported, figures),
            *_card(),
            *sections.making(configuration, provenance),
        ],
        figures=figures,
    )


def _headline(
    outcomes: Sequence[PolicyOutcome],
    levels: Mapping[int, PolicyOutcome] | None,
    remarks: Sequence[str],
    figures: sections.Figures,
) -> list[str]:
    return [
        "<h2>What came out</h2>",
        _table(outcomes),
        *(f"<p>{html.escape(remark)}</p>" for remark in remarks),
        figures.add(
            "frontier",
            lambda style: frontier(outcomes, levels, style),
            "Deaths in the simulated days against the output that was lost. The lower left is "
            "better in both. "
            + ("Numbers in circles: that level in every state, all the time. " if levels else "")
            + _medians(outcomes),
        ),
    ]


def _table(outcomes: Sequence[PolicyOutcome]) -> str:
    heads = "".join(f'<th scope="col">{html.escape(one.policy)}</th>' for one in outcomes)
    found = [summarize(outcome) for outcome in outcomes]
    rows = []
    for name, number in SUMMARY.items():
        cells = []
        for numbers in found:
            middle, span = number_text(number, numbers[name])
            cells.append(f"<td>{middle}{f'<small>{span}</small>' if span else ''}</td>")
        head = f"{number.title} <small>{number.unit}</small>"
        rows.append(f'<tr><th scope="row">{head}</th>{"".join(cells)}</tr>')
    several = len(outcomes[0].federal_welfare) > 1
    caption = "Sums over the simulated days and states." + (
        " Median of the draws of the parameters; below it the 10th to 90th percentile."
        if several
        else " One set of parameters: nothing here says how sure the numbers are."
    )
    return (
        f'<div class="table-scroll"><table><caption>{caption}</caption><thead><tr><td></td>{heads}'
        f"</tr></thead><tbody>{''.join(rows)}</tbody></table></div>"
    )


def _maps(outcomes: Sequence[PolicyOutcome], figures: sections.Figures) -> list[str]:
    shown = outcomes[:_MOST_MAPS]
    first = shown[0]

    def drawn(
        values: Any, style: Style, quantity: str, unit: str, low: float, high: float | None
    ) -> Any:
        maps = [TileMap(o.policy, np.median(values(o), axis=0).astype(float)) for o in shown]
        return tile_map(
            maps,
            first.states,
            first.dates,
            quantity=quantity,
            unit=unit,
            lowest=low,
            highest=high,
            style=style,
        )

    top = max(float(np.quantile(np.median(_by_week(outcome), axis=0), 0.995)) for outcome in shown)
    few = f" The first {_MOST_MAPS} policies." if len(outcomes) > _MOST_MAPS else ""
    return [
        "<h2>Where and when</h2>",
        "<p>Move the date, or press Play.</p>",
        figures.add(
            "map-stringency",
            lambda style: drawn(
                lambda o: o.stringency, style, "Restrictions", "level 1 to 10", 1, 10
            ),
            f"Restrictions in force by state.{few}",
        ),
        figures.add(
            "map-deaths",
            lambda style: drawn(_by_week, style, "New deaths", "a day and million", 0, top),
            f"New deaths by state, mean of the seven days up to the date.{few} The highest half "
            "percent has the strongest colour.",
        ),
    ]


def _curves(
    outcomes: Sequence[PolicyOutcome], reported: Reported | None, figures: sections.Figures
) -> list[str]:
    first = outcomes[0]
    grey = " Grey: what was reported." if reported is not None else ""

    def drawn(values: Any, real: Any, style: Style, quantity: str, unit: str, **more: Any) -> Any:
        return state_curves(
            {outcome.policy: values(outcome) for outcome in outcomes},
            *(first.states, first.dates),
            **{"quantity": quantity, "unit": unit, "reported": real, "style": style, **more},
        )

    return [
        "<h2>State by state</h2>",
        figures.add(
            "curves-deaths",
            lambda style: drawn(
                _after_start, reported and reported.deaths, style, "New deaths", "a day and million"
            ),
            f"New deaths, mean of the seven days before.{grey} {_CUT} {_medians(outcomes)}",
        ),
        figures.add(
            "curves-unemployment",
            lambda style: drawn(
                lambda o: o.unemployment,
                reported and reported.unemployment,
                style,
                "Unemployment",
                "%",
            ),
            f"Unemployment.{grey} {_CUT} {_medians(outcomes)}",
        ),
        figures.add(
            "curves-stringency",
            lambda style: drawn(
                lambda o: o.stringency.astype(float),
                reported and reported.stringency,
                style,
                "Restrictions",
                "level 1 to 10",
                highest=10.5,
                steps=True,
            ),
            f"Level of the restrictions.{grey}",
        ),
    ]


def _card() -> list[str]:
    from markdown_it import MarkdownIt

    # Headings go two levels down, since the page has a title and sections of its own.
    lines = simulation_card().splitlines()
    text = "\n".join(f"##{line}" if line.startswith("#") else line for line in lines[2:])
    # Links of the card lead to files beside it, which the page does not have.
    text = re.sub(r"\[(.*?)\]\(.*?\)", r"\1", text)
    rendered = MarkdownIt("zero").enable(["heading", "emphasis", "list"]).render(text)
    return ["<h2>Simulation card: the pandemic economy</h2>", rendered]


def _medians(outcomes: Sequence[PolicyOutcome]) -> str:
    if len(outcomes[0].federal_welfare) == 1:
        return ""
    return "Median of the draws of the parameters, with the 10th to 90th percentile."


def _by_week(outcome: PolicyOutcome) -> Float[np.ndarray, "draws days states"]:
    """New deaths a day and million, mean of the seven days up to each."""
    so_far = outcome.deaths.astype(float)
    before = np.concatenate([np.repeat(so_far[:, :1], _WEEK, axis=1), so_far], axis=1)
    days = np.minimum(np.arange(so_far.shape[1]), _WEEK).clip(1)[:, None]
    return (so_far - before[:, : so_far.shape[1]]) / days / outcome.population * 1e6


def _after_start(outcome: PolicyOutcome) -> Float[np.ndarray, "draws days states"]:
    """The same with a gap on the first day, before which nothing is simulated."""
    new = _by_week(outcome)
    new[:, 0] = np.nan
    return new
