"""The business cycle: a step worked out by hand, and what each rule does alone."""

import dataclasses

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import solon
from solon.economies.business_cycle import BusinessCycle, FlatTaxes, Production
from tests.economies.business_cycle.steps import (
    consumers,
    params_of,
    posted,
    state_of,
    stepped,
    taxed,
)


def small(**options):
    """Three consumers and two firms."""
    own = {"capital": [5000, 10_000], "labor_exponents": [0.2, 0.6]}
    own |= options.pop("production", {})
    given = {"consumers": 3, "firms": 2, "relative_disutility": [1, 0.8, 0.5]} | options
    return solon.make("business-cycle", **given, production=own)


def golden(env):
    """The state and the actions of the step that was worked out by hand."""
    params = params_of(env)
    firms = {"price": [500, 1000], "wage": [22, 11], "inventory": [3, 150]}
    firms |= {"budget": [1000, -500_000]}
    state = state_of(
        env, params, step=3, own=[2000, 12_000, 5000], rates=[0.2, 0.4], **firms
    )  # fmt: skip
    actions = {
        "consumer": consumers([[5, 3], [4, 6], [0, 1]], [2, 4, 1], [0, 1, 1]),
        "firm": posted(env, (1500, 33), (0, 44)),
        "government": taxed(env, 0.6, 0.0),
    }
    return state, actions


def near(found, wanted, digits=6):
    np.testing.assert_allclose(np.asarray(found), wanted, rtol=0, atol=0.51 * 10.0**-digits)


def test_a_step_by_hand(float64):
    env = small()
    state, actions = golden(env)
    after, shown = stepped(env, state, actions)
    near(shown.reward["consumer"], [-0.649184, 3.062689, 0.312296])
    near(shown.reward["firm"], [-9940, 50647.090909])
    near(shown.reward["government"], [104.493527])
    near(after.budget, [22563.26, 27091.669091, 19258.919091])
    firms = after.firms
    near(firms.budget, [-8940, -449352.909091])
    near(firms.capital, [5000, 19379.090909])
    near(firms.inventory, [31.796306, 71.310356])
    assert firms.price.tolist() == [1500, 0] and firms.wage.tolist() == [33, 44]
    assert firms.short.tolist() == [True, False]
    near(after.rates, [0.6, 0])
    assert int(after.step) == 4 and not shown.terminated
    totals = after.totals
    near(totals.hours, 520 + 1040 + 260)
    near(totals.consumption, 3 + 8.090909)
    near(totals.home_sales, 1500 + 8090.909091)
    near(totals.export_sales, 100_000)
    near(totals.investment, 9379.090909)
    near(totals.output, 31.796306 + 29.401265)
    near(totals.tax_revenue, 38912.727273)
    near(shown.metrics["welfare"], 104.493527)
    near(shown.metrics["consumer_utility"], 2.7258)
    near(shown.metrics["firms_in_debt"], 1)


def test_the_government_may_care_for_consumers_alone(float64):
    env = small(government_objective="consumers")
    _, shown = stepped(env, *golden(env))
    near(shown.reward["government"], [2.7258])


def test_what_production_makes_of_labor(float64):
    env = solon.make("business-cycle")
    part, own = env.component("production"), env.default_params().parts["production"]
    assert own["capital"].tolist() == [5000] * 5 + [10_000] * 5
    near(own["labor_exponent"], [0.2, 0.3, 0.4, 0.6, 0.8] * 2)
    made = jax.vmap(lambda labor: part.made(own, own["capital"], jnp.full(10, labor)))
    table = made(jnp.asarray([0.0, 1040.0, 10_400.0, 104_000.0]))
    near(table[0], np.zeros(10))
    near(table[1:, 0], [36.524365, 57.887217, 91.745056])
    near(table[1:, 3], [19.489828, 77.590403, 308.892956])
    near(table[1:, 4], [14.237072, 89.829850, 566.788033])
    near(table[1:, 5], [63.592613, 100.787499, 159.737421])
    near(table[1:, 9], [16.354101, 103.187400, 651.068481])
    floor = own | {"labor_floor": jnp.asarray(2000.0)}
    near(part.made(floor, own["capital"], jnp.full(10, 1999.0)), np.zeros(10))


