"""Options of the original's observation: the whole map, fields of their own, raw amounts."""

import jax.numpy as jnp
import numpy as np
import pytest

import solon

from .by_hand import RIGHT, ByHand, endow, quick, small_economy

TAX = "periodic-bracket-tax"
PLACES = [(5, 0), (5, 2), (5, 4), (2, 3)]
ORIGINAL = {
    "observation": "foundation",
    "compatibility": "foundation",
    "several_actions": False,
    "periodic_bracket_tax": {"period": 5, "set_by": "levels"},
}
OPTIONS = {
    "usual": {"planner_sees_map": True},
    "whole map": {"planner_sees_map": True, "workers_see_map": True},
    "fields": {"planner_sees_map": True, "flatten_observations": False},
    "masks": {"flatten_masks": False},
    "raw": {"scale_observations": False, "flatten_observations": False},
}


@pytest.fixture(scope="module")
def shown():
    """What is shown after the same three steps with each set of options."""
    play = ByHand(small_economy(**ORIGINAL, **OPTIONS["usual"]))
    state, _ = play.start(PLACES)
    state = endow(state, coin=[20, 30, 40, 50], stone=[2, 1, 0, 3], wood=[1, 1, 2, 0])
    for actions in (
        {0: {"sell_stone": 4}, 1: {"buy_stone": 6}, 3: {"build": 1}},
        {2: {"build": 1}, 1: {"build": 1}, 3: {"sell_stone": 7}},
        {0: {"move": RIGHT}, 2: {"buy_wood": 3}},
    ):
        state, _ = play.step(state, actions)
    result = {}
    for name, options in OPTIONS.items():
        economy = small_economy(**ORIGINAL, **options)
        seen = quick(lambda now, of=economy: of._timestep(now, of.no_reward()).observation)
        result[name] = economy, state, seen(state)
    return result


def test_workers_who_see_the_whole_map(shown):
    """They do not see their place, and the planner loses what they own and where they are."""
    _, state, usual = shown["usual"]
    _, _, whole = shown["whole map"]
    planner_map = np.asarray(usual["planner"]["world-map"])[0]
    index = np.asarray(usual["planner"]["world-idx_map"])[0]
    assert whole["worker"]["world-map"].shape == (4, 6, 6, 7)
    for worker in range(4):
        np.testing.assert_array_equal(whole["worker"]["world-map"][worker], planner_map)
        own = np.where(index == worker + 2, 1, index)
        np.testing.assert_array_equal(whole["worker"]["world-idx_map"][worker], own)
        assert own[1][tuple(state.location[worker])] == 1
    # The place is what comes last in `flat`.
    np.testing.assert_array_equal(whole["worker"]["flat"], usual["worker"]["flat"][:, :-2])
    for worker in range(4):
        mine = usual["planner"][f"p{worker}"][:, :3]
        np.testing.assert_array_equal(whole["planner"][f"p{worker}"], mine)
    for field in ("world-map", "world-idx_map", "flat"):
        np.testing.assert_array_equal(whole["planner"][field], usual["planner"][field])


def test_fields_of_their_own_are_what_is_put_together_otherwise(shown):
    """In the order of their names they make up `flat`; the rest is the same."""
    usual, fields = shown["usual"][2], shown["fields"][2]
    for role in ("worker", "planner"):
        kept = {"world-map", "world-idx_map", "action_mask"}
        own = {name for name in fields[role] if "/" not in name} - kept
        columns = [np.asarray(fields[role][name]) for name in sorted(own)]
        columns = [column if column.ndim == 2 else column[:, None] for column in columns]
        np.testing.assert_array_equal(np.concatenate(columns, axis=1), usual[role]["flat"])
        for name in kept:
            np.testing.assert_array_equal(fields[role][name], usual[role][name])
    assert fields["worker"]["Build-build_payment"].shape == (4,)
    assert fields["worker"]["ContinuousDoubleAuction-my_asks-Stone"].shape == (4, 11)
    for worker in range(4):
        own = sorted(name for name in fields["planner"] if name.startswith(f"p{worker}/"))
        block = np.concatenate([np.ravel(fields["planner"][name]) for name in own])
        np.testing.assert_array_equal(block, usual["planner"][f"p{worker}"][0])
        assert f"p{worker}/PeriodicBracketTax-last_income" in own
    assert "flat" not in fields["worker"] and "p0" not in fields["planner"]


