"""Play episodes with what a run has learned."""

import dataclasses
from typing import TYPE_CHECKING, Annotated

import tyro

from ..errors import require

if TYPE_CHECKING:
    from ..evidence import Evaluation
    from ..runs.folder import RunFolder

__all__ = ["Options", "evaluate_run", "run"]

_REGIMES = {"free-market": "free market", "us-federal": "US federal brackets"}


@dataclasses.dataclass(frozen=True)
class Options:
    """Play episodes with the policies of a run, at full labor cost, and keep what happened.

    Prints productivity, equality, their product and utilitarian welfare; the raw episodes go to
    the folder `evaluation` of the run.
    """

    run: Annotated[str, tyro.conf.Positional, tyro.conf.arg(metavar="RUN")]
    """A run folder."""
    episodes: Annotated[int, tyro.conf.arg(metavar="INTEGER")] = 100
    """How many episodes."""
    seed: Annotated[int, tyro.conf.arg(metavar="INTEGER")] = 0
    """Luck of the episodes: with the same seed two runs face the same."""


def run(options: Options) -> int:
    """Evaluate and print."""
    require(options.episodes >= 1, "episodes", options.episodes, "an integer of at least 1")
    fits = 0 <= options.seed < 2**32
    require(fits, "seed", options.seed, "an integer from 0 to 4294967295")

    from ..runs.folder import RunFolder
    from ._runtime import prepare

    folder = RunFolder.open(options.run)
    prepare()
    evaluation = evaluate_run(folder, episodes=options.episodes, seed=options.seed)

    from ..evidence import OUTCOMES

    print(f"{evaluation.regime}: {evaluation.episode_count} episodes, mean and deviation")
    for name in OUTCOMES:
        values = evaluation.episodes[name]
        print(f"  {name.replace('_', ' '):30}{values.mean():12.4g}{values.std():12.3g}")
    return 0


def evaluate_run(folder: "RunFolder", *, episodes: int, seed: int) -> "Evaluation":
    """Evaluate the newest checkpoint of a run, and keep the episodes in its folder."""
    import jax

    from ..economies.gather_trade_build import GatherTradeBuild
    from ..evidence.evaluate import evaluate
    from ..runs.recipe import load_trained

    recipe, env, state, steps = load_trained(folder)
    known = isinstance(env, GatherTradeBuild)
    require(known, "run", str(folder.path), "a run of gather-trade-build")
    name = recipe.planner.name if recipe.planner is not None else "no planner"
    evaluation = evaluate(
        env,
        state.policies,
        state.planners,
        key=jax.random.key(seed),
        params=env.default_params(),
        episodes=episodes,
        regime=_REGIMES.get(name, name),
        labels={
            "training seed": str(recipe.seed),
            "evaluation seed": str(seed),
            "environment steps": str(steps),
        },
    )
    evaluation.save(folder.path / "evaluation")
    return evaluation
