"""What workers and the planner are rewarded for, and what labor costs while a curriculum runs."""

import dataclasses
import functools

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from solon.economies.gather_trade_build.objectives import OBJECTIVES, planner_welfare
from solon.economies.gather_trade_build.social_metrics import social_metrics

from .by_hand import RIGHT, endow, small_economy, with_params

APART = [(5, 0), (5, 2), (5, 4), (2, 3)]

# (coin, labor) -> utility at a risk aversion of 0.23 and a labor cost of 0.21.
GOLDEN = {
    (0, 0): -1.2987012987,
    (10, 0): 6.3486189007,
    (100, 50): 33.2320585003,
    (1000, 600): 137.8620707363,
}


def utility(coin, labor, eta=0.23, cost=0.21):
    return (np.power(coin, 1 - eta) - 1) / (1 - eta) - cost * np.asarray(labor)


def gini(coin):
    """From its definition: by all pairs, and such that one owner of everything gets 1."""
    coin = np.asarray(coin, float)
    n = len(coin)
    if coin.sum() == 0:
        return 0.0
    pairs = sum(abs(a - b) for a in coin for b in coin)
    return pairs / (2 * n * coin.sum()) * n / (n - 1)


def inverse_income_weights(coin):
    weights = 1 / np.maximum(coin, 1)
    return weights / weights.sum()


def set_labor(state, labor):
    return dataclasses.replace(state, labor=jnp.asarray(labor, state.labor.dtype))


def test_golden_utilities(by_hand):
    state, _ = by_hand.start(APART)
    coin, labor = zip(*GOLDEN, strict=True)
    state = set_labor(endow(state, coin=coin), labor)
    state, _ = by_hand.step(state)
    np.testing.assert_allclose(state.utility, list(GOLDEN.values()), rtol=2e-6)


@pytest.mark.parametrize("eta", [0.0, 0.5, 1.0, 2.0])
def test_other_risk_aversions(by_hand, eta):
    params = with_params(by_hand.economy, risk_aversion=eta, labor_cost=0.5)
    state, _ = by_hand.start(APART, params=params)
    coin, labor = [1.0, 5, 20, 300], [0.0, 1, 8, 40]
    state, _ = by_hand.step(set_labor(endow(state, coin=coin), labor))
    curve = np.log(coin) if eta == 1 else utility(np.array(coin), 0, eta)
    np.testing.assert_allclose(state.utility, curve - 0.5 * np.array(labor), rtol=1e-5, atol=1e-5)


def test_rewards_are_differences(by_hand):
    """Of the utility of all coin, also that in open orders, and of the planner's objective."""
    state, timestep = by_hand.start(APART)
    np.testing.assert_allclose(state.utility, utility(20, np.zeros(4)), rtol=1e-6)
    np.testing.assert_allclose(state.welfare, 20, rtol=1e-6)
    assert not timestep.reward["worker"].any() and not timestep.reward["planner"].any()
    state = endow(state, stone=[1, 1, 0, 0], wood=[1, 0, 0, 0])
    steps = [
        ({0: {"build": 1}, 1: {"sell_stone": 9}}, [28, 20, 20, 20], [10, 0.25, 0, 0]),
        ({2: {"buy_stone": 9}, 3: {"buy_wood": 7}}, [28, 29, 11, 20], [10, 0.25, 0.25, 0.25]),
        ({0: {"move": RIGHT}}, [28, 29, 11, 20], [11, 0.25, 0.25, 0.25]),
    ]
    coin_before, labor_before = np.full(4, 20.0), np.zeros(4)
    for actions, coin, labor in steps:
        state, timestep = by_hand.step(state, actions)
        gain = utility(np.array(coin), labor) - utility(coin_before, labor_before)
        np.testing.assert_allclose(timestep.reward["worker"], gain, atol=1e-5)
        welfare = np.mean(coin) * (1 - gini(coin))
        before = np.mean(coin_before) * (1 - gini(coin_before))
        np.testing.assert_allclose(timestep.reward["planner"], [welfare - before], atol=1e-5)
        coin_before, labor_before = np.array(coin, float), labor


