"""What governors and the planner see: by default, and as the original shows it."""

from typing import TYPE_CHECKING

import jax.numpy as jnp
from jaxtyping import Array, Float

from . import stringency, subsidies, vaccination
from .state import State

if TYPE_CHECKING:
    from .economy import Pandemic

__all__ = ["OBSERVATIONS", "observe"]

OBSERVATIONS = ("states", "foundation")


def observe(
    economy: "Pandemic", state: State, maximum: Float[Array, " n"]
) -> dict[str, dict[str, Array]]:
    """All fields: role -> field -> array with leading axis `count`.

    Args:
        economy: whose state it is.
        state: after a step.
        maximum: output of each state without an epidemic, US dollars a day.
    """
    n = len(economy.state_names)
    persons = state.compartments
    shares = jnp.stack(
        [
            persons.susceptible,
            persons.infected,
            persons.recovered,
            persons.deaths,
            persons.vaccinated,
            state.unemployed,
        ]
    )
    shares = shares / state.params.population[None]
    # Before the first step nothing has been produced yet.
    income = jnp.where(state.step > 0, state.income / maximum, 0)
    by_state = {
        "income": income,
        "lagged_stringency": state.levels[0] / stringency.HIGHEST,
        "stringency": state.stringency / stringency.HIGHEST,
    }
    clocks = {"time": state.step / economy.horizon, **_clocks(economy, state)}
    governor = {
        "persons": shares.T,
        **{name: values[:, None] for name, values in by_state.items()},
        **{name: jnp.broadcast_to(value, (n, 1)) for name, value in clocks.items()},
    }
    planner = {
        "persons": shares[None],
        **{name: values[None] for name, values in by_state.items()},
        **{name: jnp.reshape(value, (1, 1)) for name, value in clocks.items()},
    }
    if economy.observation == "foundation":
        fields = {"governor": governor, "planner": planner}
        found = {
            role: {_FOUNDATION[name]: values for name, values in seen.items()}
            for role, seen in fields.items()
        }
        found["governor"]["world-agent_index"] = jnp.eye(n)
    else:
        weight = state.params.population / jnp.sum(state.params.population)
        governor["state"] = jnp.asarray(economy.state_numbers, jnp.int32)
        planner["nation"] = jnp.sum(shares * weight[None], axis=1)[None]
        found = {"governor": governor, "planner": planner}
    for role, mask in _masks(economy, state).items():
        found[role]["action_mask"] = mask
    return found


_FOUNDATION = {
    "persons": "world-agent_state",
    "income": "world-agent_postsubsidy_productivity",
    "lagged_stringency": "world-lagged_stringency_level",
    "time": "time",
    "stringency": "ControlUSStateOpenCloseStatus-agent_policy_indicators",
    "subsidy_decision": "FederalGovernmentSubsidy-t_until_next_subsidy",
    "subsidy": "FederalGovernmentSubsidy-current_subsidy_level",
    "vaccination": "VaccinationCampaign-t_until_next_vaccines",
}


def _clocks(economy: "Pandemic", state: State) -> dict[str, Float[Array, ""]]:
    interval, params = economy.subsidy_interval, state.params.vaccination
    level = state.subsidy_level / subsidies.LEVELS
    if economy.observation == "foundation":
        # It is 1, and not 0, where a decision is due.
        waiting = (interval - state.step % interval) / interval
        delivery = vaccination.foundation_timer(params, state.step, economy.vaccination_interval)
    else:
        waiting = (-state.step % interval) / interval
        first = vaccination.first_delivery(params, economy.vaccination_interval)
        delivery = jnp.clip((first - state.step) / economy.horizon, 0, 1)
    return {"subsidy_decision": waiting, "subsidy": level, "vaccination": delivery}


def _masks(economy: "Pandemic", state: State) -> dict[str, Array]:
    n = len(economy.state_names)
    if economy.replay is None:
        sets = stringency.allowed(state.cooldown_until, state.step)
        pays = subsidies.decides(state.step, economy.subsidy_interval)[None]
    else:
        sets, pays = jnp.ones(n, bool), jnp.ones(1, bool)
    choices = {"governor": (sets, stringency.HIGHEST), "planner": (pays, subsidies.LEVELS)}
    return {
        role: (jnp.arange(1 + highest) == 0)[None, :] | allowed[:, None]
        for role, (allowed, highest) in choices.items()
    }
