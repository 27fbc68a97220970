"""What the economy holds: its society, the year, and what was filed in the last one."""

import equinox as eqx
from jaxtyping import Array, Float, Int

__all__ = ["Params", "State", "World"]


class Params(eqx.Module):
    """The numbers of a society, which the planner is not told.

    Attributes:
        elasticity: e, of income with respect to the share kept.
        spread: of skills: standard deviation of the logarithm, or 1 / (tail exponent - 1).
        model: number of the model among `UnknownSociety.models`.
        later_elasticity: from year six on, in models in which it changes.
        shock_deviation: standard deviation of the logarithm of yearly shocks to incomes.
    """

    elasticity: Float[Array, ""]
    spread: Float[Array, ""]
    model: Int[Array, ""]
    later_elasticity: Float[Array, ""]
    shock_deviation: Float[Array, ""]


class World(eqx.Module):
    """The luck of a start: of each worker's skill, in units of the spread, the lowest first."""

    talent: Float[Array, " n"]


class State(eqx.Module):
    """The economy between two years.

    Attributes:
        year: years that are over.
        skills: coin a unit of labor, the lowest first, with mean 1 over societies.
        rate: of the last year; 0 before the first.
        filed: incomes of the last year as they were filed, shocks included; 0 before the first.
        welfare: that the last year was worth, see `relative_welfare`; 0 before the first.
        attainable: what a year is worth under the best of some rates, for critics.
        params: the numbers of this society.
    """

    year: Int[Array, ""]
    skills: Float[Array, " n"]
    rate: Float[Array, ""]
    filed: Float[Array, " n"]
    welfare: Float[Array, ""]
    attainable: Float[Array, ""]
    params: Params
