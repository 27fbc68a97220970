"""Other engines on the same machine, each as its package is published.

A package that is not installed is left out, and the table says so.
"""

import importlib
import importlib.metadata
import importlib.util
import time
from collections.abc import Callable, Mapping
from typing import Any

import jax

from ...luck import key_of

__all__ = ["installed", "measure_gymnax", "measure_jaxmarl", "measure_rejax"]

_STEPS = 100
"""In a call."""


def installed(package: str) -> str | None:
    """The version of a package; None if it is not there."""
    if importlib.util.find_spec(package) is None:
        return None
    return importlib.metadata.version(package)


def measure_gymnax(
    name: str, environments: int, seconds: float, *, ready: Callable[[], Any]
) -> dict[str, Any]:
    """Random actions in copies of one of gymnax's environments, all that is seen kept.

    Args:
        name: of the environment.
        environments: copies.
        seconds: for how long.
        ready: called when all is compiled, to begin together with others.

    Returns:
        `steps_per_second` and `compile_seconds`.
    """
    gymnax = importlib.import_module("gymnax")
    env, params = gymnax.make(name)

    def step(carry: Any, key: Any) -> Any:
        state = carry
        choice_key, step_key = jax.random.split(key)
        keys = jax.random.split(step_key, environments)
        actions = jax.vmap(env.action_space(params).sample)(
            jax.random.split(choice_key, environments)
        )
        seen, state, reward, *ends = jax.vmap(env.step, in_axes=(0, 0, 0, None))(
            keys, state, actions, params
        )
        return state, (seen, reward, tuple(ends[:-1]))

    _, state = jax.vmap(env.reset, in_axes=(0, None))(
        jax.random.split(key_of(0), environments), params
    )
    return _scanned(step, state, environments, seconds, ready)


def measure_jaxmarl(
    name: str, environments: int, seconds: float, *, ready: Callable[[], Any]
) -> dict[str, Any]:
    """As `measure_gymnax`, with an environment of JaxMARL's and all its agents."""
    jaxmarl = importlib.import_module("jaxmarl")
    env = jaxmarl.make(name)

    def step(state: Any, key: Any) -> Any:
        choice_key, step_key = jax.random.split(key)
        agents = jax.random.split(choice_key, len(env.agents))
        actions = {
            agent: jax.vmap(env.action_space(agent).sample)(jax.random.split(k, environments))
            for agent, k in zip(env.agents, agents, strict=True)
        }
        seen, state, reward, done, _ = jax.vmap(env.step)(
            jax.random.split(step_key, environments), state, actions
        )
        return state, (seen, reward, done)

    _, state = jax.vmap(env.reset)(jax.random.split(key_of(0), environments))
    return _scanned(step, state, environments, seconds, ready)


def _scanned(
    step: Callable[[Any, Any], Any],
    state: Any,
    environments: int,
    seconds: float,
    ready: Callable[[], Any],
) -> dict[str, Any]:
    @jax.jit
    def run(state: Any, key: Any) -> Any:
        return jax.lax.scan(step, state, jax.random.split(key, _STEPS))

    began = time.perf_counter()
    compiled = run.lower(state, key_of(1)).compile()
    compile_seconds = time.perf_counter() - began
    state, _ = jax.block_until_ready(compiled(state, key_of(1)))
    ready()
    began, calls = time.perf_counter(), 0
    while calls < 2 or time.perf_counter() - began < seconds:
        state, _ = jax.block_until_ready(compiled(state, jax.random.fold_in(key_of(2), calls)))
        calls += 1
    spent = time.perf_counter() - began
    return {
        "steps_per_second": calls * _STEPS * environments / spent,
        "compile_seconds": compile_seconds,
    }


class _OneEnd:
    """An environment of gymnax whose step says `done`, as before version 1, which rejax expects."""

    def __init__(self, env: Any):
        self._env = env

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(self._env, name)

    def step(self, *given: Any) -> Any:
        found = self._env.step(*given)
        if len(found) == 5:
            return found
        seen, state, reward, terminated, truncated, info = found
        return seen, state, reward, terminated | truncated, info


def measure_rejax(
    name: str, settings: Mapping[str, Any], seconds: float, *, ready: Callable[[], Any]
) -> dict[str, Any]:
    """Whole updates of rejax, which trains as PureJaxRL does, by its PPO.

    Args:
        name: of gymnax's environment.
        settings: Solon's names for them, as of `solon.learning.PPO`; actor and critic have a
            network each.
        seconds: for how long.
        ready: called when all is compiled, to begin together with others.

    Returns:
        `steps_per_second` and `compile_seconds`.
    """
    gymnax, rejax = map(importlib.import_module, ("gymnax", "rejax"))
    env, params = gymnax.make(name)
    algorithm = rejax.PPO.create(
        env=_OneEnd(env),
        env_params=params,
        num_envs=settings["environments"],
        num_steps=settings["unroll"],
        num_epochs=settings["epochs"],
        num_minibatches=settings["minibatches"],
        total_timesteps=10**9,
        eval_freq=10**9,
        agent_kwargs={"hidden_layer_sizes": settings["hidden"], "activation": "relu"},
        normalize_observations=settings["normalize_observations"],
    )
    state = jax.jit(algorithm.init_state)(key_of(0))
    began = time.perf_counter()
    update = jax.jit(algorithm.train_iteration).lower(state).compile()
    compile_seconds = time.perf_counter() - began
    state = jax.block_until_ready(update(state))
    ready()
    began, calls = time.perf_counter(), 0
    while calls < 2 or time.perf_counter() - began < seconds:
        state = jax.block_until_ready(update(state))
        calls += 1
    steps = calls * settings["environments"] * settings["unroll"]
    return {
        "steps_per_second": steps / (time.perf_counter() - began),
        "compile_seconds": compile_seconds,
    }
