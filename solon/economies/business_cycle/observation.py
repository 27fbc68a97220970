"""What everyone sees: in a few plain numbers, or in the original's encoding."""

from typing import TYPE_CHECKING, Any

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from .state import State

if TYPE_CHECKING:
    from .economy import BusinessCycle

__all__ = ["OBSERVATIONS", "digits", "observe", "shared_fields", "signed_log"]

OBSERVATIONS = ("clean", "foundation")

_DIGITS = 10
# Units in which the original shows what it does not write in digits.
_DISUTILITY, _CAPITAL = 0.01, 10_000


def signed_log(amount: Float[Array, "*shape"]) -> Float[Array, "*shape"]:
    """sign(x) ln(1 + |x|) / 10: amounts from cents to millions within -2 and 2."""
    return jnp.sign(amount) * jnp.log1p(jnp.abs(amount)) / 10


def digits(amount: Float[Array, "*shape"], *, wrap: bool) -> Float[Array, "*shape 10"]:
    """Ten numbers in place of one: (x mod 10^k) / 10^k for k from 1 to 10.

    Args:
        amount: any shape.
        wrap: leave a remainder that is never negative, as the original does: -1 then looks like
            10^10 - 1. If not, a negative amount has the numbers of its absolute value, negative.
    """
    powers = np.reshape([10.0**k for k in range(1, _DIGITS + 1)], (1,) * amount.ndim + (-1,))
    tens = jnp.asarray(powers, amount.dtype)
    size, debt = jnp.abs(amount)[..., None], (amount < 0)[..., None]
    # Powers of ten up to 10^10 have no rounding even in single precision, and so has the remainder
    # as long as the amount is below 16 million. (`jnp.mod` is ten times slower.)
    rest = size - jnp.floor(size / tens) * tens
    rest = jnp.where(rest >= tens, rest - tens, jnp.where(rest < 0, rest + tens, rest))
    shown = rest / tens
    if wrap:
        return jnp.where(debt & (rest > 0), 1 - shown, shown)
    return jnp.where(debt, -shown, shown)


def shared_fields(economy: "BusinessCycle") -> tuple[str, ...]:
    """The fields that all members of a role see alike."""
    if economy.shown_as == "foundation":
        return ("world",)
    return "prices", "wages", "inventories", "short", "rates", "time"


def observe(economy: "BusinessCycle", state: State) -> dict[str, dict[str, Array]]:
    """The fields of each role, without action masks and what components show."""
    show = _foundation if economy.shown_as == "foundation" else _clean
    found: dict[str, dict[str, Array]] = show(economy, state)
    return {role: found[role] for role in economy.roles_of_parts}


def _common(economy: "BusinessCycle", state: State) -> tuple[Array, Array, Array]:
    """Prices and wages over the highest that are posted, and the share of time that is over."""
    price, wage = economy.highest
    time = state.step.astype(state.firms.price.dtype) / economy.horizon
    return state.firms.price / price, state.firms.wage / wage, time[None]


def _clean(economy: "BusinessCycle", state: State) -> dict[str, Any]:
    firms, (prices, wages, time) = state.firms, _common(economy, state)
    everyone = {
        "prices": prices,
        "wages": wages,
        "inventories": signed_log(firms.inventory),
        "short": firms.short,
        "rates": state.rates,
        "time": time,
    }
    consumer = {
        "budget": signed_log(state.budget)[:, None],
        "work_disutility": economy.disutility(state.params)[:, None] / _DISUTILITY,
    }
    firm = {
        "budget": signed_log(firms.budget)[:, None],
        "capital": signed_log(firms.capital)[:, None],
        "labor_exponent": _labor_exponent(state)[:, None],
        "self": jnp.eye(economy.firms),
    }
    return {
        "consumer": everyone | consumer,
        "firm": everyone | firm,
        "government": everyone,
    }


def _foundation(economy: "BusinessCycle", state: State) -> dict[str, Any]:
    firms, (prices, wages, time) = state.firms, _common(economy, state)
    wrap = economy.compatibility == "foundation"
    inventories = digits(firms.inventory, wrap=wrap).reshape(-1)
    short = firms.short.astype(prices.dtype)
    world = jnp.concatenate([prices, wages, inventories, short, state.rates, time])
    consumer = [
        digits(state.budget, wrap=wrap),
        economy.disutility(state.params)[:, None] / _DISUTILITY,
    ]
    firm = [
        digits(firms.budget, wrap=wrap),
        firms.capital[:, None] / _CAPITAL,
        _labor_exponent(state)[:, None],
        jnp.eye(economy.firms),
    ]
    return {
        "consumer": {"world": world, "self": jnp.concatenate(consumer, axis=1)},
        "firm": {"world": world, "self": jnp.concatenate(firm, axis=1)},
        "government": {"world": world},
    }


def _labor_exponent(state: State) -> Float[Array, " firms"]:
    return state.params.parts["production"]["labor_exponent"]