def test_masks_of_their_own_are_the_flat_one_without_doing_nothing(shown):
    usual, own = shown["usual"][2], shown["masks"][2]
    names = ("build", "buy_stone", "sell_stone", "buy_wood", "sell_wood", "move")
    parts = [own["worker"][f"action_mask/{name}"] for name in names]
    np.testing.assert_array_equal(
        np.concatenate(parts, axis=1), usual["worker"]["action_mask"][:, 1:]
    )
    flat = np.asarray(usual["planner"]["action_mask"]).reshape(1, 7, 22)[..., 1:]
    for bracket in range(7):
        np.testing.assert_array_equal(
            own["planner"][f"action_mask/rate_{bracket}"], flat[:, bracket]
        )
    assert "action_mask" not in own["worker"] and "action_mask" not in own["planner"]


def test_raw_amounts(shown):
    """Inventories, traded units and time are not scaled, everything else is as before."""
    fields, (_, state, raw) = shown["fields"][2], shown["raw"]
    assert set(raw["worker"]) == set(fields["worker"])
    for role in ("worker", "planner"):
        for name, value in raw[role].items():
            scaled = "inventory" in name or "price_history" in name
            factor = 100 if scaled else 20 if name == "time" else 1
            if name in fields[role]:
                np.testing.assert_allclose(value, factor * fields[role][name], rtol=1e-5)
    np.testing.assert_allclose(raw["worker"]["world-inventory-Coin"], state.inventory.coin)
    assert raw["worker"]["time"].tolist() == [3.0] * 4


def test_layouts_without_water_have_no_channel_for_it():
    channels = {}
    for kind in ("uniform", "quadrant", "multi-zone"):
        economy = solon.make(
            "gather-trade-build", layout={"kind": kind}, **ORIGINAL, planner_sees_map=True
        )
        worker, planner = (
            economy.roles[role].observation["world-map"].shape for role in ("worker", "planner")
        )
        channels[kind] = worker[0], planner[0]
        assert worker[1:] == (11, 11) and planner[1:] == (25, 25)
    assert channels == {"uniform": (6, 5), "quadrant": (7, 6), "multi-zone": (6, 5)}


def test_without_a_tax_nothing_is_left_of_the_planners_view():
    """Who is not there sees nothing; the workers' fields of the tax are gone."""
    economy = small_economy(
        **{**ORIGINAL, "periodic_bracket_tax": {}, "continuous_double_auction": {}},
        components=("build", "gather"),
    )
    assert list(economy.roles) == ["worker"]
    assert economy.roles["worker"].observation["flat"].shape == (9,)


def test_whole_numbers_of_the_original():
    """It cuts payments and multipliers down; with ranks they are those of the cut ones."""
    options = {"build": {"skills": "ranked", "payment": 12.7, "max_skill_multiplier": 3.9}}
    cut = small_economy(compatibility="foundation", **options).default_params().parts["build"]
    assert (float(cut.payment), float(cut.max_skill_multiplier)) == (12.0, 3.0)
    np.testing.assert_allclose(cut.ranked_payments[0], 1.2 * 11.331640623590097, rtol=1e-6)
    exact = small_economy(**options).default_params().parts["build"]
    np.testing.assert_allclose([exact.payment, exact.max_skill_multiplier], [12.7, 3.9], rtol=1e-6)


def test_as_many_orders_as_steps_that_they_live():
    """The original's limit. An order lives a step longer: every thirteenth is one too many."""
    economy = small_economy(
        continuous_double_auction={"order_duration": 12, "max_orders": 12},
        periodic_bracket_tax={"period": 20},
    )
    play = ByHand(economy)
    state, _ = play.start(PLACES)
    for step in range(1, 15):
        state, timestep = play.step(state, {0: {"buy_wood": 1}})
        orders = step if step <= 12 else 11
        side = state.parts["continuous-double-auction"].side
        assert int((side[1, 0] > 0).sum()) == orders
        assert float(state.escrow.coin[0]) == orders
        # Where all slots are taken a mask says so, until the oldest order comes back.
        assert bool(timestep.observation["worker"]["action_mask"][0, 27]) == (orders < 12)
    assert float(state.labor[0]) == 13 * 0.25


def test_logarithmic_utility_where_the_original_fails():
    economy = small_economy()
    params = economy.default_params()
    ones = jnp.ones(())
    state, _ = quick(economy.start)(
        ByHand(economy).world(PLACES), type(params)(**{**vars(params), "risk_aversion": ones})
    )
    np.testing.assert_allclose(state.utility, np.log(20.0), rtol=1e-6)
