"""Periods, who sets rates when, what income is, what is due, what is paid and who gets it."""

import dataclasses

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from solon.economies.mechanisms.periodic_bracket_tax import PeriodicBracketTax

from .by_hand import ByHand, endow, quick, small_economy, with_params

APART = [(5, 0), (5, 2), (5, 4), (2, 3)]
NAME = "periodic-bracket-tax"
US_RATES = [0.10, 0.12, 0.22, 0.24, 0.32, 0.35, 0.37]
US_CUTOFFS = [0, 9.7, 39.475, 84.2, 160.725, 204.1, 510.3]

# income -> (tax due, marginal rate), under the published US federal brackets.
GOLDEN = {
    -5: (0, 0), 0: (0, 0.10), 5: (0.5, 0.10), 9.7: (0.97, 0.12), 50: (6.8585, 0.22),
    100: (18.1745, 0.24), 200: (45.3165, 0.32), 510.3: (153.7985, 0.37), 600: (186.9875, 0.37),
}  # fmt: skip


def office(state):
    return state.parts[NAME]


def flat(rate):
    return [rate] * 7


def earn(state, amounts):
    """Coin that the tax sees as income."""
    coin = state.inventory.coin + jnp.asarray(amounts, float)
    return dataclasses.replace(state, inventory=dataclasses.replace(state.inventory, coin=coin))


def at_tax_day(by_hand, incomes, *, rates=None, **start):
    """The state before the last step of the first period, after which `incomes` are taxed."""
    state, _ = by_hand.start(APART, **start)
    state, _ = by_hand.step(state, planner=rates or flat(0.0))
    state = by_hand.same_step_for_all(state, 3)
    return earn(state, incomes)


def test_rates_are_set_on_first_days_and_taxes_collected_on_last_ones(by_hand):
    state, timestep = by_hand.start(APART)
    expected_rate = 0.0
    for step in range(1, 16):
        position = (step - 1) % 5 + 1
        shown = timestep.observation["planner"]
        assert bool(timestep.acting["planner"][0]) == (position == 1) == bool(shown["is_first_day"])
        assert bool(timestep.acting["worker"].all())
        assert bool(shown["is_tax_day"][0]) == (position == 5)
        np.testing.assert_allclose(shown["tax_phase"], [position / 5])
        np.testing.assert_allclose(shown["curr_rates"], [flat(expected_rate)], rtol=1e-6)
        for field in ("is_first_day", "is_tax_day", "tax_phase"):
            np.testing.assert_array_equal(
                timestep.observation["worker"][field], np.repeat(shown[field], 4)
            )
        # What the planner hands over on other days is ignored.
        offered = 0.04 * step
        if position == 1:
            expected_rate = offered
        before = office(state).total_paid
        state, timestep = by_hand.step(earn(state, [10, 0, 0, 0]), planner=flat(offered))
        np.testing.assert_allclose(office(state).rates, flat(expected_rate), rtol=1e-6)
        paid = np.asarray(office(state).total_paid - before)
        np.testing.assert_allclose(paid[0], 50 * expected_rate if position == 5 else 0, rtol=1e-5)
        np.testing.assert_allclose(paid[1:], 0)
        assert office(state).periods == step // 5


@pytest.mark.parametrize("first", [0, 3, 5])
def test_golden_numbers_of_the_us_federal_brackets(by_hand, first):
    incomes = list(GOLDEN)[first : first + 4]
    state = at_tax_day(by_hand, incomes, rates=US_RATES)
    before = np.asarray(state.coin, float)
    state, timestep = by_hand.step(state)
    due = np.array([GOLDEN[income][0] for income in incomes])
    np.testing.assert_allclose(office(state).income, incomes, rtol=1e-5)
    np.testing.assert_allclose(office(state).paid, due, rtol=2e-5, atol=1e-5)
    np.testing.assert_allclose(office(state).transfer, due.mean(), rtol=2e-5)
    np.testing.assert_allclose(state.coin, before - due + due.mean(), rtol=1e-5)
    if 9.7 not in incomes and 510.3 not in incomes:  # not on an edge, in 32 bits
        marginal = [GOLDEN[income][1] for income in incomes]
        np.testing.assert_allclose(office(state).marginal_rate, marginal, rtol=1e-6)
    total_income = np.maximum(incomes, 0).sum()
    np.testing.assert_allclose(timestep.metrics["tax/collected"], due.sum(), rtol=1e-5)
    np.testing.assert_allclose(
        timestep.metrics["tax/average_rate"], due.sum() / total_income, rtol=1e-5
    )
    for bracket, rate in enumerate(US_RATES):
        np.testing.assert_allclose(timestep.metrics[f"tax/rate/{bracket}"], rate, rtol=1e-6)


