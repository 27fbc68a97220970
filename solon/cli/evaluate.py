"""Play episodes with what was learned in a run, or with a policy of the zoo."""

import dataclasses
import os
import pathlib
from typing import Annotated

import tyro

from .._terminal import say
from ..errors import require

__all__ = ["Options", "run"]

_MOST_EPISODES = 100_000


@dataclasses.dataclass(frozen=True)
class Options:
    """Play episodes with the newest policies of a run, or of the zoo, and print what they came to.

    In Gather-Trade-Build that is productivity, equality, their product and utilitarian welfare, at
    full labor cost. The raw episodes go to the folder `evaluation` of the run.
    """

    run: Annotated[str, tyro.conf.Positional, tyro.conf.arg(metavar="RUN|NAME")]
    """A run folder, or a name of the zoo."""
    episodes: Annotated[int, tyro.conf.arg(metavar="INTEGER")] = 100
    """How many episodes."""
    seed: Annotated[int, tyro.conf.arg(metavar="INTEGER")] = 0
    """Luck of the episodes: with the same seed two runs face the same."""
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
    """Evaluate and print."""
    fits = 1 <= options.episodes <= _MOST_EPISODES
    require(fits, "episodes", options.episodes, f"from 1 to {_MOST_EPISODES}")
    fits = 0 <= options.seed < 2**32
    require(fits, "seed", options.seed, "an integer from 0 to 4294967295")

    from ..runs.folder import EVALUATION
    from ._policies import check_policy, players_in, trust_named
    from ._runtime import prepare

    check_policy(options.run, "run")
    if options.trust:
        trust_named([options.run])
    prepare()

    from ..evidence.run import evaluate_players

    players = players_in(options.run, "run", options)
    evaluation = evaluate_players(players, episodes=options.episodes, seed=options.seed)
    if options.option:
        labels = {**evaluation.labels, "options": " ".join(options.option)}
        evaluation = dataclasses.replace(evaluation, labels=labels)
    if os.path.isdir(options.run):
        evaluation.save(pathlib.Path(options.run) / EVALUATION)
    say(f"{evaluation.regime}, {options.episodes} episodes: mean and standard deviation")
    for name in evaluation.headline:
        values = evaluation.episodes[name]
        spread = values.std(ddof=min(1, len(values) - 1))
        say(f"  {name.replace('_', ' '):30}{values.mean():12.4g}{spread:12.3g}")
    return 0
