"""A learner that is small enough to read: noisy gradient descent on a linear map."""

import functools
import itertools
import os
import signal
import sys
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, BFloat16, Int, Key

from solon.runs import RunFolder, checkpoint, metrics
from solon.runs.train import train


class State(eqx.Module):
    policies: dict[str, eqx.nn.Linear]
    average: BFloat16[Array, " 3"]
    key: Key[Array, ""]
    environment_steps: Int[Array, ""]


class Learner:
    """Its loss is not a number from update `breaks_at` on."""

    steps_per_update = 10

    def __init__(self, breaks_at: int = 10**6, spoils_weights: bool = False):
        self._breaks_at = breaks_at
        self._spoils_weights = spoils_weights

    def init(self, key) -> State:
        network_key, key = jax.random.split(key)
        return State(
            {"worker": eqx.nn.Linear(4, 3, key=network_key)},
            jnp.zeros(3, jnp.bfloat16),
            key,
            jnp.zeros((), jnp.int32),
        )

    @functools.partial(jax.jit, static_argnums=0, donate_argnums=1)
    def update(self, state: State) -> tuple[State, dict[str, Array]]:
        key, noise_key = jax.random.split(state.key)
        point = jax.random.normal(noise_key, (4,))

        def loss(policy):
            return jnp.square(policy(point) - point[:3]).mean()

        value, gradient = jax.value_and_grad(loss)(state.policies["worker"])
        steps = state.environment_steps + self.steps_per_update
        broken = steps >= self._breaks_at * self.steps_per_update
        factor = jnp.where(broken & self._spoils_weights, jnp.nan, 1.0)
        value = jnp.where(broken & (not self._spoils_weights), jnp.nan, value)
        policy = jax.tree.map(
            lambda p, g: factor * (p - 0.1 * g), state.policies["worker"], gradient
        )
        average = (0.9 * state.average + 0.1 * policy(point)).astype(jnp.bfloat16)
        metrics = {
            "loss/policy": value,
            "episode/productivity": point.sum(),
            "updates": steps // 10,
        }
        return State({"worker": policy}, average, key, steps), metrics


class SlowLearner(Learner):
    """Takes long enough for a signal to arrive."""

    def update(self, state):
        import time

        time.sleep(0.02)
        return super().update(state)


def kill_at(moment: str) -> None:
    """Have this process killed in the given call of a function, as "rename:2" says."""
    name, _, number = moment.partition(":")
    place: Any = {"update": Learner, "rename": os, "metrics": metrics}.get(name, checkpoint)
    attribute = {"metrics": "write_file"}.get(name, name)
    function, calls = getattr(place, attribute), itertools.count(1)

    def killed(*arguments: Any, **options: Any) -> Any:
        if next(calls) == int(number):
            if attribute == "write_file":
                # Half of it was on the disk.
                path, content = arguments
                path.with_name(f".{path.name}.{os.getpid()}.tmp").write_bytes(
                    content[: len(content) // 2]
                )
            os.kill(os.getpid(), signal.SIGKILL)
        return function(*arguments, **options)

    setattr(place, attribute, killed)


if __name__ == "__main__":
    # python -m tests.runs.stand_in FOLDER STEPS [MOMENT]: to be interrupted or killed.
    learner = SlowLearner()
    if sys.argv[3:]:
        kill_at(sys.argv[3])
    result = train(
        RunFolder.open(sys.argv[1]),
        learner,
        learner.init(jax.random.key(7)),
        int(sys.argv[2]),
        resume=True,
        checkpoint_steps=30,
    )
    sys.exit(130 if result.interrupted else 0)