def test_an_income_on_an_edge_is_in_the_bracket_above(by_hand):
    """With edges that are whole numbers, which floats hold exactly."""
    params = with_params(by_hand.economy, parts={NAME: {"cutoffs": [0, 10, 20, 30, 40, 50, 60]}})
    rates = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7]
    state = at_tax_day(by_hand, [10, 9, 60, -1], rates=rates, params=params)
    state, timestep = by_hand.step(state)
    np.testing.assert_allclose(office(state).marginal_rate, [0.2, 0.1, 0.7, 0.0])
    np.testing.assert_allclose(office(state).paid, [1, 0.9, 21, 0], rtol=1e-6)
    occupied = [float(timestep.metrics[f"tax/occupancy/{b}"]) for b in range(7)]
    assert occupied == [0.5, 0.25, 0, 0, 0, 0, 0.25], "a loss counts in the lowest bracket"


def test_escrow_counts_as_income_but_is_out_of_reach(by_hand):
    state, _ = by_hand.start(APART)
    state, _ = by_hand.step(state, planner=flat(1.0))
    state = by_hand.same_step_for_all(state, 2)
    state = earn(state, [30, 30, 0, 0])
    # The first worker binds 35 of his 50 coin in bids for things that nobody sells.
    state, _ = by_hand.step(state, {0: {"buy_stone": 10, "buy_wood": 5}})
    state, timestep = by_hand.step(state, {0: {"buy_stone": 10, "buy_wood": 10}})
    assert timestep.observation["worker"]["is_first_day"].all()
    assert state.escrow.coin[0] == 35
    np.testing.assert_allclose(office(state).income, [30, 30, 0, 0])
    np.testing.assert_allclose(office(state).paid, [15, 30, 0, 0])
    np.testing.assert_allclose(office(state).transfer, 45 / 4)
    np.testing.assert_allclose(state.inventory.coin, [11.25, 31.25, 31.25, 31.25])
    # What comes back from expired orders was his all along: it is no income.
    state = by_hand.same_step_for_all(state, 5)
    np.testing.assert_allclose(office(state).income, 0, atol=1e-5)


def test_purchases_reduce_income_and_losses_are_not_carried_forward(by_hand):
    state, _ = by_hand.start(APART)
    state = endow(state, stone=[0, 1, 0, 0])
    trade = {0: {"buy_stone": 9}, 1: {"sell_stone": 9}}
    state, _ = by_hand.step(state, trade, planner=flat(0.5))
    state = by_hand.same_step_for_all(state, 3)
    state, _ = by_hand.step(state)
    np.testing.assert_allclose(office(state).income, [-9, 9, 0, 0])
    np.testing.assert_allclose(office(state).paid, [0, 4.5, 0, 0])
    np.testing.assert_allclose(state.coin, np.array([11, 24.5, 20, 20]) + 4.5 / 4)
    state, _ = by_hand.step(earn(state, [9, 0, 0, 0]), planner=flat(0.5))
    state = by_hand.same_step_for_all(state, 4)
    np.testing.assert_allclose(office(state).income, [9, 0, 0, 0], atol=1e-5)
    np.testing.assert_allclose(office(state).paid, [4.5, 0, 0, 0], rtol=1e-5)
    np.testing.assert_allclose(office(state).total_income, [9, 9, 0, 0], rtol=1e-5)
    np.testing.assert_allclose(office(state).total_paid, [4.5, 4.5, 0, 0], rtol=1e-5)
    np.testing.assert_allclose(office(state).total_transfer, 2 * 4.5 / 4, rtol=1e-5)


