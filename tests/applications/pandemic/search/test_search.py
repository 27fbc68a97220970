"""Policies found by gradients and by search, on two states and half a year."""

import datetime

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import yaml

from solon.applications.pandemic.evaluate import evaluate_policies
from solon.applications.pandemic.outcome import summarize
from solon.applications.pandemic.policies import LevelSchedule
from solon.applications.pandemic.policies.files import PandemicPolicy, constant_policy, read_policy
from solon.applications.pandemic.policies.forms import schedule_of
from solon.applications.pandemic.policies.level_rounding import keeps_pause
from solon.applications.pandemic.policies.limits import CAPPED, METHODS, Limits
from solon.applications.pandemic.policies.log_linear_rule import LINEAR_SIGNALS, LogLinearRule
from solon.applications.pandemic.search.polish import polish
from solon.applications.pandemic.search.problem import Problem
from solon.applications.pandemic.search.search import PERIOD, search
from solon.economies.pandemic import Pandemic
from solon.economies.pandemic.sensitivity import with_transmission
from solon.errors import ConfigurationError

DAYS = 120


@pytest.fixture(scope="module")
def economy():
    return Pandemic(states=("TX", "NY"), horizon=DAYS, compatibility="foundation")


@pytest.fixture(scope="module")
def draws(economy):
    return with_transmission(economy.default_params(), [0.9, 1.1])


@pytest.mark.parametrize("method", METHODS)
def test_what_is_found_is_what_its_file_says(economy, draws, method, tmp_path):
    """The file, played by the machinery that shows policies, has the welfare that was claimed."""
    (constant,) = evaluate_policies(economy, [constant_policy(economy, 7, 3)], draws)
    cap = summarize(constant)["unemployment"] if method in CAPPED else None
    problem = Problem(economy, draws, Limits(0.7, 8), subsidy=3, evaluations=400, unemployment=cap)
    found = search(method, problem)
    assert found.evaluations <= 400
    place = tmp_path / "found.yaml"
    place.write_text(yaml.safe_dump({**found.content, "subsidy": 3}))
    (shown,) = evaluate_policies(economy, [read_policy(str(place), economy)], draws)
    np.testing.assert_allclose(shown.federal_welfare.mean(), found.welfare, rtol=1e-5)
    if method in CAPPED:
        assert (summarize(shown)["unemployment"] < cap + 0.1).all()
    if method != "threshold":
        # It begins with the best constant level and knows each state by itself.
        assert found.welfare > constant.federal_welfare.mean() - 0.5
    assert shown.stringency[:, 1:].max() <= 8
    for draw in shown.stringency:
        assert keeps_pause(draw[1:], draw[0], problem.pause).all() and problem.pause == 43
    assert (found.relaxed is None) == (method == "threshold")
    if method == "open-loop":
        assert found.rounded < found.welfare


