"""Formula, estimator and oracle: each against what can be computed in another way."""

import dataclasses

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy import integrate, stats

from solon.agents import ConstantPolicy
from solon.applications.unknown_society.oracle import best_rates, worth_of_rates
from solon.applications.unknown_society.policies import (
    FixedRate,
    SelfEstimatingSaez,
    StructuralEstimator,
)
from solon.applications.unknown_society.policies.likelihood import log_likelihood
from solon.applications.unknown_society.policies.opening import opened
from solon.applications.unknown_society.policies.returns import Returns
from solon.applications.unknown_society.scoring import (
    begun,
    best_single_rate,
    play_planner,
    truth_of,
    welfare_by,
)
from solon.applications.unknown_society.societies import FAMILY, Societies
from solon.economics import gini, rate_for_equality_times_output
from solon.economies.unknown_society import MODELS
from solon.errors import ConfigurationError
from solon.luck import key_of

LUCK = {"count": 60, "seed": 5, "purpose": "choosing"}
STANDARD = Societies()


@pytest.fixture(scope="module")
def drawn():
    return begun(STANDARD, **LUCK)


def states(societies, count=40):
    env, prior = societies.env("rate"), societies.prior()

    def start(key):
        world_key, luck = jax.random.split(key)
        params = prior.draw(world_key, env.default_params())
        return env.start(env.draw_world(luck), params)[0]

    return env, jax.vmap(start)(jax.random.split(key_of(1), count))


def test_the_oracle_is_the_closed_form(float64):
    env, found = states(STANDARD)
    skills, elasticity = np.asarray(found.skills, float), np.asarray(found.params.elasticity)
    untaxed = jnp.asarray(skills ** (1 + elasticity[:, None]))
    closed = rate_for_equality_times_output(jnp.asarray(elasticity, float), gini(untaxed))
    best = best_rates(env, found)
    np.testing.assert_allclose(best.rate, closed, atol=1e-5)
    assert (np.asarray(closed) == 0).any() and (np.asarray(closed) > 0.5).any()


@pytest.mark.parametrize("model", FAMILY[1:])
def test_no_rate_is_better_than_the_oracles(model):
    env, found = states(dataclasses.replace(STANDARD, models=(model,)))
    best = best_rates(env, found)
    tried = np.asarray(worth_of_rates(env, found, jnp.linspace(0, 0.99, 331)))
    assert (np.asarray(best.welfare) >= tried.max(axis=1) - 1e-5).all()


def test_years_are_measured_by_other_objectives(drawn):
    played = play_planner(FixedRate(0.4), drawn)
    own = welfare_by("equality-times-output", drawn, played.rates)
    np.testing.assert_allclose(own, played.welfare, rtol=1e-5)
    worst = welfare_by("worst-off", drawn, played.rates)
    untaxed = welfare_by("worst-off", drawn, np.zeros_like(played.rates))
    assert worst.mean() > untaxed.mean() + 0.1


def test_the_corrected_formula_knows_the_best_rate_after_two_years(drawn):
    truth = truth_of(drawn)
    played = play_planner(SelfEstimatingSaez(drawn.env(), first=0.4, guess=0.8), drawn)
    # Where the guess led to the rate of year one, nothing was learned.
    moved = np.abs(played.rates[1] - played.rates[0]) > 0.02
    assert moved.mean() > 0.8
    np.testing.assert_allclose(played.rates[3, moved], truth.rates[3, moved], atol=5e-3)
    assert (played.welfare <= truth.welfare + 1e-4).all()