def test_starting_coin_and_lump_sums_are_not_income(by_hand):
    state = at_tax_day(by_hand, [40, 0, 0, 0], rates=flat(1.0))
    state, _ = by_hand.step(state)
    np.testing.assert_allclose(state.coin, [30, 30, 30, 30])
    state, timestep = by_hand.step(state, planner=flat(1.0))
    np.testing.assert_allclose(timestep.observation["worker"]["marginal_rate"], 1.0)
    state = by_hand.same_step_for_all(state, 4)
    np.testing.assert_allclose(office(state).income, 0)
    np.testing.assert_allclose(state.coin, 30)


def test_marginal_rate_shown_is_that_of_income_so_far(by_hand):
    state, _ = by_hand.start(APART)
    state, _ = by_hand.step(state, planner=US_RATES)
    # An order binds coin, but it is still one's own.
    state, timestep = by_hand.step(earn(state, [5, 100, -1, 700]), {1: {"buy_wood": 10}})
    shown = timestep.observation["worker"]["marginal_rate"]
    np.testing.assert_allclose(shown, [0.10, 0.24, 0, 0.37], rtol=1e-6)
    np.testing.assert_allclose(timestep.metrics["tax/collected"], 0)


@pytest.mark.parametrize(("cap", "expected"), [(0.3, 0.3), (1.0, 0.9), (0.0, 0.0)])
def test_the_cap_holds_rates_down(by_hand, cap, expected):
    params = with_params(by_hand.economy, parts={NAME: {"rate_cap": cap}})
    state, _ = by_hand.start(APART, params=params)
    state, _ = by_hand.step(state, planner=[0.9, 0.05, 0.9, 0.9, 0.9, 0.9, 0.9])
    np.testing.assert_allclose(office(state).rates[0], expected, rtol=1e-6)
    np.testing.assert_allclose(office(state).rates[1], min(0.05, cap), rtol=1e-6)


@pytest.mark.parametrize(("compatibility", "expected"), [(None, 0.3), ("foundation", 0.9)])
def test_a_masked_level_is_lowered_to_the_cap_but_not_in_the_original(compatibility, expected):
    economy = small_economy(
        compatibility=compatibility, periodic_bracket_tax={"period": 5, "set_by": "levels"}
    )
    play = ByHand(economy)
    params = with_params(economy, parts={NAME: {"rate_cap": 0.3}})
    state, timestep = play.start(APART, params=params)
    mask = timestep.observation["planner"]["action_mask"][0, :22]
    assert mask.tolist() == [True] * 8 + [False] * 14
    state, _ = play.step(state, planner=[19] * 7)
    np.testing.assert_allclose(office(state).rates, expected, rtol=1e-6)


def test_rates_stay_within_their_range():
    economy = small_economy(periodic_bracket_tax={"rate_min": 0.2, "rate_max": 0.6, "period": 5})
    tax = economy.component(NAME)
    state, timestep = quick(economy.start)(ByHand(economy).world(APART), economy.default_params())
    np.testing.assert_allclose(timestep.observation["planner"]["curr_rates"], 0.2)
    assert (economy.roles["planner"].action.low, economy.roles["planner"].action.high) == (0.2, 0.6)
    step = quick(lambda rates: tax.step(economy, state, {"planner": {"rates": rates}}, ()))
    rates = step(jnp.array([[0, 0.1, 0.2, 0.4, 0.6, 0.7, 1.0]])).parts[NAME].rates
    np.testing.assert_allclose(rates, [0.2, 0.2, 0.2, 0.4, 0.6, 0.6, 0.6], rtol=1e-6)


