"""Name what there is: economies, layouts, planners, the zoo, studies, runs."""

import dataclasses
import os
import pathlib
from collections.abc import Callable, Iterable
from typing import Annotated, Literal, get_type_hints

import tyro

from .._terminal import say, visible
from ..errors import ConfigurationError, require

__all__ = ["Options", "run"]

_RUNS = "runs"

Rows = Iterable[tuple[str, str]]


@dataclasses.dataclass(frozen=True)
class Options:
    """Name economies, layouts, planners, policies, the zoo, studies and runs, a line each."""

    what: Annotated[
        Literal["all", "economies", "layouts", "planners", "policies", "zoo", "studies", "runs"],
        tyro.conf.Positional,
    ] = "all"
    """What to name."""
    folder: Annotated[str, tyro.conf.arg(metavar="FOLDER")] = _RUNS
    """Where to look for runs."""


def run(options: Options) -> int:
    """Print names with a line on each."""
    known = options.folder == _RUNS or os.path.isdir(options.folder)
    require(known, "folder", options.folder, "an existing folder")
    sections = _sections(options.folder)
    wanted = sections if options.what == "all" else {options.what: sections[options.what]}
    for number, (title, (rows, nothing)) in enumerate(wanted.items()):
        if len(wanted) > 1:
            say(*[""] * bool(number), title)
        indent = "  " if len(wanted) > 1 else ""
        found = [(visible(name), line) for name, line in rows()]
        width = max((len(name) for name, _ in found), default=0)
        for name, line in found:
            say(f"{indent}{name:{width}}  {line}")
        if not found:
            say(f"{indent}({nothing})")
    return 0


def _sections(folder: str) -> dict[str, tuple[Callable[[], Rows], str]]:
    """By title: what yields the rows, and what to say if there are none."""
    return {
        "economies": (_economies, "none"),
        "layouts": (_layouts, "none"),
        "planners": (_planners, "none"),
        "policies": (_policies, "none"),
        "zoo": (_zoo, "empty; those you train are in their run folders"),
        "studies": (_studies, "none"),
        "runs": (lambda: _runs(folder), f"none in {folder}; solon train makes one"),
    }


def _economies() -> Rows:
    from ..registry import load_factory, registered

    for name in registered():
        factory = load_factory(name)
        # A function says of itself how it builds; what it builds says what it is.
        built = factory if isinstance(factory, type) else get_type_hints(factory).get("return")
        yield name, _first_line(getattr(built, "__doc__", None) or factory.__doc__)
    yield "gymnax:NAME, jumanji:NAME", "a game of that library, such as gymnax:CartPole-v1"


def _layouts() -> Rows:
    from ..economies.gather_trade_build import generated_layouts, layouts

    for name in layouts.names():
        yield name, layouts.describe(name)
    for name, kind in generated_layouts.GENERATED.items():
        yield name, f"drawn for each episode: {_first_line(kind.__doc__)}"


def _planners() -> Rows:
    from ..runs.schedules import PLANNERS, US_FEDERAL_PATTERN

    yield from PLANNERS.items()
    yield US_FEDERAL_PATTERN, "the US federal brackets of a year, such as us-federal-2026-single"
    yield "FILE.yaml", "a schedule of yours, JSON or YAML: {rates: [0.1, 0.3], cutoffs: [0, 50]}"


def _policies() -> Rows:
    from ..runs.policies import maker_of, policy_names

    for name, summary in sorted(policy_names().items()):
        options = maker_of(name).options
        yield name, summary + (f"; options {', '.join(options)}" if options else "")
    yield "SCHEDULE", "a tax schedule, see solon list planners"
    yield "FILE.py:CLASS", "a solon.policy.Policy of yours"


def _zoo() -> Rows:
    from ..zoo.files import names, read_entry

    for name in names(None):
        try:
            record = read_entry(name, kind=None).record
        except ConfigurationError as error:
            yield name, f"cannot be read: {error.allowed}"
            continue
        yield name, f"{record['status']}: {record['summary']}"


def _studies() -> Rows:
    from ..evidence.studies import STUDIES, load_study

    for name in STUDIES:
        yield name, load_study(name).summary


def _runs(folder: str) -> Rows:
    from ..runs.folder import RunFolder

    # Folders that are closed, or gone by the time that they are looked at, are passed over.
    found = [pathlib.Path(place) for place, _, files in os.walk(folder) if "run.json" in files]
    for path in sorted(found):
        try:
            run = RunFolder.open(path)
            run.check_training()
        except ConfigurationError as error:
            yield str(path), f"cannot be read: {error.allowed}"
            continue
        planner = (run.config.get("planner") or {}).get("name", "no planner")
        config = run.config
        what = f"{config.get('economy')}, {planner}, seed {config.get('seed')}"
        progress = f"{run.saved_steps:,} of {config.get('steps', 0):,} steps, {run.outcome}"
        yield str(path), f"{what}, {progress}, {run.created}"


def _first_line(documentation: str | None) -> str:
    return (documentation or "").strip().partition("\n")[0]
