"""What is shown by default: fields that do not depend on how many workers there are."""

import dataclasses

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import solon
from solon.economies.gather_trade_build.observation import quantiles

from .by_hand import endow, quick, small_economy

APART = [(5, 0), (5, 2), (5, 4), (2, 3)]


def test_pooled_fields_are_the_same_for_any_number_of_workers():
    shown = {}
    for workers in (4, 10):
        economy = solon.make("gather-trade-build", workers=workers)
        roles = economy.roles
        assert [(name, role.count) for name, role in roles.items()] == [
            ("worker", workers), ("planner", 1),
        ]  # fmt: skip
        shown[workers] = {name: dict(role.observation) for name, role in roles.items()}
    assert shown[4] == shown[10]
    assert "build_skill" not in shown[4]["worker"], "which is noise where payments go by rank"
    assert shown[4]["worker"]["map"].shape == (11, 11)
    assert shown[4]["worker"]["income_quantiles"].shape == (5,)


def test_pooled_values(by_hand):
    """Own holdings, free and on offer, by a scale of 0.01; others as quantiles and means."""
    state, _ = by_hand.start(APART)
    state = endow(state, coin=[10, 40, 30, 20], stone=[4, 0, 0, 2], wood=[1, 0, 0, 0])
    orders = {0: {"sell_stone": 9}, 1: {"buy_wood": 6}}
    state, timestep = by_hand.step(state, orders, planner=[0.3] * 7)
    worker, planner = timestep.observation["worker"], timestep.observation["planner"]
    for field, expected in (
        ("inventory_coin", [0.1, 0.34, 0.3, 0.2]),
        ("escrow_coin", [0, 0.06, 0, 0]),
        ("inventory_goods", [[0.03, 0.01], [0, 0], [0, 0], [0.02, 0]]),
        ("escrow_goods", [[0.01, 0], [0, 0], [0, 0], [0, 0]]),
        ("location", [[5 / 6, 0], [5 / 6, 2 / 7], [5 / 6, 4 / 7], [2 / 6, 3 / 7]]),
        ("time", [0.05] * 4),
        ("build_payment", [0.8, 1.2, 1.6, 2.5]),
        ("my_asks_stone", np.eye(11)[[9]] * np.array([[1], [0], [0], [0]])),
        ("available_asks_stone", np.eye(11)[[9]] * np.array([[0], [1], [1], [1]])),
        ("my_bids_wood", np.eye(11)[[6]] * np.array([[0], [1], [0], [0]])),
        ("available_bids_wood", np.eye(11)[[6]] * np.array([[1], [0], [1], [1]])),
        ("marginal_rate", [0.3] * 4),
    ):
        np.testing.assert_allclose(worker[field], expected, rtol=1e-5, err_msg=field)
    for field, expected in (
        ("coin_quantiles", [[0.1, 0.175, 0.25, 0.325, 0.4]]),
        ("goods", [[0.01 * 6 / 4, 0.01 / 4]]),
        ("full_asks_stone", np.eye(11)[[9]]),
        ("full_bids_wood", np.eye(11)[[6]]),
        ("time", [0.05]),
        ("curr_rates", [[0.3] * 7]),
    ):
        np.testing.assert_allclose(planner[field], expected, rtol=1e-5, err_msg=field)


@pytest.mark.parametrize("n", [2, 3, 4, 6, 10, 30])
def test_quantiles(n):
    values = np.random.default_rng(n).gamma(1.0, 10.0, n)
    shown = quantiles(jnp.asarray(values))
    np.testing.assert_allclose(shown, np.quantile(values, [0, 0.25, 0.5, 0.75, 1]), rtol=1e-5)


def test_incomes_of_the_last_period_as_quantiles(by_hand):
    state, _ = by_hand.start(APART)
    state = by_hand.same_step_for_all(state, 4)
    coin = state.inventory.coin + jnp.array([50.0, 5, 20, -5])
    state = dataclasses.replace(state, inventory=dataclasses.replace(state.inventory, coin=coin))
    _, timestep = by_hand.step(state)
    expected = np.quantile([10, 1, 4, -1], [0, 0.25, 0.5, 0.75, 1])
    for role, count in (("worker", 4), ("planner", 1)):
        shown = timestep.observation[role]["income_quantiles"]
        np.testing.assert_allclose(shown, [expected] * count, rtol=1e-5)


def test_components_show_their_fields_only_where_they_are():
    economy = small_economy(
        components=("gather",), build={}, continuous_double_auction={}, periodic_bracket_tax={}
    )
    assert set(economy.roles["worker"].observation) == {
        "bonus_gather_prob", "inventory_coin", "inventory_goods", "escrow_coin", "escrow_goods",
        "kind", "location", "time", "map", "action_mask",
    }  # fmt: skip
    assert list(economy.roles) == ["worker"]
    _, timestep = quick(economy.reset)(jax.random.key(0), economy.default_params())
    assert list(timestep.reward) == ["worker"] == list(timestep.acting)
