"""Saez's planner: golden values, random start, memory, what it learns, what is corrected."""

import dataclasses
import types

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import solon
from solon import ConfigurationError
from solon.applications.taxation.policies import Saez
from solon.economics import marginal_rate

from .years import BestResponse, live, taxpayers

US = [0, 9.7, 39.475, 84.2, 160.725, 204.1, 510.3]
US_RATES = [0.10, 0.12, 0.22, 0.24, 0.32, 0.35, 0.37]
KEY = 0


def case(name):
    """Incomes and marginal rates of the cases of the original's Saez planner."""
    if name == "A":
        incomes = 0.5 * np.arange(500)
        return incomes, np.asarray(marginal_rate(incomes, np.asarray(US), np.asarray(US_RATES)))
    k = np.arange(600)
    incomes = 20 * np.exp(0.006 * k)
    return incomes, 0.1 * (k % 10) if name == "B" else 0.9 * (1 - k / 600)


GOLDEN = {
    "A": (0.49, [0.966375246, 0.914533305, 0.809663651, 0.615875472, 0.375559461, 0.454332999,
                 0.999999999]),
    "B": (0.49, [0.176286769, 0.519632711, 0.731244331, 0.723623033, 0.685700976, 0.551829966,
                 0.230708760]),
    "C": (0.5239780247211, [0.170133371, 0.504539055, 0.717878280, 0.710033509, 0.671126423,
                            0.535732707, 0.219024900]),
}  # fmt: skip


def step(*, over=False):
    false = jnp.zeros((), bool)
    return solon.TimeStep({}, {}, {}, jnp.full((), over), false, {})


def society(incomes, rates, *, position=1, cap=1.0):
    """What the planner reads of an economy's state."""
    office = types.SimpleNamespace(
        rates=jnp.zeros(len(US)),
        position=jnp.asarray(position),
        income=jnp.asarray(incomes, float),
        marginal_rate=jnp.asarray(rates, float),
    )
    tax = types.SimpleNamespace(rate_cap=jnp.asarray(cap, float))
    name = "periodic-bracket-tax"
    params = types.SimpleNamespace(parts={name: tax})
    return types.SimpleNamespace(parts={name: office}, params=params)


@jax.jit
def hear(planner, memory, incomes, rates, cap=1.0):
    """A period ends with these returns."""
    return planner.update(memory, step(), society(incomes, rates, cap=cap))


@jax.jit
def act(planner, memory, seed=KEY):
    return planner.act(memory, {}, jax.random.key(seed))


def told(planner, incomes, rates, cap=1.0):
    """The memory after all these returns, 100 a period."""
    memory = planner.init(jax.random.key(KEY))
    for z, t in zip(np.split(incomes, 5), np.split(rates, 5), strict=True):
        memory = hear(planner, memory, z, t, cap)
    return memory


@pytest.mark.parametrize("name", GOLDEN)
def test_golden_values_of_the_original(name, float64):
    incomes, rates = case(name)
    planner = Saez(US, capacity=len(incomes), compatibility="foundation")
    chosen, memory = act(planner, told(planner, incomes, rates))
    elasticity, expected = GOLDEN[name]
    assert float(memory.elasticity) == pytest.approx(elasticity, rel=1e-12)
    np.testing.assert_allclose(chosen[0], expected, rtol=0, atol=1e-9)
    np.testing.assert_allclose(memory.average_rates, 0.01 * chosen[0], rtol=1e-12)


def test_rates_are_random_until_there_are_enough_returns():
    planner = Saez(US, capacity=40, rate_min=0.1, rate_max=0.6)
    memory = planner.init(jax.random.key(KEY))
    drawn = []
    for period in range(4):
        rates, memory = act(planner, memory, period)
        # Until the period ends it stays with them.
        again, memory = act(planner, memory, period + 100)
        np.testing.assert_array_equal(rates, again)
        drawn.append(np.asarray(rates[0]))
        memory = hear(planner, memory, np.linspace(1, 300, 10), np.full(10, 0.2))
    drawn = np.stack(drawn)
    assert len(np.unique(drawn)) == drawn.size
    assert drawn.min() >= 0.1 and drawn.max() <= 0.6
    assert 0.25 < drawn.mean() < 0.45
    assert not memory.average_rates.any()
    assert float(memory.elasticity) == 0.5
    # From 40 returns on luck has no say.
    first, later = act(planner, memory, 7), act(planner, memory, 8)
    np.testing.assert_array_equal(first[0], later[0])
    assert first[1].average_rates.any()


