"""The original's layout of what is shown: against a slow version, and each field at its place."""

import jax
import numpy as np
import pytest

from .by_hand import RIGHT, STONE, WOOD, endow, small_economy

AUCTION, TAX = "continuous-double-auction", "periodic-bracket-tax"

# Where the original puts each field, for four workers, prices up to 10 and seven brackets.
WORKER = {
    "Build-build_payment": (0, 1),
    "Build-build_skill": (1, 2),
    "ContinuousDoubleAuction-available_asks-Stone": (2, 13),
    "ContinuousDoubleAuction-available_asks-Wood": (13, 24),
    "ContinuousDoubleAuction-available_bids-Stone": (24, 35),
    "ContinuousDoubleAuction-available_bids-Wood": (35, 46),
    "ContinuousDoubleAuction-market_rate-Stone": (46, 47),
    "ContinuousDoubleAuction-market_rate-Wood": (47, 48),
    "ContinuousDoubleAuction-my_asks-Stone": (48, 59),
    "ContinuousDoubleAuction-my_asks-Wood": (59, 70),
    "ContinuousDoubleAuction-my_bids-Stone": (70, 81),
    "ContinuousDoubleAuction-my_bids-Wood": (81, 92),
    "ContinuousDoubleAuction-price_history-Stone": (92, 103),
    "ContinuousDoubleAuction-price_history-Wood": (103, 114),
    "Gather-bonus_gather_prob": (114, 115),
    "PeriodicBracketTax-curr_rates": (115, 122),
    "PeriodicBracketTax-is_first_day": (122, 123),
    "PeriodicBracketTax-is_tax_day": (123, 124),
    "PeriodicBracketTax-last_incomes": (124, 128),
    "PeriodicBracketTax-marginal_rate": (128, 129),
    "PeriodicBracketTax-tax_phase": (129, 130),
    "time": (130, 131),
    "world-inventory-Coin": (131, 132),
    "world-inventory-Stone": (132, 133),
    "world-inventory-Wood": (133, 134),
    "world-loc-col": (134, 135),
    "world-loc-row": (135, 136),
}
PLANNER = {
    "ContinuousDoubleAuction-full_asks-Stone": (0, 11),
    "ContinuousDoubleAuction-full_asks-Wood": (11, 22),
    "ContinuousDoubleAuction-full_bids-Stone": (22, 33),
    "ContinuousDoubleAuction-full_bids-Wood": (33, 44),
    "ContinuousDoubleAuction-market_rate-Stone": (44, 45),
    "ContinuousDoubleAuction-market_rate-Wood": (45, 46),
    "ContinuousDoubleAuction-price_history-Stone": (46, 57),
    "ContinuousDoubleAuction-price_history-Wood": (57, 68),
    "PeriodicBracketTax-curr_rates": (68, 75),
    "PeriodicBracketTax-is_first_day": (75, 76),
    "PeriodicBracketTax-is_tax_day": (76, 77),
    "PeriodicBracketTax-last_incomes": (77, 81),
    "PeriodicBracketTax-tax_phase": (81, 82),
    "time": (82, 83),
    "world-inventory-Coin": (83, 84),
    "world-inventory-Stone": (84, 85),
    "world-inventory-Wood": (85, 86),
}
ABOUT = (
    "curr_marginal_rate", "last_income", "last_marginal_rate", "Coin", "Stone", "Wood",
    "loc-col", "loc-row",
)  # fmt: skip


