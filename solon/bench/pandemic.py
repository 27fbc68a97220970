"""What a study of the pandemic asks of the simulator: ensembles of parameters, and gradients."""

import dataclasses
import functools
import time
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from ..economies.pandemic import Pandemic
from ..economies.pandemic.days import by_day
from ..luck import key_of

__all__ = ["ensemble_seconds", "gradient_ratio", "report"]

_REPEATS = 5
_DRAWS, _PLANS = 1024, 1


def _welfare(env: Pandemic, params: Any, levels: Float[Array, "days n"]) -> Float[Array, ""]:
    """The planner's welfare of an episode in which governors set these levels, day by day."""
    plans = {"governor": levels, "planner": jnp.zeros((env.horizon, 1))}
    return jnp.sum(by_day(env, params, plans, lambda *seen: seen[-1].reward["planner"][0])[1])


def _median(run: Any, *arguments: Any) -> tuple[float, float]:
    """Seconds of a call once it is compiled: on the wall clock, and of processor time."""
    jax.block_until_ready(run(*arguments))
    wall, processor = [], []
    for _ in range(_REPEATS):
        before = time.perf_counter(), time.process_time()
        jax.block_until_ready(run(*arguments))
        wall.append(time.perf_counter() - before[0])
        processor.append(time.process_time() - before[1])
    return float(np.median(wall)), float(np.median(processor))


def ensemble_seconds(env: Pandemic, draws: int) -> tuple[float, float]:
    """An episode under each of many draws of the parameters, side by side.

    Args:
        env: the economy.
        draws: how many: the transmission of each state is off by 5 % on average.

    Returns:
        Seconds on the wall clock and of processor time, compiling apart.
    """
    params = env.default_params()
    off = 1 + 0.05 * jax.random.normal(key_of(0), (draws, len(env.state_names)))

    def one(factor, levels):
        epidemic = dataclasses.replace(
            params.epidemic, intercept=params.epidemic.intercept * factor
        )
        return _welfare(env, dataclasses.replace(params, epidemic=epidemic), levels)

    levels = jnp.full((env.horizon, len(env.state_names)), 5.0)
    return _median(jax.jit(jax.vmap(one, in_axes=(0, None))), off, levels)


def gradient_ratio(env: Pandemic, plans: int) -> tuple[float, float]:
    """What the gradient of welfare by every level of every day costs, in forward passes.

    Args:
        env: the economy.
        plans: how many plans are differentiated side by side.

    Returns:
        The ratio on the wall clock and of processor time, with the value itself included.
    """
    params = env.default_params()
    shape = (plans, env.horizon, len(env.state_names))
    levels = jax.random.uniform(key_of(0), shape, minval=2, maxval=9)
    value = functools.partial(_welfare, env, params)
    forward = _median(jax.jit(jax.vmap(value)), levels)
    both = _median(jax.jit(jax.vmap(jax.value_and_grad(value))), levels)
    return both[0] / forward[0], both[1] / forward[1]


def report(name: str, env: Any, draws: int = _DRAWS, plans: int = _PLANS) -> str:
    """Both measurements of an economy as people read them."""
    wall, processor = ensemble_seconds(env, draws)
    ratio, processor_ratio = gradient_ratio(env, plans)
    return (
        f"{name}: an episode of {env.horizon} days under {draws:,} draws of the parameters takes "
        f"{wall:.2f} s ({processor:.2f} s of processor time); the gradient of welfare by the "
        f"levels of all days takes {ratio:.1f} times the forward pass ({processor_ratio:.1f} in "
        f"processor time)"
    )