def test_the_usual_start(float64):
    env = solon.make("business-cycle")
    state, shown = env.reset(jax.random.key(0), env.default_params())
    assert {name: role.count for name, role in env.roles.items()} == {
        "consumer": 100, "firm": 10, "government": 1,
    }  # fmt: skip
    assert env.roles["consumer"].action == solon.MultiDiscrete((11,) * 10 + (5, 10))
    assert env.roles["firm"].action == solon.Discrete(30)
    assert env.roles["government"].action == solon.Discrete(36)
    assert set(state.budget.tolist()) == {2000} and set(state.firms.budget.tolist()) == {2_200_000}
    assert set(state.firms.price.tolist()) == {1000} and set(state.firms.wage.tolist()) == {0}
    theta = env.disutility(state.params)
    near([theta[0], theta[1], theta[-1], theta.mean()], [0.01, 0.009975, 0.003162, 0.00804])
    assert float(shown.metrics["welfare"]) == 0


def test_actions_are_numbered_as_the_original_does(float64):
    env = small()
    state = state_of(env, params_of(env), wage=[1, 0])
    nothing = consumers(np.zeros((3, 2), int), [0, 2, 4], [0, 0, 0])
    for number in (0, 7, 29):
        actions = {"consumer": nothing, "firm": jnp.asarray([number, 0])}
        after, _ = stepped(env, state, actions | {"government": jnp.asarray([number])})
        price, wage = divmod(number, 5)
        assert float(after.firms.price[0]) == (0, 500, 1000, 1500, 2000, 2500)[price]
        assert float(after.firms.wage[0]) == (0, 11, 22, 33, 44)[wage]
        near(after.rates, [(number // 6) / 5, (number % 6) / 5])
    near(after.budget, [2000.01, 2520.01, 3040.01])


def test_prices_wages_and_rates_hold_a_step_later():
    env = small()
    state, actions = golden(env)
    other = actions | {"firm": posted(env, (2500, 0), (500, 44)), "government": taxed(env, 1, 1)}
    one, shown_one = stepped(env, state, actions)
    two, shown_two = stepped(env, state, other)
    for role in env.roles:
        np.testing.assert_array_equal(shown_one.reward[role], shown_two.reward[role])
    np.testing.assert_array_equal(one.budget, two.budget)
    np.testing.assert_array_equal(one.firms.inventory, two.firms.inventory)
    # Everybody sees them before they hold.
    seen = shown_two.observation
    for role in env.roles:
        np.testing.assert_allclose(seen[role]["prices"], [1, 0.2], rtol=1e-6)
        np.testing.assert_allclose(seen[role]["wages"], [0, 1], rtol=1e-6)
        np.testing.assert_allclose(seen[role]["rates"], [1, 1])
    # All income and profit is taxed away, and handed back in equal shares.
    idle = actions | {"consumer": consumers(np.zeros((3, 2), int), [4, 0, 0], [1, 0, 0])}
    after, shown = stepped(env, two, idle)
    gained = np.asarray(after.budget - two.budget)
    exported = 2500 * 31.796306, 500 * 71.310356
    np.testing.assert_allclose(gained, 0.01 + (44 * 1040 + 0.9 * exported[0]) / 3, rtol=1e-5)
    np.testing.assert_allclose(shown.reward["firm"], [0, exported[1] - 44 * 1040], rtol=1e-5)


def test_exports_take_what_is_left_from_a_price_on(float64):
    env = small()
    idle = consumers(np.zeros((3, 2), int), [0] * 3, [0] * 3)
    actions = {"consumer": idle, "firm": posted(env, (0, 0), (0, 0))}
    actions["government"] = taxed(env, 0, 0)
    for price, inventory, exported in (
        ([500, 499], [30, 30], [30, 0]),
        ([1000, 2500], [100.5, 99], [100, 99]),
    ):
        state = state_of(env, params_of(env), price=price, inventory=inventory)
        after, shown = stepped(env, state, actions)
        near(np.asarray(inventory) - after.firms.inventory, exported)
        near(shown.reward["firm"], 0.9 * np.asarray(price) * exported)
    closed = small(market="closed")
    after, shown = stepped(closed, state, actions)
    near(after.firms.inventory, inventory)
    # A cap of 0 does the same, and compiles nothing.
    no_exports = params_of(env, export_market__cap=0)
    state = state_of(env, no_exports, price=price, inventory=inventory)
    near(stepped(env, state, actions)[0].firms.inventory, inventory)


def test_interest_is_paid_on_what_is_owned_and_not_on_debt(float64):
    env = small()
    idle = consumers(np.zeros((3, 2), int), [0] * 3, [0] * 3)
    actions = {"consumer": idle, "firm": posted(env, (0, 0), (0, 0))}
    actions["government"] = taxed(env, 0, 0)
    state = state_of(env, params_of(env, interest=0.1))
    firms = dataclasses.replace(state.firms, budget=jnp.asarray([100.0, -100.0]))
    after, _ = stepped(env, dataclasses.replace(state, firms=firms), actions)
    near(after.firms.budget, [110, -100])
    near(after.budget, [2000.01 * 1.1] * 3)


def test_debt_in_the_end_and_revenue_can_be_made_to_count(float64):
    env = small()
    params = params_of(env, firm_debt_penalty=0.01, revenue_bonus=0.5)
    state, actions = golden(env)
    state = dataclasses.replace(state, params=params)
    _, shown = stepped(env, state, actions)
    # Nobody who is in debt gets the bonus, and before the end no debt counts.
    near(shown.reward["firm"], [-9940, 50647.090909])
    rich = dataclasses.replace(state.firms, budget=jnp.asarray([1e6, -500_000]))
    _, shown = stepped(env, dataclasses.replace(state, firms=rich), actions)
    near(shown.reward["firm"], [-9940 + 750, 50647.090909])
    state = dataclasses.replace(state, step=jnp.asarray(9, jnp.int32))
    _, shown = stepped(env, state, actions)
    assert shown.terminated
    near(shown.reward["firm"], [-9940 - 89.4, 50647.090909 - 4493.529091])
    near(shown.reward["government"], 2.7258 + 0.0025 * np.sum(shown.reward["firm"])[None])


def test_capital_depreciates(float64):
    env = small()
    state, actions = golden(env)
    state = dataclasses.replace(state, params=params_of(env, production__depreciation=0.1))
    after, _ = stepped(env, state, actions)
    near(after.firms.capital, [4500, 9000 + 9379.090909])


def test_productivity_follows_its_shocks(float64):
    env = small(production={"shocks": True})
    state, actions = golden(env)
    assert "productivity" in env.roles["government"].shared
    at = dataclasses.replace(state, parts={"production": jnp.asarray(0.2)})
    shocks = dict(env.draw_shocks(jax.random.key(0))) | {"production": jnp.asarray(2.0)}
    after, shown = jax.jit(env.transition)(at, actions, shocks)
    near(after.totals.output, np.exp(0.2) * (31.796306 + 29.401265), digits=5)
    near(after.parts["production"], 0.95 * 0.2 + 2 * 0.007)
    near(shown.observation["consumer"]["productivity"], [0.95 * 0.2 + 2 * 0.007])
    # Episodes start where the process spends its time.
    starts = jax.vmap(lambda key: env.reset(key, state.params)[0].parts["production"])
    found = np.asarray(starts(jax.random.split(jax.random.key(1), 2000)))
    assert np.std(found) == pytest.approx(0.007 / np.sqrt(1 - 0.95**2), rel=0.05)


def test_what_must_not_be_posted_is_masked_and_changes_nothing(float64):
    env = small()
    params = params_of(
        env, posting__lowest_price=400, posting__highest_price=1600, posting__highest_wage=22,
        flat_taxes__highest_income_tax=0.2, flat_taxes__highest_corporate_tax=0.5999999,
    )  # fmt: skip
    state, shown = env.start(env.draw_world(jax.random.key(0)), params)
    mask = shown.observation["firm"]["action_mask"].reshape(2, 6, 5)
    allowed = np.outer([0, 1, 1, 1, 0, 0], [1, 1, 1, 0, 0])
    np.testing.assert_array_equal(mask, [allowed, allowed])
    taxes = shown.observation["government"]["action_mask"].reshape(6, 6)
    np.testing.assert_array_equal(taxes, np.outer([1, 1, 0, 0, 0, 0], [1, 1, 1, 1, 0, 0]))
    idle = consumers(np.zeros((3, 2), int), [0] * 3, [0] * 3)
    actions = {"consumer": idle, "firm": posted(env, (2000, 22), (1500, 11))}
    after, _ = stepped(env, state, actions | {"government": taxed(env, 0.4, 0.0)})
    assert after.firms.price.tolist() == [1000, 1500] and after.firms.wage.tolist() == [0, 11]
    near(after.rates, [0, 0])
    # Where nothing of the list is in the range, the nearest is.
    params = params_of(env, posting__lowest_price=1100, posting__highest_price=1200)
    mask = env.start(env.draw_world(jax.random.key(0)), params)[1].observation["firm"]
    assert mask["action_mask"].reshape(2, 6, 5)[0].any(1).tolist() == [0, 0, 1, 0, 0, 0]


def test_numbers_do_what_levels_do(float64):
    levels, numbers = small(), small(act_by="numbers")
    state, actions = golden(levels)
    assert numbers.roles["consumer"].action == solon.Box((5,), 0.0, 1.0)
    assert numbers.roles["firm"].action == solon.Box((2,), 0.0, 1.0)
    assert numbers.roles["government"].action == solon.Box((2,), 0.0, 1.0)
    demand = np.asarray(actions["consumer"][:, :2]) / 10
    hours, employer = [[0.5], [1.0], [0.25]], [[0.9, 0.1], [0.2, 0.4], [0.0, 1.0]]
    same = {
        "consumer": jnp.asarray(np.concatenate([demand, hours, employer], axis=1)),
        "firm": jnp.asarray([[0.6, 0.75], [0.0, 1.0]]),
        "government": jnp.asarray([[0.6, 0.0]]),
    }
    one, shown_one = stepped(levels, state, actions)
    two, shown_two = stepped(numbers, state, same)
    for a, b in zip(jax.tree.leaves(one), jax.tree.leaves(two), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-12)
    for role in levels.roles:
        near(shown_one.reward[role], shown_two.reward[role])
        assert "action_mask" not in shown_two.observation[role]


def test_firms_may_choose_how_much_they_invest(float64):
    env = small(posting={"invested": [0.0, 0.1, 0.5]})
    state, actions = golden(small())
    assert env.roles["firm"].action == solon.Discrete(90)
    for k, share in enumerate((0.0, 0.1, 0.5)):
        firm = jnp.asarray([3 * (3 * 5 + 3) + k, 3 * 4 + k])
        after, _ = stepped(env, state, actions | {"firm": firm})
        near(after.firms.capital, [5000, 10_000 + share * 93790.909091])
        assert after.firms.price.tolist() == [1500, 0]


def test_without_taxes_there_is_no_government(float64):
    parts = tuple(part for part in BusinessCycle().components if part.name != "flat-taxes")
    env = BusinessCycle(consumers=3, firms=2, components=parts)
    assert list(env.roles) == ["consumer", "firm"]
    full = BusinessCycle(consumers=3, firms=2)
    state, actions = golden(full)
    taxed_not = dataclasses.replace(state, rates=jnp.zeros(2))
    one, _ = stepped(full, taxed_not, actions)
    with_taxes = taxed_not.params.parts
    own = {name: value for name, value in with_taxes.items() if name != FlatTaxes.name}
    free = dataclasses.replace(taxed_not, params=dataclasses.replace(state.params, parts=own))
    two, shown = stepped(env, free, {r: a for r, a in actions.items() if r != "government"})
    near(one.budget, two.budget)
    assert set(shown.reward) == {"consumer", "firm"}
    assert Production.name in own