def slow_fields(economy, state):
    """Of each worker, of the planner and about each worker: field -> value, from its definition."""
    n = economy.workers
    market, office, builders = state.parts[AUCTION], state.parts[TAX], state.parts["build"]
    height, width = state.terrain.water.shape
    shared, planner = {"time": state.step / economy.horizon}, {}
    workers = [{} for _ in range(n)]

    for k, name in ((STONE, "Stone"), (WOOD, "Wood")):
        prefix = "ContinuousDoubleAuction-"
        history = np.asarray(market.price_history)[k].sum(axis=0)
        rate = (np.arange(11) * history).sum() / max(0.001, history.sum())
        shared |= {f"{prefix}market_rate-{name}": rate}
        shared |= {f"{prefix}price_history-{name}": 0.01 * history}
        for side, kind in ((1, "bids"), (2, "asks")):
            mine = np.zeros((n, 11))
            for i in range(n):
                for slot in np.flatnonzero(market.side[k, i] == side):
                    mine[i, market.price[k, i, slot]] += 1
            planner[f"{prefix}full_{kind}-{name}"] = mine.sum(axis=0)
            for i in range(n):
                workers[i][f"{prefix}my_{kind}-{name}"] = mine[i]
                others = mine.sum(axis=0) - mine[i]
                workers[i][f"{prefix}available_{kind}-{name}"] = others

    prefix = "PeriodicBracketTax-"
    period = economy.component(TAX).period
    shared |= {
        f"{prefix}is_tax_day": float(office.position >= period),
        f"{prefix}is_first_day": float(office.position == 1),
        f"{prefix}tax_phase": office.position / period,
        f"{prefix}last_incomes": np.sort(office.income) / period,
        f"{prefix}curr_rates": office.rates,
    }
    cutoffs = [0, 9.7, 39.475, 84.2, 160.725, 204.1, 510.3, np.inf]
    about = []
    for i in range(n):
        income = state.inventory.coin[i] + state.escrow.coin[i] - office.coin_before[i]
        marginal = sum(
            office.rates[b] for b in range(7) if np.float32(cutoffs[b]) <= income < cutoffs[b + 1]
        )
        holdings = {
            "world-inventory-Coin": 0.01 * state.inventory.coin[i],
            "world-inventory-Stone": 0.01 * state.inventory.goods[i, STONE],
            "world-inventory-Wood": 0.01 * state.inventory.goods[i, WOOD],
            "world-loc-row": state.location[i, 0] / height,
            "world-loc-col": state.location[i, 1] / width,
        }
        workers[i] |= shared | holdings
        workers[i] |= {
            "Build-build_payment": builders.payment[i] / 10,
            "Build-build_skill": builders.skill[i],
            "Gather-bonus_gather_prob": state.parts["gather"].bonus_probability[i],
            f"{prefix}marginal_rate": marginal,
        }
        about.append(
            np.array([marginal, office.income[i] / period, office.marginal_rate[i]]
                     + [holdings[f"world-{'inventory-' * (key[0] != 'l')}{key}"]
                        for key in ABOUT[3:]])
        )  # fmt: skip
    planner |= shared
    planner |= {f"world-inventory-{good}": 0.0 for good in ("Coin", "Stone", "Wood")}
    return workers, planner, about


def slow_map(economy, state):
    """Six channels, and the owners of houses and the workers as their number plus two."""
    terrain = state.terrain
    height, width = terrain.water.shape
    channels, index = np.zeros((6, height, width)), np.zeros((2, height, width), int)
    for r in range(height):
        for c in range(width):
            source = terrain.source[r, c]
            if source == STONE:
                channels[0, r, c], channels[4, r, c] = terrain.resource[r, c], 1
            if source == WOOD:
                channels[1, r, c], channels[5, r, c] = terrain.resource[r, c], 1
            channels[2, r, c] = terrain.house[r, c] >= 0
            channels[3, r, c] = terrain.water[r, c]
            if terrain.house[r, c] >= 0:
                index[0, r, c] = terrain.house[r, c] + 2
    for i, (r, c) in enumerate(state.location):
        index[1, r, c] = i + 2
    return channels, index


def slow_windows(economy, state):
    """What each worker sees of it: the world as zeros beyond its edge, and itself as 1."""
    channels, index = slow_map(economy, state)
    reach = economy.view
    size = 2 * reach + 1
    n = economy.workers
    seen, who = np.zeros((n, 7, size, size)), np.zeros((n, 2, size, size), int)
    height, width = channels.shape[1:]
    for i, (row, column) in enumerate(state.location):
        for r in range(max(0, row - reach), min(height, row + reach + 1)):
            for c in range(max(0, column - reach), min(width, column + reach + 1)):
                at = (slice(None), r - row + reach, c - column + reach)
                seen[i][at] = [*channels[:, r, c], 1]
                who[i][at] = [1 if value == i + 2 else value for value in index[:, r, c]]
    return seen, who


def check_original_layout(economy, state, observation):
    state = jax.tree.map(np.asarray, state)
    n = economy.workers
    workers, planner, about = slow_fields(economy, state)

    def flat(fields):
        return np.concatenate([np.ravel(fields[key]) for key in sorted(fields)])

    shown = observation["worker"]
    np.testing.assert_allclose(shown["flat"], [flat(fields) for fields in workers], rtol=1e-5)
    np.testing.assert_allclose(observation["planner"]["flat"], [flat(planner)], rtol=1e-5)
    for i in range(n):
        np.testing.assert_allclose(observation["planner"][f"p{i}"], [about[i]], rtol=1e-5)
    np.testing.assert_allclose(shown["time"], np.full((n, 1), state.step / economy.horizon))
    seen, who = slow_windows(economy, state)
    np.testing.assert_array_equal(shown["world-map"], seen)
    np.testing.assert_array_equal(shown["world-idx_map"], who)
    channels, index = slow_map(economy, state)
    np.testing.assert_array_equal(observation["planner"]["world-map"][0], channels)
    np.testing.assert_array_equal(observation["planner"]["world-idx_map"][0], index)
    return workers, planner


