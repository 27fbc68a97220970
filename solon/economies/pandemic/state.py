"""What the economy holds: persons, levels, money, sums of the episode, and its parameters."""

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Float, Int, Int8

from .epidemic import Compartments, EpidemicParams
from .objectives import ObjectiveParams
from .production import ProductionParams
from .subsidies import SubsidyParams
from .unemployment import UnemploymentParams
from .vaccination import VaccinationParams

__all__ = ["Beginning", "Params", "State", "Totals", "no_totals"]


class Beginning(eqx.Module):
    """Where an episode starts. It is read by the start alone.

    Attributes:
        compartments: persons on the first day.
        unemployed: persons on the first day.
        levels: stringency of the days up to the first one, which is the last row; 1 before the
            data begin. Its 601 rows are as far as the memory of unemployment reaches.
    """

    compartments: Compartments
    unemployed: Float[Array, "*batch n"]
    levels: Int8[Array, "*batch days n"]


class Params(eqx.Module):
    """The numbers that a study may vary, by the file that uses them.

    Attributes:
        population: persons, by state.
        epidemic: transmission, recovery and death.
        vaccination: doses and when they come.
        unemployment: its response to changes of the level.
        production: workers and what they make.
        subsidies: their size and what they cost.
        objectives: weights and yardsticks of the rewards.
        beginning: where an episode starts; None in the state of an episode that has started.
    """

    population: Float[Array, "*batch n"]
    epidemic: EpidemicParams
    vaccination: VaccinationParams
    unemployment: UnemploymentParams
    production: ProductionParams
    subsidies: SubsidyParams
    objectives: ObjectiveParams
    beginning: Beginning | None


class Totals(eqx.Module):
    """Sums over the days of the episode so far.

    Attributes:
        reward: of each governor.
        health, economy: the normalised indices of each governor.
        planner_reward, planner_health, planner_economy: the planner's.
        stringency: levels.
        unemployment: the nation's unemployment rate, percent.
        output: production of all states, US dollars.
        subsidies: payments to all states, US dollars.
        interest: what the planner is charged for them, US dollars.
    """

    reward: Float[Array, "*batch n"]
    health: Float[Array, "*batch n"]
    economy: Float[Array, "*batch n"]
    planner_reward: Float[Array, "*batch"]
    planner_health: Float[Array, "*batch"]
    planner_economy: Float[Array, "*batch"]
    stringency: Float[Array, "*batch n"]
    unemployment: Float[Array, "*batch"]
    output: Float[Array, "*batch"]
    subsidies: Float[Array, "*batch"]
    interest: Float[Array, "*batch"]


def no_totals(nothing: Float[Array, " n"]) -> Totals:
    """The sums before the first day; `nothing` is 0 for each state."""
    zero = jnp.zeros(())
    return Totals(
        reward=nothing,
        health=nothing,
        economy=nothing,
        planner_reward=zero,
        planner_health=zero,
        planner_economy=zero,
        stringency=nothing,
        unemployment=zero,
        output=zero,
        subsidies=zero,
        interest=zero,
    )


class State(eqx.Module):
    """The economy between two days.

    Attributes:
        step: days since the start.
        levels: stringency of the last days, oldest first, the last row in force. As many rows as
            transmission lags behind.
        cooldown_until: the first time at which a governor may set a level again.
        subsidy_level: 0 to 20.
        compartments: persons.
        transmission: infections a day caused by one infected among the susceptible, as used in
            the last step.
        responses: memory of each exponential response of unemployment, levels.
        leaving: changes of the level before the start which the memory of unemployment loses in
            the last steps of a long episode, levels.
        unemployed: persons.
        production: US dollars a day.
        payment: subsidy, US dollars a day.
        totals: sums over the episode so far.
        params: the numbers of this episode.
    """

    step: Int[Array, "*batch"]
    levels: Float[Array, "*batch delay n"]
    cooldown_until: Int[Array, "*batch n"]
    subsidy_level: Float[Array, "*batch"]
    compartments: Compartments
    transmission: Float[Array, "*batch n"]
    responses: Float[Array, "*batch k n"]
    leaving: Float[Array, "*batch _ n"]
    unemployed: Float[Array, "*batch n"]
    production: Float[Array, "*batch n"]
    payment: Float[Array, "*batch n"]
    totals: Totals
    params: Params

    @property
    def stringency(self) -> Float[Array, "*batch n"]:
        """Level of the restrictions in force, 1 to 10."""
        return self.levels[..., -1, :]

    @property
    def income(self) -> Float[Array, "*batch n"]:
        """Production and subsidy, US dollars a day."""
        return self.production + self.payment
