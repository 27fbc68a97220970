"""Score runs, policies of the zoo and tax schedules on the same luck."""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import tyro

from .._terminal import say
from ..errors import require
from ._policies import is_policy, players_named, trust_named

if TYPE_CHECKING:
    import numpy as np

    from ..runs.players import Players

__all__ = ["Options", "run"]

_MOST_EPISODES = 100_000
_WIDEST = 40
_TAX = "periodic_bracket_tax"
_LINES = (
    *("productivity", "equality", "equality_times_productivity", "utilitarian_welfare"),
    *("rawlsian_welfare", "planner_welfare"),
)


@dataclasses.dataclass(frozen=True)
class Options:
    """Score policies and tax schedules on the same luck, the first being what others are held
    against.

    A policy is a run folder or a name of the zoo, see `solon list zoo`. A schedule is a name or a
    file, see `solon schedule`; it is tried on the workers of a policy, who act as they were
    trained: that shows what happens before they adapt.
    """

    policies: Annotated[tuple[str, ...], tyro.conf.Positional, tyro.conf.arg(metavar="A B C")]
    """Run folders, names of the zoo, and names or files of schedules; two or more."""
    workers: Annotated[str | None, tyro.conf.arg(metavar="RUN|NAME", help_behavior_hint="")] = None
    """Whose workers face the schedules. Default: the first run or name of the zoo."""
    episodes: Annotated[int, tyro.conf.arg(metavar="INTEGER")] = 50
    """How many episodes each."""
    seed: Annotated[int, tyro.conf.arg(metavar="INTEGER")] = 0
    """Luck of the episodes."""
    trust: Annotated[bool, tyro.conf.arg(help_behavior_hint="")] = False
    """Run the Python file in a run folder that you have not trained yourself, from now on. Read it
    first: it can do what you can."""


def run(options: Options) -> int:
    """Play, compare and print."""
    count = len(options.policies)
    shown = options.policies[0] if count else ""
    require(count > 1, "policies", shown, "two or more policies or schedules")
    for name in options.policies:
        require(options.policies.count(name) == 1, "policies", name, "each policy once")
    fits = 2 <= options.episodes <= _MOST_EPISODES
    require(fits, "episodes", options.episodes, f"from 2 to {_MOST_EPISODES}")
    require(0 <= options.seed < 2**32, "seed", options.seed, "an integer from 0 to 4294967295")

    from ..runs.schedules import schedule

    schedules = {
        # Tables and mistakes name it as it was typed.
        name: dataclasses.replace(schedule(name, "policies", "a run folder, "), name=name)
        for name in options.policies
        if not is_policy(name)
    }
    given = [name for name in options.policies if name not in schedules]
    base = options.workers or next(iter(given), None)
    allowed = "a run, or a name of the zoo, whose workers face the schedules"
    require(base is not None, "workers", options.workers, allowed)
    assert base is not None
    if options.trust:
        trust_named([base, *given])
    from ._runtime import prepare

    prepare()

    from ..evidence.run import evaluate_players
    from ..runs.players import under_schedule

    argument = "policies" if options.workers is None else "workers"
    players = {base: players_named(base, argument)}
    for name in given:
        if name not in players:
            players[name] = players_named(name, "policies")
        _check_same(players[base], players[name], name)
    for name, named in schedules.items():
        players[name] = under_schedule(players[base], named, "policies")
    found = {
        name: evaluate_players(players[name], episodes=options.episodes, seed=options.seed).episodes
        for name in options.policies
    }
    of_schedules = base if schedules else None
    say(*_table(found, options.episodes, _legend(given, players, of_schedules)))
    return 0


def _legend(given: Sequence[str], players: "Mapping[str, Players]", base: str | None) -> list[str]:
    """What is compared: whose workers, under which tax.

    Args:
        given: runs and names of the zoo that are compared.
        players: by name.
        base: whose workers the schedules are tried on, if there are any.
    """
    taxed = [name for name in given if "planner" in players[name].env.roles]
    lines = [f"{_short(name)}: its own workers under {_tax(players[name])}" for name in taxed]
    if base is not None:
        lines.append(f"schedules: the workers of {_short(base)}, as they were trained")
    return lines


def _tax(players: "Players") -> str:
    from ..runs.schedules import RANDOM

    planner = players.recipe.planner
    if planner is None:
        return "the planner that learned with them"
    drawn = planner.name == RANDOM
    return "another random schedule in each episode" if drawn else players.regime


def _check_same(base: "Players", other: "Players", name: str) -> None:
    """The same luck means something in one economy only."""
    rules, expected = other.env.rules, base.env.rules
    require(rules == expected, "policies", f"{name}, of {rules}", f"policies of {expected}")
    # The tax is what is compared.
    mine, theirs = (
        {n: v for n, v in each.recipe.options.items() if n.replace("-", "_") != _TAX}
        for each in (base, other)
    )
    same = mine == theirs or _without_tax(base.env) == _without_tax(other.env)
    require(same, "policies", f"{name} with options {theirs}", f"options {mine}")


def _without_tax(env: Any) -> Any:
    """What an economy is but for its tax, to be compared."""
    if not dataclasses.is_dataclass(env):
        return env
    parts = [p for p in getattr(env, "components", ()) if p.name.replace("-", "_") != _TAX]
    return type(env), {
        field.name: parts if field.name == "components" else getattr(env, field.name)
        for field in dataclasses.fields(env)
    }


def _table(
    found: "Mapping[str, Mapping[str, np.ndarray]]", episodes: int, legend: Sequence[str]
) -> list[str]:
    import numpy as np

    from ..evidence.comparison import compare

    names = list(found)
    width = max(30, *(len(_short(name)) for name in names))
    baseline = found[names[0]]
    common = [n for n in _LINES if all(n in each for each in found.values())]
    common = common or [n for n in baseline if all(n in each for each in found.values())]
    lines = [
        f"{episodes} episodes on the same luck; one training each, so that the intervals are over "
        "episodes, and not over trainings",
        *legend,
    ]
    for metric in common:
        lines.append(metric.replace("_", " "))
        for name in names:
            scores = np.asarray(found[name][metric], float)[None]
            cells = [f"  {_short(name):{width}}{scores.mean():12.5g}"]
            if name != names[0]:
                cells.append(_difference(compare(scores, np.asarray(baseline[metric])[None])))
            lines.append("".join(cells))
    return lines


def _difference(found: Any) -> str:
    gap = found.difference
    together = "none" if found.correlation is None else f"{found.correlation:.2f}"
    return f"  {gap.value:+.4g} [{gap.low:+.4g}, {gap.high:+.4g}], correlation {together}"


def _short(name: str) -> str:
    return name if len(name) <= _WIDEST else "…" + name[1 - _WIDEST :]
