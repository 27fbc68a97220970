"""The shipped maps, maps of one's own, and what is wrong with those that are none."""

import itertools

import jax
import numpy as np
import pytest
from scipy import ndimage

import solon
from solon.economies.gather_trade_build import layouts
from solon.economies.gather_trade_build.placement import corner_cells

from .by_hand import MAP, STONE, WOOD, quick, small_economy

# Height, width, cells of wood, stone and water.
PUBLISHED = {
    "open-quadrant": (25, 25, 20, 20, 33),
    "open-quadrant-no-water": (25, 25, 20, 20, 0),
    "closed-quadrant": (25, 25, 20, 20, 49),
    "open-quadrant-40": (40, 40, 49, 51, 108),
    "open-quadrant-40-no-water": (40, 40, 49, 51, 0),
    "open-quadrant-9": (9, 9, 13, 9, 15),
    "pure-and-mixed-15": (15, 15, 23, 12, 21),
    "pure-and-mixed-25": (25, 25, 43, 45, 37),
    "pure-and-mixed-40": (40, 40, 27, 36, 0),
    "uniform-25": (25, 25, 27, 24, 0),
    "top-wood-bottom-stone-14": (14, 14, 9, 9, 0),
}


def counted(layout):
    source = layout.source
    return (*source.shape, (source == WOOD).sum(), (source == STONE).sum(), layout.water.sum())


@pytest.mark.parametrize("name", sorted(PUBLISHED))
def test_published_maps(name):
    assert counted(layouts.load(name)) == PUBLISHED[name]
    assert layouts.describe(name).endswith(".")


def test_all_shipped_maps_are_published_ones():
    assert set(layouts.names()) == set(PUBLISHED)


def test_the_quadrants():
    """A cross of water with gaps; wood and stone, stone, wood, and nothing around it."""
    layout = layouts.load("open-quadrant")
    line = np.ones(25, bool)
    line[5:9] = line[16:20] = False
    expected = np.zeros((25, 25), bool)
    expected[12], expected[:, 12] = line, line
    np.testing.assert_array_equal(layout.water, expected)
    closed = layouts.load("closed-quadrant")
    assert closed.water[12].all() and closed.water[:, 12].all()
    for name in ("closed-quadrant", "open-quadrant-no-water"):
        np.testing.assert_array_equal(layouts.load(name).source, layout.source)
    top_left, top_right = layout.source[:12, :12], layout.source[:12, 13:]
    bottom_left, bottom_right = layout.source[13:, :12], layout.source[13:, 13:]
    assert {STONE, WOOD} <= set(top_left.ravel().tolist())
    assert STONE in bottom_left and WOOD not in bottom_left
    assert WOOD in top_right and STONE not in top_right
    assert (bottom_right == layouts.NO_SOURCE).all()


def areas(layout):
    """How many cells of each area one can walk within, and whether there are wood and stone."""
    area, count = ndimage.label(~layout.water)
    return [
        (
            int((area == k).sum()),
            bool((layout.source[area == k] == WOOD).any()),
            bool((layout.source[area == k] == STONE).any()),
        )
        for k in range(1, count + 1)
    ]


@pytest.mark.parametrize("name", sorted(PUBLISHED))
def test_what_can_be_reached(name):
    """Everything, but where a map says that water seals parts of it off."""
    layout = layouts.load(name)
    cells = (~layout.water).sum()
    expected = {
        "closed-quadrant": [(144, *goods) for goods in itertools.product((True, False), repeat=2)],
        # As published: a fault of the source, since there is no gap in its column of water.
        "open-quadrant-9": [(33, True, True)] * 2,
    }.get(name, [(cells, True, True)])
    assert areas(layout) == expected
    assert ("seal" in layouts.describe(name)) == (len(expected) > 1)


def test_sources_of_one_kind_lie_where_the_name_says():
    top, bottom = np.split(layouts.load("top-wood-bottom-stone-14").source, 2)
    assert set(top.ravel().tolist()) == {layouts.NO_SOURCE, WOOD}
    assert set(bottom.ravel().tolist()) == {layouts.NO_SOURCE, STONE}
    rows = layouts.load("uniform-25").source
    assert np.argwhere(rows == STONE)[:, 0].max() < np.argwhere(rows == WOOD)[:, 0].min()
    for name, half in (("pure-and-mixed-15", 7), ("pure-and-mixed-25", 12)):
        source = layouts.load(name).source
        assert {STONE, WOOD} <= set(source[:half, :half].ravel().tolist())
        assert STONE not in source[half + 1 :, :half] and WOOD in source[half + 1 :, :half]
        assert (
            WOOD not in source[half + 1 :, half + 1 :] and STONE in source[half + 1 :, half + 1 :]
        )
        assert (source[:half, half + 1 :] == layouts.NO_SOURCE).all()