def test_random_rates_keep_below_the_cap_of_the_economy():
    planner = Saez(US, rate_max=0.8)
    memory = hear(planner, planner.init(jax.random.key(KEY)), np.ones(4), np.zeros(4), 0.1)
    draws = [np.asarray(act(planner, memory, seed)[0]) for seed in range(20)]
    assert 0.06 < np.max(draws) <= 0.08


def test_the_formulas_rates_keep_within_bounds():
    incomes, rates = case("C")
    planner = Saez(US, capacity=600, rate_min=0.2, rate_max=0.8)
    chosen, memory = act(planner, told(planner, incomes, rates, cap=0.5))
    np.testing.assert_allclose([chosen.min(), chosen.max()], [0.2, 0.4], rtol=1e-6)
    np.testing.assert_array_equal(memory.rates, chosen[0])


def test_the_estimate_moves_by_a_fiftieth_a_period_and_rates_are_averaged(float64):
    incomes, rates = case("C")
    planner = Saez(US, capacity=600)
    memory = told(planner, incomes, rates)
    slope = np.polyfit(np.log(1 - rates), np.log(incomes), 1)[0]
    elasticity, average = 0.5, np.zeros(7)
    for _ in range(3):
        chosen, memory = act(planner, memory)
        elasticity = 0.98 * elasticity + 0.02 * slope
        average = 0.99 * average + 0.01 * np.asarray(chosen[0])
        assert float(memory.elasticity) == pytest.approx(elasticity, rel=1e-9)
        np.testing.assert_allclose(memory.average_rates, average, rtol=1e-9)
        memory = hear(planner, memory, incomes[:100], rates[:100])


def test_a_given_elasticity_sets_the_rates_while_the_estimate_goes_on(float64):
    incomes, rates = case("C")
    estimating, given = Saez(US, capacity=600), Saez(US, capacity=600, elasticity=0.1)
    memory = told(given, incomes, rates)
    higher, remembered = act(given, memory)
    lower, other = act(estimating, memory)
    assert float(remembered.elasticity) == pytest.approx(float(other.elasticity), rel=1e-12)
    assert float(other.elasticity) > 0.5
    # Those who respond less are taxed more.
    assert (higher > lower).all()


def test_welfare_weights():
    incomes, rates = case("C")
    planners = [Saez(US, capacity=600, welfare_weights=w) for w in ("inverse_income", "uniform")]
    unequal, equal = (act(p, told(p, incomes, rates))[0] for p in planners)
    # Who counts all alike has nothing to gain from redistribution.
    assert float(equal.max()) < 0.01 < float(unequal.min())


@pytest.mark.parametrize("compatibility", [None, "foundation"])
def test_rates_where_nobody_earns(compatibility, float64):
    # The highest income lies in the 40th of 100 bins.
    incomes, rates = np.linspace(20, 201, 500), np.tile([0.0, 0.5], 250)
    planner = Saez(US, capacity=500, compatibility=compatibility, elasticity=0.5)
    chosen = np.asarray(act(planner, told(planner, incomes, rates))[0][0])
    if compatibility == "foundation":
        assert chosen[-1] > 1 - 1e-8
        assert chosen[-2] > 0.4
    else:
        # Bins of 5.103 coin: the highest one has the centre 201.57 and the income parameter
        # 2 x 39.5, and the weight of those above its middle is half of the mean in it.
        weight = (1 / 201.5685) / np.mean(1 / incomes) / 2
        expected = (1 - weight) / (1 - weight + 79 * 0.5)
        assert chosen[-1] == pytest.approx(expected, rel=0.01)
        assert chosen[-2] == pytest.approx(expected, rel=0.01)