def test_own_welfare_is_improved_state_by_state(economy, draws):
    """What each state finds for itself is what its own welfare says, and none is worse off."""
    periods = -(-DAYS // PERIOD)
    start = np.full((periods, 2), 5)
    settings = {"period": PERIOD, "pause": 2, "highest": 10, "evaluations": 480, "own": True}
    planner = constant_policy(economy, 5).planner
    found = polish(economy, planner, draws, start, **settings)

    def own(levels):
        days = LevelSchedule(np.repeat(levels, PERIOD, axis=0)[:DAYS], keeps_cooldown=True)
        (shown,) = evaluate_policies(economy, [PandemicPolicy("own", days, planner)], draws)
        return shown.state_welfare.mean(axis=0)

    before, after = own(start), own(found.levels)
    np.testing.assert_allclose(after.sum(), found.welfare, rtol=1e-5)
    assert (after > before + 0.5).all()


def test_odds_of_levels_are_log_linear():
    """By hand: weights on a share and on a logarithm, a review, and what lies between reviews."""
    weights = [1.0 if name in ("susceptible", "log_infected") else 0 for name in LINEAR_SIGNALS]
    persons = jnp.array([[0.9, 999e-6, 0, 0, 0, 0.05], [0.5, 0, 0, 0, 0, 0.05]])
    observation = {
        "persons": persons,
        "stringency": jnp.array([[0.3], [0.4]]),
        "lagged_stringency": jnp.array([[0.3], [0.4]]),
        "vaccination": jnp.ones((2, 1)),
        "time": jnp.full((2, 1), 28 / 100),
        "action_mask": jnp.ones((2, 11), bool),
    }
    rule = LogLinearRule(weights, [-3.9, 0.0], horizon=100, whole=False, rounded=False)
    levels, _ = rule.act((), observation, jax.random.key(0))
    # Odds of 1 put the level halfway between 1 and 10.
    np.testing.assert_allclose(levels, [5.5, 1 + 9 / (1 + np.exp(-0.5))], rtol=1e-5)
    whole = LogLinearRule(weights, [-3.9, 0.0], horizon=100)
    assert whole.act((), observation, jax.random.key(0))[0].tolist() == [6, 7]
    later = {**observation, "time": jnp.full((2, 1), 29 / 100)}
    assert whole.act((), later, jax.random.key(0))[0].tolist() == [0, 0]
    np.testing.assert_allclose(rule.act((), later, jax.random.key(0))[0], [3, 4], rtol=1e-6)


def test_a_factor_of_transmission_is_one_at_every_level(economy):
    params = economy.default_params()
    draws = with_transmission(params, [1, 0.8])
    line = draws.epidemic.intercept_factor[:, None] * draws.epidemic.intercept
    slope = draws.epidemic.slope_factor[:, None] * draws.epidemic.slope
    np.testing.assert_allclose((line + 5 * slope)[1], 0.8 * (line + 5 * slope)[0], rtol=1e-6)
    for factors in ([], [-0.1], [float("nan")]):
        with pytest.raises(ConfigurationError, match="transmission"):
            with_transmission(params, factors)


def test_a_cap_on_unemployment_is_not_for_every_method(economy, draws):
    problem = Problem(economy, draws, Limits(), evaluations=400, unemployment=np.full(2, 9.0))
    with pytest.raises(ConfigurationError, match="method: got 'open-loop'; allowed: log-linear"):
        search("open-loop", problem)


def test_a_budget_of_episodes_that_is_too_small(economy, draws):
    with pytest.raises(ConfigurationError, match=r"evaluations: got 20"):
        Problem(economy, draws, Limits(), evaluations=20)


@pytest.mark.parametrize(
    ("content", "named"),
    [
        ({"schedule": {"TX": {"2020-03-23": 4}}}, "New York"),
        ({"schedule": {"TX": {"2020-03-23": 11}, "NY": {}}}, "got 11"),
        ({"schedule": {"TX": {"soon": 4}, "NY": {}}}, "soon"),
        ({"schedule": {"TX": 3, "NY": {}}}, "got 3"),
        ({"log_linear": {"weights": {}}}, "intercepts"),
        ({"log_linear": {"weights": {"luck": 1}, "intercepts": {"TX": 1, "NY": 1}}}, "luck"),
        ({"log_linear": {"weights": {}, "intercepts": {"TX": "a", "NY": 1}}}, "'a'"),
        ({"log_linear": {"weights": {}, "intercepts": {"TX": 1, "NY": 1}, "review": 0}}, "got 0"),
        (
            {"log_linear": {"weights": {}, "intercepts": {"TX": 1, "NY": 1}, "review": 27}},
            "review: got 27; allowed: a whole number from 28",
        ),
        ({"tree": {"signal": "infected"}}, "own.yaml, tree"),
        ({"tree": 4, "review": 0}, "own.yaml, review: got 0"),
    ],
)
def test_files_that_are_no_policy(economy, content, named, tmp_path):
    place = tmp_path / "own.yaml"
    place.write_text(yaml.safe_dump(content))
    with pytest.raises(ConfigurationError, match=named):
        read_policy(str(place), economy)


def test_a_schedule_before_the_first_date_keeps_what_is_given(economy, tmp_path):
    place = tmp_path / "own.yaml"
    place.write_text("schedule: {TX: {2020-03-01: 9, 2020-04-01: 3}, New York: {2020-03-23: 8}}")
    governor = read_policy(str(place), economy).governor
    assert isinstance(governor, LevelSchedule) and governor.keeps_cooldown
    given = np.asarray(economy.default_params().beginning.levels[-1])
    levels = np.asarray(governor.levels)
    assert levels[:10, 0].tolist() == 9 * [given[0]] + [3] and (levels[:, 1] == 8).all()
    (said,) = read_policy(str(place), economy).remarks
    assert "1 date is left aside" in said and "2020-03-22 to 2020-07-20" in said


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ("{2099-01-01: 9}", "got '2099-01-01'; allowed: a date from 2020-01-01 to 2021-06-01"),
        ("{2020-03-23: 9, 2099-01-01: 8}", "got '2099-01-01'; allowed: a date from 2020-01-01"),
        ("{2019-03-23: 9}", "got '2019-03-23'"),
        ("{2020-12-01: 9}", "got '2020-12-01'; allowed: a date from 2020-03-23 to 2020-07-20"),
        ("{2020-03-01: 9}", "got '2020-03-01'; allowed: a date from 2020-03-23 to 2020-07-20"),
        ("{20200323: 9}", "got '20200323'; allowed: a date .*, as 2020-01-01"),
        ("{2020-W13-1: 9}", "got '2020-W13-1'; allowed: a date .*, as 2020-01-01"),
        ("{2020-03-23 00:00:00: 9}", "got '2020-03-23 00:00:00'"),
        ("{2020-03-23: 9, '2020-03-23': 8}", "line 1, column 40: a key that comes twice"),
        ("{2020-03-23: 1:30}", "got '1:30'; allowed: a whole number from 1 to 10"),
        ("{2020-03-23: yes}", "got 'yes'; allowed: a whole number from 1 to 10"),
    ],
)
def test_dates_that_could_never_take_effect(economy, changes, named, tmp_path):
    place = tmp_path / "own.YAML"
    place.write_text(f"schedule: {{NY: {{}}, TX: {changes}}}")
    with pytest.raises(ConfigurationError, match=named):
        read_policy(str(place), economy)
    # States that do not take part are held to the same.
    if "simulated" not in named and "2020-07-20" not in named:
        place.write_text(f"schedule: {{NY: {{}}, TX: {{}}, OH: {changes}}}")
        with pytest.raises(ConfigurationError, match=r"Ohio|comes twice"):
            read_policy(str(place), economy)


def test_a_day_that_is_handed_over_twice(economy):
    changes = {"2020-03-23": 4, datetime.date(2020, 3, 23): 5}
    with pytest.raises(ConfigurationError, match="each day once"):
        schedule_of({"TX": changes, "NY": {}}, economy)


@pytest.mark.parametrize(("text", "level"), [("010", 10), ("0x7", 7), ("7", 7)])
def test_levels_in_files_are_those_that_are_typed(economy, text, level, tmp_path):
    (tmp_path / "a.yaml").write_text(f"level: {text}\n")
    (tmp_path / "b.json").write_text(f'{{"level": {level}}}')
    for place in ("a.yaml", "b.json"):
        found = read_policy(str(tmp_path / place), economy).governor
        assert (np.asarray(found.levels) == level).all()
    if text.isdigit():
        typed = read_policy(f"level={text}", economy).governor
        assert (np.asarray(typed.levels) == level).all()
