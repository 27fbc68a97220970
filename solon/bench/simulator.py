"""Solon's simulator: random valid actions, everything written as a learner reads it."""

import dataclasses
import functools
import math
import time
import zlib
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Int, Key

from ..agents.encoding import Encoding
from ..agents.scripted import RandomPolicy
from ..environment import ACTION_MASK, Environment, TimeStep
from ..luck import key_of
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
    all roles into a buffer: those of roles that can learn as `Encoding.encode` gives them. Every
    call first restarts some of the copies, so that none outlives its horizon by more than a call.

    Args:
        env: the economy.
        environments: how many copies.
        seconds: for how long to run, compiling apart.
        ready: is called between the two, to wait for others.

    Returns:
        `steps_per_second` (environment steps, in the median call), `compile_seconds`, `state_bytes`
        (of one copy), `moved_bytes` (that a step of one copy reads and writes at the least: its
        state twice and what is shown once), `copied_per_second` (bytes that the machine read and
        wrote while copying arrays, right afterwards) and `checksum` (of all that the last call
        wrote).
    """
    start_key, choice_key, run_key = jax.random.split(key_of(0), 3)
    start = jax.jit(_start, static_argnums=0)
    keys = jax.random.split(start_key, environments)
    states, shown = jax.eval_shape(functools.partial(_start, env), keys)
    written = jax.eval_shape(functools.partial(_written, env), shown)
    state_bytes = _bytes(states) // environments
    steps = int(min(_MOST_STEPS, max(1, _BUFFER_BYTES // _bytes(written))))

    states, shown = start(env, keys)
    carry = states, _choose(env, shown, choice_key)
    # The buffer is filled again and again: memory fresh from the system would be slower.
    buffer = jax.tree.map(lambda leaf: jnp.zeros((steps, *leaf.shape), leaf.dtype), written)

    began = time.perf_counter()
    run = _run.lower(env, carry, buffer, run_key, 0, steps).compile()
    compile_seconds = time.perf_counter() - began

    renewed = _renewed(env, environments, steps)
    times: list[float] = []
    number = 0
    while number == 0 or sum(times) < seconds or len(times) < 3:
        # Some of the copies start afresh in each call, one group after the other.
        first = number * renewed % environments
        began = time.perf_counter()
        carry, buffer = jax.block_until_ready(
            run(
                carry,
                buffer,
                jax.random.fold_in(run_key, number),
                min(first, environments - renewed),
            )
        )
        if number == 0:
            ready()
        else:
            times.append(time.perf_counter() - began)
        number += 1
    return {
        "steps_per_second": environments * steps / float(np.median(times)),
        "compile_seconds": compile_seconds,
        "state_bytes": state_bytes,
        "moved_bytes": 2 * state_bytes + _bytes(written) // environments,
        "copied_per_second": _copied_per_second(),
        "checksum": _checksum(buffer),
    }


def _start(env: Environment, keys: Key[Array, " environments"]) -> tuple[Any, TimeStep]:
    return jax.vmap(env.reset, in_axes=(0, None))(keys, env.default_params())


def _renewed(env: Environment, environments: int, steps: int) -> int:
    """How many copies to restart before each call, so that each gets to the end of an episode."""
    return min(environments, math.ceil(environments * steps / env.horizon))


def _choose(env: Environment, shown: TimeStep, key: Key[Array, ""]) -> dict[str, Array]:
    """Allowed actions, uniformly at random: all copies of a role are drawn for at once."""
    actions = {}
    keys = jax.random.split(key, len(env.roles))
    for (name, role), role_key in zip(env.roles.items(), keys, strict=True):
        seen, copies = shown.observation[name], shown.reward[name].shape[0]
        everyone = dataclasses.replace(role, count=copies * role.count, kinds=())
        masks = {
            n: leaf.reshape(-1, *leaf.shape[2:]) for n, leaf in seen.items() if n == ACTION_MASK
        }
        chosen, _ = RandomPolicy(everyone).act((), masks, role_key)
        actions[name] = chosen.reshape(copies, role.count, *chosen.shape[1:])
    return actions


def _written(env: Environment, shown: TimeStep) -> dict[str, Any]:
    """What a learner keeps of a step, by role."""
    written = {}
    for name, role in env.roles.items():
        observation = shown.observation[name]
        learns = isinstance(role.action, Discrete | MultiDiscrete)
        written[name] = (
            Encoding.of(name, role).encode(observation) if learns else observation,
            shown.reward[name],
        )
    return written


@functools.partial(jax.jit, static_argnums=(0, 5), donate_argnums=(1, 2))
def _run(
    env: Environment,
    carry: Any,
    buffer: Any,
    key: Key[Array, ""],
    first: Int[Array, ""] | int,
    steps: int,
) -> tuple[Any, Any]:
    """Restart copies from `first` on and take steps; the carry is the states and the next actions.

    Between steps nothing is kept of what was shown, which would be written twice.
    """
    environments = jax.tree.leaves(carry)[0].shape[0]
    start_key, choice_key, step_key = jax.random.split(key, 3)
    states, shown = _start(env, jax.random.split(start_key, _renewed(env, environments, steps)))
    fresh = states, _choose(env, shown, choice_key)

    def put(old, new):
        return jax.lax.dynamic_update_slice_in_dim(old, new.astype(old.dtype), first, axis=0)

    def step(carry, luck):
        (states, actions), buffer = carry
        number, key = luck
        shock_key, choice_key = jax.random.split(key)
        shocks = env.draw_shocks(shock_key, (environments,))
        states, shown = jax.vmap(env.transition)(states, actions, shocks)
        buffer = jax.tree.map(
            lambda kept, new: jax.lax.dynamic_update_index_in_dim(kept, new, number, axis=0),
            buffer,
            _written(env, shown),
        )
        return ((states, _choose(env, shown, choice_key)), buffer), None

    luck = jnp.arange(steps), jax.random.split(step_key, steps)
    (carry, buffer), _ = jax.lax.scan(step, (jax.tree.map(put, carry, fresh), buffer), luck)
    return carry, buffer


def _copied_per_second() -> float:
    """Bytes read and written a second while copying what is too large for any cache."""
    source = np.ones(2**26, np.uint8)
    target = np.zeros_like(source)
    times = []
    for _ in range(5):
        began = time.perf_counter()
        np.copyto(target, source)
        times.append(time.perf_counter() - began)
    return 2 * source.nbytes / float(np.median(times))


def _bytes(tree: Any) -> int:
    return sum(leaf.size * jnp.dtype(leaf.dtype).itemsize for leaf in jax.tree.leaves(tree))


def _checksum(tree: Any) -> str:
    total = 0
    for leaf in jax.tree.leaves(tree):
        total = zlib.crc32(np.asarray(leaf).tobytes(), total)
    return f"{total:08x}"