def test_the_formula_regresses_towards_its_guess(float64):
    env = dataclasses.replace(STANDARD, workers=2).env("rate")
    incomes = jnp.asarray([[1.0, 3.0], [0.9, 2.1], [1.2, 2.4]])
    filed = jnp.zeros((env.years, 2)).at[:3].set(incomes)
    rates = jnp.zeros(env.years).at[:3].set(jnp.asarray([0.3, 0.5, 0.4]))
    returns = Returns(jnp.asarray(3), rates, filed)
    kept, output = np.log([0.7, 0.5, 0.6]), np.log(np.array([4.0, 3.0, 3.6]) / 2)
    kept, weight, guess = kept - kept.mean(), 0.1, 1.2
    slope = (weight * guess + kept @ output) / (weight + kept @ kept)
    for averaged, shares in (
        (False, [1.2, 2.4]),
        (True, [1 / 4 + 0.9 / 3 + 1 / 3, 3 / 4 + 2.1 / 3 + 2 / 3]),
    ):
        policy = SelfEstimatingSaez(env, first=0.3, guess=guess, weight=weight, averaged=averaged)
        rate, _ = policy.act(returns, {}, key_of(0))
        wanted = rate_for_equality_times_output(jnp.asarray(slope), gini(jnp.asarray(shares)))
        assert float(rate[0, 0]) == pytest.approx(float(wanted), rel=1e-9)


def test_the_likelihood_is_the_integral_over_skills(float64):
    elasticity, spread, noise, rates = 0.7, 0.5, 0.2, np.array([0.4, 0.2])
    incomes = np.array([[0.3, 1.2, 2.0], [0.5, 1.1, 2.4]])
    returns = Returns(
        jnp.asarray(2), jnp.asarray([*rates, 0.0]), jnp.asarray([*incomes.tolist(), [0.0] * 3])
    )
    found, _ = log_likelihood(
        returns,
        jnp.asarray(elasticity),
        jnp.asarray(spread),
        MODELS["standard"],
        jnp.asarray(noise),
        1e-2,
        stopping=False,
    )
    total = 0.0
    for worker in range(3):

        def density(talent, worker=worker):
            m = talent * (1 + elasticity)
            logs = np.log(incomes[:, worker]) - m - elasticity * np.log(1 - rates)
            prior = stats.norm.pdf(talent, -(spread**2) / 2, spread)
            return prior * np.prod(stats.norm.pdf(logs, 0, noise))

        total += np.log(integrate.quad(density, -8, 8, points=[-1, 0, 1], limit=400)[0])
    # The constant of the normal density, once a return, is left out.
    assert float(found) == pytest.approx(total + 6 * np.log(2 * np.pi) / 2, rel=1e-6)


def test_who_does_not_work_bounds_the_skills(float64):
    behavior = MODELS["cost-of-working"]
    returns = Returns(jnp.asarray(1), jnp.asarray([0.5]), jnp.asarray([[0.0, 0.9, 1.4]]))
    elasticity, spread, noise = 0.7, 0.8, 0.2
    found, talents = log_likelihood(
        returns,
        jnp.asarray(elasticity),
        jnp.asarray(spread),
        behavior,
        jnp.asarray(noise),
        1e-2,
        stopping=True,
    )
    edge = np.log(0.05 * 1.7) - 1.7 * np.log(0.5)
    assert float(talents.high[0]) == pytest.approx(edge)
    assert float(talents.low[1]) == pytest.approx(edge)
    prior = stats.norm(-1.7 * spread**2 / 2, 1.7 * spread)
    total = prior.logcdf(edge)
    for income in (0.9, 1.4):

        def density(m, income=income):
            return prior.pdf(m) * stats.norm.pdf(np.log(income) - m - 0.7 * np.log(0.5), 0, noise)

        total += np.log(integrate.quad(density, edge, 8)[0]) + np.log(2 * np.pi) / 2
    assert float(found) == pytest.approx(total, rel=1e-5)


def returns_of(env, state, rates):
    returns = Returns.none(env.years, env.workers)
    for rate in rates:
        shocks = env.draw_shocks(key_of(0))
        state, _ = env.transition(state, {"planner": jnp.full((1, 1), rate)}, shocks)
        returns = returns.filed(state)
    return returns


