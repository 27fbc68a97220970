"""Score runs, policies of the zoo and tax schedules on the same luck."""

import dataclasses
import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import tyro

from .._terminal import say
from ..errors import require
from ._policies import is_policy, players_in, trust_named

if TYPE_CHECKING:
    import numpy as np

    from ..evidence.regimes import Gap, Regime
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
    trained: that shows what happens before they adapt. Runs that differ in their seed alone are one
    regime: it has an interval over seeds where there are five or more.
    """

    policies: Annotated[tuple[str, ...], tyro.conf.Positional, tyro.conf.arg(metavar="A B C")]
    """Run folders, names of the zoo, and names or files of schedules; two or more."""
    workers: Annotated[str | None, tyro.conf.arg(metavar="RUN|NAME", help_behavior_hint="")] = None
    """Whose workers face the schedules. Default: the first run or name of the zoo."""
    episodes: Annotated[int, tyro.conf.arg(metavar="INTEGER")] = 50
    """How many episodes each."""
    seed: Annotated[int, tyro.conf.arg(metavar="INTEGER")] = 0
    """Luck of the episodes."""
    prior: Annotated[str | None, tyro.conf.arg(metavar="FILE", help_behavior_hint="")] = None
    """A JSON or YAML file that says which worlds are drawn, see `solon train`. Default: that of the
    training."""
    option: Annotated[
        tuple[str, ...], tyro.conf.UseAppendAction, tyro.conf.arg(metavar="KEY=VALUE")
    ] = ()
    """An option of the economy that differs from the training's, such as workers=10."""
    param: Annotated[
        tuple[str, ...], tyro.conf.UseAppendAction, tyro.conf.arg(metavar="PARAM=VALUE")
    ] = ()
    """A param of the economy that differs, its names joined by dots, such as labor_cost=1.2."""
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

    from ..evidence.regimes import Regime, in_regimes
    from ..evidence.run import evaluate_players
    from ..runs.players import under_schedule

    argument = "policies" if options.workers is None else "workers"
    players = {base: players_in(base, argument, options)}
    for name in given:
        if name not in players:
            players[name] = players_in(name, "policies", options)
        _check_same(players[base], players[name], name)
    for name, named in schedules.items():
        players[name] = under_schedule(players[base], named, "policies")
    prior = players[base].prior
    lasts = 1 if prior is None else prior.lasts
    allowed = f"at least {2 * lasts}, the episodes of two worlds"
    require(options.episodes >= 2 * lasts, "episodes", options.episodes, allowed)
    found = {
        name: evaluate_players(players[name], episodes=options.episodes, seed=options.seed).episodes
        for name in options.policies
    }
    runs = [name for name in given if os.path.isdir(name)]
    compared = {name: players[name] for name in options.policies}
    regimes = [
        Regime(names, seeds, _scores([found[name] for name in names], lasts))
        for names, seeds in in_regimes(compared, runs)
    ]
    of_schedules = base if schedules else None
    say(*_table(regimes, options.episodes, _legend(given, players, of_schedules)))
    return 0


def _scores(found: "Sequence[Mapping[str, np.ndarray]]", lasts: int) -> "dict[str, np.ndarray]":
    """Metric -> (seeds, worlds), of what all have and is a number in every episode.

    The luck of a world is in all of its `lasts` episodes, so that their mean is one observation.
    """
    import numpy as np

    shared = [name for name in found[0] if all(name in each for each in found)]
    scores = {name: np.asarray([each[name] for each in found], float) for name in shared}
    scores = {name: values for name, values in scores.items() if np.isfinite(values).all()}
    return {
        name: values.reshape(len(values), -1, lasts).mean(axis=-1) if lasts > 1 else values
        for name, values in scores.items()
    }


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
    worlds = "policies that were trained in the same worlds, or --prior FILE with worlds for all"
    require(other.prior == base.prior, "policies", f"{name}, of another prior", worlds)
    # The tax is what is compared.
    mine, theirs = (
        {n: v for n, v in each.recipe.options.items() if n.replace("-", "_") != _TAX}
        for each in (base, other)
    )
    from ..learning.shown import bare

    here, there = (
        {n: v for n, v in each.recipe.params.items() if _TAX not in n.replace("-", "_")}
        for each in (base, other)
    )
    allowed = f"{here or 'the usual ones'}, or --param for all"
    require(here == there, "policies", f"{name} with params {there}", allowed)
    same = mine == theirs or _without_tax(bare(base.env)) == _without_tax(bare(other.env))
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


def _table(regimes: "Sequence[Regime]", episodes: int, legend: Sequence[str]) -> list[str]:
    from ..evidence.regimes import gap, level

    width = max(30, *(len(_title(one)) for one in regimes))
    baseline, *_ = regimes
    common = [n for n in _LINES if all(n in one.scores for one in regimes)]
    common = common or [n for n in baseline.scores if all(n in one.scores for one in regimes)]
    lines = [f"{episodes} episodes on the same luck; {_intervals(regimes)}", *legend]
    for metric in common:
        lines.append(metric.replace("_", " "))
        for one in regimes:
            found = level(one, metric)
            cells = [f"  {_title(one):{width}}{found.value:12.5g}"]
            if one is not baseline:
                cells.append(_difference(gap(one, baseline, metric)))
            elif found.low is not None:
                cells.append(f"  [{found.low:.4g}, {found.high:.4g}]")
            lines.append("".join(cells))
            if len(one.seeds) > 1:
                each = zip(one.seeds, one.scores[metric].mean(axis=1), strict=True)
                lines.append("    " + ", ".join(f"seed {s} {v:.5g}" for s, v in each))
    return lines


def _intervals(regimes: "Sequence[Regime]") -> str:
    """What the intervals of the table are over."""
    if all(len(one.seeds) == 1 for one in regimes):
        return "one training each, so that the intervals are over episodes, and not over trainings"
    return (
        "trainings that differ in the seed alone are one regime; intervals are over seeds where "
        "both have five or more, and over episodes where both have one"
    )


def _difference(found: "Gap") -> str:
    gap = found.estimate
    together = "none" if found.correlation is None else f"{found.correlation:.2f}"
    interval = "" if gap.low is None else f" [{gap.low:+.4g}, {gap.high:+.4g}]"
    seeds = f", correlation {together}" if found.paired else ", other seeds"
    return f"  {gap.value:+.4g}{interval}{seeds}"


def _title(one: "Regime") -> str:
    """A regime by its first training, and how many trainings it has."""
    count = len(one.seeds)
    return _short(one.names[0]) + (f", {count} seeds" if count > 1 else "")


def _short(name: str) -> str:
    return name if len(name) <= _WIDEST else "…" + name[1 - _WIDEST :]
