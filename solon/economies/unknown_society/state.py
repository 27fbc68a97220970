"""What the economy holds: its society, the year, and what was filed in the last one."""

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Float, Int

__all__ = ["Files", "Params", "State", "World"]


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
    """The luck of a start.

    Attributes:
        talent: of each worker's skill, in units of the spread, the lowest first.
        skills: coin a unit of labor in its place, the lowest first, where they are given.
    """

    talent: Float[Array, " n"]
    skills: Float[Array, " n"] | None = None


class Files(eqx.Module):
    """What the planner keeps of past years; 0 where there was none.

    Each year has its place: the first is that of the first year, and where there are fewer places
    than years, the oldest year makes room.

    Attributes:
        incomes: logarithms of quantiles.
        kept: logarithm of the share of a coin that workers kept, in each bracket if there are any.
        working: share of workers with an income.
    """

    incomes: Float[Array, "remembered shown"]
    kept: Float[Array, "remembered *brackets"]
    working: Float[Array, " remembered"]

    @classmethod
    def none(cls, years: int, shown: int, rates: tuple[int, ...] = ()) -> "Files":
        """Before the first year, with rates of this shape."""
        return cls(jnp.zeros((years, shown)), jnp.zeros((years, *rates)), jnp.zeros(years))

    def filed(
        self,
        year: Int[Array, ""],
        incomes: Float[Array, " shown"],
        kept: Float[Array, "*brackets"],
        working: Float[Array, ""],
    ) -> "Files":
        """With those of a year, which is counted from 0."""
        place = year % self.kept.shape[0]
        return Files(
            self.incomes.at[place].set(incomes),
            self.kept.at[place].set(kept),
            self.working.at[place].set(working),
        )


class State(eqx.Module):
    """The economy between two years.

    Attributes:
        year: years that are over.
        skills: coin a unit of labor, the lowest first, with mean 1 over societies.
        rate: of the last year, one a bracket if there are any; 0 before the first.
        filed: incomes of the last year as they were filed, shocks included; 0 before the first.
        files: what the planner keeps of past years.
        welfare: that the last year was worth, see `relative_welfare`; 0 before the first.
        attainable: what a year is worth under the best of some rates, for critics.
        params: the numbers of this society.
    """

    year: Int[Array, ""]
    skills: Float[Array, " n"]
    rate: Float[Array, "*brackets"]
    filed: Float[Array, " n"]
    files: Files
    welfare: Float[Array, ""]
    attainable: Float[Array, ""]
    params: Params
