"""Table, figures and page of the tax study."""

import functools
import html
import pathlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from ..social_measures import SOCIAL_MEASURES
from ..summary import RegimeScores, summary, write_summary
from .tax import ELASTICITIES, REGIMES, TUNED, seeds

__all__ = [
    *("PUBLISHED", "budget", "figures_of", "flat_from", "report", "rows", "tuned_elasticity"),
    *("tables", "winners"),
]

_PRODUCT = "equality_times_productivity"

PUBLISHED: Mapping[str, Mapping[str, float]] = {
    "free market": {"productivity": 3285, "equality": 0.39, _PRODUCT: 1278},
    "US federal": {"productivity": 2656, "equality": 0.48, _PRODUCT: 1261},
    "Saez, estimated": {"productivity": 2759, "equality": 0.52, _PRODUCT: 1435},
    "learned": {"productivity": 2907, "equality": 0.57, _PRODUCT: 1664},
}
"""Bars of Zheng et al. (2020), four workers in Open-Quadrant; whiskers are not readable."""

_FLAT = 0.05
_RETRAINED = {
    "learned-fixed": "learned mean, at once",
    "learned-phased": "learned mean, phased in",
}
"""Workers who learn anew under the learned planner's mean schedule."""


def tuned_elasticity(results: Mapping[str, Any], scale: str) -> float | None:
    """The elasticity under which Saez's formula did best, mean over seeds; None if none is there.

    It is chosen by the very years that are reported, which favours the formula.
    """
    scores = {}
    for elasticity in ELASTICITIES:
        names = [f"saez-{elasticity:g}-{seed}" for seed in seeds(scale)]
        if all(name in results for name in names):
            found = [results[name]["means"][_PRODUCT] for name in names]
            scores[elasticity] = float(np.mean(found))
    return max(scores, key=lambda e: scores[e]) if scores else None


def rows(results: Mapping[str, Any], scale: str) -> list[dict[str, Any]]:
    """A row for each training of a regime: regime, cell, seed, and what became of it."""
    best = tuned_elasticity(results, scale)
    found = []
    for name, words in [*REGIMES.items(), *_RETRAINED.items()]:
        cell = name if name != TUNED else f"saez-{best:g}" if best is not None else None
        for seed in seeds(scale):
            key = f"{cell}-{seed}"
            if cell is not None and key in results:
                found.append({"regime": words, "cell": key, "seed": seed, **results[key]})
    return found


def flat_from(curve: Mapping[str, Sequence[float | None]], measure: str = _PRODUCT) -> float | None:
    """Environment steps from which on a curve stays near its end; None if it does not.

    Near means within 5 % of the mean of the last four points, as a moving average of four, and for
    a fifth of the curve at least.
    """
    steps = np.asarray(curve["steps"], float)
    values = np.array([np.nan if v is None else v for v in curve[measure]], float)
    known = np.isfinite(values)
    steps, values = steps[known], values[known]
    width = min(4, len(values))
    if not width:
        return None
    smooth = np.convolve(values, np.ones(width) / width, "valid")
    off = np.abs(smooth / values[-width:].mean() - 1) > _FLAT
    begin = int(np.max(np.nonzero(off)[0], initial=-1)) + 1
    return float(steps[begin + width - 1]) if begin < 0.8 * len(smooth) else None


def winners(table: Sequence[Mapping[str, Any]]) -> dict[str, list[str]]:
    """Regimes by each measure, best first, by the mean over seeds."""
    names = list(dict.fromkeys(row["regime"] for row in table))
    ranked = {}
    for measure in SOCIAL_MEASURES:
        means = {
            name: np.mean([r["means"][measure] for r in table if r["regime"] == name])
            for name in names
        }
        ranked[measure] = sorted(names, key=lambda name: -means[name])
    return ranked


def budget(table: Sequence[Mapping[str, Any]], results: Mapping[str, Any]) -> list[str]:
    """What a study with intervals would cost, from what this one took."""
    trained = [r for name, r in results.items() if not name.startswith("workers")]
    first = [r for name, r in results.items() if name.startswith("workers")]
    if not trained or not first:
        return []

    def hours(found: Sequence[Mapping[str, Any]]) -> float:
        return float(np.mean([one["seconds"] for one in found])) / 3600

    regimes, workers = hours(trained), hours(first)
    one_core = 5 * (8 * regimes + workers)
    lines = [
        f"a regime took {60 * regimes:.0f} minutes of one core, workers {60 * workers:.0f}",
        f"5 seeds and 8 regimes with 4 workers: {one_core:.1f} core hours, "
        f"{one_core / 2:.1f} hours on two cores",
        "the same with 10 workers, in Open-Quadrant and in Split-World, if time goes with the "
        f"number of decisions: {2 * 2.5 * one_core:.0f} core hours",
    ]
    scatter = _scatter(table)
    if scatter is not None:
        # Two independent means of n seeds differ by 5 % with 95 % confidence and 80 % power, if
        # they are normal. With two seeds a regime the deviation itself is rough.
        needed = int(np.ceil(2 * ((1.96 + 0.84) * scatter / 0.05) ** 2))
        lines.append(
            f"seeds scatter by {100 * scatter:.1f} % around their regime's mean: to tell a gain of "
            f"5 % takes about {max(needed, 5)} seeds a regime"
        )
    return lines


