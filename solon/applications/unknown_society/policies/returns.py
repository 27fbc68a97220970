"""What a tax office keeps: each year's rate and everybody's income in it."""

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Int

from ....economies.unknown_society.economy import UnknownSociety
from ....economies.unknown_society.state import State
from ....errors import require

__all__ = ["Returns", "require_one_rate"]


def require_one_rate(env: UnknownSociety) -> None:
    """Refuse an economy with brackets, for who knows only a linear tax."""
    allowed = "none, since this planner sets one rate for all incomes"
    require(not env.cutoffs, "cutoffs", env.cutoffs, allowed)


class Returns(eqx.Module):
    """The tax returns of a society since its first year.

    Attributes:
        count: years filed.
        rates: of these years, 0 afterwards.
        incomes: of each worker in them, the least able first; 0 afterwards.
    """

    count: Int[Array, ""]
    rates: Float[Array, " years"]
    incomes: Float[Array, "years n"]

    @classmethod
    def none(cls, years: int, workers: int) -> "Returns":
        """Nothing was filed yet."""
        return cls(jnp.zeros((), jnp.int32), jnp.zeros(years), jnp.zeros((years, workers)))

    def filed(self, state: State) -> "Returns":
        """With the returns of the year that led to a state."""
        return Returns(
            self.count + 1,
            self.rates.at[self.count].set(state.rate, mode="drop"),
            self.incomes.at[self.count].set(state.filed, mode="drop"),
        )

    @property
    def there(self) -> Bool[Array, " years"]:
        """Which years were filed."""
        return jnp.arange(self.rates.shape[0]) < self.count