def test_with_incomes_above_the_top_cutoff_both_rules_agree_below_it(float64):
    incomes, rates = case("B")
    ours, published = (
        np.asarray(act(p, told(p, incomes, rates))[0][0])
        for p in (Saez(US, capacity=600, compatibility=c) for c in (None, "foundation"))
    )
    np.testing.assert_allclose(ours[:-1], published[:-1], rtol=1e-12)
    # At the top those who pay most of it count most: weights 1 / z by excess over the cutoff, with
    # the mean over all returns as the planner has it, by the centers of its bins.
    above = incomes[incomes > US[-1]]
    width = US[-1] / 100
    below = np.floor(incomes[incomes <= US[-1]] / width) * width + width / 2
    mean = (np.sum(1 / below) + np.sum(1 / above)) / 600
    weight = np.sum((above - US[-1]) / above) / np.sum(above - US[-1]) / mean
    tail = above.mean() / (above.mean() - US[-1])
    assert ours[-1] == pytest.approx((1 - weight) / (1 - weight + tail * 0.49), rel=1e-6)
    assert ours[-1] > published[-1]


@pytest.mark.parametrize("incomes", [np.full(600, -5.0), np.zeros(600)])
def test_without_any_income_there_are_rates_all_the_same(incomes):
    planner = Saez(US, capacity=600)
    chosen, memory = act(planner, told(planner, incomes, np.zeros(600)))
    assert np.isfinite(chosen).all() and (chosen >= 0).all() and (chosen <= 1).all()
    assert float(memory.elasticity) == 0.5


def test_only_the_end_of_a_period_is_remembered():
    planner = Saez(US)
    memory = planner.init(jax.random.key(KEY))
    assert bool(memory.due)
    _, memory = act(planner, memory)
    in_between = planner.update(memory, step(), society(np.ones(4), np.zeros(4), position=2))
    assert int(in_between.returns.count) == 0 and not in_between.due
    ended = planner.update(memory, step(over=True), society(np.ones(4), np.zeros(4), position=2))
    assert int(ended.returns.count) == 0 and bool(ended.due)
    closed = planner.update(memory, step(), society(np.ones(4), np.zeros(4)))
    assert int(closed.returns.count) == 4 and bool(closed.due)


@pytest.mark.parametrize("compatibility", [None, "foundation"])
def test_the_experiment_is_over_when_the_formula_begins(compatibility):
    planner = Saez(US, capacity=20, compatibility=compatibility)
    memory = planner.init(jax.random.key(KEY))
    for period in range(3):
        memory = hear(planner, memory, np.full(10, 1.0 + period), np.full(10, 0.1))
    latest = [2.0] * 10 + [3.0] * 10
    first = [1.0] * 10 + [2.0] * 10
    assert memory.returns.incomes.tolist() == latest
    expected = latest if compatibility == "foundation" else first
    assert memory.experiment.incomes.tolist() == expected


@pytest.mark.parametrize("elasticity", [0.25, 1.0])
def test_it_learns_the_true_elasticity(elasticity):
    env = taxpayers()
    planner = Saez((0.0, 50_000.0), rate_max=0.8)
    workers = BestResponse(env, elasticity)
    memory = planner.init(jax.random.key(KEY))
    memories, office = live(
        env, planner, workers, env.default_params(), jax.random.key(1), 400, memory
    )
    # Ten returns a year: the formula sets rates from the 51st year on, of which 0.98 ^ 350 is left.
    assert float(memories.elasticity[49]) == 0.5
    assert float(memories.elasticity[-1]) == pytest.approx(elasticity, rel=0.01)
    assert memories.returns.count.tolist() == [min(10 * (y + 1), 500) for y in range(400)]
    rates = np.asarray(office.rates)
    np.testing.assert_allclose(rates, memories.rates, rtol=1e-6)
    assert rates[:50].std() > 0.1 and rates[-50:].std(axis=0).max() < 0.02


def test_who_responds_more_is_taxed_less():
    env = taxpayers()
    planner = Saez((0.0, 50_000.0), rate_max=0.8)
    memory = planner.init(jax.random.key(KEY))
    rates = [
        live(env, planner, BestResponse(env, e), env.default_params(), jax.random.key(1), 400,
             memory)[1].rates[-1, 0]
        for e in (0.25, 1.0)
    ]  # fmt: skip
    assert rates[1] < 0.5 * rates[0]


