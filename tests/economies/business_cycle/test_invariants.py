"""What holds in any business cycle, whatever everyone does."""

import dataclasses
import functools

import hypothesis
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import strategies as st

import solon
from solon.agents import random_actions
from tests.economies.business_cycle.steps import params_of, stepped

CONSUMERS, FIRMS = 7, 3
OPTIONS = {"consumers": CONSUMERS, "firms": FIRMS}


def economy(**options):
    return solon.make("business-cycle", **OPTIONS, **options)


@functools.cache
def anywhere(env):
    """A program for a random state and random actions, far from where episodes start."""

    def drawn(key, scale):
        keys = iter([*jax.random.split(key, 16)])
        state, shown = env.reset(next(keys), env.default_params())

        def amounts(shape, most):
            # Some of them are nothing at all.
            there = jax.random.bernoulli(next(keys), 0.8, shape)
            return jnp.where(there, jax.random.uniform(next(keys), shape) * most, 0)

        firms = dataclasses.replace(
            state.firms,
            price=amounts(FIRMS, 2500),
            wage=amounts(FIRMS, 44),
            inventory=amounts(FIRMS, 100 * scale),
            budget=amounts(FIRMS, 1e6) - 5e5,
        )
        state = dataclasses.replace(
            state,
            budget=amounts(CONSUMERS, 1e5 * scale),
            firms=firms,
            rates=jax.random.uniform(next(keys), (2,)),
        )
        return state, random_actions(next(keys), env.roles, shown.observation)

    return jax.jit(drawn)


LUCK = st.integers(0, 2**32 - 1)
SCALES = st.sampled_from([0.0, 0.01, 0.1, 1.0])
MANY = hypothesis.settings(max_examples=60, deadline=None)


def moved(seed, scale, env):
    state, actions = anywhere(env)(jax.random.key(seed), scale)
    return state, actions, *stepped(env, state, actions)


@hypothesis.given(LUCK, SCALES, st.sampled_from(["levels", "numbers"]))
@MANY
def test_money_and_goods_are_kept(seed, scale, act_by):
    env = economy(act_by=act_by)
    state, _, after, shown = moved(seed, scale, env)
    totals, firms = after.totals, after.firms
    money = [np.asarray(s.budget, float).sum() + np.asarray(s.firms.budget, float).sum()
             for s in (state, after)]  # fmt: skip
    came = float(totals.export_sales) - float(totals.investment) + 0.01 * CONSUMERS
    np.testing.assert_allclose(money[1] - money[0], came, atol=1 + 1e-6 * abs(came))
    goods = np.asarray(state.firms.inventory, float).sum() + float(totals.output)
    exported = goods - float(totals.consumption) - np.asarray(firms.inventory, float).sum()
    assert -1e-3 <= exported <= 100 * FIRMS + 1e-3
    assert (np.asarray(firms.inventory) >= 0).all()
    assert (np.asarray(firms.capital) >= np.asarray(state.firms.capital)).all()
    for reward in shown.reward.values():
        assert np.isfinite(reward).all()


@hypothesis.given(LUCK, SCALES)
@MANY
def test_nobody_buys_more_than_there_is_or_than_one_can_pay(seed, scale):
    env = economy(market="closed")
    state, actions, after, _ = moved(seed, scale, env)
    had = float(state.firms.inventory.sum())
    assert float(after.totals.consumption) <= had * (1 + 1e-6)
    asked = np.asarray(actions["consumer"][:, :FIRMS])
    more = asked.sum(0) > np.asarray(state.firms.inventory)
    assert (np.asarray(after.firms.short) <= more).all()
    assert float(after.totals.home_sales) <= float(state.budget.sum()) * (1 + 1e-5) + 0.01
    # Somebody who has nothing pays nothing, and is not in debt after it.
    assert (np.asarray(after.budget) >= -1e-2 * (1 + np.asarray(state.budget) * 1e-4)).all()


