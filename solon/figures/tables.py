"""Tables of a report, as HTML."""

import html
from collections.abc import Mapping, Sequence
from typing import Any

from ..evidence.outcomes import Outcomes
from .outcomes import Spread, names_in_common, number, paired, spread, title_and_unit

__all__ = ["difference_table", "fact_table", "html_table", "outcome_table"]


def outcome_table(evaluations: Sequence[Outcomes]) -> str:
    """What regimes came to: mean, standard deviation, 10th to 90th percentile."""
    heads = []
    for evaluation in evaluations:
        count = len(next(iter(evaluation.episodes.values())))
        episodes = f"{count} episode{'s' * (count > 1)}"
        heads.append(f"{_text(evaluation.regime)} <small>{episodes}</small>")
    rows = []
    for name in names_in_common(evaluations):
        cells = []
        for evaluation in evaluations:
            found = spread(evaluation.episodes[name])
            cells.append(f"{number(found.mean)}<small>{_range(found)}</small>")
        rows.append((_outcome(name), cells))
    return html_table(
        "Mean over evaluation episodes; below it the standard deviation and the 10th to 90th "
        "percentile of the episodes.",
        ["", *heads],
        rows,
    )


def difference_table(evaluations: Sequence[Outcomes]) -> str:
    """What regimes came to, as differences to the first of them, paired by episode.

    Raises:
        ConfigurationError: if the numbers of episodes differ.
    """
    baseline, *others = evaluations
    rows = []
    for name in names_in_common(evaluations):
        cells = []
        for evaluation in others:
            difference, correlation = paired(evaluation, baseline, name)
            found = spread(difference)
            higher = int((difference > 0).sum())
            together = "none" if correlation is None else number(correlation)
            cells.append(
                f"{number(found.mean, signed=True)}<small>{_range(found, signed=True)}</small>"
                f"<small>higher&nbsp;in&nbsp;{higher}&nbsp;of&nbsp;{found.count}; "
                f"correlation&nbsp;{together}</small>"
            )
        rows.append((_outcome(name), cells))
    return html_table(
        f"Difference to {_text(baseline.regime)} in the same episode, on the same luck: mean; "
        "standard deviation and 10th to 90th percentile of the differences; how often it is "
        "positive; and the correlation of the two regimes over episodes.",
        ["", *(_text(e.regime) for e in others)],
        rows,
    )


def fact_table(facts: Mapping[str, Any]) -> str:
    """A nested mapping as two columns, inner names joined by dots."""
    rows = "".join(
        f'<tr><th scope="row">{_text(name)}</th><td>{_text(value)}</td></tr>'
        for name, value in _flat(facts)
    )
    return f'<div class="table-scroll"><table class="facts"><tbody>{rows}</tbody></table></div>'


def _flat(facts: Mapping[str, Any], prefix: str = "") -> list[tuple[str, Any]]:
    rows: list[tuple[str, Any]] = []
    for name, value in facts.items():
        if isinstance(value, Mapping):
            rows += _flat(value, f"{prefix}{name}.")
        elif isinstance(value, (list, tuple)):
            rows.append((f"{prefix}{name}", ", ".join(map(str, value))))
        else:
            rows.append((f"{prefix}{name}", value))
    return rows


def _range(found: Spread, signed: bool = False) -> str:
    low, high = (number(value, signed) for value in (found.low, found.high))
    return f"sd&nbsp;{number(found.deviation)}; {low}&nbsp;to&nbsp;{high}"


def _outcome(name: str) -> str:
    title, unit = title_and_unit(name)
    return f"{_text(title)} <small>{unit}</small>" if unit else _text(title)


def html_table(
    caption: str, heads: Sequence[str], rows: Sequence[tuple[str, Sequence[str]]]
) -> str:
    """A table with a head for each row.

    Args:
        caption: HTML, as all that stands in it.
        heads: of the columns, that of the heads among them.
        rows: head and cells of each.
    """
    head = "".join(f'<th scope="col">{cell}</th>' if cell else "<td></td>" for cell in heads)
    body = "".join(
        f'<tr><th scope="row">{name}</th>{"".join(f"<td>{cell}</td>" for cell in cells)}</tr>'
        for name, cells in rows
    )
    return (
        f'<div class="table-scroll"><table><caption>{caption}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _text(value: Any) -> str:
    return html.escape(str(value))
