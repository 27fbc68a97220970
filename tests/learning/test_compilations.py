"""Another schedule and another seed run what is compiled already."""

import jax
import jax.monitoring
import jax.numpy as jnp
import pytest

from solon.applications.taxation.policies import FixedSchedule
from solon.learning import PPO, Learner
from tests.learning.economies import LaborSupply

COMPILED = "/jax/core/compile/backend_compile_duration"


@pytest.fixture
def compiled():
    """A list that gets an entry whenever something is compiled."""
    seen: list[str] = []

    def listen(event, seconds, **_):
        if event == COMPILED:
            seen.append(event)

    jax.monitoring.register_event_duration_secs_listener(listen)
    yield seen
    jax.monitoring.unregister_event_duration_listener(listen)


def test_another_schedule_and_seed_compile_nothing(compiled):
    learner = Learner(
        LaborSupply(),
        PPO(environments=8, unroll=2, minibatches=2, epochs=1, hidden=(4,)),
        learn=("worker",),
    )

    def train(rate, seed):
        planners = {"planner": FixedSchedule([rate])}
        state = learner.init(jax.random.key(seed), learner.env.default_params(), planners)
        for _ in range(2):
            state, metrics = learner.update(state)
        return float(metrics["worker/reward"])

    free = train(0.0, seed=0)
    assert len(compiled) > 0
    before = len(compiled)
    taxed = train(0.9, seed=1)
    assert len(compiled) == before
    assert taxed < free

    # The listener does hear it when another shape does compile.
    jax.block_until_ready(jax.jit(jnp.cumsum)(jnp.ones(17)))
    assert len(compiled) > before
