import hashlib

import numpy as np
import pytest

import solon
from solon.data.covid19 import infer_epidemic, load, table


def place(data, state, date):
    return data.row(date), data.states.index(state)


def test_shape_and_units():
    data = load()
    assert (str(data.dates[0]), str(data.dates[-1])) == ("2020-01-01", "2021-06-01")
    assert (np.diff(data.dates).astype(int) == 1).all()
    assert data.deaths.shape == data.stringency.shape == (518, 51)
    assert data.states[8] == "District of Columbia"
    assert data.population.sum() == 328_737_916
    assert data.deaths[data.row("2021-05-31")].sum() == 591_892
    assert set(np.unique(data.stringency)) == set(range(1, 10))
    assert [str(day) for day in data.dates[data.federal_subsidy > 0]] == [
        "2020-04-15",
        "2020-12-27",
        "2021-03-11",
    ]
    assert data.federal_subsidy.sum() == 802e9
    for name in ("deaths", "stringency", "population", "dates"):
        with pytest.raises(ValueError, match="read-only"):
            getattr(data, name)[0] = 0


def test_smoothed_deaths_are_the_reported_ones_under_a_gaussian_kernel():
    """This is also why a forecast must not use them: the kernel looks 30 days ahead."""
    data = load()
    kernel = np.exp(-0.5 * (np.arange(-30, 31) / 10) ** 2)
    kernel /= kernel.sum()
    smooth = np.array([np.convolve(column, kernel, "same") for column in data.deaths.T]).T
    known = np.isfinite(data.smoothed_deaths)
    np.testing.assert_allclose(smooth[known], data.smoothed_deaths[known], rtol=1e-12, atol=1e-9)


def test_inferred_epidemic():
    """Totals as the published simulation starts with them."""
    data = load()
    epidemic = infer_epidemic(data)
    row = data.row("2020-03-22")
    assert epidemic.susceptible[row].sum() == pytest.approx(328_194_939.05, abs=0.01)
    assert epidemic.infected[row].sum() == pytest.approx(372_476.29, abs=0.01)
    assert epidemic.recovered[row].sum() == pytest.approx(170_500.66, abs=0.01)
    total = epidemic.susceptible + epidemic.infected + epidemic.recovered
    known = np.isfinite(total)
    np.testing.assert_allclose((total - data.population)[known], 0, atol=1e-6)
    fewer = infer_epidemic(data, death_share=0.04)
    np.testing.assert_allclose(fewer.infected[row], epidemic.infected[row] / 2)


def test_a_part_is_the_same_numbers():
    data = load()
    part = data.select(["TX", "California"], "2020-03-22", 405)
    assert part.states == ("Texas", "California")
    assert (str(part.dates[0]), len(part.dates)) == ("2020-03-22", 405)
    row, column = place(data, "California", "2020-12-01")
    assert part.deaths[part.row("2020-12-01"), 1] == data.deaths[row, column]
    assert part.population[0] == data.population[data.states.index("Texas")]
    assert data.select().deaths.shape == data.deaths.shape


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((["TX", "Atlantis"],), "states: got 'Atlantis'"),
        ((None, "2019-12-31"), "start: .* from 2020-01-01 to 2021-06-01"),
        ((None, "22.3.2020"), "start: got '22.3.2020'"),
        ((None, "2021-06-01", 2), "days: got 2; allowed: from 1 to 1"),
        ((None, None, 0), "days: got 0"),
    ],
)
def test_what_is_not_in_the_data_is_named(arguments, words):
    with pytest.raises(solon.ConfigurationError, match=words):
        load().select(*arguments)


def test_a_changed_file_is_not_read(tmp_path):
    original = table._TABLE.read_bytes()
    assert hashlib.sha256(original).hexdigest() == table.SHA256
    changed = tmp_path / "states.parquet"
    changed.write_bytes(original[:-1] + bytes([original[-1] ^ 1]))
    with pytest.raises(solon.ConfigurationError, match=r"data file: .*; this one has") as caught:
        load(changed)
    assert "\n" not in str(caught.value)
    with pytest.raises(solon.ConfigurationError, match="No such file"):
        load(tmp_path / "missing.parquet")


def test_loads_at_once_and_without_jax(run_python):
    program = """
import time, sys
import numpy, pyarrow.parquet
before = time.process_time()
from solon.data.covid19 import load
load()
print(time.process_time() - before, "jax" in sys.modules)
"""
    seconds, jax = run_python(program).stdout.split()
    assert float(seconds) < 0.5
    assert jax == "False"