def _scatter(table: Sequence[Mapping[str, Any]]) -> float | None:
    """Pooled deviation of the product between seeds, as a share of the regime's mean."""
    squares, freedom = 0.0, 0
    for name in dict.fromkeys(row["regime"] for row in table):
        found = np.array([r["means"][_PRODUCT] for r in table if r["regime"] == name])
        squares += float(np.sum((found / found.mean() - 1) ** 2))
        freedom += len(found) - 1
    return float(np.sqrt(squares / freedom)) if freedom else None


def report(scale: str, results: Mapping[str, Any], folder: pathlib.Path) -> str:
    """Write summary.json, figures and page; returns the table in words."""
    table = rows(results, scale)
    if not table:
        return "no regime is there yet"
    write_summary(folder / "summary.json", _summary(scale, table, folder))
    page = _page(scale, table, results, folder)
    return "\n".join([*_lines(table, results, scale), *budget(table, results), str(page)])


def _summary(
    scale: str, table: Sequence[Mapping[str, Any]], folder: pathlib.Path
) -> dict[str, Any]:
    from ... import __version__

    regimes = []
    for name in dict.fromkeys(row["regime"] for row in table):
        mine = [row for row in table if row["regime"] == name]
        years = [_read(folder / "cells" / row["cell"]) for row in mine]
        regimes.append(
            RegimeScores(
                regime=name,
                world="open-quadrant, 4 workers",
                rules="gather-trade-build@1 foundation",
                scores={m: np.stack([one[m] for one in years]) for m in SOCIAL_MEASURES},
                steps=mine[0]["steps"],
                minutes=round(float(np.mean([row["seconds"] for row in mine])) / 60, 1),
            )
        )
    option = "--pilot" if scale == "pilot" else "--quick"
    return summary(regimes, command=f"solon reproduce tax {option}", version=__version__)


def _read(folder: pathlib.Path) -> dict[str, np.ndarray]:
    import pyarrow.parquet

    from .tax_cells import EPISODES

    columns = pyarrow.parquet.ParquetFile(folder / EPISODES).read(use_threads=False)
    return {name: np.asarray(columns[name], float) for name in columns.column_names}


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
            f"{several(_PRODUCT, '.0f'):>14}{several('average_rate', '.2f'):>12}  {steps}"
        )
    best = tuned_elasticity(results, scale)
    if best is not None:
        lines.append(f"the formula did best with an elasticity of {best:g}")
    for measure, ranked in winners(table).items():
        lines.append(f"{measure}: {' > '.join(ranked)}")
    return lines


def tables(results: Mapping[str, Any], scale: str) -> str:
    """The tables of the page on the pilot, in Markdown: outcomes, gains, and who wins."""
    table = rows(results, scale)
    names = list(dict.fromkeys(row["regime"] for row in table))
    lines = [
        "| regime | coin | equality | equality x coin | published | tax / income | flat from |",
        "|---|---|---|---|---|---|---|",
    ]
    for name in names:
        mine = [row for row in table if row["regime"] == name]
        flat = [flat_from(row["curve"]) for row in mine]
        cells = [
            name,
            _several(mine, "productivity", ",.0f"),
            _several(mine, "equality", ".3f"),
            _several(mine, _PRODUCT, ",.0f"),
            f"{_bar(name):,.0f}" if name in PUBLISHED else "–",
            _several(mine, "average_rate", ".2f"),
            ", ".join("not" if at is None else f"{at / 1e6:.1f} M" for at in flat),
        ]
        lines.append(f"| {' | '.join(cells)} |")
    lines += ["", "| learned over | seed by seed | published |", "|---|---|---|"]
    learned = REGIMES["learned"]
    ours = _by_seed(table, learned)
    for name in names:
        theirs = _by_seed(table, name)
        gains = [f"{100 * (ours[s] / theirs[s] - 1):+.0f} %" for s in ours if s in theirs]
        known = name in PUBLISHED
        gain = f"{100 * (_bar(learned) / _bar(name) - 1):+.0f} %" if known else "–"
        if name != learned:
            lines.append(f"| {name} | {', '.join(gains)} | {gain} |")
    lines += ["", "| welfare | regimes, best first |", "|---|---|"]
    for measure, ranked in winners(table).items():
        lines.append(f"| {measure.replace('_', ' ')} | {' > '.join(ranked)} |")
    return "\n".join(lines)


def _several(mine: Sequence[Mapping[str, Any]], measure: str, form: str) -> str:
    return ", ".join(format(row["means"][measure], form) for row in mine)


def _bar(name: str) -> float:
    return PUBLISHED[name][_PRODUCT]


def _by_seed(table: Sequence[Mapping[str, Any]], name: str) -> dict[int, float]:
    return {row["seed"]: row["means"][_PRODUCT] for row in table if row["regime"] == name}


def figures_of(scale: str, results: Mapping[str, Any]) -> dict[str, tuple[Callable[..., Any], str]]:
    """The figures by name: what draws one, given a style or none, and its caption."""
    from ...figures import tax_pilot

    table = rows(results, scale)
    series = {
        name: [{"seed": r["seed"], **r["curve"]} for r in table if r["regime"] == name]
        for name in dict.fromkeys(row["regime"] for row in table)
    }
    schedules = {}
    for name in series:
        if name not in ("free market", *_RETRAINED.values()):
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
            curves(_PRODUCT, "equality × coin"),
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
    "schedules": "What they tax",
}


def _page(
    scale: str,
    table: Sequence[Mapping[str, Any]],
    results: Mapping[str, Any],
    folder: pathlib.Path,
) -> pathlib.Path:
    from ...figures.page import write_page
    from ...figures.sections import Figures

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
