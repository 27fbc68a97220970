"""Try policies against the pandemic and compare what follows."""

import dataclasses
import json
import pathlib
from typing import TYPE_CHECKING, Annotated, Any, Literal

import tyro

from ..errors import ConfigurationError, require
from ._places import check_place

if TYPE_CHECKING:
    from ..evidence.policy_outcome import PolicyOutcome

__all__ = ["Options", "run"]

_MOST_POLICIES = 20
# What the economy calls its options -> what is typed here.
_OPTIONS = {"start_date": "--start", "horizon": "--days"}


@dataclasses.dataclass(frozen=True)
class Options:
    """Try policies against the COVID-19 pandemic in the United States and compare what follows.

    A policy is `real` (the restrictions and payments that there were), `data` (what was reported),
    `level=7` (that level everywhere, always; with `,subsidy=20` for payments), or a file: a rule
    in YAML or JSON, or a table by state and date in CSV or Parquet. See docs/pandemic-policies.md.
    """

    action: Annotated[Literal["run"], tyro.conf.Positional, tyro.conf.arg(metavar="run")]
    """The only thing to do so far."""
    policies: Annotated[tuple[str, ...], tyro.conf.Positional, tyro.conf.arg(metavar="POLICY...")]
    """What to try."""
    states: Annotated[str | None, tyro.conf.arg(metavar="STATE,STATE", help_behavior_hint="")] = (
        None
    )
    """Full names or postal codes with commas between them. Default: all 51."""
    start: Annotated[str, tyro.conf.arg(metavar="DATE")] = "2020-03-22"
    """The first day."""
    days: Annotated[int, tyro.conf.arg(metavar="INTEGER")] = 404
    """How many days are simulated. The data reach 404 days from 2020-03-22."""
    rules: Annotated[str, tyro.conf.arg(metavar="default|foundation")] = "default"
    """`foundation` for the published model with its oddities."""
    report: Annotated[str | None, tyro.conf.arg(metavar="FILE.html", help_behavior_hint="")] = None
    """Draw the results on a page that opens in any browser, without a network."""
    json: Annotated[str | None, tyro.conf.arg(metavar="FILE", help_behavior_hint="")] = None
    """Write the numbers, too."""


def run(options: Options) -> int:
    """Simulate, print a table, and write what was asked for."""
    count = len(options.policies)
    require(1 <= count <= _MOST_POLICIES, "POLICY", count, f"from 1 to {_MOST_POLICIES} policies")
    known = ("default", "foundation")
    require(options.rules in known, "--rules", options.rules, " or ".join(known))
    places = {"--report": options.report, "--json": options.json}
    for argument, place in places.items():
        if place is not None:
            check_place(argument, pathlib.Path(place))
    both = [pathlib.Path(place).absolute() for place in places.values() if place is not None]
    require(len(set(both)) == len(both), "--json", options.json, "another file than --report")

    from ..data.us_states import find_states

    states = None
    if options.states is not None:
        states = find_states(options.states.split(","), argument="--states")
    from ._runtime import prepare

    prepare()

    from ..economies.pandemic import Pandemic
    from ..evidence.pandemic import evaluate_policies
    from ..evidence.policy_outcome import check_comparable
    from ..planning.policy_files import read_policy

    try:
        economy = Pandemic(
            states=states,
            start_date=options.start,
            horizon=options.days,
            compatibility="foundation" if options.rules == "foundation" else None,
        )
        policies = [read_policy(text, economy) for text in options.policies]
    except ConfigurationError as error:
        argument = _OPTIONS.get(error.argument, error.argument)
        raise ConfigurationError(argument, error.value, error.allowed) from None
    names = [policy.name for policy in policies]
    require(len(set(names)) == count, "POLICY", names, "a different name for each")
    outcomes = evaluate_policies(economy, policies)
    check_comparable(outcomes)
    remarks = [remark for policy in policies for remark in policy.remarks]
    _print(outcomes, remarks)
    if options.json is not None:
        _write_json(pathlib.Path(options.json), options, outcomes)
        print(options.json)
    if options.report is not None:
        _write_report(options, economy, outcomes, remarks)
        print(options.report)
    return 0


def _print(outcomes: "list[PolicyOutcome]", remarks: list[str]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from ..evidence.policy_outcome import SUMMARY, number_text, summarize
    from ..evidence.simulation_card import ADVICE

    first = outcomes[0]
    places = f"{len(first.states)} states" if len(first.states) > 1 else first.states[0]
    table = Table(
        title=f"{places}, {first.dates[0]} to {first.dates[-1]}", title_justify="left", box=None
    )
    table.add_column("")
    for outcome in outcomes:
        table.add_column(Text(outcome.policy), justify="right", overflow="fold")
    found = [summarize(outcome) for outcome in outcomes]
    for name, number in SUMMARY.items():
        cells = [number_text(number, numbers[name])[0] for numbers in found]
        table.add_row(f"{number.title}, {number.unit}", *cells)
    console = Console(highlight=False)
    if not console.is_terminal:
        # A pipe has no width: nothing is to be broken or cut off.
        console = Console(highlight=False, width=max(80, 40 + 40 * len(outcomes)))
    console.print(table)
    for remark in remarks:
        console.print(Text(remark), soft_wrap=True)
    console.print(Text(ADVICE), soft_wrap=True)


def _configuration(options: Options) -> dict[str, Any]:
    return {
        "policies": list(options.policies),
        "states": options.states or "all",
        "start": options.start,
        "days": options.days,
        "rules": options.rules,
    }


def _write_json(place: pathlib.Path, options: Options, outcomes: "list[PolicyOutcome]") -> None:
    from ..evidence.policy_outcome import SUMMARY, summarize
    from ..evidence.simulation_card import ADVICE
    from ..runs.atomic import write_file

    units = {
        "federal_welfare": "sum of daily rewards",
        "state_welfare": "sum of daily rewards, mean over states",
        "deaths": "persons",
        "unemployment": "percent, mean over days",
        "lost_output": "share of full output",
    }
    content = {
        "note": ADVICE,
        "configuration": _configuration(options),
        "units": {name: units.get(name, "US dollars") for name in SUMMARY},
        "policies": {
            outcome.policy: {name: values.tolist() for name, values in summarize(outcome).items()}
            for outcome in outcomes
        },
    }
    place.parent.mkdir(parents=True, exist_ok=True)
    write_file(place, (json.dumps(content, indent=1, ensure_ascii=False) + "\n").encode())


def _write_report(
    options: Options, economy: Any, outcomes: "list[PolicyOutcome]", remarks: list[str]
) -> None:
    from ..evidence.pandemic import constant_levels, reported
    from ..figures.pandemic_report import write_pandemic_report
    from ..runs.provenance import provenance

    write_pandemic_report(
        str(options.report),
        outcomes,
        constant_levels=constant_levels(economy),
        reported=reported(economy),
        remarks=remarks,
        configuration=_configuration(options) | {"rules version": economy.rules},
        provenance=provenance(),
    )