@pytest.mark.parametrize("model", FAMILY)
def test_model_averaging_finds_the_model(model):
    societies = Societies(FAMILY)
    env = societies.env("rate")
    params = dataclasses.replace(
        env.default_params(),
        elasticity=jnp.asarray(0.9),
        spread=jnp.asarray(0.9),
        model=jnp.asarray(FAMILY.index(model), jnp.int32),
    )
    state, _ = env.start(env.draw_world(key_of(4)), params)
    averaging = StructuralEstimator(env, first=0.3, models=FAMILY)
    returns = returns_of(env, state, [0.1, 0.25, 0.6, 0.7])
    weights = jax.nn.softmax(averaging.posterior(returns).ravel()).reshape(5, -1).sum(axis=1)
    assert FAMILY[int(jnp.argmax(weights))] == model
    rate, _ = averaging.act(returns, {}, key_of(0))
    best = best_rates(env, jax.tree.map(lambda leaf: leaf[None], state))
    reached = float(env.worth(state, rate[0, 0]))
    assert reached == pytest.approx(float(best.welfare[0]), rel=5e-2)


def test_the_estimator_closes_the_gap_and_an_exploring_one_pays_in_year_two(drawn):
    env, truth = drawn.env(), truth_of(drawn)

    def gained(planner):
        played = play_planner(planner, drawn)
        law = play_planner(FixedRate(0.4), drawn)
        gap = (truth.welfare - law.welfare).mean(axis=1)
        return (played.welfare - law.welfare).mean(axis=1) / gap

    plain = gained(StructuralEstimator(env, first=0.4))
    exploring = gained(StructuralEstimator(env, first=0.4, explore=0.05))
    assert plain[0] == exploring[0] == pytest.approx(0, abs=1e-6)
    assert plain[-5:].min() > 0.9
    assert exploring[-5:].min() > 0.9
    assert exploring[1] < plain[1]


def test_the_single_rate_is_searched_on_other_societies():
    many = begun(STANDARD, count=400, seed=1, purpose="choosing")
    assert 0.25 < best_single_rate(many) < 0.55
    pair = [begun(STANDARD, **{**LUCK, "purpose": p}).states for p in ("choosing", "scoring")]
    for of in (lambda s: s.params.elasticity, lambda s: s.skills):
        assert not np.isin(np.asarray(of(pair[0])), np.asarray(of(pair[1]))).any()


def test_the_first_year_has_the_best_single_rate():
    planner = ConstantPolicy(Societies().env().roles["planner"], 4)
    found = opened(planner, Societies(), count=300, seed=5)
    drawn = begun(Societies(), count=300, seed=5, purpose="choosing")
    rates = play_planner(found, drawn, set_by="levels").rates
    np.testing.assert_allclose(rates[1:], 0.2, rtol=1e-6)
    assert np.unique(rates[0]).size == 1
    assert rates[0, 0] == pytest.approx(best_single_rate(drawn), abs=0.0251)


def test_training_has_societies_of_its_own():
    prior, env = STANDARD.prior(), STANDARD.env()
    key, params = key_of(5), env.default_params()
    trained = prior.worlds(key, params, 60, "training")["elasticity"]
    for purpose in ("choosing", "scoring"):
        scored = begun(STANDARD, count=60, seed=5, purpose=purpose).states.params.elasticity
        assert not np.isin(np.asarray(scored), np.asarray(trained)).any()


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"first": 1.0}, "first"),
        ({"first": -0.1}, "first"),
        ({"first": 0.4, "explore": 2.0}, "explore"),
        ({"first": 0.4, "models": ["income-effects"]}, "models"),
        ({"first": 0.4, "elasticity": (-0.5, 1.0)}, "elasticity"),
        ({"first": 0.4, "estimates": 0}, "estimates"),
    ],
)
def test_estimators_refuse_what_makes_no_sense(given, named):
    with pytest.raises(ConfigurationError, match=f"^{named}: got "):
        StructuralEstimator(STANDARD.env("rate"), **given)


def test_rates_and_priors_have_bounds():
    with pytest.raises(ConfigurationError, match=r"^rate: got 1"):
        FixedRate(1.0)
    with pytest.raises(ConfigurationError, match=r"^elasticity: got "):
        Societies(elasticity=(-0.2, 1.0))