def test_the_planners_weight_on_equality(by_hand):
    coin = [10, 20, 30, 100]
    for weight in (0.0, 0.3, 1.0):
        params = with_params(by_hand.economy, equality_weight=weight)
        state, _ = by_hand.start(APART, params=params)
        state, _ = by_hand.step(endow(state, coin=coin))
        expected = 40 * (weight * (1 - gini(coin)) + 1 - weight)
        np.testing.assert_allclose(state.welfare, expected, rtol=1e-5)


def test_inverse_income_weighted_coin(single_rollouts):
    states, _ = single_rollouts.some_states(50)
    coin = states.inventory.coin + states.escrow.coin
    expected = [(inverse_income_weights(c) * c).sum() for c in coin]
    np.testing.assert_allclose(states.welfare, expected, rtol=1e-4)


def test_inverse_income_weighted_utility(original_by_hand):
    """Weights go by coin of the moment, below one coin as if it were one."""
    coin, labor = np.array([0.5, 2.0, 10.0, 40.0]), [1.0, 0, 3, 2]
    state, _ = original_by_hand.start(APART)
    first = (inverse_income_weights(np.full(4, 20)) * utility(20, np.zeros(4))).sum()
    np.testing.assert_allclose(state.welfare, first, rtol=1e-5)
    state = set_labor(endow(state, coin=coin), labor)
    state, timestep = original_by_hand.step(state)
    expected = (inverse_income_weights(coin) * utility(coin, labor)).sum()
    np.testing.assert_allclose(state.welfare, expected, rtol=1e-5)
    np.testing.assert_allclose(timestep.reward["planner"], [expected - first], rtol=1e-4)


def test_equality_times_productivity_at_the_originals_rules(several_rollouts):
    states, _ = several_rollouts.some_states(50)
    coin = states.inventory.coin + states.escrow.coin
    expected = [c.mean() * (1 - gini(c)) for c in coin]
    np.testing.assert_allclose(states.welfare, expected, rtol=1e-4)


@pytest.mark.parametrize("share", [0.0, 0.4, 1.0])
def test_curricula_charge_a_share_of_the_labor_cost(by_hand, share):
    params = with_params(by_hand.economy, labor_cost_weight=share)
    state, _ = by_hand.start(APART, params=params)
    state, timestep = by_hand.step(state, {0: {"move": RIGHT}})
    np.testing.assert_allclose(timestep.reward["worker"], [-0.21 * share, 0, 0, 0], atol=1e-5)
    np.testing.assert_allclose(timestep.metrics["labor_cost_share"], share, rtol=1e-6)


def test_the_automatic_warm_up_counts_productive_steps(by_hand):
    """Past labor is charged at the share of the moment, so that its growth is a loss."""
    params = with_params(by_hand.economy, warmup_constant=10.0, productive_steps=5)
    state, _ = by_hand.start(APART, params=params)
    state = endow(state, stone=[1] * 4, wood=[1] * 4)

    def cost(q):
        return 0.21 * (1 - np.exp(-q / 10))

    # A step in which workers gain on average: it is still charged at the old share.
    state, timestep = by_hand.step(state, {0: {"build": 1}})
    gain = utility(28, 0) - utility(20, 0) - cost(5) * 10
    np.testing.assert_allclose(timestep.reward["worker"], [gain, 0, 0, 0], rtol=1e-4)
    assert gain > 0 and state.productive_steps == 6
    np.testing.assert_allclose(timestep.metrics["labor_cost_share"], cost(6) / 0.21, rtol=1e-5)
    # In the next one nothing happens, but the ten units of labor have become dearer.
    state, timestep = by_hand.step(state)
    repriced = -10 * (cost(6) - cost(5))
    np.testing.assert_allclose(timestep.reward["worker"], [repriced, 0, 0, 0], rtol=1e-3)
    assert repriced < 0 and state.productive_steps == 6, "which is no productive step"
    state, timestep = by_hand.step(state)
    np.testing.assert_allclose(timestep.reward["worker"], 0, atol=1e-5)
    assert state.productive_steps == 6, "nor is one without any gain"


def test_productive_steps_are_counted_in_every_episode(several_rollouts):
    gain = several_rollouts.timesteps.reward["worker"].mean(axis=-1)
    # Sums of six floats near zero may fall to either side.
    clear = np.abs(gain) > 1e-6
    counted = np.diff(several_rollouts.states.productive_steps, axis=1)
    np.testing.assert_array_equal(counted[clear[:, 1:]], (gain > 0)[:, 1:][clear[:, 1:]])
    assert 0 < counted.mean() < 1


