"""A whole calibration, with so little effort that it proves nothing but how it hangs together."""

import dataclasses
import json

import jax
import numpy as np
import pytest

from solon.applications.pandemic.calibration.ensemble import (
    ensemble_at,
    ensemble_bytes,
    read_ensemble,
)
from solon.applications.pandemic.calibration.known import cut
from solon.applications.pandemic.calibration.rolling import Effort, Forecaster
from solon.applications.pandemic.calibration.study import read_table, run_study, score, table_bytes
from solon.cli import main
from solon.data.covid19 import load
from solon.economies.pandemic import Pandemic
from solon.errors import ConfigurationError

EFFORT = Effort(members=2, draws=2, steps=2)


@pytest.fixture(scope="module")
def forecaster():
    return Forecaster(EFFORT, seed=3)


@pytest.fixture(scope="module")
def table(forecaster):
    return run_study(load(), forecaster, origins=("2020-08",), horizons=(1, 4))


def test_later_rows_change_no_forecast(forecaster):
    """The future is made absurd: every forecast stays as it is, bit for bit."""
    data = load()
    rows = data.row("2020-09-01")
    rng = np.random.default_rng(0)
    changed = {field.name: getattr(data, field.name) for field in dataclasses.fields(data)}
    for name in ("deaths", "smoothed_deaths", "vaccinated", "unemployment", "federal_subsidy"):
        changed[name] = changed[name].copy()
        changed[name][rows:] = 1e6 * rng.random(changed[name][rows:].shape)
    changed["stringency"] = changed["stringency"].copy()
    changed["stringency"][rows:] = 10
    # Smoothed deaths of the last month know of the days to come, and August's rate is not out yet.
    changed["smoothed_deaths"][rows - 31 :] = 0
    changed["unemployment"][data.row("2020-08-01") : rows] = 99
    other = Forecaster(EFFORT, seed=3)
    for ahead in (1, 4):
        for forecast in ("deaths", "unemployment"):
            one = getattr(forecaster, forecast)(cut(data, "2020-09"), ahead)
            two = getattr(other, forecast)(cut(type(data)(**changed), "2020-09"), ahead)
            assert list(one) == list(two)
            for method, quantiles in one.items():
                np.testing.assert_array_equal(quantiles, two[method], err_msg=method)
    # The test would notice: a later origin does see these rows.
    first = forecaster.unemployment(cut(data, "2020-09", month_known=True), 1)["persistence"]
    second = other.unemployment(cut(type(data)(**changed), "2020-09", month_known=True), 1)
    assert (first != second["persistence"]).all()


def test_quantiles_are_in_order(table):
    names = ["q05", "q25", "q50", "q75", "q95"]
    quantiles = np.stack([table[name] for name in names])
    assert np.isfinite(quantiles).all()
    assert (np.diff(quantiles, axis=0) >= 0).all()
    assert (quantiles >= 0)[:, table["method"] != "drift"].all()


def test_scores_come_from_the_table(table):
    found = score(read_table(table_bytes(table)))
    rows = (table["target"] == "deaths") & (table["months"] == 4) & (table["method"] == "N")
    missed = np.abs(table["q50"][rows] - table["observed"][rows])
    assert found["deaths"]["4"]["N"]["persons"] == pytest.approx(missed.mean(), rel=1e-4)
    per_head = (missed / table["population"][rows] * 1e5).mean()
    assert found["deaths"]["4"]["N"]["error"] == pytest.approx(per_head, rel=1e-4)
    origins = found["unemployment"]["1"]["persistence"]["by_origin"]
    assert list(origins) == ["2020-08"]


