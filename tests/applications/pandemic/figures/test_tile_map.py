import numpy as np
import pytest

import solon
from solon.applications.pandemic.figures import TileMap, tile_map
from solon.data.us_states import POSTAL_CODES, TILES
from solon.figures.panels import describe
from solon.figures.theme import DARK, Style
from tests.applications.pandemic.figures import made as pandemic


@pytest.fixture(scope="module")
def outcome():
    return pandemic.outcome("<b>real</b>", days=130)


def drawn(outcome, count=1, style=None, **changes):
    maps = [TileMap(outcome.policy, outcome.unemployment[0])] * count
    options = {"quantity": "Unemployment", "unit": "%", "style": style or Style(), **changes}
    return tile_map(maps, outcome.states, outcome.dates, **options)


def test_every_state_has_its_value_on_every_date(outcome):
    figure = drawn(outcome)
    by_name = {frame.name: frame.data[0].z for frame in figure.frames}
    assert list(by_name)[-1] == str(outcome.dates[-1])
    assert len(by_name) <= 60
    for date, grid in by_name.items():
        row = list(outcome.dates.astype(str)).index(date)
        for k, state in enumerate(outcome.states):
            column, line = TILES[POSTAL_CODES[state]]
            expected = float(f"{outcome.unemployment[0, row, k]:.3g}")
            assert grid[line][column] == expected
        assert sum(cell is not None for line in grid for cell in line) == 51
    (slider,) = figure.layout.sliders
    assert [step.args[0][0] for step in slider.steps] == list(by_name)
    # What is shown at first is what the scrubber says.
    assert figure.data[0].z == by_name[slider.steps[slider.active].label]


@pytest.mark.parametrize("style", [Style(DARK), Style(narrow=True)])
def test_maps_share_a_scale_and_nothing_is_fetched(outcome, style):
    figure = drawn(outcome, 3, style)
    assert [trace.type for trace in figure.data] == ["heatmap"] * 3
    assert {trace.coloraxis for trace in figure.data} == {"coloraxis"}
    assert figure.frames[0].traces == (0, 1, 2)
    text = str(figure.to_plotly_json())
    for word in ("geo", "choropleth", "mapbox", "http"):
        assert word not in text
    assert figure.layout.annotations[0].text == "&lt;b&gt;real&lt;/b&gt;"
    assert "by state on a map of tiles" in describe(figure)


def test_some_states_and_gaps(outcome):
    values = np.full((3, 2), np.nan)
    values[2, 0] = 7
    figure = tile_map(
        *([TileMap("a", values)], ["Texas", "Ohio"], outcome.dates[:3]),
        **{"quantity": "Deaths", "unit": "persons"},
    )
    cells = [cell for line in figure.data[0].z for cell in line if cell is not None]
    assert cells == [7]
    nothing = tile_map(
        *([TileMap("a", values[:2])], ["Texas", "Ohio"], outcome.dates[:2]),
        **{"quantity": "Deaths", "unit": "persons"},
    )
    assert nothing.layout.coloraxis.cmax > nothing.layout.coloraxis.cmin


def test_what_does_not_fit_is_named(outcome):
    with pytest.raises(solon.ConfigurationError, match="at least one"):
        tile_map([], outcome.states, outcome.dates, quantity="q", unit="u")
    wrong = TileMap("a", np.zeros((2, 3)))
    with pytest.raises(solon.ConfigurationError, match=r"values of shape \(131, 51\)"):
        tile_map([wrong], outcome.states, outcome.dates, quantity="q", unit="u")


def test_the_first_click_on_play_plays():
    dates = np.arange("2020-03-22", "2020-03-25", dtype="datetime64[D]")
    figure = tile_map(
        [TileMap("a", np.zeros((3, 1)))], ["Texas"], dates, quantity="Deaths", unit="a day"
    )
    (menu,) = figure.layout.updatemenus
    assert menu.active == -1 and menu.buttons[0].args[0] is None
