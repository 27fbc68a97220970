"""Best responses in a game whose best responses are known: Cournot's duopoly."""

import dataclasses

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import solon
from solon import Box, Discrete, Role
from solon.agents import ActorCritic, Encoding
from solon.evidence import exploitability
from solon.learning import PPO
from solon.policy import Policy
from tests.learning.economies import Small

MARKET, LARGEST, HORIZON = 9.0, 8, 4
CONFIG = PPO(environments=32, unroll=HORIZON, epochs=2, minibatches=2, hidden=(16,), entropy=0.003,
             learning_rate=0.01, normalize_observations=False)  # fmt: skip


@dataclasses.dataclass(frozen=True)
class Cournot(Small):
    """Two firms choose quantities from 0 to 8; the price is 9 less what both bring."""

    name = "cournot"
    horizon: int = HORIZON

    @property
    def roles(self):
        return {"firm": Role(2, Discrete(LARGEST + 1), {"time": Box((1,))})}

    def see(self, role, state):
        return {"time": jnp.full((2, 1), state.step / self.horizon)}

    def payoffs(self, state, actions):
        quantity = actions["firm"].astype(float)
        return {"firm": quantity * (MARKET - jnp.sum(quantity))}


class Always(Policy):
    """Both firms bring the same quantity."""

    quantity: jax.Array

    def init(self, key):
        return ()

    def act(self, memory, observation, key):
        return jnp.full(2, self.quantity, jnp.int32), memory


@pytest.fixture(scope="module")
def novices():
    """A policy that has not learned yet: every quantity is as likely as the others."""
    env = Cournot()
    encoding = Encoding.of("firm", env.roles["firm"])
    policy = ActorCritic.create(
        jax.random.key(0), encoding, hidden=(16,), members=env.roles["firm"].count
    )
    return {"firm": policy}


def test_a_best_response_to_chance(novices):
    """Against a mean quantity of 4 the best is 2 or 3, worth 6, where a novice gets -2.67."""
    found = exploitability(
        Cournot(), novices, role="firm", key=jax.random.key(1), config=CONFIG, steps=20_000
    )
    profit = [q * (MARKET - 4 - q) for q in range(LARGEST + 1)]
    best, chance = HORIZON * max(profit), HORIZON * np.mean(profit)
    assert found.gain == pytest.approx(best - chance, rel=0.08)
    low, high = found.interval
    assert low < found.gain < high < 1.2 * (best - chance)
    assert 20_000 <= found.steps < 21_000


def test_at_the_equilibrium_nobody_gains():
    """Where both bring 3, each is the best response to the other: 3 x (9 - 6) = 9."""
    both = {"firm": Always(jnp.array(3))}
    found = exploitability(
        Cournot(), both, role="firm", key=jax.random.key(1), config=CONFIG, steps=20_000
    )
    np.testing.assert_allclose(found.before, 9 * HORIZON)
    assert -0.05 * 9 * HORIZON < found.gain <= 0
    assert found.before.shape == found.after.shape == (100,)


def test_off_the_equilibrium_the_gain_is_exact():
    """To 1 the best response is 4: 4 x (9 - 5) = 16 instead of 1 x (9 - 2) = 7."""
    both = {"firm": Always(jnp.array(1))}
    found = exploitability(
        Cournot(), both, role="firm", member=1, key=jax.random.key(2), config=CONFIG, steps=20_000
    )
    assert found.gain == pytest.approx(HORIZON * 9, rel=0.05)


def test_a_whole_role_deviates_at_once(novices):
    """Together, without a thought for each other, they end up at the equilibrium."""
    found = exploitability(
        Cournot(), novices, role="firm", member=None, key=jax.random.key(3), config=CONFIG,
        steps=40_000,
    )  # fmt: skip
    assert np.mean(found.after) == pytest.approx(9 * HORIZON, rel=0.1)


@pytest.mark.parametrize(
    ("changes", "argument"),
    [
        ({"role": "bank"}, "role"),
        ({"member": 2}, "member"),
        ({"member": -1}, "member"),
        ({"steps": 0}, "steps"),
        ({"episodes": 1}, "episodes"),
        ({"policies": {}}, "policies"),
    ],
)
def test_what_does_not_fit(changes, argument):
    policies = changes.pop("policies", {"firm": Always(jnp.array(3))})
    options = {"role": "firm", "key": jax.random.key(0), "config": CONFIG} | changes
    with pytest.raises(solon.ConfigurationError, match=f"^{argument}: got "):
        exploitability(Cournot(), policies, **options)