def test_ensemble_in_the_economy(forecaster, tmp_path):
    data = load()
    ensemble = ensemble_at(forecaster, cut(data, "2020-09"))
    path = tmp_path / "ensemble.safetensors"
    path.write_bytes(ensemble_bytes(ensemble))
    assert all(ensemble_bytes(ensemble) == path.read_bytes() for _ in range(20))
    again = read_ensemble(path)
    assert (again.states, again.start_date) == (ensemble.states, "2020-08-31")
    economy = Pandemic(states=("NY", "MO", "TX"), start_date="2020-08-31", horizon=30)
    params = again.params(economy)
    assert params.epidemic.intercept.shape == (2, 3)
    # All persons are there, though the economy counts Kansas City once.
    persons = params.beginning.compartments
    total = persons.susceptible + persons.infected + persons.recovered
    np.testing.assert_allclose(total, np.asarray(params.population), rtol=1e-6)
    # At the levels in force the line gives positive transmission, and it falls with the level.
    level = params.beginning.levels[:, -1]
    assert (params.epidemic.intercept + params.epidemic.slope * level > 0).all()
    assert (params.epidemic.slope < 0).all()
    states, _ = jax.vmap(economy.start, in_axes=(None, 0))((), params)
    reported = data.select(["NY", "MO", "TX"]).deaths[data.row("2020-08-31")]
    # The fit hardly moved here; deaths start from what was reported before the window.
    assert (np.asarray(states.compartments.deaths) > 0.5 * reported).all()

    with pytest.raises(ConfigurationError, match="start_date: got '2020-03-22'"):
        again.params(Pandemic())
    with pytest.raises(ConfigurationError, match="economy: got"):
        dataclasses.replace(again, rules="pandemic@9").params(economy)
    path.write_bytes(ensemble_bytes(dataclasses.replace(again, rules="pandemic@9")))
    with pytest.raises(ConfigurationError, match=r"pandemic@9.*allowed: a file"):
        read_ensemble(path)
    few = {name: values for name, values in again.arrays.items() if name != "bias"}
    damaged = {
        "whose bias is missing": few,
        "whose slope is missing or": {**again.arrays, "slope": again.arrays["slope"][:1]},
        "whose infected has numbers": {**again.arrays, "infected": -again.arrays["infected"]},
        "whose weights has numbers": {**again.arrays, "weights": again.arrays["weights"] * np.nan},
    }
    for words, arrays in damaged.items():
        path.write_bytes(ensemble_bytes(dataclasses.replace(again, arrays=arrays)))
        with pytest.raises(ConfigurationError, match=words):
            read_ensemble(path)
    path.write_bytes(ensemble_bytes(dataclasses.replace(again, start_date="yesterday")))
    with pytest.raises(ConfigurationError, match="got 'yesterday'; allowed: a date"):
        read_ensemble(path)
    path.write_bytes(b"nothing")
    with pytest.raises(ConfigurationError, match="ensemble: got"):
        read_ensemble(path)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ["--origins", "2021-03"],
            "--origins: got '2021-03 and 4 months ahead'; allowed:",
        ),
        (["--origins", "2020-07"], "--origins: got '2020-07'; allowed: a month from 2020-08"),
        (["--origins", "2020-08,2020-08"], "--origins: got '2020-08'; allowed: each month once"),
        (["--origins", ""], "origins: got ''; allowed: something"),
        (["--horizons", "3"], "--horizons: got 3; allowed: 1, 2, 4"),
        (["--horizons", "soon"], "--horizons: got 'soon'; allowed: 1, 2, 4"),
        (["--horizons", "1,1"], "--horizons: got [1, 1]; allowed: each once"),
        (["--seed", "-1"], "--seed: got -1; allowed: a whole number"),
        (["--out", "file"], "--out: got 'file/forecasts.parquet'; allowed: a place"),
    ],
)
def test_bad_input(arguments, message, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").write_text("")
    assert main(["calibrate", "pandemic", *arguments]) == 2
    error = capsys.readouterr().err
    assert message in error and error.count("\n") == 1
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_command(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("solon.applications.pandemic.calibration.rolling.QUICK", EFFORT)
    monkeypatch.setattr("solon.cli._runtime.prepare", lambda: None)
    arguments = ["--quick", "--origins", "2020-08", "--horizons", "1", "--out", "here"]
    assert main(["calibrate", "pandemic", *arguments]) == 0
    text = capsys.readouterr().out
    assert "| model |" in text and "here/scores.json" in text
    found = json.loads((tmp_path / "here" / "scores.json").read_text())
    assert found["scores"] == score(read_table((tmp_path / "here/forecasts.parquet").read_bytes()))
    assert found["settings"]["effort"]["members"] == 2
    assert read_ensemble(tmp_path / "here/ensemble.safetensors").start_date == "2020-07-31"
    assert "no experiment" in (tmp_path / "here/CARD.md").read_text()
