import pytest

import solon
from solon.data.us_states import POSTAL_CODES, TILES, find_states


def test_every_state_has_a_code_and_a_tile_of_its_own():
    assert len(POSTAL_CODES) == len(set(POSTAL_CODES.values())) == 51
    assert list(POSTAL_CODES) == sorted(POSTAL_CODES)
    assert set(TILES) == set(POSTAL_CODES.values())
    assert len(set(TILES.values())) == 51


def test_tiles_lie_about_where_the_states_do():
    west_to_east = ["HI", "CA", "NV", "CO", "KS", "MO", "KY", "VA", "MD", "DE"]
    columns = [TILES[code][0] for code in west_to_east]
    assert columns == sorted(columns)
    north_to_south = ["ND", "SD", "NE", "OK", "TX"]
    rows = [TILES[code][1] for code in north_to_south]
    assert rows == sorted(rows)


def test_states_are_found_by_name_and_code():
    assert find_states(["ca", " new york ", "DC"]) == (
        "California",
        "New York",
        "District of Columbia",
    )


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        (["Texsa"], "did you mean Texas"),
        (["TX", "Texas"], "each state once"),
        ([], "at least one"),
        (["XX"], "postal codes"),
    ],
)
def test_mistakes_are_named(wanted, words):
    with pytest.raises(solon.ConfigurationError, match=words):
        find_states(wanted)
    with pytest.raises(solon.ConfigurationError, match="allowed: Texas"):
        find_states(["Ohio"], among=["Texas"])
