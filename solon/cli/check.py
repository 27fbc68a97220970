"""Say what is wrong with an economy: traced, played at random, and played again elsewhere."""

import contextlib
import dataclasses
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import tyro

from .._terminal import say
from ..runs.named import is_own

if TYPE_CHECKING:
    from ..environment import Environment

__all__ = ["Options", "run"]


@dataclasses.dataclass(frozen=True)
class Options:
    """Say what is wrong with an economy, a line for each fault: solon check FILE.py:CLASS.

    It looks at shapes and types, as `solon train` does before its first step. Then it plays
    episodes with random actions and looks at the numbers, and at whether the same luck gives the
    same episode again. The exit status is 1 if there are faults. Nothing is written.
    """

    economy: Annotated[str, tyro.conf.Positional, tyro.conf.arg(metavar="NAME|FILE.py:NAME")]
    """One in a file of yours, or what `solon list economies` names."""
    option: Annotated[
        tuple[str, ...], tyro.conf.UseAppendAction, tyro.conf.arg(metavar="KEY=VALUE")
    ] = ()
    """An option of the economy, such as horizon=50."""
    param: Annotated[
        tuple[str, ...], tyro.conf.UseAppendAction, tyro.conf.arg(metavar="PARAM=VALUE")
    ] = ()
    """A param of the economy, its names joined by dots, such as labor_cost=1.2."""
    episodes: Annotated[int, tyro.conf.arg(metavar="INTEGER")] = 10
    """How many episodes are played, side by side."""
    seed: Annotated[int, tyro.conf.arg(metavar="INTEGER")] = 0
    """All luck of the episodes, and of what everyone does in them."""


def run(options: Options) -> int:
    """Print what was found."""
    from ..errors import require_whole
    from ..registry import build
    from ..runs.values import as_tuples
    from ._runtime import prepare
    from ._values import assignments, nested

    episodes = require_whole("episodes", options.episodes, low=1, high=10_000)
    seed = require_whole("seed", options.seed, low=0, high=2**32 - 1)
    given = as_tuples(nested("option", assignments("option", options.option)))
    changed = assignments("param", options.param)
    prepare()

    from ..checking import faults, play_through
    from ..learning.params import given_params
    from ._other_process import OtherProcess

    env = build(options.economy, given, checked=False)
    found = faults(env)
    if found:
        later = "nothing was played, as what types and shapes tell comes first"
        say(*_report(options.economy, env, found, [later]))
        return 1
    params = env.default_params()
    if changed:
        params = given_params(params, changed, env.param_bounds())
    # What Solon ships gives the same in every process; tests hold it to that.
    elsewhere: Any = contextlib.nullcontext()
    if is_own(options.economy):
        elsewhere = OtherProcess(options.economy, given, changed, episodes=episodes, seed=seed)
    with elsewhere as other:
        findings = play_through(env, params, episodes=episodes, seed=seed)
        found, notes = list(findings.faults), list(findings.notes)
        if other is not None and not any("deterministic" in fault for fault in found):
            told = other.differs(findings.trail)
            (found if told.fault else notes).extend(told.lines)
    played = f"{episodes} episodes of {findings.steps:,} steps in all, random actions, seed {seed}"
    say(*_report(options.economy, env, found, notes, played))
    return 1 if found else 0


def _report(
    name: str,
    env: "Environment",
    faults: Sequence[str],
    notes: Sequence[str],
    played: str = "",
) -> list[str]:
    count = f"{len(faults)} fault{'s' if len(faults) > 1 else ''}" if faults else "no faults"
    lines = [f"{name}: {count}", *(f"  {line}" for line in faults)]
    lines += [f"  note: {line}" for line in notes]
    if not faults:
        for name, role in env.roles.items():
            every = f", decides every {role.every} steps" if role.every > 1 else ""
            lines.append(f"  {role.count} {name}: {role.action}{every}; sees {_seen(role)}")
    return [*lines, f"  played: {played}"] if played else lines


def _seen(role: Any) -> str:
    return ", ".join(role.observation) or "nothing"
