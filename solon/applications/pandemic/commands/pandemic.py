"""Try policies against the pandemic and compare what follows."""

import dataclasses
import json
import math
import pathlib
from typing import TYPE_CHECKING, Annotated, Any, Literal

import tyro

from ...._terminal import console, say
from ....cli._places import check_places
from ....errors import ConfigurationError, require
from .search import SEARCH_OPTIONS, check_search, find_policy
from .world import check_world, world

if TYPE_CHECKING:
    from ....economies.pandemic import Pandemic
    from ..outcome import PolicyOutcome

__all__ = ["Options", "run"]

_MOST_POLICIES = 20
# What the economy calls its options -> what is typed here.
_OPTIONS = {"start_date": "--start", "horizon": "--days", "transmission": "--transmission"}
_OPTIONS |= {"ensemble": "--ensemble"}


@dataclasses.dataclass(frozen=True)
class Options:
    """Try policies against the COVID-19 pandemic in the United States and compare what follows.

    A policy is `real` (the restrictions and payments that there were), `data` (what was reported),
    `level=7` (that level everywhere, always; with `,subsidy=20` for payments), a name of the zoo
    such as `pandemic/published-tree`, or a file: a rule in YAML or JSON, or a table by state and
    date in CSV or Parquet. See docs/pandemic-policies.md.
    """

    action: Annotated[
        Literal["run", "optimize"], tyro.conf.Positional, tyro.conf.arg(metavar="run|optimize")
    ]
    """Try policies, or find one that maximises federal welfare."""
    policies: Annotated[
        tuple[str, ...], tyro.conf.Positional, tyro.conf.arg(metavar="POLICY...")
    ] = ()
    """What to try, or what to set beside the policy that is found."""
    states: Annotated[str | None, tyro.conf.arg(metavar="STATE,STATE", help_behavior_hint="")] = (
        None
    )
    """Full names or postal codes with commas between them. Default: all 51."""
    start: Annotated[str | None, tyro.conf.arg(metavar="DATE", help_behavior_hint="")] = None
    """The first day. Default: 2020-03-22, or that of the ensemble."""
    days: Annotated[int | None, tyro.conf.arg(metavar="INTEGER", help_behavior_hint="")] = None
    """How many days are simulated. Default: as far as the data reach, 404 from 2020-03-22."""
    rules: Annotated[str, tyro.conf.arg(metavar="default|foundation")] = "default"
    """`foundation` for the published model with its oddities."""
    transmission: Annotated[str, tyro.conf.arg(metavar="FACTOR,FACTOR")] = "1"
    """What transmission is multiplied with; several factors are draws of equal weight."""
    ensemble: Annotated[str | None, tyro.conf.arg(metavar="FILE", help_behavior_hint="")] = None
    """Draws fitted to data: a file of `solon calibrate pandemic`, or a name of the zoo."""
    report: Annotated[str | None, tyro.conf.arg(metavar="FILE.html", help_behavior_hint="")] = None
    """Draw the results on a page that opens in any browser, without a network."""
    json: Annotated[str | None, tyro.conf.arg(metavar="FILE", help_behavior_hint="")] = None
    """Write the numbers, too."""
    method: Annotated[str, tyro.conf.arg(metavar="open-loop|log-linear|threshold")] = "open-loop"
    """optimize: levels by state and half-month, a log-linear rule, or a tuned threshold rule."""
    out: Annotated[str | None, tyro.conf.arg(metavar="FILE.yaml", help_behavior_hint="")] = None
    """optimize: the policy that is found, as a file that `run` takes."""
    evaluations: Annotated[int, tyro.conf.arg(metavar="INTEGER")] = 2000
    """optimize: episodes to simulate; a gradient counts as 4."""
    seed: Annotated[int, tyro.conf.arg(metavar="INTEGER")] = 0
    """optimize: of the search for a threshold rule."""
    changes: Annotated[float, tyro.conf.arg(metavar="NUMBER")] = 30.0
    """optimize: changes of a state's level in 30 days, at most."""
    stringency: Annotated[int, tyro.conf.arg(metavar="LEVEL")] = 10
    """optimize: the highest level that may be set."""
    unemployment: Annotated[float | None, tyro.conf.arg(metavar="%", help_behavior_hint="")] = None
    """optimize: mean unemployment, at most, of a log-linear rule."""
    subsidy: Annotated[int, tyro.conf.arg(metavar="LEVEL")] = 0
    """optimize: payments on all days, 0 to 20. In this model they only cost the planner."""
    budget: Annotated[float, tyro.conf.arg(metavar="DOLLARS")] = math.inf
    """optimize: payments over the whole episode, at most."""


