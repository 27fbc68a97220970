"""The map that workers see, against a slow version."""

import dataclasses

import jax
import jax.numpy as jnp
import numpy as np

from solon.economies.gather_trade_build.map_view import CODES, windows

from .by_hand import STONE, WOOD, quick, with_house


def slow_codes(economy, state, half_width):
    """A code for each cell in view; nine more where somebody else stands."""
    terrain = state.terrain
    size = 2 * half_width + 1
    result = np.zeros((economy.workers, size, size), int)
    standing = {tuple(place): j for j, place in enumerate(state.location.tolist())}
    for i, (row, column) in enumerate(state.location.tolist()):
        for r in range(size):
            for c in range(size):
                cell = (row + r - half_width, column + c - half_width)
                if not (0 <= cell[0] < terrain.water.shape[0]):
                    continue
                if not (0 <= cell[1] < terrain.water.shape[1]):
                    continue
                if terrain.house[cell] == i:
                    code = 7
                elif terrain.house[cell] >= 0:
                    code = 8
                elif terrain.water[cell]:
                    code = 2
                elif terrain.source[cell] == STONE:
                    code = 4 if terrain.resource[cell] else 3
                elif terrain.source[cell] == WOOD:
                    code = 6 if terrain.resource[cell] else 5
                else:
                    code = 1
                other = standing.get(cell, i) != i
                result[i, r, c] = code + 9 * other
    return result


def test_windows_against_slow_ones(single_rollouts):
    """The map that workers see, in states with houses, and in one made to show every code."""
    economy = single_rollouts.economy
    states, timesteps = single_rollouts.some_states(30)
    for i in range(30):
        one = jax.tree.map(lambda leaf, i=i: leaf[i], states)
        expected = slow_codes(economy, one, economy.view)
        np.testing.assert_array_equal(timesteps.observation["worker"]["map"][i], expected)


def test_windows_show_every_code(by_hand):
    # On houses of their own, on stone and on a wood source that is empty.
    state, _ = by_hand.start([(2, 3), (2, 2), (0, 2), (0, 0)])
    for *place, owner in ((2, 3, 0), (2, 2, 1), (3, 2, 0), (3, 4, 1), (4, 4, 3)):
        state = with_house(state, *place, owner=owner)
    resource = state.terrain.resource.at[jnp.array([2, 0]), 0].set(0)
    terrain = dataclasses.replace(state.terrain, resource=resource)
    state = dataclasses.replace(state, terrain=terrain)
    seen = quick(lambda state: windows(state, 4))(state)
    assert seen.dtype == jnp.int8
    expected = slow_codes(by_hand.economy, jax.tree.map(np.asarray, state), 4)
    np.testing.assert_array_equal(seen, expected)
    assert set(np.unique(expected)) >= {0, 1, 2, 3, 4, 5, 6, 7, 8, 9 + 4, 9 + 5, 9 + 8}
    assert expected.max() < CODES
