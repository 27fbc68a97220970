"""Score runs and tax schedules on the same luck."""

import dataclasses
import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

import tyro

from ..errors import require

if TYPE_CHECKING:
    import numpy as np

    from ..runs.folder import RunFolder

__all__ = ["Options", "run"]

_MOST_EPISODES = 100_000
_LINES = (
    *("productivity", "equality", "equality_times_productivity", "utilitarian_welfare"),
    *("rawlsian_welfare", "planner_welfare"),
)


@dataclasses.dataclass(frozen=True)
class Options:
    """Score runs and tax schedules on the same luck, the first being what others are held against.

    A run is its folder. A schedule is a name or a file, see `solon schedule`; it is tried on the
    workers of a run, who act as they were trained: that shows what happens before they adapt.
    """

    policies: Annotated[tuple[str, ...], tyro.conf.Positional, tyro.conf.arg(metavar="A B C")]
    """Run folders, and names or files of schedules; two or more."""
    workers: Annotated[str | None, tyro.conf.arg(metavar="RUN", help_behavior_hint="")] = None
    """The run whose workers face the schedules. Default: the first run among those compared."""
    episodes: Annotated[int, tyro.conf.arg(metavar="INTEGER")] = 50
    """How many episodes each."""
    seed: Annotated[int, tyro.conf.arg(metavar="INTEGER")] = 0
    """Luck of the episodes."""


def run(options: Options) -> int:
    """Play, compare and print."""
    count = len(options.policies)
    shown = options.policies[0] if count else ""
    require(count > 1, "policies", shown, "two or more runs or schedules")
    fits = 2 <= options.episodes <= _MOST_EPISODES
    require(fits, "episodes", options.episodes, f"from 2 to {_MOST_EPISODES}")
    require(0 <= options.seed < 2**32, "seed", options.seed, "an integer from 0 to 4294967295")

    from ..runs.folder import RunFolder
    from ..runs.schedules import schedule

    runs = {name: RunFolder.open(name) for name in options.policies if os.path.isdir(name)}
    schedules = {name: schedule(name, "policies") for name in options.policies if name not in runs}
    base = next(iter(runs.values()), None)
    if options.workers is not None:
        base = RunFolder.open(options.workers)
    allowed = "a run whose workers face the schedules"
    require(base is not None, "workers", options.workers, allowed)
    assert base is not None
    for name, folder in runs.items():
        _check_same(base, folder, name)
    from ._runtime import prepare

    prepare()

    from ..evidence.run import evaluate_run

    found = {}
    for name in options.policies:
        evaluation = evaluate_run(
            runs.get(name, base),
            episodes=options.episodes,
            seed=options.seed,
            schedule=schedules.get(name),
        )
        found[name] = evaluation.episodes
    print(_table(found, options.episodes))
    return 0


def _check_same(base: "RunFolder", other: "RunFolder", name: str) -> None:
    """The same luck means something in one economy only."""
    rules = other.provenance.get("rules")
    expected = base.provenance.get("rules")
    require(rules == expected, "policies", f"{name}, of {rules}", f"runs of {expected}")
    mine, theirs = ({**each.config.get("options", {})} for each in (base, other))
    # The tax is what is compared.
    for each in (mine, theirs):
        each.pop("periodic_bracket_tax", None)
        each.pop("periodic-bracket-tax", None)
    require(mine == theirs, "policies", f"{name} with options {theirs}", f"options {mine}")


def _table(found: "Mapping[str, Mapping[str, np.ndarray]]", episodes: int) -> str:
    import numpy as np

    from ..evidence.comparison import compare

    names = list(found)
    baseline = found[names[0]]
    common = [n for n in _LINES if all(n in each for each in found.values())]
    common = common or [n for n in baseline if all(n in each for each in found.values())]
    lines = [
        f"{episodes} episodes on the same luck; one training each, so that the intervals are over "
        "episodes, and not over trainings"
    ]
    for metric in common:
        lines.append(metric.replace("_", " "))
        for name in names:
            scores = np.asarray(found[name][metric], float)[None]
            cells = [f"  {_short(name):30}{scores.mean():12.5g}"]
            if name != names[0]:
                cells.append(_difference(compare(scores, np.asarray(baseline[metric])[None])))
            lines.append("".join(cells))
    return "\n".join(lines)


def _difference(found: Any) -> str:
    gap = found.difference
    together = "none" if found.correlation is None else f"{found.correlation:.2f}"
    return f"  {gap.value:+.4g} [{gap.low:+.4g}, {gap.high:+.4g}], correlation {together}"


def _short(name: str) -> str:
    return name if len(name) <= 28 else "…" + name[-27:]