@pytest.mark.parametrize("name", ["open-quadrant", "open-quadrant-40"])
def test_water_moves_no_source(name):
    dry = layouts.load(f"{name}-no-water")
    np.testing.assert_array_equal(layouts.load(name).source, dry.source)
    assert not dry.water.any()


def test_a_map_of_ones_own(tmp_path):
    path = tmp_path / "island.txt"
    path.write_text("# An island.\n\n~~~~~\n~W.S~\n~~~~~\n# The end.\n", "utf-8")
    for given in (path, str(path), ("~~~~~", "~W.S~", "~~~~~")):
        layout = layouts.load(given)
        assert counted(layout) == (3, 5, 1, 1, 12)
        assert layout.source[1, 1] == WOOD and layout.source[1, 3] == STONE
        economy = solon.make(
            "gather-trade-build", layout=given, workers=3, placement="uniform", horizon=100
        )
        assert economy.layout.rows == ("~~~~~", "~W.S~", "~~~~~")
    locations = quick(lambda key: economy.draw_world(key).location)(jax.random.key(0))
    assert sorted(locations.tolist()) == [[1, 1], [1, 2], [1, 3]]
    assert layouts.load(path).name == "island"
    assert layouts.load(layout) is layout


def test_every_source_holds_a_unit_at_the_start(by_hand):
    state, _ = by_hand.start([(5, 0), (5, 2), (5, 4), (2, 3)])
    symbols = np.array([list(row) for row in MAP])
    np.testing.assert_array_equal(state.terrain.resource, (symbols == "W") | (symbols == "S"))
    np.testing.assert_array_equal(state.terrain.source == WOOD, symbols == "W")
    np.testing.assert_array_equal(state.terrain.source == STONE, symbols == "S")
    np.testing.assert_array_equal(state.terrain.water, symbols == "~")
    assert (state.terrain.house == -1).all()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("...\n....\n...\n", "row 2 of 4 cells"),
        ("...\n.@.\n...\n", "row 2 with symbol '@'"),
        ("...\n.w.\n...\n", "row 2 with symbol 'w'"),
        ("...\n. .\n...\n", "row 2 with symbol ' '"),
        ("...\n...\n", "at least 3 x 3"),
        ("..\n..\n..\n", "at least 3 x 3"),
        ("# Nothing.\n", "at least one row"),
        ("", "at least one row"),
        (b"\xff\xfe\x00", "a text file"),
    ],
)
def test_what_is_no_map(tmp_path, text, says):
    path = tmp_path / "map.txt"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(solon.ConfigurationError) as error:
        layouts.load(path)
    assert str(error.value).startswith("layout: got") and says in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("given", ["open-quadrants", "maps/none.txt", "none.txt", "", "."])
def test_what_is_not_there(given):
    with pytest.raises(solon.ConfigurationError, match=r"^layout: got"):
        layouts.load(given)


def test_an_unknown_name_is_answered_with_the_known_ones():
    with pytest.raises(solon.ConfigurationError, match=", ".join(layouts.names())):
        layouts.load("quadrant")


@pytest.mark.parametrize(
    ("rows", "workers"),
    [
        # Quarters of five workers: two stand top right, where there is one dry cell.
        ((".~.", "...", "..."), 5),
        # The second of a quarter would stand where another quarter begins.
        (("...", "...", "..."), 9),
        (("~..", "...", "..."), 4),
    ],
)
def test_corners_that_do_not_hold_everybody(rows, workers):
    with pytest.raises(solon.ConfigurationError, match=r"^workers: got"):
        corner_cells(layouts.load(rows), workers)


def test_as_many_workers_as_dry_cells():
    dry = sum(symbol != "~" for row in MAP for symbol in row)
    economy = small_economy(workers=dry, build={"skills": "equal"})
    locations = quick(lambda key: economy.draw_world(key).location)(jax.random.key(0))
    assert len({tuple(place) for place in locations.tolist()}) == dry
    with pytest.raises(solon.ConfigurationError, match=rf"^workers: got {dry + 1}.* {dry} free"):
        small_economy(workers=dry + 1, build={"skills": "equal"})
