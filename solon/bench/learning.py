"""How fast a learner is: environment steps a second of whole updates, and where their time goes."""

import time
from collections.abc import Callable, Mapping
from typing import Any

import jax

from ..learning.update import gather
from ..luck import key_of
from ..runs.build import build_recipe
from .simulator import measure as measure_economy

__all__ = ["measure"]


def measure(
    economy: str,
    options: Mapping[str, Any],
    settings: Mapping[str, Any],
    *,
    seconds: float,
    ready: Callable[[], Any],
) -> dict[str, Any]:
    """Train those who learn in an economy for a while.

    Args:
        economy: its name.
        options: of the economy.
        settings: fields of `PPO` that differ from the default learner's.
        seconds: for how long.
        ready: called when all is compiled, to begin together with others.

    Returns:
        `steps_per_second` of whole updates, `compile_seconds` of the first one, and the
        microseconds of an environment step that go into the `economy`, into the `acting` network
        (which also samples, and writes the buffer) and into `learning`.
    """
    recipe = build_recipe(economy, options, settings=settings, steps=10**9)
    learner, state = recipe.learner(), recipe.initial_state()
    steps = learner.steps_per_update
    began = time.perf_counter()
    state, _ = jax.block_until_ready(learner.update(state))
    compile_seconds = time.perf_counter() - began
    play = jax.jit(lambda state: gather(learner, state, key_of(1)))
    jax.block_until_ready(play(state))

    ready()
    played = _seconds_a_call(lambda: jax.block_until_ready(play(state)), 0.3 * seconds)

    def update() -> None:
        nonlocal state
        state, _ = jax.block_until_ready(learner.update(state))

    updated = _seconds_a_call(update, 0.7 * seconds)
    simulated = measure_economy(
        recipe.env(), recipe.ppo.environments, seconds=0.3 * seconds, ready=lambda: None
    )
    alone = 1 / simulated["steps_per_second"]
    return {
        "steps_per_second": steps / updated,
        "compile_seconds": compile_seconds,
        "microseconds": {
            "economy": 1e6 * alone,
            "acting": 1e6 * (played / steps - alone),
            "learning": 1e6 * (updated - played) / steps,
        },
    }


def _seconds_a_call(call: Callable[[], Any], seconds: float) -> float:
    call()
    began, calls = time.perf_counter(), 0
    while calls < 2 or time.perf_counter() - began < seconds:
        call()
        calls += 1
    return (time.perf_counter() - began) / calls