def test_under_its_own_rates_the_original_forgets_what_it_learned():
    """Seven brackets: the rates of the formula are no experiment any more."""
    cutoffs = tuple(10 * np.asarray(US))
    env = taxpayers(brackets=cutoffs)
    workers = BestResponse(env, 1.0)
    swings = {}
    for compatibility in (None, "foundation"):
        planner = Saez(cutoffs, rate_max=0.8, compatibility=compatibility)
        memory = planner.init(jax.random.key(KEY))
        memories, _ = live(
            env, planner, workers, env.default_params(), jax.random.key(1), 600, memory
        )
        late = np.asarray(memories.elasticity)[300:]
        swings[compatibility] = late.max() - late.min()
    assert swings[None] < 0.05
    assert swings["foundation"] > 0.25


def test_a_batch_is_a_loop():
    env = taxpayers(4)
    planner = Saez((0.0, 50_000.0), capacity=24)
    workers = BestResponse(env, 0.5)
    memory = planner.init(jax.random.key(KEY))
    # One is done with its experiment, the other is not, so that periods differ.
    experienced = live(
        env, planner, workers, env.default_params(), jax.random.key(3), 5, memory
    )[0]  # fmt: skip
    starts = [memory, jax.tree.map(lambda leaf: leaf[-1], experienced)]
    keys = jax.random.split(jax.random.key(4), 2)

    def years(memory, key):
        return live(env, planner, workers, env.default_params(), key, 4, memory)[0]

    # The same keys for both.
    with jax.debug_key_reuse(False):
        batch = jax.vmap(years)(jax.tree.map(lambda *x: jnp.stack(x), *starts), keys)
        for i in range(2):
            alone = years(starts[i], keys[i])
            for a, b in zip(jax.tree.leaves(batch), jax.tree.leaves(alone), strict=True):
                np.testing.assert_allclose(a[i], b, rtol=2e-5)


def test_an_economy_without_the_tax_or_with_other_brackets_is_refused():
    planner = Saez([0, 50])
    memory = planner.init(jax.random.key(KEY))
    with pytest.raises(ConfigurationError, match="planner: got 'saez'"):
        planner.update(memory, step(), types.SimpleNamespace(parts={}))
    with pytest.raises(ConfigurationError, match="cutoffs: got 2; allowed: the 7 brackets"):
        planner.update(memory, step(), society(np.ones(4), np.zeros(4)))


@pytest.mark.parametrize(
    ("options", "argument"),
    [
        ({"cutoffs": [5, 10]}, "cutoffs"),
        ({"cutoffs": [0]}, "cutoffs"),
        ({"cutoffs": [0, 10, 10]}, "cutoffs"),
        ({"elasticity": -0.5}, "elasticity"),
        ({"elasticity": "high"}, "elasticity"),
        ({"elasticity": float("nan")}, "elasticity"),
        ({"elasticity": True}, "elasticity"),
        ({"welfare_weights": "rawls"}, "welfare_weights"),
        ({"welfare_weights": ["uniform"]}, "welfare_weights"),
        ({"rate_max": 1.5}, "rate_max"),
        ({"rate_min": 0.9, "rate_max": 0.5}, "rate_min"),
        ({"capacity": 0}, "capacity"),
        ({"capacity": 10.5}, "capacity"),
        ({"compatibility": "original"}, "compatibility"),
    ],
)
def test_bad_options(options, argument):
    with pytest.raises(ConfigurationError, match=f"^{argument}: got"):
        Saez(**({"cutoffs": US} | options))


def test_its_numbers_are_traced():
    traces = []

    @jax.jit
    def rates(planner, memory):
        traces.append(1)
        return planner.act(memory, {}, jax.random.key(0))[0]

    memory = Saez(US).init(jax.random.key(KEY))
    for rate_max in (0.5, 0.7):
        rates(Saez(US, rate_max=rate_max, elasticity=rate_max), memory)
    assert len(traces) == 1
    assert dataclasses.is_dataclass(memory)