def test_the_originals_layout_by_hand(original_by_hand):
    """Every field at its published place, with a value of its own."""
    play = original_by_hand
    state, timestep = play.start([(0, 0), (1, 4), (5, 6), (4, 1)], rank=[3, 1, 0, 2],
                                 bonus_probability=[0.1, 0.2, 0.3, 0.4])  # fmt: skip
    state = endow(state, coin=[30, 25, 44, 60.5], stone=[2, 1, 3, 4], wood=[3, 2, 0, 5])
    state, _ = play.step(state, {0: {"move": RIGHT}, 1: {"build": 1}}, planner=[4] * 7)
    trade = {0: {"sell_stone": 2}, 2: {"buy_stone": 3}, 3: {"sell_wood": 7}, 1: {"buy_wood": 5}}
    state, _ = play.step(state, trade)
    state, _ = play.step(state, {0: {"buy_stone": 1}, 3: {"sell_wood": 8}, 1: {"buy_wood": 7}})
    for _ in range(2):
        state, _ = play.step(state)
    levels = [3, 4, 5, 6, 7, 8, 9]
    state, _ = play.step(state, {2: {"sell_stone": 9}, 3: {"buy_wood": 0}}, planner=levels)
    state, timestep = play.step(state, {3: {"build": 1}})
    workers, planner = check_original_layout(play.economy, state, timestep.observation)

    shown = timestep.observation["worker"]["flat"]
    assert shown.shape == (4, 136) and set(workers[0]) == set(WORKER)
    for key, (first, end) in WORKER.items():
        expected = np.stack([np.ravel(fields[key]) for fields in workers])
        np.testing.assert_allclose(shown[:, first:end], expected, rtol=1e-5, err_msg=key)
    shown = timestep.observation["planner"]["flat"]
    assert shown.shape == (1, 86) and set(planner) == set(PLANNER)
    for key, (first, end) in PLANNER.items():
        expected = np.ravel(planner[key])
        np.testing.assert_allclose(shown[0, first:end], expected, rtol=1e-5, err_msg=key)

    # Some of it in plain numbers.
    flat = np.asarray(timestep.observation["worker"]["flat"])
    np.testing.assert_allclose(flat[:, 0], [2.5, 1.2, 0.8, 1.6])
    np.testing.assert_allclose(flat[:, 114], [0.1, 0.2, 0.3, 0.4])
    np.testing.assert_allclose(flat[0, 115:122], [0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4], rtol=1e-6)
    np.testing.assert_allclose(flat[:, [122, 123, 129, 130]], [[0, 0, 3 / 5, 7 / 20]] * 4)
    assert flat[0, 2 + 9] == 1 and flat[2, 2 + 9] == 0, "an ask of one's own is not available"
    assert flat[2, 48 + 9] == 1 and flat[0, 48 + 9] == 0, "but it is mine"
    np.testing.assert_allclose(flat[:, 134], [1 / 7, 4 / 7, 6 / 7, 1 / 7])
    np.testing.assert_allclose(flat[:, 135], [0, 1 / 6, 5 / 6, 4 / 6])
    index = np.asarray(timestep.observation["worker"]["world-idx_map"])
    assert index.dtype == np.int16
    assert index[1, 0, 2, 2] == index[1, 1, 2, 2] == 1, "own house, oneself"
    assert index[3, 0, 2, 2] == 1
    inside = np.asarray(timestep.observation["worker"]["world-map"])[0, 6]
    assert inside[:2].sum() == 0 and inside[:, 0].sum() == 0 and inside[2:, 1:].all()
    np.testing.assert_array_equal(timestep.observation["planner"]["world-idx_map"][0, 0, 1, 4], 3)
    assert set(timestep.observation["worker"]) == {
        "world-map", "world-idx_map", "time", "flat", "action_mask",
    }  # fmt: skip
    assert set(timestep.observation["planner"]) == {
        "world-map", "world-idx_map", "time", "flat", "action_mask", "p0", "p1", "p2", "p3",
    }  # fmt: skip


def test_the_originals_layout_in_reached_states(several_rollouts):
    states, timesteps = several_rollouts.some_states(20)
    for i in range(20):
        one, shown = jax.tree.map(lambda leaf, i=i: leaf[i], (states, timesteps.observation))
        check_original_layout(several_rollouts.economy, one, shown)


@pytest.mark.parametrize(
    ("options", "worker", "planner", "about"),
    [
        ({}, 136, 86, 6),
        ({"planner_sees_map": True}, 136, 86, 8),
        ({"workers": 9, "build": {"skills": "equal"}}, 141, 91, 6),
        ({"components": ("build", AUCTION, "gather"), "periodic_bracket_tax": {}}, 121, 0, 0),
        ({"continuous_double_auction": {"max_price": 4}}, 76, 50, 6),
        ({"periodic_bracket_tax": {"period": 5, "spacing": "linear"}}, 134, 84, 6),
    ],
)
def test_lengths_of_the_originals_layout(options, worker, planner, about):
    """By fields: 10 (P + 1) + B + n + 15 for a worker, 6 (P + 1) + B + n + 9 for the planner."""
    economy = small_economy(
        **({"compatibility": "foundation", "observation": "foundation"} | options)
    )
    assert economy.roles["worker"].observation["flat"].shape == (worker,)
    if planner:
        shown = economy.roles["planner"].observation
        assert shown["flat"].shape == (planner,)
        for i in range(economy.workers):
            assert shown[f"p{i}"].shape == (about,)
        assert ("world-map" in shown) == economy.planner_sees_map
    else:
        assert list(economy.roles) == ["worker"]
