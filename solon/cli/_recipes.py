"""From the options of `solon train` to a recipe that is known to work."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from .._terminal import tell
from ..errors import require

if TYPE_CHECKING:
    from .train import Options

__all__ = ["recipe_of", "rehearse"]


def recipe_of(options: "Options") -> Any:
    """The recipe of what was typed.

    Raises:
        ConfigurationError: for whatever is unknown or does not fit.
    """
    from ..runs.build import build_recipe
    from ._policies import read_prior
    from ._values import assignments, nested

    economy_options = assignments("option", options.option)
    for name in ("workers", "layout"):
        value = getattr(options, name)
        if value is not None:
            require(name not in economy_options, name, value, f"--{name} or --option {name}=, once")
            economy_options[name] = value
    settings = assignments("ppo", options.ppo)
    automatic = options.environments == "auto"
    known = automatic or not isinstance(options.environments, str)
    require(known, "environments", options.environments, "a whole number, or auto")
    for name in ("environments", "unroll"):
        value = getattr(options, name)
        if value is not None:
            require(name not in settings, name, value, f"--{name} or --ppo {name}=, once")
            settings[name] = value
    if automatic:
        del settings["environments"]
    own = assignments("planner_ppo", options.planner_ppo)
    recipe = build_recipe(
        options.economy,
        nested("option", economy_options),
        policies=_by_role("policy", options.policy),
        learn=_by_role("learn", options.learn),
        planner=options.planner,
        planner_options=assignments("planner_option", options.planner_option),
        preset=options.preset,
        settings=settings,
        own_settings={"planner": own} if own else None,
        start=options.start,
        curriculum=assignments("curriculum", options.curriculum) or None,
        prior=None if options.prior is None else read_prior(options.prior),
        params=assignments("param", options.param),
        steps=options.steps,
        seed=options.seed,
        shards=options.devices * options.processes if options.shards is None else options.shards,
    )
    if not automatic:
        return recipe
    alone = not recipe.algorithms and options.seeds is None and options.processes == 1
    allowed = "a whole number beside --learn, --seeds and --processes"
    require(alone, "environments", "auto", allowed)
    from ..runs.largest_batch import largest_batch, with_environments

    count = largest_batch(recipe)
    tell(f"solon: {count} environments")
    return with_environments(recipe, count)


def _by_role(argument: str, given: Sequence[str]) -> dict[str, str]:
    """`worker=ppo` -> `{"worker": "ppo"}`."""
    found: dict[str, str] = {}
    for text in given:
        role, separator, name = text.partition("=")
        require(separator != "" and role.strip() != "", argument, text, "ROLE=NAME")
        require(role not in found, argument, text, f"a name for {role} once")
        found[role] = name
    return found


def rehearse(recipe: Any, together: int = 1) -> None:
    """Go through the training without computing it, so that mistakes leave nothing behind.

    Args:
        recipe: of the training.
        together: how many run at a time.
    """
    import jax

    from ..runs.memory import usable_memory

    learner, state = recipe.learner(), recipe.abstract_state()
    memory, gibibytes = usable_memory(), 2**30
    kept = {
        f"{role}.capacity": (getattr(learner.config_of(role), "capacity", None), what)
        for role, what in state.optimizers.items()
        if learner.config_of(role).replays
    }
    for argument, (value, what) in (
        kept | {"environments": (recipe.ppo.environments, state)}
    ).items():
        needed = together * _bytes(what)
        allowed = (
            f"what fits into the memory of {(memory or 0) / gibibytes:.1f} GiB "
            f"(it takes {needed / gibibytes:.1f} GiB, and more while it learns)"
        )
        require(memory is None or needed < memory, argument, value, allowed)
    jax.eval_shape(learner.update, state)
    recipe.starting_policies()


def _bytes(tree: Any) -> int:
    import jax

    return sum(leaf.size * leaf.dtype.itemsize for leaf in jax.tree.leaves(tree))
