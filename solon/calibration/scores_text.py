"""Scores as a table in Markdown, for the terminal and for the docs."""

from typing import Any

__all__ = ["scores_text"]

_HEAD = "| forecast | error | of N or persistence | score | in 50 % | in 90 % | better in |\n"
_RULE = "|---|---|---|---|---|---|---|\n"
_TITLES = {
    "deaths": ("Deaths", "per 100,000", "N"),
    "unemployment": ("Unemployment", "percentage points, the last month unknown", "persistence"),
    "unemployment, month known": (
        "Unemployment",
        "percentage points, the last month known",
        "persistence",
    ),
}


def scores_text(scores: dict[str, Any]) -> str:
    """A table for each target and horizon.

    The columns: mean absolute error (deaths) or root mean squared error (unemployment) of the
    median; the same over that of N or persistence; weighted interval score; coverage; and in how
    many origins the error is below that of N or persistence.
    """
    blocks = []
    for target, horizons in scores.items():
        title, unit, reference = _TITLES[target]
        for months, methods in horizons.items():
            text = f"{title}, {months} month{'s' if months != '1' else ''} ahead ({unit})\n\n"
            text += _HEAD.replace("N or persistence", reference) + _RULE
            for method, numbers in methods.items():
                text += _row(method, numbers, methods[reference])
            blocks.append(text)
    return "\n".join(blocks)


def _row(method: str, numbers: dict[str, Any], reference: dict[str, Any]) -> str:
    origins = numbers["by_origin"]
    better = sum(
        one["error"] < reference["by_origin"][origin]["error"] for origin, one in origins.items()
    )
    cells = [
        method,
        f"{numbers['error']:.2f}",
        f"{numbers['error'] / reference['error']:.2f}",
        f"{numbers['score']:.2f}",
        f"{100 * numbers['within_50']:.0f} %",
        f"{100 * numbers['within_90']:.0f} %",
        f"{better} of {len(origins)}",
    ]
    return "| " + " | ".join(cells) + " |\n"
