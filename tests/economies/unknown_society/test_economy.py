"""The society that nobody describes: incomes, models, welfare, luck."""

import dataclasses

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import solon
from solon.economics import gini, rate_for_equality_times_output
from solon.economies.unknown_society import MODELS, relative_welfare, worker_incomes
from solon.errors import ConfigurationError
from solon.learning import Prior

SKILLS = jnp.array([0.4, 0.8, 1.1, 2.0])
ELASTICITY = jnp.asarray(0.6)


def incomes(model, rate, skills=SKILLS):
    behavior = MODELS[model]
    found = worker_incomes(
        skills, ELASTICITY, jnp.asarray(rate), behavior, income_effects=behavior.income_effect > 0
    )
    return np.asarray(found)


def start(env, **params):
    given = dataclasses.replace(env.default_params(), **params)
    return env.start(env.draw_world(jax.random.key(3)), given)


def year(env, state, rate, seed=0):
    action = jnp.full((1, 1), rate) if env.set_by == "rate" else jnp.full(1, rate)
    return env.transition(state, {"planner": action}, env.draw_shocks(jax.random.key(seed)))


def test_incomes_are_best_for_the_workers():
    rate, tried = 0.3, np.linspace(0.01, 6, 60_000)
    found = incomes("standard", rate)
    for income, skill in zip(found, np.asarray(SKILLS), strict=True):
        exponent = 1 + 1 / 0.6
        utility = (1 - rate) * tried - (tried / skill) ** exponent / exponent
        assert income == pytest.approx(tried[np.argmax(utility)], abs=2e-4)


def test_models_answer_a_tax_each_in_its_way():
    untaxed, taxed = (incomes("standard", rate) for rate in (0.0, 0.3))
    np.testing.assert_allclose(taxed / untaxed, 0.7**0.6, rtol=1e-5)
    answer = incomes("abler-more-elastic", 0.3) / incomes("abler-more-elastic", 0.0)
    np.testing.assert_allclose(answer, 0.7 ** (0.6 * np.array([0.4, 0.4, 1.6, 1.6])), rtol=1e-5)
    answer = incomes("less-able-more-elastic", 0.3) / incomes("less-able-more-elastic", 0.0)
    np.testing.assert_allclose(answer, 0.7 ** (0.6 * np.array([1.6, 1.6, 0.4, 0.4])), rtol=1e-5)
    np.testing.assert_allclose(incomes("reservation", 0.3), taxed, rtol=1e-6)
    assert incomes("reservation", 0.31).max() == 0
    # Work is worth (1 - t) z / (1 + e) to a worker.
    stops = (1 - 0.5) * incomes("standard", 0.5) / 1.6 < 0.05
    assert stops.any()
    assert not stops.all()
    assert ((incomes("cost-of-working", 0.5) == 0) == stops).all()


def test_income_effects_satisfy_the_first_order_condition(float64):
    rate, eta = 0.4, MODELS["income-effects"].income_effect
    skills = jnp.asarray(SKILLS, float)
    behavior = MODELS["income-effects"]
    found = np.asarray(
        worker_incomes(skills, jnp.asarray(0.6), jnp.asarray(rate), behavior, income_effects=True)
    )
    consumption = (1 - rate) * found + rate * found.mean()
    marginal_cost = found ** (1 / 0.6) / np.asarray(skills) ** (1 + 1 / 0.6)
    np.testing.assert_allclose(marginal_cost, (1 - rate) * consumption**-eta, rtol=1e-8)


def test_the_new_elasticity_holds_from_year_six_on():
    env = solon.make("unknown-society", models=["new-elasticity"], set_by="rate")
    state, _ = start(env, elasticity=jnp.asarray(0.2), later_elasticity=jnp.asarray(1.4))
    answers = []
    for _ in range(10):
        own = env.elasticity(state)
        state, _ = year(env, state, 0.5)
        np.testing.assert_allclose(state.filed, state.skills ** (1 + own) * 0.5**own, rtol=1e-5)
        answers.append(float(own))
    assert answers == pytest.approx([0.2] * 5 + [1.4] * 5)


def test_the_closed_form_is_the_best_rate(float64):
    for elasticity in (0.1, 0.5, 1.4):
        e = jnp.asarray(elasticity)
        skills = jnp.asarray(SKILLS, float)
        rates = jnp.linspace(0, 0.999, 20_001)
        worth = jax.vmap(
            lambda rate, e=e, skills=skills: relative_welfare(
                "equality-times-output", rate, skills, e, MODELS["standard"]
            )
        )(rates)
        best = rate_for_equality_times_output(e, gini(skills ** (1 + e)))
        assert float(rates[jnp.argmax(worth)]) == pytest.approx(float(best), abs=5e-5)
        # No tax is the unit.
        assert float(worth[0]) == pytest.approx(1.0)


@pytest.mark.parametrize("objective", ["equality-times-output", "utilitarian", "worst-off"])
def test_welfare_counts_what_the_objective_says(objective):
    env = solon.make("unknown-society", objective=objective, set_by="rate")
    state, _ = start(env, elasticity=ELASTICITY)
    state, shown = year(env, state, 0.3)
    z, w = np.asarray(state.filed, float), np.asarray(state.skills, float)
    untaxed = w**1.6

    def worth(z, rate):
        consumption = (1 - rate) * z + rate * z.mean()
        utility = consumption - (z / w) ** (1 + 1 / 0.6) / (1 + 1 / 0.6)
        gaps = np.abs(consumption[:, None] - consumption).sum()
        fair = 1 - gaps / (2 * 3 * consumption.sum())
        return {
            "equality-times-output": fair * z.mean(),
            "utilitarian": np.exp(np.log(utility).mean()),
            "worst-off": utility.min(),
        }[objective]

    unit = untaxed.mean() if objective == "worst-off" else worth(untaxed, 0.0)
    assert float(shown.reward["planner"][0]) == pytest.approx(worth(z, 0.3) / unit, rel=1e-4)


