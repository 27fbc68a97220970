"""What an evaluation says adds up: coin, units, periods, and the luck that regimes share."""

import jax
import numpy as np
import pytest

import solon
from solon.agents.scripted import RandomPolicy
from solon.applications.taxation.outcomes import evaluate
from solon.applications.taxation.policies import FixedSchedule

EPISODES = 3


@pytest.fixture(scope="module")
def economy():
    return solon.make(
        "gather-trade-build",
        layout="open-quadrant-9",
        horizon=100,
        starting_coin=20.0,
        periodic_bracket_tax={"period": 20},
    )


def run(economy, planner, seed=0, **options):
    return evaluate(
        economy,
        {"worker": RandomPolicy(economy.roles["worker"]), "planner": planner},
        key=jax.random.key(seed),
        params=economy.default_params(),
        episodes=EPISODES,
        **options,
    )


@pytest.fixture(scope="module")
def taxed(economy):
    return run(economy, FixedSchedule([0.5] * 7), regime="half")


@pytest.fixture(scope="module")
def free(economy):
    return run(economy, FixedSchedule.free_market(7), regime="none")


def test_coin_adds_up(taxed):
    w = taxed.workers
    assert w["houses"].sum() > 0 and w["tax_paid"].sum() > 0 and w["sold_wood"].sum() > 0
    flows = w["build_income"] + w["sales_income"] - w["purchases"] - w["tax_paid"] + w["transfers"]
    np.testing.assert_allclose(20 + flows, w["coin"], rtol=1e-5)
    np.testing.assert_allclose(w["sales_income"].sum(1), w["purchases"].sum(1), rtol=1e-6)
    np.testing.assert_allclose(w["coin"].sum(1), taxed.episodes["productivity"], rtol=1e-6)


def test_periods_add_up_to_the_year(taxed):
    income = taxed.periods["income"].sum(1)
    w = taxed.workers
    earned = w["build_income"] + w["sales_income"] - w["purchases"]
    np.testing.assert_allclose(income, earned, rtol=1e-4, atol=1e-3)
    np.testing.assert_allclose(taxed.periods["tax_paid"].sum(1), w["tax_paid"], rtol=1e-5)
    np.testing.assert_allclose(taxed.periods["transfer"].sum(1), w["transfers"], rtol=1e-5)
    assert taxed.periods["rates"].shape == (EPISODES, 5, 7)
    np.testing.assert_allclose(taxed.periods["rates"], 0.5)


def test_the_market_sums_to_what_workers_sold(taxed):
    for good in ("stone", "wood"):
        np.testing.assert_array_equal(
            taxed.market[f"{good}_units"].sum(1), taxed.workers[f"sold_{good}"].sum(1)
        )
    coin = taxed.market["stone_coin"].sum(1) + taxed.market["wood_coin"].sum(1)
    np.testing.assert_allclose(coin, taxed.workers["sales_income"].sum(1), rtol=1e-6)


def test_workers_are_ranked_by_payment(taxed):
    assert (np.diff(taxed.workers["payment"], axis=1) > 0).all()


def test_the_trajectory_is_the_first_episode(taxed):
    order = np.argsort(taxed.trajectory["payment"])
    np.testing.assert_allclose(taxed.trajectory["coin"][-1][order], taxed.workers["coin"][0])
    houses = [(taxed.trajectory["house"][-1] == i).sum() for i in order]
    np.testing.assert_array_equal(houses, taxed.workers["houses"][0])


def test_regimes_face_the_same_starts(taxed, free):
    assert free.workers["tax_paid"].sum() == 0
    np.testing.assert_array_equal(taxed.trajectory["location"][0], free.trajectory["location"][0])
    np.testing.assert_array_equal(taxed.trajectory["payment"], free.trajectory["payment"])
    # Until the first tax day nothing differs, since random workers do not look at the rates.
    np.testing.assert_array_equal(taxed.trajectory["coin"][:20], free.trajectory["coin"][:20])
    assert (taxed.trajectory["coin"][20] != free.trajectory["coin"][20]).any()


def test_save_and_load(taxed, tmp_path):
    taxed.save(tmp_path)
    again = type(taxed).load(tmp_path)
    assert again.regime == "half"
    np.testing.assert_array_equal(again.workers["coin"], taxed.workers["coin"])


def test_more_episodes_than_a_batch(economy, monkeypatch):
    monkeypatch.setattr("solon.applications.taxation.outcomes.playing._BATCH", 2)
    found = run(economy, FixedSchedule.free_market(7))
    assert found.episode_count == EPISODES


@pytest.mark.parametrize("episodes", [0, -1, 1.5, True])
def test_bad_numbers_of_episodes(economy, episodes):
    with pytest.raises(Exception, match="episodes"):
        evaluate(
            economy, {}, key=jax.random.key(0), params=economy.default_params(),
            episodes=episodes,
        )  # fmt: skip
