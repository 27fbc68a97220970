"""How many copies of an economy fit into memory while they are learned from."""

import dataclasses
from typing import Any

import jax

from ..errors import require
from ..learning.update import updated
from .memory import usable_memory
from .recipe import Recipe

__all__ = ["largest_batch", "needed_bytes", "with_environments"]

_SHARE = 0.8
"""Of the memory there is: other things need some, too."""
_UPDATES = 20
"""With fewer there is next to nothing learned, however many copies there are."""


def largest_batch(recipe: Recipe, memory: int | None = None) -> int:
    """The most copies with which a training fits, doubled from those that the recipe has.

    A training of `recipe.steps` has to have at least 20 updates. From some number on more copies
    are no faster, and they learn less from as many steps.

    Args:
        recipe: with the fewest copies that will do.
        memory: bytes that there are; what the device, or the machine, has if left out.

    Raises:
        ConfigurationError: if not even those fit.
    """
    memory = _memory() if memory is None else memory
    first = recipe.ppo.environments
    updates = recipe.steps // recipe.learner().steps_per_update
    most = max(1, updates // _UPDATES).bit_length() - 1
    if memory is None or most == 0:
        return first
    once, twice = needed_bytes(recipe), needed_bytes(with_environments(recipe, 2 * first))
    gibibytes = 2**30
    allowed = f"fewer: {once / gibibytes:.1f} of {memory / gibibytes:.1f} GiB are needed"
    require(once <= _SHARE * memory, "environments", first, allowed)

    def fits(doubled: int) -> bool:
        return needed_bytes(with_environments(recipe, first * 2**doubled)) <= _SHARE * memory

    # What is needed grows by about as much with each copy.
    each, guess = max(1.0, (twice - once) / first), most
    while guess > 0 and once + each * first * (2**guess - 1) > _SHARE * memory:
        guess -= 1
    while guess > 0 and not fits(guess):
        guess -= 1
    while guess < most and fits(guess + 1):
        guess += 1
    return first * 2**guess


def needed_bytes(recipe: Recipe) -> int:
    """What an update has in memory at once: the training's state, the batch, all in between.

    It is compiled for that, and not run.
    """
    state = recipe.abstract_state()
    found: Any = updated.lower(recipe.learner(), state, {}).compile().memory_analysis()
    return int(
        found.argument_size_in_bytes
        + found.output_size_in_bytes
        - found.alias_size_in_bytes
        + found.temp_size_in_bytes
    )


def with_environments(recipe: Recipe, environments: int) -> Recipe:
    """The recipe with so many copies."""

    def more(algorithm: Any) -> Any:
        return dataclasses.replace(algorithm, environments=environments)

    own = {role: more(algorithm) for role, algorithm in recipe.own_ppo.items()}
    return dataclasses.replace(recipe, ppo=more(recipe.ppo), own_ppo=own)


def _memory() -> int | None:
    """Bytes of the first device; of the machine, if that does not tell."""
    told = jax.local_devices()[0].memory_stats() or {}
    return told.get("bytes_limit") or usable_memory()