def test_shocks_are_filed_and_do_not_count():
    env = solon.make("unknown-society", set_by="rate")
    calm, _ = start(env)
    shaken, _ = start(env, shock_deviation=jnp.asarray(0.2))
    without, _ = year(env, calm, 0.4)
    with_shocks, _ = year(env, shaken, 0.4)
    assert float(without.welfare) == float(with_shocks.welfare)
    luck = np.asarray(env.draw_shocks(jax.random.key(0)))
    np.testing.assert_allclose(with_shocks.filed, without.filed * np.exp(0.2 * luck), rtol=1e-5)


def test_the_planner_sees_incomes_and_nothing_of_the_society():
    env = solon.make("unknown-society", workers=100)
    state, first = start(env)
    assert not np.asarray(first.observation["planner"]["incomes"]).any()
    state, shown = year(env, state, 6)
    seen = shown.observation["planner"]
    assert float(seen["rate"][0, 0]) == pytest.approx(0.3)
    assert sorted(seen) == ["incomes", "kept", "rate", "working", "year"]
    shares = (np.arange(10) + 0.5) / 10
    quantiles = np.log(np.quantile(np.asarray(state.filed), shares))
    np.testing.assert_allclose(seen["incomes"][0], quantiles, rtol=1e-4, atol=1e-4)


def test_the_planner_keeps_files_of_the_years_it_remembers():
    rates = [6, 0, 12, 9]
    last, all_years = (solon.make("unknown-society", remembered=n) for n in (1, 3))
    (one, _), (three, begun) = start(last), start(all_years)
    assert not any(np.asarray(begun.observation["planner"]["incomes"]).ravel())
    seen = []
    for rate in rates:
        one, shown = year(last, one, rate)
        three, kept = year(all_years, three, rate)
        seen.append(shown.observation["planner"])
    files = kept.observation["planner"]
    for name in ("incomes", "kept", "working"):
        # The fourth year takes the place of the first.
        wanted = np.concatenate([seen[i][name][0] for i in (3, 1, 2)])
        np.testing.assert_array_equal(files[name][0], wanted)
    np.testing.assert_array_equal(files["rate"], seen[-1]["rate"])
    assert one.files.incomes.shape == (1, 4) and three.files.incomes.shape == (3, 4)


def test_rewards_are_balanced_and_welfare_is_not():
    plain, half = (solon.make("unknown-society", balance=b) for b in (0.0, 0.5))
    (one, _), (other, _) = start(plain), start(half)
    attainable = float(one.attainable)
    ratio = float(half.potential(other)["planner"][0] / plain.potential(one)["planner"][0])
    one, shown = year(plain, one, 6)
    other, balanced = year(half, other, 6)
    assert float(one.welfare) == float(other.welfare)
    rewards = (float(each.reward["planner"][0]) for each in (balanced, shown))
    assert next(rewards) / next(rewards) == pytest.approx(attainable**-0.5, rel=1e-5)
    assert ratio == pytest.approx(attainable**-0.5, rel=1e-5)


def test_levels_and_rates_are_set_on_the_same_luck():
    worlds = [
        solon.make("unknown-society", set_by=by).draw_world(jax.random.key(1)).talent
        for by in ("levels", "rate")
    ]
    np.testing.assert_array_equal(*worlds)
    assert (np.diff(np.asarray(worlds[0])) > 0).all()


@pytest.mark.parametrize(("skills", "spread"), [("log-normal", 0.9), ("pareto", 0.4)])
def test_skills_have_mean_one(skills, spread):
    env = solon.make("unknown-society", workers=100_000, skills=skills, quantiles=True)
    state, _ = start(env, spread=jnp.asarray(spread))
    assert float(state.skills.mean()) == pytest.approx(1.0, abs=0.01)


@pytest.mark.parametrize(
    "options",
    [
        {"workers": 1},
        {"models": ["standards"]},
        {"models": []},
        {"objective": "growth"},
        {"levels": 1},
        {"set_by": "law"},
        {"years": 0},
        {"remembered": 0},
        {"remembered": 11},
        {"balance": -0.1},
        {"balance": 1.5},
        {"skills": "uniform"},
    ],
)
def test_bad_options_are_refused_in_one_line(options):
    (name,) = options
    with pytest.raises(ConfigurationError, match=f"^{name}: got ") as refused:
        solon.make("unknown-society", **options)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("place", "drawn"),
    [
        ("elasticity", {"uniform": [-0.5, 1.0]}),
        ("spread", {"uniform": [0.0, 1.0]}),
        ("model", {"choice": [0, 1]}),
        ("shock_deviation", {"uniform": [-1.0, 1.0]}),
    ],
)
def test_priors_of_societies_that_cannot_be_are_refused(place, drawn):
    env = solon.make("unknown-society")
    with pytest.raises(ConfigurationError, match=rf"^prior.{place}: got ") as refused:
        Prior.of({"params": {place: drawn}}, env)
    assert "\n" not in str(refused.value)
