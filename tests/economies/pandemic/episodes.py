"""Episodes of the pandemic, compiled once for an economy."""

import dataclasses
import functools

import jax
import jax.numpy as jnp

SHOWN = (
    *("stringency", "cooldown_until", "subsidy_level", "compartments"),
    *("unemployed", "production", "income"),
)


def with_priorities(params, governor, planner):
    """Params in which health counts more or less than published."""
    goals = params.objectives
    goals = dataclasses.replace(
        goals,
        governor=dataclasses.replace(goals.governor, priority=jnp.asarray(governor, float)),
        planner=dataclasses.replace(goals.planner, priority=jnp.asarray(planner, float)),
    )
    return dataclasses.replace(params, objectives=goals)


@functools.partial(jax.jit, static_argnums=0)
def episode(env, params, governor, planner):
    """All states and rewards of an episode under actions by day, and the last metrics."""

    def day(state, actions):
        state, timestep = env.transition(
            state, {"governor": actions[0], "planner": actions[1][None]}, ()
        )
        shown = {name: getattr(state, name) for name in SHOWN}
        return state, (shown, timestep.reward, timestep.metrics)

    return jax.lax.scan(day, env.start((), params)[0], (governor, planner))[1]


@functools.partial(jax.jit, static_argnums=0)
def welfare(env, params, levels):
    """Welfare of an episode with these levels, without subsidies."""

    def day(state, today):
        actions = {"governor": today, "planner": jnp.zeros(1, today.dtype)}
        state, timestep = env.transition(state, actions, ())
        return state, timestep.reward["planner"][0]

    return jnp.sum(jax.lax.scan(day, env.start((), params)[0], levels)[1])
