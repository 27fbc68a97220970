"""Summary, figures and page of the tax study."""

import functools
import html
import pathlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from ....evidence.social_measures import SOCIAL_MEASURES
from ....evidence.summary import RegimeScores, summary, write_summary
from .fresh import adapting_rows, fresh_rows, read_years
from .outcomes import (
    PRODUCT,
    PUBLISHED,
    budget,
    flat_from,
    mixed_rows,
    rows,
    tuned_elasticity,
    winners,
)
from .pilot import ALIKE, MIXED, REGIMES

__all__ = ["figures_of", "report"]


def report(scale: str, results: Mapping[str, Any], folder: pathlib.Path) -> str:
    """Write summary.json, figures and page; returns the table in words."""
    table = rows(results, scale)
    if not table:
        return "no regime is there yet"
    known = mixed_rows(results, scale)
    worlds = {"open-quadrant, 4 workers": table, _KNOWN: known}
    found = _summary(scale, worlds, folder)
    found["fresh"] = fresh_rows(results, scale, folder)
    found["adapting"] = adapting_rows(results, scale, folder)
    write_summary(folder / "summary.json", found)
    page = _page(scale, table, results, folder)
    return "\n".join([*_lines(table, results, scale), *budget(table, results), str(page)])


_KNOWN = "open-quadrant, 4 workers who know every tax"


def _summary(
    scale: str, worlds: Mapping[str, Sequence[Mapping[str, Any]]], folder: pathlib.Path
) -> dict[str, Any]:
    from .... import __version__

    regimes = []
    for world, table in worlds.items():
        for name in dict.fromkeys(row["regime"] for row in table):
            mine = [row for row in table if row["regime"] == name]
            years = [read_years(folder / "cells" / row["cell"]) for row in mine]
            regimes.append(
                RegimeScores(
                    regime=name,
                    world=world,
                    rules="gather-trade-build@1 foundation",
                    scores={m: np.stack([one[m] for one in years]) for m in SOCIAL_MEASURES},
                    steps=mine[0]["steps"],
                    minutes=round(float(np.mean([row["seconds"] for row in mine])) / 60, 1),
                )
            )
    option = "--pilot" if scale == "pilot" else "--quick"
    return summary(regimes, command=f"solon reproduce tax {option}", version=__version__)


def _lines(table: Sequence[Mapping[str, Any]], results: Mapping[str, Any], scale: str) -> list[str]:
    lines = [f"{'regime':20}{'coin':>14}{'equality':>16}{'product':>14}{'tax':>12}  flat from"]
    for name in dict.fromkeys(row["regime"] for row in table):
        mine = [row for row in table if row["regime"] == name]

        def several(measure, form, mine=mine):
            return " ".join(format(row["means"][measure], form) for row in mine)

        flat = [flat_from(row["curve"]) for row in mine]
        steps = ", ".join("not" if f is None else f"{f / 1e6:.1f} M" for f in flat)
        lines.append(
            f"{name:20}{several('productivity', '.0f'):>14}{several('equality', '.3f'):>16}"
            f"{several(PRODUCT, '.0f'):>14}{several('average_rate', '.2f'):>12}  {steps}"
        )
    for kind, words in (
        (ALIKE, ""),
        ("", ", at once,"),
        (MIXED, ", where workers know every tax,"),
    ):
        best = tuned_elasticity(results, scale, kind)
        if best is not None:
            lines.append(f"the formula{words} did best with an elasticity of {best:g}")
    for measure, ranked in winners(table).items():
        lines.append(f"{measure}: {' > '.join(ranked)}")
    return lines


