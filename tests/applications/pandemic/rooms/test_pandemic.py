"""The room Pandemic: rules, levels by state, files, and what is not known."""

import dataclasses

import numpy as np
import pytest

from solon.applications.pandemic.rooms import pandemic
from solon.applications.pandemic.rooms import year as pandemic_year
from solon.errors import ConfigurationError
from tests.lab.conftest import texts


@pytest.fixture(autouse=True)
def few_days(monkeypatch):
    """Sixty days, and four states: what is compiled is the same, and small."""
    from solon.economies.pandemic import Pandemic

    states = ("New York", "Texas", "Florida", "California")
    short = {
        name: dataclasses.replace(world, days=60) for name, world in pandemic_year.WORLDS.items()
    }
    economies = {
        world: Pandemic(states=states, start_date=world.start, horizon=world.days)
        for world in short.values()
    }
    monkeypatch.setattr(pandemic_year, "WORLDS", short)
    monkeypatch.setattr(pandemic_year, "economy", economies.__getitem__)
    return short


@pytest.fixture
def published(few_days):
    return few_days["published"]


def deaths(page):
    return next(m.value for m in page.metric if m.label.startswith("Deaths"))


def test_a_rule_is_simulated_beside_the_real_policy(lab):
    page = lab("pandemic")
    assert not page.exception and not page.error
    assert len(page.metric) == 4
    assert "no advice for real decisions" in texts(page.warning)
    assert "Simulation card: the pandemic economy" in texts(page.markdown)
    before = deaths(page)
    page = page.slider(key="closed-level").set_value(10).run()
    assert page.query_params["closed-level"] == "10" and deaths(page) != before


def test_policies_by_state_come_back_from_their_address(lab):
    page = lab("pandemic", policy="states", level="3", states="TX9.NY1.ZZ4.CAx")
    assert not page.exception and not page.error
    assert page.multiselect(key="states").value == ["Texas", "New York"]
    assert page.slider(key="level-TX").value == 9 and page.slider(key="level").value == 3
    assert page.query_params["states"] == "TX9.NY1"


def test_the_weight_of_health_decides_who_is_ahead(lab):
    page = lab("pandemic", policy="level", level="9", health="100")
    assert "**Yours** does better" in texts(page.markdown)
    page = page.slider(key="health").set_value(0).run()
    assert "**The real policy** does better" in texts(page.markdown)


def test_thresholds_that_contradict_each_other_are_said(lab):
    page = lab("pandemic", close="2", open="8")
    assert "cannot open again above" in texts(page.error)
    assert not page.exception and not page.metric


def test_transmission_that_is_known_has_no_band(lab):
    page = lab("pandemic", transmission="0")
    assert not page.exception and not page.error and len(page.metric) == 4


@pytest.mark.parametrize(("name", "value"), [("level", "99"), ("health", "-1"), ("policy", "x")])
def test_values_that_no_widget_has_are_left_out(lab, name, value):
    page = lab("pandemic", **{name: value})
    assert not page.exception and not page.error and len(page.metric) == 4


def test_more_transmission_means_more_deaths_and_a_band(published):
    real = pandemic_year.real(published)
    found = pandemic_year.course(published, real, {"real": True}, 0.05, "real policy")
    last = found.outcome.deaths[:, -1].sum(axis=1)
    assert len(last) == 9 and (np.diff(last) > 0).all()
    certain = pandemic_year.course(published, real, {"real": True}, 0.0, "real policy")
    assert len(certain.health) == 1
    # The draw in the middle is the fitted one.
    np.testing.assert_allclose(certain.outcome.deaths[0], found.outcome.deaths[4], rtol=1e-5)


def test_the_two_indices_make_up_welfare(published):
    import jax
    import jax.numpy as jnp

    from solon.applications.pandemic.evaluate import evaluate_policies

    env = pandemic_year.economy(published)
    real = pandemic_year.real(published)
    found = pandemic_year.course(published, real, {"real": True}, 0.0, "real policy")
    # As many draws as the room has: nothing is compiled anew.
    same = jax.tree.map(lambda leaf: jnp.stack([leaf] * 18), env.default_params())
    (plain,) = evaluate_policies(env, [real], same)
    goals = env.default_params().objectives.planner
    odds = float(goals.priority * goals.health_weight)
    share = odds / (odds + 1 - float(goals.health_weight))
    expected = plain.federal_welfare[0] / env.horizon
    assert found.welfare(share)[0] == pytest.approx(expected, rel=1e-4)


def test_a_level_of_its_own_is_that_states_alone(published):
    made = pandemic_year.by_state(published, 3, {"Texas": 9}, 0)
    course = pandemic_year.course(
        published, made, {"level": 3, "others": {"Texas": 9}}, 0.0, "yours"
    )
    levels = course.outcome.stringency[0, -1]
    assert levels.tolist() == [9 if s == "Texas" else 3 for s in course.outcome.states]


def test_policies_of_the_zoo_stand_beside_the_real_one(published):
    shipped = list(pandemic_year.learned(published))
    assert shipped[0] == "mlp" and len(shipped) >= 4
    made = pandemic_year.learned_policy(published, shipped[0])
    course = pandemic_year.course(published, made, {"zoo": shipped[0]}, 0.0, "learned")
    done = pandemic_year.real(published)
    real = pandemic_year.course(published, done, {"real": True}, 0.0, "real policy")
    # The few days of these tests are its spring, in which it closes harder than was done.
    assert course.outcome.stringency[0].mean() > real.outcome.stringency[0].mean()
    assert course.health[0] > real.health[0] and course.economy[0] < real.economy[0]
    with pytest.raises(ConfigurationError):
        pandemic_year.learned_policy(published, "none")


def test_bands_of_the_fitted_world_are_those_of_its_ensemble(lab):
    page = lab("pandemic", world="fitted", policy="level", learned="none")
    assert not page.exception and not page.error and len(page.metric) == 4
    assert "16 fits" in texts(page.caption)
    assert page.selectbox(key="learned").options[0] == "Governors, by reinforcement"
    world = pandemic_year.WORLDS["fitted"]
    found = pandemic_year.course(world, pandemic_year.real(world), {"real": True}, 0.0, "real")
    last = found.outcome.deaths[:, -1].sum(axis=1)
    assert len(last) == len(set(last)) == pandemic_year.FITS
    # New York, Texas, Florida and California had some 78,000 deaths at the end of September 2020.
    assert 50_000 < np.median(last) < 110_000


def test_the_room_has_words_for_all_worlds_and_spreads():
    assert list(pandemic._SPREADS) == list(pandemic_year.SPREADS)
    assert list(pandemic._WORLDS) == list(pandemic_year.WORLDS)
