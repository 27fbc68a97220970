"""Growth by the neighbourhood, and sources that hold several units."""

import dataclasses

import jax.numpy as jnp
import numpy as np
import pytest

from solon.economies.gather_trade_build.regeneration import regenerate
from solon.economies.gather_trade_build.terrain import starting_terrain

from .by_hand import STONE, WOOD, ByHand, quick, small_economy, with_params

MAP = (
    "WW.S.",
    "WWS..",
    ".....",
    "SSS.W",
)
APART = [(2, 0), (2, 1), (2, 2), (2, 3)]


def slow_probabilities(source, resource, *, weights, half_widths, capacities, original):
    """Cell by cell, from the definition."""
    height, width = source.shape
    result = np.zeros(source.shape)
    for r in range(height):
        for c in range(width):
            kind = source[r, c]
            if kind < 0:
                continue
            h, total = half_widths[kind], 0.0
            for i in range(max(0, r - h), min(height, r + h + 1)):
                for j in range(max(0, c - h), min(width, c + h + 1)):
                    if source[i, j] != kind:
                        continue
                    if original:
                        total += max(resource[i, j], 1)
                    else:
                        total += 1 if (i, j) == (r, c) else resource[i, j] / capacities[kind]
            result[r, c] = weights[kind] / (2 * h + 1) ** 2 * total
    return result


@pytest.fixture(scope="module")
def start():
    """A state to put other maps and numbers into."""
    economy = small_economy(layout=MAP)
    return ByHand(economy).start(APART)[0]


def growing(start, economy, weights):
    """What a map of units becomes under given draws."""
    terrain = starting_terrain(economy.layout, None)

    def grow(resource, draws):
        params = dataclasses.replace(start.params, regeneration=jnp.asarray(weights, float))
        own = dataclasses.replace(terrain, resource=resource)
        state = dataclasses.replace(start, terrain=own, params=params)
        return regenerate(economy, state, draws).terrain.resource

    return terrain, quick(grow)


@pytest.mark.parametrize("compatibility", [None, "foundation"])
@pytest.mark.parametrize(
    ("half_widths", "capacities"),
    [((0, 0), (1, 1)), ((0, 0), (2, 3)), ((1, 0), (1, 1)), ((3, 2), (1, 4)), ((2, 1), (3, 3))],
)
def test_probabilities_against_the_slow_ones(
    start, compatibility, half_widths, capacities, float64
):
    """A source grows at a draw just below its probability, and not at one just above."""
    economy = small_economy(
        layout=MAP, compatibility=compatibility, regeneration_half_width=half_widths,
        source_capacity=capacities,
    )  # fmt: skip
    weights = [0.15, 0.2]
    terrain, grow = growing(start, economy, weights)
    source, places = np.asarray(terrain.source), np.asarray(terrain.source_cells)
    random = np.random.default_rng(0)
    for _ in range(20):
        most = np.where(source == STONE, *capacities)
        resource = np.where(source >= 0, random.integers(0, most + 1), 0).astype(np.int8)
        expected = slow_probabilities(
            source, resource, weights=weights, half_widths=half_widths, capacities=capacities,
            original=compatibility == "foundation",
        )  # fmt: skip
        at = expected.ravel()[places]
        assert (at > 0).all()
        if half_widths == (0, 0) and (compatibility is None or capacities == (1, 1)):
            assert set(at.tolist()) == set(weights)
        room = (resource < most) & (source >= 0)
        for factor, grown in ((1 - 1e-9, room), (1 + 1e-9, np.zeros_like(room))):
            after = grow(jnp.asarray(resource), jnp.asarray(at * factor))
            np.testing.assert_array_equal(after, resource + grown)


@pytest.mark.parametrize(("compatibility", "share"), [(None, 0.25), ("foundation", 1.0)])
def test_who_empties_a_neighbourhood_slows_it_down_but_in_the_original(start, compatibility, share):
    """Of four sources of wood in a square one is empty: do the others' units make a difference?"""
    economy = small_economy(
        layout=("WW.", "WW.", "..."), regeneration_half_width=1, compatibility=compatibility
    )
    _, grow = growing(start, economy, [0.0, 0.9])
    for lying, expected in ((0, 0.4 * share), (1, 0.4)):
        units = np.zeros((3, 3), np.int8)
        units[:2, :2] = lying
        units[0, 0] = 0
        # 0.9 / 9 times the sources that count: one of them, or all four.
        for draw, grown in ((expected - 0.01, 1), (expected + 0.01, 0)):
            assert grow(jnp.asarray(units), jnp.full(4, draw))[0, 0] == grown


def test_a_unit_is_taken_at_a_time_and_shown():
    economy = small_economy(source_capacity=(3, 1), observation="foundation", planner_sees_map=True)
    play = ByHand(economy)
    params = with_params(economy, regeneration=[1.0, 0.0])
    state, _ = play.start([(5, 0), (5, 2), (5, 4), (2, 3)], params=params)
    stone, wood = state.terrain.source == STONE, state.terrain.source == WOOD
    for units in (2, 3, 3):
        state, timestep = play.step(state, regrowth=0.5)
        np.testing.assert_array_equal(state.terrain.resource[stone], units)
        np.testing.assert_array_equal(state.terrain.resource[wood], 1)
        shown = timestep.observation["planner"]["world-map"][0]
        np.testing.assert_array_equal(shown[0], jnp.where(stone, units, 0))
    where = tuple(np.argwhere(np.asarray(stone))[0])
    state = dataclasses.replace(state, location=state.location.at[0].set(jnp.asarray(where)))
    for left in (2, 1, 0, 0):
        state, _ = play.step(state, regrowth=1.0)
        assert state.terrain.resource[where] == left
    assert state.inventory.goods[0].tolist() == [3, 0]
