"""Whole updates of one training that several devices or processes share."""

import multiprocessing
import time
from collections.abc import Callable, Mapping
from typing import Any

import jax

from ...learning import Learner
from ...learning.shards import device_mesh
from ...luck import key_of
from ...runs.build import build_recipe
from ...runs.group import Group

__all__ = ["measure"]


def measure(
    economy: str,
    options: Mapping[str, Any],
    settings: Mapping[str, Any],
    devices: int,
    processes: int,
    address: str,
    seconds: float,
    *,
    ready: Callable[[], Any],
) -> dict[str, Any]:
    """Train for a while, as one process of several that train together.

    Args:
        economy: its name.
        options: of the economy.
        settings: of `PPO`.
        devices: parts of the CPU that each process has.
        processes: that train together; their places are the numbers in their names.
        address: where the first of them can be reached.
        seconds: for how long.
        ready: called when all is compiled.

    Returns:
        `steps_per_second` of whole updates: of the training, in the first process, and 0 in the
        others; and `compile_seconds`.
    """
    place = int(multiprocessing.current_process().name)
    jax.config.update("jax_num_cpu_devices", devices)
    if processes > 1:
        Group.joined(address, processes, place, "a benchmark")
    recipe = build_recipe(economy, options, settings=settings, steps=10**9)
    mesh = device_mesh(devices * processes)
    learner = Learner(recipe.env(), recipe.ppo, shards=max(8, devices * processes), mesh=mesh)
    state = learner.init(key_of(0), recipe.start_params())
    began = time.perf_counter()
    state, _ = jax.block_until_ready(learner.update(state))
    compile_seconds = time.perf_counter() - began
    state, _ = jax.block_until_ready(learner.update(state))
    # All processes have to make the same number of updates.
    began = time.perf_counter()
    state, _ = jax.block_until_ready(learner.update(state))
    updates = max(2, int(seconds / max(1e-3, time.perf_counter() - began)))
    if processes > 1:
        (updates,) = Group(processes, place).agreed(updates)
    ready()
    began = time.perf_counter()
    for _ in range(updates):
        state, _ = jax.block_until_ready(learner.update(state))
    speed = updates * learner.steps_per_update / (time.perf_counter() - began)
    return {
        "steps_per_second": speed if place == 0 else 0.0,
        "compile_seconds": compile_seconds,
    }
