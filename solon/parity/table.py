"""Many configurations, and a table of what comparing them came to."""

import copy
import dataclasses
import pathlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ..errors import require, require_number, require_whole
from ..reading.yaml_core import load_plain
from .configuration import match
from .run import Summary, run

__all__ = ["HEAD", "Row", "line", "rows", "totals"]

_OWN = pathlib.Path(__file__).parent / "configurations.yaml"

HEAD = (
    "| scenario | tax model | components | workers act | configuration | steps | differences |\n"
    "|---|---|---|---|---|---:|---|"
)

_LETTERS = {
    "Build": "B",
    "ContinuousDoubleAuction": "C",
    "Gather": "G",
    "PeriodicBracketTax": "T",
    "WealthRedistribution": "W",
    "SimpleLabor": "S",
}


@dataclasses.dataclass(frozen=True)
class Row:
    """A configuration with a name.

    Attributes:
        name: what is special about it.
        configuration: for the original's factory.
        options: `steps` and `invalid`, where they are not the same as for all.
    """

    name: str
    configuration: Mapping[str, Any]
    options: Mapping[str, Any]

    def compare(self, python: pathlib.Path, *, seed: int, steps: int, invalid: float) -> Summary:
        """Let both sides play."""
        options = {"steps": steps, "invalid": invalid, **self.options}
        return run(match(self.configuration), python, seed=seed, **options)


def rows(given: Any) -> list[Row]:
    """Read a list of configurations.

    Args:
        given: `all` for Solon's own list, or the contents of a file: a mapping with
            `base`, a configuration, and `rows`, a list of mappings with a `name`, with
            `changes` to the base, or to an earlier row that `like` names (None removes an option;
            `components` takes options by component, or a whole list), and with `steps` and
            `invalid` if they are special.

    Raises:
        ConfigurationError: if it is none.
    """
    if given == "all":
        given = load_plain(_OWN.read_text("utf-8"))
    allowed = "a mapping with base, a configuration, and rows, a list of mappings with a name"
    fits = isinstance(given, Mapping) and isinstance(given.get("base"), Mapping)
    fits = fits and isinstance(given.get("rows"), Sequence)
    fits = fits and all(isinstance(row, Mapping) and "name" in row for row in given["rows"])
    require(fits, "table", type(given).__name__, allowed)
    result: list[Row] = []
    earlier: dict[str, Mapping[str, Any]] = {}
    for row in given["rows"]:
        name, base = str(row["name"]), given["base"]
        options = {key: row[key] for key in ("steps", "invalid") if key in row}
        _check_options(f"table, {name}", options)
        if "like" in row:
            known = isinstance(row["like"], str) and row["like"] in earlier
            require(known, f"table, {name}, like", row["like"], "the name of an earlier row")
            base = earlier[row["like"]]
        earlier[name] = _changed(base, row.get("changes") or {}, f"table, {name}, changes")
        result.append(Row(name, earlier[name], options))
    return result


def _check_options(argument: str, options: Mapping[str, Any]) -> None:
    if "steps" in options:
        require_whole(f"{argument}, steps", options["steps"], low=1, high=10**9)
    if "invalid" in options:
        require_number(f"{argument}, invalid", options["invalid"], low=0, high=1)


def _changed(base: Mapping[str, Any], changes: Any, argument: str) -> dict[str, Any]:
    require(isinstance(changes, Mapping), argument, changes, "a mapping")
    result = copy.deepcopy(dict(base))
    for name, value in changes.items():
        if name == "components" and isinstance(value, Mapping):
            _change_components(result.get("components"), value, f"{argument}, components")
        elif value is None:
            result.pop(name, None)
        else:
            result[name] = copy.deepcopy(value)
    return result


def _change_components(components: Any, changes: Mapping[str, Any], argument: str) -> None:
    """Change options by component, in place."""
    listed = isinstance(components, list) and all(isinstance(one, dict) for one in components)
    require(listed, argument, components, "a list of one-key mappings in what is changed")
    known = [name for one in components for name in one]
    for component, options in changes.items():
        require(component in known, argument, component, ", ".join(map(str, known)))
        own = next(item for item in components if component in item)
        fits = isinstance(options, Mapping) and isinstance(own[component], Mapping)
        require(fits, f"{argument}, {component}", options, "a mapping of options")
        own[component] = {**own[component], **options}


def line(row: Row, outcome: Summary) -> str:
    """A row of the table."""
    configuration = row.configuration
    parts = [next(iter(item)) for item in configuration["components"]]
    tax = next(
        (item["PeriodicBracketTax"] for item in configuration["components"]
         if "PeriodicBracketTax" in item), None,
    )  # fmt: skip
    model = "none"
    if tax is not None:
        model = tax.get("tax_model", "model_wrapper")
        model = "disabled" if tax.get("disable_taxes") else model
    found = "none"
    if outcome.difference is not None:
        found = f"episode {outcome.difference[0]}, {outcome.difference[1]}"
    cells = (
        configuration["scenario_name"],
        model,
        "".join(_LETTERS.get(part, "?") for part in parts),
        "several things" if configuration.get("multi_action_mode_agents") else "one thing",
        row.name,
        f"{outcome.steps:,}",
        found,
    )
    return f"| {' | '.join(cells)} |"


def totals(outcomes: Iterable[Summary]) -> str:
    """All rows in a sentence."""
    outcomes = list(outcomes)
    different = sum(outcome.difference is not None for outcome in outcomes)
    steps, values = sum(o.steps for o in outcomes), sum(o.values for o in outcomes)
    return (
        f"{len(outcomes)} configurations, {steps:,} steps, {values:,} values; "
        f"configurations with a difference: {different}"
    )