def test_levels_and_rates_are_two_ways_to_say_the_same(original_by_hand, by_hand):
    """Level k is the k-th rate of the grid from 0 in steps of 5 percent, and 0 keeps a rate."""
    levels, rates = [3, 5, 7, 1, 21, 13, 15], [0.1, 0.2, 0.3, 0.0, 1.0, 0.6, 0.7]
    coin = {}
    for play, chosen, later in (
        (by_hand, rates, [0.1, 0.9, 0.3, 0.0, 0.45, 0.6, 0.7]),
        (original_by_hand, levels, [0, 19, 0, 0, 10, 0, 0]),
    ):
        state, _ = play.start(APART)
        state, _ = play.step(state, planner=chosen)
        state = earn(state, [600, 90, 20, -3])
        state = play.same_step_for_all(state, 4)
        np.testing.assert_allclose(office(state).rates, rates, rtol=1e-6)
        np.testing.assert_allclose(office(state).income, [600, 90, 20, -3], rtol=1e-5)
        state, _ = play.step(state, planner=later)
        np.testing.assert_allclose(
            office(state).rates, [0.1, 0.9, 0.3, 0, 0.45, 0.6, 0.7], rtol=1e-6
        )
        state = play.same_step_for_all(earn(state, [0, 30, 10, 7]), 4, planner=[1] * 7)
        coin[play] = np.asarray(state.coin)
    np.testing.assert_allclose(coin[by_hand], coin[original_by_hand], rtol=1e-5)


def test_levels_handed_over_on_other_days_are_ignored(original_by_hand):
    state, _ = original_by_hand.start(APART)
    for step in range(1, 7):
        state, _ = original_by_hand.step(state, planner=[step + 1] * 7)
        np.testing.assert_allclose(office(state).rates, 0.05 * (1 if step < 6 else 6), rtol=1e-6)


@pytest.mark.parametrize(
    ("options", "edges"),
    [
        ({}, US_CUTOFFS),
        ({"usd_scaling": 500.0}, [2 * c for c in US_CUTOFFS]),
        ({"spacing": "linear"}, [0, 25, 50, 75, 100]),
        ({"spacing": "log"}, [0, 12.5, 25, 50, 100]),
        ({"spacing": "linear", "brackets": 3, "top_cutoff": 50.0}, [0, 25, 50]),
        ({"cutoffs": (0.0, 7.5)}, [0, 7.5]),
    ],
)
def test_brackets(options, edges):
    economy = small_economy(periodic_bracket_tax={"period": 5} | options)
    np.testing.assert_allclose(economy.component(NAME).edges, edges, rtol=1e-12)
    np.testing.assert_allclose(economy.default_params().parts[NAME].cutoffs, edges, rtol=1e-6)
    assert economy.roles["planner"].action.shape == (len(edges),)


def test_rates_before_the_first_ones_are_set(by_hand):
    params = with_params(by_hand.economy, parts={NAME: {"initial_rates": US_RATES}})
    _, timestep = by_hand.start(APART, params=params)
    np.testing.assert_allclose(timestep.observation["planner"]["curr_rates"], [US_RATES], rtol=1e-6)
    np.testing.assert_allclose(timestep.observation["worker"]["marginal_rate"], 0.1, rtol=1e-6)


def test_only_the_original_shows_rates_of_an_earlier_episode(by_hand, original_by_hand):
    """Until the first are set. What a coin more is taxed at is shown at the rates in force."""
    stale = {NAME: {"initial_rates": [0.2] * 7, "stale_rates": [0.7] * 7}}
    shown = {}
    for play in (by_hand, original_by_hand):
        params = with_params(play.economy, parts=stale)
        state, _ = play.start(APART, params=params)
        first = play.economy.component(NAME).observe(play.economy, state)["worker"]
        np.testing.assert_allclose(first["marginal_rate"], 0.2, rtol=1e-6)
        after, _ = play.step(state)
        later = play.economy.component(NAME).observe(play.economy, after)["worker"]
        np.testing.assert_array_equal(later["curr_rates"][0], after.parts[NAME].rates)
        shown[play.economy.compatibility] = first["curr_rates"]
    np.testing.assert_allclose(shown[None], 0.2, rtol=1e-6)
    np.testing.assert_allclose(shown["foundation"], 0.7, rtol=1e-6)


