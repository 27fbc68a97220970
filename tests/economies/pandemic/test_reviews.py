"""Steps of four weeks are the days in between, and a policy acts by day as it did by review."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from solon.agents import ReviewedPolicy
from solon.agents.actor_critic import ActorCritic
from solon.agents.encoding import Encoding
from solon.economies.pandemic import Pandemic
from solon.economies.pandemic.reviews import Draws, Reviews
from solon.economies.pandemic.sensitivity import with_transmission
from solon.errors import ConfigurationError

DAYS = 100


@pytest.fixture(scope="module")
def economy():
    return Pandemic(states=("TX", "NY"), horizon=DAYS, compatibility="foundation")


def by_the_clock(role, about):
    """A log-linear policy whose most probable choice goes up as time goes by."""
    encoding = Encoding.of(role, about)
    policy = ActorCritic.create(jax.random.key(1), encoding, hidden=(), embedding=3)
    head = policy.network.policy_head
    place = sum(field.size for field in encoding.features[: names(encoding).index("time")])
    share = jnp.linspace(0, 1, head.bias.shape[0])
    weight = jnp.zeros_like(head.weight).at[place].set(40 * share)
    made = type(head)(weight, -20 * share**2)
    return eqx.tree_at(lambda one: one.network.policy_head, policy, made)


def names(encoding):
    return [field.name for field in encoding.features]


def test_an_episode_by_review_is_the_episode_by_day(economy):
    """The same policies, the same draw: levels, payments, and the sum of rewards.

    What governors are charged for unemployment is the price of their draw times its mean.
    """
    reviews = Reviews(economy)
    draws = with_transmission(economy.default_params(), [0.8, 1.2])
    priced = Draws(draws, jnp.asarray([50.0, 3.0]))
    policies = {role: by_the_clock(role, about) for role, about in reviews.roles.items()}

    def choose(observation):
        chosen = {}
        for role, policy in policies.items():
            shares = policy(policy.encoding.encode(observation[role]))[0].probabilities()
            chosen[role] = jnp.argmax(shares, axis=-1)
        return chosen

    @jax.jit
    def by_review():
        def step(carry, _):
            state, timestep = carry
            state, timestep = reviews.transition(state, choose(timestep.observation), ())
            return (state, timestep), (timestep.reward, timestep.terminated)

        start = reviews.start(jnp.asarray(0.7), priced)
        (state, _), (rewards, over) = jax.lax.scan(step, start, length=reviews.horizon)
        return state.economy, rewards, over

    @jax.jit
    def by_day():
        acting = {
            role: ReviewedPolicy(policy, economy.roles[role].count, DAYS, 28, role == "planner")
            for role, policy in policies.items()
        }
        nobody = jax.random.key(0)

        def step(carry, _):
            state, timestep, held = carry
            actions, after = {}, {}
            for role, one in acting.items():
                seen = timestep.observation[role]
                actions[role], after[role] = one.act(held[role], seen, nobody)
            state, timestep = economy.transition(state, actions, ())
            return (state, timestep, after), (timestep.reward, state.stringency, state.unemployed)

        second = jax.tree.map(lambda leaf: leaf[1], draws)
        held = {role: one.init(nobody) for role, one in acting.items()}
        start = (*economy.start((), second), held)
        (state, _, _), days = jax.lax.scan(step, start, length=DAYS)
        return state, days

    (one, rewards, over), (other, (daily, levels, idle)) = by_review(), by_day()
    assert reviews.horizon == 4 and over.tolist() == [False] * 3 + [True]
    assert int(one.step) == int(other.step) == DAYS
    charged = 3 * 100 * np.mean(np.asarray(idle) / np.asarray(draws.population[1]), axis=0)
    for role, values in rewards.items():
        less = charged if role == "governor" else 0
        np.testing.assert_allclose(values.sum(axis=0), daily[role].sum(axis=0) - less, rtol=1e-5)
    assert (charged > 1).all()
    for name in ("stringency", "subsidies", "output"):
        ours, theirs = getattr(one.totals, name), getattr(other.totals, name)
        np.testing.assert_allclose(ours, theirs, rtol=1e-5)
    levels = np.asarray(levels)
    assert (levels[28] == 3).all() and (levels[56] == 6).all() and (levels[84] == 8).all()
    assert set(np.flatnonzero(np.diff(levels, axis=0).any(axis=1)) + 1) == {28, 56, 84}
    # Seventeen of twenty from day 91 on, as was decided on day 84.
    full = 20_000 / 365 * float(np.sum(draws.population[1]))
    np.testing.assert_allclose(one.totals.subsidies, 10 * 17 / 20 * full, rtol=1e-5)


def test_reviews_are_not_closer_than_the_cooldown(economy):
    with pytest.raises(ConfigurationError, match=r"days: got 27"):
        Reviews(economy, days=27)


def test_the_planner_decides_where_its_payments_change(economy):
    reviews = Reviews(economy)
    _, timestep = jax.jit(reviews.start)(jnp.asarray(0.0), reviews.default_params())
    assert timestep.acting["planner"].tolist() == [True]
    assert timestep.observation["planner"]["action_mask"].all()
