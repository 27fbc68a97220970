"""Show, check and compare tax schedules, by name or from files."""

import dataclasses
import pathlib
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Literal

import tyro

from ...._terminal import say
from ....cli._places import check_places
from ....errors import require

if TYPE_CHECKING:
    from ....runs.schedules import NamedSchedule
    from ..figures.schedules import Brackets

__all__ = ["Options", "run"]

_BAR = 40


@dataclasses.dataclass(frozen=True)
class Options:
    """Show, check or compare tax schedules.

    A schedule is a JSON or YAML file with marginal rates, and the lower edges of their brackets in
    coin: `{rates: [0.1, 0.3], cutoffs: [0, 50]}`; or it is one that has a name, see
    `solon list planners`. Seven rates without edges go with the published US federal brackets.
    """

    what: Annotated[
        Literal["show", "check", "compare"], tyro.conf.Positional, tyro.conf.arg(metavar="VERB")
    ]
    """show, check or compare."""
    schedules: Annotated[tuple[str, ...], tyro.conf.Positional, tyro.conf.arg(metavar="SCHEDULE")]
    """Files and names."""
    figure: Annotated[str | None, tyro.conf.arg(metavar="FILE.html", help_behavior_hint="")] = None
    """Draw them on a page as well."""
    out: Annotated[str | None, tyro.conf.arg(metavar="FILE.yaml", help_behavior_hint="")] = None
    """With show: write the schedule there, a line a bracket."""


def run(options: Options) -> int:
    """Print, and draw if asked to."""
    from ....runs.schedules import schedule, schedule_text

    count = len(options.schedules)
    require(count > 0, "schedule", "", "at least one file or name")
    compares = options.what == "compare"
    require(not compares or count > 1, "schedule", options.schedules[0], "two or more to compare")
    single = options.out is None or (options.what == "show" and count == 1)
    require(single, "out", options.out, "with show and one schedule only")
    named = [schedule(given, "schedule") for given in options.schedules]
    brackets = _told_apart([_brackets(each) for each in named])
    check_places({"figure": options.figure, "out": options.out})
    if options.what == "show":
        tables = [line for each in brackets for line in ("", *_table(each))]
        say(*tables[1:])
    elif options.what == "check":
        say(*map(_verdict, brackets))
    else:
        say(*_comparison(brackets))
    if options.figure is not None:
        _draw(brackets, options.figure)
    if options.out is not None:
        from ....runs.atomic import write_file

        pathlib.Path(options.out).parent.mkdir(parents=True, exist_ok=True)
        write_file(pathlib.Path(options.out), schedule_text(named[0]).encode())
    return 0


def _brackets(named: "NamedSchedule") -> "Brackets":
    import numpy as np

    from ....economics.tax_schedules import us_federal_cutoffs

    rates = np.zeros(1) if named.rates is None else np.asarray(named.rates, float)
    if named.cutoffs is not None:
        return named.name, np.asarray(named.cutoffs, float), rates
    cutoffs = us_federal_cutoffs()
    fits = len(rates) in (1, len(cutoffs))
    allowed = f"with cutoffs, or {len(cutoffs)} rates for the published US federal brackets"
    require(fits, "schedule", f"{named.name} with {len(rates)} rates", allowed)
    return named.name, cutoffs[: len(rates)], rates


def _told_apart(brackets: "Sequence[Brackets]") -> "list[Brackets]":
    """The same name twice gets numbers."""
    names = [name for name, *_ in brackets]
    return [
        (
            f"{name} ({names[: i + 1].count(name)})" if names.count(name) > 1 else name,
            cutoffs,
            rates,
        )
        for i, (name, cutoffs, rates) in enumerate(brackets)
    ]


def _table(brackets: "Brackets") -> list[str]:
    """The brackets of a schedule, with bars for their rates."""
    from ..figures.tax_schedule import average_rate

    name, cutoffs, rates = brackets
    lines = [name, "      from        to   rate  average rate at the upper edge"]
    for i, (cutoff, rate) in enumerate(zip(cutoffs, rates, strict=True)):
        last = i == len(cutoffs) - 1
        upper = "and above" if last else f"{cutoffs[i + 1]:9.6g}"
        average = "" if last else f"{average_rate(cutoffs[i + 1 : i + 2], cutoffs, rates)[0]:6.1%}"
        bar = "█" * round(_BAR * rate)
        lines.append(f"{cutoff:10.6g} {upper:>9} {rate:6.1%}  {average:6}  {bar}".rstrip())
    return lines


def _verdict(brackets: "Brackets") -> str:
    import numpy as np

    name, _, rates = brackets
    steps = np.diff(rates)
    rises, falls = bool((steps > 0).any()), bool((steps < 0).any())
    shape = {
        (True, False): "rising with income",
        (False, True): "falling with income",
        (True, True): "rising and falling",
        (False, False): "the same for all incomes",
    }[rises, falls]
    count = f"{len(rates)} bracket{'s' * (len(rates) > 1)}"
    return f"{name}: {count}, marginal rates from {rates.min():.1%} to {rates.max():.1%}, {shape}"


def _comparison(brackets: "Sequence[Brackets]") -> list[str]:
    """Marginal and average rates of all schedules at the edges of all brackets, and above."""
    import numpy as np

    from ..figures.tax_schedule import average_rate

    edges = np.unique(np.concatenate([cutoffs for _, cutoffs, _ in brackets]))
    edges = np.append(edges, 2 * edges[-1] if edges[-1] > 0 else 100.0)
    width = max(16, *(len(name) + 2 for name, *_ in brackets))
    lines = [
        "marginal rate, and average rate, on an income (coin) of",
        " " * 10 + "".join(f"{name:>{width}}" for name, *_ in brackets),
    ]
    for edge in edges:
        cells = []
        for _, cutoffs, rates in brackets:
            marginal = rates[np.searchsorted(cutoffs, edge, side="right") - 1]
            average = average_rate(np.array([edge]), cutoffs, rates)[0] if edge > 0 else marginal
            cells.append(f"{marginal:.1%} {average:7.1%}")
        lines.append(f"{edge:10.6g}" + "".join(f"{cell:>{width}}" for cell in cells))
    return lines


def _draw(brackets: "Sequence[Brackets]", place: str) -> None:
    from ....figures.page import write_page
    from ....figures.sections import Figures
    from ..figures.schedules import schedules

    figures = Figures()
    part = figures.add(
        "schedules",
        lambda style: schedules(brackets, style),
        "Marginal and average tax rates by income.",
    )
    write_page(
        place,
        title="Tax schedules",
        labels=" · ".join(name for name, *_ in brackets),
        note="What the schedules ask for, not how people respond to them.",
        parts=[part],
        figures=figures,
        argument="figure",
    )
    say(place)