def test_last_incomes_are_shown_sorted_and_a_step(original_by_hand):
    state, _ = original_by_hand.start(APART)
    state = original_by_hand.same_step_for_all(state, 4)
    _, timestep = original_by_hand.step(earn(state, [40, -5, 100, 0]))
    np.testing.assert_allclose(timestep.observation["worker"]["flat"][1, 124:128], [-1, 0, 8, 20])
    np.testing.assert_allclose(timestep.observation["planner"]["flat"][0, 77:81], [-1, 0, 8, 20])


def test_poorest_and_richest_by_what_they_own(by_hand):
    state = at_tax_day(by_hand, [100, 10, 0, 30], rates=US_RATES)
    _, timestep = by_hand.step(state)
    np.testing.assert_allclose(
        timestep.metrics["tax/average_rate_richest"], GOLDEN[100][0] / 100, rtol=1e-5
    )
    np.testing.assert_allclose(timestep.metrics["tax/average_rate_poorest"], 0)
    each = [GOLDEN[100][0] / 100, (0.97 + 0.3 * 0.12) / 10, 0, (0.97 + 20.3 * 0.12) / 30]
    np.testing.assert_allclose(timestep.metrics["tax/effective_rate"], np.mean(each), rtol=1e-5)


def test_a_period_of_one_step_sets_and_collects_in_it():
    tax = PeriodicBracketTax(period=1, cutoffs=(0.0, 10.0))
    base = small_economy()
    parts = tuple(tax if part.name == NAME else part for part in base.components)
    economy = dataclasses.replace(base, components=parts)
    state, _ = quick(economy.start)(ByHand(economy).world(APART), economy.default_params())
    step = quick(lambda state, rates: tax.step(economy, state, {"planner": {"rates": rates}}, ()))
    for rate in (0.5, 0.25):
        state = step(earn(state, [20, 0, 0, 0]), jnp.array([[0.0, rate]]))
        np.testing.assert_allclose(office(state).paid, [10 * rate, 0, 0, 0])
        assert office(state).position == 1


def test_gradients_with_respect_to_rates(by_hand):
    """Revenue grows by the income in a bracket when its rate does."""
    economy = by_hand.economy
    tax = economy.component(NAME)
    state = at_tax_day(by_hand, [20, 5, 0, 0])
    state = dataclasses.replace(
        state,
        parts=state.parts | {NAME: dataclasses.replace(office(state), rates=jnp.array(US_RATES))},
    )

    def revenue(rates):
        parts = state.parts | {NAME: dataclasses.replace(office(state), rates=rates)}
        after = tax.step(
            economy,
            dataclasses.replace(state, parts=parts),
            {"planner": {"rates": rates[None]}},
            (),
        )
        return jnp.sum(after.parts[NAME].paid)

    slope = quick(jax.grad(revenue))(jnp.array(US_RATES))
    np.testing.assert_allclose(slope, [9.7 + 5, 20 - 9.7, 0, 0, 0, 0, 0], rtol=1e-5)


def test_what_is_due_is_known_before_it_is_taken(by_hand):
    """The potential is what the tax day will do to utility, and nothing after it."""
    rates = [0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5]
    before = at_tax_day(by_hand, [40.0, 0.0, 20.0, 0.0], rates=rates)
    known = by_hand.economy.potential(before)["worker"]
    coin = np.asarray(before.coin, float)
    due = 0.5 * np.array([40.0, 0.0, 20.0, 0.0])
    eta = float(before.params.risk_aversion)

    def worth(amount):
        return (amount ** (1 - eta) - 1) / (1 - eta)

    np.testing.assert_allclose(known, worth(coin - due + due.mean()) - worth(coin), rtol=1e-4)
    after = by_hand.same_step_for_all(before, 1)
    np.testing.assert_allclose(by_hand.economy.potential(after)["worker"], np.zeros(4), atol=1e-5)
    shown = by_hand.economy.fields(before)["worker"]
    np.testing.assert_allclose(shown["tax_due"], 0.01 * due, rtol=1e-5)
    np.testing.assert_allclose(shown["transfer_due"], np.full(4, 0.01 * due.mean()), rtol=1e-5)
