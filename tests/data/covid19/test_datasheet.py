"""What the datasheet says about the data is so."""

import numpy as np
import pytest

from solon.data.covid19 import infer_epidemic, load, table

SHEET = table._TABLE.with_name("DATASHEET.md").read_text("utf-8")


def says(*texts):
    words = " ".join(SHEET.split())
    for text in texts:
        assert text in words, text


def cells(data, where):
    return [(data.states[column], str(data.dates[row])) for row, column in np.argwhere(where)]


@pytest.fixture(scope="module")
def data():
    return load()


def growth(values):
    """From the day before; the first day has none."""
    return np.vstack([np.full(values.shape[1], np.nan), np.diff(values, axis=0)])


def test_program_runs(capsys):
    program = SHEET.split("```python\n")[1].split("```")[0]
    exec(program, {})
    assert capsys.readouterr().out.splitlines() == [
        "2020-01-01 2021-06-01 51",
        "591892.0",
        "(405, 1)",
    ]


def test_hash_and_size(data):
    says(table.SHA256, f"{data.deaths.size:,} rows")


def test_days_that_are_known(data):
    for name in ("deaths", "smoothed_deaths", "unemployment"):
        known = np.isfinite(getattr(data, name))
        assert (known.all(axis=1) == known.any(axis=1)).all()
        first, *_, last = data.dates[known.all(axis=1)]
        line = next(line for line in SHEET.splitlines() if line.startswith(f"| `{name}`"))
        assert f"{first} to {last}" in line
    assert np.isfinite(data.vaccinated).all()
    first = data.dates[(data.vaccinated > 0).any(axis=1)][0]
    says(f"0 before {first}")
    for row in data.federal_subsidy.nonzero()[0]:
        says(f"{data.federal_subsidy[row] / 1e9:.0f} billion", f"on {data.dates[row]}")


def test_deaths_that_fall(data):
    new = growth(data.deaths)
    falls = new < 0
    says(f"{falls.sum()} of the state-days, {-new[falls].sum():,.0f} deaths taken back")
    worst = np.unravel_index(np.nanargmin(new), new.shape)
    says(f"{data.states[worst[1]]}, {-new[worst]:.0f} on {data.dates[worst[0]]}")
    smooth = growth(data.smoothed_deaths) < 0
    assert {state for state, _ in cells(data, smooth)} == {"West Virginia"}
    first = min(date for _, date in cells(data, smooth))
    says(f"{smooth.sum()} state-days, all in West Virginia from {first} on")
    row = data.row("2020-03-22")
    says(f"{data.smoothed_deaths[row].sum():,.0f} on 2020-03-22, when {data.deaths[row].sum():.0f}")


def test_backlogs(data):
    new = growth(data.deaths)
    row, column = data.row("2021-04-07"), data.states.index("Oklahoma")
    before, after = data.deaths[row - 1 : row + 1, column]
    assert (data.deaths[row - 4 : row, column] == before).all()
    says(f"{after - before:,.0f} deaths", f"{before:,.0f} before, {after:,.0f} after")
    rate = new / data.population * 1e6
    says(f"{rate[row, column]:.0f} per million")
    for state, date in cells(data, rate > 75):
        says(state, date)
    assert (rate > 75).sum() == 8


def test_vaccinations(data):
    falls = cells(data, growth(data.vaccinated) < 0)
    early = [date for _, date in falls if date < "2021-01-16"]
    february = [date for _, date in falls if date == "2021-02-22"]
    assert {"2021-01-13", "2021-01-15"} < set(early)
    says(f"{len(falls)} state-days: {len(early)} on", f"{len(falls) - len(early)} later")
    says(f"{len(february)} of them on 2021-02-22")
    for date, text in (("2021-01-12", "5.06 million"), ("2021-01-15", "1.52 million")):
        total = data.vaccinated[data.row(date)].sum()
        assert f"{total / 1e6:.2f} million" == text
    says("5.06 million on 2021-01-12, 1.52 million three days later")
    column = data.states.index("West Virginia")
    first = data.vaccinated[data.row("2021-01-12"), column]
    assert first > data.population[column]
    says(f"West Virginia starts with {first / 1e6:.2f} million")


def test_negative_cells(data):
    epidemic = infer_epidemic(data)
    assert cells(data, epidemic.susceptible < 0) == [
        *((s, "2021-01-12") for s in ("District of Columbia", "Vermont", "West Virginia")),
        ("West Virginia", "2021-01-13"),
    ]
    infected = cells(data, epidemic.infected < 0)
    assert infected == [("West Virginia", f"2021-04-{day}") for day in range(20, 31)]
    says("11 cells: West Virginia, 2021-04-20 to 2021-04-30", "4 cells:")


def test_vaccinations_booked_on_one_day(data):
    share = growth(data.vaccinated) / data.population
    late = data.dates > np.datetime64("2021-01-15")
    big = cells(data, (np.abs(share) > 0.03) & late[:, None])
    assert sorted(big) == [
        ("Connecticut", "2021-03-13"),
        ("District of Columbia", "2021-02-22"),
        ("Hawaii", "2021-05-07"),
        ("New Hampshire", "2021-05-27"),
    ]
    says(*(date for _, date in big))
    row, column = data.row("2021-05-27"), data.states.index("New Hampshire")
    says(f"{share[row, column]:.1%}".replace("%", " %"))


def test_alaska_and_the_nation(data):
    """The estimates of the Census Bureau for July 2019 add up to 328,239,523."""
    population = data.population[data.states.index("Alaska")]
    assert population == 731_545 + 9_450
    says(f"{population:,}")
    assert data.population.sum() == 328_239_523 + 488_943 + 9_450


def test_missouri(data):
    population = data.population[data.states.index("Missouri")]
    assert population == 6_137_428 + 488_943
    says(f"{population:,} = 6,137,428 + 488,943")
