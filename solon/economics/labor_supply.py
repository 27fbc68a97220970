"""Labor supply under a bracket tax: what someone who knows the schedule earns.

A worker of skill w earns the income z with z / w units of labor, consumes c = z - T(z) + R, where
T is a bracket schedule and R an equal transfer, and has the utility

    u = crra(c, eta) - (z / w) ** (1 + 1 / e) / (1 + 1 / e).

At eta = 0 utility is quasi-linear: there are no income effects, an untaxed worker earns
w ** (1 + e), and e is the elasticity of income with respect to the net-of-tax rate. (crra(c, 0) is
c - 1: the constant is left out here, so that u is in coin.) At eta > 0 workers are isoelastic, and
a transfer makes them work less.

References:
    Diamond (1998), "Optimal income taxation: an example with a U-shaped pattern of optimal marginal
    tax rates", American Economic Review 88.
    Saez (2001), "Using elasticities to derive optimal income tax rates", Review of Economic Studies
    68.
"""

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from ._arrays import power
from .taxation import tax_due
from .utility import crra

__all__ = ["Outcome", "Preferences", "labor_supply_equilibrium", "preferred_incomes"]

# Halvings of an interval of log incomes, and steps of Newton's method after them, each of which
# doubles the digits; rounds of the transfer at most, and the change below which it has settled.
_HALVINGS, _NEWTON = 16, {4: 1, 8: 3}
_ROUNDS, _SETTLED = {4: 10, 8: 40}, {4: 1e-6, 8: 1e-14}


class Preferences(eqx.Module):
    """What workers want.

    Attributes:
        elasticity: e, of labor with respect to the net wage at constant marginal utility of coin,
            above 0.
        risk_aversion: eta, at least 0; exactly 0 means quasi-linear.
    """

    elasticity: Float[Array, ""]
    risk_aversion: Float[Array, ""]

    def utility(
        self, consumption: Float[Array, "*n"], labor: Float[Array, "*n"]
    ) -> Float[Array, "*n"]:
        """Utility of each worker."""
        eta, exponent = self.risk_aversion, 1 + 1 / self.elasticity
        coin = jnp.where(eta == 0, consumption, crra(consumption, eta))
        return coin - jnp.power(labor, exponent) / exponent

    def marginal_utility(self, consumption: Float[Array, "*n"]) -> Float[Array, "*n"]:
        """Utility of a coin more."""
        return power(consumption, -self.risk_aversion)


class Outcome(eqx.Module):
    """What a society comes to under a schedule.

    Attributes:
        income: coin before tax of each worker.
        transfer: the equal share of the revenue.
        consumption: coin after tax and transfer.
        labor: of each worker.
        utility: of each worker.
    """

    income: Float[Array, " n"]
    transfer: Float[Array, ""]
    consumption: Float[Array, " n"]
    labor: Float[Array, " n"]
    utility: Float[Array, " n"]


def preferred_incomes(
    skills: Float[Array, " n"],
    cutoffs: Float[Array, " brackets"],
    rates: Float[Array, " brackets"],
    transfer: Float[Array, ""],
    preferences: Preferences,
    *,
    income_effects: bool = False,
) -> Float[Array, " n"]:
    """The income that each worker likes best, with the transfer taken as given.

    The best income within each bracket is found first, which may be an edge of it, and the best of
    these then: where rates fall with income, two brackets may each have a local optimum.

    Args:
        skills: coin a unit of labor, above 0.
        cutoffs: lower edges of the brackets in coin.
        rates: marginal rates.
        transfer: coin that everybody gets.
        preferences: of all workers.
        income_effects: whether `risk_aversion` may be other than 0, which takes a search.

    Returns:
        Income before tax in coin.
    """
    # What is due at each edge. `tax_due` sums over brackets, which jaxlib 0.10.2 compiles to wrong
    # numbers here, on CPUs in single precision, for some thousand schedules at once.
    below = jnp.cumsum(rates[:-1] * jnp.diff(cutoffs))
    tax_at = jnp.concatenate([jnp.zeros_like(rates[:1]), below])
    lower = jnp.broadcast_to(cutoffs[None], (skills.shape[0], cutoffs.shape[0]))
    upper = jnp.broadcast_to(jnp.append(cutoffs[1:], jnp.inf)[None], lower.shape)
    kept = (1 - rates)[None]
    e = preferences.elasticity
    if income_effects:
        virtual = (transfer + rates * cutoffs - tax_at)[None]
        best = _search(skills[:, None], lower, upper, kept, virtual, preferences)
    else:
        best = jnp.power(skills, 1 + e)[:, None] * jnp.power(kept, e)
    candidates = jnp.clip(best, lower, upper)
    consumption = candidates - (tax_at[None] + rates[None] * (candidates - lower)) + transfer
    utility = preferences.utility(consumption, candidates / skills[:, None])
    chosen = jnp.argmax(utility, axis=1)
    income = jnp.take_along_axis(candidates, chosen[:, None], axis=1)[:, 0]
    # What a NaN made of the utilities is the largest of them, whatever the income is.
    return jnp.where(jnp.any(jnp.isnan(utility), axis=1), jnp.nan, income)


