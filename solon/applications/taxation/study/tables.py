"""The tables of the page on the tax study, in Markdown."""

import pathlib
from collections.abc import Mapping, Sequence
from typing import Any

from .fresh import adapting_rows, fresh_rows
from .outcomes import PRODUCT, PUBLISHED, RETRAINED, crossed, flat_from, mixed_rows, rows, winners
from .pilot import ALIKE, ELASTICITIES, REGIMES

__all__ = ["tables"]


def tables(results: Mapping[str, Any], scale: str, folder: pathlib.Path) -> str:
    """The tables of the page on the pilot, in Markdown.

    Outcomes, gains and who wins; populations under the schedules of all; known taxes, with fresh
    years and with an ablest worker who stops.

    Args:
        results: of the cells by name.
        scale: of the study.
        folder: of the study, with what the cells left.
    """
    table = rows(results, scale)
    lines = [*_outcomes(table, flat=True), "", *_gains(table, published=True)]
    lines += ["", "| welfare | regimes, best first |", "|---|---|"]
    for measure, ranked in winners(table).items():
        lines.append(f"| {measure.replace('_', ' ')} | {' > '.join(ranked)} |")
    lines += ["", *_crossed(results, scale)]
    known = mixed_rows(results, scale)
    return "\n".join(
        [
            *(*lines, "", *_outcomes(known, flat=False), "", *_gains(known, published=False)),
            *("", *_fresh(fresh_rows(results, scale, folder))),
            *("", *_adapting(adapting_rows(results, scale, folder))),
        ]
    )


def _outcomes(table: Sequence[Mapping[str, Any]], *, flat: bool) -> list[str]:
    heads = ["regime", "coin", "equality", "equality x coin", "published", "tax / income"]
    lines = [_line([*heads, "flat from"] if flat else heads)]
    lines.append("|" + "---|" * (len(heads) + flat))
    for name in dict.fromkeys(row["regime"] for row in table):
        mine = [row for row in table if row["regime"] == name]
        cells = [
            name,
            _several(mine, "productivity", ",.0f"),
            _several(mine, "equality", ".3f"),
            _several(mine, PRODUCT, ",.0f"),
            f"{_bar(name):,.0f}" if name in PUBLISHED else "–",
            _several(mine, "average_rate", ".2f"),
        ]
        if flat:
            steps = [flat_from(row["curve"]) for row in mine]
            cells.append(", ".join("not" if at is None else f"{at / 1e6:.1f} M" for at in steps))
        lines.append(_line(cells))
    return lines


def _gains(table: Sequence[Mapping[str, Any]], *, published: bool) -> list[str]:
    heads = ["learned over", "seed by seed", *(["published"] if published else [])]
    lines = [_line(heads), "|" + "---|" * len(heads)]
    learned = REGIMES["learned"]
    ours = _by_seed(table, learned)
    for name in dict.fromkeys(row["regime"] for row in table):
        theirs = _by_seed(table, name)
        gains = [f"{100 * (ours[s] / theirs[s] - 1):+.0f} %" for s in ours if s in theirs]
        cells = [name, ", ".join(gains)]
        if published:
            known = name in PUBLISHED
            cells.append(f"{100 * (_bar(learned) / _bar(name) - 1):+.0f} %" if known else "–")
        if name != learned:
            lines.append(_line(cells))
    return lines


def _fresh(table: Sequence[Mapping[str, Any]]) -> list[str]:
    """Two tables: who is ahead in fresh years, and what the ablest gains by stopping."""
    ahead = [_line(["regime", "equality x coin", "learned is ahead by"]), "|---|---|---|"]
    stops = [
        _line(["regime", "the ablest's utility", "gain by stopping", "equality x coin then"]),
        "|---|---|---|---|",
    ]
    for name in dict.fromkeys(row["regime"] for row in table):
        mine = [row for row in table if row["regime"] == name]
        product, stopped = (_listed(mine, key, ",.0f") for key in ("product", "stopped"))
        own = name == REGIMES["learned"]
        lead = "–" if own else ", ".join(_interval(row["learned_over"], "+.0f") for row in mine)
        gains = ", ".join(_interval(row["gain"], "+.1f") for row in mine)
        ahead.append(_line([name, product, lead]))
        stops.append(_line([name, _listed(mine, "utility", ".1f"), gains, stopped]))
    return [*ahead, "", *stops]


def _adapting(table: Sequence[Mapping[str, Any]]) -> list[str]:
    """What planners gain by changing their rates within the year."""
    lines = [_line(["workers", "years", "planner less its mean schedule"]), "|---|---|---|"]
    for name in dict.fromkeys(row["workers"] for row in table):
        mine = [row for row in table if row["workers"] == name]
        ahead = ", ".join(_interval(row["ahead"], "+.0f") for row in mine)
        lines.append(_line([name, str(mine[0]["episodes"]), ahead]))
    return lines


def _listed(mine: Sequence[Mapping[str, Any]], key: str, form: str) -> str:
    return ", ".join(format(row[key], form) for row in mine)


def _interval(numbers: Sequence[float], form: str) -> str:
    value, low, high = (format(number, form) for number in numbers)
    return f"{value} [{low}, {high}]"


def _crossed(results: Mapping[str, Any], scale: str) -> list[str]:
    """Means over schedules by workers, and over workers by schedule."""
    found = crossed(results, scale)
    if found is None:
        return []
    words = {f"saez-{e:g}": f"Saez, elasticity {e:g}" for e in ELASTICITIES[ALIKE]}
    words |= REGIMES | RETRAINED

    def named(name: str) -> str:
        return words.get(name) or words.get(name.removesuffix(f"-{ALIKE}")) or name

    lines = [_line(["workers who learned under", "mean over schedules"]), "|---|---|"]
    for name, means in zip(found.populations, found.product.mean(axis=2).T, strict=True):
        lines.append(_line([named(name), ", ".join(f"{mean:,.0f}" for mean in means)]))
    lines += ["", _line(["schedule", "mean over workers"]), "|---|---|"]
    for name, means in zip(found.schedules, found.product.mean(axis=1).T, strict=True):
        lines.append(_line([named(name), ", ".join(f"{mean:,.0f}" for mean in means)]))
    taxed = [name for name in found.schedules if name != f"free-market-{ALIKE}"]
    lines += ["", _line(["of the variance", "between workers", "between schedules"])]
    lines.append("|---|---|---|")
    for label, chosen in (("under taxes", taxed), ("under all schedules", found.schedules)):
        parts = zip(*found.shares(chosen), strict=True)
        cells = [", ".join(f"{100 * share:.0f} %" for share in part) for part in parts]
        lines.append(_line([label, *cells]))
    return lines


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _several(mine: Sequence[Mapping[str, Any]], measure: str, form: str) -> str:
    return ", ".join(format(row["means"][measure], form) for row in mine)


def _bar(name: str) -> float:
    return PUBLISHED[name][PRODUCT]


def _by_seed(table: Sequence[Mapping[str, Any]], name: str) -> dict[int, float]:
    return {row["seed"]: row["means"][PRODUCT] for row in table if row["regime"] == name}
