"""The federal welfare of policies against a pandemic, to be searched and differentiated.

It is the sum of the federal government's rewards that `solon pandemic run` prints, without the
rest of what is shown there.
"""

from typing import TYPE_CHECKING

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, PyTree

from ....economies.pandemic.days import by_day
from ....policy import Policy

if TYPE_CHECKING:
    from ....economies.pandemic import Pandemic

__all__ = [
    *("capped_welfare", "federal_welfare", "mean_unemployment", "mean_welfare"),
    "welfare_of_each",
]

# Federal welfare a percentage point of unemployment above a cap. It is some times what a point of
# unemployment is worth under the published weights, so that keeping to the cap pays.
_PRICE = 40.0


def federal_welfare(
    economy: "Pandemic", governor: Policy, planner: Policy, params: PyTree[Array]
) -> Float[Array, ""]:
    """The sum of the planner's rewards in an episode. Nothing in it is random.

    Args:
        economy: without a replay, and with the default layout of observations.
        governor: who decides on levels. If it hands in real numbers, it can be differentiated.
        planner: who decides on subsidies; the same holds.
        params: of the economy, a single draw.
    """
    return _episode(economy, governor, planner, params)[0]


def _episode(
    economy: "Pandemic", governor: Policy, planner: Policy, params: PyTree[Array]
) -> tuple[Float[Array, ""], Float[Array, ""]]:
    """Federal welfare, and the nation's mean unemployment in percent."""
    state, rewards = by_day(
        economy,
        params,
        {"governor": governor, "planner": planner},
        lambda before, shown, after, timestep: timestep.reward["planner"][0],
    )
    return jnp.sum(rewards), state.totals.unemployment / economy.horizon


def mean_welfare(
    economy: "Pandemic", governor: Policy, planner: Policy, draws: PyTree[Array]
) -> Float[Array, ""]:
    """The mean over draws of the parameters, each leaf with the draws in front."""
    one = lambda params: federal_welfare(economy, governor, planner, params)  # noqa: E731
    return jnp.mean(jax.vmap(one)(draws))


def mean_unemployment(
    economy: "Pandemic", governor: Policy, planner: Policy, draws: PyTree[Array]
) -> Float[Array, " draws"]:
    """The nation's unemployment in the mean over the days, percent, for each draw."""
    return jax.vmap(lambda params: _episode(economy, governor, planner, params)[1])(draws)


def capped_welfare(
    economy: "Pandemic",
    governor: Policy,
    planner: Policy,
    draws: PyTree[Array],
    cap: Float[Array, " draws"],
) -> Float[Array, ""]:
    """Like `mean_welfare`, less a price for unemployment above a cap.

    Args:
        economy: see `federal_welfare`.
        governor: who decides on levels.
        planner: who decides on subsidies.
        draws: of the parameters.
        cap: on mean unemployment, percent, for each draw.
    """

    def one(params: PyTree[Array], cap: Array) -> Array:
        welfare, unemployment = _episode(economy, governor, planner, params)
        return welfare - _PRICE * jax.nn.relu(unemployment - cap)

    return jnp.mean(jax.vmap(one)(draws, cap))


@eqx.filter_jit
def welfare_of_each(
    economy: "Pandemic",
    governors: Policy,
    planner: Policy,
    draws: PyTree[Array],
    cap: Float[Array, " draws"] | None = None,
) -> Float[Array, " candidates"]:
    """The mean welfare of many governors that differ in their arrays alone.

    Args:
        economy: see `federal_welfare`.
        governors: arrays with the candidates in front.
        planner: the same for all of them.
        draws: of the parameters.
        cap: see `capped_welfare`; none by default.
    """
    arrays, form = eqx.partition(governors, eqx.is_array)

    def one(candidate: PyTree[Array]) -> Float[Array, ""]:
        governor = eqx.combine(candidate, form)
        if cap is None:
            return mean_welfare(economy, governor, planner, draws)
        return capped_welfare(economy, governor, planner, draws, cap)

    return jax.vmap(one)(arrays)