def figures_of(scale: str, results: Mapping[str, Any]) -> dict[str, tuple[Callable[..., Any], str]]:
    """The figures by name: what draws one, given a style or none, and its caption."""
    from ..figures import pilot as tax_pilot

    table = rows(results, scale)
    series = {
        name: [{"seed": r["seed"], **r["curve"]} for r in table if r["regime"] == name]
        for name in dict.fromkeys(row["regime"] for row in table)
        if not name.endswith((", at once", ", phased in"))
    }
    schedules = {}
    for name in series:
        if name in REGIMES.values() and name != REGIMES["free-market"]:
            mine = [row for row in table if row["regime"] == name]
            rates = np.mean([row["mean_rates"] for row in mine], axis=0)
            schedules[name] = (np.asarray(mine[0]["cutoffs"], float), rates)
    learned = {
        f"{row['regime']}, seed {row['seed']}": np.asarray(row["rates"])
        for row in table
        if row["regime"] == REGIMES["learned"]
    }
    cutoffs = np.asarray(table[0]["cutoffs"], float)
    curves = functools.partial(functools.partial, tax_pilot.curves, series)
    drawn: dict[str, tuple[Callable[..., Any], str]] = {
        "landing": (
            functools.partial(tax_pilot.landing, table, PUBLISHED),
            "A dot is a training: the mean of its years, with workers as they were at the end. "
            "Upright lines are the published bars.",
        ),
        "product": (
            curves(PRODUCT, "equality × coin"),
            "Means over training years that ended in a quarter of a million steps, from the "
            "moment at which workers who know no taxes come under the regime.",
        ),
        "rate": (
            curves("average_rate", "tax / income"),
            "Tax as a share of income while they learn.",
        ),
        "entropy": (
            curves("worker_entropy", "nats"),
            "Entropy of the workers’ policies. It would go to 0 if they gave up.",
        ),
    }
    known = mixed_rows(results, scale)
    if known:
        drawn["known"] = (
            functools.partial(tax_pilot.landing, known, {}),
            "Workers who know every tax and stay as they are: only the tax differs. A dot is a "
            "population of workers.",
        )
    if schedules:
        drawn["schedules"] = (
            functools.partial(tax_pilot.mean_schedules, schedules, end=300.0),
            "Rates, means over seeds and tax periods.",
        )
    if learned:
        drawn["year"] = (
            functools.partial(tax_pilot.rates_over_the_year, learned, cutoffs),
            "Mean marginal rates (%) that the learned planner sets in each tax period.",
        )
    return drawn


def _in_style(make: Callable[..., Any], style: Any) -> Any:
    return make(style=style)


_HEADINGS = {
    "landing": "Where regimes land",
    "product": "How they got there",
    "known": "Workers who know every tax",
    "schedules": "What they tax",
}


def _page(
    scale: str,
    table: Sequence[Mapping[str, Any]],
    results: Mapping[str, Any],
    folder: pathlib.Path,
) -> pathlib.Path:
    from ....figures.page import write_page
    from ....figures.sections import Figures

    figures = Figures()
    parts = []
    for name, (make, caption) in figures_of(scale, results).items():
        parts += [f"<h2>{_HEADINGS[name]}</h2>"] if name in _HEADINGS else []
        parts.append(figures.add(name, functools.partial(_in_style, make), caption))
    words = "".join(
        f'<tr><th scope="row">{html.escape(measure.replace("_", " "))}</th>'
        f"<td>{html.escape(' > '.join(ranked))}</td></tr>"
        for measure, ranked in winners(table).items()
    )
    parts.append(
        '<h2>Who wins under which welfare</h2><div class="table-scroll"><table><caption>Regimes, '
        f"best first, by the mean over seeds.</caption><tbody>{words}</tbody></table></div>"
    )
    lines = "".join(f"<li>{html.escape(line)}</li>" for line in budget(table, results))
    parts.append(f"<h2>What more would cost</h2><ul>{lines}</ul>")
    return write_page(
        folder / "report.html",
        title="Tax policy: a pilot",
        labels=f"gather-trade-build@1, the original's rules · open-quadrant, 4 workers · {scale}",
        note="Exploratory: two seeds a regime, so dots and no intervals."
        if scale == "pilot"
        else "A sketch: one seed and a short training. It proves nothing.",
        parts=parts,
        figures=figures,
    )
