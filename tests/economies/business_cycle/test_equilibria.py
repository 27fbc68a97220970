"""The smallest business cycle is a game of two whose equilibria are known exactly."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import solon
from solon.economics.equilibrium import pure_equilibria
from tests.economies.business_cycle.steps import params_of

HOURS, PRICES = 5, 6


def game(market, capital, exponent):
    """Payoffs of the consumer and of the firm, by hours worked first and by the price after."""
    env = solon.make(
        "business-cycle", consumers=1, firms=1, horizon=2, market=market,
        relative_disutility=[1], production={"capital": [capital], "labor_exponents": [exponent]},
    )  # fmt: skip
    params = params_of(env, wage=22)

    def payoffs(hours, price):
        state, _ = env.reset(jax.random.key(0), params)
        total = jnp.zeros(2)
        for demand, worked in ((0, hours), (10, 0)):
            actions = {
                "consumer": jnp.stack([jnp.asarray(demand), worked, jnp.asarray(0)])[None],
                "firm": (5 * price)[None],
                "government": jnp.zeros(1, int),
            }
            state, shown = env.step(jax.random.key(0), state, actions)
            total += jnp.stack([shown.reward[who][0] for who in ("consumer", "firm")])
        return total

    over_prices = jax.vmap(payoffs, (None, 0))
    table = jax.jit(jax.vmap(over_prices, (0, None)))(jnp.arange(HOURS), jnp.arange(PRICES))
    return np.asarray(table)


THREE = {(2, 3): (5.082984, 656.009), (3, 4): (4.274164, 84.009), (4, 5): (3.267482, -487.991)}


@pytest.mark.parametrize(
    ("market", "capital", "exponent", "known"),
    [
        ("closed", 5000, 0.6, THREE),
        ("open", 5000, 0.6, {(4, 5): (3.267482, 20972.112887)}),
        ("closed", 10_000, 0.8, THREE),
    ],
)
def test_the_equilibria_of_a_consumer_and_a_firm(market, capital, exponent, known, float64):
    table = game(market, capital, exponent)
    found = pure_equilibria([table[..., 0], table[..., 1]])
    assert sorted(found) == sorted(known)
    for profile, payoffs in known.items():
        np.testing.assert_allclose(table[profile], payoffs, rtol=0, atol=1e-6)
