"""Solon's simulator: random valid actions, everything written as a learner reads it."""

import functools
import time
import zlib
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Key

from ..agents.encoding import Encoding
from ..environment import Environment
from ..spaces import Discrete, MultiDiscrete

__all__ = ["measure"]

# The buffer of a call is at most this large, and a call has at most this many steps.
_BUFFER_BYTES = 256 * 2**20
_MOST_STEPS = 100


def measure(
    env: Environment,
    environments: int,
    *,
    seconds: float,
    ready: Callable[[], Any] = lambda: None,
) -> dict[str, Any]:
    """Run copies of an economy side by side.

    Every step draws shocks and allowed actions, and writes the observations, masks and rewards of
    all roles into a buffer: those of roles that can learn as `Encoding.encode` gives them.

    Args:
        env: the economy.
        environments: how many copies.
        seconds: for how long to run, compiling apart.
        ready: is called between the two, to wait for others.

    Returns:
        `steps_per_second` (environment steps, in the median call), `compile_seconds`, `state_bytes`
        (of one copy) and `checksum` (of all that the last call wrote).
    """
    params = env.default_params()
    start = jax.jit(lambda keys: jax.vmap(env.reset, in_axes=(0, None))(keys, params))
    carry = start(jax.random.split(jax.random.key(0), environments))
    state_bytes = _bytes(jax.eval_shape(lambda: env.reset(jax.random.key(0), params)[0]))
    shown = jax.eval_shape(functools.partial(_step, env), carry, jax.random.key(0))[1]
    steps = int(min(_MOST_STEPS, max(1, _BUFFER_BYTES // _bytes(shown))))

    began = time.perf_counter()
    run = _run.lower(env, carry, jax.random.key(0), steps).compile()
    compile_seconds = time.perf_counter() - began

    carry, buffer = jax.block_until_ready(run(carry, jax.random.key(1)))
    ready()
    times: list[float] = []
    number = 2
    while sum(times) < seconds or len(times) < 3:
        began = time.perf_counter()
        carry, buffer = jax.block_until_ready(run(carry, jax.random.key(number)))
        times.append(time.perf_counter() - began)
        number += 1
    return {
        "steps_per_second": environments * steps / float(np.median(times)),
        "compile_seconds": compile_seconds,
        "state_bytes": state_bytes,
        "checksum": _checksum(buffer),
    }


def _step(env: Environment, carry: Any, key: Key[Array, ""]) -> tuple[Any, Any]:
    states, timesteps = carry
    action_key, shock_key = jax.random.split(key)
    keys = jax.random.split(action_key, timesteps.terminated.shape[0])
    actions = jax.vmap(env.random_actions)(keys, timesteps)
    states, timesteps = jax.vmap(env.transition)(
        states, actions, env.draw_shocks(shock_key, timesteps.terminated.shape)
    )
    written = {}
    for name, role in env.roles.items():
        observation = timesteps.observation[name]
        learns = isinstance(role.action, Discrete | MultiDiscrete)
        written[name] = (
            Encoding.of(name, role).encode(observation) if learns else observation,
            timesteps.reward[name],
        )
    return (states, timesteps), written


@functools.partial(jax.jit, static_argnums=(0, 3), donate_argnums=1)
def _run(env: Environment, carry: Any, key: Key[Array, ""], steps: int) -> tuple[Any, Any]:
    return jax.lax.scan(functools.partial(_step, env), carry, jax.random.split(key, steps))


def _bytes(tree: Any) -> int:
    return sum(leaf.size * jnp.dtype(leaf.dtype).itemsize for leaf in jax.tree.leaves(tree))


def _checksum(tree: Any) -> str:
    total = 0
    for leaf in jax.tree.leaves(tree):
        total = zlib.crc32(np.asarray(leaf).tobytes(), total)
    return f"{total:08x}"