def run(options: Options) -> int:
    """Simulate, print a table, and write what was asked for."""
    count, found = len(options.policies), options.action == "optimize"
    least = 0 if found else 1
    allowed = f"from {least} to {_MOST_POLICIES} policies"
    require(least <= count <= _MOST_POLICIES, "POLICY", count, allowed)
    if found:
        check_search(options)
    else:
        for field in dataclasses.fields(Options):
            if field.name in SEARCH_OPTIONS:
                value = getattr(options, field.name)
                require(value == field.default, f"--{field.name}", value, "with optimize only")
    factors = check_world(options)
    check_places({"--report": options.report, "--json": options.json, "--out": options.out})

    from ....data.us_states import find_states

    states = None
    if options.states is not None:
        states = find_states(options.states.split(","), argument="--states")
    from ....cli._runtime import prepare

    prepare()

    from ..evaluate import evaluate_policies
    from ..outcome import check_comparable
    from ..policies.files import read_policy

    try:
        economy, draws = world(options, factors, states)
        policies = [read_policy(text, economy) for text in options.policies]
        remarks = list(dict.fromkeys(remark for policy in policies for remark in policy.remarks))
        if found:
            policy, more = find_policy(options, economy, draws)
            policies = [policy, *policies]
            remarks += more
    except ConfigurationError as error:
        argument = _OPTIONS.get(error.argument, error.argument)
        raise error.renamed(argument) from None
    names = [policy.name for policy in policies]
    require(len(set(names)) == len(names), "POLICY", names, "a different name for each")
    outcomes = evaluate_policies(economy, policies, draws)
    check_comparable(outcomes)
    _print(outcomes, remarks)
    about = _configuration(options, economy)
    if options.json is not None:
        _write_json(pathlib.Path(options.json), about, outcomes)
        say(options.json)
    if options.report is not None:
        _write_report(str(options.report), about, economy, draws, outcomes, remarks)
        say(options.report)
    return 0


def _print(outcomes: "list[PolicyOutcome]", remarks: list[str]) -> None:
    from rich.table import Table

    from ..card import ADVICE
    from ..outcome import SUMMARY, number_text, summarize

    first = outcomes[0]
    places = f"{len(first.states)} states" if len(first.states) > 1 else first.states[0]
    table = Table(
        title=f"{places}, {first.dates[0]} to {first.dates[-1]}", title_justify="left", box=None
    )
    table.add_column("")
    for outcome in outcomes:
        table.add_column(outcome.policy, justify="right", overflow="fold")
    found = [summarize(outcome) for outcome in outcomes]
    for name, number in SUMMARY.items():
        texts = [number_text(number, numbers[name]) for numbers in found]
        cells = [f"{text} ({spread})" if spread else text for text, spread in texts]
        table.add_row(f"{number.title}, {number.unit}", *cells)
    shown = console()
    if not shown.is_terminal:
        # A pipe has no width: nothing is to be broken or cut off.
        shown = console(width=max(80, 40 + 40 * len(outcomes)))
    shown.print(table)
    draws = len(first.federal_welfare)
    spread = [f"Medians and 10th to 90th percentile of {draws} draws"] if draws > 1 else []
    for remark in (*spread, *remarks, ADVICE):
        shown.print(remark, soft_wrap=True)


def _configuration(options: Options, economy: "Pandemic") -> dict[str, Any]:
    return {
        "policies": list(options.policies),
        "states": options.states or "all",
        "start": economy.start_date,
        "days": economy.horizon,
        "rules": options.rules,
        "transmission": options.transmission,
        **({} if options.ensemble is None else {"ensemble": options.ensemble}),
    }


def _write_json(
    place: pathlib.Path, about: dict[str, Any], outcomes: "list[PolicyOutcome]"
) -> None:
    from ....runs.atomic import write_file
    from ..card import ADVICE
    from ..outcome import SUMMARY, summarize

    units = {
        "federal_welfare": "sum of daily rewards",
        "state_welfare": "sum of daily rewards, mean over states",
        "deaths": "persons",
        "unemployment": "percent, mean over days",
        "lost_output": "share of full output",
    }
    content = {
        "note": ADVICE,
        "configuration": about,
        "units": {name: units.get(name, "US dollars") for name in SUMMARY},
        "policies": {
            outcome.policy: {name: values.tolist() for name, values in summarize(outcome).items()}
            for outcome in outcomes
        },
    }
    place.parent.mkdir(parents=True, exist_ok=True)
    write_file(place, (json.dumps(content, indent=1) + "\n").encode())


def _write_report(
    place: str,
    about: dict[str, Any],
    economy: "Pandemic",
    draws: Any,
    outcomes: "list[PolicyOutcome]",
    remarks: list[str],
) -> None:
    from ....runs.provenance import provenance
    from ..evaluate import constant_levels, reported
    from ..figures.report import write_pandemic_report

    write_pandemic_report(
        place,
        outcomes,
        constant_levels=constant_levels(economy, draws),
        reported=reported(economy),
        remarks=remarks,
        configuration=about | {"rules version": economy.rules},
        provenance=provenance(),
    )
