"""Layouts that are drawn: what is exact in each, and how they are distributed."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import solon
from solon.economies.gather_trade_build import MultiZoneLayout, QuadrantLayout, UniformLayout
from solon.economies.gather_trade_build.layout_sampler import draw_sources

from . import slow_layouts
from .by_hand import STONE, WOOD, quick

EPISODES = 250


def drawn(layout, episodes=EPISODES):
    # Optimised: here it is the loops that take time.
    draw = jax.jit(jax.vmap(lambda key: draw_sources(layout, key)))
    return np.asarray(draw(jax.random.split(jax.random.key(0), episodes)))


def slow(draw_one, seed=0):
    random = np.random.default_rng(seed)
    return np.stack([draw_one(random) for _ in range(EPISODES)])


def assert_same_distribution(ours, theirs):
    """Means within five standard errors, and spreads alike."""
    theirs = slow_layouts.features(theirs)
    for name, values in slow_layouts.features(ours).items():
        other = theirs[name]
        error = np.sqrt((values.var() + other.var()) / EPISODES)
        assert abs(values.mean() - other.mean()) < 5 * error + 1e-9, name
        assert 0.7 < (values.std() + 1e-6) / (other.std() + 1e-6) < 1.4, name


def rising(height, width, steepness):
    ramp = np.arange(height, dtype=float) ** steepness
    return np.repeat((ramp / ramp.mean())[:, None], width, axis=1)


@pytest.mark.parametrize("compatibility", [None, "foundation"])
def test_uniform_layouts_are_distributed_as_the_slow_ones(compatibility):
    """With other coverages for stone and for wood the two rule sets differ."""
    layout = UniformLayout(
        height=14, width=11, stone_coverage=0.08, wood_coverage=0.03, stone_clumpiness=0.7,
        wood_clumpiness=0.1, gradient_steepness=2.5, compatibility=compatibility,
    )  # fmt: skip
    likely = rising(14, 11, 2.5)
    # The original has the coverage of wood in the likelihood of stone.
    factor = 0.03 if compatibility == "foundation" else 0.08
    theirs = slow(
        lambda random: slow_layouts.draw(
            random, (likely[::-1] * factor, 0.08, 0.7), (likely * 0.03, 0.03, 0.1)
        )
    )
    assert_same_distribution(drawn(layout), theirs)


@pytest.mark.parametrize("compatibility", [None, "foundation"])
def test_quadrants_are_distributed_as_the_slow_ones(compatibility):
    height, width = 12, 15
    layout = QuadrantLayout(
        height=height, width=width, stone_coverage=12, wood_coverage=8, compatibility=compatibility
    )
    # The original takes the row of the cross from the width and the other way round.
    middle = (width // 2, height // 2) if compatibility == "foundation" else (6, 7)
    cross = np.zeros((height, width), bool)
    cross[middle[0]] = cross[:, middle[1]] = True
    top = ((height - 1.0 - np.arange(height)) ** 4)[:, None]
    left = ((width - 1.0 - np.arange(width)) ** 4)[None]
    dry = (top + left) * ~layout.water
    wood, stone = top * dry, left * dry
    wood, stone = wood / wood.sum(), stone / stone.sum()
    for ours, expected in zip(layout.likelihoods, (stone, wood), strict=True):
        np.testing.assert_allclose(ours, expected, rtol=1e-12)
    rules = {"wipe": cross} if compatibility == "foundation" else {"free": ~cross}
    theirs = slow(
        lambda random: slow_layouts.draw(
            random, (stone, 12 / 180, 0.5), (wood, 8 / 180, 0.35), **rules
        )
    )
    ours = drawn(layout)
    assert (ours[:, cross] == -1).all()
    assert_same_distribution(ours, theirs)


@pytest.mark.parametrize("compatibility", [None, "foundation"])
def test_zones_are_distributed_as_the_slow_ones(compatibility):
    layout = MultiZoneLayout(
        height=14, width=10, stone_coverage=0.06, wood_coverage=0.04, zone_rows=4, zone_columns=3,
        stone_zones=2, wood_zones=3, mixed_zones=1, compatibility=compatibility,
    )  # fmt: skip
    rows, columns = np.arange(14), np.arange(10)
    if compatibility == "foundation":
        zone = (rows // 4)[:, None] * 3 + (columns // 4)[None]
    else:
        zone = (rows * 4 // 14)[:, None] * 3 + (columns * 3 // 10)[None]
    np.testing.assert_array_equal(layout.zone_of, zone)

    def one(random):
        dealt = np.repeat([0, 1, 2, 3], [2, 3, 1, 6])
        random.shuffle(dealt)
        kind = dealt[zone]
        stone, wood = np.isin(kind, (0, 2)) * 1.0, np.isin(kind, (1, 2)) * 1.0
        factor = 0.04 if compatibility == "foundation" else 0.06
        return slow_layouts.draw(
            random,
            (stone / stone.mean() * factor, 0.06, 0.5),
            (wood / wood.mean() * 0.04, 0.04, 0.35),
        )

    assert_same_distribution(drawn(layout), slow(one))


def test_all_zones_are_on_the_map_by_default():
    for height, width, rows, columns in ((25, 25, 8, 8), (13, 9, 5, 7), (8, 8, 8, 8)):
        layout = MultiZoneLayout(
            height=height, width=width, zone_rows=rows, zone_columns=columns,
            stone_coverage=0.1, wood_coverage=0.1,
        )  # fmt: skip
        assert set(layout.zone_of.ravel().tolist()) == set(range(rows * columns))
        assert layout.zone_kinds.sum(axis=0).tolist() == [10, 10]
    cropped = MultiZoneLayout(compatibility="foundation")
    assert set(cropped.zone_of.ravel().tolist()) == {r * 8 + c for r in range(7) for c in range(7)}


def test_coverages_are_near_their_targets():
    """A share of the cells, or a number of them."""
    layout = UniformLayout(height=10, width=20, stone_coverage=7, wood_coverage=0.155)
    source = drawn(layout, 60)
    for kind, target in ((STONE, 7), (WOOD, 31)):
        count = (source == kind).sum(axis=(1, 2))
        assert count.min() >= target / 1.4 and count.max() <= target * 1.4
        assert target <= count.mean() <= 1.3 * target
    assert layout.source_slots == 9 + 43


def test_layouts_of_the_original_that_are_never_near_keep_all_their_sources():
    """With a target of 0.6 cells no number is near: there the hundredth attempt counts."""
    options = {"height": 5, "width": 5, "stone_clumpiness": 0.9}
    layout = UniformLayout(compatibility="foundation", **options)
    source = drawn(layout, 20)
    assert layout.source_slots == 25 and (source >= 0).sum(axis=(1, 2)).min() >= 2
    with pytest.raises(solon.ConfigurationError, match=r"^stone_coverage: got 0.025; .* 5 x 5"):
        UniformLayout(**options)


def test_what_is_too_much_is_taken_away_at_random():
    from solon.economies.gather_trade_build.layout_sampler import _at_most

    covered = jnp.asarray(np.arange(20).reshape(4, 5) % 2 == 0)
    keys = jax.random.split(jax.random.key(0), 500)
    kept = np.asarray(quick(jax.vmap(lambda key: _at_most(key, covered, 4)))(keys))
    assert (kept.sum(axis=(1, 2)) == 4).all() and not kept[:, ~np.asarray(covered)].any()
    share = kept.mean(axis=0)[np.asarray(covered)]
    assert np.abs(share - 0.4).max() < 5 * np.sqrt(0.4 * 0.6 / 500)
    few = quick(lambda key: _at_most(key, covered, 15))(jax.random.key(1))
    np.testing.assert_array_equal(few, covered)


def test_clumpier_layouts_are_clumpier():
    layout = UniformLayout(
        height=12, width=12, stone_coverage=0.1, wood_coverage=0.1, stone_clumpiness=0.9,
        wood_clumpiness=0.0, gradient_steepness=1,
    )  # fmt: skip
    features = slow_layouts.features(drawn(layout, 100))
    assert features["stone joined"].mean() > features["wood joined"].mean() + 0.3


def test_steeper_gradients_are_steeper():
    """Wood is towards the bottom and stone towards the top; in quadrants, the top and the left."""
    rows, columns = np.arange(25)[:, None], np.arange(25)[None]

    def mean(likelihood, places):
        return (likelihood * places).sum() / likelihood.sum()

    layouts = [UniformLayout(gradient_steepness=steepness) for steepness in (1, 4, 16)]
    wood = [mean(layout.likelihoods[WOOD], rows) for layout in layouts]
    stone = [mean(layout.likelihoods[STONE], rows) for layout in layouts]
    np.testing.assert_allclose(np.add(wood, stone), 24)
    assert 16 < wood[0] < wood[1] - 3 < wood[2] - 5
    layouts = [QuadrantLayout(gradient_steepness=steepness) for steepness in (1, 4, 16)]
    wood = [mean(layout.likelihoods[WOOD], rows) for layout in layouts]
    stone = [mean(layout.likelihoods[STONE], columns) for layout in layouts]
    np.testing.assert_allclose(wood, stone)
    assert 12 > wood[0] > wood[1] + 2 > wood[2] + 4


def test_the_water_of_quadrants():
    line = "~~~~~....~~~~~~~....~~~~~"
    water = np.array([symbol == "~" for symbol in line])
    expected = np.zeros((25, 25), bool)
    expected[12], expected[:, 12] = water, water
    for compatibility in (None, "foundation"):
        layout = QuadrantLayout(compatibility=compatibility)
        np.testing.assert_array_equal(layout.water, expected)
    upright = QuadrantLayout(height=20, width=10, stone_coverage=0.05, wood_coverage=0.05)
    down = np.array([symbol == "~" for symbol in "~~~~...~~~~~~...~~~~"])
    across = np.array([symbol == "~" for symbol in "~~..~~..~~"])
    expected = np.zeros((20, 10), bool)
    expected[:, 5], expected[10] = down, across
    np.testing.assert_array_equal(upright.water, expected)
    assert not UniformLayout().water.any() and not MultiZoneLayout().water.any()


def test_the_cross_of_the_original_is_swapped():
    layout = QuadrantLayout(height=14, width=10, compatibility="foundation")
    cross = np.zeros((14, 10), bool)
    cross[5], cross[:, 7] = True, True
    np.testing.assert_array_equal(layout.kept_free, cross)
    assert layout.water[5, 0] and layout.water[0, 7] and not layout.water[7, 0]


def test_chessboards():
    layout = QuadrantLayout(checkered=True)
    source = drawn(layout, 60)
    light = (np.arange(25)[:, None] + np.arange(25)) % 2 == 0
    assert (source[:, light] == -1).all()
    count = (source >= 0).sum(axis=(1, 2))
    assert count.max() <= layout.source_slots
    assert 0.7 * 31 < count.mean() < 1.4 * 31, "twice as many were drawn"


def test_without_a_batch_and_twice_with_one_key():
    layout = UniformLayout(height=8, width=8, stone_coverage=6, wood_coverage=6)
    alone = quick(lambda seed: draw_sources(layout, jax.random.key(seed)))
    nested = jax.vmap(jax.vmap(lambda seed: draw_sources(layout, jax.random.key(seed))))
    batch = quick(nested)(jnp.arange(4).reshape(2, 2))
    for seed in range(4):
        np.testing.assert_array_equal(batch[seed // 2, seed % 2], alone(jnp.asarray(seed)))
    assert (batch[0, 0] != batch[0, 1]).any()


def test_layouts_from_plain_values():
    def made(**options):
        return solon.make("gather-trade-build", **options)

    by_name, by_kind = made(layout="quadrant"), made(layout={"kind": "quadrant"})
    assert by_name.layout == QuadrantLayout() == by_kind.layout
    assert (
        by_name == by_kind and hash(by_name) == hash(by_kind) and by_name.layout.name == "quadrant"
    )
    smaller = made(layout={"kind": "multi-zone", "height": 12, "width": 16, "zone_rows": 4,
                           "stone_coverage": 10, "wood_coverage": 12})  # fmt: skip
    assert (smaller.layout.height, smaller.layout.width) == (12, 16)
    assert smaller.layout == made(layout=smaller.layout).layout
    # The rules are the economy's.
    original = made(layout="uniform", compatibility="foundation")
    assert original.layout.compatibility == "foundation"
    assert made(layout=original.layout).layout == UniformLayout()
    with pytest.raises(solon.ConfigurationError, match=r"open-quadrant, .* uniform, quadrant"):
        made(layout="unifrom")


def test_a_world_that_was_recorded_is_played():
    """Parity and replays hand over the sources; a start draws nothing."""
    layout = {"kind": "uniform", "height": 6, "width": 7, "stone_coverage": 3, "wood_coverage": 3}
    economy = solon.make("gather-trade-build", layout=layout, workers=2, placement="uniform")
    source = np.full((6, 7), -1)
    source[0, 2], source[5, 6], source[3, 0] = STONE, WOOD, WOOD
    world = quick(economy.draw_world)(jax.random.key(0))
    world = type(world)(world.location, world.rank, world.parts, jnp.asarray(source, jnp.int8))
    params = economy.default_params()
    state, _ = quick(economy.start)(world, params)
    np.testing.assert_array_equal(state.terrain.source, source)
    np.testing.assert_array_equal(state.terrain.resource, source >= 0)
    assert economy.layout.source_slots == 8
    assert state.terrain.source_cells.tolist() == [2, 21, 41, 42, 42, 42, 42, 42]