@hypothesis.given(LUCK, SCALES)
@MANY
def test_consumers_are_told_apart_by_nothing_but_what_they_have(seed, scale):
    env = economy()
    state, actions, after, shown = moved(seed, scale, env)
    order = np.random.default_rng(seed).permutation(CONSUMERS)
    relative = state.params.relative_disutility[order]
    params = dataclasses.replace(state.params, relative_disutility=relative)
    other = dataclasses.replace(state, budget=state.budget[order], params=params)
    shuffled = actions | {"consumer": actions["consumer"][order]}
    after_other, shown_other = stepped(env, other, shuffled)
    close = functools.partial(np.testing.assert_allclose, rtol=1e-5, atol=1e-2)
    close(after_other.budget, after.budget[order])
    close(shown_other.reward["consumer"], shown.reward["consumer"][order])
    for one, two in zip(
        jax.tree.leaves(after.firms), jax.tree.leaves(after_other.firms), strict=True
    ):
        close(one, two)


@hypothesis.given(LUCK)
@MANY
def test_what_is_short_is_shared_out_in_proportion(seed):
    env = economy(market="closed")
    state, actions = anywhere(env)(jax.random.key(seed), 1.0)
    asked = np.asarray(actions["consumer"][:, :FIRMS], float)
    # Free goods, and as much of each as is asked for by some.
    there = np.random.default_rng(seed).uniform(0, 1.5, FIRMS) * asked.sum(0)
    firms = dataclasses.replace(
        state.firms, price=jnp.zeros(FIRMS), inventory=jnp.asarray(there, jnp.float32)
    )
    params = params_of(env, risk_aversion=0, work_disutility=0)
    state = dataclasses.replace(state, firms=firms, params=params)
    after, shown = stepped(env, state, actions)
    served = np.minimum(1, there / np.maximum(asked.sum(0), 1e-9))
    np.testing.assert_allclose(shown.reward["consumer"], asked @ served, rtol=1e-4, atol=1e-3)
    np.testing.assert_array_equal(after.firms.short, asked.sum(0) > np.float32(there))


def test_another_state_param_or_seed_compiles_nothing():
    env = economy()
    start = jax.jit(env.reset)
    state, _ = start(jax.random.key(0), env.default_params())
    _, actions = anywhere(env)(jax.random.key(0), 1.0)
    stepped(env, state, actions)
    before = stepped._cache_size()
    for seed, numbers in enumerate(
        ({"export_market__cap": 0}, {"posting__highest_price": 1000}, {"interest": 0.1})
    ):
        state, _ = start(jax.random.key(seed), params_of(env, **numbers))
        _, actions = anywhere(env)(jax.random.key(seed), 0.1)
        for _ in range(3):
            state, _ = stepped(env, state, actions)
    # A start is of weak types or not, as all that a step gives back.
    assert stepped._cache_size() - before <= 1
    assert start._cache_size() == 1


@pytest.mark.parametrize("options", [{}, {"production": {"shocks": True}}])
def test_the_same_luck_gives_the_same_episode(options):
    env = economy(**options)

    def episode(key):
        start, key = jax.random.split(key)
        state, shown = env.reset(start, env.default_params())

        def step(carry, key):
            state, shown = carry
            choice, luck = jax.random.split(key)
            state, shown = env.step(luck, state, env.random_actions(choice, shown))
            return (state, shown), shown.reward

        (state, shown), rewards = jax.lax.scan(step, (state, shown), jax.random.split(key, 10))
        return state, shown.terminated, rewards

    run = jax.jit(episode)
    one, two, other = (run(jax.random.key(k)) for k in (0, 0, 1))
    assert bool(one[1])
    for a, b in zip(jax.tree.leaves(one), jax.tree.leaves(two), strict=True):
        np.testing.assert_array_equal(a, b)
    assert (np.asarray(one[2]["firm"]) != np.asarray(other[2]["firm"])).any()
    # Sums over the episode are those of its steps.
    np.testing.assert_allclose(
        one[0].totals.profit, np.asarray(one[2]["firm"]).sum(), rtol=1e-4, atol=10
    )
