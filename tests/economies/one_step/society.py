"""What the tests of this folder share: societies whose workers answer as theory has them do."""

import dataclasses
import functools

import jax
import jax.numpy as jnp

import solon
from solon.economies.one_step.objectives import worker_utility

TAX = "periodic-bracket-tax"
US_RATES = [0.10, 0.12, 0.22, 0.24, 0.32, 0.35, 0.37]
SKILLS = [1.128, 1.321, 1.650, 2.256]


def society(**options):
    """The economy that the known numbers are for, ablest last."""
    labor = {"skills": SKILLS} | options.pop("simple_labor", {})
    return solon.make("one-step-economy", simple_labor=labor, **options)


def with_params(env, **changes):
    params = env.default_params()
    changed = {name: jnp.asarray(value, float) for name, value in changes.items()}
    return dataclasses.replace(params, **changed)


@functools.partial(jax.jit, static_argnums=0)
def start(env, key, params):
    return env.reset(key, params)


@functools.partial(jax.jit, static_argnums=0)
def go(env, key, state, actions):
    return env.step(key, state, actions)


@functools.partial(jax.jit, static_argnums=0)
def to_second_step(env, params, rates):
    """The planner has set the rates, nobody has worked."""
    state, _ = env.reset(jax.random.key(0), params)
    idle = jnp.zeros(env.workers, jnp.int32)
    return env.step(jax.random.key(1), state, {"worker": idle, "planner": rates[None]})


@functools.partial(jax.jit, static_argnums=0)
def best_hours(env, state, rates):
    """Hours of each worker that are best for itself, the transfer taken as given."""

    def gain(hours):
        all_work = jnp.full(env.workers, hours)
        actions = {"worker": all_work, "planner": rates[None]}
        after, _ = env.step(jax.random.key(2), state, actions)
        transfer = after.parts[TAX].transfer
        return dataclasses.replace(
            after, inventory=dataclasses.replace(after.inventory, coin=after.coin - transfer)
        )

    after = jax.vmap(gain)(jnp.arange(1 + env.component("simple-labor").hours))
    utility = jax.vmap(functools.partial(worker_utility, env))(after)
    return jnp.argmax(utility, axis=0)


@functools.partial(jax.jit, static_argnums=0)
def work(env, state, hours, rates):
    actions = {"worker": hours, "planner": rates[None]}
    return env.step(jax.random.key(2), state, actions)


def equilibrium(env, params, rates):
    """Hours by rank, and state and time step at the end."""
    rates = jnp.asarray(rates, float)
    state, _ = to_second_step(env, params, rates)
    hours = best_hours(env, state, rates)
    after, timestep = work(env, state, hours, rates)
    return hours[jnp.argsort(state.rank)], after, timestep