def _search(skills, lower, upper, kept, virtual, preferences):
    """Where marginal utility of earning meets that of leisure, by halving the bracket.

    In a bracket consumption is `kept * z + virtual`.
    """
    e, eta = preferences.elasticity, preferences.risk_aversion

    def excess(z):
        # Without consumption a coin is worth more than any leisure.
        consumption = jnp.maximum(kept * z + virtual, jnp.finfo(z.dtype).tiny)
        gain = jnp.log(kept) - eta * jnp.log(consumption) + (1 + 1 / e) * jnp.log(skills)
        return gain - jnp.log(z) / e

    # Above this, even the first coin of consumption is not worth the labor.
    most = jnp.power(skills, 1 + e) * jnp.power(jnp.maximum(kept, 1e-30), e)
    most = jnp.maximum(most, jnp.power(most, 1 / (1 + e * eta)) * 2) * 4 + 1
    floor = jnp.finfo(lower.dtype).tiny
    low = jnp.log(jnp.maximum(lower, 1e-9 * most + floor))
    high = jnp.log(jnp.maximum(jnp.minimum(upper, most), jnp.exp(low)))

    def halve(_, edges):
        low, high = edges
        middle = (low + high) / 2
        more = excess(jnp.exp(middle)) > 0
        return jnp.where(more, middle, low), jnp.where(more, high, middle)

    low, high = jax.lax.fori_loop(0, _HALVINGS, halve, jax.lax.stop_gradient((low, high)))
    z = jnp.exp((low + high) / 2)
    for _ in range(_NEWTON[z.dtype.itemsize]):
        # In ln z. It has the derivatives that halving has not.
        z = jax.lax.stop_gradient(z)
        consumption = jnp.maximum(kept * z + virtual, jnp.finfo(z.dtype).tiny)
        steepness = jax.lax.stop_gradient(eta * kept * z / consumption + 1 / e)
        z = z * jnp.exp(jnp.clip(excess(z) / steepness, -1e-2, 1e-2))
    return jnp.where(kept > 0, z, lower)


def labor_supply_equilibrium(
    skills: Float[Array, " n"],
    cutoffs: Float[Array, " brackets"],
    rates: Float[Array, " brackets"],
    preferences: Preferences,
    *,
    income_effects: bool = False,
) -> Outcome:
    """What a society comes to when everyone knows the schedule and the transfer it leads to.

    With income effects a transfer lowers incomes, and with them the revenue that it is paid from:
    it is found by substitution.

    Args:
        skills: coin a unit of labor of each worker, above 0.
        cutoffs: lower edges of the brackets in coin.
        rates: marginal rates.
        preferences: of all workers.
        income_effects: whether `risk_aversion` may be other than 0.
    """

    def incomes(transfer, skills, cutoffs, rates, preferences):
        return preferred_incomes(
            skills, cutoffs, rates, transfer, preferences, income_effects=income_effects
        )

    def revenue(transfer, skills, cutoffs, rates, preferences):
        income = incomes(transfer, skills, cutoffs, rates, preferences)
        return jnp.mean(tax_due(income, cutoffs, rates))

    given = skills, cutoffs, rates, preferences
    transfer = jnp.zeros((), skills.dtype)
    if income_effects:
        transfer = _settled_transfer(revenue, given)
    income = incomes(transfer, *given)
    transfer = jnp.mean(tax_due(income, cutoffs, rates))
    consumption = income - tax_due(income, cutoffs, rates) + transfer
    labor = income / skills
    return Outcome(income, transfer, consumption, labor, preferences.utility(consumption, labor))


def _settled_transfer(revenue, given):
    """The transfer that is the revenue it leads to.

    Args:
        revenue: from a transfer and what is given to the mean tax.
        given: what it depends on besides.
    """
    fixed = jax.lax.stop_gradient(given)
    width = given[0].dtype.itemsize

    def unsettled(search):
        count, transfer, change = search
        return (count < _ROUNDS[width]) & (change > _SETTLED[width] * (1 + jnp.abs(transfer)))

    def closer(search):
        count, transfer, _ = search
        # A transfer lowers the revenue by less than itself, so that most of the step leads closer.
        change = 0.75 * (revenue(transfer, *fixed) - transfer)
        return count + 1, transfer + change, jnp.abs(change)

    start = jnp.zeros((), jnp.int32), jnp.zeros((), given[0].dtype), jnp.asarray(jnp.inf)
    _, transfer, _ = jax.lax.while_loop(unsettled, closer, start)
    # A step of Newton's method has the derivatives that the search has not.
    slope = jax.jvp(lambda t: revenue(t, *fixed), (transfer,), (jnp.ones_like(transfer),))[1]
    slope = jnp.clip(jax.lax.stop_gradient(slope), -10.0, 0.5)
    return transfer + (revenue(transfer, *given) - transfer) / (1 - slope)