@functools.cache
def blank_state(workers):
    """Nothing is owned and nothing has happened."""
    economy = small_economy(workers=workers, build={"skills": "equal"})
    params = economy.default_params()
    shapes, _ = jax.eval_shape(economy.reset, jax.random.key(0), params)
    state = jax.tree.map(lambda leaf: jnp.zeros(leaf.shape, leaf.dtype), shapes)
    return dataclasses.replace(state, params=params)


def outcomes_of(coin, **options):
    """Welfare and metrics where workers own this coin."""
    economy = small_economy(workers=len(coin), build={"skills": "equal"}, **options)
    state = endow(blank_state(len(coin)), coin=coin)
    return planner_welfare(economy, state, state.utility), social_metrics(economy, state)


@pytest.mark.parametrize("coin", [[1, 2, 3, 4], [5, 5, 5, 5], [0, 0, 0, 7]])
def test_the_two_rule_sets_agree_on_few_workers(coin):
    for compatibility in (None, "foundation"):
        welfare, metrics = outcomes_of(coin, compatibility=compatibility)
        expected = 1 - gini(coin)
        np.testing.assert_allclose(metrics["equality"], expected, atol=1e-6)
        np.testing.assert_allclose(metrics["productivity"], sum(coin))
        np.testing.assert_allclose(
            metrics["equality_times_productivity"], sum(coin) * expected, atol=1e-5
        )
        np.testing.assert_allclose(welfare, np.mean(coin) * expected, atol=1e-5)


def test_golden_welfare():
    welfare, metrics = outcomes_of([1, 2, 3, 4])
    np.testing.assert_allclose(metrics["equality"], 0.6666666667, rtol=1e-6)
    np.testing.assert_allclose(welfare, 1.6666666667, rtol=1e-6)
    np.testing.assert_allclose(metrics["inverse_income_weighted_coin"], 1.92, rtol=1e-6)
    welfare, _ = outcomes_of([1, 2, 3, 4], planner_objective="inverse-income-weighted-coin")
    np.testing.assert_allclose(welfare, 1.92, rtol=1e-6)


def test_the_originals_gini_changes_at_thirty_workers():
    nothing, one_owner = [0.0] * 30, [0.0] * 29 + [60.0]
    for coin, compatibility, expected in (
        (nothing, None, 1.0),
        (nothing, "foundation", 0.0),
        (one_owner, None, 0.0),
        (one_owner, "foundation", 2 / 31),
        ([3.0] * 30, None, 1.0),
        ([3.0] * 30, "foundation", 1.0),
    ):
        _, metrics = outcomes_of(coin, compatibility=compatibility)
        np.testing.assert_allclose(metrics["equality"], expected, atol=1e-5)


def test_metrics_of_an_episode(by_hand):
    state, _ = by_hand.start(APART)
    state = endow(state, stone=[1] * 4, wood=[1] * 4)
    state, timestep = by_hand.step(state, {0: {"build": 1}, 2: {"move": RIGHT}})
    coin, labor = np.array([28.0, 20, 20, 20]), [10.0, 0, 1, 0]
    utilities = utility(coin, labor)
    for name, expected in (
        ("productivity", 88),
        ("equality", 1 - gini(coin)),
        ("equality_times_productivity", 88 * (1 - gini(coin))),
        ("utilitarian_welfare", utilities.sum()),
        ("rawlsian_welfare", utilities.min()),
        ("inverse_income_weighted_coin", (inverse_income_weights(coin) * coin).sum()),
        ("inverse_income_weighted_utility", (inverse_income_weights(coin) * utilities).sum()),
        ("labor", 11),
        ("labor_cost_share", 1),
    ):
        np.testing.assert_allclose(timestep.metrics[name], expected, rtol=1e-5, err_msg=name)


def test_objectives_by_name():
    assert OBJECTIVES == (
        "equality-times-productivity",
        "inverse-income-weighted-coin",
        "inverse-income-weighted-utility",
    )
    for objective in OBJECTIVES:
        assert small_economy(planner_objective=objective).planner_objective == objective
