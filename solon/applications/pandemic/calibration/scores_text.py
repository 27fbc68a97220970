"""Scores as tables in Markdown, for the terminal and for the docs."""

from typing import Any

__all__ = ["lost_text", "origins_text", "scores_text"]

_HEAD = "| forecast | error | of {reference} | score | in 50 % | in 90 % | better in |\n"
_RULE = "|---|---|---|---|---|---|---|\n"
_REFERENCES = {"deaths": "N"}
_UNITS = {"deaths": "per 100,000"}
_POINTS = ("no deaths", "published", "published, 0.7 %", "persistence", "drift", "Q",
           "mean of persistence and Q")  # fmt: skip
# What the model is held against at an origin: what could be computed then.
_OPPONENTS = ("N", "M", "M since start", "persistence", "Q", "mean of persistence and Q")


def _reference(target: str) -> str:
    return _REFERENCES.get(target, "persistence")


def _ahead(months: str) -> str:
    return f"{months} month{'' if months == '1' else 's'} ahead"


def scores_text(scores: dict[str, Any]) -> str:
    """A table for each target and horizon.

    The columns: mean absolute error (deaths) or root mean squared error (unemployment) of the
    median; the same over that of N or persistence; weighted interval score; coverage; and in how
    many origins the error is below that of N or persistence.

    Args:
        scores: as `solon.applications.pandemic.calibration.study.score` gives them.
    """
    blocks = []
    for target, horizons in scores.items():
        reference, unit = _reference(target), _UNITS.get(target, "percentage points")
        for months, methods in horizons.items():
            title = f"**{target[:1].upper()}{target[1:]}, {_ahead(months)}** ({unit})\n\n"
            rows = [_row(name, one, methods[reference]) for name, one in methods.items()]
            blocks.append(title + _HEAD.format(reference=reference) + _RULE + "".join(rows))
    return "\n".join(blocks)


def _row(method: str, numbers: dict[str, Any], reference: dict[str, Any]) -> str:
    origins = numbers["by_origin"]
    better = sum(
        one["error"] < reference["by_origin"][origin]["error"] for origin, one in origins.items()
    )
    # Coverage of a point says nothing.
    point = method in _POINTS
    within = [
        "–" if point else f"{100 * numbers[name]:.0f} %" for name in ("within_50", "within_90")
    ]
    cells = [
        method,
        f"{numbers['error']:.2f}",
        f"{numbers['error'] / reference['error']:.2f}",
        f"{numbers['score']:.2f}",
        *within,
        f"{better} of {len(origins)}",
    ]
    return "| " + " | ".join(cells) + " |\n"


def origins_text(scores: dict[str, Any], target: str) -> str:
    """Error of the model at each origin, in bold where it is not below that of every opponent.

    Beside it the smallest error of the opponents, which nobody could have known beforehand.

    Args:
        scores: as `solon.applications.pandemic.calibration.study.score` gives them.
        target: one of those in it.
    """
    horizons = scores[target]
    text = "| origin | " + " | ".join(_ahead(months) for months in horizons) + " |\n"
    text += "|---" * (1 + len(horizons)) + "|\n"
    origins = next(iter(horizons.values()))["model"]["by_origin"]
    for origin in origins:
        cells = [origin]
        for methods in horizons.values():
            if origin not in methods["model"]["by_origin"]:
                cells.append("not in the data")
                continue
            own, (best, name) = _own_and_best(methods, origin)
            shown = f"{own:.2f}" if own < best else f"**{own:.2f}**"
            cells.append(f"{shown} ({name} {best:.2f})")
        text += "| " + " | ".join(cells) + " |\n"
    return text


def _own_and_best(methods: dict[str, Any], origin: str) -> tuple[float, tuple[float, str]]:
    best = min(
        (methods[name]["by_origin"][origin]["error"], name)
        for name in _OPPONENTS
        if name in methods
    )
    return methods["model"]["by_origin"][origin]["error"], best


def lost_text(scores: dict[str, Any]) -> str:
    """The origins at which the model is not better than N or persistence, a line a target.

    Args:
        scores: as `solon.applications.pandemic.calibration.study.score` gives them.
    """
    lines = []
    for target, horizons in scores.items():
        reference = _reference(target)
        lost = [
            f"{origin}, {_ahead(months)}"
            for months, methods in horizons.items()
            for origin, one in methods["model"]["by_origin"].items()
            if one["error"] >= methods[reference]["by_origin"][origin]["error"]
        ]
        lines.append(f"- {target}, against {reference}: {'; '.join(lost) if lost else 'none'}")
    return "\n".join(lines) + "\n"
