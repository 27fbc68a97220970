"""Years of a one-step economy whose workers answer a tax as theory has them do."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array

import solon
from solon.policy import Policy

SCALE = 3.0


def taxpayers(workers=10, *, brackets=(0.0, 50_000.0), rate_max=0.8, **options):
    """By default so wide a first bracket that all incomes are in it: one flat tax."""
    skills = tuple(np.exp(np.linspace(-0.5, 0.5, workers)).tolist())
    return solon.make(
        "one-step-economy",
        workers=workers,
        simple_labor={"skills": skills, "hours": 10_000},
        periodic_bracket_tax={"cutoffs": brackets, "rate_max": rate_max},
        **options,
    )


class BestResponse(Policy):
    """Quasi-linear workers with the labor elasticity `elasticity` at all rates.

    They work 1,000 hours at skill 1 and no tax. Where the rate depends on what they earn they take
    the best of their optima in each bracket and of its ends.
    """

    cutoffs: Array
    elasticity: Array

    def __init__(self, env, elasticity):
        self.cutoffs = jnp.asarray(env.component("periodic-bracket-tax").edges)
        self.elasticity = jnp.asarray(elasticity, float)

    def init(self, key):
        return ()

    def act(self, memory, observation, key):
        e = self.elasticity
        skill, rates = observation["skill"] * SCALE, observation["curr_rates"][0]
        candidates = jnp.concatenate(
            [
                1000 * jnp.power(skill[:, None] * (1 - rates[None]), e),
                self.cutoffs[None] / skill[:, None],
            ],
            axis=1,
        )
        hours = jnp.round(candidates)
        income = skill[:, None] * hours
        due = solon.economics.tax_due(income, self.cutoffs, rates)
        # Labor costs h^(1 + 1/e), scaled so that 1,000 hours are the best at skill 1 and no tax.
        power = 1 + 1 / e
        cost = 1000 / power * jnp.power(hours / 1000, power)
        best = jnp.argmax(income - due - cost, axis=1)
        return jnp.take_along_axis(hours, best[:, None], axis=1)[:, 0].astype(jnp.int32), memory


@eqx.filter_jit
def live(env, planner, workers, params, key, years, memory):
    """Memories after each year, from `memory` on."""

    def step(carry, key):
        state, timestep, memory = carry
        act_key, work_key, shock_key = jax.random.split(key, 3)
        rates, memory = planner.act(memory, timestep.observation["planner"], act_key)
        # Workers know the law before they choose.
        hours, _ = workers.act((), dict(timestep.observation["worker"]), work_key)
        actions = {"planner": rates, "worker": hours}
        state, timestep = env.transition(state, actions, env.draw_shocks(shock_key))
        return (state, timestep, planner.update(memory, timestep, state)), None

    def year(memory, key):
        world_key, steps_key = jax.random.split(key)
        state, timestep = env.start(env.draw_world(world_key), params)
        carry = state, timestep, memory
        (state, _, memory), _ = jax.lax.scan(step, carry, jax.random.split(steps_key, env.horizon))
        return memory, (memory, state.parts["periodic-bracket-tax"])

    return jax.lax.scan(year, memory, jax.random.split(key, years))[1]
